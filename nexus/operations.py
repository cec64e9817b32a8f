"""Requests that every service answers: its health, the events that wait for a person, its audit trail."""

from typing import Any

from pydantic import AwareDatetime, Field

from nexus.caller import Role
from nexus.messages import Command, Message, Query


class Health(Message):
    """What a service can reach: the name of each engine, and None or the code of what is wrong."""

    engines: dict[str, str | None]

    @property
    def ready(self) -> bool:
        return not any(self.engines.values())


class CheckHealth(Query[Health]):
    """Can this service do its work now?"""


class ParkedEvent(Message):
    """An event that its handler refused for good. `key` names it to `resend` and `discard`."""

    key: str
    handler: str
    type: str
    subject: str
    error: str
    attempts: int
    since: AwareDatetime


class ParkedEvents(Message):
    """Oldest first, 500 at most."""

    items: tuple[ParkedEvent, ...]


class ListParkedEvents(Query[ParkedEvents]):
    """Those of the caller's sector and those of all sectors; of operators: every one. For administrators."""


class ResendParkedEvent(Command[None]):
    """Try it again from its first attempt. For administrators who see it."""

    key: str


class DiscardParkedEvent(Command[None]):
    """Give it up. For administrators who see it."""

    key: str


class NotedValue(Message):
    """A field, nested ones by their dotted path, as it was and as it is; None: absent."""

    field: str
    before: Any = None
    after: Any = None


class NotedChange(Message):
    """What happened to one thing. `label` is what a person knows it by."""

    kind: str
    id: str
    label: str
    fields: tuple[NotedValue, ...] = ()


class AuditEntry(Message):
    """One command of somebody. `refused`: the code, where it was not allowed; `origin`: a network address."""

    service: str
    number: int
    at: AwareDatetime
    sector: str | None
    person: str
    roles: tuple[Role, ...]
    origin: str | None
    command: str
    refused: str | None
    changes: tuple[NotedChange, ...]


class AuditPage(Message):
    """Latest first. `next`, if any, is the `before` of what follows; a page may hold few, or none, and go on."""

    items: tuple[AuditEntry, ...]
    next: int | None


class ListAudit(Query[AuditPage]):
    """What was done in the caller's sector, and by operators of all. For administrators."""

    person: str | None = Field(None, max_length=100, description="the id of who did it, or to whom")
    kind: str | None = Field(None, max_length=40, description="of things, as `program`")
    subject: str | None = Field(None, max_length=100, description="the id of a thing")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    before: int | None = Field(None, ge=1)
    limit: int = Field(50, ge=1, le=500)


class AuditState(Message):
    """How many entries were followed, and the number of the first that is not as it was written, if any."""

    entries: int
    broken_at: int | None


class CheckAudit(Query[AuditState]):
    """Is the whole trail as it was written? For administrators."""
