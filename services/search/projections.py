"""From what other services say to what can be found."""

import re
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from services.content.contracts import (
    Activity,
    ActivityKind,
    Eligibility,
    Kind,
    MarkdownText,
    ParagraphText,
    Post,
    Program,
    ProgramContent,
    Theme,
)
from services.content.contracts.documents import DocumentContent, DocumentPublished
from services.search.contracts import LANGUAGES, Language
from services.search.domain import Entry, Page, Words

_NAMES: dict[
    Kind | ActivityKind | Theme, tuple[str, str]
] = {  # what people call them, in French and in English
    Kind.WAGE_SUBSIDY: ("subvention salariale", "wage subsidy"),
    Kind.GRANT: ("subvention", "grant"),
    Kind.LOAN: ("prêt", "loan"),
    Kind.TAX_CREDIT: ("crédit d’impôt", "tax credit"),
    Kind.TRAINING: ("formation", "training"),
    Kind.COACHING: ("accompagnement", "coaching"),
    Kind.GUIDANCE: ("conseils", "guidance"),
    Kind.RECOGNITION: ("reconnaissance des acquis", "recognition of skills"),
    Kind.RECRUITMENT: ("recrutement", "recruitment"),
    Kind.IMMIGRATION: ("immigration", "immigration"),
    Kind.OBLIGATION: ("obligation", "obligation"),
    ActivityKind.TRAINING: ("formation", "training"),
    ActivityKind.CONFERENCE: ("conférence", "conference"),
    ActivityKind.JOB_FORUM: ("forum de l’emploi", "job forum"),
    ActivityKind.JOB_FAIR: ("salon de l’emploi", "job fair"),
    Theme.HIRING: ("embauche", "hiring"),
    Theme.TRAINING: ("formation", "training"),
    Theme.FRANCIZATION: ("francisation", "francization"),
    Theme.IMMIGRATION: ("immigration", "immigration"),
    Theme.RECOGNITION: ("reconnaissance des acquis", "recognition of skills"),
    Theme.INTEGRATION: ("intégration", "integration"),
    Theme.DIVERSITY: ("gestion de la diversité", "managing diversity"),
}
_ZONE = ZoneInfo("America/Toronto")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[*_`~#>|]+|^\s*(?:[-+]|\d+\.)\s+", re.MULTILINE)
_HEADING = re.compile(r"^#+\s*(.*\w)\s*$", re.MULTILINE)
_LEADERS = re.compile(r"_{3,}|(?:\. ?){4,}")
_SPACE = re.compile(r"\s+")


def program_entry(program: Program) -> Entry:
    """A program as the index knows it."""
    content = program.content
    return Entry(
        type="program",
        id=program.id,
        revision=program.revision,
        slug=Words(fr=program.slug.fr, en=program.slug.en),
        title=Words(fr=content.title.fr, en=content.title.en),
        lead=Words(fr=content.promise.fr or content.summary.fr, en=content.promise.en or content.summary.en),
        body=Words(**{language: _body(content, language) for language in LANGUAGES}),
        keywords=Words(**{language: _keywords(content, language) for language in LANGUAGES}),
        provider=Words(fr=content.provider.fr, en=content.provider.en),
        kind=content.kind.value,
        themes=tuple(theme.value for theme in content.themes),
        sectors=content.sectors,
        languages=content.languages,
        expires=content.valid_until,
        verified=content.source_checked,
        stale=program.stale_on,
        date=program.updated_at,
    )


def document_entry(event: DocumentPublished) -> Entry:
    """A document of the toolbox as the index knows it: all its pages are its body."""
    document, content = event.document, event.document.content
    texts = {one: " ".join(getattr(event.texts, one)) or None for one in LANGUAGES}
    return Entry(
        type="document",
        id=document.id,
        revision=document.revision,
        slug=Words(fr=document.slug.fr, en=document.slug.en),
        title=Words(fr=content.title.fr, en=content.title.en),
        lead=Words(fr=content.summary.fr, en=content.summary.en),
        body=Words(**texts),
        keywords=Words(**{one: _document_keywords(content, one) for one in LANGUAGES}),
        themes=tuple(theme.value for theme in content.themes),
        sectors=content.sectors,
        languages=tuple(one for one in LANGUAGES if getattr(content.files, one)),
        date=datetime.combine(content.date, time(12), UTC),  # the same day in Montréal
    )


def document_pages(event: DocumentPublished) -> list[Page]:
    """The texts in which a passage of a document is looked for."""
    return [
        Page(language=language, number=number if _has_pages(event, language) else None, text=_line(text))
        for language in LANGUAGES
        for number, text in enumerate(getattr(event.texts, language), 1)
        if text.strip()
    ]


def _line(text: str) -> str:
    """A page as a snippet shows it: without its line breaks, and without the lines to be filled in."""
    return _SPACE.sub(" ", _LEADERS.sub(" ", text)).strip()


def _has_pages(event: DocumentPublished, language: Language) -> bool:
    facts = getattr(event.document.facts, language)
    return facts is not None and facts.pages is not None


def _document_keywords(content: DocumentContent, language: Language) -> str | None:
    own: tuple[str, ...] = getattr(content.keywords, language)
    audience: str | None = getattr(content.audience, language)
    names = [_NAMES[theme][LANGUAGES.index(language)] for theme in content.themes]
    return "\n".join([*own, *([audience] if audience else []), *names]) or None


def post_entry(post: Post) -> Entry:
    """A post as the index knows it."""
    content = post.content
    words = {
        one: [*getattr(content.keywords, one), *getattr(content.tags, one), *_themes(content.themes, one)]
        for one in LANGUAGES
    }
    return Entry(
        type="post",
        id=post.id,
        revision=post.revision,
        slug=Words(fr=post.slug.fr, en=post.slug.en),
        title=Words(fr=content.title.fr, en=content.title.en),
        lead=Words(fr=content.summary.fr, en=content.summary.en),
        body=_plain_words(content.body),
        keywords=Words(**{one: "\n".join(words[one]) or None for one in LANGUAGES}),
        themes=tuple(theme.value for theme in content.themes),
        sectors=content.sectors,
        date=post.day,
    )


def activity_entry(activity: Activity) -> Entry:
    """An activity as the index knows it: it is found until the end of its last day."""
    content = activity.content
    words = {
        one: [
            *getattr(content.keywords, one),
            _NAMES[content.kind][LANGUAGES.index(one)],
            *_themes(content.themes, one),
        ]
        for one in LANGUAGES
    }
    return Entry(
        type="activity",
        id=activity.id,
        revision=activity.revision,
        slug=Words(fr=activity.slug.fr, en=activity.slug.en),
        title=Words(fr=content.title.fr, en=content.title.en),
        lead=Words(fr=content.summary.fr, en=content.summary.en),
        body=_plain_words(content.description),
        keywords=Words(**{one: "\n".join(words[one]) for one in LANGUAGES}),
        provider=Words(fr=content.organiser.fr, en=content.organiser.en),
        themes=tuple(theme.value for theme in content.themes),
        sectors=content.sectors,
        languages=content.languages,
        expires=content.ends_at.astimezone(_ZONE).date(),
        date=activity.updated_at,
    )


def _plain_words(text: MarkdownText | ParagraphText) -> Words:
    return Words(**{one: plain(said) if (said := getattr(text, one)) else None for one in LANGUAGES})


def _themes(themes: tuple[Theme, ...], language: Language) -> list[str]:
    return [_NAMES[theme][LANGUAGES.index(language)] for theme in themes]


def plain(markdown: str) -> str:
    """Markdown without its marks, on one line. A parser would cost twenty times as much per text."""
    return _SPACE.sub(" ", _MARKS.sub("", _HEADING.sub(r"\1.", _LINK.sub(r"\1", markdown)))).strip()


def _keywords(content: ProgramContent, language: Language) -> str | None:
    names = [_NAMES[content.kind], *(_NAMES[theme] for theme in content.themes)]
    own: tuple[str, ...] = getattr(content.keywords, language)
    return "\n".join([*own, *(name[LANGUAGES.index(language)] for name in names)])


def _body(content: ProgramContent, language: Language) -> str | None:
    eligibility: Eligibility = content.eligibility
    texts = [
        content.summary,
        content.description,
        content.audience,
        eligibility.activities,
        eligibility.other,
        eligibility.notes,
    ]
    texts += [content.amount, content.cost, *(step.text for step in content.steps)]
    found = [text for one in texts if (text := getattr(one, language))]
    return plain("\n".join(found)) or None
