"""What all pages behind a sign-in share: who asks, with what right, with which form."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from gateway.links import SIGN_IN
from gateway.people import forms
from gateway.people.visitor import TOKEN_FIELD, Visitor, Visitors, require_token
from gateway.rendering import Page, personal
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import Role
from nexus.errors import Forbidden
from nexus.messages import Request as Message

R = TypeVar("R")


@dataclass(frozen=True)
class Signed:
    """A request of somebody who is signed in. `form` holds the fields of a POST, whose token was right."""

    request: Request
    language: Language
    visitor: Visitor
    bus: Bus
    form: dict[str, str] = field(default_factory=dict)

    async def call(self, message: Message[R], deadline: float = 10.0) -> R:
        """The answer of a service to this person."""
        return await self.bus.call(message, self.visitor.caller, deadline=deadline)

    def query(self, name: str) -> str:
        """A parameter of the address; empty if there is none."""
        return self.request.query_params.get(name, "")

    async def sent(self) -> FormData:
        """The whole form, with its files."""
        return await forms.sent_of(self.request)

    async def values(self, name: str) -> list[str]:
        """Every text that the form has for a name."""
        return await forms.values_of(self.request, name)


Handler = Callable[[Signed], Awaitable[Response]]


class Desk:
    """Adds pages that need a sign-in. Who has none is sent to it, and back."""

    def __init__(
        self, sector: Sector, bus: Bus, base_url: str, visitors: Visitors, file: Sector | None = None
    ) -> None:
        """`file` is the sector as it was set up, before its people changed anything."""
        self.sector = sector
        self.file = file or sector
        self.base_url = base_url
        self._bus = bus
        self._visitors = visitors
        self._page = Page(sector, base_url)

    def add(
        self,
        router: APIRouter,
        method: str,
        path: str,
        language: Language,
        handle: Handler,
        roles: Iterable[Role] = (),
    ) -> None:
        """Answer `path` with `handle`, for who has one of `roles` (none: for all who are signed in)."""
        needed = frozenset(roles)

        async def endpoint(request: Request) -> Response:
            visitor = await self._visitors(request, language)
            if visitor.session is None:
                return _to_sign_in(request, language)
            if needed and not visitor.has(*needed):
                raise Forbidden("role_required", roles=sorted(needed))
            form = await forms.fields_of(request) if method == "POST" else {}
            if method == "POST":
                require_token(visitor, form.get(TOKEN_FIELD, ""))
            return personal(await handle(Signed(request, language, visitor, self._bus, form)))

        router.add_api_route(path, endpoint, methods=[method])

    def html(
        self,
        template: str,
        signed: Signed,
        paths: Mapping[Language, str],
        status: int = 200,
        **values: Any,
    ) -> Response:
        """A page of one person."""
        return self._page.html(template, signed.language, paths, status, visitor=signed.visitor, **values)


def _to_sign_in(request: Request, language: Language) -> Response:
    """After a GET, back to where they wanted to go; what a form held cannot be sent again."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = f"?next={quote(wanted)}" if request.method == "GET" and len(wanted) < 500 else ""
    return personal(RedirectResponse(f"/{language}/{SIGN_IN[language]}{back}", 303))
