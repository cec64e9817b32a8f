"""Calendars that advisors keep elsewhere, in MongoDB: a sealed address each, and the busy times that it told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pymongo.database import Database

from nexus.mongo import Document
from services.meetings.contracts.busy import BusyCalendar
from services.meetings.domain.times import Span


@dataclass(frozen=True)
class Due:
    """A calendar whose turn it is. `sealed` is its address, as nobody else reads it."""

    advisor: str
    sealed: str
    at: datetime


class CalendarStore:
    """The collection `busy_calendars`."""

    def __init__(self, database: Database[Document]) -> None:
        self._calendars = database["busy_calendars"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._calendars.create_index("next_read")

    def get(self, advisor: str) -> BusyCalendar:
        """What is known; empty if there is none."""
        found = self._calendars.find_one({"_id": advisor})
        return BusyCalendar.read({**found, "times": len(found["busy"])}) if found else BusyCalendar()

    def set(self, advisor: str, sealed: str, shown: str, now: datetime) -> None:
        """Another address: what the one before told is forgotten."""
        fields: Document = {"sealed": sealed, "shown": shown, "next_read": now, "busy": []}
        fields |= dict.fromkeys(("read_at", "failing_since", "code"))
        self._calendars.replace_one({"_id": advisor}, fields, upsert=True)

    def forget(self, advisor: str) -> None:
        """There is none any more."""
        self._calendars.delete_one({"_id": advisor})

    def due(self, now: datetime, limit: int) -> list[Due]:
        """Those whose turn it is, the longest due first."""
        found = self._calendars.find({"next_read": {"$lte": now}}, {"sealed": 1, "next_read": 1})
        return [
            Due(one["_id"], one["sealed"], one["next_read"])
            for one in found.sort("next_read", 1).limit(limit)
        ]

    def take(self, due: Due, until: datetime) -> bool:
        """Whether this process reads it: nobody else does before `until`."""
        wanted = {"_id": due.advisor, "next_read": due.at}
        return self._calendars.update_one(wanted, {"$set": {"next_read": until}}).matched_count == 1

    def keep(self, due: Due, busy: Sequence[Span], now: datetime, again: datetime) -> None:
        """What it told, unless it is another one by now."""
        told = {"busy": [list(span) for span in busy], "read_at": now, "failing_since": None, "code": None}
        self._calendars.update_one(_same(due), {"$set": told | {"next_read": again}})

    def fail(self, due: Due, code: str, now: datetime, again: datetime) -> None:
        """It could not be read: what it told before stays."""
        self._calendars.update_one(_same(due), {"$set": {"code": code, "next_read": again}})
        self._calendars.update_one({**_same(due), "failing_since": None}, {"$set": {"failing_since": now}})

    def busy(self, advisors: Sequence[str], span: Span) -> dict[str, list[Span]]:
        """The busy times of advisors that touch some ticks."""
        found = self._calendars.find({"_id": {"$in": list(advisors)}}, {"busy": 1})
        return {
            one["_id"]: [(begin, end) for begin, end in one["busy"] if begin < span[1] and end > span[0]]
            for one in found
        }


def _same(due: Due) -> Document:
    return {"_id": due.advisor, "sealed": due.sealed}
