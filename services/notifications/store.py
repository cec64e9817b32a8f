"""Messages wait here until they are sent; afterwards only that they were, and when.

The body of a message, which holds its address, its code and its links, is in the field `notice`, sealed, and
nowhere else. It leaves with the last thing that can be done with it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.errors import NotFound
from nexus.mongo import Document as Record
from nexus.operations import ParkedEvent
from services.notifications.domain import KINDS, LEASE, Message, recipient_hash

Clock = Callable[[], datetime]
Ended = Literal["sent", "expired", "discarded"]

_KEY = "notifications.mail:"  # what a parked message is called is this and its id
_MEMORY = timedelta(days=90)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_BATCH = 50
_PARKED = {
    "parked_at": {"$gt": _LONG_AGO}
}  # served by the sparse index; {"$exists": true} is not, everywhere
_LEFT = {"notice": "", "next_attempt": "", "parked_at": "", "expires_at": ""}  # out when a message has ended


class Seals(Protocol):
    """Only this service can read what is stored."""

    def close(self, fields: dict[str, str | None]) -> str: ...
    def open(self, sealed: str) -> dict[str, str | None]: ...


class MessageStore:
    """The collection `messages`: queued → sent, expired; → parked → queued, discarded, expired."""

    def __init__(self, database: Database[Record], seal: Seals) -> None:
        self._messages = database["messages"]
        self._seal = seal

    def prepare(self) -> None:
        """Make the indexes."""
        for name in ("next_attempt", "parked_at", "expires_at"):  # of what is queued or parked alone
            self._messages.create_index(name, sparse=True)
        self._messages.create_index("ended_at", expireAfterSeconds=int(_MEMORY.total_seconds()))

    def add(self, message: Message) -> None:
        """Store `message`, to be sent at once; one that is known already, whatever became of it, stays as it is."""
        with suppress(DuplicateKeyError):
            self._messages.insert_one(self._record(message))

    def take_due(self, clock: Clock) -> Iterator[Message]:
        """The messages that are to be sent now, the longest due first; each is nobody else's from when it comes
        until its lease ends."""
        wanted = {"next_attempt": {"$lte": clock()}, "state": "queued"}
        while records := list(self._messages.find(wanted).sort("next_attempt", 1).limit(_BATCH)):
            for record in records:
                if self._take(record, clock()):
                    yield self._message(record)

    def _take(self, record: Record, now: datetime) -> bool:
        mine = {"_id": record["_id"], "state": "queued", "next_attempt": record["next_attempt"]}
        lease = {"$set": {"next_attempt": now + LEASE}}
        return self._messages.update_one(mine, lease).modified_count == 1

    def end(self, message_id: str, state: Ended, now: datetime) -> None:
        """Remember how a message ended, and forget what it said."""
        done = {"$set": {"state": state, "ended_at": now}, "$unset": _LEFT}
        self._messages.update_one({"_id": message_id}, done)

    def try_again(self, message: Message, at: datetime, error: str | None = None) -> None:
        """Send `message` at `at`, with the attempts that it has by now."""
        change = {"attempts": message.attempts, "next_attempt": at, "error": error}
        self._messages.update_one({"_id": message.id, "state": "queued"}, {"$set": change})

    def park(self, message: Message, error: str, now: datetime) -> None:
        """Let `message` wait for a person."""
        change = {"state": "parked", "attempts": message.attempts, "error": error, "parked_at": now}
        self._messages.update_one({"_id": message.id}, {"$set": change, "$unset": {"next_attempt": ""}})

    def expire(self, now: datetime) -> list[str]:
        """End what is of no use any more, queued or parked; returns the kinds."""
        found = list(self._messages.find({"expires_at": {"$lte": now}}, {"kind": 1}))
        for record in found:
            self.end(record["_id"], "expired", now)
        return [record["kind"] for record in found]

    def parked(self, sector: str | None) -> Sequence[ParkedEvent]:
        """What waits for a person of `sector` (None: for an operator), oldest first."""
        found = self._messages.find(_PARKED | _of(sector)).sort("parked_at", 1).limit(500)
        return [_parked(record) for record in found]

    def count_parked(self) -> int:
        """How many messages wait for a person."""
        return self._messages.count_documents(_PARKED)

    def resend(self, key: str, sector: str | None) -> None:
        """Let a parked message of `sector` be sent again, from its first attempt. Raises NotFound."""
        change: Record = {"$set": {"state": "queued", "attempts": 0, "next_attempt": _LONG_AGO}}
        self._release(key, sector, change | {"$unset": {"parked_at": ""}})

    def discard(self, key: str, sector: str | None) -> None:
        """Give a parked message of `sector` up. Raises NotFound."""
        change: Record = {"$set": {"state": "discarded", "ended_at": datetime.now(UTC)}}
        self._release(key, sector, change | {"$unset": _LEFT})

    def _release(self, key: str, sector: str | None, change: Record) -> None:
        mine = {"_id": key.removeprefix(_KEY), "state": "parked"} | _of(sector)
        if not (key.startswith(_KEY) and self._messages.update_one(mine, change).matched_count):
            raise NotFound("parked_event_not_found", key=key)

    def _record(self, message: Message) -> Record:
        return {
            "_id": message.id,
            "state": "queued",
            "kind": message.kind,
            "sector": message.sector,
            "language": message.notice.language,
            "recipient": recipient_hash(message.notice.to),
            "attempts": 0,
            "created_at": message.created_at,
            "expires_at": message.expires_at,
            "next_attempt": message.created_at,
            "notice": self._seal.close({"notice": message.notice.model_dump_json()}),
        }

    def _message(self, record: Record) -> Message:
        told = self._seal.open(record["notice"])["notice"] or ""
        notice: Any = KINDS[record["kind"]].model_validate_json(told, extra="ignore")
        return Message(
            id=record["_id"],
            sector=record["sector"],
            notice=notice,
            created_at=record["created_at"],
            attempts=record["attempts"],
        )


def _of(sector: str | None) -> Record:
    return {"sector": sector} if sector else {}


def _parked(record: Record) -> ParkedEvent:
    return ParkedEvent(
        key=_KEY + record["_id"],
        handler="notifications.mail",
        type=record["kind"],
        subject=record["sector"],
        error=record["error"],
        attempts=record["attempts"],
        since=record["parked_at"],
    )
