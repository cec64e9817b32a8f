"""The page for those who write programs: the API, open data, and the search for other sites."""

import json

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.licence import LICENCE_URL
from gateway.links import DEVELOPERS
from gateway.managed import PROGRAMS
from gateway.refusals import REFUSALS
from gateway.rendering import Page
from gateway.sectors import Language, Sector
from gateway.webhook_words import WEBHOOK_EVENTS
from gateway.words import N_, SCOPES
from nexus.caller import LANGUAGES

_PATHS: dict[Language, str] = {language: f"/{language}/{DEVELOPERS[language]}" for language in LANGUAGES}

# Tests ask each of these addresses: an example that does not work is worse than none.
_EXAMPLES: tuple[tuple[str, dict[Language, str], str], ...] = (
    (
        N_("Search everything that the site publishes, with counts for each filter"),
        {"fr": "/api/v1/search?q=francisation", "en": "/api/v1/search?q=wage+subsidy&lang=en"},
        N_(
            "q, lang, theme, kind, sector, provider, language, sort (relevance or date), page, per_page (up to 100)"
        ),
    ),
    (
        N_("Complete what somebody is typing"),
        {"fr": "/api/v1/suggest?q=franc", "en": "/api/v1/suggest?q=wage&lang=en"},
        N_("q, lang, limit (up to 20)"),
    ),
    (
        N_("All programs, a part at a time: ask again with “after” = “next” until it is null"),
        {"fr": "/api/v1/programs?limit=5", "en": "/api/v1/programs?limit=5"},
        N_("after, limit (up to 200)"),
    ),
)
_FILES: tuple[tuple[str, dict[Language, str]], ...] = (
    (
        N_("JSON: every field, in both languages"),
        {"fr": "/api/v1/open-data/programs.json", "en": "/api/v1/open-data/programs.json"},
    ),
    (
        N_("CSV: a line a program, for a spreadsheet (UTF-8 with a byte order mark, commas)"),
        {"fr": "/api/v1/open-data/programs.csv", "en": "/api/v1/open-data/programs.csv"},
    ),
    (
        N_("HSDS 3 (Open Referral): services, for directories of services"),
        {"fr": "/api/v1/open-data/hsds/services.json", "en": "/api/v1/open-data/hsds/services.json?lang=en"},
    ),
)

# What a test of the notifications service makes of the same facts is the same, word by word.
WEBHOOK_EXAMPLE = {
    "specversion": "1.0",
    "id": "e433cb1a40f103cafc361493bc07cb17",
    "source": "https://tic.example.org",
    "type": "ca.emploinexus.program.published.v1",
    "subject": "5f0c9d6b1a2e4c7f8d3b6a9e0c1f2d4b",
    "time": "2026-11-23T17:00:00Z",
    "datacontenttype": "application/json",
    "data": {
        "id": "5f0c9d6b1a2e4c7f8d3b6a9e0c1f2d4b",
        "revision": 3,
        "sector": "tic",
        "url": "https://tic.example.org/api/v1/programs/5f0c9d6b1a2e4c7f8d3b6a9e0c1f2d4b",
    },
}


def developers_router(sector: Sector, base_url: str) -> APIRouter:
    """The developers' page of a sector in both languages."""
    router, page = APIRouter(), Page(sector, base_url)

    def shown(language: Language) -> Response:
        return page.html(
            "developers.html",
            language,
            _PATHS,
            examples=_EXAMPLES,
            files=_FILES,
            refusals=REFUSALS,
            scopes=SCOPES,
            program=json.dumps(PROGRAMS.example, ensure_ascii=False),
            webhook_events=WEBHOOK_EVENTS,
            webhook_example=json.dumps(WEBHOOK_EXAMPLE, indent=2),
            licence_url=LICENCE_URL,
        )

    @router.get(_PATHS["fr"])
    async def developers_fr() -> Response:
        return shown("fr")

    @router.get(_PATHS["en"])
    async def developers_en() -> Response:
        return shown("en")

    return router
