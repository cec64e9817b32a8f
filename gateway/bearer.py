"""Who asks the API with a key: RFC 6750, `Authorization: Bearer nexus_tic_…`."""

import re

from fastapi import Request
from fastapi.security import HTTPBearer

from gateway.problems import language_of
from gateway.sectors import Sector
from nexus.bus import Bus
from nexus.caller import Caller, Scope
from nexus.errors import Forbidden
from services.people.contracts.keys import FindKey

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,200}")
_SCHEME = "bearer "

# For the description alone: who comes without a key is answered by `Bearer`.
KEY = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="A key of your system, which an administrator of the sector makes in the back office.",
)


class Bearer:
    """Finds whose key came with a request. Nothing is remembered: a key that is revoked is refused at once."""

    def __init__(self, sector: Sector, bus: Bus) -> None:
        self._sector = sector
        self._bus = bus

    async def caller(self, request: Request, *scopes: Scope) -> Caller:
        """The key's system, if it has one of `scopes`.

        Raises Forbidden(`key_missing`, `key_invalid`, `scope_required`)."""
        secret = _secret(request)
        if not secret:
            raise Forbidden("key_missing")
        if not _SECRET.fullmatch(secret):
            raise Forbidden("key_invalid")
        origin = request.client.host if request.client else None
        nobody = Caller(sector=self._sector.name, language=language_of(request), origin=origin)
        key = await self._bus.call(FindKey(secret=secret), nobody)
        caller = nobody.model_copy(update={"person": key.person, "scopes": key.scopes})
        caller.require(*scopes)
        return caller


def has_key(request: Request) -> bool:
    """Whether a request came with something that claims to be a key."""
    return bool(_secret(request))


def _secret(request: Request) -> str:
    given = request.headers.get("authorization", "")
    return given[len(_SCHEME) :].strip() if given.lower().startswith(_SCHEME) else ""
