"""The waiting list in MongoDB, one document for each who waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document
from nexus.turns import Turn
from services.meetings.domain.times import Span, tick
from services.meetings.domain.waiting import KEPT, Waiting

_LEASE = timedelta(minutes=3)  # one look at the list takes seconds


class WaitingStore:
    """The collections `waiting` and `turns`."""

    def __init__(self, database: Database[Document]) -> None:
        self.waiting = database["waiting"]
        self._turn = Turn(database["turns"], "waiting")

    def prepare(self) -> None:
        """Make the indexes."""
        self.waiting.create_index([("state", 1), ("created_at", 1)])
        self.waiting.create_index("offer.expires_at", sparse=True)
        self.waiting.create_index("email", sparse=True)
        self.waiting.create_index("ended_at", expireAfterSeconds=int(KEPT.total_seconds()))

    def take_turn(self, now: datetime) -> bool:
        """Whether this process looks at the list now."""
        return self._turn.take(now, _LEASE)

    def end_turn(self, now: datetime) -> None:
        """Let the next one look."""
        self._turn.end(now)

    def get(self, wish: str) -> Waiting | None:
        """Whoever waits under this id."""
        found = self.waiting.find_one({"_id": wish})
        return _waiting(found) if found else None

    def save(self, waiting: Waiting, before: int, *events: Event) -> bool:
        """False if the stored one is not at revision `before` (0: there is none) any more."""
        fields: Document = waiting.model_dump(exclude={"id"})
        fields["request"] = waiting.request.model_dump(mode="json") if waiting.request else None
        if before:
            change: Document = {"$set": fields, "$push": {OUTBOX: {"$each": outbox_entries(*events)}}}
            wanted = {"_id": waiting.id, "revision": before}
            return self.waiting.update_one(wanted, change).matched_count == 1
        try:
            self.waiting.insert_one({"_id": waiting.id, **fields, OUTBOX: outbox_entries(*events)})
        except DuplicateKeyError:
            return False
        return True

    def in_line(self, limit: int) -> list[Waiting]:
        """Those who wait for a time, the longest first."""
        found = self.waiting.find({"state": "waiting"}).sort("created_at", 1).limit(limit)
        return [_waiting(one) for one in found]

    def unanswered(self, now: datetime) -> list[Waiting]:
        """Those whose offer is over."""
        found = self.waiting.find({"state": "offered", "offer.expires_at": {"$lte": now}})
        return [_waiting(one) for one in found]

    def active_of(self, sector: str, email: str) -> int:
        """How many times a mail address waits."""
        active = {"$in": ["waiting", "offered"]}
        return self.waiting.count_documents({"email": email, "sector": sector, "state": active})

    def active_in(self, sector: str) -> int:
        """How many wait in a sector."""
        active = {"$in": ["waiting", "offered"]}
        return self.waiting.count_documents({"state": active, "sector": sector})

    def kept(
        self, advisors: Sequence[str], span: Span, now: datetime, but: str | None
    ) -> dict[str, list[tuple[Span, int]]]:
        """What open offers occupy of advisors within some ticks, without that of `but`: each with its beginning."""
        found: dict[str, list[tuple[Span, int]]] = {one: [] for one in advisors}
        wanted = {"state": "offered", "offer.expires_at": {"$gt": now}, "_id": {"$ne": but}}
        for one in self.waiting.find(wanted, {"offer": 1}):
            begin, end = one["offer"]["busy"]
            for advisor in one["offer"]["advisors"]:
                if advisor["id"] in found and begin < span[1] and end > span[0]:
                    found[advisor["id"]].append(((begin, end), tick(one["offer"]["start"])))
        return found


def _waiting(document: Document) -> Waiting:
    return Waiting.read({**document, "id": document["_id"]})
