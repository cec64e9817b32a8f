"""The toolbox: its list, the page of a document, and the way to a page of its file."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import RedirectResponse, Response

from gateway import views
from gateway.api import require_page
from gateway.document_views import document_view, file_view, toolbox
from gateway.i18n import translations
from gateway.links import DOCUMENTS, entry_path
from gateway.rendering import Page, for_now, hits, if_there
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import LANGUAGES, anonymous
from nexus.errors import NotFound
from services.content.contracts.documents import DocumentWithVersions, GetDocument
from services.search.contracts import MoreLikeThis, Search

_Slug = Annotated[str, Path(max_length=200)]
_PageNumber = Annotated[int, Query(ge=1, le=100_000)]


def documents_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The pages of documents, publicly at `base_url`."""
    router, page = APIRouter(), Page(sector, base_url)

    async def ask(slug: str, language: Language) -> DocumentWithVersions:
        return await bus.call(GetDocument(ref=slug), anonymous(sector.name, language))

    async def known_as(id: str, language: Language) -> DocumentWithVersions | None:
        try:
            return await ask(id, language)
        except NotFound:  # it has just been taken away, and search has not heard of it yet
            return None

    async def listed(language: Language, asked: views.SearchQuery) -> Response:
        """Through search: its filters and pages come with it."""
        narrowed = asked.model_copy(
            update={"type": ("document",), "sort": "relevance" if asked.q else "date"}
        )
        query = Search(lang=language, **narrowed.model_dump())
        found = await bus.call(query, anonymous(sector.name, language))
        require_page(found)
        known = await asyncio.gather(*(if_there(known_as(hit.id, language)) for hit in found.items))
        documents = [one.document if one else None for one in known]
        view = toolbox(asked, found, documents, language, translations(language))
        paths = {one: f"/{one}/{DOCUMENTS[one]}{views.query_string(asked)}" for one in LANGUAGES}
        told = page.html("toolbox.html", language, paths, view=view)
        return for_now(told) if None in documents else told

    async def shown(language: Language, slug: str) -> Response:
        found = await ask(slug, language)
        document = found.document
        paths = {one: entry_path(one, "document", getattr(document.slug, one)) for one in LANGUAGES}
        address = base_url + paths[language]
        if slug != getattr(document.slug, language):
            return RedirectResponse(address, 301)
        near = MoreLikeThis(id=document.id, lang=language)
        similar = await hits(bus.call(near, anonymous(sector.name, language)))
        cards = [views.card(hit, language) for hit in similar or ()]
        view = document_view(found, language, base_url, address)
        told = page.html("document.html", language, paths, view=view, cards=cards)
        return told if similar is not None else for_now(told)

    async def opened(language: Language, slug: str, file: Language, at: int) -> Response:
        """To the file itself: the address of a result outlives a new version of the document."""
        document = (await ask(slug, language)).document
        view = file_view(document, file)
        if view is None:
            raise NotFound("file_not_found")
        return RedirectResponse(f"{view.path}#page={at}" if at > 1 and view.pages else view.path, 302)

    @router.get("/fr/boite-a-outils")
    async def listed_fr(asked: Annotated[views.SearchQuery, Query()]) -> Response:
        return await listed("fr", asked)

    @router.get("/en/toolbox")
    async def listed_en(asked: Annotated[views.SearchQuery, Query()]) -> Response:
        return await listed("en", asked)

    @router.get("/fr/boite-a-outils/{slug}")
    async def shown_fr(slug: _Slug) -> Response:
        return await shown("fr", slug)

    @router.get("/en/toolbox/{slug}")
    async def shown_en(slug: _Slug) -> Response:
        return await shown("en", slug)

    @router.get("/fr/boite-a-outils/{slug}/ouvrir")
    async def opened_fr(slug: _Slug, file: Language = "fr", page: _PageNumber = 1) -> Response:
        return await opened("fr", slug, file, page)

    @router.get("/en/toolbox/{slug}/open")
    async def opened_en(slug: _Slug, file: Language = "en", page: _PageNumber = 1) -> Response:
        return await opened("en", slug, file, page)

    return router
