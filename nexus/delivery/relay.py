"""Publishes what waits in the outboxes. It runs on its own, never in a request.

Several processes of a service may relay the same outbox: what is then published twice is recognised by
each inbox, and the first arrival of an event still comes after the first arrival of those before it."""

import threading
from collections.abc import Callable, Sequence

from nexus.delivery.outbox import Outbox, WaitingEvent
from nexus.telemetry import EVENTS_RELAYED, log

Publish = Callable[[Sequence[WaitingEvent]], None]

_POLL = 1.0  # seconds; a write in this process wakes the relay at once, this finds the others'
_PAUSE = 2.0  # seconds to wait after a failure


class Relay:
    """Moves events of one service from its outboxes to `publish`, which returns once they are safe."""

    def __init__(self, service: str, outboxes: Sequence[Outbox], publish: Publish) -> None:
        self._service = service
        self._outboxes = outboxes
        self._publish = publish
        self._wake = threading.Event()
        self._stopping = False

    def wake(self) -> None:
        """Say that something was written to an outbox."""
        self._wake.set()

    def stop(self) -> None:
        """Make `run` return after the round under way."""
        self._stopping = True
        self._wake.set()

    def waiting(self) -> bool:
        """Whether an event is still to be published."""
        return any(outbox.waiting(1) for outbox in self._outboxes)

    def run_once(self) -> int:
        """Publish what waits now; returns how many events that was."""
        return sum(self._empty(outbox) for outbox in self._outboxes)

    def run(self) -> None:
        """Publish until `stop`."""
        while not self._stopping:
            self._wake.clear()
            try:
                if self.run_once():
                    continue
                self._wake.wait(_POLL)
            except Exception as error:
                log.warning("relay_failed", service=self._service, error=repr(error))
                self._wake.wait(_PAUSE)

    def _empty(self, outbox: Outbox) -> int:
        events = outbox.waiting()
        if events:
            self._publish(events)
            outbox.remove(events)
            EVENTS_RELAYED.labels(self._service).inc(len(events))
        return len(events)
