"""How long ago the facts of a program were verified, for readers: from a certain day on, they are told."""

from dataclasses import dataclass
from datetime import date, datetime

from gateway.times import ZONE


@dataclass(frozen=True)
class Stale:
    """Facts that nobody verified for too long. `months`: since `verified_on`, whole ones; None: never."""

    verified_on: date | None
    months: int


def stale(stale_on: date | None, verified_on: date | None, today: date | None = None) -> Stale | None:
    """What to tell on the day `today` (None: on this one) of what is stale from `stale_on` on; None: nothing."""
    today = today or datetime.now(ZONE).date()
    if stale_on is None or stale_on > today:
        return None
    return Stale(verified_on, _months(verified_on, today) if verified_on else 0)


def _months(since: date, today: date) -> int:
    return (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)
