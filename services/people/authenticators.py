"""What browsers and authenticators say, by WebAuthn (https://www.w3.org/TR/webauthn-3/), read by `webauthn`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

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
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.people.contracts.people import Person
from services.people.domain.passkeys import CEREMONY_LIFE, Made, Shown, Unverified

_VERIFIED = UserVerificationRequirement.REQUIRED
_MILLISECONDS = int(CEREMONY_LIFE.total_seconds() * 1000)


class WebAuthn:
    """Asks authenticators, and reads their answers."""

    def ask_new(self, host: str, person: Person, challenge: bytes, had: Sequence[str]) -> str:
        """Options of `navigator.credentials.create`, as JSON; `had`: credentials that `person` has already."""
        return options_to_json(
            generate_registration_options(
                rp_id=host,
                rp_name="Emploi NEXUS",
                user_name=person.email,
                user_display_name=person.name or person.email,
                user_id=person.id.encode(),
                challenge=challenge,
                timeout=_MILLISECONDS,
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
                ),
                exclude_credentials=[
                    PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in had
                ],
            )
        )

    def read_new(self, credential: str, challenge: bytes, host: str, origin: str) -> Made:
        """Raises Unverified."""
        with _doubting():
            verified = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=host,
                expected_origin=origin,
                require_user_verification=True,
            )
            return Made(
                bytes_to_base64url(verified.credential_id),
                verified.credential_public_key,
                verified.sign_count,
            )

    def ask_known(self, host: str, challenge: bytes) -> str:
        """Options of `navigator.credentials.get`, as JSON."""
        return options_to_json(
            generate_authentication_options(
                rp_id=host, challenge=challenge, timeout=_MILLISECONDS, user_verification=_VERIFIED
            )
        )

    def shown(self, credential: str) -> Shown:
        """Which credential somebody shows, and whose they say it is. Raises Unverified."""
        with _doubting():
            read = parse_authentication_credential_json(credential)
            return Shown(read.id, (read.response.user_handle or b"").decode())

    def read_known(
        self, credential: str, challenge: bytes, host: str, origin: str, key: bytes, count: int
    ) -> int:
        """The new count of signatures. Raises Unverified."""
        with _doubting():
            return verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=host,
                expected_origin=origin,
                credential_public_key=key,
                credential_current_sign_count=count,
                require_user_verification=True,
            ).new_sign_count


@contextmanager
def _doubting() -> Iterator[None]:
    """Whatever the bytes of a stranger do to those who read them is a refusal."""
    try:
        yield
    except Exception as error:
        raise Unverified(str(error)) from None
