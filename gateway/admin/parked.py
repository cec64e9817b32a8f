"""Events that a service gave up on, until an administrator sends them again or discards them."""

import asyncio

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin.frame import PARKED, SERVICES, admin_page, path_to
from gateway.people.desk import Desk, Signed
from nexus.caller import LANGUAGES
from nexus.errors import NexusError, NotFound
from nexus.operations import DiscardParkedEvent, ListParkedEvents, ParkedEvents, ResendParkedEvent

_PATIENCE = 3.0  # seconds for a service to answer


def parked_routes(router: APIRouter, desk: Desk) -> None:
    """Add the page."""

    async def listed(signed: Signed) -> Response:
        told = await asyncio.gather(*(_ask(signed, service) for service in SERVICES))
        parked = [
            (service, one) for service, page in zip(SERVICES, told, strict=True) if page for one in page.items
        ]
        silent = [service for service, page in zip(SERVICES, told, strict=True) if page is None]
        return admin_page(
            desk, signed, PARKED, "parked.html", parked=parked, silent=silent, done=signed.query("done")
        )

    async def settle(signed: Signed) -> Response:
        key = signed.form.get("key", "")[:300]
        service = key.partition(".")[0]
        if service not in SERVICES:
            raise NotFound("parked_event_not_found", key=key)
        again = signed.form.get("do") == "resend"
        command = ResendParkedEvent(key=key) if again else DiscardParkedEvent(key=key)
        await signed.bus.call(command, signed.visitor.caller, service=service)
        done = "resent" if again else "discarded"
        return RedirectResponse(path_to(signed.language, PARKED, f"?done={done}"), 303)

    for language in LANGUAGES:
        desk.add(router, "GET", path_to(language, PARKED), language, listed, PARKED.roles)
        desk.add(router, "POST", path_to(language, PARKED), language, settle, PARKED.roles)


async def _ask(signed: Signed, service: str) -> ParkedEvents | None:
    """None: the service does not answer now."""
    try:
        caller = signed.visitor.caller
        return await signed.bus.call(ListParkedEvents(), caller, service=service, deadline=_PATIENCE)
    except NexusError:
        return None
