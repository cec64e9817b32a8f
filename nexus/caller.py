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


class Scope(StrEnum):
    """What the key of a partner's system may do. A door that names no scope is closed to every key."""

    PROGRAMS_WRITE = "programs:write"
    DOCUMENTS_WRITE = "documents:write"
    POSTS_WRITE = "posts:write"
    MEETINGS_WRITE = "meetings:write"
    CASES_WRITE = "cases:write"
    GOAL_READ = "goal:read"
    WEBHOOKS_WRITE = "webhooks:write"


class Caller(BaseModel):
    """The principal of a call. No `sector` means all of them: the operator's command line.

    A person has roles; a key has no role but `scopes`, so that whoever asks for a role alone refuses it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sector: str | None = None
    person: str = "anonymous"
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[Scope] = frozenset()
    language: Language = "fr"
    origin: str | None = None  # the network address that the request came from, where there is one

    def has(self, *rights: Role | Scope) -> bool:
        """Whether the caller has one of `rights`."""
        return not (self.roles | self.scopes).isdisjoint(rights)

    def require(self, *rights: Role | Scope) -> None:
        """Raise Forbidden(`role_required`; to a key, `scope_required`) unless the caller has one of `rights`."""
        if self.has(*rights):
            return
        scopes = sorted(right for right in rights if isinstance(right, Scope))
        if self.scopes and scopes:
            raise Forbidden("scope_required", scopes=scopes)
        raise Forbidden("role_required", roles=sorted(right for right in rights if isinstance(right, Role)))

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
