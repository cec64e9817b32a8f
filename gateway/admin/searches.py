"""What people searched for and did not find."""

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.admin.frame import SEARCHES, admin_page, path_to
from gateway.people.desk import Desk, Signed
from nexus.caller import LANGUAGES
from services.search.contracts import ListMisses

_SPANS = (7, 30, 90)  # days


def searches_routes(router: APIRouter, desk: Desk) -> None:
    """Add the page."""

    async def searches(signed: Signed) -> Response:
        asked = signed.query("days")
        days = int(asked) if asked in {str(span) for span in _SPANS} else 30
        found = await signed.call(ListMisses(days=days))
        return admin_page(
            desk, signed, SEARCHES, "searches.html", misses=found.items, days=days, spans=_SPANS
        )

    for language in LANGUAGES:
        desk.add(router, "GET", path_to(language, SEARCHES), language, searches, SEARCHES.roles)
