"""Accounts in MongoDB, one document each, with what waits to be told of it."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.caller import Role
from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document
from services.people.contracts.people import Person


class PeopleStore:
    """The collection `people`."""

    def __init__(self, database: Database[Document], told: Callable[[Person], Event]) -> None:
        """`told` is the event of an account that is new or changed."""
        self.people = database["people"]
        self._told = told

    def prepare(self) -> None:
        """Make the indexes, and tell of accounts that are older than the telling."""
        self.people.create_index([("email", 1), ("sector", 1)], unique=True)
        self.people.create_index([("sector", 1), ("roles", 1)])
        self.people.create_index("company.id", sparse=True)
        for document in list(self.people.find({OUTBOX: {"$exists": False}})):
            self.replace(_person(document), document["revision"])

    def by_id(self, sector: str | None, person_id: str) -> Person | None:
        """The account, if it is one of `sector` (None: of any)."""
        found = self.people.find_one({"_id": person_id, **_of(sector)})
        return _person(found) if found else None

    def by_ids(self, sector: str | None, ids: Sequence[str]) -> list[Person]:
        """Those of `ids` that are accounts of `sector` (None: of any)."""
        found = self.people.find({"_id": {"$in": list(ids)}, **_of(sector)})
        return [_person(document) for document in found]

    def by_email(self, sector: str, email: str) -> Person | None:
        """The account with this address."""
        found = self.people.find_one({"sector": sector, "email": email})
        return _person(found) if found else None

    def page(
        self, wanted: Mapping[str, Any], q: str, after: str | None, limit: int
    ) -> tuple[list[Person], int]:
        """Up to `limit` by address beyond `after`, and how many there are in all."""
        query: Document = dict(wanted)
        if q:
            part = {"$regex": re.escape(q), "$options": "i"}
            query["$or"] = [{"email": part}, {"name": part}, {"company.name": part}]
        total = self.people.count_documents(query)
        if after:
            query["email"] = {"$gt": after}
        found = self.people.find(query).sort("email", 1).limit(limit)
        return [_person(document) for document in found], total

    def having(self, roles: Sequence[Role]) -> list[Person]:
        """All accounts with one of `roles`, of every sector, by sector and address."""
        found = self.people.find({"roles": {"$in": [role.value for role in roles]}})
        return [_person(document) for document in found.sort([("sector", 1), ("email", 1)])]

    def add(self, person: Person) -> bool:
        """False if the address has an account already."""
        try:
            self.people.insert_one({"_id": person.id, **_fields(person), OUTBOX: self._entries(person)})
        except DuplicateKeyError:
            return False
        return True

    def replace(self, person: Person, before: int) -> bool:
        """False if the stored account is not at revision `before` any more."""
        change = {"$set": _fields(person), "$push": {OUTBOX: {"$each": self._entries(person)}}}
        return self.people.update_one({"_id": person.id, "revision": before}, change).matched_count == 1

    def rename_company(self, company_id: str, name: str, neq: str | None) -> None:
        """Tell all its members the company's name."""
        self.people.update_many(
            {"company.id": company_id}, {"$set": {"company.name": name, "company.neq": neq}}
        )

    def seen(self, person_id: str, at: datetime) -> None:
        """Note when somebody was here last."""
        self.people.update_one({"_id": person_id}, {"$set": {"last_seen": at}})

    def admins(self, sector: str) -> int:
        """How many administrators a sector has."""
        return self.people.count_documents({"sector": sector, "roles": Role.ADMIN.value})

    def _entries(self, person: Person) -> list[Document]:
        return outbox_entries(self._told(person))


def _of(sector: str | None) -> Document:
    return {"sector": sector} if sector else {}


def _fields(person: Person) -> Document:
    fields: Document = person.model_dump(exclude={"id", "roles"})
    return fields | {"roles": sorted(role.value for role in person.roles)}


def _person(document: Document) -> Person:
    return Person.read({"id": document["_id"], **document})
