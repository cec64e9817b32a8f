"""Rules of passkeys: where they can be, how many, how long a browser has."""

import ipaddress
from datetime import timedelta
from urllib.parse import urlsplit

from nexus.errors import InvalidInput

CEREMONY_LIFE = timedelta(minutes=5)
PASSKEYS = 10  # of one person


def relying_party(base_url: str) -> str:
    """The host that passkeys of a site belong to (WebAuthn's RP ID).

    Raises InvalidInput(`passkeys_impossible`): browsers have passkeys for names alone, over https, and on this
    machine as `localhost` (https://www.w3.org/TR/webauthn-3/#rp-id)."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if _is_number(host) or not (parts.scheme == "https" or host == "localhost"):
        raise InvalidInput("passkeys_impossible", base_url=base_url)
    return host


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
