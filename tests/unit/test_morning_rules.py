"""When a day and a week are told, what belongs into them, and what their mails say."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.meetings.contracts.mornings import DayDue, DayList
from services.meetings.domain.goal import ZONE
from services.meetings.domain.mornings import (
    day_to_tell,
    day_until,
    in_a_line,
    is_worth_telling,
    listed,
    week_to_tell,
    week_until,
)
from tests.support.mails import message, morning_list, weekly_figures, written
from tests.support.meetings_service import at

VANCOUVER = ZoneInfo("America/Vancouver")
TUESDAY, SATURDAY, MONDAY = date(2026, 11, 24), date(2026, 11, 28), date(2026, 11, 23)
# The clocks of Montréal go forward at two on 8 March 2026, and back at two on 1 November.
CHANGES = (date(2026, 3, 8), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("local", "told"),
    [
        ("06:59", False),
        ("07:00", True),
        ("11:59", True),
        ("12:00", False),
        ("23:00", False),
        ("00:00", False),
    ],
)
def test_a_day_is_told_from_seven_until_noon(local: str, told: bool) -> None:
    assert day_to_tell(at(f"2026-11-24T{local}"), ZONE) == (TUESDAY if told else None)


def test_it_is_seven_on_the_clock_of_each_advisor() -> None:
    ten_in_montreal = at("2026-11-24T10:00")
    assert day_to_tell(ten_in_montreal, VANCOUVER) == TUESDAY
    assert day_to_tell(ten_in_montreal - timedelta(minutes=1), VANCOUVER) is None


@pytest.mark.parametrize("day", CHANGES)
def test_seven_is_seven_also_when_the_clocks_change(day: date) -> None:
    found = [
        moment
        for minutes in range(-24 * 60, 48 * 60, 5)
        if day_to_tell(moment := at(f"{day}T00:00") + timedelta(minutes=minutes), ZONE) == day
    ]
    assert (found[0], found[-1]) == (at(f"{day}T07:00"), at(f"{day}T11:55"))
    assert len(found) == 5 * 12
    assert day_until(day, ZONE) == at(f"{day}T12:00")


@pytest.mark.parametrize(
    ("local", "told"),
    [
        ("2026-11-23T06:59", False),
        ("2026-11-23T07:00", True),
        ("2026-11-24T03:00", True),
        ("2026-11-24T17:59", True),
        ("2026-11-24T18:00", False),
        ("2026-11-29T23:59", False),
    ],
)
def test_a_week_is_told_from_monday_at_seven_until_tuesday_evening(local: str, told: bool) -> None:
    assert week_to_tell(at(local)) == (MONDAY if told else None)


def test_a_week_is_told_at_seven_on_the_monday_after_a_change_of_the_clocks() -> None:
    for sunday in CHANGES:
        monday = sunday + timedelta(days=1)
        assert week_to_tell(at(f"{monday}T06:59")) is None
        assert week_to_tell(at(f"{monday}T07:00")) == monday
        assert week_until(monday) == at(f"{monday + timedelta(days=1)}T18:00")


def a_list(meetings: int = 0, due: int = 0) -> DayList:
    things = [
        DayDue(what="task", id=f"c{n:02}", company="A", text="x", on=TUESDAY - timedelta(days=n))
        for n in range(due)
    ]
    made = listed([], things)
    return made.model_copy(update={"meetings": (None,) * meetings})


def test_on_a_weekend_only_a_meeting_is_worth_a_mail() -> None:
    assert not is_worth_telling(TUESDAY, a_list())
    assert is_worth_telling(TUESDAY, a_list(due=1))
    assert not is_worth_telling(SATURDAY, a_list(due=1))
    assert is_worth_telling(SATURDAY, a_list(meetings=1))


def test_of_what_is_due_the_oldest_are_listed_and_the_others_counted() -> None:
    found = a_list(due=15)
    assert [one.id for one in found.due][:2] == ["c14", "c13"]
    assert (len(found.due), found.more) == (12, 3)


def test_a_need_is_one_line_that_ends_with_a_whole_word() -> None:
    assert in_a_line(None) is None
    assert in_a_line(" \n ") is None
    assert in_a_line("Deux\n soudeurs") == "Deux soudeurs"
    long = in_a_line("Nous cherchons, " * 20)
    assert long is not None
    assert long.endswith("cherchons…")
    assert len(long) <= 160


def test_a_list_tells_of_each_meeting_where_to_be_and_what_to_read_before() -> None:
    told = written(morning_list(), "fr")
    assert told.subject == "Votre journée du mardi 1er décembre 2026\xa0: 2\xa0rencontres"
    for words in (
        "9\xa0h à 10\xa0h – Atelier & fils",
        "https://tic.example.org/fr/admin/meetings/m1",
        "https://video.example.org/x",
        "De notre côté, avec vous\xa0: Zoé Tran",
        "Sujets\xa0: embauche, immigration",
        "«\xa0Nous cherchons deux soudeurs.\xa0»",
        "3\xa0réponses à nos questions",
        "À lire\xa0: 1\xa0document",
        "vous appelez au 514 555-0100",
        "indique que personne ne vient",
        "Nordix\xa0: Rappeler (pour le 30 novembre 2026)",
        "la rencontre du 27 novembre 2026 a-t-elle eu lieu",
        "https://tic.example.org/fr/compte#mails",
    ):
        assert words in told.text


def test_a_day_without_a_meeting_says_what_is_due() -> None:
    told = written(morning_list(meetings=()), "en")
    assert told.subject == "Your day, Tuesday, December 1, 2026: no meeting, 2 things due"


def test_figures_say_where_the_goal_stands_and_what_waits() -> None:
    told = written(weekly_figures(), "fr").text
    assert "31 entreprises rencontrées sur 70" in told
    assert "Au rythme actuel, 3,2 par mois" in told
    assert "de 62 à 80" in told
    assert "1\xa0message qui n’a pas pu être envoyé" in told
    assert "https://tic.example.org/fr/admin/goal" in told


def test_figures_say_no_more_than_is_known() -> None:
    few = written(weekly_figures(per_month=None, low=None, middle=None, high=None), "en").text
    assert "Too few have come so far" in few
    over = written(weekly_figures(needed_per_month=None), "en").text
    assert "Its time is over." in over
    reached = written(weekly_figures(needed_per_month=None, met={"all": 70, "own": 20}), "en").text
    assert "The goal is reached." in reached
    idle = dict.fromkeys(("waiting", "unanswered", "without_outcome", "parked"), 0)
    assert "Nothing." in written(weekly_figures(**idle), "en").text


def test_what_comes_too_late_is_of_no_use() -> None:
    until = datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert message(morning_list(), until=until).expires_at == until
