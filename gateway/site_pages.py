"""Home, partners, the page of each theme, and pages that stand by themselves."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response

from gateway import views
from gateway.articles import activity_views, page_path, page_view, post_views
from gateway.links import PARTNERS, THEME_SLUGS, need_path
from gateway.rendering import HOME, Page, for_now, hits, if_there
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import LANGUAGES, anonymous
from nexus.errors import NotFound
from services.content.contracts import GetPage, ListActivities, ListPosts
from services.search.contracts import EntryType, Hit, Search

_LATEST, _NEXT = 6, 3
_OF_A_KIND = 6  # shown of each kind on the page of a theme
_KINDS: tuple[EntryType, ...] = ("program", "document", "post", "activity")
_THEME_TEXTS = tomllib.loads(FilePath(__file__).with_name("themes.toml").read_text(encoding="utf-8"))
_Slug = Annotated[str, Path(max_length=200)]


def home_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The first page of a sector. It stands whatever is away."""
    router, page = APIRouter(), Page(sector, base_url)

    @router.get("/fr/")
    async def home_fr() -> Response:
        return await home_page(page, "fr", sector, bus, base_url)

    @router.get("/en/")
    async def home_en() -> Response:
        return await home_page(page, "en", sector, bus, base_url)

    return router


async def home_page(
    page: Page, language: Language, sector: Sector, bus: Bus, base_url: str, **values: bool
) -> Response:
    """The first page, rendered by `page`."""
    caller = anonymous(sector.name, language)
    newest = Search(lang=language, sort="date", type=("program",), per_page=_LATEST)
    latest = await hits(bus.call(newest, caller))
    posts = await if_there(bus.call(ListPosts(per_page=_NEXT), caller))
    activities = await if_there(bus.call(ListActivities(upcoming=True, per_page=_NEXT), caller))
    shown = page.html(
        "home.html",
        language,
        HOME,
        cards=[views.card(hit, language) for hit in latest or ()],
        posts=post_views(posts.items, language, base_url) if posts else [],
        activities=activity_views(activities.items, language, base_url, datetime.now(UTC))
        if activities
        else None,
        **values,
    )
    return for_now(shown) if None in (latest, posts, activities) else shown


def needs_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """A page for each theme, with all that there is on it."""
    router, page = APIRouter(), Page(sector, base_url)

    async def need(language: Language, slug: str) -> Response:
        theme = next((one for one, slugs in THEME_SLUGS.items() if slugs[language] == slug), None)
        if theme is None:
            raise NotFound
        query = Search(lang=language, theme=(theme,), per_page=100)
        found = await hits(bus.call(query, anonymous(sector.name, language)))
        paths = {one: need_path(one, theme) for one in LANGUAGES}
        groups = _groups(found or (), language)
        texts = _THEME_TEXTS[theme]
        shown = page.html("need.html", language, paths, theme=theme, texts=texts, groups=groups)
        return shown if found is not None else for_now(shown)

    @router.get("/fr/besoins/{slug}")
    async def need_fr(slug: _Slug) -> Response:
        return await need("fr", slug)

    @router.get("/en/needs/{slug}")
    async def need_en(slug: _Slug) -> Response:
        return await need("en", slug)

    return router


def texts_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """Partners, and the pages that editors write."""
    router, page = APIRouter(), Page(sector, base_url)

    def partners(language: Language) -> Response:
        paths = {one: f"/{one}/{PARTNERS[one]}" for one in LANGUAGES}
        return page.html("partners.html", language, paths)

    @router.get("/fr/partenaires")
    async def partners_fr() -> Response:
        return partners("fr")

    @router.get("/en/partners")
    async def partners_en() -> Response:
        return partners("en")

    async def text(language: Language, slug: str) -> Response:
        found = await bus.call(GetPage(ref=slug), anonymous(sector.name, language))
        if slug != getattr(found.slug, language):
            return RedirectResponse(base_url + page_path(language, found), 301)
        paths = {one: page_path(one, found) for one in LANGUAGES}
        return page.html("page.html", language, paths, view=page_view(found, language))

    @router.get("/fr/pages/{slug}")
    async def text_fr(slug: _Slug) -> Response:
        return await text("fr", slug)

    @router.get("/en/pages/{slug}")
    async def text_en(slug: _Slug) -> Response:
        return await text("en", slug)

    return router


def _groups(found: tuple[Hit, ...], language: Language) -> list[tuple[str, list[views.Card], int]]:
    """What was found by kind: the first of each, and how many there are."""
    groups: list[tuple[str, list[views.Card], int]] = []
    for kind in _KINDS:
        cards = [views.card(hit, language) for hit in found if hit.type == kind]
        if cards:
            groups.append((kind, cards[:_OF_A_KIND], len(cards)))
    return groups
