"""Slots: right on real calendars, on the days that clocks change, and equal to a slow and obvious reference."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from nexus.errors import InvalidInput
from services.meetings.contracts.availability import Absence, AvailabilityContent, Rule
from services.meetings.contracts.types import TypeContent
from services.meetings.contracts.words import BothLines
from services.meetings.domain import recurrence
from services.meetings.domain.slots import (
    Agenda,
    Wanted,
    accepts,
    beginnings,
    check_availability,
    shared,
    ticks_in,
)
from services.meetings.domain.times import exact, moment, tick

MONTREAL = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


def rule(rrule: str = WORKDAYS, opens: str = "09:00", closes: str = "12:00", **more) -> Rule:
    times = {"opens": time.fromisoformat(opens), "closes": time.fromisoformat(closes)}
    return Rule(rrule=rrule, **{"since": date(2026, 1, 5), **times, **more})


def advisor(*rules: Rule, busy=(), booked=(), **more) -> Agenda:
    return Agenda("a", AvailabilityContent(name="Anne", rules=rules or (rule(),), **more), busy, booked)


def a_type(**more) -> TypeContent:
    return TypeContent(
        name=BothLines(fr="Rencontre", en="Meeting"), **{"places": ("video",), "notice_hours": 0, **more}
    )


def wanted(now: datetime = NOW, place="video", **more) -> Wanted:
    return Wanted.of("t", a_type(**{"horizon_days": 365, **more}), place, now)


def starts(agenda: Agenda, want: Wanted, day: date, days: int = 1) -> list[str]:
    """The beginnings of some days, by the clock on the wall."""
    first = tick(datetime.combine(day, time(), MONTREAL))
    last = tick(datetime.combine(day + timedelta(days=days), time(), MONTREAL))
    found = ticks_in(beginnings(agenda, want, (first, last)), first)
    return [f"{moment(at).astimezone(MONTREAL):%H:%M}" for at in found]


def test_a_morning_is_cut_into_beginnings_at_which_the_whole_meeting_fits() -> None:
    assert starts(advisor(), wanted(), date(2026, 11, 4)) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_nothing_is_offered_on_a_weekend_nor_on_a_holiday_of_quebec() -> None:
    assert starts(advisor(), wanted(), date(2026, 11, 7), 2) == []
    every_day = advisor(rule("FREQ=DAILY"))
    assert starts(every_day, wanted(), date(2026, 12, 25)) == []
    assert starts(every_day, wanted(), date(2027, 6, 24)) == []  # la fête nationale
    assert starts(every_day, wanted(), date(2026, 11, 11)) != []  # no holiday here


def test_what_is_booked_takes_with_it_what_is_kept_free_before_and_after() -> None:
    ten = tick(datetime(2026, 11, 4, 10, 0, tzinfo=MONTREAL))
    busy = advisor(rule(closes="17:00"), busy=[(ten, ten + 12)])
    assert starts(busy, wanted(), date(2026, 11, 4))[:3] == ["09:00", "11:00", "11:30"]
    assert starts(busy, wanted(after=15), date(2026, 11, 4))[:2] == ["11:00", "11:30"]
    assert starts(busy, wanted(before=30), date(2026, 11, 4))[:2] == ["09:00", "11:30"]


def test_a_rule_for_one_place_or_one_type_offers_no_other() -> None:
    at_the_office = advisor(rule(places=("partner_office",)))
    assert starts(at_the_office, wanted(), date(2026, 11, 4)) == []
    assert starts(at_the_office, wanted(place="partner_office"), date(2026, 11, 4)) != []
    assert starts(advisor(rule(types=("other",))), wanted(), date(2026, 11, 4)) == []


def test_notice_and_horizon_bound_what_is_offered() -> None:
    at_eight = datetime(2026, 11, 4, 8, 20, tzinfo=MONTREAL)
    soon = Wanted.of("t", a_type(notice_hours=2, horizon_days=1), "video", at_eight)
    assert starts(advisor(), soon, date(2026, 11, 4)) == ["10:30", "11:00"]
    assert starts(advisor(), soon, date(2026, 11, 5)) == []


def test_a_day_and_a_week_with_as_many_meetings_as_the_advisor_takes_offer_no_more() -> None:
    nine = tick(datetime(2026, 11, 4, 9, 0, tzinfo=MONTREAL))
    full = advisor(booked=[nine], busy=[(nine, nine + 12)], daily_maximum=1)
    assert starts(full, wanted(), date(2026, 11, 4)) == []
    assert starts(full, wanted(), date(2026, 11, 5)) != []
    week = advisor(booked=[nine], weekly_maximum=1)
    assert starts(week, wanted(), date(2026, 11, 2), 7) == []
    assert starts(week, wanted(), date(2026, 11, 9)) != []


def test_an_absence_takes_every_beginning_that_touches_it() -> None:
    away = Absence(starts=datetime(2026, 11, 4, 10, 3), ends=datetime(2026, 11, 4, 10, 33))
    assert starts(advisor(absences=(away,)), wanted(), date(2026, 11, 4)) == ["09:00", "11:00"]


def test_the_night_on_which_clocks_go_forward_loses_an_hour_and_nothing_twice() -> None:
    nights = advisor(rule("FREQ=DAILY", "00:00", "06:00"))
    want = wanted(now=datetime(2027, 3, 1, tzinfo=UTC), step=60)
    assert starts(nights, want, date(2027, 3, 13)) == ["00:00", "01:00", "02:00", "03:00", "04:00", "05:00"]
    assert starts(nights, want, date(2027, 3, 14)) == ["00:00", "01:00", "03:00", "04:00", "05:00"]


def test_the_night_on_which_clocks_go_back_has_an_hour_more_and_each_moment_once() -> None:
    nights = advisor(rule("FREQ=DAILY", "00:00", "04:00"))
    want = wanted(now=datetime(2026, 10, 20, tzinfo=UTC), step=60)
    assert starts(nights, want, date(2026, 11, 1)) == ["00:00", "01:00", "01:00", "02:00", "03:00"]


def test_exceptions_take_a_day_out_and_put_another_one_in() -> None:
    changed = advisor(rule(except_on=(date(2026, 11, 4),), also_on=(date(2026, 11, 7),)))
    assert starts(changed, wanted(), date(2026, 11, 4)) == []
    assert starts(changed, wanted(), date(2026, 11, 7)) != []


def test_what_several_must_share_is_offered_where_enough_of_them_are_free() -> None:
    assert shared([0b1110, 0b0111, 0b0100], 1) == 0b1111
    assert shared([0b1110, 0b0111, 0b0100], 2) == 0b0110
    assert shared([0b1110, 0b0111, 0b0100], 3) == 0b0100
    assert shared([], 1) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FREQ=SECONDLY", "rule_too_fast"),
        ("FREQ=MINUTELY;INTERVAL=5", "rule_too_fast"),
        ("FREQ=HOURLY", "rule_too_fast"),
        ("FREQ=WEEKLY;BYSECOND=1", "rule_unsupported"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "rule_unsupported"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "rule_unsupported"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=120", "rule_unsupported"),
        ("FREQ=WEEKLY;INTERVAL=0", "rule_unsupported"),
        ("FREQ=WEEKLY;BYDAY=1MO", "rule_unsupported"),
        ("FREQ=WEEKLY;BYDAY=XX", "rule_unreadable"),
        ("FREQ=WEEKLY;FREQ=DAILY", "rule_unreadable"),
        ("every monday", "rule_unreadable"),
        ("FREQ=MONTHLY;BYMONTHDAY=99", "rule_unreadable"),
    ],
)
def test_a_rule_that_could_run_away_or_cannot_be_read_is_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_availability(advisor(rule(text)).content)
    assert (refused.value.code, refused.value.details["field"]) == (code, "rules.0.rrule")


def test_times_that_do_not_exist_and_ends_before_beginnings_and_unknown_zones_are_refused() -> None:
    def code(**content) -> str:
        with pytest.raises(InvalidInput) as refused:
            check_availability(AvailabilityContent(name="Anne", **content))
        return refused.value.code

    night = datetime(2027, 3, 14, 2, 30)
    assert code(absences=[Absence(starts=night, ends=night + timedelta(hours=9))]) == "time_does_not_exist"
    assert code(absences=[Absence(starts=night, ends=night)]) == "ends_before_start"
    assert code(rules=[rule(opens="12:00", closes="09:00")]) == "ends_before_start"
    assert code(rules=[rule(until=date(2025, 1, 1))]) == "ends_before_start"
    for far in (datetime(1, 1, 1), datetime(9999, 12, 31, 23)):
        assert code(absences=[Absence(starts=far, ends=far + timedelta(minutes=5))]) == "date_out_of_range"
    assert code(rules=[rule(since=date(1, 1, 1))]) == "date_out_of_range"
    assert code(zone="Amérique/Montréal") == "zone_unknown"
    assert code(zone="../../etc/passwd") == "zone_unknown"
    assert exact(datetime(2026, 11, 1, 1, 30), MONTREAL) == datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )  # the first


# The reference: each five minutes of each day is looked at by itself, with the clock on the wall.

FREE = holidays.CA(subdiv="QC", years=range(2026, 2028))
DAYS = st.dates(date(2026, 10, 25), date(2027, 3, 20))
GRID = st.integers(0, 287).map(lambda n: time(n // 12, n % 12 * 5))
RRULES = st.one_of(
    st.builds(
        lambda days, n: f"FREQ=WEEKLY;INTERVAL={n};BYDAY={','.join(sorted(days))}",
        st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1),
        st.integers(1, 3),
    ),
    st.integers(1, 9).map("FREQ=DAILY;INTERVAL={}".format),
    st.just("FREQ=WEEKLY"),
    st.builds(
        "FREQ=MONTHLY;BYDAY={}{}".format, st.sampled_from([1, 2, 5, -1]), st.sampled_from(["MO", "FR", "SU"])
    ),
    st.builds(
        "FREQ=MONTHLY;INTERVAL={};BYMONTHDAY={}".format, st.integers(1, 3), st.sampled_from([1, 15, 31, -1])
    ),
)


@st.composite
def rules(draw) -> Rule:
    opens, closes = sorted(draw(st.lists(GRID, min_size=2, max_size=2, unique=True)))
    since = draw(DAYS)
    return Rule(
        rrule=draw(RRULES),
        since=since,
        until=draw(st.none() | DAYS.map(lambda day: max(day, since))),
        opens=opens,
        closes=closes,
        places=draw(st.sampled_from([(), ("video",), ("phone",)])),
        except_on=draw(st.lists(DAYS, max_size=2).map(tuple)),
        also_on=draw(st.lists(DAYS, max_size=2).map(tuple)),
    )


@st.composite
def absences(draw) -> Absence:
    begin = datetime.combine(draw(DAYS), draw(GRID)) + timedelta(minutes=draw(st.integers(0, 4)))
    return Absence(starts=begin, ends=begin + timedelta(minutes=draw(st.integers(1, 5_000))))


@st.composite
def calendars(draw) -> tuple[Agenda, Wanted, date, int]:
    day, days = draw(DAYS), draw(st.integers(1, 3))
    near = st.integers(-36, 84).map(lambda h: tick(datetime.combine(day, time(), UTC)) + 12 * h)
    busy = draw(st.lists(st.tuples(near, st.integers(1, 40)).map(lambda one: (one[0], sum(one))), max_size=4))
    agenda = advisor(
        *draw(st.lists(rules(), min_size=1, max_size=3)),
        busy=busy,
        booked=[begin for begin, _ in busy],
        absences=[one for one in draw(st.lists(absences(), max_size=2)) if is_real(one)],
        daily_maximum=draw(st.sampled_from([None, 1, 2])),
        weekly_maximum=draw(st.sampled_from([None, 1, 3])),
    )
    now = datetime.combine(day, time(), UTC) + timedelta(minutes=draw(st.integers(-3_000, 3_000)))
    lengths = st.sampled_from([10, 15, 45, 60, 120])
    want = wanted(
        now,
        minutes=draw(lengths),
        step=draw(st.sampled_from([5, 15, 30, 60])),
        before=draw(st.sampled_from([0, 15])),
        after=draw(st.sampled_from([0, 30])),
        notice_hours=draw(st.sampled_from([0, 5])),
        horizon_days=draw(st.sampled_from([1, 90])),
    )
    return agenda, want, day, days


def is_real(absence: Absence) -> bool:
    try:
        return exact(absence.starts, MONTREAL) < exact(absence.ends, MONTREAL)
    except InvalidInput:
        return False


def obvious(agenda: Agenda, want: Wanted, first: int, last: int) -> list[int]:
    return [at for at in range(first, last) if is_offered(agenda, want, at)]


def is_offered(agenda: Agenda, want: Wanted, at: int) -> bool:
    if not want.notice[0] <= at < want.notice[1]:
        return False
    meeting = range(at - want.before, at + want.length + want.after)
    if any(begin < meeting.stop and meeting.start < end for begin, end in agenda.busy):
        return False
    if any(is_away(agenda, one) for one in meeting):
        return False
    return not is_full(agenda, at) and any(in_hours(one, want, at) for one in agenda.content.rules)


def is_away(agenda: Agenda, at: int) -> bool:
    begin, end = moment(at), moment(at + 1)
    return any(
        begin < absence.ends.replace(tzinfo=MONTREAL).astimezone(UTC)
        and absence.starts.replace(tzinfo=MONTREAL).astimezone(UTC) < end
        for absence in agenda.content.absences
    )


def is_full(agenda: Agenda, at: int) -> bool:
    day = moment(at).astimezone(MONTREAL).date()
    booked = [moment(one).astimezone(MONTREAL).date() for one in agenda.booked]
    daily, weekly = agenda.content.daily_maximum, agenda.content.weekly_maximum
    by_week = Counter(one.isocalendar()[:2] for one in booked)
    return (daily is not None and booked.count(day) >= daily) or (
        weekly is not None and by_week[day.isocalendar()[:2]] >= weekly
    )


def in_hours(one: Rule, want: Wanted, at: int) -> bool:
    if one.places and want.place not in one.places:
        return False
    near = moment(at).astimezone(MONTREAL).date()
    for day in (near - timedelta(days=1), near):
        if falls_on(one, day):
            opens = datetime.combine(day, one.opens, MONTREAL).astimezone(UTC)
            closes = datetime.combine(day, one.closes, MONTREAL).astimezone(UTC)
            begin = moment(at)
            late = (begin - opens) // timedelta(minutes=5)
            fits = opens <= begin and begin + want.length * timedelta(minutes=5) <= closes
            if fits and late % want.step == 0:
                return True
    return False


@cache
def falls_on(one: Rule, day: date) -> bool:
    if day in FREE:
        return False
    if day in one.also_on:
        return True
    if day in one.except_on or day < one.since or (one.until and day > one.until):
        return False
    noon = datetime.combine(day, time(12))
    start = datetime.combine(one.since, time(12))
    return bool(rrulestr(one.rrule, dtstart=start).between(noon, noon, inc=True))


@settings(max_examples=250, deadline=None)
@given(calendars())
def test_slots_are_those_of_a_slow_and_obvious_reference(calendar: tuple[Agenda, Wanted, date, int]) -> None:
    agenda, want, day, days = calendar
    first = tick(datetime.combine(day, time(), UTC))
    last = first + days * 288
    found = ticks_in(beginnings(agenda, want, (first, last)), first)
    assert found == obvious(agenda, want, first, last)
    for at in range(first, last, 7):
        assert accepts(agenda, want, at) == (at in found)
    assert all(accepts(agenda, want, at) for at in found)


@settings(max_examples=300, deadline=None)
@given(rules(), DAYS, st.integers(0, 120))
def test_days_of_a_rule_are_those_that_dateutil_finds(one: Rule, first: date, days: int) -> None:
    last = first + timedelta(days=days)
    start = datetime.combine(one.since, time())
    until = min(last, one.until) if one.until else last
    found = {
        at.date()
        for at in rrulestr(one.rrule, dtstart=start).between(
            datetime.combine(first, time()), datetime.combine(until, time()), inc=True
        )
    } - set(one.except_on)
    found |= {day for day in one.also_on if first <= day <= last}
    assert recurrence.days_of(one, first, last) == sorted(found)
