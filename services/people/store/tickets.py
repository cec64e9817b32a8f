"""Codes and invitations in MongoDB: what signs in once. Their events wait in them until they are published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document


@dataclass(frozen=True)
class Ticket:
    """A code with its link, or an invitation. `link` and `code` are digests; `code` None: only the link is good.

    `grants` are the roles, the name and the company that an invitation gives."""

    id: str
    sector: str
    email: str
    language: str
    link: str
    created_at: datetime
    expires_at: datetime
    code: str | None = None
    origin: str | None = None
    next: str | None = None
    tries: int = 0
    grants: dict[str, Any] | None = None


class TicketStore:
    """The collections `tickets`, and `failures`: wrong codes in a row by address."""

    def __init__(self, database: Database[Document]) -> None:
        self.tickets = database["tickets"]
        self._failures = database["failures"]

    def prepare(self) -> None:
        """Make the indexes."""
        self.tickets.create_index("link", unique=True)
        # What tells most comes first: SecantusDB looks at the first field alone.
        self.tickets.create_index([("email", 1), ("sector", 1), ("created_at", -1)])
        self.tickets.create_index([("origin", 1), ("created_at", -1)])
        self.tickets.create_index("expires_at")

    def add(self, ticket: Ticket, *events: Event) -> None:
        """Keep a new one, with what is to be told of it."""
        fields = {name: value for name, value in vars(ticket).items() if name != "id"}
        self.tickets.insert_one({"_id": ticket.id, **fields, OUTBOX: outbox_entries(*events)})

    def codes_since(
        self, since: datetime, sector: str, email: str, origin: str | None, limit: int
    ) -> tuple[int, int]:
        """How many codes were asked for since then, `limit` at most: for this address, and from this origin."""
        recent: Document = {"created_at": {"$gt": since}, "grants": None}
        own: Document = {"sector": sector, "email": email, **recent}
        to_address = self.tickets.count_documents(own, limit=limit)
        from_origin = self.tickets.count_documents({"origin": origin, **recent}, limit=limit) if origin else 0
        return to_address, from_origin

    def take_try(self, ticket_id: str, sector: str, tries: int, now: datetime) -> Ticket | None:
        """The ticket, with one of its `tries` used up; None when it has none left, or has ended.

        However many ask at once, each use counts."""
        while True:
            good: Document = {"_id": ticket_id, "sector": sector, "expires_at": {"$gt": now}}
            found = self.tickets.find_one(good)
            if found is None or found["tries"] >= tries:
                return None
            seen = {"_id": ticket_id, "tries": found["tries"]}
            if self.tickets.update_one(seen, {"$set": {"tries": found["tries"] + 1}}).matched_count:
                return _ticket(found)

    def by_link(self, sector: str, link: str, now: datetime) -> Ticket | None:
        """The one whose link has this digest, unless it has ended."""
        found = self.tickets.find_one({"link": link, "sector": sector, "expires_at": {"$gt": now}})
        return _ticket(found) if found else None

    def invitations(self, sector: str | None, company: str | None, now: datetime, limit: int) -> list[Ticket]:
        """Those of a sector (None: of any) that are still good, newest first; into one company, with `company`."""
        query: Document = {"grants": {"$ne": None}, "expires_at": {"$gt": now}}
        if sector:
            query["sector"] = sector
        if company:
            query["grants.company.id"] = company
        found = self.tickets.find(query).sort("created_at", -1).limit(limit)
        return [_ticket(document) for document in found]

    def renew(self, before: Ticket, after: Ticket, event: Event) -> bool:
        """Another link, another end and what it grants now, and what is to be told of it; False when it has ended, or
        was renewed."""
        names = ("link", "created_at", "expires_at", "language", "grants")
        changed = {name: getattr(after, name) for name in names}
        told = {"$each": outbox_entries(event)}
        seen = {"_id": before.id, "link": before.link}
        change = {"$set": changed, "$push": {OUTBOX: told}}
        return self.tickets.update_one(seen, change).matched_count == 1

    def invitation(self, sector: str, email: str, now: datetime) -> Ticket | None:
        """The latest invitation of an address that is open."""
        wanted: Document = {
            "sector": sector,
            "email": email,
            "expires_at": {"$gt": now},
            "grants": {"$ne": None},
        }
        found = self.tickets.find(wanted).sort("created_at", -1).limit(1)
        return next(map(_ticket, found), None)

    def invitation_into(self, sector: str, email: str, company: str | None, now: datetime) -> Ticket | None:
        """The latest open invitation of an address into this company, or (None) into none."""
        wanted: Document = {
            "sector": sector,
            "email": email,
            "expires_at": {"$gt": now},
            "grants": {"$ne": None},
            "grants.company.id": company,
        }
        found = self.tickets.find(wanted).sort("created_at", -1).limit(1)
        return next(map(_ticket, found), None)

    def use(self, ticket: Ticket) -> bool:
        """End it; False when somebody else did so first."""
        return self.tickets.delete_one({"_id": ticket.id}).deleted_count == 1

    def withdraw(self, sector: str, email: str) -> None:
        """End all others of an address: it has signed in."""
        self.tickets.delete_many({"sector": sector, "email": email, "grants": None})

    def failures(self, sector: str, email: str) -> int:
        """Wrong codes in a row for this address."""
        found = self._failures.find_one({"_id": f"{sector}:{email}"})
        return int(found["count"]) if found else 0

    def failed(self, sector: str, email: str) -> None:
        """One more wrong code."""
        key = f"{sector}:{email}"
        while not self._failures.update_one({"_id": key}, {"$inc": {"count": 1}}).matched_count:
            try:
                self._failures.insert_one({"_id": key, "count": 0})
            except DuplicateKeyError:
                continue

    def succeeded(self, sector: str, email: str) -> None:
        """The address has been signed in with: count from nought."""
        self._failures.delete_one({"_id": f"{sector}:{email}"})

    def forget(self, before: datetime) -> None:
        """Remove those that ended before then, unless they have something to tell still."""
        self.tickets.delete_many({"expires_at": {"$lte": before}, f"{OUTBOX}.0": {"$exists": False}})


def _ticket(document: Document) -> Ticket:
    fields = {name: document.get(name) for name in Ticket.__dataclass_fields__ if name != "id"}
    return Ticket(id=document["_id"], **fields)  # type: ignore[arg-type]
