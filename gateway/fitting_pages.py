"""The page "find what fits us": the questions and, on the same address with the answers in it, what fits."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway import fitting
from gateway.i18n import translations
from gateway.links import FIND
from gateway.rendering import Page
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import LANGUAGES, anonymous
from services.content.contracts import FindFitting


def fitting_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The page in both languages, publicly at `base_url`."""
    router, page = APIRouter(), Page(sector, base_url)

    async def find(language: Language, request: Request) -> Response:
        given = fitting.read(request.query_params.multi_items())
        found = None
        if given.asked:
            found = await bus.call(FindFitting(answers=given.answers), anonymous(sector.name, language))
        view = fitting.view(given, found, language, translations(language), base_url)
        paths = {one: f"/{one}/{FIND[one]}{given.query}" for one in LANGUAGES}
        return page.html("find.html", language, paths, view=view)

    @router.get("/fr/trouver")
    async def find_fr(request: Request) -> Response:
        return await find("fr", request)

    @router.get("/en/find")
    async def find_en(request: Request) -> Response:
        return await find("en", request)

    return router
