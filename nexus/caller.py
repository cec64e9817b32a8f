"""Who asks: the sector, the person, the roles and the language of a request."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from nexus.errors import Forbidden

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")


class Role(StrEnum):
    """What a person may do in a sector (an operator: in all of them); `system` is a service that calls another."""

    MEMBER = "member"
    ADVISOR = "advisor"
    EDITOR = "editor"
    COORDINATOR = "coordinator"
    ADMIN = "admin"
    SYSTEM = "system"


class Caller(BaseModel):
    """The principal of a call. No `sector` means all of them: the operator's command line."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sector: str | None = None
    person: str = "anonymous"
    roles: frozenset[Role] = frozenset()
    language: Language = "fr"
    origin: str | None = None  # the network address that the request came from, where there is one

    def require(self, *roles: Role) -> None:
        """Raise Forbidden unless the caller has one of `roles`."""
        if self.roles.isdisjoint(roles):
            raise Forbidden("role_required", roles=sorted(roles))

    def may_touch(self, sectors: tuple[str, ...]) -> bool:
        """Whether something shared with `sectors` (none: with all) is within the caller's own sector."""
        return self.sector is None or not sectors or self.sector in sectors


def anonymous(sector: str, language: Language = "fr") -> Caller:
    """A visitor of a sector's site."""
    return Caller(sector=sector, language=language)


def system(service: str, sector: str, language: Language = "fr") -> Caller:
    """The service named, which calls another one in the name of a sector. No gateway may claim to be one."""
    return Caller(
        sector=sector, person=f"service:{service}", roles=frozenset({Role.SYSTEM}), language=language
    )


def operator(person: str) -> Caller:
    """Whoever runs the command `nexus` on the host: an administrator of all sectors."""
    return Caller(person=person, roles=frozenset({Role.ADMIN, Role.EDITOR}))
