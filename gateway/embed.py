"""The search for partners' own sites: a bare page for an iframe, and the script that puts one there.

Neither sets a cookie nor asks anything of a third party."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse, Response

from gateway import views
from gateway.api import require_page
from gateway.edge import policy
from gateway.i18n import translations
from gateway.pages import STATIC
from gateway.rendering import Page
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import LANGUAGES, anonymous
from services.search.contracts import Search

_POLICY = {"Content-Security-Policy": policy(frame_ancestors="*")}
_SHOWN = 8  # results; the rest is one link away


class EmbedQuery(views.SearchQuery):
    """A search, and how the page around it looks."""

    scheme: Literal["auto", "light", "dark"] = "auto"


def embed_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """`/embed/search.js` and `/embed/{lang}/search` of a sector."""
    router, page = APIRouter(prefix="/embed"), Page(sector, base_url)

    @router.get("/search.js")
    async def script() -> Response:
        return FileResponse(STATIC / "embed.js", media_type="text/javascript")

    @router.get("/{language}/search")
    async def search(
        language: Annotated[Language, Path()], asked: Annotated[EmbedQuery, Query()]
    ) -> Response:
        wanted = views.SearchQuery(**asked.model_dump(exclude={"scheme"}))
        query = Search(lang=language, per_page=_SHOWN, **wanted.model_dump())
        found = await bus.call(query, anonymous(sector.name, language))
        require_page(found)
        sectors = {name: short[language] for name, short in sector.known.items()}
        view = views.results(wanted, found, language, translations(language), sectors)
        paths = {one: f"/embed/{one}/search{views.query_string(wanted)}" for one in LANGUAGES}
        more = views.query_string(wanted)
        shown = page.html("embed.html", language, paths, view=view, asked=asked, more=more)
        shown.headers.update(_POLICY)
        return shown

    return router
