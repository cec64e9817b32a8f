"""The goal in MongoDB, and what counts towards it, read from meetings and companies by their indexes."""

from dataclasses import dataclass
from datetime import datetime

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document
from services.meetings.contracts.companies import Traces
from services.meetings.contracts.goal import Goal
from services.meetings.contracts.meetings import State
from services.meetings.domain.companies import folded
from services.meetings.domain.erasure import compared
from services.meetings.domain.goal import CaseFact, Fact, Known

_GOAL = "common"
_FACTS = dict.fromkeys(
    ("sector", "state", "company", "contact.company", "start", "created_at", "need.themes", "advisors.id"), 1
)
_CASE = dict.fromkeys(("sector", "company", "closing", "closed_at", "asks"), 1)
_COMPANY = dict.fromkeys(("neq", "domains", "name", "aliases", "size", "merged_into", "traces"), 1)


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

    def __init__(self, database: Database[Document], key: bytes) -> None:
        """`key` makes the digests by which anonymous companies are told apart."""
        self._key = key
        self._goal = database["goal"]
        self._meetings = database["meetings"]
        self._companies = database["companies"]
        self._advisors = database["advisors"]
        self._cases = database["cases"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._meetings.create_index("start")
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

    def facts(self, begin: datetime) -> list[Fact]:
        """Meetings of all sectors that were booked to begin then or later: so all that were booked since, too."""
        found = self._meetings.find({"start": {"$gte": begin}}, _FACTS)
        return [_fact(document) for document in found if document["state"] != State.REQUESTED.value]

    def cases(self, begin: datetime, end: datetime) -> list[CaseFact]:
        """Cases of all sectors that were closed in that time, or whose company answered then."""
        within = {"$gte": begin, "$lt": end}
        found = {
            one["_id"]: one
            for wanted in ({"closed_at": within}, {"asks.answered_at": within})
            for one in self._cases.find(wanted, _CASE)
        }
        return [_case_fact(document, begin, end) for document in found.values()]

    def companies(self) -> dict[str, KnownCompany]:
        """For the id of each company, of all sectors, the one that it is now: merged ones lead to another."""
        found = {one["_id"]: one for one in self._companies.find({}, _COMPANY)}
        ends = {company: _end(company, found) for company in found}
        known = {one["_id"]: _company(one, self._key) for one in ends.values()}
        return {company: known[one["_id"]] for company, one in ends.items()}

    def partners(self) -> dict[str, str]:
        """For whom each advisor works, as far as that was said."""
        found = self._advisors.find({}, {"content.partner": 1})
        told = {one["_id"]: one.get("content", {}).get("partner") for one in found}
        return {advisor: partner for advisor, partner in told.items() if partner}


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


def _company(document: Document, key: bytes) -> KnownCompany:
    names = dict.fromkeys(folded(name) for name in (document["name"], *document.get("aliases", ())))
    known = Known(document["_id"], document.get("neq"), tuple(document["domains"]), tuple(names))
    marks = compared(known, Traces.read(document.get("traces") or {}), key)
    return KnownCompany(document["_id"], document["name"], document.get("size"), marks)
