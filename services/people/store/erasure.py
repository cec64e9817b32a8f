"""All that the people service holds of one mail address in one sector: read, and erased."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.database import Database

from nexus.caller import Role
from nexus.mongo import Document
from services.people.contracts.people import STAFF, Person

_STAFF = [role.value for role in STAFF]
_NO_SECRETS = {"digest": 0, "link": 0, "code": 0, "outbox": 0, "public_key": 0, "credential": 0, "_id": 0}


@dataclass(frozen=True)
class OwnRecords:
    """What stands beside an account, or without one: `tickets` are codes and invitations."""

    database: Database[Document]

    def read(self, sector: str, email: str, person: str | None) -> dict[str, list[Any]]:
        """By collection, without what lets somebody in."""
        return {
            name: list(self.database[name].find(wanted, _NO_SECRETS))
            for name, wanted in _where(sector, email, person).items()
        }

    def erase(self, sector: str, email: str, person: str | None) -> dict[str, int]:
        """How many of each collection went."""
        return {
            name: self.database[name].delete_many(wanted).deleted_count
            for name, wanted in _where(sector, email, person).items()
        }

    def keys_made_by(self, person: str) -> int:
        """How many keys of systems somebody made: those stay, under the account's id."""
        return self.database["keys"].count_documents({"created_by": person})

    def unseen_members(self, before: datetime, limit: int) -> list[Person]:
        """Members alone, who have not been here since then."""
        unseen: Document = {
            "roles": {"$in": [Role.MEMBER.value], "$nin": _STAFF},
            "$or": [{"last_seen": {"$lte": before}}, {"last_seen": None, "created_at": {"$lte": before}}],
        }
        return [
            Person.read({"id": one["_id"], **one})
            for one in self.database["people"].find(unseen).limit(limit)
        ]


def _where(sector: str, email: str, person: str | None) -> dict[str, Document]:
    by_address: dict[str, Document] = {
        "tickets": {"sector": sector, "email": email},
        "failures": {"_id": f"{sector}:{email}"},
    }
    if person is None:
        return by_address
    of_person: Document = {"person": person}
    own = {"sessions": of_person, "passkeys": of_person, "ceremonies": of_person, "results": of_person}
    return {**by_address, **own, "reminders": {"_id": person}}
