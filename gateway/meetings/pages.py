"""What the public pages of meetings have in common: who asks, and that no cache keeps the answer."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.responses import Response

from gateway.people.visitor import Visitor, Visitors
from gateway.rendering import Page, personal
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import Caller

Endpoint = Callable[[Request], Awaitable[Response]]


def token_of(request: Request) -> str:
    """The secret of a link; empty where a page has none."""
    return str(request.path_params.get("token", ""))[:200]


class VisitorPages:
    """Pages that know who is signed in."""

    def __init__(
        self, sector: Sector, bus: Bus, base_url: str, visitors: Visitors, texts: bool = False
    ) -> None:
        """`texts`: whether reminders by text message are offered."""
        self._bus = bus
        self._base_url = base_url
        self._visitors = visitors
        self._texts = texts
        self._page = Page(sector, base_url)

    def endpoint(
        self, language: Language, handle: Callable[[Language, Request, Visitor], Awaitable[Response]]
    ) -> Endpoint:
        """`handle` as a route takes it."""

        async def answer(request: Request) -> Response:
            return personal(await handle(language, request, await self._visitors(request, language)))

        return answer


class LinkPages:
    """Pages for whoever has their link, signed in or not."""

    def __init__(self, sector: Sector, bus: Bus, base_url: str) -> None:
        self._sector = sector
        self._bus = bus
        self._base_url = base_url
        self._page = Page(sector, base_url)

    def endpoint(
        self, language: Language, handle: Callable[[Language, Request, str, Caller], Awaitable[Response]]
    ) -> Endpoint:
        """`handle` as a route takes it."""

        async def answer(request: Request) -> Response:
            origin = request.client.host if request.client else None
            caller = Caller(sector=self._sector.name, language=language, origin=origin)
            return personal(await handle(language, request, token_of(request), caller))

        return answer
