"""The goal in MongoDB, and what counts towards it, read from meetings and companies by their indexes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document
from services.meetings.contracts.goal import Goal
from services.meetings.contracts.meetings import State
from services.meetings.domain.companies import folded
from services.meetings.domain.goal import CaseFact, Fact, Known

_GOAL = "common"
_FACTS = dict.fromkeys(
    ("sector", "state", "company", "contact.company", "start", "created_at", "need.themes", "advisors.id"), 1
)
_CASE = dict.fromkeys(("sector", "company", "closing", "closed_at", "asks"), 1)
_COMPANY = dict.fromkeys(("neq", "domains", "name", "aliases", "size", "merged_into"), 1)
_OVER = (State.HELD, State.NO_SHOW, State.CANCELLED_BY_COMPANY, State.CANCELLED_BY_US)
_BOOKED = (State.CONFIRMED, *_OVER)


@dataclass(frozen=True)
class KnownCompany:
    """A company that others were perhaps merged into."""

    id: str
    name: str
    size: str | None
    known: Known


class GoalStore:
    """The one document of the collection `goal`; the collections `meetings`, `companies`, `cases`, `advisors`
    as others write them."""

    def __init__(self, database: Database[Document]) -> None:
        self._goal = database["goal"]
        self._meetings = database["meetings"]
        self._companies = database["companies"]
        self._advisors = database["advisors"]
        self._cases = database["cases"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._meetings.create_index([("state", 1), ("start", 1)])
        self._meetings.create_index([("state", 1), ("created_at", 1)])
        self._cases.create_index("closed_at")
        self._cases.create_index("asks.answered_at")

    def goal(self) -> Goal | None:
        """The goal, if somebody has set it."""
        found = self._goal.find_one({"_id": _GOAL})
        return Goal.read(found) if found else None

    def save(self, goal: Goal, before: int) -> bool:
        """False if the stored one is not at revision `before` any more."""
        fields: Document = goal.model_dump(mode="json")
        if before:
            done = self._goal.update_one({"_id": _GOAL, "revision": before}, {"$set": fields})
            return done.matched_count == 1
        try:
            self._goal.insert_one({"_id": _GOAL, **fields})
        except DuplicateKeyError:
            return False
        return True

    def first_held(self) -> datetime | None:
        """When the first meeting that was held began."""
        found = self._meetings.find({"state": State.HELD.value}, {"start": 1}).sort("start", 1).limit(1)
        return next((document["start"] for document in found), None)

    def facts(self, begin: datetime, end: datetime) -> list[Fact]:
        """Meetings of all sectors in that time which were held, missed or cancelled."""
        wanted = {"state": _among(_OVER), "start": {"$gte": begin, "$lt": end}}
        return [_fact(document) for document in self._meetings.find(wanted, _FACTS)]

    def requests(self, begin: datetime, end: datetime, sector: str | None) -> list[Fact]:
        """Those that were booked in that time, of a sector (None: of all)."""
        found = self._meetings.find(_requested(begin, end, sector), _FACTS)
        return [_fact(document) for document in found]

    def count_requests(self, begin: datetime, end: datetime, sector: str | None) -> int:
        """How many there are of `requests`."""
        return self._meetings.count_documents(_requested(begin, end, sector))

    def cases(self, begin: datetime, end: datetime) -> list[CaseFact]:
        """Cases of all sectors that were closed in that time, or whose company answered then."""
        within = {"$gte": begin, "$lt": end}
        found = {
            one["_id"]: one
            for wanted in ({"closed_at": within}, {"asks.answered_at": within})
            for one in self._cases.find(wanted, _CASE)
        }
        return [_case_fact(document, begin, end) for document in found.values()]

    def companies(self, ids: Iterable[str]) -> dict[str, KnownCompany]:
        """For each id the company that it is now: merged ones lead to another."""
        found: dict[str, Document] = {}
        wanted = set(ids)
        while wanted:
            some = list(self._companies.find({"_id": {"$in": sorted(wanted)}}, _COMPANY))
            found |= {one["_id"]: one for one in some}
            wanted = {one["merged_into"] for one in some if one.get("merged_into")} - found.keys()
        return {one: _company(_end(one, found)) for one in found}

    def partners(self) -> dict[str, str]:
        """For whom each advisor works, as far as that was said."""
        found = self._advisors.find({}, {"content.partner": 1})
        told = {one["_id"]: one.get("content", {}).get("partner") for one in found}
        return {advisor: partner for advisor, partner in told.items() if partner}


def _among(states: Sequence[State]) -> Document:
    return {"$in": [state.value for state in states]}


def _requested(begin: datetime, end: datetime, sector: str | None) -> Document:
    wanted: Document = {"state": _among(_BOOKED), "created_at": {"$gte": begin, "$lt": end}}
    return wanted | ({"sector": sector} if sector else {})


def _fact(document: Document) -> Fact:
    return Fact(
        id=document["_id"],
        sector=document["sector"],
        state=State(document["state"]),
        company=document.get("company"),
        named=(document.get("contact") or {}).get("company"),
        start=document["start"],
        requested=document["created_at"],
        themes=tuple(document["need"]["themes"]),
        advisors=tuple(one["id"] for one in document["advisors"]),
    )


def _case_fact(document: Document, begin: datetime, end: datetime) -> CaseFact:
    def is_within(at: datetime | None) -> bool:
        return at is not None and begin <= at < end

    answered = [one for one in document["asks"] if is_within(one["answered_at"])]
    return CaseFact(
        id=document["_id"],
        sector=document["sector"],
        company=document["company"],
        closing=document["closing"] if is_within(document["closed_at"]) else None,
        useful=tuple(one["useful"] for one in answered if one["useful"] is not None),
        hired=sum(one["hired"] or 0 for one in answered),
    )


def _end(company: str, found: dict[str, Document]) -> Document:
    passed = {company}
    while (into := found[company].get("merged_into")) in found and into not in passed:
        passed.add(into)
        company = into
    return found[company]


def _company(document: Document) -> KnownCompany:
    names = dict.fromkeys(folded(name) for name in (document["name"], *document.get("aliases", ())))
    known = Known(document["_id"], document.get("neq"), tuple(document["domains"]), tuple(names))
    return KnownCompany(document["_id"], document["name"], document.get("size"), known)
