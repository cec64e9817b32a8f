"""The first page of the back office."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from gateway.admin.frame import EDITORS, ITEMS, LINKS, START, admin_page, path_to
from gateway.people.desk import Desk, Signed
from gateway.problems import preferred
from gateway.rendering import if_there, personal
from nexus.caller import LANGUAGES
from services.content.contracts.editing import Freshness, ItemKind, ListItems
from services.content.contracts.links import ListBrokenLinks


def start_routes(router: APIRouter, desk: Desk) -> None:
    """Add the first page, and `/admin`, which leads to it in the browser's language."""

    async def start(signed: Signed) -> Response:
        waiting = await _waiting(signed) if signed.visitor.has(*EDITORS) else None
        return admin_page(desk, signed, START, "start.html", waiting=waiting)

    @router.get("/admin")
    async def admin(request: Request) -> Response:
        language = preferred(request.headers.get("accept-language", ""))
        return personal(RedirectResponse(path_to(language, START), 302))

    for language in LANGUAGES:
        desk.add(router, "GET", path_to(language, START), language, start, START.roles)


async def _waiting(signed: Signed) -> dict[str, tuple[int, str]] | None:
    """What waits for editors: how much of it, and where; None while the service is away."""
    programs = path_to(signed.language, ITEMS[ItemKind.PROGRAM])
    answers = (
        if_there(signed.call(_list_of(Freshness.DUE))),
        if_there(signed.call(_list_of(Freshness.STALE))),
        if_there(signed.call(ListBrokenLinks(limit=500))),
    )
    due, stale, broken = await asyncio.gather(*answers)
    if due is None or stale is None or broken is None:
        return None
    return {
        "due": (due.total, f"{programs}?freshness=due"),
        "stale": (stale.total, f"{programs}?freshness=stale"),
        "broken": (len(broken.items), path_to(signed.language, LINKS)),
    }


def _list_of(freshness: Freshness) -> ListItems:
    return ListItems(kind=ItemKind.PROGRAM, freshness=freshness, per_page=1)
