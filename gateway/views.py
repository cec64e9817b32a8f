"""What the templates show, made of what the services answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from gettext import NullTranslations
from typing import Any
from urllib.parse import urlencode

import orjson
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field

from gateway import words
from gateway.freshness import Stale, stale
from gateway.links import SEARCH, entry_path, passage_path
from gateway.questions import criteria
from gateway.sectors import Language
from services.content.contracts import LineText, MarkdownText, ParagraphText, Program, ProgramContent, Step
from services.search.contracts import (
    FACETS,
    MAX_WINDOW,
    FacetCount,
    FacetName,
    FacetValues,
    Hit,
    QueryText,
    SearchResults,
    Sort,
)

_Label = Callable[[FacetName, FacetCount], str]
_Text = LineText | ParagraphText | MarkdownText
_Conditions = tuple[tuple[str, tuple[str, ...]], ...]

_FIRST_CHOICES = 6  # shown at once; further ones unfold
_AROUND = 2  # pages shown on each side of the current one


_SORTS: dict[Sort, str] = {"relevance": words.N_("Best first"), "date": words.N_("Latest first")}


class SearchQuery(BaseModel):
    """The parameters of the page of results; others are ignored, links carry all sorts of them."""

    model_config = ConfigDict(extra="ignore")

    q: QueryText = ""
    type: FacetValues = ()
    theme: FacetValues = ()
    kind: FacetValues = ()
    sector: FacetValues = ()
    provider: FacetValues = ()
    language: FacetValues = ()
    sort: Sort = "relevance"
    page: int = Field(1, ge=1, le=10_000)


@dataclass(frozen=True)
class Shown:
    """A text as it is shown: in `language`, which is not the page's if `borrowed`."""

    text: str
    language: Language
    borrowed: bool


@dataclass(frozen=True)
class Card:
    """A result, or something near something else."""

    type: str
    path: str
    title: str
    snippet: Markup
    kind: str | None
    provider: str | None
    themes: tuple[str, ...]
    language: Language
    borrowed: bool
    passage: str | None = None  # leads to where the words stand in the file
    page: int | None = None
    snippet_language: Language | None = None
    stale: Stale | None = None


@dataclass(frozen=True)
class Choice:
    """A value of a facet."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True)
class Facet:
    """A group of filters."""

    name: str
    label: str
    first: tuple[Choice, ...]
    rest: tuple[Choice, ...]


@dataclass(frozen=True)
class Link:
    """A way to the same results, changed a little."""

    label: str
    path: str
    current: bool = False


@dataclass(frozen=True)
class PageLink:
    """A page of results."""

    number: int
    path: str
    current: bool


@dataclass(frozen=True)
class Results:
    """The page of results. In `pages`, None stands for those left out."""

    q: str
    sort: Sort
    total: int
    cards: tuple[Card, ...]
    facets: tuple[Facet, ...]
    chips: tuple[Link, ...]
    without_filters: str
    sorts: tuple[Link, ...]
    pages: tuple[PageLink | None, ...]
    previous: str | None
    next: str | None
    suggestion: Link | None


@dataclass(frozen=True)
class StepView:
    """One thing to do."""

    text: Shown | None
    url: str | None
    label: Shown | None


@dataclass(frozen=True)
class ProgramView:
    """The page of a program."""

    program: Program
    title: Shown
    texts: dict[str, Shown | None]
    steps: tuple[StepView, ...]
    conditions: _Conditions
    languages: tuple[str, ...]
    untranslated: bool
    expired: bool
    stale: Stale | None
    structured: Markup


def card(hit: Hit, language: Language) -> Card:
    """A hit for a reader of `language`."""
    return Card(
        type=hit.type,
        path=entry_path(language, hit.type, hit.slug),
        title=hit.title,
        snippet=Markup(hit.snippet),  # noqa: S704 - the search service escapes all but <mark>
        kind=hit.kind,
        provider=hit.provider,
        themes=hit.themes,
        language=hit.text_lang,
        borrowed=hit.text_lang != language,
        passage=passage_path(language, hit.slug, hit.page_lang, hit.page) if hit.page_lang else None,
        page=hit.page,
        snippet_language=hit.page_lang or hit.text_lang,
        stale=stale(hit.stale_on, hit.verified_on),
    )


def query_string(asked: SearchQuery, **changes: Any) -> str:
    """The parameters that differ from the defaults, with `changes`, as `?q=…&theme=…` or nothing."""
    changed = asked.model_copy(update=changes).model_dump()
    fields = SearchQuery.model_fields
    kept = {name: value for name, value in changed.items() if value != fields[name].default}
    return f"?{urlencode(kept, doseq=True)}" if kept else ""


def results(
    asked: SearchQuery,
    found: SearchResults,
    language: Language,
    catalogue: NullTranslations,
    sectors: dict[str, str],
    path: str | None = None,
) -> Results:
    """The answer to `asked` as a page; `sectors` are their names in `language`.

    `path` is where it stands, if not on the page of results."""
    label = partial(_label, catalogue, sectors)
    path = path or f"/{language}/{SEARCH[language]}"
    pages = _pages(asked, found, path)
    by_number = {page.number: page.path for page in pages if page}
    said, nothing = found.suggestion, dict.fromkeys(FACETS, ())
    return Results(
        q=asked.q,
        sort=asked.sort,
        total=found.total,
        cards=tuple(card(hit, language) for hit in found.items),
        facets=_facets(found, catalogue, label),
        chips=_chips(asked, found, path, label),
        without_filters=path + query_string(asked, page=1, **nothing),
        sorts=_sorts(asked, path, catalogue),
        pages=pages,
        previous=by_number.get(found.page - 1),
        next=by_number.get(found.page + 1),
        suggestion=Link(said, path + query_string(asked, q=said, page=1)) if said else None,
    )


def _label(catalogue: NullTranslations, sectors: dict[str, str], name: FacetName, count: FacetCount) -> str:
    if name == "sector":
        return sectors.get(count.value, count.value)
    names = {
        "type": words.ENTRY_TYPES,
        "theme": words.THEMES,
        "kind": words.KINDS,
        "language": words.LANGUAGES,
    }
    return count.label or words.named(names.get(name, {}), count.value, catalogue)


def _facets(found: SearchResults, catalogue: NullTranslations, label: _Label) -> tuple[Facet, ...]:
    facets = []
    for name in FACETS:
        counts = found.facets.get(name, ())
        if len(counts) > 1 or any(one.selected for one in counts):  # one value alone narrows nothing
            choices = tuple(Choice(one.value, label(name, one), one.count, one.selected) for one in counts)
            first = tuple(c for n, c in enumerate(choices) if n < _FIRST_CHOICES or c.selected)
            rest = tuple(c for n, c in enumerate(choices) if n >= _FIRST_CHOICES and not c.selected)
            facets.append(Facet(name, catalogue.gettext(words.FACETS[name]), first, rest))
    return tuple(facets)


def _chips(asked: SearchQuery, found: SearchResults, path: str, label: _Label) -> tuple[Link, ...]:
    chips = []
    for name in FACETS:
        chosen: tuple[str, ...] = getattr(asked, name)
        for one in found.facets.get(name, ()):
            if one.selected:
                rest = tuple(value for value in chosen if value != one.value)
                without = query_string(asked, **{name: rest, "page": 1})
                chips.append(Link(label(name, one), path + without))
    return tuple(chips)


def _sorts(asked: SearchQuery, path: str, catalogue: NullTranslations) -> tuple[Link, ...]:
    return tuple(
        Link(catalogue.gettext(label), path + query_string(asked, sort=sort, page=1), sort == asked.sort)
        for sort, label in _SORTS.items()
    )


def _pages(asked: SearchQuery, found: SearchResults, path: str) -> tuple[PageLink | None, ...]:
    last = min(-(-found.total // found.per_page), MAX_WINDOW // found.per_page)
    if last < 2:
        return ()
    near = range(found.page - _AROUND, found.page + _AROUND + 1)
    numbers = [number for number in range(1, last + 1) if number in (1, last) or number in near]
    links: list[PageLink | None] = []
    for before, number in zip([0, *numbers], numbers, strict=False):
        if number > before + 1:
            links.append(None)
        links.append(PageLink(number, path + query_string(asked, page=number), number == found.page))
    return tuple(links)


def shown(text: _Text, language: Language) -> Shown | None:
    """The text in `language`, else the other one, else None."""
    own, other = (text.fr, text.en) if language == "fr" else (text.en, text.fr)
    if own:
        return Shown(own, language, borrowed=False)
    return Shown(other, "en" if language == "fr" else "fr", borrowed=True) if other else None


def program(
    found: Program, language: Language, catalogue: NullTranslations, today: date, address: str
) -> ProgramView:
    """A program for a reader of `language` on the day `today`; `address` is its page's, in full."""
    content = found.content
    title = shown(content.title, language)
    assert title is not None  # noqa: S101 - a program has a title in one language
    texts = _texts(content, language)
    steps = tuple(_step(step, language) for step in content.steps)
    parts = [title, *texts.values(), *(part for step in steps for part in (step.text, step.label))]
    return ProgramView(
        program=found,
        title=title,
        texts=texts,
        steps=steps,
        conditions=criteria(content.eligibility, catalogue),
        languages=tuple(words.named(words.LANGUAGES, one, catalogue) for one in content.languages),
        untranslated=any(part is not None and part.borrowed for part in parts),
        expired=content.valid_until is not None and content.valid_until < today,
        stale=stale(found.stale_on, content.source_checked, today),
        structured=_structured(found, title, texts, address),
    )


def _texts(content: ProgramContent, language: Language) -> dict[str, Shown | None]:
    named: dict[str, _Text] = {
        "promise": content.promise,
        "summary": content.summary,
        "description": content.description,
        "provider": content.provider,
        "audience": content.audience,
        "activities": content.eligibility.activities,
        "other": content.eligibility.other,
        "notes": content.eligibility.notes,
        "amount": content.amount,
        "cost": content.cost,
    }
    return {name: shown(text, language) for name, text in named.items()}


def _step(step: Step, language: Language) -> StepView:
    return StepView(shown(step.text, language), step.url, shown(step.label, language))


def _structured(found: Program, title: Shown, texts: dict[str, Shown | None], address: str) -> Markup:
    """schema.org's GovernmentService."""
    content, provider = found.content, texts["provider"]
    about = texts["promise"] or texts["summary"]
    regions = [words.REGIONS.get(region, region) for region in content.eligibility.regions] or ["Québec"]
    told = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "name": title.text,
        "description": about.text if about else None,
        "provider": {"@type": "Organization", "name": provider.text} if provider else None,
        "areaServed": [{"@type": "AdministrativeArea", "name": name} for name in regions],
        "availableLanguage": list(content.languages) or None,
        "serviceType": content.kind.value,
        "url": address,
        "sameAs": content.source_url,
    }
    return json_ld(told)


def json_ld(told: dict[str, Any]) -> Markup:
    """`told`, without what is None, as JSON that cannot end the script element it stands in."""
    text = orjson.dumps({name: value for name, value in told.items() if value is not None}).decode()
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe)  # noqa: S704 - escaped on the line above
