"""What is said of a registration for an activity: the right message, in time; nothing of what events have overtaken."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pymongo.database import Database

from nexus.mongo import Document
from services.meetings.contracts.registrations import (
    ActivityAwaited,
    ActivityCalledOff,
    ActivityEnded,
    ActivityJoined,
    ActivityLeft,
    ActivityMoved,
    PlaceGained,
)
from tests.integration.test_meeting_notices import NOW, SEAL, START, Desk
from tests.support.activity_events import activity_event
from tests.support.meetings_service import MeetingsOnDatabase
from tests.support.registrations import Hosted

LINK = "https://tic.example.org/en/registration/r1.abc"
SEALED = SEAL.close({"to": "paul@exemple.ca", "name": "Paul Roy", "link": LINK})
LATER = START + timedelta(days=3)


@pytest.fixture
def desk(database: Database[Document], tmp_path: Any) -> Desk:
    return Desk(database, tmp_path)


def tell(desk: Desk, kind: type[Any], revision: int, **more: Any) -> None:
    start = more.pop("start", START)
    desk.service.mail_registration(activity_event(kind, revision, start, SEALED, **more))


def files(desk: Desk) -> list[str]:
    return [one.read_text() for one in sorted((desk.folder / "mail" / "tic").glob("*.eml"))]


@pytest.mark.parametrize(
    ("kind", "more", "subject", "method"),
    [
        (ActivityJoined, {}, "You are registered", "REQUEST"),
        (ActivityAwaited, {"line": 2}, "On the waiting list", None),
        (PlaceGained, {}, "You have a place now", "REQUEST"),
        (ActivityMoved, {"before": LATER}, "At another time", "REQUEST"),
        (ActivityMoved, {}, "Changed", "REQUEST"),
        (ActivityMoved, {"waits": True}, "Changed", None),
        (ActivityCalledOff, {}, "Cancelled", "CANCEL"),
        (ActivityCalledOff, {"waits": True}, "Cancelled", None),
        (ActivityLeft, {}, "You are no longer registered", "CANCEL"),
        (ActivityLeft, {"waits": True, "by_us": True}, "You are no longer registered", None),
        (ActivityEnded, {}, "Was it useful?", None),
    ],
)
def test_each_event_is_told_at_once_and_changes_the_calendar_of_who_has_a_place(
    desk: Desk, kind: type[Any], more: dict[str, Any], subject: str, method: str | None
) -> None:
    tell(desk, kind, 2, **more)
    desk.go()
    (told,) = desk.subjects
    assert told.startswith(subject)
    assert told.endswith("Hiring without borders")
    (file,) = files(desk)
    assert ("text/calendar" in file) == (method is not None)
    assert f"method={method}" in file.replace('"', "") or method is None


def test_who_has_a_place_is_reminded_two_days_and_two_hours_before(desk: Desk) -> None:
    tell(desk, ActivityJoined, 2)
    desk.go()
    desk.go(days=4, hours=23, minutes=59)
    assert len(desk.subjects) == 1
    desk.go(minutes=1)
    assert desk.subjects[1:] == ["Reminder: Hiring without borders"]
    desk.go(hours=46)
    assert len(desk.subjects) == 3
    assert desk.states() == {"r1-2": "sent", "r1-2-48h": "sent", "r1-2-2h": "sent"}
    kept = json.dumps(list(desk.database["messages"].find()), default=str)
    assert not any(secret in kept for secret in ("paul@", "r1.abc", "Hiring", "Stage"))


@pytest.mark.parametrize(
    ("kind", "more"), [(ActivityAwaited, {"line": 1}), (ActivityMoved, {"waits": True, "before": LATER})]
)
def test_who_only_waits_is_not_reminded(desk: Desk, kind: type[Any], more: dict[str, Any]) -> None:
    tell(desk, kind, 2, **more)
    assert list(desk.states()) == ["r1-2"]


def test_who_registers_shortly_before_is_not_reminded_of_what_they_just_did(desk: Desk) -> None:
    tell(desk, ActivityJoined, 2, start=NOW + timedelta(hours=1))
    assert list(desk.states()) == ["r1-2"]


@pytest.mark.parametrize("kind", [ActivityLeft, ActivityCalledOff])
@pytest.mark.parametrize("in_order", [True, False])
def test_nobody_is_told_of_a_place_that_is_gone_whichever_news_come_first(
    desk: Desk, kind: type[Any], in_order: bool
) -> None:
    for one, revision in [(ActivityJoined, 2), (kind, 3)][:: 1 if in_order else -1]:
        tell(desk, one, revision)
    for _ in range(20):
        desk.go(hours=12)
    (subject,) = desk.subjects
    assert subject.startswith(("You are no longer", "Cancelled"))
    assert desk.states(state="superseded").keys() == {"r1-2", "r1-2-48h", "r1-2-2h"}
    assert not any("notice" in one for one in desk.database["messages"].find({"state": "superseded"}))


@pytest.mark.parametrize("in_order", [True, False])
def test_an_activity_that_is_moved_is_recalled_at_its_new_time_alone(desk: Desk, in_order: bool) -> None:
    news = [(ActivityJoined, 2, {}), (ActivityMoved, 3, {"start": LATER, "before": START})]
    for kind, revision, more in news[:: 1 if in_order else -1]:
        tell(desk, kind, revision, **more)
    waits = desk.states(state="queued").keys()
    assert waits == {"r1-3", "r1-3-48h", "r1-3-2h"}
    desk.go(days=8, hours=1)
    assert desk.states()["r1-3-48h"] == "sent"


def test_who_moves_up_is_reminded_and_what_was_said_of_waiting_is_not_said_after_it(desk: Desk) -> None:
    tell(desk, PlaceGained, 3)
    tell(desk, ActivityAwaited, 2, line=1)  # late
    desk.go()
    assert desk.subjects == ["You have a place now: Hiring without borders"]
    assert desk.states(state="queued").keys() == {"r1-3-48h", "r1-3-2h"}


def test_an_event_that_is_told_twice_is_mailed_once(desk: Desk) -> None:
    for _ in range(2):
        tell(desk, ActivityJoined, 2)
        desk.go()
    assert len(desk.subjects) == 1


def test_thanks_are_of_use_for_a_week(desk: Desk) -> None:
    tell(desk, ActivityEnded, 4, start=NOW - timedelta(hours=3))
    desk.go(days=6, hours=23)
    assert desk.states() == {"r1-4": "sent"}
    tell(desk, ActivityEnded, 5, start=NOW - timedelta(hours=3))
    desk.go(days=7, minutes=1)
    assert desk.states()["r1-5"] == "expired"


def test_what_the_meetings_service_tells_can_be_mailed(database: Database[Document], desk: Desk) -> None:
    host = Hosted(MeetingsOnDatabase(database), seats=1)
    first = host.token("paul", language="en")
    host.token("anne")
    host.leave(first)
    for body in host.bodies():
        kind = {
            "activity_joined": ActivityJoined,
            "activity_awaited": ActivityAwaited,
            "activity_left": ActivityLeft,
            "place_gained": PlaceGained,
        }[body["type"].split(".")[-2]]
        desk.service.mail_registration(kind.read(body["data"]))
        desk.go()
    assert {one.partition(":")[0].rstrip() for one in desk.subjects} == {
        "You are registered",
        "You are no longer registered",
        "Sur la liste d’attente",
        "Vous avez maintenant une place",
    }
    assert any(first in one for one in (file.replace("=\n", "") for file in files(desk)))
