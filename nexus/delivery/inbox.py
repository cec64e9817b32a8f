"""Each event has its effects once in each handler, whatever fails.

The inbox remembers, per handler, the events that were handled. A handler that fails is tried again with
back-off and jitter, from the inbox and not from the queue, so that the others go on; after `MAX_ATTEMPTS`
its event is parked for a person, and the same write puts the news of it into the record's outbox. An engine
that is away is not the event's fault: Unavailable passes through, and the transport delivers again."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from nexus.delivery.outbox import FIELD, outbox_entries
from nexus.errors import NotFound, Unavailable
from nexus.messages import EVERY_SECTOR, CloudEvent
from nexus.mongo import AWAY, Document
from nexus.parking import news_of_parking
from nexus.telemetry import EVENT_LAG, EVENTS_HANDLED, log

MAX_ATTEMPTS = 8
_LEASE = timedelta(seconds=60)  # a retry that a process took and never finished is free again after this
_MEMORY = timedelta(days=30)  # an event that comes again later than this would be handled twice
_DUPLICATE_KEY = 11000
_PARKED = {
    "next_attempt": {"$gt": datetime(1970, 1, 1, tzinfo=UTC)},
    "state": "parked",
}  # as the index has it

Handle = Callable[[Sequence[CloudEvent]], None]


@dataclass(frozen=True)
class ParkedRecord:
    """An event that its handler refused for good."""

    key: str
    handler: str
    event: CloudEvent
    error: str
    attempts: int
    since: datetime


def _now() -> datetime:
    return datetime.now(UTC)


def _of(sector: str | None) -> Document:
    return {"sectors": {"$in": [sector, EVERY_SECTOR]}} if sector else {}


def _key(handler: str, event: CloudEvent) -> str:
    return f"{handler}:{event.id}"


class Inbox:
    """The memory of one service's handlers."""

    def __init__(self, collection: Collection[Document], first_pause: float) -> None:
        """`first_pause` is in seconds; each further attempt waits twice as long."""
        self._collection = collection
        self._first_pause = first_pause

    def prepare(self) -> None:
        """Make the indexes."""
        self._collection.create_index("handled_at", expireAfterSeconds=int(_MEMORY.total_seconds()))
        self._collection.create_index("next_attempt", sparse=True)  # of what is failing or parked alone

    def deliver(self, handler: str, handle: Handle, events: Sequence[CloudEvent]) -> None:
        """Have `handle` treat those of `events` that it has not seen. On return none needs to come again.

        Raises Unavailable when the database or an engine of the handler is away: then all may come again."""
        try:
            fresh = self._unseen(handler, events)
            if fresh:
                self._handle(handler, handle, fresh)
        except AWAY as error:
            raise Unavailable("database_unavailable") from error

    def retry_due(self, handlers: dict[str, Handle]) -> int:
        """Try again what is due; returns how many events were handled at last."""
        due = self._collection.find({"next_attempt": {"$lte": _now()}, "state": "failing"}).limit(100)
        return sum(self._retry(record, handlers) for record in due if self._claim(record))

    def parked(self, sector: str | None) -> list[ParkedRecord]:
        """What waits for a person of `sector` (None: for an operator, who sees all), oldest first."""
        found = self._collection.find(_PARKED | _of(sector)).sort("since", 1).limit(500)
        return [_parked(record) for record in found]

    def count_parked(self) -> int:
        """How many events wait for a person."""
        return self._collection.count_documents(_PARKED)

    def resend(self, key: str, sector: str | None) -> None:
        """Let a parked event that `sector` sees be tried again, from its first attempt. Raises NotFound."""
        self._release(key, sector, {"$set": {"state": "failing", "attempts": 0, "next_attempt": _now()}})

    def discard(self, key: str, sector: str | None) -> None:
        """Give a parked event that `sector` sees up. Raises NotFound."""
        self._release(
            key,
            sector,
            {
                "$set": {"state": "discarded", "handled_at": _now()},
                "$unset": {"body": "", "next_attempt": ""},
            },
        )

    def _release(self, key: str, sector: str | None, change: Document) -> None:
        own = {"_id": key, "state": "parked"} | _of(sector)
        if not self._collection.update_one(own, change).matched_count:
            raise NotFound("parked_event_not_found", key=key)

    def _unseen(self, handler: str, events: Sequence[CloudEvent]) -> list[CloudEvent]:
        by_key = {_key(handler, event): event for event in events}
        known = self._collection.find({"_id": {"$in": list(by_key)}}, {"_id": 1})
        for record in known:
            del by_key[record["_id"]]
        if seen := len(events) - len(by_key):
            EVENTS_HANDLED.labels(handler, "repeated").inc(seen)
        return list(by_key.values())

    def _handle(self, handler: str, handle: Handle, events: list[CloudEvent]) -> None:
        try:
            handle(events)
        except (Unavailable, *AWAY):
            raise
        except Exception as error:
            if len(events) == 1:
                self._remember_failure(handler, events[0], error)
                return
            for event in events:  # one of them is at fault: the others must not wait for it
                self._handle(handler, handle, [event])
            return
        self._remember(handler, events)

    def _remember(self, handler: str, events: Sequence[CloudEvent]) -> None:
        now = _now()
        self._insert(
            [{"_id": _key(handler, event), "state": "handled", "handled_at": now} for event in events]
        )
        EVENTS_HANDLED.labels(handler, "handled").inc(len(events))
        for event in events:
            EVENT_LAG.labels(handler).observe(max((now - event.time).total_seconds(), 0))

    def _remember_failure(self, handler: str, event: CloudEvent, error: Exception) -> None:
        log.warning("handler_failed", handler=handler, event_id=event.id, type=event.type, exc_info=error)
        record = {
            "_id": _key(handler, event),
            "handler": handler,
            "body": event.model_dump_json(),
            "sectors": event.sectors.split()
            if event.sectors
            else [],  # of an old or a foreign event: not known
            "since": _now(),
            **self._after_failure(1, error),
        }
        self._insert([record])
        EVENTS_HANDLED.labels(handler, "failed").inc()

    def _insert(self, records: list[Document]) -> None:
        try:
            self._collection.insert_many(records, ordered=False)
        except BulkWriteError as error:  # another process handled the same event meanwhile
            if any(item["code"] != _DUPLICATE_KEY for item in error.details["writeErrors"]):
                raise

    def _after_failure(self, attempts: int, error: Exception) -> Document:
        state = "parked" if attempts >= MAX_ATTEMPTS else "failing"
        pause = self._first_pause * 2 ** (attempts - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - jitter
        return {
            "state": state,
            "attempts": attempts,
            "error": f"{type(error).__name__}: {error}"[:2_000],
            "next_attempt": _now() + timedelta(seconds=pause),
        }

    def _claim(self, record: Document) -> bool:
        mine = {"_id": record["_id"], "state": "failing", "next_attempt": record["next_attempt"]}
        lease = {"$set": {"next_attempt": _now() + _LEASE}}
        return self._collection.update_one(mine, lease).modified_count == 1

    def _retry(self, record: Document, handlers: dict[str, Handle]) -> int:
        event = CloudEvent.model_validate_json(record["body"])
        try:
            handlers[record["handler"]]([event])
        except (Unavailable, *AWAY):
            return 0  # not the event's fault: its attempts stay, the lease runs out
        except Exception as error:
            outcome = self._after_failure(record["attempts"] + 1, error)
            change = {"$set": outcome} | (_told(record, event, error) if outcome["state"] == "parked" else {})
            self._collection.update_one({"_id": record["_id"], "state": "failing"}, change)
            log.warning("retry_failed", handler=record["handler"], event_id=event.id, state=outcome["state"])
            return 0
        done: dict[str, Any] = {"state": "handled", "handled_at": _now()}
        self._collection.update_one(
            {"_id": record["_id"]}, {"$set": done, "$unset": {"body": "", "error": "", "next_attempt": ""}}
        )
        EVENTS_HANDLED.labels(record["handler"], "retried").inc()
        return 1


def _told(record: Document, event: CloudEvent, error: Exception) -> Document:
    """The part of a write that parks `event` which tells of it."""
    news = news_of_parking(record["handler"], event, error, _now())
    return {"$push": {FIELD: {"$each": outbox_entries(news)}}} if news else {}


def _parked(record: Document) -> ParkedRecord:
    return ParkedRecord(
        key=record["_id"],
        handler=record["handler"],
        event=CloudEvent.model_validate_json(record["body"]),
        error=record["error"],
        attempts=record["attempts"],
        since=record["since"],
    )
