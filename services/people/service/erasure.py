"""The people service's own part in a request for personal data, and in the purges of each night."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from nexus.personal import DataAnswered, DataSeals, Held
from services.people.contracts.people import Person
from services.people.contracts.privacy import PersonalDataAsked
from services.people.domain.privacy import pseudonym
from services.people.store.erasure import OwnRecords
from services.people.store.people import PeopleStore

_KINDS = {
    "tickets": "codes",
    "failures": "codes",
    "ceremonies": "codes",
    "sessions": "sessions",
    "passkeys": "passkeys",
    "results": "results",
    "reminders": "reminders",
}
_AT_ONCE = 200  # accounts of one night
_TRIES = 20


class PeopleAnswered(DataAnswered, service="people"):
    """The own part: kept at once, never published."""


@dataclass(frozen=True)
class OwnData:
    """Reads and erases accounts and what belongs to them. An erased account keeps its id alone: what it wrote stays,
    under a pseudonym."""

    people: PeopleStore
    records: OwnRecords
    seal: DataSeals
    kept: Mapping[str, int]
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def answer(self, event: PersonalDataAsked) -> PeopleAnswered:
        """Hand over, or erase. To do it again does no harm."""
        email = self.seal.open(event.sealed)["email"] or ""
        if event.kind == "erasure":
            held = self._erase(event.sector, email, event.person)
            return PeopleAnswered(id=event.id, sector=event.sector, held=held)
        found = self.records.read(event.sector, email, event.person)
        person = self.people.by_id(event.sector, event.person) if event.person else None
        data: dict[str, Any] = {"account": person.model_dump(mode="json") if person else None, **found}
        counts = _counts({name: len(some) for name, some in found.items()})
        held = tuple(Held(kind=kind, found=count) for kind, count in counts.items())
        account = (Held(kind="account", found=1),) if person else ()
        sealed = self.seal.close({"data": orjson.dumps(data, default=str).decode()})
        return PeopleAnswered(id=event.id, sector=event.sector, held=(*account, *held), sealed=sealed)

    def purge(self) -> dict[str, int]:
        """Erase members who have not been here for so long."""
        before = self.clock() - timedelta(days=self.kept["members"])
        unseen = self.records.unseen_members(before, _AT_ONCE)
        for person in unseen:
            self._erase(person.sector, person.email, person.id)
        return {"members": len(unseen)}

    def _erase(self, sector: str, email: str, person_id: str | None) -> tuple[Held, ...]:
        account: tuple[Held, ...] = ()
        if person_id and self._bare(sector, person_id):
            account = (Held(kind="account", found=1, removed=1),)
            if made := self.records.keys_made_by(person_id):
                account += (Held(kind="keys", found=made, why="authorship"),)
        counts = _counts(self.records.erase(sector, email, person_id))
        others = tuple(Held(kind=kind, found=count, removed=count) for kind, count in counts.items())
        self.wake()
        return (*account, *others)

    def _bare(self, sector: str, person_id: str) -> bool:
        """Leave the id of an account; False if there is no such account, or it was bare."""
        for _ in range(_TRIES):
            person = self.people.by_id(sector, person_id)
            if person is None or person.email == pseudonym(person_id):
                return False
            if self.people.replace(_erased(person), person.revision):
                return True
        raise RuntimeError("the account is written all the time")


def _erased(person: Person) -> Person:
    return person.model_copy(
        update={
            "email": pseudonym(person.id),
            "name": None,
            "roles": frozenset(),
            "company": None,
            "last_seen": None,
            "revision": person.revision + 1,
        }
    )


def _counts(by_collection: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, count in by_collection.items():
        found[_KINDS[name]] = found.get(_KINDS[name], 0) + count
    return {kind: count for kind, count in found.items() if count}
