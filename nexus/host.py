"""Serves one composed service, whatever the runtime: calls, events, ticks, relay."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from nexus.audit import Trail, note
from nexus.caller import Caller, Role
from nexus.composition import Composed, Resources, Shelf
from nexus.delivery.inbox import Handle, Inbox, ParkedRecord
from nexus.delivery.outbox import Outbox
from nexus.delivery.relay import Publish, Relay
from nexus.errors import Defect, InvalidInput, NexusError, Unavailable
from nexus.messages import CloudEvent, Command, Request
from nexus.mongo import AWAY, audit_database, check
from nexus.operations import (
    AuditPage,
    AuditState,
    CheckAudit,
    CheckHealth,
    DiscardParkedEvent,
    Health,
    ListAudit,
    ListParkedEvents,
    ParkedEvent,
    ParkedEvents,
    ResendParkedEvent,
)
from nexus.service import Service, Subscription
from nexus.telemetry import CALL_SECONDS, EVENTS_PARKED, SpanKind, log, span

RETRY_INTERVAL = 1.0  # seconds between looks at what is due


@dataclass(frozen=True)
class Answer:
    """The result of a call and the request type that knows how to write it."""

    request: type[Request[Any]]
    value: Any

    def to_json(self) -> bytes:
        return self.request.result.dump_json(self.value)


class ServiceHost:
    """One service with its inbox, relay and the operations that every service answers."""

    def __init__(
        self, composed: Composed, resources: Resources, checks: Mapping[str, Callable[[], None]] | None = None
    ) -> None:
        """`checks` are those of the runtime: each raises Unavailable while what it needs is away."""
        self.composed = composed
        self._checks = checks or {}
        self.service: Service = composed.service
        self.name = composed.service.name
        inbox = resources.database["inbox"]  # where events are parked, with the news of it
        self.inbox = Inbox(inbox, resources.settings.retry_pause)
        self._outboxes = [Outbox(collection) for collection in (*composed.outboxes, inbox)]
        self._database = resources.database
        self._trail = Trail(audit_database(resources.database), self.name, resources.clock)
        self._doors: dict[str, tuple[type[Request[Any]], Callable[[Any, Caller], Any]]] = {
            door.method: (door.message, getattr(self.service, door.method))
            for door in self.service.rpcs.values()
        }
        for message, do in self._operations():
            self._doors[message.method] = (message, do)
        self._handlers: dict[str, Handle] = {
            subscription.name: self._handler(subscription) for subscription in self.service.subscriptions
        }

    @property
    def methods(self) -> Iterator[str]:
        """The names of all requests that are answered."""
        return iter(self._doors)

    def prepare(self) -> None:
        """Make the indexes of inbox and outboxes. Raises Unavailable."""
        with _engines_away():
            self.inbox.prepare()
            for outbox in self._outboxes:
                outbox.prepare()

    def relay(self, publish: Publish) -> Relay:
        """The relay of this service's outboxes."""
        return Relay(self.name, self._outboxes, publish)

    def call(self, method: str, fields: Mapping[str, Any], caller: Caller, parent: str | None) -> Answer:
        """Answer a request that arrived as a decoded JSON object.

        Raises a NexusError and nothing else; what was not foreseen is logged and becomes a Defect."""
        start, outcome = time.perf_counter(), "ok"
        with span(f"{self.name}.{method}", SpanKind.SERVER, parent):
            try:
                return self._call(method, fields, caller)
            except NexusError as error:
                outcome = error.code
                raise
            finally:
                CALL_SECONDS.labels(self.name, method, outcome).observe(time.perf_counter() - start)

    def _call(self, method: str, fields: Mapping[str, Any], caller: Caller) -> Answer:
        if method not in self._doors:
            raise InvalidInput("method_unknown", service=self.name, method=method)
        message, do = self._doors[method]
        try:
            with _engines_away(), self._audited(message, caller):
                return Answer(message, do(message.read(fields), caller))
        except NexusError:
            raise
        except Exception as error:
            log.exception("call_failed", service=self.name, method=method)
            raise Defect() from error

    def _audited(self, message: type[Request[Any]], caller: Caller) -> AbstractContextManager[None]:
        """A query stands in the trail if its use case notes what was read."""
        return self._trail.recording(message.method, caller, refusals=issubclass(message, Command))

    def deliver(self, subscription: Subscription, events: Sequence[CloudEvent]) -> None:
        """Have the handler treat `events`; on return none needs to come again. Raises Unavailable."""
        parent = events[0].traceparent if len(events) == 1 else None
        with span(subscription.name, SpanKind.CONSUMER, parent):
            self.inbox.deliver(subscription.name, self._handlers[subscription.name], events)

    def retry_due(self) -> None:
        """Try failed events again that are due."""
        self.inbox.retry_due(self._handlers)
        shelves = (self.inbox, self.composed.parked)
        EVENTS_PARKED.labels(self.name).set(sum(shelf.count_parked() for shelf in shelves if shelf))

    def tick(self, method: str) -> None:
        """Run a method declared with `@every`; a failure is logged, the next tick comes all the same."""
        try:
            with span(f"{self.name}.{method}"):
                getattr(self.service, method)()
        except Exception:
            log.exception("tick_failed", service=self.name, method=method)

    @property
    def ticks(self) -> list[tuple[float, Callable[[], None]]]:
        """What must run at an interval (in seconds), the retries of the inbox included."""
        declared = [(tick.interval, partial(self.tick, tick.method)) for tick in self.service.ticks]
        return [(RETRY_INTERVAL, self._retry_safely), *declared]

    def health(self) -> Health:
        """What can be reached now."""
        checks: dict[str, Callable[[], None]] = {
            "database": partial(check, self._database),
            **self.composed.checks,
            **self._checks,
        }
        return Health(engines={name: _code_of(probe) for name, probe in checks.items()})

    def close(self) -> None:
        """Let go of the service's engines."""
        self.composed.close()

    def _operations(self) -> list[tuple[type[Request[Any]], Callable[[Any, Caller], Any]]]:
        return [
            (CheckHealth, self._health),
            (ListParkedEvents, self._list_parked),
            (ResendParkedEvent, self._resend),
            (DiscardParkedEvent, self._discard),
            (ListAudit, self._list_audit),
            (CheckAudit, self._check_audit),
        ]

    def _retry_safely(self) -> None:
        try:
            self.retry_due()
        except Exception as error:
            log.warning("retry_round_failed", service=self.name, error=repr(error))

    def _handler(self, subscription: Subscription) -> Handle:
        method = getattr(self.service, subscription.method)
        types = {
            one.event.type: one.event for one in self.service.subscriptions if one.name == subscription.name
        }

        def handle(envelopes: Sequence[CloudEvent]) -> None:
            events = [types[envelope.type].read(envelope.data) for envelope in envelopes]
            if subscription.batch:
                method(events)
            else:
                for event in events:
                    method(event)

        return handle

    def _health(self, _: CheckHealth, __: Caller) -> Health:
        return self.health()

    def _list_parked(self, _: ListParkedEvents, caller: Caller) -> ParkedEvents:
        caller.require(Role.ADMIN)
        events = [_parked_event(record) for record in self.inbox.parked(caller.sector)]
        others = self.composed.parked.parked(caller.sector) if self.composed.parked else ()
        return ParkedEvents(items=tuple(sorted([*events, *others], key=lambda one: one.since)))

    def _resend(self, command: ResendParkedEvent, caller: Caller) -> None:
        caller.require(Role.ADMIN)
        self._shelf(command.key).resend(command.key, caller.sector)
        note("parked_event", command.key, command.key, after={"sent": "again"})

    def _discard(self, command: DiscardParkedEvent, caller: Caller) -> None:
        caller.require(Role.ADMIN)
        self._shelf(command.key).discard(command.key, caller.sector)
        note("parked_event", command.key, command.key, before={"kept": True})

    def _list_audit(self, query: ListAudit, caller: Caller) -> AuditPage:
        caller.require(Role.ADMIN)
        return self._trail.page(query, caller.sector)

    def _check_audit(self, _: CheckAudit, caller: Caller) -> AuditState:
        caller.require(Role.ADMIN)
        return self._trail.check()

    def _shelf(self, key: str) -> Inbox | Shelf:
        """Where `key` is, or would be: the keys of events begin with the name of a handler."""
        others = self.composed.parked
        return others if others and key.rpartition(":")[0] not in self._handlers else self.inbox


@contextmanager
def _engines_away() -> Iterator[None]:
    try:
        yield
    except AWAY as error:
        raise Unavailable("database_unavailable") from error


def _code_of(probe: Callable[[], None]) -> str | None:
    try:
        probe()
    except NexusError as error:
        return error.code
    return None


def _parked_event(record: ParkedRecord) -> ParkedEvent:
    return ParkedEvent(
        key=record.key,
        handler=record.handler,
        type=record.event.type,
        subject=record.event.subject,
        error=record.error,
        attempts=record.attempts,
        since=record.since,
    )
