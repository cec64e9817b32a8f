"""The blog: its list, its posts, its feeds, and previews of drafts."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway import views, words
from gateway.articles import post_path, post_view, post_views
from gateway.feeds import FEEDS, feed
from gateway.i18n import translations
from gateway.links import BLOG, PREVIEWS
from gateway.rendering import Page, for_now, hits, personal
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import LANGUAGES, anonymous
from nexus.errors import NotFound
from services.content.contracts import GetPost, GetPreview, Line, ListPosts, Status, Theme
from services.search.contracts import MoreLikeThis

_PER_PAGE = 10
_IN_FEED = 30
_Slug = Annotated[str, Path(max_length=200)]
_Token = Annotated[str, Path(max_length=500)]


class BlogQuery(BaseModel):
    """The parameters of the list of posts and of its feeds; others are ignored."""

    model_config = ConfigDict(extra="ignore")

    theme: Theme | None = None
    tag: Line | None = None
    page: int = Field(1, ge=1, le=10_000)

    def string(self, page: int = 1) -> str:
        """As `?theme=…&page=…`, or nothing."""
        asked = {
            "theme": self.theme and self.theme.value,
            "tag": self.tag,
            "page": page if page > 1 else None,
        }
        kept = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


_Asked = Annotated[BlogQuery, Query()]


def blog_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The blog of a sector, publicly at `base_url`."""
    router, page = APIRouter(), Page(sector, base_url)

    async def posts(language: Language, asked: BlogQuery) -> Response:
        query = ListPosts(theme=asked.theme, tag=asked.tag, page=asked.page, per_page=_PER_PAGE)
        found = await bus.call(query, anonymous(sector.name, language))
        if asked.page > 1 and not found.items:
            raise NotFound("page_not_found")
        paths = {one: f"/{one}/{BLOG[one]}{asked.string(asked.page)}" for one in LANGUAGES}
        return page.html(
            "blog.html",
            language,
            paths,
            posts=post_views(found.items, language, base_url),
            asked=asked,
            total=found.total,
            more=asked.page * _PER_PAGE < found.total,
        )

    @router.get("/fr/blogue")
    async def posts_fr(asked: _Asked) -> Response:
        return await posts("fr", asked)

    @router.get("/en/blog")
    async def posts_en(asked: _Asked) -> Response:
        return await posts("en", asked)

    async def syndicated(language: Language, name: str, asked: BlogQuery) -> Response:
        query = ListPosts(theme=asked.theme, tag=asked.tag, per_page=_IN_FEED)
        found = await bus.call(query, anonymous(sector.name, language))
        shown = [one for one in post_views(found.items, language, base_url) if not one.title.borrowed]
        blog = f"/{language}/{BLOG[language]}"
        paths = blog + asked.string(), f"{blog}/{name}{asked.string()}"
        title, about = _feed_title(sector, language, asked), sector.tagline[language]
        body = feed(name, title, about, language, base_url, paths, shown)
        return Response(body, media_type=FEEDS[name][1])

    def add_feed(language: Language, name: str) -> None:
        @router.get(f"/{language}/{BLOG[language]}/{name}")
        async def one_feed(asked: _Asked) -> Response:
            return await syndicated(language, name, asked)

    for language in LANGUAGES:
        for name in FEEDS:
            add_feed(language, name)

    async def post(language: Language, slug: str) -> Response:
        found = await bus.call(GetPost(ref=slug), anonymous(sector.name, language))
        if slug != getattr(found.slug, language):
            return RedirectResponse(base_url + post_path(language, found), 301)
        near = MoreLikeThis(id=found.id, lang=language)
        similar = await hits(bus.call(near, anonymous(sector.name, language)))
        cards = [views.card(hit, language) for hit in similar or ()]
        paths = {one: post_path(one, found) for one in LANGUAGES}
        view = post_view(found, language, base_url)
        shown = page.html("post.html", language, paths, view=view, cards=cards, preview=False)
        return shown if similar is not None else for_now(shown)

    @router.get("/fr/blogue/{slug}")
    async def post_fr(slug: _Slug) -> Response:
        return await post("fr", slug)

    @router.get("/en/blog/{slug}")
    async def post_en(slug: _Slug) -> Response:
        return await post("en", slug)

    async def preview(language: Language, token: str) -> Response:
        found = await bus.call(GetPreview(token=token), anonymous(sector.name, language))
        if found.status is Status.PUBLISHED:
            return personal(RedirectResponse(base_url + post_path(language, found), 302))
        paths = {one: f"/{one}/{PREVIEWS[one]}/{token}" for one in LANGUAGES}
        view = post_view(found, language, base_url)
        shown = page.html("post.html", language, paths, view=view, cards=[], preview=True)
        shown.headers.update({"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"})
        return personal(shown)

    @router.get("/fr/apercu/{token}")
    async def preview_fr(token: _Token) -> Response:
        return await preview("fr", token)

    @router.get("/en/preview/{token}")
    async def preview_en(token: _Token) -> Response:
        return await preview("en", token)

    return router


def _feed_title(sector: Sector, language: Language, asked: BlogQuery) -> str:
    catalogue = translations(language)
    parts = [f"Emploi NEXUS {sector.short[language]}", catalogue.gettext(words.N_("Blog"))]
    if asked.theme:
        parts.append(words.named(words.THEMES, asked.theme.value, catalogue))
    return " – ".join([*parts, asked.tag] if asked.tag else parts)
