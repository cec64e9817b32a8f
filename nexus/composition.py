"""What a process gives a service to live on, and what a service's `compose` gives back.

Services are found through entry points, so that `nexus` knows none of them:

    [project.entry-points."nexus.services"]      meetings = "services.meetings.service:Meetings"
    [project.entry-points."nexus.compositions"]  meetings = "services.meetings.compose:compose"
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Protocol

from nexus.errors import InvalidInput
from nexus.operations import ParkedEvent
from nexus.service import Service
from nexus.settings import Settings

if TYPE_CHECKING:  # a gateway has no database driver
    from pymongo.collection import Collection
    from pymongo.database import Database

    from nexus.mongo import Document


def utc_now() -> datetime:
    """The clock of production, in whole milliseconds: MongoDB keeps no more."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Resources:
    """What a service may use. `wake` is to be called after a write that fills an outbox."""

    settings: Settings
    database: Database[Document]
    embedded: bool
    wake: Callable[[], None] = _nothing
    clock: Callable[[], datetime] = utc_now


class Shelf(Protocol):
    """Work of a service that was given up on, until a person decides about it.

    Its keys begin with the service's name and a dot."""

    def parked(self, sector: str | None) -> Sequence[ParkedEvent]:
        """What is of `sector` (None: of all of them), oldest first."""
        ...

    def count_parked(self) -> int: ...

    def resend(self, key: str, sector: str | None) -> None:
        """Raises NotFound(`parked_event_not_found`), also for what is of another sector, as does `discard`."""
        ...

    def discard(self, key: str, sector: str | None) -> None: ...


@dataclass(frozen=True)
class Composed:
    """A service ready to be served. `checks` raise Unavailable; `close` lets go of its engines; `parked` holds
    what is given up on besides events."""

    service: Service
    outboxes: Sequence[Collection[Document]]
    checks: dict[str, Callable[[], None]] = field(default_factory=dict)
    close: Callable[[], None] = _nothing
    parked: Shelf | None = None


Compose = Callable[["Resources"], "Composed"]


@cache
def _found(group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=group)}


def service_names() -> list[str]:
    """The services that this distribution has."""
    return sorted(_found("nexus.services"))


def sample_names() -> list[str]:
    """The kinds of sample content that this distribution has, programs first."""
    return sorted(_found("nexus.samples"), key=lambda name: (name != "programs", name))


def first_run_names() -> list[str]:
    """What has something to tell when `nexus run` starts."""
    return sorted(_found("nexus.first_run"))


def declaration(name: str) -> type[Service]:
    """The class of a service, for its doors. Raises InvalidInput(`service_unknown`)."""
    return load_entry_point("nexus.services", name)  # type: ignore[no-any-return]


def composition(name: str) -> Compose:
    """The function that builds a service. Raises InvalidInput(`service_unknown`)."""
    return load_entry_point("nexus.compositions", name)  # type: ignore[no-any-return]


def load_entry_point(group: str, name: str) -> Any:
    """What the entry point `name` of `group` names. Raises InvalidInput(`service_unknown`)."""
    if name not in _found(group):
        raise InvalidInput("service_unknown", service=name, known=service_names())
    return _found(group)[name].load()


def database_of(service: str, settings: Settings) -> str:
    """The name of a service's own database."""
    return f"{settings.database_prefix}_{service}"
