"""The port between processes: ask a service, hear what happened."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from nexus.caller import Caller
from nexus.messages import CloudEvent, Event, Request

R = TypeVar("R")

DEFAULT_DEADLINE = 10.0  # seconds


class Bus(Protocol):
    """Carries requests to services and events to whoever listens."""

    async def call(
        self,
        message: Request[R],
        caller: Caller,
        *,
        service: str | None = None,
        deadline: float = DEFAULT_DEADLINE,
    ) -> R:
        """The answer of the service that `message` belongs to (of `service`, if every service answers it).

        `deadline` is in seconds. Raises the service's own NexusError; DeadlineExceeded; Unavailable when
        no such service runs."""
        ...

    def listen(self, events: tuple[type[Event], ...], heard: Callable[[CloudEvent | None], Any]) -> None:
        """Calls `heard` with each of `events` from now on; nothing is kept for who does not listen.

        `heard(None)` says that some may have been missed (the connection was lost)."""
        ...
