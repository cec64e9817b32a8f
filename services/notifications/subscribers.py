"""Who may be written to for what: preferences and consent of each address in a sector, and who has yet to confirm.

Addresses are sealed; they are found again by their hash. What was agreed and withdrawn is only ever added to."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

from pydantic import AwareDatetime, Field
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.errors import Conflict
from nexus.messages import Message
from nexus.mongo import Document
from services.notifications.contracts import Language
from services.notifications.contracts.consent import (
    DEFAULT_ZONE,
    Consent,
    Frequency,
    Purpose,
    QuietHours,
    Topic,
)
from services.notifications.domain.messages import recipient_hash

LEASE = timedelta(minutes=3)  # a digest takes less than a second
CONFIRM_WITHIN = timedelta(days=3)
_TRIES = 8  # at a change while others change the same


class Seals(Protocol):
    """Only this service can read what is stored."""

    def close(self, fields: dict[str, str | None]) -> str: ...
    def open(self, sealed: str) -> dict[str, str | None]: ...


class Subscriber(Message):
    """An address in a sector. `since`: what became public later is news to it; `until`: the end of the digest that is
    being made; `next_due`: when the next one is, or the lease of who makes it ends."""

    id: str
    sector: str
    revision: int
    email: str
    language: Language
    zone: str = DEFAULT_ZONE
    quiet: QuietHours | None = None
    frequency: Frequency | None = None
    topics: tuple[Topic, ...] = ()
    consents: dict[Purpose, Consent] = Field(default_factory=dict)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    next_due: AwareDatetime | None = None


class Wish(Message):
    """A subscription that is to be confirmed. `subscriber`: who confirmed it."""

    id: str
    sector: str
    email: str
    language: Language
    topic: Topic
    frequency: Frequency
    wording: str
    asked_at: AwareDatetime
    subscriber: str | None = None


Change = Callable[[Subscriber], Subscriber | None]


class SubscriberStore:
    """The collections `subscribers` and `wishes`."""

    def __init__(self, database: Database[Document], seal: Seals) -> None:
        self._subscribers = database["subscribers"]
        self._wishes = database["wishes"]
        self._seal = seal

    def prepare(self) -> None:
        """Make the indexes."""
        self._subscribers.create_index([("recipient", 1), ("sector", 1)], unique=True)
        self._subscribers.create_index("next_due", sparse=True)
        self._wishes.create_index("recipient")
        self._wishes.create_index("origin")
        self._wishes.create_index("asked_at", expireAfterSeconds=int(CONFIRM_WITHIN.total_seconds()))

    def add_wish(self, wish: Wish, origin: str | None) -> None:
        """Keep it until it is confirmed, or too old."""
        fields = wish.model_dump(exclude={"id", "email", "topic"})
        fields |= {"topic": wish.topic.model_dump(), "origin": origin, **self._address(wish.email)}
        self._wishes.insert_one({"_id": wish.id, **fields})

    def count_wishes(self, email: str, origin: str | None, since: datetime) -> tuple[int, int]:
        """How many were asked for since then: for an address, and from a network address."""
        recent = {"asked_at": {"$gt": since}}
        for_address = self._wishes.count_documents({"recipient": recipient_hash(email), **recent})
        return for_address, self._wishes.count_documents({"origin": origin, **recent}) if origin else 0

    def wish(self, wish_id: str, sector: str, since: datetime) -> Wish | None:
        """One that was asked for since then."""
        found = self._wishes.find_one({"_id": wish_id, "sector": sector, "asked_at": {"$gt": since}})
        return Wish.read(self._opened(found)) if found else None

    def confirm_wish(self, wish_id: str, subscriber: str) -> None:
        """Remember who confirmed it."""
        self._wishes.update_one({"_id": wish_id}, {"$set": {"subscriber": subscriber}})

    def by_id(self, subscriber_id: str, sector: str) -> Subscriber | None:
        """A subscriber of a sector."""
        found = self._subscribers.find_one({"_id": subscriber_id, "sector": sector})
        return self._subscriber(found) if found else None

    def by_email(self, email: str, sector: str) -> Subscriber | None:
        """The same, of whom the address is known."""
        found = self._subscribers.find_one({"recipient": recipient_hash(email), "sector": sector})
        return self._subscriber(found) if found else None

    def ensure(self, email: str, sector: str, language: Language) -> Subscriber:
        """Who has this address; somebody new who has agreed to nothing yet, if there is nobody."""
        if known := self.by_email(email, sector):
            return known
        new = {"_id": uuid4().hex, "sector": sector, "revision": 1, "language": language, "history": []}
        with suppress(DuplicateKeyError):  # somebody else made it just now
            self._subscribers.insert_one(new | {"zone": DEFAULT_ZONE, **self._address(email)})
        return self.ensure(email, sector, language)

    def change(self, subscriber: Subscriber, changed: Change) -> Subscriber:
        """Let `changed` make something else of a subscriber, again if somebody else did meanwhile; None: nothing.

        What differs in consents goes to their history in the same write. Raises Conflict(`consent_busy`)."""
        for _ in range(_TRIES):
            after = changed(subscriber)
            if after is None or after == subscriber:
                return subscriber
            if self._save(after, subscriber):
                return after.model_copy(update={"revision": subscriber.revision + 1})
            found = self._subscribers.find_one({"_id": subscriber.id})
            subscriber = self._subscriber(found) if found else subscriber
        raise Conflict("consent_busy")

    def told_of(self, email: str, sector: str) -> list[dict[str, Any]]:
        """All that is kept of an address, for who asks for it: preferences, consent with its history, and what is to
        be confirmed."""
        hidden = dict.fromkeys(("_id", "recipient", "sealed", "origin", "revision", "subscriber"), 0)
        mine = {"recipient": recipient_hash(email), "sector": sector}
        return [one for kept in (self._subscribers, self._wishes) for one in kept.find(mine, hidden)]

    def forget(self, email: str, sector: str) -> int:
        """Remove it; how much there was. Who has agreed to nothing is mailed nothing that can be refused."""
        mine = {"recipient": recipient_hash(email), "sector": sector}
        return sum(kept.delete_many(mine).deleted_count for kept in (self._subscribers, self._wishes))

    def take_due(self, now: datetime) -> Subscriber | None:
        """Somebody whose digest is to be made now, the longest due first: nobody else's until the lease ends. The end
        of the digest stays that of who took it first."""
        due = {"next_due": {"$lte": now}}
        for record in self._subscribers.find(due).sort("next_due", 1).limit(20):
            lease = {"next_due": now + LEASE, "until": record.get("until") or now}
            free = {"_id": record["_id"], "next_due": record["next_due"], "revision": record["revision"]}
            if self._subscribers.update_one(free, {"$set": lease}).matched_count:
                return self._subscriber(record | lease)
        return None

    def digest_made(self, subscriber: Subscriber, next_due: datetime) -> None:
        """What came before its end has been told. Whoever changed their mind meanwhile keeps what they chose."""
        mine = {"_id": subscriber.id, "revision": subscriber.revision, "until": subscriber.until}
        told = {"$set": {"since": subscriber.until, "next_due": next_due}, "$unset": {"until": ""}}
        self._subscribers.update_one(mine, told)

    def _save(self, after: Subscriber, before: Subscriber) -> bool:
        fields: Document = after.model_dump(exclude={"id", "email", "sector", "revision"})
        fields["topics"] = [topic.model_dump() for topic in after.topics]
        gone = {name: "" for name in ("since", "until", "next_due") if fields[name] is None}
        kept = {name: value for name, value in fields.items() if name not in gone}
        news = [
            consent.model_dump()
            for purpose, consent in after.consents.items()
            if consent != before.consents.get(purpose)
        ]
        change: Document = {"$set": kept | {"revision": before.revision + 1}}
        change |= {"$unset": gone} if gone else {}
        change |= {"$push": {"history": {"$each": news}}} if news else {}
        wanted = {"_id": before.id, "revision": before.revision}
        return self._subscribers.update_one(wanted, change).matched_count == 1

    def _address(self, email: str) -> Document:
        return {"recipient": recipient_hash(email), "sealed": self._seal.close({"to": email})}

    def _opened(self, record: Document) -> dict[str, Any]:
        return record | {"id": record["_id"], "email": self._seal.open(record["sealed"])["to"] or ""}

    def _subscriber(self, record: Document) -> Subscriber:
        return Subscriber.read(self._opened(record))
