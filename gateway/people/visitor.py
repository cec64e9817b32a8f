"""Who is behind a request: nobody in particular, or somebody with a session."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fastapi import Request
from fastapi.responses import Response

from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import Caller, Role
from nexus.errors import Forbidden
from services.people.contracts.people import Person
from services.people.contracts.signin import FindSession, Session

TOKEN_FIELD = "csrf"  # noqa: S105 - the name of a field
_LONGEST = 1_000  # characters of a cookie of ours

Way = Literal["code", "passkey", "provider"]
_WAYS: tuple[Way, ...] = ("code", "passkey", "provider")


@dataclass(frozen=True)
class Visitor:
    """`caller` is whom services are told; `csrf` is what the forms of this session must carry."""

    caller: Caller
    session: Session | None = None
    csrf: str = ""

    @property
    def person(self) -> Person:
        """The one who is signed in. Raises Forbidden(`sign_in_required`)."""
        if self.session is None:
            raise Forbidden("sign_in_required")
        return self.session.person

    def has(self, *roles: Role) -> bool:
        """Whether it may do what one of `roles` may do: for what is shown. Services check by themselves."""
        return not self.caller.roles.isdisjoint(roles)


Visitors = Callable[[Request, Language], Awaitable[Visitor]]


class Cookies:
    """The cookies of a sector. Sites on one host share its cookies, whatever their ports: names differ."""

    def __init__(self, sector: Sector, base_url: str) -> None:
        self._secure = base_url.startswith("https:")
        prefix = "__Host-nexus" if self._secure else "nexus"  # the prefix binds it to this very host
        self._session = f"{prefix}-{sector.name}"
        self._challenges = {way: f"{prefix}-{sector.name}-{way}" for way in _WAYS}

    def session(self, request: Request) -> str:
        """The session's secret; empty if there is none."""
        return self._read(request, self._session)

    def challenge(self, request: Request, way: Way) -> str:
        """The challenge of a sign-in that is under way; empty if there is none."""
        return self._read(request, self._challenges[way])

    def begin(self, response: Response, token: str, end: datetime) -> None:
        """Sign in this browser, and let go of every challenge."""
        self._set(response, self._session, token, end)
        for way in _WAYS:
            self.forget(response, way)

    def remember(self, response: Response, way: Way, challenge: str, end: datetime) -> None:
        """Keep the challenge until it has ended."""
        self._set(response, self._challenges[way], challenge, end)

    def forget(self, response: Response, way: Way) -> None:
        """Let go of a challenge: it is used up."""
        self._drop(response, self._challenges[way])

    def end(self, response: Response) -> None:
        """Sign out this browser."""
        self._drop(response, self._session)

    def _read(self, request: Request, name: str) -> str:
        value = request.cookies.get(name, "")
        return value if len(value) <= _LONGEST else ""

    def _set(self, response: Response, name: str, value: str, end: datetime) -> None:
        response.set_cookie(
            name, value, expires=end, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def _drop(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")


def visitors(sector: Sector, bus: Bus, cookies: Cookies) -> Visitors:
    """Finds who is behind a request. A session that has ended is none."""

    async def find(request: Request, language: Language) -> Visitor:
        origin = request.client.host if request.client else None
        nobody = Caller(sector=sector.name, language=language, origin=origin)
        token = cookies.session(request)
        if not token:
            return Visitor(nobody)
        try:
            session = await bus.call(FindSession(token=token), nobody)
        except Forbidden:
            return Visitor(nobody)
        person = session.person
        caller = nobody.model_copy(update={"person": person.id, "roles": person.roles})
        return Visitor(caller, session, _csrf(token))

    return find


def _csrf(token: str) -> str:
    """Follows from the session's secret, which no other site knows: nothing needs to be stored."""
    return hashlib.sha256(f"csrf:{token}".encode()).hexdigest()


def require_token(visitor: Visitor, given: str) -> None:
    """Raise Forbidden(`form_expired`) unless a form came from a page of this very session."""
    if not visitor.csrf or not hmac.compare_digest(visitor.csrf, given):
        raise Forbidden("form_expired")
