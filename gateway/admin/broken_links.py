"""Links of what is published that lead nowhere any more."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin.frame import ITEMS, LINKS, admin_page, path_to
from gateway.people.desk import Desk, Signed
from nexus.caller import LANGUAGES
from nexus.errors import NotFound
from services.content.contracts.links import CheckLinkAgain, ListBrokenLinks

_LONGEST = 2_000  # characters of an address


def links_routes(router: APIRouter, desk: Desk) -> None:
    """Add the page."""

    async def listed(signed: Signed) -> Response:
        found = await signed.call(ListBrokenLinks())
        forms = {kind: path_to(signed.language, section) for kind, section in ITEMS.items()}
        return admin_page(
            desk, signed, LINKS, "links.html", found=found, forms=forms, done=signed.query("done")
        )

    async def again(signed: Signed) -> Response:
        url = signed.form.get("url", "")
        if not url.startswith(("https://", "http://")) or len(url) > _LONGEST:
            raise NotFound("link_not_found")
        await signed.call(CheckLinkAgain(url=url))
        return RedirectResponse(path_to(signed.language, LINKS, "?done=again"), 303)

    for language in LANGUAGES:
        desk.add(router, "GET", path_to(language, LINKS), language, listed, LINKS.roles)
        desk.add(router, "POST", path_to(language, LINKS), language, again, LINKS.roles)
