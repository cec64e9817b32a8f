"""For search engines: which pages there are, in both languages."""

from collections.abc import AsyncIterator, Mapping
from html import escape

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from gateway.links import ACTIVITIES, BLOG, DOCUMENTS, PAGES, PARTNERS, PROGRAMS, THEME_SLUGS, need_path
from gateway.listing import all_programs
from gateway.rendering import HOME
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import LANGUAGES, anonymous
from services.content.contracts import (
    Activity,
    ListActivities,
    ListPages,
    ListPosts,
    Page,
    Post,
)
from services.content.contracts.documents import Document, ListDocuments

_MOST = 8_000  # of each kind; two addresses each, and a sitemap may hold 50,000: https://www.sitemaps.org/protocol.html
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
        entries = [_entry({one: base_url + path for one, path in paths.items()}) for paths in _fixed()]
        for items, folder in (
            (all_programs(sector, bus), PROGRAMS),
            (_documents(sector, bus), DOCUMENTS),
            (_posts(sector, bus), BLOG),
            (_activities(sector, bus), ACTIVITIES),
            (_pages(sector, bus), PAGES),
        ):
            async for item in items:
                urls = {one: f"{base_url}/{one}/{folder[one]}/{getattr(item.slug, one)}" for one in LANGUAGES}
                entries.append(_entry(urls, f"<lastmod>{item.updated_at:%Y-%m-%d}</lastmod>"))
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_NAMESPACES}>{"".join(entries)}</urlset>\n'
        return Response(body, media_type="application/xml")

    return router


async def _documents(sector: Sector, bus: Bus) -> AsyncIterator[Document]:
    after: str | None = None
    for _ in range(_MOST // _PART):
        page = await bus.call(ListDocuments(after=after, limit=_PART), anonymous(sector.name))
        for document in page.items:
            yield document
        after = page.next
        if after is None:
            return


async def _posts(sector: Sector, bus: Bus) -> AsyncIterator[Post]:
    for number in range(1, _MOST // _PART + 1):
        page = await bus.call(ListPosts(page=number, per_page=_PART), anonymous(sector.name))
        for post in page.items:
            yield post
        if number * _PART >= page.total:
            return


async def _activities(sector: Sector, bus: Bus) -> AsyncIterator[Activity]:
    """Those to come: nobody looks for what is over."""
    page = await bus.call(ListActivities(upcoming=True, per_page=_PART), anonymous(sector.name))
    for activity in page.items:
        yield activity


async def _pages(sector: Sector, bus: Bus) -> AsyncIterator[Page]:
    for page in (await bus.call(ListPages(limit=_PART), anonymous(sector.name))).items:
        yield page


def _fixed() -> list[dict[Language, str]]:
    """The pages that are there whatever is published."""
    alone = [
        {one: f"/{one}/{name[one]}" for one in LANGUAGES} for name in (DOCUMENTS, BLOG, ACTIVITIES, PARTNERS)
    ]
    needs = [{one: need_path(one, theme) for one in LANGUAGES} for theme in THEME_SLUGS]
    return [dict(HOME), *alone, *needs]


def _entry(urls: Mapping[Language, str], more: str = "") -> str:
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}-CA" href="{escape(url)}"/>'
        for language, url in urls.items()
    )
    return "".join(f"\n<url><loc>{escape(url)}</loc>{more}{others}</url>" for url in urls.values())
