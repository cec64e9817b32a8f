"""Meetings in MongoDB, one document each.

`keys` hold one entry for each five minutes and advisor that a meeting occupies, under a unique index: whatever
the number of processes, two that overlap cannot both be there. A cancelled one has no such field.

Filters name first what narrows them most: the embedded store takes the index of the first field that has one, and for
an `$or` none. MongoDB chooses by itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document
from services.meetings.contracts.meetings import Meeting, State
from services.meetings.domain.choice import Load
from services.meetings.domain.meetings import OCCUPYING, is_ended, keys, occupied
from services.meetings.domain.times import Span, moment, tick

_OCCUPYING = [state.value for state in OCCUPYING]
_CONFIRMED = [state.value for state in State if state is not State.REQUESTED]
_MET = [State.HELD.value, State.CONFIRMED.value]
_LOOKED_BACK = 20  # meetings of one company
_REMEMBERED = timedelta(days=90)  # a meeting longer ago counts as none, when advisors are chosen
_MOST = 2_000  # meetings of one answer

Saved = Literal["saved", "stale", "clash"]


@dataclass
class Taken:
    """What meetings take of one advisor. `places` are those used up of days and weeks."""

    busy: list[Span] = field(default_factory=list)
    booked: list[int] = field(default_factory=list)
    places: list[str] = field(default_factory=list)


class MeetingStore:
    """The collection `meetings`."""

    def __init__(self, database: Database[Document]) -> None:
        self.meetings = database["meetings"]

    def prepare(self) -> None:
        """Make the indexes."""
        self.meetings.create_index("keys", unique=True, sparse=True)
        self.meetings.create_index([("sector", 1), ("start", 1)])
        self.meetings.create_index([("advisors.id", 1), ("start", 1)])
        self.meetings.create_index([("state", 1), ("expires_at", 1)])
        self.meetings.create_index("contact.email", sparse=True)
        self.meetings.create_index([("company", 1), ("state", 1)])
        self.meetings.create_index("case", sparse=True)
        self.meetings.create_index("contact.neq", sparse=True)

    def add(self, meeting: Meeting, places: Sequence[str], about: Mapping[str, Any], *events: Event) -> bool:
        """False if something that it occupies is occupied, or its id in use. `about`: what is kept besides."""
        document = {"_id": meeting.id, **about, **_fields(meeting, places), OUTBOX: outbox_entries(*events)}
        try:
            self.meetings.insert_one(document)
        except DuplicateKeyError:
            return False
        return True

    def replace(
        self,
        meeting: Meeting,
        before: int,
        places: Sequence[str] | None,
        *events: Event,
        held_at: datetime | None = None,
    ) -> Saved:
        """Write a meeting over what stood at revision `before`. `places` None: it occupies what it did;
        `held_at`: only if it is held still at that moment."""
        wanted: Document = {"_id": meeting.id, "revision": before}
        if held_at is not None:
            wanted |= {"state": State.REQUESTED.value, "expires_at": {"$gt": held_at}}
        fields = _fields(meeting, places) if places is not None else _plain(meeting)
        change: Document = {"$set": fields, "$push": {OUTBOX: {"$each": outbox_entries(*events)}}}
        if is_ended(meeting):
            change["$unset"] = {"keys": "", "places": ""}
        try:
            done = self.meetings.update_one(wanted, change)
        except DuplicateKeyError:
            return "clash"
        return "saved" if done.matched_count else "stale"

    def by_id(self, meeting_id: str, sector: str | None = None) -> Meeting | None:
        """The meeting, if it is one of `sector` (None: of any)."""
        found = self.meetings.find_one({"_id": meeting_id, **({"sector": sector} if sector else {})})
        return _meeting(found) if found else None

    def request_of(self, meeting_id: str) -> str | None:
        """The fingerprint of the request that booked it with a key."""
        found = self.meetings.find_one({"_id": meeting_id}, {"request": 1})
        return found.get("request") if found else None

    def taken(
        self, advisors: Sequence[str], span: Span, now: datetime, but: str | None = None
    ) -> dict[str, Taken]:
        """What advisors have within some ticks, without the meeting `but` and holds that have expired."""
        wanted = {
            "advisors.id": {"$in": list(advisors)},
            "start": {"$gte": moment(span[0]), "$lt": moment(span[1])},
            "state": {"$in": _OCCUPYING},
        }
        shown = {"advisors.id": 1, "start": 1, "busy": 1, "places": 1, "state": 1, "expires_at": 1}
        found = {advisor: Taken() for advisor in advisors}
        for document in self.meetings.find(wanted, shown):
            if document["_id"] == but or _is_expired(document, now):
                continue
            for advisor in document["advisors"]:
                if (taken := found.get(advisor["id"])) is not None:
                    taken.busy.append((document["busy"][0], document["busy"][1]))
                    taken.booked.append(tick(document["start"]))
                    taken.places += document["places"]
        return found

    def loads(self, advisors: Sequence[str], now: datetime) -> dict[str, Load]:
        """How much advisors have ahead, and when they met somebody last."""
        wanted = {
            "advisors.id": {"$in": list(advisors)},
            "start": {"$gt": now - _REMEMBERED},
            "state": {"$in": _OCCUPYING},
        }
        loads = {advisor: Load() for advisor in advisors}
        for document in self.meetings.find(wanted, {"advisors.id": 1, "start": 1}):
            for one in document["advisors"]:
                if (load := loads.get(one["id"])) is not None:
                    loads[one["id"]] = _with(load, document["start"], now)
        return loads

    def holds_from(self, origin: str, now: datetime) -> int:
        """How many times are held for a network address now."""
        wanted = {"state": State.REQUESTED.value, "expires_at": {"$gt": now}, "origin": origin}
        return self.meetings.count_documents(wanted)

    def followers(self, sector: str, neq: str | None, email: str) -> list[str]:
        """The advisors who met a company, or are to meet it, the latest first."""
        found: list[Document] = []
        for name, value in (("contact.email", email), ("contact.neq", neq)):
            if value:
                wanted = {name: value, "sector": sector, "state": {"$in": _MET}}
                shown = self.meetings.find(wanted, {"advisors.id": 1, "start": 1})
                found += shown.sort("start", -1).limit(_LOOKED_BACK)
        found.sort(key=lambda document: document["start"], reverse=True)
        return list(dict.fromkeys(one["id"] for document in found for one in document["advisors"]))

    def advisor_asked_for(self, meeting_id: str) -> str | None:
        """Whom whoever booked it wanted to meet, if anybody."""
        found = self.meetings.find_one({"_id": meeting_id}, {"asked": 1})
        return found.get("asked") if found else None

    def ahead_with(self, advisors: Sequence[str], now: datetime) -> list[Meeting]:
        """What is booked with any of `advisors` from now on, by its beginning."""
        return self._by_start(
            {
                "advisors.id": {"$in": list(advisors)},
                "start": {"$gt": now},
                "state": State.CONFIRMED.value,
            }
        )

    def ahead_of(self, sector: str, email: str, now: datetime) -> int:
        """How many meetings a mail address has before it."""
        wanted = {
            "contact.email": email,
            "sector": sector,
            "start": {"$gt": now},
            "state": State.CONFIRMED.value,
        }
        return self.meetings.count_documents(wanted)

    def release(self, now: datetime) -> int:
        """Let go of what was held for a form that was never sent."""
        wanted = {"state": State.REQUESTED.value, "expires_at": {"$lte": now}}
        return self.meetings.delete_many(wanted).deleted_count

    def belongs(self, meeting_id: str, company: str, case: str) -> None:
        """Whose it is. No new revision: what others know of the meeting stays as it was."""
        self.meetings.update_one({"_id": meeting_id}, {"$set": {"company": company, "case": case}})

    def without_company(self) -> list[str]:
        """Ids of those that were confirmed, and whose company nobody has found yet."""
        wanted = {"company": None, "state": {"$in": _CONFIRMED}, "contact": {"$ne": None}}
        return [one["_id"] for one in self.meetings.find(wanted, {"_id": 1}).limit(100)]

    def of_companies(self, companies: Sequence[str]) -> list[Meeting]:
        """All of some companies, the latest first."""
        wanted = {"company": {"$in": list(companies)}}
        return [_meeting(one) for one in self.meetings.find(wanted).sort("start", -1).limit(_MOST)]

    def of_case(self, case: str) -> list[Meeting]:
        """All of a case, the latest first."""
        found = self.meetings.find({"case": case}).sort("start", -1).limit(_MOST)
        return [_meeting(one) for one in found]

    def cases_of(self, advisor: str) -> list[str]:
        """The cases that somebody has had a meeting of."""
        wanted = {"advisors.id": advisor, "case": {"$gt": ""}}
        return list(
            dict.fromkeys(one["case"] for one in self.meetings.find(wanted, {"case": 1}).limit(_MOST))
        )

    def counted(self, companies: Sequence[str]) -> Counter[str]:
        """How many meetings companies have had, or have ahead."""
        wanted = {"company": {"$in": list(companies)}, "state": {"$in": _OCCUPYING}}
        return Counter(one["company"] for one in self.meetings.find(wanted, {"company": 1}))

    def move_company(self, company: str, to: str) -> None:
        """All meetings of a company are another's; `came` remembers from whom."""
        change = {"$set": {"company": to}, "$push": {"came": company}}
        self.meetings.update_many({"company": company}, change)

    def return_company(self, company: str, of: str) -> None:
        """The meetings that came to `of` from a company are its own again."""
        change = {"$set": {"company": company}, "$pull": {"came": company}}
        self.meetings.update_many({"company": of, "came": company}, change)

    def between(
        self,
        sector: str | None,
        advisor: str | None,
        since: datetime,
        until: datetime,
        states: Sequence[State],
    ) -> list[Meeting]:
        """Those that begin in that time, of an advisor or of all of the sector."""
        among: Document = {"advisors.id": advisor} if advisor else {}
        own: Document = {"sector": sector} if sector else {}
        during = {"start": {"$gte": since, "$lt": until}}
        return self._by_start(among | during | own | {"state": {"$in": [one.value for one in states]}})

    def of_email(
        self, sector: str, email: str, since: datetime, until: datetime, states: Sequence[State]
    ) -> list[Meeting]:
        """Those of a mail address that begin in that time."""
        return self._by_start(
            {
                "contact.email": email,
                "sector": sector,
                "start": {"$gte": since, "$lt": until},
                "state": {"$in": [one.value for one in states]},
            }
        )

    def _by_start(self, wanted: Document) -> list[Meeting]:
        found = self.meetings.find(wanted).sort("start", 1).limit(_MOST)
        return [_meeting(document) for document in found]


def _with(load: Load, start: datetime, now: datetime) -> Load:
    if start > now:
        return Load(load.upcoming + 1, load.last)
    return Load(load.upcoming, max(load.last, start) if load.last else start)


def _is_expired(document: Document, now: datetime) -> bool:
    return document["state"] == State.REQUESTED.value and bool(document["expires_at"] <= now)


def _plain(meeting: Meeting) -> Document:
    """Without whose it is: `belongs` alone writes that."""
    fields: Document = meeting.model_dump(exclude={"id", "company", "case"})
    return fields | {"state": meeting.state.value}


def _fields(meeting: Meeting, places: Sequence[str]) -> Document:
    own = {"busy": list(occupied(meeting)), "places": list(places), "keys": [*keys(meeting), *places]}
    return _plain(meeting) | own


def _meeting(document: Document) -> Meeting:
    return Meeting.read({**document, "id": document["_id"]})
