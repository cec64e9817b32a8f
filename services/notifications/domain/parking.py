"""What was given up on, summed up for a mail."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from nexus.messages import Message
from services.notifications.contracts import NoticeKind
from services.notifications.contracts.staff import ParkedSum

PAUSE = timedelta(hours=1)  # between two mails to the same administrators
MOST_SUMS = 20  # in a mail
MAIL = "notifications.mail"  # in place of a handler, where what is given up is a mail
NOT_TOLD: frozenset[NoticeKind] = frozenset(
    {
        "events_parked",  # it would tell of itself
        "code",  # who asked for it waits in front of a page, and often typed an address that is none: no
        "subscription",  # cause of ours, and anybody could have administrators mailed with it
    }
)


class Parked(Message):
    """An event or a mail that was given up. `id` is its key."""

    id: str
    handler: str
    code: str
    at: datetime


def summed(parked: Iterable[Parked]) -> tuple[ParkedSum, ...]:
    """By handler and code, the most first; `since` is when the first of them was given up."""
    alike: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for one in parked:
        alike[one.handler, one.code].append(one.at)
    sums = [
        ParkedSum(handler=handler, code=code, count=len(times), since=min(times))
        for (handler, code), times in alike.items()
    ]
    return tuple(sorted(sums, key=lambda one: (-one.count, one.handler, one.code)))


def spread(first_pause: float) -> timedelta:
    """Within which time events are given up that failed for the first time at once: their pauses of so many seconds,
    doubled seven times, differ by a quarter either way, and few by so much."""
    return timedelta(seconds=first_pause * 60)
