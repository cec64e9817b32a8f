"""Use cases of sessions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller
from nexus.errors import Forbidden
from services.people.contracts.people import Person
from services.people.contracts.signin import Session
from services.people.domain.privacy import masked
from services.people.domain.secrets import new_token, token_digest
from services.people.domain.signin import SEEN_EVERY, session_end
from services.people.store.people import PeopleStore
from services.people.store.sessions import Kept, SessionStore


class SessionDesk:
    """Begins, finds and ends sessions."""

    def __init__(self, people: PeopleStore, sessions: SessionStore, clock: Callable[[], datetime]) -> None:
        self._people = people
        self._sessions = sessions
        self._clock = clock

    def begin(self, person: Person, device: str, caller: Caller) -> tuple[str, datetime]:
        """The secret of a new session, always another one, and when it ends."""
        token, now = new_token(), self._clock()
        end = session_end(person.roles, now)
        kept = Kept(
            id=uuid4().hex,
            digest=token_digest(token),
            sector=person.sector,
            person=person.id,
            device=device,
            origin=caller.origin,
            created_at=now,
            last_seen=now,
            expires_at=end,
        )
        self._sessions.add(kept)
        self._people.seen(person.id, now)
        note("session", kept.id, masked(person.email), after={"person": person.id, "device": device})
        return token, end

    def find(self, token: str, caller: Caller) -> Session:
        """Whose session this is. Raises Forbidden(`session_ended`)."""
        now = self._clock()
        kept = self._sessions.by_digest(caller.sector or "", token_digest(token), now)
        person = self._people.by_id(caller.sector, kept.person) if kept else None
        if kept is None or person is None or not person.roles:
            raise Forbidden("session_ended")
        if now - kept.last_seen > SEEN_EVERY:
            self._sessions.seen(kept.id, now)
            self._people.seen(person.id, now)
        return _session(kept, person)

    def of_caller(self, caller: Caller) -> tuple[Session, ...]:
        """The caller's own."""
        person = self._people.by_id(caller.sector, caller.person)
        if person is None:
            raise Forbidden("sign_in_required")
        return tuple(_session(kept, person) for kept in self._sessions.of(person.id, self._clock()))

    def end(self, person: str, session_id: str | None = None, but: str | None = None) -> None:
        """End one of somebody's, all of them, or all `but` one."""
        for kept in self._sessions.end(person, session_id, but):
            note("session", kept.id, kept.device, before={"person": person, "device": kept.device})


def note_person(before: Person | None, after: Person) -> None:
    """Tell the audit trail what became of an account. It keeps no address and no name: nothing can be taken out of
    it when somebody wants to be erased."""
    told = (_noted(one) for one in (before, after))
    note("person", after.id, masked(after.email), *told, sector=after.sector)


def _noted(person: Person | None) -> dict[str, Any] | None:
    """Without what changes of itself."""
    if person is None:
        return None
    told = person.model_dump(mode="json", include={"id", "sector", "language", "roles", "created_at"})
    return told | {"named": person.name is not None, "company": person.company.id if person.company else None}


def _session(kept: Kept, person: Person) -> Session:
    return Session(
        id=kept.id,
        person=person,
        device=kept.device,
        origin=kept.origin,
        created_at=kept.created_at,
        last_seen=kept.last_seen,
        expires_at=kept.expires_at,
    )
