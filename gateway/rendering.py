"""Templates in each language, and what every page of a sector needs."""

from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

from fastapi.responses import HTMLResponse
from fastapi.responses import Response as HttpResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from gateway import links, words
from gateway.consent.topics import wording
from gateway.i18n import decimal, file_size, translations
from gateway.links import FIND, SEARCH
from gateway.markdown import to_html
from gateway.people.devices import device_name
from gateway.problems import RETRY_AFTER
from gateway.questions import ACTIVITIES
from gateway.sectors import Language, Sector
from gateway.stylesheet import style_path
from gateway.times import time_filters
from gateway.trail_words import EVENTS
from nexus.errors import Unavailable
from services.search.contracts import Hit, SearchResults, SimilarEntries

T = TypeVar("T")
HOME: dict[Language, str] = {"fr": "/fr/", "en": "/en/"}


class _Templates:
    """The templates in each language, made once for all sectors."""

    def __init__(self) -> None:
        self._environments = {language: _environment(language) for language in ("fr", "en")}

    def render(self, name: str, language: Language, **values: Any) -> str:
        return self._environments[language].get_template(name).render(language=language, **values)


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("gateway"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = translations(language)
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["links"] = links
    environment.globals["wording"] = lambda sector: wording(sector, language)
    environment.filters["markdown"] = to_html
    environment.filters["file_size"] = lambda size: file_size(size, language)
    environment.filters["device"] = lambda agent: device_name(agent, catalogue)
    environment.filters["decimal"] = lambda number: decimal(number, language)
    environment.filters.update(time_filters(language))
    named = {
        "kind": words.KINDS,
        "theme": words.THEMES,
        "theme_lead": words.THEME_LEADS,
        "entry_type": words.ENTRY_TYPES,
        "reading": words.READINGS,
        "media_type": words.MEDIA_TYPES,
        "activity_kind": words.ACTIVITY_KINDS,
        "registration_state": words.REGISTRATION_STATES,
        "link_outcome": words.LINK_OUTCOMES,
        "language_name": words.LANGUAGES,
        "state": words.STATES,
        "item_kind": words.ITEM_KINDS,
        "outcome": words.OUTCOMES,
        "import_state": words.IMPORT_STATES,
        "colour": words.COLOURS,
        "meeting_place": words.MEETING_PLACES,
        "meeting_state": words.MEETING_STATES,
        "meeting_step": words.MEETING_STEPS,
        "case_state": words.CASE_STATES,
        "closing": words.CLOSINGS,
        "size": words.SIZES,
        "activity": ACTIVITIES,
        "role": words.ROLES,
        "role_lead": words.ROLE_LEADS,
        "scope": words.SCOPES,
    }
    environment.filters["event"] = lambda kind: words.named(EVENTS, _short(kind), catalogue)
    for name, names in named.items():
        environment.filters[name] = lambda value, names=names: words.named(names, value, catalogue)
    return environment


def _short(kind: str) -> str:
    """`ca.emploinexus.content.program_published.v1` without what stands around its name."""
    parts = kind.split(".")
    return parts[-2] if len(parts) > 2 else kind


_templates = _Templates()


class Page:
    """What every page of a sector needs."""

    def __init__(self, sector: Sector, base_url: str, style: str | None = None) -> None:
        """`style` is the path of another style sheet than the sector's own."""
        self._sector = sector
        self._base_url = base_url
        self._style = style

    def html(
        self,
        template: str,
        language: Language,
        paths: Mapping[Language, str],
        status: int = 200,
        **values: Any,
    ) -> HTMLResponse:
        """`paths` holds the address of this page in each language, from the root."""
        body = _templates.render(
            template,
            language,
            sector=self._sector,
            base_url=self._base_url,
            style_path=self._style or style_path(self._sector),
            paths=paths,
            find_path=f"/{language}/{FIND[language]}",
            search_path=f"/{language}/{SEARCH[language]}",
            themes=list(words.THEMES),
            **values,
        )
        return HTMLResponse(body, status, {"Content-Language": language})


async def hits(asked: Awaitable[SearchResults] | Awaitable[SimilarEntries]) -> tuple[Hit, ...] | None:
    """What a page shows beside its subject; None without the search service: the page stands all the same."""
    try:
        return (await asked).items
    except Unavailable:
        return None


async def if_there(asked: Awaitable[T]) -> T | None:
    """An answer that a page can do without; None while its service is away."""
    try:
        return await asked
    except Unavailable:
        return None


def for_now(response: HttpResponse) -> HttpResponse:
    """A page that lacks something which the next one will have: nobody keeps it; a whole one from before is better."""
    response.headers.update({"Cache-Control": "no-store", "Retry-After": RETRY_AFTER})
    return response


def personal(response: HttpResponse) -> HttpResponse:
    """An answer for one person: nobody keeps it."""
    response.headers["Cache-Control"] = "no-store"
    return response
