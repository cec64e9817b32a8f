"""Rules of passkeys: where they can be, how many, how long a browser has."""

from datetime import timedelta
from typing import NamedTuple

from nexus.errors import InvalidInput
from services.people.contracts.passkeys import passkey_host

CEREMONY_LIFE = timedelta(minutes=5)
PASSKEYS = 10  # of one person


def relying_party(base_url: str) -> str:
    """The host that passkeys of a site belong to (WebAuthn's RP ID). Raises InvalidInput(`passkeys_impossible`)."""
    host = passkey_host(base_url)
    if host is None:
        raise InvalidInput("passkeys_impossible", base_url=base_url)
    return host


class Unverified(Exception):
    """What an authenticator is said to have signed is not what it should be; the text says why."""


class Made(NamedTuple):
    """A new credential: its id (base64url), its public key (COSE), how often it has signed."""

    credential: str
    public_key: bytes
    sign_count: int


class Shown(NamedTuple):
    """A credential (base64url) and the id of the person whose it is said to be."""

    credential: str
    person: str
