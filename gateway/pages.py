"""The public pages of a sector. Routes parse, ask, render."""

from datetime import datetime
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from gateway import views
from gateway.api import require_page
from gateway.asked import AskedRoute
from gateway.consent.topics import subscribe_path, topic_of
from gateway.i18n import translations
from gateway.links import PROBLEMS, PROGRAMS, SEARCH, program_url
from gateway.problems import preferred, problem
from gateway.refusals import REFUSALS
from gateway.rendering import HOME, Page, for_now, hits
from gateway.sectors import Language, Sector
from gateway.times import ZONE
from gateway.words import N_
from nexus.bus import Bus
from nexus.caller import LANGUAGES, anonymous
from nexus.errors import NotFound
from services.content.contracts import GetProgram
from services.search.contracts import MoreLikeThis, Search

STATIC = FilePath(__file__).with_name("static")


def pages_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The pages of a sector, publicly at `base_url`."""
    router, page = APIRouter(route_class=AskedRoute), Page(sector, base_url)

    async def results(language: Language, asked: views.SearchQuery) -> Response:
        query = Search(lang=language, **asked.model_dump())
        found = await bus.call(query, anonymous(sector.name, language))
        require_page(found)
        sectors = {name: short[language] for name, short in sector.known.items()}
        view = views.results(asked, found, language, translations(language), sectors)
        paths = {one: f"/{one}/{SEARCH[one]}{views.query_string(asked)}" for one in LANGUAGES}
        subscribe = subscribe_path(language, topic_of(asked.q, asked.theme, asked.type, asked.kind))
        return page.html("results.html", language, paths, view=view, subscribe_path=subscribe)

    @router.get("/fr/recherche")
    async def results_fr(asked: Annotated[views.SearchQuery, Query()]) -> Response:
        return await results("fr", asked)

    @router.get("/en/search")
    async def results_en(asked: Annotated[views.SearchQuery, Query()]) -> Response:
        return await results("en", asked)

    async def program(language: Language, slug: str) -> Response:
        found = await bus.call(GetProgram(ref=slug), anonymous(sector.name, language))
        current = getattr(found.slug, language)
        address = program_url(base_url, language, current)
        if slug != current:
            return RedirectResponse(address, 301)
        near = MoreLikeThis(id=found.id, lang=language)
        similar = await hits(bus.call(near, anonymous(sector.name, language)))
        cards = [views.card(hit, language) for hit in similar or ()]
        view = views.program(found, language, translations(language), datetime.now(ZONE).date(), address)
        paths = {one: f"/{one}/{PROGRAMS[one]}/{getattr(found.slug, one)}" for one in LANGUAGES}
        shown = page.html("program.html", language, paths, view=view, cards=cards)
        return shown if similar is not None else for_now(shown)

    @router.get("/fr/programmes/{slug}")
    async def program_fr(slug: Annotated[str, Path(max_length=200)]) -> Response:
        return await program("fr", slug)

    @router.get("/en/programs/{slug}")
    async def program_en(slug: Annotated[str, Path(max_length=200)]) -> Response:
        return await program("en", slug)

    return router


def problems_router(sector: Sector, base_url: str) -> APIRouter:
    """The pages that explain the codes of refusals to those who write programs."""
    router, page = APIRouter(), Page(sector, base_url)

    @router.get("/problems/{code}")
    async def in_a_language(code: str, request: Request) -> Response:
        language = preferred(request.headers.get("accept-language", ""))
        return RedirectResponse(_problem_paths(code)[language], 302, {"Vary": "Accept-Language"})

    def explain(language: Language, code: str) -> Response:
        paths = _problem_paths(code)
        return page.html("problem.html", language, paths, code=code, refusals=REFUSALS)

    @router.get("/fr/problemes/{code}")
    async def explain_fr(code: str) -> Response:
        return explain("fr", code)

    @router.get("/en/problems/{code}")
    async def explain_en(code: str) -> Response:
        return explain("en", code)

    return router


def _problem_paths(code: str) -> dict[Language, str]:
    if code not in REFUSALS:
        raise NotFound
    return {language: f"/{language}/{PROBLEMS[language]}/{code}" for language in LANGUAGES}


def error_page(
    sector: Sector, base_url: str, status: int, code: str, language: Language, *, again: bool
) -> HTMLResponse:
    """A refusal in words, with ways on; `again`: the same address may answer a little later."""
    told = problem(base_url, status, code, language)
    if code == "invalid_input":  # the API names fields; the visitor of a page followed a link, and wrote none
        advice = N_("Part of the address is not right. Search again from here.")
        told = told.model_copy(update={"detail": translations(language).gettext(advice)})
    return Page(sector, base_url).html("error.html", language, HOME, status, problem=told, again=again)
