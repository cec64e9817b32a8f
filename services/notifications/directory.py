"""How to write to the staff: what the people service last told of each account."""

from datetime import datetime, timedelta
from typing import Protocol

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.caller import Role
from nexus.mongo import Document
from services.notifications.channels import Undeliverable
from services.notifications.contracts import MeetingForAdvisor, SendMeeting
from services.notifications.contracts.staff import ForStaff
from services.notifications.domain.messages import Message, Recipient, Suppressed
from services.people.contracts.people import PersonChanged

_PATIENCE = timedelta(minutes=10)  # for an account that is told of after what is to be said to it


class Opens(Protocol):
    """Opens what only this service may read."""

    def open(self, sealed: str) -> dict[str, str | None]: ...


class Directory:
    """The collection `people`. Addresses are sealed there as they came."""

    def __init__(self, database: Database[Document], seal: Opens) -> None:
        self._people = database["people"]
        self._seal = seal

    def take(self, event: PersonChanged) -> None:
        """Remember it, unless something later is known."""
        told = event.model_dump(mode="json", include={"revision", "sector", "language", "sealed", "roles"})
        not_later = {"_id": event.id, "revision": {"$lte": event.revision}}
        if self._people.update_one(not_later, {"$set": told}).matched_count:
            return
        try:
            self._people.insert_one({"_id": event.id, **told})
        except DuplicateKeyError:
            return  # what is known is later

    def recipient(self, message: Message, now: datetime) -> Recipient:
        """Whom `message` goes to. Raises Suppressed(`recipient_unknown`, `recipient_left`, `texts_stopped`); for a
        while Undeliverable: the account may yet be told of."""
        notice = message.notice
        if not isinstance(notice, MeetingForAdvisor | ForStaff):
            if notice.to is None:
                raise Suppressed("texts_stopped")
            return Recipient(
                notice.to, notice.language, notice.name if isinstance(notice, SendMeeting) else None
            )
        found = self._people.find_one({"_id": notice.person, "sector": message.sector})
        if found is None and now - message.created_at < _PATIENCE:
            raise Undeliverable("recipient_unknown", permanent=False)
        if found is None:
            raise Suppressed("recipient_unknown")
        if found["sealed"] is None:
            raise Suppressed("recipient_left")
        opened = self._seal.open(found["sealed"])
        return Recipient(opened["to"] or "", found["language"], opened["name"])

    def name(self, person: str, sector: str) -> str | None:
        """What somebody of the staff is called, by their address if they have no name; None: nobody knows, or they
        have left."""
        found = self._people.find_one({"_id": person, "sector": sector, "sealed": {"$ne": None}})
        opened = self._seal.open(found["sealed"]) if found else {}
        return opened.get("name") or opened.get("to")

    def administrators(self, sector: str) -> list[str]:
        """The accounts of those who administer a sector, as far as the people service told of their roles."""
        wanted = {"sector": sector, "roles": Role.ADMIN.value, "sealed": {"$ne": None}}
        return [found["_id"] for found in self._people.find(wanted, {"_id": 1})]
