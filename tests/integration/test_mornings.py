"""Each advisor is told their day, each sector its week: once, whatever the number of processes, while it is of use."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from pymongo.database import Database

from nexus.caller import Role
from nexus.composition import Resources
from nexus.errors import Forbidden
from nexus.mongo import Document
from nexus.seal import Seal
from nexus.settings import Settings
from services.meetings.contracts.cases import AddTask
from services.meetings.contracts.meetings import Booked, CancelOwnMeeting, Need
from services.meetings.contracts.mornings import DayBegan, DayList, WeekBegan
from services.notifications.compose import compose
from services.notifications.contracts.deliveries import ListDeliveries
from services.notifications.contracts.mornings import ChooseOwnRoutine, GetOwnRoutine
from services.notifications.postman import Postman
from services.notifications.service import Notifications
from services.people.contracts.people import PersonChanged
from tests.integration.test_staff_notices import knows, mails
from tests.support.case_desk import CaseDeskOnDatabase
from tests.support.clock import Clock
from tests.support.meetings_service import ANNE, LEAD, SECRET, VISITOR, at, contact, staff


@pytest.fixture
def meetings(database: Database[Document]) -> CaseDeskOnDatabase:
    return CaseDeskOnDatabase(database, now=at("2026-11-22T10:00"))


def told(meetings: CaseDeskOnDatabase, event: type[DayBegan | WeekBegan]) -> list[Any]:
    """What was told of days, or of weeks."""
    found = meetings.database["mornings"].find({}, {"outbox": 1})
    bodies = [orjson.loads(entry["body"]) for document in found for entry in document["outbox"]]
    return [event.read(body["data"]) for body in bodies if body["type"] == event.type]


def days(meetings: CaseDeskOnDatabase, when: str) -> list[DayBegan]:
    """Those told once somebody has looked then."""
    meetings.now = at(when)
    meetings.service.tell_mornings()
    return told(meetings, DayBegan)


def opened(event: DayBegan) -> DayList:
    return DayList.read(orjson.loads(Seal(SECRET, "mail").open(event.sealed)["list"] or ""))


def cancel(meetings: CaseDeskOnDatabase, booked: Booked) -> None:
    meetings.service.cancel_own_meeting(CancelOwnMeeting(token=booked.token), VISITOR)


def test_an_advisor_is_told_what_the_day_holds(meetings: CaseDeskOnDatabase) -> None:
    need = Need(themes=("hiring",), message="Deux\nsoudeurs")
    first = meetings.book(meetings.kind, "2026-11-24T09:00", need=need)
    cancelled = meetings.book(meetings.kind, "2026-11-24T10:00", contact=contact(1))
    meetings.book(meetings.kind, "2026-11-24T11:00", contact=contact(2))
    meetings.book(meetings.kind, "2026-11-25T09:00", contact=contact(3))
    cancel(meetings, cancelled)
    (event,) = days(meetings, "2026-11-24T07:00")
    assert (event.advisor, event.sector, event.day) == ("anne", "tic", date(2026, 11, 24))
    assert event.until == at("2026-11-24T12:00")
    assert "Atelier" not in event.model_dump_json()
    found = opened(event)
    assert [one.company for one in found.meetings] == ["Atelier 0", "Atelier 2"]
    one = found.meetings[0]
    assert (one.id, one.start, one.need, one.themes) == (
        first.meeting.id, at("2026-11-24T09:00"), "Deux soudeurs", ("hiring",)
    )  # fmt: skip


def test_nothing_is_told_before_seven_after_noon_or_of_an_empty_day(meetings: CaseDeskOnDatabase) -> None:
    meetings.book(meetings.kind, "2026-11-24T11:00")
    assert days(meetings, "2026-11-24T06:59") == []
    assert days(meetings, "2026-11-24T12:00") == []
    assert days(meetings, "2026-11-23T07:00") == []


def test_what_is_due_is_told_on_workdays_alone(meetings: CaseDeskOnDatabase) -> None:
    booked = meetings.booked("2026-11-26T09:00")
    case = meetings.file(booked.case).case
    meetings.do("add_task", AddTask, case, text="Rappeler", due=date(2026, 11, 27))
    meetings.do("add_task", AddTask, case, text="Plus tard", due=date(2026, 12, 1))
    assert days(meetings, "2026-11-28T08:00") == []  # a Saturday
    (event,) = days(meetings, "2026-11-30T08:00")
    found = opened(event)
    assert found.meetings == ()
    assert [(one.what, one.id, one.on) for one in found.due] == [
        ("outcome", booked.id, date(2026, 11, 26)),
        ("task", case.id, date(2026, 11, 27)),
    ]


def test_a_day_is_told_once_by_any_number_of_processes(meetings: CaseDeskOnDatabase) -> None:
    meetings.book(meetings.kind, "2026-11-24T09:00")
    meetings.now = at("2026-11-24T07:00")
    processes = [meetings.process() for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            list(pool.map(lambda one: one.tell_mornings(), processes * 2))
            meetings.later(minutes=5)
    assert len(told(meetings, DayBegan)) == 1
    # also where one has looked before another has written down: the turn alone is not what it hangs on
    desks = [one.mornings for one in processes]
    meetings.now = at("2026-11-25T07:00")
    meetings.database["turns"].delete_many({})
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: one._days(meetings.now), desks))
    assert [event.day for event in told(meetings, DayBegan)] == [date(2026, 11, 24), date(2026, 11, 25)]


def test_what_became_due_after_an_empty_morning_waits_for_the_next_one(meetings: CaseDeskOnDatabase) -> None:
    assert days(meetings, "2026-11-24T07:00") == []
    meetings.book(meetings.a_type(notice_hours=0), "2026-11-24T11:00")
    assert days(meetings, "2026-11-24T08:00") == []


def test_an_advisor_is_told_of_the_own_sector_alone(meetings: CaseDeskOnDatabase) -> None:
    meetings.book(meetings.kind, "2026-11-24T09:00")
    meetings.database["meetings"].update_many({}, {"$set": {"sector": "aero"}})
    assert days(meetings, "2026-11-24T07:00") == []


def test_who_has_left_is_told_nothing(meetings: CaseDeskOnDatabase) -> None:
    meetings.book(meetings.kind, "2026-11-24T09:00")
    meetings.service.availability.advisors.leave("anne", meetings.now, 2)
    assert days(meetings, "2026-11-24T07:00") == []


def test_each_sector_is_told_its_week_once(meetings: CaseDeskOnDatabase) -> None:
    held, missed, _, _ = (
        meetings.booked(f"2026-11-{when}", number=n)
        for n, when in enumerate(("24T09:00", "24T10:00", "26T09:00", "30T11:00"))
    )
    cancel(meetings, meetings.book(meetings.kind, "2026-11-25T09:00", contact=contact(9)))
    meetings.held(held)
    meetings.held(missed, "no_show")
    days(meetings, "2026-11-30T07:00")
    meetings.process().tell_mornings()
    weeks = {one.sector: one for one in told(meetings, WeekBegan)}
    assert set(weeks) == {"aero", "svts", "tic"}
    assert len(told(meetings, WeekBegan)) == 3
    week, figures = weeks["tic"], weeks["tic"].figures
    assert (week.week, week.until) == (date(2026, 11, 30), at("2026-12-01T18:00"))
    assert (figures.held, figures.missed, figures.cancelled, figures.new_companies) == (1, 1, 1, 1)
    assert (figures.ahead, figures.without_outcome, figures.met.own) == (1, 1, 1)
    assert weeks["aero"].figures.held == 0
    assert weeks["aero"].figures.met.all == 1


def test_figures_are_not_told_any_more_after_tuesday_evening(meetings: CaseDeskOnDatabase) -> None:
    days(meetings, "2026-12-01T18:00")
    assert told(meetings, WeekBegan) == []


@pytest.fixture
def notifications(
    database: Database[Document], tmp_path: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Notifications:
    monkeypatch.setattr(Postman, "wake", lambda _: None)  # mail goes out when a test says so
    settings = Settings(data=tmp_path, sealing_secret=SECRET, sites={"tic": "https://tic.example.org"})  # type: ignore[arg-type]
    composed = compose(Resources(settings, database, embedded=True, clock=clock)).service
    assert isinstance(composed, Notifications)
    return composed


@pytest.fixture
def day(meetings: CaseDeskOnDatabase) -> DayBegan:
    """Anne has a meeting on a Tuesday."""
    meetings.book(meetings.kind, "2026-11-24T09:00")
    (event,) = days(meetings, "2026-11-24T07:00")
    return event


def test_an_advisor_gets_one_mail_in_their_language(
    notifications: Notifications, clock: Clock, day: DayBegan
) -> None:
    knows(notifications, "anne", "advisor", language="en")
    clock.now = at("2026-11-24T07:00")
    notifications.mail_morning_list(day)
    notifications.mail_morning_list(day)  # the same news again
    found = mails(notifications)
    assert set(found) == {"anne@exemple.ca"}
    assert "9:00\xa0a.m. to 10:00\xa0a.m. – Atelier 0" in found["anne@exemple.ca"]


def test_a_list_that_comes_after_noon_expires(
    notifications: Notifications, clock: Clock, day: DayBegan
) -> None:
    knows(notifications, "anne", "advisor")
    clock.now = at("2026-11-24T12:00")
    notifications.mail_morning_list(day)
    assert mails(notifications) == {}
    (delivery,) = notifications.list_deliveries(ListDeliveries(), LEAD).items
    assert (delivery.kind, delivery.state) == ("morning_list", "expired")


def test_who_turned_it_off_gets_none_until_they_turn_it_on(
    notifications: Notifications, clock: Clock, day: DayBegan
) -> None:
    knows(notifications, "anne", "advisor")
    clock.now = at("2026-11-24T07:00")
    assert notifications.get_own_routine(GetOwnRoutine(), ANNE).morning_list
    off = notifications.choose_own_routine(ChooseOwnRoutine(morning_list=False), ANNE)
    assert (off.morning_list, off.weekly_figures) == (False, True)
    notifications.mail_morning_list(day)
    assert mails(notifications) == {}
    notifications.choose_own_routine(ChooseOwnRoutine(morning_list=True), ANNE)
    notifications.mail_morning_list(day)
    assert set(mails(notifications)) == {"anne@exemple.ca"}


def test_what_somebody_turned_off_is_forgotten_when_they_leave(
    notifications: Notifications, database: Database[Document]
) -> None:
    notifications.choose_own_routine(ChooseOwnRoutine(morning_list=False), ANNE)
    told = {"id": "anne", "sector": "tic", "revision": 2, "language": "fr", "roles": [], "sealed": None}
    notifications.remember_person(PersonChanged.read(told))
    assert list(database["refused_mails"].find()) == []


def test_only_the_staff_chooses_and_each_for_themselves(notifications: Notifications) -> None:
    for caller in (VISITOR, staff("paul", Role.MEMBER)):
        with pytest.raises(Forbidden):
            notifications.choose_own_routine(ChooseOwnRoutine(morning_list=False), caller)
    notifications.choose_own_routine(ChooseOwnRoutine(morning_list=False), staff("bob"))
    assert notifications.get_own_routine(GetOwnRoutine(), ANNE).morning_list


def test_coordinators_of_a_sector_get_its_figures_with_what_failed(
    notifications: Notifications, meetings: CaseDeskOnDatabase, clock: Clock
) -> None:
    knows(notifications, "lea", "coordinator")
    knows(notifications, "bob", "coordinator", language="en")
    knows(notifications, "anne", "advisor")
    knows(notifications, "dora", "coordinator", sector="aero")
    notifications.choose_own_routine(ChooseOwnRoutine(weekly_figures=False), staff("bob", Role.COORDINATOR))
    days(meetings, "2026-11-23T07:00")
    clock.now = meetings.now
    (week,) = (one for one in told(meetings, WeekBegan) if one.sector == "tic")
    for _ in range(2):
        notifications.mail_weekly_figures(week)
    found = mails(notifications)
    assert set(found) == {"lea@exemple.ca"}
    assert "0 entreprises rencontrées sur 70" in found["lea@exemple.ca"]
    clock.now = week.until + timedelta(minutes=1)
    knows(notifications, "eva", "coordinator")
    notifications.mail_weekly_figures(week)
    assert set(mails(notifications)) == {"lea@exemple.ca"}
