"""Companies in MongoDB, one document each.

`keys` hold what a company is found again by, under a unique index: whatever the number of processes, two bookings
of one company cannot make two of it. A company that was merged keeps its keys, and points to the one that it is."""

import re
from collections.abc import Sequence
from datetime import datetime

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document
from services.meetings.contracts.companies import Company
from services.meetings.domain.companies import is_another, keys, sought, words_of

_LONGEST_CHAIN = 50  # of companies merged into others


class CompanyStore:
    """The collection `companies`."""

    def __init__(self, database: Database[Document]) -> None:
        self._companies = database["companies"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._companies.create_index("keys", unique=True, sparse=True)
        self._companies.create_index([("sector", 1), ("name", 1)])
        self._companies.create_index("moving", sparse=True)
        self._companies.create_index("returning", sparse=True)
        self._companies.create_index("merged_into", sparse=True)

    def by_id(self, company_id: str, sector: str | None = None) -> Company | None:
        """The company, as it is, if it is one of `sector` (None: of any)."""
        found = self._companies.find_one({"_id": company_id, **({"sector": sector} if sector else {})})
        return _company(found) if found else None

    def names(self, ids: Sequence[str]) -> dict[str, str]:
        """What companies are called, by id."""
        return {
            one["_id"]: one["name"] for one in self._companies.find({"_id": {"$in": list(ids)}}, {"name": 1})
        }

    def now(self, company: Company) -> Company:
        """What a company is by now, after mergers."""
        for _ in range(_LONGEST_CHAIN):
            after = self.by_id(company.merged_into) if company.merged_into else None
            if after is None:
                break
            company = after
        return company

    def by_keys(self, wanted: Sequence[str]) -> list[Company]:
        """Who has each of the keys, in their order."""
        found = {
            key: one for one in self._companies.find({"keys": {"$in": list(wanted)}}) for key in one["keys"]
        }
        return [_company(found[key]) for key in wanted if key in found]

    def save(self, company: Company, before: int) -> bool:
        """False if the stored one is not at revision `before` any more, or another took one of its keys meanwhile.

        A known company leaves others the keys that they have. A new one leaves them only to companies that it cannot
        be: else it is one of those, which somebody else has just written."""
        fields: Document = company.model_dump(exclude={"id"})
        fields |= {"keys": self._free(company, is_new=not before), "sought": sought(company)}
        try:
            if before:
                wanted = {"_id": company.id, "revision": before}
                return self._companies.update_one(wanted, {"$set": fields}).matched_count == 1
            self._companies.insert_one({"_id": company.id, **fields})
        except DuplicateKeyError:
            return False
        return True

    def point(self, other: Company, keep: str, brought: Company, by: str, at: datetime) -> bool:
        """From now on `other` is `keep`; what belongs to it is to be moved. False if it changed meanwhile. `brought`
        is what `keep` did not know before, in case it turns out not to be `other` after all."""
        told = {"merged_into": keep, "merged_at": at, "merged_by": by, "revision": other.revision + 1}
        change = {"$set": told | {"moving": True, "brought": brought.model_dump()}}
        wanted = {"_id": other.id, "revision": other.revision}
        return self._companies.update_one(wanted, change).matched_count == 1

    def merged(self, keep: str) -> list[Company]:
        """Those that turned out to be `keep`."""
        return [_company(one) for one in self._companies.find({"merged_into": keep}).limit(100)]

    def moving(self) -> list[Company]:
        """Merged ones whose belongings have not all been moved."""
        return [_company(one) for one in self._companies.find({"moving": True}).limit(100)]

    def moved(self, company_id: str) -> None:
        """All that belonged to it is with the other."""
        self._companies.update_one({"_id": company_id}, {"$unset": {"moving": ""}})

    def part(self, other: Company) -> bool:
        """From now on `other` is one of its own again; what belongs to it is to be brought back. False if it changed
        meanwhile, or is still on its way."""
        told = {"merged_into": None, "merged_at": None, "merged_by": None, "revision": other.revision + 1}
        wanted = {"_id": other.id, "revision": other.revision, "moving": {"$ne": True}}
        change = {"$set": told | {"returning": other.merged_into}}
        return self._companies.update_one(wanted, change).matched_count == 1

    def returning(self) -> list[tuple[str, str, Company]]:
        """Those that are not wholly their own again: the id of each, that of the company that it was merged into, and
        what it brought there."""
        found = self._companies.find({"returning": {"$gt": ""}}).limit(100)
        return [(one["_id"], one["returning"], Company.read(one["brought"])) for one in found]

    def returned(self, company_id: str) -> None:
        """All that belongs to it is its own again."""
        self._companies.update_one({"_id": company_id}, {"$unset": {"returning": "", "brought": ""}})

    def listed(self, sector: str | None, text: str, among: Sequence[str] | None, limit: int) -> list[Company]:
        """By name, without merged ones; `among`: those alone."""
        wanted: Document = {"merged_into": None, **({"sector": sector} if sector else {})}
        if among is not None:
            wanted["_id"] = {"$in": list(among)}
        if words := words_of(text):
            wanted["$and"] = [{"sought": {"$regex": re.escape(word)}} for word in words]
        return [_company(one) for one in self._companies.find(wanted).sort("name", 1).limit(limit)]

    def _free(self, company: Company, *, is_new: bool) -> list[str]:
        wanted, left = keys(company), set()
        for one in self._companies.find({"keys": {"$in": wanted}, "_id": {"$ne": company.id}}):
            if not is_new or is_another(self.now(_company(one)), company.neq):
                left |= set(one["keys"])
        # Never nothing: under the unique index, two empty lists would be the same.
        return [key for key in wanted if key not in left] or [f"{company.sector}:id:{company.id}"]


def _company(document: Document) -> Company:
    return Company.read({**document, "id": document["_id"]})
