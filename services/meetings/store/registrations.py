"""Activities and registrations for them, in MongoDB.

A document for each activity holds who has a place, as ids, and is written only over the revision that was read:
whatever the number of processes, nobody gets a place that another one has. A document for each registration holds who
it is, and its events. While it is open it has a key of activity and address under a unique index, so that nobody has
two."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document
from services.meetings.domain.registrations import OPEN, Activity, Kept

_AT_ONCE = 200  # of a look


@dataclass(frozen=True)
class Tally:
    """What the registrations of an activity say together."""

    total: int
    came: int
    scores: tuple[int, int, int, int, int]
    remarks: int


class RegistrationStore:
    """The collections `activities` and `registrations`."""

    def __init__(self, database: Database[Document]) -> None:
        self.activities = database["activities"]
        self.registrations = database["registrations"]

    def prepare(self) -> None:
        """Make the indexes."""
        self.activities.create_index("due", sparse=True)
        self.activities.create_index([("ended", 1), ("end", 1)])
        self.registrations.create_index("open", unique=True, sparse=True)
        self.registrations.create_index([("activity", 1), ("created_at", 1)])
        self.registrations.create_index([("state", 1), ("created_at", 1)])
        self.registrations.create_index("registrant.email", sparse=True)
        self.registrations.create_index("end")

    def activity(self, activity: str) -> Activity | None:
        """What is known of it, and who has a place."""
        found = self.activities.find_one({"_id": activity})
        return _activity(found) if found else None

    def save_activity(self, activity: Activity, before: int) -> bool:
        """False if the stored one is not at revision `before` (0: there is none) any more."""
        fields: Document = activity.model_dump(exclude={"id"})
        change: Document = {"$set": fields}
        if activity.is_settled:
            change["$unset"] = {"due": ""}
        else:
            fields["due"] = True
        if before:
            wanted = {"_id": activity.id, "revision": before}
            return self.activities.update_one(wanted, change).matched_count == 1
        try:
            self.activities.insert_one({"_id": activity.id, **fields})
        except DuplicateKeyError:
            return False
        return True

    def hosted(self, sector: str | None, page: int, per_page: int) -> tuple[list[Activity], int]:
        """Some that the sector has a part in and where one registers, or did, the last to begin first; and how many
        there are."""
        wanted: Document = {"$or": [{"takes": True}, {"places": {"$ne": []}}]}
        if sector:
            wanted["sectors"] = {"$in": [[], sector]}
        found = self.activities.find(wanted).sort([("start", -1), ("_id", 1)])
        shown = [_activity(one) for one in found.skip((page - 1) * per_page).limit(per_page)]
        return shown, self.activities.count_documents(wanted)

    def due(self) -> list[Activity]:
        """Those of which somebody has not been told all."""
        return [_activity(one) for one in self.activities.find({"due": True}).limit(_AT_ONCE)]

    def over(self, now: datetime, within: timedelta) -> list[Activity]:
        """Those that have ended, and of which nobody has thanked yet."""
        wanted = {"ended": False, "end": {"$lte": now, "$gt": now - within}}
        return [_activity(one) for one in self.activities.find(wanted).limit(_AT_ONCE)]

    def add(self, kept: Kept) -> Kept | None:
        """Keep a new one. What stands already under its id or its address; None: nothing did."""
        try:
            self.registrations.insert_one({"_id": kept.id, **_fields(kept), "open": _key(kept), OUTBOX: []})
        except DuplicateKeyError:
            found = self.registrations.find_one({"_id": kept.id})
            found = found or self.registrations.find_one({"open": _key(kept)})
            return _kept(found) if found else self.add(kept)
        return None

    def get(self, registration: str) -> Kept | None:
        """A registration."""
        found = self.registrations.find_one({"_id": registration})
        return _kept(found) if found else None

    def save(self, kept: Kept, before: int, *events: Event) -> bool:
        """False if the stored one is not at revision `before` any more."""
        change: Document = {
            "$set": _fields(kept),
            "$push": {OUTBOX: {"$each": outbox_entries(*events)}},
        }
        if kept.state not in ("asked", *OPEN) or kept.registrant is None:
            change["$unset"] = {"open": ""}
        wanted = {"_id": kept.id, "revision": before}
        return self.registrations.update_one(wanted, change).matched_count == 1

    def drop(self, kept: Kept) -> None:
        """Forget what was asked for, and not given."""
        self.registrations.delete_one({"_id": kept.id, "state": "asked"})

    def behind(self, activity: Activity) -> Iterator[Kept]:
        """Those who do not know the newest of it."""
        wanted = {
            "activity": activity.id,
            "state": {"$in": list(OPEN)},
            "news": {"$lt": activity.news},
        }
        for one in list(self.registrations.find(wanted, {"_id": 1})):
            found = self.get(one["_id"])
            if found:
                yield found

    def to_thank(self, activity: str) -> list[Kept]:
        """Those who had a place, and did not stay away."""
        wanted = {
            "activity": activity,
            "state": "registered",
            "thanked": False,
            "came": {"$ne": False},
            "registrant": {"$ne": None},
        }
        return [_kept(one) for one in self.registrations.find(wanted)]

    def asked(self, before: datetime) -> list[Kept]:
        """Those that were asked for then, and given nothing yet."""
        wanted = {"state": "asked", "created_at": {"$lte": before}}
        return [_kept(one) for one in self.registrations.find(wanted).limit(_AT_ONCE)]

    def open_of(self, sector: str, email: str, now: datetime) -> int:
        """How many a mail address has before it."""
        wanted = {
            "registrant.email": email,
            "sector": sector,
            "open": {"$gt": ""},
            "end": {"$gt": now},
        }
        return self.registrations.count_documents(wanted)

    def page(self, activity: str, sector: str | None, page: int, per_page: int) -> list[Kept]:
        """Some of an activity, the first come first."""
        found = self.registrations.find(_shown(activity, sector)).sort([("created_at", 1), ("_id", 1)])
        return [_kept(one) for one in found.skip((page - 1) * per_page).limit(per_page)]

    def tally(self, activity: str, sector: str | None) -> Tally:
        """All of an activity together."""
        scores, total, came, remarks = [0, 0, 0, 0, 0], 0, 0, 0
        shown = {"came": 1, "score": 1, "remark": 1}
        for one in self.registrations.find(_shown(activity, sector), shown):
            total += 1
            came += one["came"] is True
            remarks += one["remark"] is not None
            if one["score"]:
                scores[one["score"] - 1] += 1
        return Tally(total, came, (scores[0], scores[1], scores[2], scores[3], scores[4]), remarks)

    def of_email(self, sector: str, email: str) -> list[Kept]:
        """All of somebody."""
        wanted = {"registrant.email": email, "sector": sector}
        return [_kept(one) for one in self.registrations.find(wanted).sort("created_at", 1)]

    def ended(self, before: datetime) -> list[Kept]:
        """Those of activities that were over then, and of which it is known who it is."""
        wanted = {"end": {"$lte": before}, "registrant": {"$ne": None}}
        return [_kept(one) for one in self.registrations.find(wanted).limit(1_000)]


def _shown(activity: str, sector: str | None) -> Document:
    own: Document = {"sector": sector} if sector else {}
    return {"activity": activity, "state": {"$ne": "asked"}, **own}


def _key(kept: Kept) -> str:
    return f"{kept.activity}:{kept.registrant.email if kept.registrant else kept.id}"


def _fields(kept: Kept) -> Document:
    fields: Document = kept.model_dump(exclude={"id"})
    return fields


def _kept(document: Document) -> Kept:
    return Kept.read({**document, "id": document["_id"]})


def _activity(document: Document) -> Activity:
    return Activity.read({**document, "id": document["_id"]})
