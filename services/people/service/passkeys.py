"""Use cases of passkeys: make, list, remove, sign in."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

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
from services.people.domain.passkeys import CEREMONY_LIFE, PASSKEYS, relying_party
from services.people.domain.people import own_sector
from services.people.domain.secrets import derived, new_token, token_digest
from services.people.domain.signin import is_staff
from services.people.service.sessions import SessionDesk
from services.people.store import passkeys as stored
from services.people.store.passkeys import PasskeyStore, StoredPasskey
from services.people.store.people import PeopleStore

_VERIFIED = UserVerificationRequirement.REQUIRED
_MILLISECONDS = int(CEREMONY_LIFE.total_seconds() * 1000)


@dataclass(frozen=True)
class PasskeyDesk:
    """Makes passkeys of staff, and signs in with them."""

    people: PeopleStore
    passkeys: PasskeyStore
    sessions: SessionDesk
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
        options = generate_registration_options(
            rp_id=host,
            rp_name="Emploi NEXUS",
            user_name=person.email,
            user_display_name=person.name or person.email,
            user_id=person.id.encode(),
            challenge=_signed(challenge),
            timeout=_MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in had
            ],
        )
        return _told(challenge, ceremony, options)

    def add(self, command: AddPasskey, caller: Caller) -> Passkey:
        """Raises Forbidden(`passkey_expired`, `passkey_refused`)."""
        caller.require(*STAFF)
        person = self._own(caller)
        ceremony = self._taken(command.challenge, person.sector, person.id)
        host = relying_party(ceremony.base_url)
        with _doubting():
            verified = verify_registration_response(
                credential=command.credential,
                expected_challenge=_signed(command.challenge),
                expected_rp_id=host,
                expected_origin=ceremony.base_url,
                require_user_verification=True,
            )
        passkey = StoredPasskey(
            id=uuid4().hex,
            sector=person.sector,
            person=person.id,
            name=command.name,
            credential=bytes_to_base64url(verified.credential_id),
            relying_party=host,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
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
        options = generate_authentication_options(
            rp_id=host,
            challenge=_signed(challenge),
            timeout=_MILLISECONDS,
            user_verification=_VERIFIED,
        )
        return _told(challenge, ceremony, options)

    def confirm(self, command: ConfirmPasskey, caller: Caller) -> SignedIn:
        """Raises Forbidden(`passkey_expired`, `passkey_refused`)."""
        sector = own_sector(caller)
        ceremony = self._taken(command.challenge, sector, None)
        with _doubting():
            credential = parse_authentication_credential_json(command.credential)
        passkey, person = self._owner(credential, sector)
        with _doubting():
            verified = verify_authentication_response(
                credential=credential,
                expected_challenge=_signed(command.challenge),
                expected_rp_id=passkey.relying_party,
                expected_origin=ceremony.base_url,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        if not self.passkeys.used(passkey, verified.new_sign_count, self.clock()):
            raise _refused("its counter moved meanwhile")
        token, end = self.sessions.begin(person, command.device, caller)
        return SignedIn(token=token, person=person, expires_at=end, next=command.next)

    def _owner(self, credential: AuthenticationCredential, sector: str) -> tuple[StoredPasskey, Person]:
        passkey = self.passkeys.by_credential(sector, credential.id)
        person = self.people.by_id(sector, passkey.person) if passkey else None
        if passkey is None or person is None or credential.response.user_handle != person.id.encode():
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


def _told(challenge: str, ceremony: stored.Ceremony, options: Any) -> Ceremony:
    return Ceremony(
        challenge=challenge, options=json.loads(options_to_json(options)), expires_at=ceremony.expires_at
    )


@contextmanager
def _doubting() -> Iterator[None]:
    """Whatever the bytes of a stranger do to those who read them is a refusal."""
    try:
        yield
    except Exception as error:
        raise _refused(error) from None


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
