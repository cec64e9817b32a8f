"""What a publication would look like, before anybody keeps it."""

from datetime import UTC, datetime
from typing import Any

from fastapi.responses import Response

from gateway import views
from gateway.admin.kinds import ACTIVITIES, PARTNERS, POSTS, PROGRAMS, Kind
from gateway.articles import activity_view, page_view, post_view
from gateway.following import partner_of
from gateway.i18n import translations
from gateway.people.desk import Desk, Signed
from gateway.rendering import HOME, Page
from gateway.sectors import Language
from services.content.contracts import Activity, Post, Program, Status
from services.content.contracts import Page as SitePage
from services.content.contracts.editing import ItemKind
from services.content.contracts.partners import Partner

_ITEMS: dict[ItemKind, Any] = {
    ItemKind.PROGRAM: Program,
    ItemKind.POST: Post,
    ItemKind.ACTIVITY: Activity,
    ItemKind.PAGE: SitePage,
    ItemKind.PARTNER: Partner,
}
PREVIEWED = frozenset(_ITEMS)


async def preview(desk: Desk, signed: Signed, kind: Kind, content: dict[str, Any]) -> Response:
    """The public page of a content, in the language asked for. Raises InvalidInput(`invalid_message`)."""
    language: Language = "en" if signed.form.get("language") == "en" else "fr"
    now = datetime.now(UTC)
    item = _ITEMS[kind.name].read(
        {
            "id": "preview",
            "revision": 1,
            "status": Status.DRAFT,
            "slug": {"fr": "apercu", "en": "preview"},
            "content": kind.content.read(content),
            "created_at": now,
            "updated_at": now,
        }
    )
    template, values = _page(kind, item, language, desk.base_url, now)
    sector = desk.sector
    if kind is PARTNERS:
        sector = sector.model_copy(update={"partners": (partner_of(item.content),)})
    page = Page(sector, desk.base_url)
    return page.html(template, language, HOME, unsaved=True, **values)


def _page(
    kind: Kind, item: Any, language: Language, base_url: str, now: datetime
) -> tuple[str, dict[str, Any]]:
    if kind is PROGRAMS:
        view = views.program(item, language, translations(language), now.date(), base_url)
        return "program.html", {"view": view, "cards": []}
    if kind is POSTS:
        return "post.html", {"view": post_view(item, language, base_url), "cards": [], "preview": False}
    if kind is ACTIVITIES:
        announced = activity_view(item, language, base_url, now)
        return "activity.html", {"view": announced, "cards": [], "takes": False, "places": None}
    if kind is PARTNERS:
        return "partners.html", {}
    return "page.html", {"view": page_view(item, language)}
