"""What the templates show, made of what the services answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from gettext import NullTranslations
from typing import Any, Protocol
from urllib.parse import urlencode

import orjson
from markupsafe import Markup

from gateway import words
from gateway.links import PROGRAMS, SEARCH
from gateway.sectors import Language
from services.content.contracts import Program, ProgramContent, Step
from services.search.contracts import FACETS, FacetCount, FacetName, Hit, SearchResults

_Label = Callable[[FacetName, FacetCount], str]

_FIRST_CHOICES = 6  # shown at once; further ones unfold
_AROUND = 2  # pages shown on each side of the current one


class _Text(Protocol):
    fr: str | None
    en: str | None


@dataclass(frozen=True)
class Shown:
    """A text as it is shown: in `language`, which is not the page's if `borrowed`."""

    text: str
    language: Language
    borrowed: bool


@dataclass(frozen=True)
class Card:
    """A result, or a program near another one."""

    path: str
    title: str
    snippet: Markup
    kind: str | None
    provider: str | None
    themes: tuple[str, ...]
    language: Language
    borrowed: bool


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
class Chip:
    """A filter in force, and the address without it."""

    label: str
    path: str


@dataclass(frozen=True)
class PageLink:
    """A page of results; None stands for those left out."""

    number: int
    path: str
    current: bool


@dataclass(frozen=True)
class Results:
    """The page of results."""

    q: str
    sort: str
    total: int
    cards: tuple[Card, ...]
    facets: tuple[Facet, ...]
    chips: tuple[Chip, ...]
    pages: tuple[PageLink | None, ...]
    previous: str | None
    next: str | None
    suggestion: Chip | None


@dataclass(frozen=True)
class StepView:
    """One thing to do."""

    text: Shown
    url: str | None
    label: Shown | None


@dataclass(frozen=True)
class ProgramView:
    """The page of a program."""

    program: Program
    title: Shown
    texts: dict[str, Shown | None]
    steps: tuple[StepView, ...]
    conditions: tuple[tuple[str, tuple[str, ...]], ...]
    languages: tuple[str, ...]
    untranslated: bool
    expired: bool
    structured: Markup


def card(hit: Hit, language: Language) -> Card:
    """A hit for a reader of `language`."""
    return Card(
        path=f"/{language}/{PROGRAMS[language]}/{hit.slug}",
        title=hit.title,
        snippet=Markup(hit.snippet),  # noqa: S704 - the search service escapes all but <mark>
        kind=hit.kind,
        provider=hit.provider,
        themes=hit.themes,
        language=hit.text_lang,
        borrowed=hit.text_lang != language,
    )


def query_string(asked: Any, **changes: Any) -> str:
    """The parameters that differ from the defaults, with `changes`, as `?q=…&theme=…` or nothing."""
    fields = type(asked).model_fields
    values = {name: changes.get(name, getattr(asked, name)) for name in fields}
    kept = {name: value for name, value in values.items() if value != fields[name].default}
    return f"?{urlencode(kept, doseq=True)}" if kept else ""


def results(
    asked: Any, found: SearchResults, language: Language, catalogue: NullTranslations, sectors: dict[str, str]
) -> Results:
    """The answer to `asked` as a page; `sectors` are their names in `language`."""
    label = partial(_label, catalogue, sectors)
    path = f"/{language}/{SEARCH[language]}"
    pages = _pages(asked, found, path)
    by_number = {page.number: page.path for page in pages if page}
    suggestion = found.suggestion and Chip(
        found.suggestion, path + query_string(asked, q=found.suggestion, page=1)
    )
    return Results(
        q=asked.q,
        sort=asked.sort,
        total=found.total,
        cards=tuple(card(hit, language) for hit in found.items),
        facets=_facets(found, catalogue, label),
        chips=_chips(asked, found, path, label),
        pages=pages,
        previous=by_number.get(found.page - 1),
        next=by_number.get(found.page + 1),
        suggestion=suggestion or None,
    )


def _label(catalogue: NullTranslations, sectors: dict[str, str], name: FacetName, count: FacetCount) -> str:
    if name == "sector":
        return sectors.get(count.value, count.value)
    names = {"theme": words.THEMES, "kind": words.KINDS, "language": words.LANGUAGES}
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


def _chips(asked: Any, found: SearchResults, path: str, label: _Label) -> tuple[Chip, ...]:
    chips = []
    for name in FACETS:
        chosen: tuple[str, ...] = getattr(asked, name)
        for one in found.facets.get(name, ()):
            if one.selected:
                rest = tuple(value for value in chosen if value != one.value)
                without = query_string(asked, **{name: rest, "page": 1})
                chips.append(Chip(label(name, one), path + without))
    return tuple(chips)


def _pages(asked: Any, found: SearchResults, path: str) -> tuple[PageLink | None, ...]:
    last = -(-found.total // found.per_page)
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


def program(found: Program, language: Language, catalogue: NullTranslations, today: date) -> ProgramView:
    """A program for a reader of `language` on the day `today`."""
    content = found.content
    title = shown(content.title, language)
    assert title is not None  # noqa: S101 - a program has a title in one language
    texts = _texts(content, language)
    steps = tuple(_step(step, language) for step in content.steps)
    parts = [title, *texts.values(), *(step.text for step in steps)]
    return ProgramView(
        program=found,
        title=title,
        texts=texts,
        steps=steps,
        conditions=_conditions(content, catalogue),
        languages=tuple(words.named(words.LANGUAGES, one, catalogue) for one in content.languages),
        untranslated=any(part is not None and part.borrowed for part in parts),
        expired=content.valid_until is not None and content.valid_until < today,
        structured=_structured(found, title, texts),
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
        "amount": content.amount,
        "cost": content.cost,
    }
    return {name: shown(text, language) for name, text in named.items()}


def _step(step: Step, language: Language) -> StepView:
    text = shown(step.text, language) or Shown("", language, borrowed=False)
    return StepView(text, step.url, shown(step.label, language))


def _conditions(
    content: ProgramContent, catalogue: NullTranslations
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    eligibility = content.eligibility
    groups: tuple[tuple[str, Sequence[str], dict[str, str]], ...] = (
        (words.N_("Size of the company"), eligibility.company_sizes, words.SIZES),
        (words.N_("Region"), eligibility.regions, words.REGIONS),
        (words.N_("Candidate’s status"), [one.value for one in eligibility.candidate_statuses], words.STATUSES),
    )
    return tuple(
        (catalogue.gettext(label), tuple(words.named(names, value, catalogue) for value in values))
        for label, values, names in groups
        if values
    )


def _structured(found: Program, title: Shown, texts: dict[str, Shown | None]) -> Markup:
    """schema.org's GovernmentService, as JSON that cannot end the script element it stands in."""
    content, promise, provider = found.content, texts["promise"], texts["provider"]
    told = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "name": title.text,
        "description": promise.text if promise else None,
        "provider": {"@type": "Organization", "name": provider.text} if provider else None,
        "areaServed": {"@type": "AdministrativeArea", "name": "Québec"},
        "availableLanguage": list(content.languages) or None,
        "serviceType": content.kind.value,
        "url": content.source_url,
        "dateModified": found.updated_at.date().isoformat(),
    }
    text = orjson.dumps({name: value for name, value in told.items() if value is not None}).decode()
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe)  # noqa: S704 - escaped on the line above
