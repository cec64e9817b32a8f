"""Keys: with which partners' systems write through the API, each of one sector, each with few scopes."""

from pydantic import AwareDatetime, Field

from nexus.caller import Scope
from nexus.messages import Command, Event, Message, Query
from services.people.contracts.people import Name, Secret

PERSON = "key:"  # begins what the other services know a key by


class Key(Message):
    """A key, without its secret, of which `ends` are the last characters: enough to tell it from others.

    `created_by` is the id of who made it; `last_used` and `last_origin` tell when and from which address it
    was used last, within a few minutes."""

    id: str
    sector: str
    name: str
    scopes: frozenset[Scope]
    ends: str
    created_at: AwareDatetime
    created_by: str
    expires_at: AwareDatetime | None = None
    revoked_at: AwareDatetime | None = None
    last_used: AwareDatetime | None = None
    last_origin: str | None = None

    @property
    def person(self) -> str:
        """Whom the other services are told: what a key writes stands under this in histories and in the trail."""
        return f"{PERSON}{self.id}"


class Keys(Message):
    """Newest first, those that have ended as well; 500 at most."""

    items: tuple[Key, ...]


class ListKeys(Query[Keys], service="people"):
    """The keys of the caller's sector. For administrators."""


class MadeKey(Message):
    """`secret` is told this once: nobody can find it out again."""

    key: Key
    secret: str


class MakeKey(Command[MadeKey], service="people"):
    """A new key for a system of the caller's sector. For administrators. `days` None: it does not expire."""

    name: Name
    scopes: frozenset[Scope] = Field(min_length=1)
    days: int | None = Field(None, ge=1, le=3_650)


class RevokeKey(Command[Key], service="people"):
    """End a key at once. For administrators. Refused with `key_not_found`. Ending one that has ended does nothing."""

    id: str


class FindKey(Query[Key], service="people"):
    """Whose secret this is. Refused with `key_invalid`: of no key, or of one that has ended, or of another sector."""

    secret: Secret


class KeyMade(Event, service="people"):
    """A sector has a new key: its administrators may want to know."""

    key: Key

    @property
    def subject(self) -> str:
        return self.key.id

    @property
    def belongs_to(self) -> tuple[str, ...]:
        return (self.key.sector,)
