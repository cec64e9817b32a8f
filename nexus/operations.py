"""Requests that every service answers: its health, and the events that wait for a person."""

from pydantic import AwareDatetime

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
    """For administrators."""


class ResendParkedEvent(Command[None]):
    """Try it again from its first attempt. For administrators."""

    key: str


class DiscardParkedEvent(Command[None]):
    """Give it up. For administrators."""

    key: str
