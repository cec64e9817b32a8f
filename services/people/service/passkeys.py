"""Use cases of passkeys: make, list, remove, sign in."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller
from nexus.errors import Conflict, Forbidden
from nexus.telemetry import log
from services.people.contracts.passkeys import (
    AddPasskey,
    Ceremony,
    ConfirmPasskey,
    OfferPasskey,
    Passkey,
    RequestPasskey,
)
from services.people.contracts.people import STAFF, Person
from services.people.contracts.signin import SignedIn
from services.people.domain.passkeys import CEREMONY_LIFE, PASSKEYS, Made, Shown, Unverified, relying_party
from services.people.domain.people import own_sector
from services.people.domain.secrets import derived, new_token, token_digest
from services.people.domain.signin import is_staff
from services.people.service.sessions import SessionDesk
from services.people.store import passkeys as stored
from services.people.store.passkeys import PasskeyStore, StoredPasskey
from services.people.store.people import PeopleStore


class Authenticators(Protocol):
    """Speaks WebAuthn; see services.people.authenticators."""

    def ask_new(self, host: str, person: Person, challenge: bytes, had: Sequence[str]) -> str: ...

    def read_new(self, credential: str, challenge: bytes, host: str, origin: str) -> Made: ...

    def ask_known(self, host: str, challenge: bytes) -> str: ...

    def shown(self, credential: str) -> Shown: ...

    def read_known(
        self, credential: str, challenge: bytes, host: str, origin: str, key: bytes, count: int
    ) -> int: ...


@dataclass(frozen=True)
class PasskeyDesk:
    """Makes passkeys of staff, and signs in with them."""

    people: PeopleStore
    passkeys: PasskeyStore
    sessions: SessionDesk
    authenticators: Authenticators
    clock: Callable[[], datetime]

    def offer(self, command: OfferPasskey, caller: Caller) -> Ceremony:
        """Raises InvalidInput(`passkeys_impossible`), Conflict(`passkeys_enough`)."""
        caller.require(*STAFF)
        person = self._own(caller)
        had = self.passkeys.of(person.id)
        if len(had) >= PASSKEYS:
            raise Conflict("passkeys_enough", most=PASSKEYS)
        host = relying_party(command.base_url)
        challenge, ceremony = self._begun(command.base_url, person.sector, person.id)
        known = [one.credential for one in had]
        options = self.authenticators.ask_new(host, person, _signed(challenge), known)
        return _told(challenge, ceremony, options)

    def add(self, command: AddPasskey, caller: Caller) -> Passkey:
        """Raises Forbidden(`passkey_expired`, `passkey_refused`)."""
        caller.require(*STAFF)
        person = self._own(caller)
        ceremony = self._taken(command.challenge, person.sector, person.id)
        host = relying_party(ceremony.base_url)
        made = self._made(command, host, ceremony.base_url)
        passkey = StoredPasskey(
            id=uuid4().hex,
            sector=person.sector,
            person=person.id,
            name=command.name,
            credential=made.credential,
            relying_party=host,
            public_key=made.public_key,
            sign_count=made.sign_count,
            created_at=self.clock(),
        )
        if not self.passkeys.add(passkey):
            raise _refused("the credential is known already")
        note("passkey", passkey.id, passkey.name, after=_noted(passkey))
        return _passkey(passkey)

    def of_caller(self, caller: Caller) -> tuple[Passkey, ...]:
        """The caller's own."""
        return tuple(_passkey(one) for one in self.passkeys.of(self._own(caller).id))

    def remove(self, person: str, passkey_id: str | None = None) -> None:
        """Remove one of somebody's, or all of them."""
        for passkey in self.passkeys.remove(person, passkey_id):
            note("passkey", passkey.id, passkey.name, before=_noted(passkey))

    def request(self, command: RequestPasskey, caller: Caller) -> Ceremony:
        """Raises InvalidInput(`passkeys_impossible`)."""
        host = relying_party(command.base_url)
        challenge, ceremony = self._begun(command.base_url, own_sector(caller), None)
        options = self.authenticators.ask_known(host, _signed(challenge))
        return _told(challenge, ceremony, options)

    def confirm(self, command: ConfirmPasskey, caller: Caller) -> SignedIn:
        """Raises Forbidden(`passkey_expired`, `passkey_refused`)."""
        sector = own_sector(caller)
        ceremony = self._taken(command.challenge, sector, None)
        try:
            passkey, person = self._owner(self.authenticators.shown(command.credential), sector)
            count = self.authenticators.read_known(
                command.credential,
                _signed(command.challenge),
                passkey.relying_party,
                ceremony.base_url,
                passkey.public_key,
                passkey.sign_count,
            )
        except Unverified as error:
            raise _refused(error) from None
        if not self.passkeys.used(passkey, count, self.clock()):
            raise _refused("its counter moved meanwhile")
        token, end = self.sessions.begin(person, command.device, caller)
        return SignedIn(token=token, person=person, expires_at=end, next=command.next)

    def _made(self, command: AddPasskey, host: str, origin: str) -> Made:
        try:
            return self.authenticators.read_new(command.credential, _signed(command.challenge), host, origin)
        except Unverified as error:
            raise _refused(error) from None

    def _owner(self, shown: Shown, sector: str) -> tuple[StoredPasskey, Person]:
        passkey = self.passkeys.by_credential(sector, shown.credential)
        person = self.people.by_id(sector, passkey.person) if passkey else None
        if passkey is None or person is None or shown.person != person.id:
            raise _refused("nobody's here")
        if not is_staff(person.roles):
            raise _refused("its owner is not on the staff any more")
        return passkey, person

    def _begun(self, base_url: str, sector: str, person: str | None) -> tuple[str, stored.Ceremony]:
        challenge = new_token()
        ceremony = stored.Ceremony(
            id=token_digest(challenge),
            sector=sector,
            base_url=base_url,
            expires_at=self.clock() + CEREMONY_LIFE,
            person=person,
        )
        self.passkeys.begin(ceremony)
        return challenge, ceremony

    def _taken(self, challenge: str, sector: str, person: str | None) -> stored.Ceremony:
        ceremony = self.passkeys.take(token_digest(challenge), sector, person, self.clock())
        if ceremony is None:
            raise Forbidden("passkey_expired")
        return ceremony

    def _own(self, caller: Caller) -> Person:
        person = self.people.by_id(own_sector(caller), caller.person)
        if person is None:
            raise Forbidden("sign_in_required")
        return person


def _signed(challenge: str) -> bytes:
    """What the authenticator signs. It crosses scripts of the page, which the challenge itself does not."""
    return derived(challenge, "passkey")


def _told(challenge: str, ceremony: stored.Ceremony, options: str) -> Ceremony:
    return Ceremony(challenge=challenge, options=json.loads(options), expires_at=ceremony.expires_at)


def _refused(reason: object) -> Forbidden:
    """Whoever shows a passkey is not told why it is not good; who runs the site is."""
    log.warning("passkey_refused", reason=str(reason))
    return Forbidden("passkey_refused")


def _noted(passkey: StoredPasskey) -> dict[str, str]:
    return {"person": passkey.person, "name": passkey.name}


def _passkey(passkey: StoredPasskey) -> Passkey:
    return Passkey(
        id=passkey.id, name=passkey.name, created_at=passkey.created_at, last_used=passkey.last_used
    )
