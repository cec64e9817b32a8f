"""Messages wait here until they are sent; afterwards only that they were, and when.

The body of a message, which holds its address, its code and its links, is in the field `notice`, sealed, and
nowhere else. It leaves with the last thing that can be done with it."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol
from uuid import uuid4

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.errors import Conflict, Defect, NotFound
from nexus.mongo import Document as Record
from nexus.operations import ParkedEvent
from services.notifications.contracts.deliveries import (
    Deliveries,
    Delivery,
    ListDeliveries,
    NoticeChannel,
)
from services.notifications.domain.messages import KINDS, LEASE, About, Ground, Message, recipient_hash
from services.notifications.domain.parking import MAIL, NOT_TOLD, Parked

Clock = Callable[[], datetime]
Ended = Literal["sent", "expired", "discarded", "suppressed", "superseded"]

_KEY = f"{MAIL}:"  # what a parked message is called is this and its id
_MEMORY = timedelta(days=90)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_BATCH = 200
_PARKED = {
    "parked_at": {"$gt": _LONG_AGO}
}  # served by the sparse index; {"$exists": true} is not, everywhere
_LEFT = {
    "notice": "",
    "next_attempt": "",
    "parked_at": "",
    "expires_at": "",
    "taken": "",
}  # out when a message has ended


class Seals(Protocol):
    """Only this service can read what is stored."""

    def close(self, fields: dict[str, str | None]) -> str: ...
    def open(self, sealed: str) -> dict[str, str | None]: ...


class MessageStore:
    """The collection `messages`: queued → sent, suppressed, superseded, expired; → parked → queued, discarded,
    expired."""

    def __init__(self, database: Database[Record], seal: Seals, channel: NoticeChannel = "mail") -> None:
        """`channel`: whose messages are taken from here; one that is away holds up no other."""
        self._mine: Record = {"channel": "text"} if channel == "text" else {"channel": {"$ne": "text"}}
        self.database = database
        self._messages = database["messages"]
        self._seal = seal

    def prepare(self) -> None:
        """Make the indexes."""
        for name in ("next_attempt", "parked_at", "expires_at"):  # of what is queued or parked alone
            self._messages.create_index(name, sparse=True)
        self._messages.create_index("about.id", sparse=True)
        self._messages.create_index("channel", sparse=True)  # of texts alone
        self._messages.create_index([("sector", 1), ("created_at", -1)])
        self._messages.create_index("ended_at", expireAfterSeconds=int(_MEMORY.total_seconds()))

    def add(self, message: Message) -> None:
        """Store `message`, to be sent at once; one that is known already, whatever became of it, stays as it is."""
        with suppress(DuplicateKeyError):
            self._messages.insert_one(self._record(message))

    def add_latest(self, about: str, messages: Iterable[Message], now: datetime) -> None:
        """Store what is news of a thing, in whichever order news arrive."""
        for message in messages:
            self.add(message)
        self.drop_overtaken(about, now)

    def drop_overtaken(self, about: str, now: datetime) -> int:
        """End what lapses of a thing of which a later revision is told; returns how many. To be called after each
        `add` that is about it, so that it does not matter in which order news arrive. What is news for texts alone
        (that none is wanted any more) leaves mails as they are."""
        known = list(self._messages.find({"about.id": about}, {"about": 1, "state": 1, "channel": 1}))
        latest = {None: _latest(one for one in known if "channel" not in one), "text": _latest(known)}
        overtaken = [
            record["_id"]
            for record in known
            if record["state"] in ("queued", "parked")
            and record["about"]["lapses"]
            and record["about"]["revision"] < latest[record.get("channel")]
        ]
        for message_id in overtaken:
            self.end(message_id, "superseded", now)
        return len(overtaken)

    def take_due(self, now: datetime) -> list[Message]:
        """Messages that are to be sent now, the longest due first: nobody else's until their lease ends. One write
        takes them all."""
        wanted = {"next_attempt": {"$lte": now}, "state": "queued", **self._mine}
        found = self._messages.find(wanted, {"_id": 1}).sort("next_attempt", 1).limit(_BATCH)
        if not (ids := [record["_id"] for record in found]):
            return []
        hand = uuid4().hex
        lease = {"$set": {"next_attempt": now + LEASE, "taken": hand}}
        self._messages.update_many({"_id": {"$in": ids}, **wanted}, lease)
        mine = self._messages.find({"_id": {"$in": ids}, "taken": hand})
        return sorted(map(self._message, mine), key=lambda message: ids.index(message.id))

    def put_back(self, messages: Sequence[Message], at: datetime) -> None:
        """Let others have, at `at`, what was taken and not tried."""
        change = {"$set": {"next_attempt": at}, "$unset": {"taken": ""}}
        mine = {"_id": {"$in": [message.id for message in messages]}, "state": "queued"}
        self._messages.update_many(mine, change)

    def end(
        self,
        message_id: str,
        state: Ended,
        now: datetime,
        answer: str | None = None,
        ground: Ground | None = None,
    ) -> None:
        """Remember how a message ended, with what the other side said or why it was not sent, and on which ground it
        was; forget what it said."""
        told: Record = {"state": state, "ended_at": now} | ({"answer": answer} if answer else {})
        told |= {name: value for name, value in asdict(ground).items() if value} if ground else {}
        self._messages.update_one({"_id": message_id}, {"$set": told, "$unset": _LEFT})

    def try_again(self, message: Message, at: datetime, error: str) -> None:
        """Send `message` at `at`, with the attempts that it has by now."""
        told = {"attempts": message.attempts, "next_attempt": at, "error": error}
        change = {"$set": told, "$unset": {"taken": ""}}
        self._messages.update_one({"_id": message.id, "state": "queued"}, change)

    def note_fallback(self, message_id: str) -> None:
        """Remember that a message is said in shipped words, because the sector's own cannot be used."""
        self._messages.update_one({"_id": message_id}, {"$set": {"fell_back": True}})

    def park(self, message: Message, error: str, now: datetime) -> None:
        """Let `message` wait for a person."""
        change = {"state": "parked", "attempts": message.attempts, "error": error, "parked_at": now}
        self._messages.update_one(
            {"_id": message.id}, {"$set": change, "$unset": {"next_attempt": "", "taken": "", "told": ""}}
        )

    def newly_parked(self) -> list[tuple[str, str, Parked]]:
        """The sector and the id of messages that wait for a person who has not been told, and what to tell."""
        untold = {"told": {"$exists": False}, "kind": {"$nin": sorted(NOT_TOLD)}}
        found = self._messages.find(_PARKED | untold, {"notice": 0}).limit(_BATCH)
        return [(record["sector"], record["_id"], _newly_parked(record)) for record in found]

    def note_told(self, message_id: str, parked_at: datetime) -> None:
        """Remember that a person is told of a message that was parked then."""
        self._messages.update_one({"_id": message_id, "parked_at": parked_at}, {"$set": {"told": True}})

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

    def count_parked(self, sector: str | None = None) -> int:
        """How many messages wait for a person of `sector` (None: for an operator)."""
        return self._messages.count_documents(_PARKED | _of(sector))

    def page(self, query: ListDeliveries, sector: str | None) -> Deliveries:
        """What became of the messages of `sector` (None: of all), latest first."""
        found = list(
            self._messages.find(_wanted(query, sector), {"notice": 0})
            .sort([("created_at", -1), ("_id", -1)])
            .limit(query.limit + 1)
        )
        shown = found[: query.limit]
        more = _cursor(shown[-1]) if len(found) > query.limit else None
        return Deliveries(items=tuple(_delivery(record) for record in shown), next=more)

    def send_again(self, message_id: str, sector: str | None, now: datetime) -> Delivery:
        """Let a message be tried from its first attempt now; returns it as it was.

        Raises NotFound(`delivery_not_found`), Conflict(`delivery_over`)."""
        mine: Record = {"_id": message_id} | ({"sector": sector} if sector else {})
        record = self._messages.find_one(mine, {"notice": 0})
        if record is None:
            raise NotFound("delivery_not_found", id=message_id)
        retried = {"_id": message_id, "state": {"$in": ["parked", "queued"]}, "error": {"$gt": ""}}
        change: Record = {"$set": {"state": "queued", "attempts": 0, "next_attempt": now}}
        if not self._messages.update_one(
            retried, change | {"$unset": {"parked_at": "", "taken": ""}}
        ).matched_count:
            raise Conflict("delivery_over", id=message_id)
        return _delivery(record)

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
            "person": message.person,
            "recipient": _recipient(message),
            "attempts": 0,
            "created_at": message.created_at,
            "expires_at": message.expires_at,
            "next_attempt": message.due or message.created_at,
            "due": message.due,
            **({"about": asdict(message.about)} if message.about else {}),
            **({"channel": message.channel} if message.channel != "mail" else {}),
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
            about=About(**record["about"]) if "about" in record else None,
            due=record.get("due"),
            until=record["expires_at"],
        )


def _recipient(message: Message) -> str | None:
    """By what a message is found again for who knows its address; nothing where it tells of an erasure, or where to
    try all numbers would find it as well."""
    to = getattr(message.notice, "to", None)
    return recipient_hash(to) if to and message.kind not in ("personal_data", "meeting_text") else None


def _latest(records: Iterable[Record]) -> int:
    return max((record["about"]["revision"] for record in records), default=0)


def _of(sector: str | None) -> Record:
    return {"sector": sector} if sector else {}


def _wanted(query: ListDeliveries, sector: str | None) -> Record:
    given: Record = {
        "sector": sector,
        "kind": query.kind,
        "recipient": recipient_hash(query.address) if query.address else None,
        "state": "queued" if query.state == "sending" else query.state,
    }
    wanted = {name: value for name, value in given.items() if value is not None}
    if query.state in ("queued", "sending"):
        wanted["taken"] = {"$exists": query.state == "sending"}
    if query.after:
        stamp, _, last = query.after.partition("_")
        at = datetime.fromtimestamp(int(stamp) / 1000, UTC)
        wanted["$or"] = [{"created_at": {"$lt": at}}, {"created_at": at, "_id": {"$lt": last}}]
    return wanted


def _cursor(record: Record) -> str:
    return f"{round(record['created_at'].timestamp() * 1000)}_{record['_id']}"


def _delivery(record: Record) -> Delivery:
    about = record.get("about") or {}
    return Delivery(
        id=record["_id"],
        kind=record["kind"],
        channel=record.get("channel", "mail"),
        state="sending" if record.get("taken") else record["state"],
        person=record.get("person"),
        meeting=about.get("id") if record["kind"] != "activity" else None,
        reminder=record.get("due") is not None,
        attempts=record["attempts"],
        created_at=record["created_at"],
        next_attempt=record.get("next_attempt"),
        ended_at=record.get("ended_at"),
        answer=record.get("answer") or record.get("error"),
        basis=record.get("basis"),
        consent_at=record.get("consent_at"),
        fell_back=record.get("fell_back", False),
    )


def _newly_parked(record: Record) -> Parked:
    ours = record["error"].startswith(Defect.default_code)
    code = Defect.default_code if ours else "mail_refused"
    return Parked(id=_KEY + record["_id"], handler=MAIL, code=code, at=record["parked_at"])


def _parked(record: Record) -> ParkedEvent:
    return ParkedEvent(
        key=_KEY + record["_id"],
        handler=MAIL,
        type=record["kind"],
        subject=record["sector"],
        error=record["error"],
        attempts=record["attempts"],
        since=record["parked_at"],
    )
