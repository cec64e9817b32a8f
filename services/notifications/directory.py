"""How to write to the staff: what the people service last told of each account."""

from datetime import datetime, timedelta
from typing import Protocol

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.caller import Role
from nexus.mongo import Document
from services.notifications.channels import Undeliverable
from services.notifications.contracts import MeetingForAdvisor, SendMeeting
from services.notifications.contracts.mornings import RoutineKind
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
        self._refused = database["refused_mails"]
        self._seal = seal

    def take(self, event: PersonChanged) -> None:
        """Remember it, unless something later is known. What somebody who leaves did not want is forgotten."""
        if self._is_news(event) and event.sealed is None:
            self._refused.delete_one({"_id": event.id})

    def _is_news(self, event: PersonChanged) -> bool:
        told = event.model_dump(mode="json", include={"revision", "sector", "language", "sealed", "roles"})
        not_later = {"_id": event.id, "revision": {"$lte": event.revision}}
        if self._people.update_one(not_later, {"$set": told}).matched_count:
            return True
        try:
            self._people.insert_one({"_id": event.id, **told})
        except DuplicateKeyError:
            return False  # what is known is later
        return True

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
        return self._with(Role.ADMIN, sector)

    def coordinators(self, sector: str) -> list[str]:
        """The accounts of those who coordinate one."""
        return self._with(Role.COORDINATOR, sector)

    def refused(self, person: str) -> frozenset[RoutineKind]:
        """Which regular mails somebody has turned off."""
        found = self._refused.find_one({"_id": person})
        return frozenset(found["kinds"]) if found else frozenset()

    def refuse(self, person: str, kinds: frozenset[RoutineKind]) -> None:
        """Have these not sent to them any more, and all others."""
        told = {"$set": {"kinds": sorted(kinds)}}
        self._refused.update_one({"_id": person}, told, upsert=True)

    def _with(self, role: Role, sector: str) -> list[str]:
        wanted = {"sector": sector, "roles": role.value, "sealed": {"$ne": None}}
        return [found["_id"] for found in self._people.find(wanted, {"_id": 1})]
