"""Case files in MongoDB, one document each.

`joins` holds the company whose bookings join the case, under a unique index: whatever the number of processes, two
bookings cannot open two. A closed case has no such field."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document
from services.meetings.contracts.cases import Case, CaseState

Saved = Literal["saved", "stale", "clash"]
_MOST = 1_000  # cases of one answer
_DATED = {"plan", "tasks"}  # BSON has no dates without a time


class CaseStore:
    """The collection `cases`."""

    def __init__(self, database: Database[Document]) -> None:
        self.cases = database["cases"]

    def prepare(self) -> None:
        """Make the indexes."""
        self.cases.create_index("joins", unique=True, sparse=True)
        self.cases.create_index("company")
        self.cases.create_index([("sector", 1), ("state", 1), ("opened_at", -1)])
        self.cases.create_index([("advisor.id", 1), ("state", 1)])
        self.cases.create_index("asks.id")
        self.cases.create_index("next_ask", sparse=True)

    def by_id(self, case_id: str, sector: str | None = None) -> Case | None:
        """The case, if it is one of `sector` (None: of any)."""
        found = self.cases.find_one({"_id": case_id, **({"sector": sector} if sector else {})})
        return _case(found) if found else None

    def joined_by(self, company: str) -> Case | None:
        """The open case that bookings of a company join. After a merger that may be one that was left aside."""
        found = self.cases.find_one({"joins": company})
        if found is None:
            found = self.cases.find_one({"company": company, "state": CaseState.OPEN.value})
            if found and not self._join(found["_id"], company):
                return self.joined_by(company)
        return _case(found) if found else None

    def _join(self, case_id: str, company: str) -> bool:
        """False if bookings join another one by now, or it was closed."""
        try:
            wanted = {"_id": case_id, "state": CaseState.OPEN.value}
            return self.cases.update_one(wanted, {"$set": {"joins": company}}).matched_count == 1
        except DuplicateKeyError:
            return False

    def joined(self, companies: Sequence[str]) -> dict[str, str]:
        """For each of some companies that has one, the id of the case that bookings join."""
        found = self.cases.find({"joins": {"$in": list(companies)}}, {"joins": 1})
        return {one["joins"]: one["_id"] for one in found}

    def add(self, case: Case) -> bool:
        """False if bookings of the company join another one already."""
        try:
            self.cases.insert_one({"_id": case.id, "joins": case.company, **_fields(case), OUTBOX: []})
        except DuplicateKeyError:
            return False
        return True

    def replace(self, case: Case, before: int, *events: Event, joined: bool = False) -> Saved:
        """Write a case over what stood at revision `before`. `joined`: the company's bookings join it from now on;
        `clash`: they join another one."""
        fields = _fields(case) | ({"joins": case.company} if joined else {})
        gone = [] if case.state is CaseState.OPEN else ["joins"]
        gone += [] if "next_ask" in fields else ["next_ask"]
        change: Document = {"$set": fields, "$push": {OUTBOX: {"$each": outbox_entries(*events)}}}
        if gone:
            change["$unset"] = dict.fromkeys(gone, "")
        try:
            done = self.cases.update_one({"_id": case.id, "revision": before}, change)
        except DuplicateKeyError:
            return "clash"
        return "saved" if done.matched_count else "stale"

    def asking(self, ask: str) -> Case | None:
        """The case that has a question."""
        found = self.cases.find_one({"asks.id": ask})
        return _case(found) if found else None

    def with_due_asks(self, now: datetime) -> list[Case]:
        """Those with a question that is to be put by now."""
        return [_case(one) for one in self.cases.find({"next_ask": {"$lte": now}}).limit(100)]

    def unanswered(self, sector: str, since: datetime) -> int:
        """How many questions were put to companies of a sector since then, and have no answer."""
        found = self.cases.find({"sector": sector, "asks.asked_at": {"$gte": since}}, {"asks": 1})
        asks = [ask for one in found for ask in one["asks"]]
        return sum(
            bool(one["asked_at"] and one["asked_at"] >= since and not one["answered_at"]) for one in asks
        )

    def listed(
        self,
        sector: str | None,
        state: CaseState | None,
        company: str | None,
        person: str | None,
        among: Sequence[str],
        limit: int,
    ) -> list[Case]:
        """The newest first; of `person`: in charge of, or `among` those that are theirs by a meeting."""
        wanted: Document = {"sector": sector} if sector else {}
        if state:
            wanted["state"] = state.value
        if company:
            wanted["company"] = company
        if person:
            wanted["$or"] = [{"advisor.id": person}, {"_id": {"$in": list(among)}}]
        return [_case(one) for one in self.cases.find(wanted).sort("opened_at", -1).limit(limit)]

    def in_charge(self, sector: str | None, person: str) -> list[Case]:
        """The open ones of an advisor."""
        return self.listed(sector, CaseState.OPEN, None, person, (), _MOST)

    def of_companies(self, companies: Sequence[str]) -> list[Case]:
        """All of some companies, the newest first."""
        found = self.cases.find({"company": {"$in": list(companies)}}).sort("opened_at", -1)
        return [_case(document) for document in found]

    def move(self, company: str, to: str) -> None:
        """All cases of a company are another's; bookings join the one of that other, if it has one. `came` remembers
        from whom."""
        self.cases.update_many({"company": company}, {"$set": {"company": to}, "$push": {"came": company}})
        for document in list(self.cases.find({"joins": company}, {"_id": 1})):
            try:
                self.cases.update_one({"_id": document["_id"]}, {"$set": {"joins": to}})
            except DuplicateKeyError:
                self.cases.update_one({"_id": document["_id"]}, {"$unset": {"joins": ""}})

    def bring_back(self, company: str, of: str) -> None:
        """The cases that came to `of` from a company are its own again; which one bookings join is found anew."""
        change = {"$set": {"company": company}, "$pull": {"came": company}, "$unset": {"joins": ""}}
        self.cases.update_many({"company": of, "came": company}, change)


def _fields(case: Case) -> Document:
    fields: Document = case.model_dump(exclude={"id", *_DATED}) | case.model_dump(mode="json", include=_DATED)
    waiting = [one.due for one in case.asks if one.asked_at is None]
    return fields | {"state": case.state.value} | ({"next_ask": min(waiting)} if waiting else {})


def _case(document: Document) -> Case:
    return Case.read({**document, "id": document["_id"]})
