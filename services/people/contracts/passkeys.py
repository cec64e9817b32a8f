"""Passkeys of staff (WebAuthn, https://www.w3.org/TR/webauthn-3/): made on the page of an account, used to sign in.

A passkey belongs to one person and to one sector's site. What browsers and authenticators exchange travels as the
JSON that WebAuthn defines."""

import ipaddress
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.messages import Command, Message, Query
from services.people.contracts.people import Address, Name, Secret
from services.people.contracts.signin import Device, Path, SignedIn

Credential = Annotated[str, StringConstraints(max_length=20_000)]


def passkey_host(base_url: str) -> str | None:
    """The host that passkeys of a site belong to; None where a site can have none: browsers keep them for names, not
    numbers, over https, and on this machine as `localhost` (https://www.w3.org/TR/webauthn-3/#rp-id)."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    secure = parts.scheme == "https" or host == "localhost"
    return host if secure and not _is_number(host) else None


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Ceremony(Message):
    """What a browser needs to make or to use a passkey. `challenge` belongs to that browser, and is used up with
    the first answer; `options` are WebAuthn's, as JSON."""

    challenge: str
    options: dict[str, Any]
    expires_at: AwareDatetime


class Passkey(Message):
    """`id` names it; it is not the credential's."""

    id: str
    name: str
    created_at: AwareDatetime
    last_used: AwareDatetime | None = None


class Passkeys(Message):
    """Oldest first."""

    items: tuple[Passkey, ...]


class OfferPasskey(Command[Ceremony], service="people"):
    """Begin to make a passkey of the caller's. For staff. Refused with `passkeys_impossible` where the site's
    address is none that passkeys can belong to, and with `passkeys_enough`."""

    base_url: Address


class AddPasskey(Command[Passkey], service="people"):
    """Keep the passkey that the caller's browser made. For staff. Refused with `passkey_expired`,
    `passkey_refused`."""

    challenge: Secret
    name: Name
    credential: Credential = Field(description="WebAuthn's RegistrationResponseJSON")


class ListPasskeys(Query[Passkeys], service="people"):
    """The caller's own."""


class RemovePasskey(Command[None], service="people"):
    """Forget one of the caller's own. Removing one that is gone does nothing."""

    id: str


class RequestPasskey(Command[Ceremony], service="people"):
    """Begin to sign in with whichever passkey the browser has. Refused with `passkeys_impossible`."""

    base_url: Address


class ConfirmPasskey(Command[SignedIn], service="people"):
    """Sign in with a passkey of somebody on the staff. Refused with `passkey_expired`, `passkey_refused`."""

    challenge: Secret
    credential: Credential = Field(description="WebAuthn's AuthenticationResponseJSON")
    device: Device = ""
    next: Path | None = None
