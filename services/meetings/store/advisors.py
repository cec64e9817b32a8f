"""Advisors and meeting types in MongoDB, one document each."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document
from services.meetings.contracts.availability import Advisor
from services.meetings.contracts.types import MeetingType

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class AdvisorStore:
    """The collection `advisors`. `feed` counts the secrets that an advisor's calendar has had; `left` says since
    when one who has no account for it any more is not to be met, as of the account's revision `account`."""

    def __init__(self, database: Database[Document]) -> None:
        self._advisors = database["advisors"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._advisors.create_index("sector")

    def by_id(self, sector: str | None, advisor: str) -> Advisor | None:
        """The advisor, if it is one of `sector` (None: of any), also one who has left."""
        found = self._advisors.find_one({"_id": advisor, **_of(sector)})
        return Advisor.read({**found, "id": advisor}) if found and found["revision"] else None

    def of_sector(self, sector: str | None) -> list[Advisor]:
        """All of a sector who are there, by id."""
        found = self._advisors.find({**_of(sector), "revision": {"$gt": 0}, "left": None}).sort("_id", 1)
        return [Advisor.read({**document, "id": document["_id"]}) for document in found]

    def save(self, advisor: Advisor, before: int) -> bool:
        """False if the stored one is not at revision `before` any more."""
        fields: Document = advisor.model_dump(mode="json", exclude={"id", "updated_at"})
        fields["updated_at"] = advisor.updated_at
        if before:
            done = self._advisors.update_one({"_id": advisor.id, "revision": before}, {"$set": fields})
            return done.matched_count == 1
        try:
            self._advisors.insert_one({"_id": advisor.id, "feed": 1, **fields})
        except DuplicateKeyError:
            return False
        return True

    def there(self, sector: str, advisors: Sequence[str]) -> list[Advisor]:
        """Those of `advisors` who are there, in that order."""
        wanted = {"_id": {"$in": list(advisors)}, "sector": sector, "left": None}
        found = {one["_id"]: Advisor.read({**one, "id": one["_id"]}) for one in self._advisors.find(wanted)}
        return [found[one] for one in advisors if one in found]

    def gone(self, sector: str | None) -> list[str]:
        """The ids of those of a sector who have left."""
        found = self._advisors.find({**_of(sector), "left": {"$gt": _LONG_AGO}}, {"_id": 1})
        return [one["_id"] for one in found]

    def leave(self, advisor: str, since: datetime | None, account: int) -> bool:
        """Whether it is news that somebody has left, or (None) is there again, as of a revision of the account."""
        later = [{"account": None}, {"account": {"$lt": account}}]
        told = {"left": since, "account": account}
        return self._advisors.update_one({"_id": advisor, "$or": later}, {"$set": told}).matched_count == 1

    def feed(self, advisor: str) -> int | None:
        """Which secret of the calendar is good; None for who is no advisor, or has left."""
        found = self._advisors.find_one({"_id": advisor, "left": None}, {"feed": 1})
        return int(found["feed"]) if found else None

    def renew_feed(self, advisor: str) -> None:
        """The next secret is the good one."""
        self._advisors.update_one({"_id": advisor}, {"$inc": {"feed": 1}})


class TypeStore:
    """The collection `types`."""

    def __init__(self, database: Database[Document]) -> None:
        self._types = database["types"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._types.create_index("sector")

    def by_id(self, sector: str | None, type_id: str) -> MeetingType | None:
        """The type, if it is one of `sector` (None: of any)."""
        found = self._types.find_one({"_id": type_id, **_of(sector)})
        return _type(found) if found else None

    def of_sector(self, sector: str | None) -> list[MeetingType]:
        """All of a sector."""
        return [_type(document) for document in self._types.find(_of(sector))]

    def save(self, one: MeetingType, before: int) -> bool:
        """False if the stored one is not at revision `before` any more."""
        fields: Document = one.model_dump(exclude={"id"})
        if before:
            return (
                self._types.update_one({"_id": one.id, "revision": before}, {"$set": fields}).matched_count
                == 1
            )
        try:
            self._types.insert_one({"_id": one.id, **fields})
        except DuplicateKeyError:
            return False
        return True


def _of(sector: str | None) -> Document:
    return {"sector": sector} if sector else {}


def _type(document: Document) -> MeetingType:
    return MeetingType.read({**document, "id": document["_id"]})
