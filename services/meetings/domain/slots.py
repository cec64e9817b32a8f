"""When a meeting can begin: rules minus holidays, absences, what is booked, and what is kept free around.

The beginnings that an advisor offers are one integer, of which bit n stands for the tick n after the first one
asked about. So a quarter of a year of fifty advisors is a few thousand operations on machine words, and the same
function says what is offered and whether one beginning is accepted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from nexus.errors import InvalidInput
from services.meetings.contracts.availability import AvailabilityContent, Rule
from services.meetings.contracts.types import TypeContent
from services.meetings.contracts.words import Place
from services.meetings.domain import recurrence
from services.meetings.domain.times import (
    MINUTES,
    Span,
    day_of,
    day_span,
    exact,
    tick,
    tick_after,
    wall_tick,
    week_of,
    zone_named,
)

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """A meeting that is looked for. `length`, `step`, `before` and `after` are ticks; it begins within `notice`."""

    type: str
    place: Place | None
    length: int
    step: int
    before: int
    after: int
    notice: Span

    @classmethod
    def of(
        cls,
        type_id: str,
        content: TypeContent,
        place: Place | None,
        now: datetime,
        notice_hours: int | None = None,
    ) -> "Wanted":
        """`place` None: any. `notice_hours`, if given, stand for those of the type."""
        hours = content.notice_hours if notice_hours is None else notice_hours
        return cls(
            type=type_id,
            place=place,
            length=content.minutes // MINUTES,
            step=content.step // MINUTES,
            before=content.before // MINUTES,
            after=content.after // MINUTES,
            notice=(
                tick_after(now + timedelta(hours=hours)),
                tick(now + timedelta(days=content.horizon_days)) + 1,
            ),
        )


@dataclass(frozen=True)
class Agenda:
    """An advisor's availability, and what occupies them: `busy` with what is kept free around it; `booked` are
    the beginnings of meetings, for the maximum of a day and of a week."""

    id: str
    content: AvailabilityContent
    busy: Sequence[Span] = ()
    booked: Sequence[int] = ()

    @property
    def zone(self) -> ZoneInfo:
        return zone_named(self.content.zone)


def check_availability(content: AvailabilityContent) -> None:
    """Raises InvalidInput with the code of what is wrong and, in `field`, where."""
    zone = zone_named(content.zone)
    for n, rule in enumerate(content.rules):
        try:
            recurrence.read(rule.rrule)
        except InvalidInput as error:
            raise InvalidInput(error.code, field=f"rules.{n}.rrule", **error.details) from None
        if not _is_near(rule.since):
            raise InvalidInput("date_out_of_range", field=f"rules.{n}.since")
        if rule.closes <= rule.opens or (rule.until and rule.until < rule.since):
            raise InvalidInput("ends_before_start", field=f"rules.{n}.closes")
    for n, absence in enumerate(content.absences):
        if not (_is_near(absence.starts) and _is_near(absence.ends)):
            raise InvalidInput("date_out_of_range", field=f"absences.{n}.starts")
        if absence.ends <= absence.starts:
            raise InvalidInput("ends_before_start", field=f"absences.{n}.ends")
        for name, at in (("starts", absence.starts), ("ends", absence.ends)):
            try:
                exact(at, zone)
            except InvalidInput as error:
                raise InvalidInput(error.code, field=f"absences.{n}.{name}", **error.details) from None


def _is_near(day: date) -> bool:
    """Whether a calendar may reach so far."""
    return 2000 <= day.year < 2100


def beginnings(agenda: Agenda, wanted: Wanted, span: Span) -> int:
    """The beginnings within `span` that an advisor offers, as bits from its first tick on."""
    first, last = max(span[0], wanted.notice[0]), min(span[1], wanted.notice[1])
    if first >= last or not agenda.content.accepting:
        return 0
    found = 0
    for opens, closes in windows(agenda, wanted, (first, last)):
        count = (closes - opens - wanted.length) // wanted.step + 1
        if count > 0:
            found |= _shifted(_comb(count, wanted.step), opens - span[0])
    taken = 0
    for begin, end in _occupied(agenda, wanted):
        taken |= _run(begin - span[0], end - span[0])
    return found & _run(first - span[0], last - span[0]) & ~taken


def accepts(agenda: Agenda, wanted: Wanted, start: int) -> bool:
    """Whether an advisor offers this very beginning."""
    return beginnings(agenda, wanted, (start, start + 1)) == 1


def windows(agenda: Agenda, wanted: Wanted, span: Span) -> Iterator[Span]:
    """The hours of an advisor for what is wanted that touch `span`, absences and bookings not heeded."""
    zone = agenda.zone
    first, last = day_of(span[0], zone) - _A_DAY, day_of(span[1], zone)
    free = frozenset().union(*map(recurrence.holidays_of, range(first.year, last.year + 1)))
    for rule in agenda.content.rules:
        if _is_for(rule, wanted):
            for day in recurrence.days_of(rule, first, last):
                if day not in free:
                    yield _hours(rule, day, zone)


def _hours(rule: Rule, day: date, zone: ZoneInfo) -> Span:
    opens = datetime(day.year, day.month, day.day, rule.opens.hour, rule.opens.minute)
    closes = datetime(day.year, day.month, day.day, rule.closes.hour, rule.closes.minute)
    return wall_tick(opens, zone), wall_tick(closes, zone)


def _is_for(rule: Rule, wanted: Wanted) -> bool:
    suits = not rule.types or wanted.type in rule.types
    return suits and (not rule.places or wanted.place is None or wanted.place in rule.places)


def _occupied(agenda: Agenda, wanted: Wanted) -> Iterator[Span]:
    """The beginnings that what occupies an advisor rules out, as spans of ticks."""
    for begin, end in (*agenda.busy, *absences(agenda)):
        yield begin - wanted.length - wanted.after + 1, end + wanted.before
    yield from _full(agenda)


def absences(agenda: Agenda) -> Iterator[Span]:
    """The ticks that an absence touches."""
    for absence in agenda.content.absences:
        ends = exact(absence.ends, agenda.zone)
        yield wall_tick(absence.starts, agenda.zone), tick_after(ends)


def _full(agenda: Agenda) -> Iterator[Span]:
    """Days and weeks that have as many meetings as the advisor takes."""
    daily, weekly, zone = agenda.content.daily_maximum, agenda.content.weekly_maximum, agenda.zone
    if daily is None and weekly is None:
        return
    by_day = Counter(day_of(at, zone) for at in agenda.booked)
    if daily is not None:
        yield from (day_span(day, zone) for day, count in by_day.items() if count >= daily)
    if weekly is not None:
        by_week: Counter[date] = Counter()
        for day, count in by_day.items():
            by_week[week_of(day)] += count
        yield from (day_span(monday, zone, 7) for monday, count in by_week.items() if count >= weekly)


def shared(offered: Iterable[int], needed: int = 1) -> int:
    """The beginnings that at least `needed` of several advisors offer."""
    counts = [0] * needed  # counts[n]: offered by more than n of those seen so far
    for one in offered:
        for n in range(needed - 1, 0, -1):
            counts[n] |= counts[n - 1] & one
        counts[0] |= one
    return counts[-1]


def ticks_in(bits: int, first: int) -> list[int]:
    """The ticks that the bits stand for, in order."""
    text = bin(bits)[:1:-1]
    found, at = [], text.find("1")
    while at >= 0:
        found.append(first + at)
        at = text.find("1", at + 1)
    return found


@lru_cache(maxsize=5_000)
def _comb(count: int, step: int) -> int:
    """`count` bits, each `step` from the next."""
    return sum(1 << n * step for n in range(count))


def _shifted(bits: int, by: int) -> int:
    return bits << by if by >= 0 else bits >> -by


def _run(begin: int, end: int) -> int:
    """The bits from `begin` on, up to and without `end`; those before the first are left out."""
    begin = max(begin, 0)
    return ((1 << end - begin) - 1) << begin if end > begin else 0
