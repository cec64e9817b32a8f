"""For search engines: which pages there are, in both languages."""

from collections.abc import AsyncIterator, Mapping
from html import escape

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from gateway.links import DOCUMENTS, PROGRAMS, entry_path
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import LANGUAGES, anonymous
from services.content.contracts import ListPrograms, Program
from services.content.contracts.documents import Document, ListDocuments

_MOST = 20_000  # programs; two addresses each, and a sitemap may hold 50,000: https://www.sitemaps.org/protocol.html
_MOST_DOCUMENTS = 4_000
_PART = 200  # programs asked for at once
_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


def crawlers_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """`/robots.txt` and `/sitemap.xml` of a sector."""
    router = APIRouter()

    @router.get("/robots.txt")
    async def robots() -> Response:
        return PlainTextResponse(f"User-agent: *\nDisallow: /api/\n\nSitemap: {base_url}/sitemap.xml\n")

    @router.get("/sitemap.xml")
    async def sitemap() -> Response:
        entries = [_entry({"fr": f"{base_url}/fr/", "en": f"{base_url}/en/"})]
        entries.append(_entry({one: f"{base_url}/{one}/{DOCUMENTS[one]}" for one in LANGUAGES}))
        async for program in _programs(sector, bus):
            urls = {
                one: f"{base_url}/{one}/{PROGRAMS[one]}/{getattr(program.slug, one)}" for one in LANGUAGES
            }
            entries.append(_entry(urls, f"<lastmod>{program.updated_at:%Y-%m-%d}</lastmod>"))
        async for document in _documents(sector, bus):
            urls = {
                one: base_url + entry_path(one, "document", getattr(document.slug, one)) for one in LANGUAGES
            }
            entries.append(_entry(urls, f"<lastmod>{document.updated_at:%Y-%m-%d}</lastmod>"))
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_NAMESPACES}>{"".join(entries)}</urlset>\n'
        return Response(body, media_type="application/xml")

    return router


async def _programs(sector: Sector, bus: Bus) -> AsyncIterator[Program]:
    after: str | None = None
    for _ in range(_MOST // _PART):
        page = await bus.call(ListPrograms(after=after, limit=_PART), anonymous(sector.name))
        for program in page.items:
            yield program
        after = page.next
        if after is None:
            return


async def _documents(sector: Sector, bus: Bus) -> AsyncIterator[Document]:
    after: str | None = None
    for _ in range(_MOST_DOCUMENTS // _PART):
        page = await bus.call(ListDocuments(after=after, limit=_PART), anonymous(sector.name))
        for document in page.items:
            yield document
        after = page.next
        if after is None:
            return


def _entry(urls: Mapping[Language, str], more: str = "") -> str:
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}-CA" href="{escape(url)}"/>'
        for language, url in urls.items()
    )
    return "".join(f"\n<url><loc>{escape(url)}</loc>{more}{others}</url>" for url in urls.values())
