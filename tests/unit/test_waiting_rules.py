"""How long an offer stands, and what is news to who waits."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.meetings.contracts.words import BothLines
from services.meetings.domain.times import moment, tick
from services.meetings.domain.waiting import Waiting, is_day, looked, open_until, turned_down
from tests.support.meetings_service import at

MONTREAL = ZoneInfo("America/Toronto")
NOON = at("2026-11-25T12:00")


def waiting(**more) -> Waiting:
    fields = {
        "id": "w",
        "sector": "tic",
        "revision": 1,
        "state": "waiting",
        "name": BothLines(fr="Rencontre", en="Meeting"),
        "place": "video",
        "zone": "America/Toronto",
        "email": "paul@example.org",
        "until": NOON + timedelta(days=30),
        "site": "https://tic.example.org",
        "meeting": "m",
        "created_at": NOON,
    }
    return Waiting(**fields | more)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-25T08:00", "2026-11-25T10:00"),
        ("2026-11-25T18:00", "2026-11-25T20:00"),
        ("2026-11-25T19:30", "2026-11-26T09:30"),
        ("2026-11-25T21:00", "2026-11-26T10:00"),
        ("2026-11-26T05:00", "2026-11-26T10:00"),
        ("2027-03-13T19:00", "2027-03-14T09:00"),  # the clock goes forward that night
    ],
)
def test_an_offer_stands_for_two_hours_of_the_day(now: str, end: str) -> None:
    assert open_until(at(now), MONTREAL) == at(end)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))
@example(datetime(2026, 1, 1, 23, 0, 0, 1, tzinfo=UTC))  # the least moment is left for the next day
@example(datetime(2026, 10, 31, 22, 0, 0, 1, tzinfo=UTC))  # and that night has an hour more
def test_an_offer_always_ends_by_day_two_hours_later_or_more(now: datetime) -> None:
    end = open_until(now, MONTREAL)
    assert end - now >= timedelta(hours=2)
    assert on_the_wall(end) - on_the_wall(now) <= timedelta(hours=14)
    assert is_day(end - timedelta.resolution, MONTREAL)


def on_the_wall(moment: datetime) -> datetime:
    return moment.astimezone(MONTREAL).replace(tzinfo=None)


def test_what_was_free_when_they_asked_is_no_news_unless_it_was_taken_and_let_go() -> None:
    free = [tick(NOON) + n * 12 for n in range(3)]
    late = NOON + timedelta(days=9)
    someone = waiting(passed=tuple(free[:2]))
    someone, found = looked(someone, free[:2], late)
    assert found is None
    someone, found = looked(someone, free[1:2], late)  # somebody takes the first
    assert (found, someone.passed) == (None, (free[1],))
    someone, found = looked(someone, free, late)  # and lets it go
    assert found == free[0]
    someone, found = looked(turned_down(someone, free[0]), free, late)
    assert found == free[2]
    assert looked(turned_down(someone, free[2]), free, late)[1] is None


def test_what_is_too_late_to_be_of_use_is_no_news() -> None:
    free = [tick(NOON) + n * 12 for n in range(3)]
    assert looked(waiting(), reversed(free), moment(free[2]))[1] == free[0]
    assert looked(waiting(), free, moment(free[0]))[1] is None
