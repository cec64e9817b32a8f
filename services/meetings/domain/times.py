"""Moments as ticks: whole steps of five minutes since 1970, in UTC, where no clock is ever changed.

A span is a half-open pair of ticks. Hours on a wall become ticks through a zone, once, here."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nexus.errors import InvalidInput

MINUTES = 5
SECONDS = MINUTES * 60
DAY = 24 * 60 // MINUTES

Span = tuple[int, int]


def tick(moment: datetime) -> int:
    """The tick in which `moment` lies."""
    return int(moment.timestamp() // SECONDS)


def tick_after(moment: datetime) -> int:
    """The first tick that begins at `moment` or later."""
    return -int(-moment.timestamp() // SECONDS)


def moment(at: int) -> datetime:
    """When a tick begins."""
    return datetime.fromtimestamp(at * SECONDS, UTC)


def is_on_grid(at: datetime) -> bool:
    """Whether a tick begins at that moment."""
    return at.timestamp() % SECONDS == 0


@lru_cache(maxsize=600)
def zone_named(name: str) -> ZoneInfo:
    """Raises InvalidInput(`zone_unknown`)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput("zone_unknown", zone=name) from None


@lru_cache(maxsize=20_000)
def wall_tick(local: datetime, zone: ZoneInfo) -> int:
    """The tick of hours on a wall, which exist or not: what a change of the clock leaves out counts as before it,
    and of what comes twice it is the first, as RFC 5545 (3.3.5) has it."""
    return tick(local.replace(tzinfo=zone))


def exact(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment of hours on a wall. Raises InvalidInput(`time_does_not_exist`)."""
    found = local.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != local:
        raise InvalidInput("time_does_not_exist", time=local.isoformat(), zone=zone.key)
    return found


def day_of(at: int, zone: ZoneInfo) -> date:
    """The day on a wall at a tick."""
    return moment(at).astimezone(zone).date()


def day_span(day: date, zone: ZoneInfo, days: int = 1) -> Span:
    """From midnight to midnight, which are 23, 24 or 25 hours apart."""
    first = datetime(day.year, day.month, day.day)
    return wall_tick(first, zone), wall_tick(first + timedelta(days=days), zone)


def week_of(day: date) -> date:
    """Its Monday."""
    return day - timedelta(days=day.weekday())


def days_between(first: date, last: date) -> Iterator[date]:
    """Each day, both included."""
    return (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
