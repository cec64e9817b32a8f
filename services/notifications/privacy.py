"""The part of notifications in a request for personal data: what was mailed to an address is told, or forgotten."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import orjson
from pymongo.database import Database

from nexus.mongo import Document
from nexus.personal import DataSeals, Held
from nexus.personal_store import Answers
from nexus.service import on
from services.notifications.contracts.privacy import NotificationsAnswered
from services.notifications.domain.messages import recipient_hash
from services.people.contracts.privacy import PersonalDataAsked

_TOLD = dict.fromkeys(("kind", "state", "created_at", "ended_at", "basis", "consent_at"), 1) | {"_id": 0}
_UNDER_WAY = ["queued", "parked"]
_STILL_SENT = ["meeting", "activity"]  # that one was cancelled, or given up


class Mailbox(Protocol):
    """A channel whose letters stay on this machine."""

    def forget(self, sector: str, address: str) -> int: ...


class Agreed(Protocol):
    """What addresses have agreed to be mailed."""

    def told_of(self, email: str, sector: str) -> list[dict[str, Any]]: ...
    def forget(self, email: str, sector: str) -> int: ...


class Ends(Protocol):
    """Ends messages, and forgets what they said."""

    def end(self, message_id: str, state: Any, now: datetime) -> None: ...


@dataclass(frozen=True)
class Mailed:
    """`local` is there where mail goes to a folder."""

    database: Database[Document]
    store: Ends
    agreed: Agreed
    answers: Answers
    local: Mailbox | None
    seal: DataSeals
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def answer(self, event: PersonalDataAsked) -> None:
        """Do our part once, and say what it was."""
        email = self.seal.open(event.sealed)["email"] or ""
        do = self._erase if event.kind == "erasure" else self._found
        if self.answers.once(event.id, lambda: do(event, email), self.clock):
            self.wake()

    def _found(self, event: PersonalDataAsked, email: str) -> NotificationsAnswered:
        found = list(self._messages.find(_to(event.sector, email), _TOLD))
        agreed = self.agreed.told_of(email, event.sector)
        rows = (Held(kind="deliveries", found=len(found)), Held(kind="consents", found=len(agreed)))
        sealed = self.seal.close({"data": orjson.dumps({"mails": found, "consents": agreed}).decode()})
        held = tuple(one for one in rows if one.found)
        return NotificationsAnswered(id=event.id, sector=event.sector, held=held, sealed=sealed)

    def _erase(self, event: PersonalDataAsked, email: str) -> NotificationsAnswered:
        """What is not sent yet is not sent, but for what the request itself brings about. Of what was sent, it is
        forgotten to whom."""
        wanted = _to(event.sector, email)
        found = self._messages.count_documents(wanted)
        pending: Document = {"state": {"$in": _UNDER_WAY}}
        void: Document = {"$or": [{"kind": {"$nin": _STILL_SENT}}, {"due": {"$ne": None}}]}
        for one in list(self._messages.find({**wanted, **pending, **void}, {"_id": 1})):
            self.store.end(one["_id"], "discarded", self.clock())
        ended: Document = {**wanted, "state": {"$nin": _UNDER_WAY}}
        removed = self._messages.update_many(ended, {"$set": {"recipient": None}}).modified_count
        held = [
            Held(kind="deliveries", found=found, removed=removed, why=None if removed == found else "running")
        ]
        letters = self.local.forget(event.sector, email) if self.local else 0
        held += [Held(kind="letters", found=letters, removed=letters)]
        agreed = self.agreed.forget(email, event.sector)
        held += [Held(kind="consents", found=agreed, removed=agreed)]
        told = tuple(one for one in held if one.found)
        return NotificationsAnswered(id=event.id, sector=event.sector, held=told)

    @property
    def _messages(self) -> Any:
        return self.database["messages"]


def _to(sector: str, email: str) -> Document:
    return {"recipient": recipient_hash(email), "sector": sector}


class PrivacyDoors:
    """What the service hears about personal data."""

    mailed: Mailed

    @on(PersonalDataAsked)
    def answer_person(self, event: PersonalDataAsked) -> None:
        self.mailed.answer(event)
