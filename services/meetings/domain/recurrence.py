"""On which days a rule falls: a part of RFC 5545's recurrence rules that ends by itself, whatever is written.

Daily and weekly rules, which almost all are, are counted here; monthly ones are left to dateutil."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays
from dateutil.rrule import MONTHLY, rrule, weekday

from nexus.errors import InvalidInput
from services.meetings.contracts.availability import Rule
from services.meetings.domain.times import days_between, week_of

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TOO_FAST = {"SECONDLY", "MINUTELY", "HOURLY"}
_PART = re.compile(r"([A-Z]+)=([A-Z0-9,+-]+)")
_BYDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_MOST_MONTHS = 12  # of an interval: dateutil looks for days that never come no further than a moment


@dataclass(frozen=True)
class Recurrence:
    """A rule that was read. `days` are pairs of an ordinal (0: each) and a day of the week, Monday 0."""

    frequency: str
    interval: int
    days: tuple[tuple[int, int], ...]
    days_of_month: tuple[int, ...]


@lru_cache(maxsize=2_000)
def read(text: str) -> Recurrence:
    """The rule in `text`. Raises InvalidInput(`rule_unreadable`, `rule_too_fast`, `rule_unsupported`)."""
    parts = [_PART.fullmatch(part) for part in text.upper().removeprefix("RRULE:").rstrip(";").split(";")]
    named = {part[1]: part[2] for part in parts if part}
    if None in parts or len(named) != len(parts) or "FREQ" not in named:
        raise InvalidInput("rule_unreadable", rule=text)
    frequency = named.pop("FREQ")
    if frequency in _TOO_FAST:
        raise InvalidInput("rule_too_fast", rule=text)
    named.pop("WKST", None)
    found = Recurrence(
        frequency,
        _number(named.pop("INTERVAL", "1"), text),
        tuple(_day(one, text) for one in named.pop("BYDAY", "").split(",") if one),
        tuple(_day_of_month(one, text) for one in named.pop("BYMONTHDAY", "").split(",") if one),
    )
    if named or not _is_supported(found):
        raise InvalidInput("rule_unsupported", rule=text)
    return found


def _is_supported(found: Recurrence) -> bool:
    match found.frequency:
        case "DAILY":
            return not found.days and not found.days_of_month
        case "WEEKLY":
            return not found.days_of_month and all(ordinal == 0 for ordinal, _ in found.days)
        case "MONTHLY":
            return bool(found.days) != bool(found.days_of_month) and found.interval <= _MOST_MONTHS
    return False


def _number(text: str, rule: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 366:
        raise InvalidInput("rule_unsupported", rule=rule)
    return int(text)


def _day(text: str, rule: str) -> tuple[int, int]:
    found = _BYDAY.fullmatch(text)
    if found is None:
        raise InvalidInput("rule_unreadable", rule=rule)
    return int(found[1] or 0), _DAYS.index(found[2])


def _day_of_month(text: str, rule: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,2}", text) or not 1 <= abs(int(text)) <= 31:
        raise InvalidInput("rule_unreadable", rule=rule)
    return int(text)


def days_of(rule: Rule, first: date, last: date) -> list[date]:
    """The days from `first` to `last` on which a rule falls, its exceptions heeded."""
    end = min(last, rule.until) if rule.until else last
    found = set(_recurring(read(rule.rrule), rule.since, max(first, rule.since), end))
    found -= set(rule.except_on)
    found |= {day for day in rule.also_on if first <= day <= last}
    return sorted(found)


def _recurring(rule: Recurrence, since: date, first: date, last: date) -> Iterable[date]:
    if first > last:
        return ()
    match rule.frequency:
        case "DAILY":
            late = (first - since).days % rule.interval
            start = first.toordinal() + (rule.interval - late if late else 0)
            return map(date.fromordinal, range(start, last.toordinal() + 1, rule.interval))
        case "WEEKLY":
            days = {day for _, day in rule.days} or {since.weekday()}
            anchor = week_of(since).toordinal()
            return (
                day
                for day in days_between(first, last)
                if day.weekday() in days and (day.toordinal() - anchor) // 7 % rule.interval == 0
            )
        case _:
            return (day for day in _monthly(rule, since, first.replace(day=1), last) if day >= first)


@lru_cache(maxsize=2_000)
def _monthly(rule: Recurrence, since: date, first: date, last: date) -> tuple[date, ...]:
    found = rrule(
        MONTHLY,
        dtstart=datetime(since.year, since.month, since.day),
        interval=rule.interval,
        until=datetime(last.year, last.month, last.day),
        byweekday=[weekday(day, ordinal or None) for ordinal, day in rule.days] or None,
        bymonthday=rule.days_of_month or None,
    )
    before = datetime(first.year, first.month, first.day) - timedelta(days=1)
    return tuple(one.date() for one in found.xafter(before))


@lru_cache(maxsize=200)
def holidays_of(year: int) -> frozenset[date]:
    """Québec's public holidays, with the days on which they are made up for."""
    return frozenset(holidays.country_holidays("CA", subdiv="QC", years=year))
