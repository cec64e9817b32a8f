"""Who has a place in an activity, who waits, and what each is to be told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.meetings.contracts.registrations import Registrant
from services.meetings.contracts.words import BothLines
from services.meetings.domain import registrations as rules
from services.meetings.domain.registrations import Activity, Facts, Kept

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
TITLE = BothLines(fr="Forum", en="Forum")
HERE, THERE = BothLines(fr="Salle A", en="Room A"), BothLines(fr="Salle B", en="Room B")


def facts(**more) -> Facts:
    fields = {
        "id": "a",
        "news": 1,
        "sectors": (),
        "title": TITLE,
        "start": NOW + timedelta(days=10),
        "end": NOW + timedelta(days=10, hours=2),
        "zone": "America/Toronto",
        "where": HERE,
        "online": False,
        "takes": True,
        "seats": 2,
        "closes_at": None,
    }
    return Facts(**fields | more)


def activity(*who: str, **more) -> Activity:
    found = rules.heard(None, facts(**more), NOW)
    for one in who:
        found = rules.joined(found, one)
    return found


def kept(one: Activity, name: str = "x", **more) -> Kept:
    who = Registrant(name=name, email=f"{name}@example.org", language="fr")
    told = {
        field: getattr(one, field) for field in ("title", "start", "end", "zone", "where", "online", "news")
    }
    about = {
        "id": name,
        "activity": "a",
        "sector": "tic",
        "registrant": who,
        "site": "https://tic.example.org",
    }
    return Kept(**told | about | {"created_at": NOW, "mailed_at": NOW} | more)


def test_who_comes_first_has_a_place_and_the_others_wait_in_their_order():
    found = activity("1", "2", "3", "4")
    assert (found.places, found.line, found.left) == (("1", "2"), ("3", "4"), 0)


def test_any_number_has_a_place_where_no_number_is_set():
    found = activity("1", "2", "3", seats=None)
    assert (len(found.places), found.line, found.left) == (3, (), None)


def test_a_place_given_up_goes_to_whoever_waits_longest():
    after = rules.without(activity("1", "2", "3", "4"), "1", NOW, by_us=False)
    assert (after.places, after.line, after.untold) == (("2", "3"), ("4",), ("1", "2", "3", "4"))


def test_who_waits_and_leaves_moves_nobody_but_those_behind():
    after = rules.without(activity("1", "2", "3", "4"), "3", NOW, by_us=True)
    assert (after.places, after.line, after.removed) == (("1", "2"), ("4",), ("3",))


@pytest.mark.parametrize("more", [{"closes_at": NOW}, {"start": NOW}])
def test_nobody_moves_up_once_it_is_closed_or_has_begun(more):
    before = activity("1", "2", "3").model_copy(update=more)
    after = rules.without(before, "1", NOW, by_us=False)
    assert (after.places, after.line) == (("2",), ("3",))


def test_more_places_go_to_those_who_wait_and_fewer_take_nobody_s():
    before = activity("1", "2", "3", "4")
    assert rules.heard(before, facts(news=2, seats=3), NOW).places == ("1", "2", "3")
    fewer = rules.heard(before, facts(news=2, seats=1), NOW)
    assert (fewer.places, fewer.line, fewer.left) == (("1", "2"), ("3", "4"), 0)
    assert rules.without(fewer, "1", NOW, by_us=False).line == ("3", "4")


def test_a_newcomer_does_not_pass_those_who_wait():
    before = activity("1", "2", "3").model_copy(update={"seats": 9})
    assert rules.joined(before, "new").line == ("3", "new")


@pytest.mark.parametrize(
    ("more", "open_"),
    [
        ({}, True),
        ({"takes": False}, False),
        ({"off": True}, False),
        ({"closes_at": NOW}, False),
        ({"closes_at": NOW + timedelta(minutes=1)}, True),
        ({"closes_at": NOW + timedelta(days=30), "start": NOW, "end": NOW}, False),
    ],
)
def test_one_registers_until_it_closes_and_at_most_until_it_begins(more, open_):
    assert rules.is_open(activity(**more), NOW) is open_


def test_what_is_called_off_has_no_places_and_they_do_not_come_back():
    off = rules.heard(activity("1", "2", "3"), facts(news=2, off=True), NOW)
    assert (off.places, off.line) == ((), ())
    on = rules.heard(rules.settled(off), facts(news=3), NOW)
    assert (on.places, on.left) == ((), 2)


def test_what_is_called_off_after_its_end_changes_nobody_s_place():
    later = NOW + timedelta(days=20)
    off = rules.heard(activity("1"), facts(news=2, off=True), later)
    assert off.places == ("1",)
    assert rules.in_line(kept(off, "1", state="registered"), off, later)[1] is None


@pytest.mark.parametrize(
    ("state", "change", "told"),
    [
        ("asked", {}, "joined"),
        ("registered", {"where": THERE}, "moved"),
        ("registered", {"start": NOW + timedelta(days=11), "end": NOW + timedelta(days=12)}, "moved"),
        ("registered", {"online": True}, "moved"),
        ("registered", {"title": BothLines(fr="Autre", en="Other")}, None),
        ("registered", {"where": BothLines(fr="Salle A", en="The room A")}, None),
        ("registered", {"seats": 40}, None),
    ],
)
def test_they_are_told_of_another_time_or_place_and_of_nothing_else(state, change, told):
    before = activity("x")
    mine = kept(before, state=state)
    after, what = rules.in_line(mine, rules.heard(before, facts(news=2, **change), NOW), NOW)
    assert what == told
    assert after.sequence == (1 if told == "moved" else 0)
    assert (after.news, after.title) == (2, change.get("title", TITLE))


def test_who_gains_a_place_in_what_has_moved_is_told_once():
    before = activity("1", "2", "x")
    moved = rules.heard(before, facts(news=2, where=THERE, seats=3), NOW)
    after, what = rules.in_line(kept(before, state="waiting"), moved, NOW)
    assert (what, after.state, after.where, after.sequence) == ("gained", "registered", THERE, 1)
    assert rules.in_line(after, moved, NOW) == (after, None)


def test_nobody_is_told_that_what_is_over_was_elsewhere():
    before, later = activity("x"), NOW + timedelta(days=20)
    after, what = rules.in_line(
        kept(before, state="registered"), rules.heard(before, facts(news=2, where=THERE), later), later
    )
    assert (what, after.where) == (None, THERE)


def test_what_was_asked_for_and_not_given_stays_as_it_is():
    mine = kept(activity(), state="asked")
    assert rules.in_line(mine, activity(), NOW) == (mine, None)


def test_who_registers_again_is_mailed_again_once_an_hour():
    mine = kept(activity("x"), state="registered")
    assert rules.again(mine, NOW + timedelta(minutes=59)) is None
    later = rules.again(mine, NOW + timedelta(hours=1))
    assert later
    assert (later.mailed_at, later.revision) == (NOW + timedelta(hours=1), mine.revision + 1)


def test_a_text_for_both_languages_takes_the_one_there_is_and_fits_a_line():
    assert rules.both(None, " Room\n A ") == BothLines(fr="Room A", en="Room A")
    assert rules.both(None, "") is None
    long = rules.both("x" * 400, None)
    assert long
    assert len(long.en) == 200


@given(
    st.lists(st.tuples(st.sampled_from(["join", "leave", "more", "fewer"]), st.integers(0, 12)), max_size=40)
)
def test_whatever_happens_nobody_is_there_twice_and_no_newcomer_gets_more_than_the_seats(steps):
    found, seen, order = activity(seats=3), 0, []
    news = 1
    for what, number in steps:
        places = found.places
        match what:
            case "join":
                seen += 1
                order.append(str(seen))
                found = rules.joined(found, str(seen))
            case "leave" if found.holds(str(number)):
                found = rules.without(found, str(number), NOW, by_us=False)
            case "more" | "fewer":
                news += 1
                found = rules.heard(found, facts(news=news, seats=max(1, number)), NOW)
        came = set(found.places) - set(places)
        assert found.seats is not None
        assert not came or len(found.places) <= found.seats
        assert len({*found.places, *found.line}) == len(found.places) + len(found.line)
        assert list(found.line) == sorted(found.line, key=order.index)
        assert not found.line or not found.left
