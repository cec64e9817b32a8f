"""Rules of commands that may come again under the same key."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

KEPT = timedelta(hours=24)
LEASE = timedelta(
    seconds=30
)  # after which one that was not finished is taken for crashed; no command takes so long


@dataclass(frozen=True)
class Attempt:
    """A command under way or done. `name` is that of its caller and key, `command` the digest of all it says,
    `item_id` the id that a new item of it has, `answer` the JSON of its result."""

    name: str
    command: str
    item_id: str
    at: datetime
    answer: str | None = None


def digest(*parts: str) -> str:
    """One text for several, from which they cannot be told."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_too_old(known: Attempt, now: datetime) -> bool:
    """Whether its key is free again."""
    return known.at < now - KEPT


def is_under_way(known: Attempt, now: datetime) -> bool:
    """Whether somebody is still at it."""
    return known.answer is None and known.at > now - LEASE
