"""The first page of the back office."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from gateway.admin.frame import START, admin_page, path_to, sections_for
from gateway.people.desk import Desk, Signed
from gateway.problems import preferred
from gateway.rendering import personal
from nexus.caller import LANGUAGES


def start_routes(router: APIRouter, desk: Desk) -> None:
    """Add the first page, and `/admin`, which leads to it in the browser's language."""

    async def start(signed: Signed) -> Response:
        found = [(path_to(signed.language, one), one.title) for one in sections_for(signed.visitor)[1:]]
        return admin_page(desk, signed, START, "start.html", found=found)

    @router.get("/admin")
    async def admin(request: Request) -> Response:
        language = preferred(request.headers.get("accept-language", ""))
        return personal(RedirectResponse(path_to(language, START), 302))

    for language in LANGUAGES:
        desk.add(router, "GET", path_to(language, START), language, start, START.roles)
