"""One appointment, one entry in every calendar, for all of its life: iCalendar (RFC 5545).

What a feed offers and what a mail brings is made here, so that calendars know both for the same entry: they compare
its UID, and the higher SEQUENCE is what holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

_MINUTE = timedelta(minutes=1)
_ASKED_AGAIN = timedelta(minutes=30)  # how often calendars are asked to look
_END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True)
class Entry:
    """An appointment in the words of whoever's calendar it is for. `sequence`: how often it was changed;
    `stamp`: when it last was; `zone`: whose clock on the wall it follows."""

    id: str
    sector: str
    sequence: int
    stamp: datetime
    start: datetime
    end: datetime
    zone: str
    cancelled: bool
    title: str
    about: str
    link: str | None
    where: str | None


def event_of(entry: Entry) -> Event:
    """Its VEVENT."""
    zone, event = ZoneInfo(entry.zone), Event()
    event.add("uid", f"{entry.id}@{entry.sector}.emploi-nexus")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp)
    event.add("dtstart", entry.start.astimezone(zone))
    event.add("dtend", entry.end.astimezone(zone))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("summary", entry.title)
    event.add("description", "\n".join(part for part in (entry.about, entry.link) if part))
    if entry.link:
        event.add("url", entry.link)
    if entry.where:
        event.add("location", entry.where)
    return event


def calendar_of(events: Sequence[Event], method: str, name: str = "") -> bytes:
    """A VCALENDAR of `events`, with the VTIMEZONE of each zone that they name. `method` is that of RFC 5546; one with
    a `name` is fetched again every now and then."""
    calendar = Calendar()
    calendar.add("prodid", "-//Emploi NEXUS//meetings//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("name", name)  # RFC 7986
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", _ASKED_AGAIN, parameters={"value": "DURATION"})
    head = calendar.to_ical().removesuffix(_END)
    starts: list[Any] = [event.start for event in events]
    for zone in sorted({start.tzinfo.key for start in starts}):
        years = [start.year for start in starts if start.tzinfo.key == zone]
        head += _written_timezone(zone, min(years) - 1, max(years) + 1)
    return b"".join((head, *(event.to_ical() for event in events), _END))


@cache
def _written_timezone(name: str, first: int, last: int) -> bytes:
    """In bytes: most of the lines of a mail's calendar are of its zone, and the same in all mails."""
    written: bytes = _timezone(name, first, last).to_ical()
    return written


def _timezone(name: str, first: int, last: int) -> Timezone:
    """What the clocks of a zone do from one year to another. The library's own puts the change to daylight time an
    hour late: an onset is told by the clock before it (RFC 5545, 3.6.5)."""
    zone, block = ZoneInfo(name), Timezone()
    block.add("tzid", name)
    moment, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    block.add_component(_observance(zone, moment, moment))
    while moment < end:
        following = moment + timedelta(days=1)
        if _offset(zone, following) != _offset(zone, moment):
            block.add_component(_observance(zone, *_change(zone, moment, following)))
        moment = following
    return block


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> tuple[datetime, datetime]:
    """The minute before the clocks change, and the one from which on they have, between two moments."""
    while after - before > _MINUTE:
        middle = before + (after - before) // 2 // _MINUTE * _MINUTE
        if _offset(zone, middle) == _offset(zone, before):
            before = middle
        else:
            after = middle
    return before, after


def _observance(zone: ZoneInfo, before: datetime, onset: datetime) -> TimezoneStandard | TimezoneDaylight:
    local = onset.astimezone(zone)
    made = TimezoneDaylight() if local.dst() else TimezoneStandard()
    made.add("dtstart", (onset + _offset(zone, before)).replace(tzinfo=None))
    made.add("tzoffsetfrom", _offset(zone, before))
    made.add("tzoffsetto", _offset(zone, onset))
    made.add("tzname", local.tzname())
    return made


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
