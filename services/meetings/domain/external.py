"""What occupies an advisor elsewhere: the busy times of a calendar of another house (RFC 5545).

What cannot be understood is refused whole: to go on with the busy times of before is better than to offer a time that
is taken. It runs in a process of its own alone (`services/meetings/external`): nothing else needs icalendar."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar
from icalendar.error import BrokenCalendarProperty

from nexus.errors import InvalidInput
from services.meetings.domain.times import Span, moment, tick, tick_after

MOST_EVENTS = 20_000
_MOST_TIMES = 50_000  # of all events within the time that is looked at
_OURS = ".emploi-nexus"  # how the names of our own events end: their times are known here already
_WITHIN_A_DAY = {"SECONDLY", "MINUTELY", "HOURLY"}
_TIMES_OF_DAY = {"BYHOUR", "BYMINUTE", "BYSECOND"}
_FREE = {"FREE", "WORKINGELSEWHERE"}  # [MS-OXCICAL] 2.1.3.1.1.20.31
_A_DAY = timedelta(days=1)

_Event = Mapping[str, Any]  # by the names of RFC 5545, as icalendar has them


def busy_spans(text: bytes, zone: ZoneInfo, within: Span) -> list[Span]:
    """The times in `within` that the calendar in `text` occupies, in order, those that touch joined. What names no
    zone, or one that nobody knows, is by the clock on the wall of `zone`.

    Raises InvalidInput(`calendar_unreadable`, `calendar_too_large`, `calendar_rule_refused`: an event is repeated
    within a day)."""
    if text.count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise InvalidInput("calendar_too_large", events=MOST_EVENTS)
    try:
        return joined(_bounded(_busy(_events(text), zone, within)))
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, BrokenCalendarProperty):
        raise InvalidInput("calendar_unreadable") from None


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same times in order, with no two that touch."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def _bounded(spans: Iterator[Span]) -> Iterator[Span]:
    for n, span in enumerate(spans):
        if n >= _MOST_TIMES:
            raise InvalidInput("calendar_too_large", times=_MOST_TIMES)
        yield span


def _events(text: bytes) -> list[_Event]:
    calendars = Calendar.from_ical(text, multiple=True)
    if not calendars or any(one.name != "VCALENDAR" for one in calendars):
        raise ValueError("no calendar")
    found = [event for one in calendars for event in one.walk("VEVENT")]
    return [event for event in found if not str(event.get("UID", "")).endswith(_OURS)]


def _busy(events: list[_Event], zone: ZoneInfo, within: Span) -> Iterator[Span]:
    replaced: dict[str, set[datetime]] = {}
    for event in events:
        if "RECURRENCE-ID" in event:
            at = _moment(event["RECURRENCE-ID"].dt, zone)
            replaced.setdefault(str(event.get("UID")), set()).add(at.astimezone(UTC))
    for event in filter(_occupies, events):
        besides = set() if "RECURRENCE-ID" in event else replaced.get(str(event.get("UID")), set())
        for begin, end in _times(event, zone, within):
            if begin.astimezone(UTC) not in besides and end > begin:
                span = tick(begin), tick_after(end)
                if span[0] < within[1] and span[1] > within[0]:
                    yield span


def _occupies(event: _Event) -> bool:
    return (
        str(event.get("STATUS", "")).upper() != "CANCELLED"
        and str(event.get("TRANSP", "")).upper() != "TRANSPARENT"
        and str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() not in _FREE
    )


def _times(event: _Event, zone: ZoneInfo, within: Span) -> Iterator[tuple[datetime, datetime]]:
    """When an event takes place, exceptions left out."""
    first = event["DTSTART"].dt
    start, days = _moment(first, zone), not isinstance(first, datetime)
    length = _length(event, start, zone, days=days)
    out = {_moment(one, zone).astimezone(UTC) for one in _listed(event, "EXDATE")}
    rules = _several(event, "RRULE")
    starts = [start] if not rules else (at for rule in rules for at in _repeated(rule, start, length, within))
    for at in starts:
        if at.astimezone(UTC) not in out:
            yield at, _after(at, length, days=days)
    for one in _listed(event, "RDATE"):
        begin, end = one if isinstance(one, tuple) else (one, length)
        begin = _moment(begin, zone)
        yield begin, _after(begin, end, days=days) if isinstance(end, timedelta) else _moment(end, zone)


def _repeated(rule: Any, start: datetime, length: timedelta, within: Span) -> Iterator[datetime]:
    """By the clock on the wall of the event's own zone, as RFC 5545 (3.3.10) has it."""
    if rule.get("FREQ", [""])[0] in _WITHIN_A_DAY or not _TIMES_OF_DAY.isdisjoint(rule):
        raise InvalidInput("calendar_rule_refused")
    rule = type(rule)(rule)
    if until := rule.pop("UNTIL", None):
        rule["UNTIL"] = [_last(one, start) for one in until]
    found = rrulestr(rule.to_ical().decode(), dtstart=start.replace(tzinfo=None))
    since, last = (moment(one).astimezone(start.tzinfo).replace(tzinfo=None) for one in within)
    for at in found.xafter(since - length - _A_DAY, inc=True):
        if at > last:
            return
        yield at.replace(tzinfo=start.tzinfo)


def _last(until: date, start: datetime) -> datetime:
    if not isinstance(until, datetime):
        return datetime(until.year, until.month, until.day, 23, 59, 59)
    return until.astimezone(start.tzinfo).replace(tzinfo=None) if until.tzinfo else until


def _length(event: _Event, start: datetime, zone: ZoneInfo, *, days: bool) -> timedelta:
    """Days on the wall for an event of whole days, time that passes for another one."""
    if "DURATION" in event:
        return timedelta(seconds=event["DURATION"].dt.total_seconds())
    if "DTEND" not in event:
        return _A_DAY if days else timedelta()
    end = _moment(event["DTEND"].dt, zone)
    if days:
        return end.replace(tzinfo=None) - start.replace(tzinfo=None)
    return timedelta(seconds=end.timestamp() - start.timestamp())


def _after(begin: datetime, length: timedelta, *, days: bool) -> datetime:
    return begin + length if days else begin.astimezone(UTC) + length


def _moment(value: date, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=zone)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _listed(event: _Event, name: str) -> list[Any]:
    return [one.dt for several in _several(event, name) for one in several.dts]


def _several(event: _Event, name: str) -> list[Any]:
    found = event.get(name, [])
    return found if isinstance(found, list) else [found]
