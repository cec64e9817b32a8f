"""What was given up on, until it is told, and when administrators are told next."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document
from services.notifications.domain.parking import Parked

_KEPT = timedelta(days=30)  # news that come again later than this would be told again, as in the inbox
_LEASE = timedelta(minutes=3)
_LAG = timedelta(seconds=2)  # what another process is just writing down belongs into the next mail
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Telling:
    """A mail that is due to the administrators of a sector: of what was noted after `since`, not after `until`."""

    sector: str
    since: datetime
    until: datetime


class ParkedStore:
    """The collections `parked` and `parked_tellings`; the latter has a document for each sector: what was noted until
    `since` has been told, `next_due` is when more is, or the lease of who does it ends; without it nothing waits."""

    def __init__(self, database: Database[Document]) -> None:
        self._parked = database["parked"]
        self._tellings = database["parked_tellings"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._parked.create_index("noted_at", expireAfterSeconds=int(_KEPT.total_seconds()))
        self._parked.create_index([("sector", 1), ("noted_at", 1)])
        self._tellings.create_index("next_due", sparse=True)

    def note(self, sector: str, one: Parked, now: datetime, due: datetime) -> None:
        """Keep it for the next mail, which is due then unless one is already; nothing if it is known."""
        name = f"{sector}/{one.id}/{one.at.timestamp():.3f}"  # what is sent again may be given up again
        told = one.model_dump() | {"key": one.id, "sector": sector, "noted_at": now}
        del told["id"]
        with suppress(DuplicateKeyError):
            self._parked.insert_one({"_id": name, **told})
        self._ensure_due(sector, due)

    def take_due(self, now: datetime) -> Telling | None:
        """A mail that is to be made now: nobody else's until the lease ends. It tells of the same, whoever makes it."""
        for record in self._tellings.find({"next_due": {"$lte": now}}).limit(20):
            lease = {"next_due": now + _LEASE, "until": record.get("until") or now - _LAG}
            free = {"_id": record["_id"], "next_due": record["next_due"]}
            if self._tellings.update_one(free, {"$set": lease}).matched_count:
                return Telling(record["_id"], record["since"], lease["until"])
        return None

    def of(self, telling: Telling) -> list[Parked]:
        """What it is to tell."""
        noted = {"$gt": telling.since, "$lte": telling.until}
        found = self._parked.find({"sector": telling.sector, "noted_at": noted})
        return [Parked.read(record | {"id": record["key"]}) for record in found]

    def told(self, telling: Telling, next_due: datetime) -> None:
        """Its mail is stored; the next one is due then, if there is anything to tell."""
        self._finish(
            telling, {"$set": {"since": telling.until, "next_due": next_due}, "$unset": {"until": ""}}
        )

    def nothing_to_tell(self, telling: Telling, due: datetime) -> None:
        """What is noted from now on is told at once, as is (then) what was noted meanwhile."""
        gone = {"$set": {"since": telling.until}, "$unset": {"until": "", "next_due": ""}}
        self._finish(telling, gone)
        later = {"sector": telling.sector, "noted_at": {"$gt": telling.until}}
        if self._parked.find_one(later, {"_id": 1}):
            self._ensure_due(telling.sector, due)

    def _finish(self, telling: Telling, change: Document) -> None:
        self._tellings.update_one({"_id": telling.sector, "until": telling.until}, change)

    def _ensure_due(self, sector: str, due: datetime) -> None:
        rests = {"_id": sector, "next_due": {"$exists": False}}
        if self._tellings.update_one(rests, {"$set": {"next_due": due}}).matched_count:
            return
        with suppress(DuplicateKeyError):  # one is due already
            self._tellings.insert_one({"_id": sector, "since": _LONG_AGO, "next_due": due})
