"""Slots of many advisors over a quarter of a year, and how they grow; beside the same, tick by tick."""

import random
import statistics
from datetime import UTC, date, datetime, time, timedelta

from bench.report import Figure, median_ms, timed
from services.meetings.contracts.availability import Absence, AvailabilityContent, Rule
from services.meetings.contracts.types import TypeContent
from services.meetings.contracts.words import BothLines
from services.meetings.domain import recurrence, times
from services.meetings.domain.slots import Agenda, Wanted, beginnings, shared, ticks_in
from services.meetings.domain.times import tick

NOW = datetime(2026, 11, 2, 13, 0, tzinfo=UTC)
DAYS = 90
LIMIT = 30.0  # ms
_TIMES = 30
_TYPE = TypeContent(
    name=BothLines(fr="Rencontre", en="Meeting"),
    places=("video", "partner_office"),
    after=15,
    horizon_days=DAYS,
)
_SPAN = (tick(NOW), tick(NOW + timedelta(days=DAYS)))


def measure() -> list[Figure]:
    """Each as the median of some rounds."""
    first = _once(50, 2_000, cold=True)
    usual = _rounds(50, 2_000)
    return [
        Figure(
            f"slots of 50 advisors, {DAYS} days, 2,000 meetings",
            usual,
            "ms",
            "limit",
            LIMIT,
            "≤ 30 ms",
            usual <= LIMIT,
        ),
        Figure(
            "the same, the first time in a process", first, "ms", "limit", LIMIT, "≤ 30 ms", first <= LIMIT
        ),
        _growth("advisors × 4", _rounds(200, 8_000), 4 * usual),
        _growth("meetings × 4, the same advisors", _rounds(50, 8_000), 4 * usual),
    ]


def _growth(what: str, value: float, linear: float) -> Figure:
    return Figure(f"slots, {what}", value, "ms", "4 × the first", linear, "≤ 1.3 ×", value <= 1.3 * linear)


def offered(agendas: list[Agenda], now: datetime = NOW) -> list[int]:
    """What a page of slots asks for: every beginning that one of the advisors offers."""
    wanted = Wanted.of("t", _TYPE, "video", now)
    return ticks_in(shared(beginnings(one, wanted, _SPAN) for one in agendas), _SPAN[0])


def _rounds(advisors: int, meetings: int) -> float:
    agendas = calendars(advisors, meetings)
    assert offered(agendas)
    return median_ms(timed(lambda: offered(agendas), _TIMES))


def _once(advisors: int, meetings: int, cold: bool) -> float:
    agendas = calendars(advisors, meetings)
    taken = []
    for _ in range(5):
        for remembered in (times.wall_tick, times.zone_named, recurrence.read, recurrence._monthly):
            remembered.cache_clear()
        taken += timed(lambda: offered(agendas), 1)
    return statistics.median(taken) * 1000


def calendars(advisors: int, meetings: int) -> list[Agenda]:
    """Advisors with hours, absences and a maximum of a day, and meetings that they have already."""
    luck = random.Random(7)
    return [_agenda(n, meetings // advisors, luck) for n in range(advisors)]


def _agenda(number: int, meetings: int, luck: random.Random) -> Agenda:
    booked = [tick(NOW) + luck.randrange(DAYS) * 288 + luck.randrange(60, 160) for _ in range(meetings)]
    content = AvailabilityContent(
        name=f"Personne {number}",
        daily_maximum=6,
        rules=(
            _rule("FREQ=WEEKLY;BYDAY=MO,TU,WE", 8 + number % 3, 12),
            _rule("FREQ=WEEKLY;BYDAY=MO,TH,FR", 13, 16 + number % 2),
            _rule("FREQ=MONTHLY;BYDAY=1TU", 17, 19),
        ),
        absences=tuple(_absence(luck) for _ in range(4)),
    )
    return Agenda(str(number), content, [(at, at + 15) for at in booked], booked)


def _rule(rrule: str, opens: int, closes: int) -> Rule:
    return Rule(rrule=rrule, since=date(2026, 1, 5), opens=time(opens), closes=time(closes))


def _absence(luck: random.Random) -> Absence:
    begin = datetime(2026, 11, 2, 9, 0) + timedelta(days=luck.randrange(DAYS))
    return Absence(starts=begin, ends=begin + timedelta(days=luck.randrange(1, 5)))
