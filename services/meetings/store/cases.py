"""Case files in MongoDB, one document each.

`joins` holds the company whose bookings join the case, under a unique index: whatever the number of processes, two
bookings cannot open two. A closed case has no such field."""

from collections.abc import Sequence

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document
from services.meetings.contracts.cases import Case, CaseState


class CaseStore:
    """The collection `cases`."""

    def __init__(self, database: Database[Document]) -> None:
        self.cases = database["cases"]

    def prepare(self) -> None:
        """Make the indexes."""
        self.cases.create_index("joins", unique=True, sparse=True)
        self.cases.create_index("company")
        self.cases.create_index([("sector", 1), ("state", 1)])

    def by_id(self, case_id: str, sector: str | None = None) -> Case | None:
        """The case, if it is one of `sector` (None: of any)."""
        found = self.cases.find_one({"_id": case_id, **({"sector": sector} if sector else {})})
        return _case(found) if found else None

    def joined_by(self, company: str) -> Case | None:
        """The open case that bookings of a company join."""
        found = self.cases.find_one({"joins": company})
        return _case(found) if found else None

    def add(self, case: Case) -> bool:
        """False if bookings of the company join another one already."""
        try:
            self.cases.insert_one({"_id": case.id, "joins": case.company, **_fields(case), OUTBOX: []})
        except DuplicateKeyError:
            return False
        return True

    def replace(self, case: Case, before: int, *events: Event) -> bool:
        """Write a case over what stood at revision `before`. False if it does no more, or if it is to be joined by
        bookings that join another one."""
        change: Document = {"$set": _fields(case), "$push": {OUTBOX: {"$each": outbox_entries(*events)}}}
        if case.state is CaseState.CLOSED:
            change["$unset"] = {"joins": ""}
        try:
            done = self.cases.update_one({"_id": case.id, "revision": before}, change)
        except DuplicateKeyError:
            return False
        return done.matched_count == 1

    def of_companies(self, companies: Sequence[str]) -> list[Case]:
        """All of some companies, the newest first."""
        found = self.cases.find({"company": {"$in": list(companies)}}).sort("opened_at", -1)
        return [_case(document) for document in found]

    def move(self, company: str, to: str) -> None:
        """All cases of a company are another's; bookings join the one of that other, if it has one."""
        self.cases.update_many({"company": company}, {"$set": {"company": to}})
        for document in list(self.cases.find({"joins": company}, {"_id": 1})):
            try:
                self.cases.update_one({"_id": document["_id"]}, {"$set": {"joins": to}})
            except DuplicateKeyError:
                self.cases.update_one({"_id": document["_id"]}, {"$unset": {"joins": ""}})


def _fields(case: Case) -> Document:
    fields: Document = case.model_dump(exclude={"id", "plan"})
    fields["plan"] = case.model_dump(mode="json", include={"plan"})[
        "plan"
    ]  # BSON has no dates without a time
    return fields | {"state": case.state.value}


def _case(document: Document) -> Case:
    return Case.read({**document, "id": document["_id"]})
