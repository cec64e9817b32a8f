"""Rules of keys.

A secret begins with `nexus_` and the sector, so that whoever scans code and logs for leaked secrets knows one
when it sees it. It has 256 random bits, for which a plain SHA-256 is enough (see `secrets`)."""

from datetime import datetime

from services.people.contracts.keys import Key
from services.people.domain.secrets import new_token

SHOWN_END = 4  # characters of a secret that lists show


def new_secret(sector: str) -> str:
    """The secret of a new key of a sector."""
    return f"nexus_{sector}_{new_token()}"


def is_good(key: Key, now: datetime) -> bool:
    """Whether a key has neither been revoked nor expired."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now)
