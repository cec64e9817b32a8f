"""Referrals in MongoDB, one document each: the letter that another sector reads, and what it answered."""

from datetime import datetime
from typing import Any

from pymongo.database import Database

from nexus.mongo import Document
from services.meetings.contracts.cases import Referral


class ReferralStore:
    """The collection `referrals`. `landing`: accepted, and its case is still to be opened."""

    def __init__(self, database: Database[Document]) -> None:
        self._referrals = database["referrals"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._referrals.create_index("case")
        self._referrals.create_index([("to", 1), ("state", 1)])
        self._referrals.create_index([("sector", 1), ("state", 1)])
        self._referrals.create_index([("state", 1), ("due_at", 1)])
        self._referrals.create_index("landing", sparse=True)

    def add(self, referral: Referral) -> None:
        """A new one."""
        self._referrals.insert_one({"_id": referral.id, **referral.model_dump(exclude={"id"})})

    def by_id(self, referral_id: str, to: str | None) -> Referral | None:
        """The referral, if it is one to the sector `to` (None: any)."""
        found = self._referrals.find_one({"_id": referral_id, **({"to": to} if to else {})})
        return _referral(found) if found else None

    def of_case(self, case: str) -> list[Referral]:
        """All of a case."""
        return [_referral(one) for one in self._referrals.find({"case": case})]

    def waiting(self, **where: Any) -> list[Referral]:
        """Those without an answer, the oldest first; `where`: `to` or `sector`."""
        found = self._referrals.find({**where, "state": "sent"}).sort("sent_at", 1).limit(200)
        return [_referral(one) for one in found]

    def answer(self, answered: Referral) -> bool:
        """False if somebody else answered."""
        fields = answered.model_dump(include={"state", "answered_at", "answered_by", "why"})
        change: Document = {"$set": fields | ({"landing": True} if answered.state == "accepted" else {})}
        return self._referrals.update_one({"_id": answered.id, "state": "sent"}, change).matched_count == 1

    def landing(self) -> list[Referral]:
        """Accepted ones without a case yet."""
        return [_referral(one) for one in self._referrals.find({"landing": True}).limit(100)]

    def landed(self, referral_id: str) -> None:
        """Its case is there."""
        self._referrals.update_one({"_id": referral_id}, {"$unset": {"landing": ""}})

    def escalate(self, now: datetime) -> int:
        """Mark those that were due and have no answer; how many it were."""
        late = {"state": "sent", "due_at": {"$lte": now}, "escalated_at": None}
        return self._referrals.update_many(late, {"$set": {"escalated_at": now}}).modified_count


def _referral(document: Document) -> Referral:
    return Referral.read({**document, "id": document["_id"]})
