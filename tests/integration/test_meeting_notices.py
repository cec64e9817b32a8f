"""What is said of a meeting: once, to each, in time; and nothing of what events have overtaken."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.database import Database

from nexus.caller import Role, anonymous
from nexus.composition import Resources
from nexus.mongo import Document
from nexus.seal import Seal
from nexus.settings import Settings
from services.meetings.contracts.meetings import (
    MeetingBooked,
    MeetingCancelled,
    MeetingDeclined,
    MeetingMoved,
)
from services.notifications.compose import compose
from services.notifications.contracts import ListLocalMails
from services.notifications.service import Notifications
from services.people.contracts.people import PersonChanged
from tests.support.meetings_service import SECRET

SEAL = Seal(SECRET, "mail")
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
START = NOW + timedelta(days=7)
OPENED = {
    "to": "paul@exemple.ca", "name": "Paul Roy", "company": "Atelier 3", "phone": None,
    "link": "https://tic.example.org/en/meeting/m1.abc", "site": "https://tic.example.org", "where": None,
    "people": "Léa",
}  # fmt: skip


class Desk:
    """The notifications service on a database, with a clock of the test's own; mail goes to a folder."""

    def __init__(self, database: Database[Document], folder: Any) -> None:
        self.now, self.folder, self.database = NOW, folder, database
        settings = Settings(data=folder, sealing_secret=SECRET, smtp_url=None)
        composed = compose(Resources(settings, database, embedded=True, clock=lambda: self.now))
        assert isinstance(composed.service, Notifications)
        self.service = composed.service
        self.service._postman.wake = lambda: None

    def go(self, **time: float) -> None:
        """Let time pass, and have sent what is due."""
        self.now += timedelta(**time)
        self.service.send_due()

    @property
    def subjects(self) -> list[str]:
        found = self.service.list_local_mails(ListLocalMails(), anonymous("tic")).items
        return [one.subject for one in reversed(found)]

    def states(self, **wanted: Any) -> dict[str, str]:
        return {one["_id"]: one["state"] for one in self.database["messages"].find(wanted)}

    def hire(self, sealed: bool = True, revision: int = 1) -> None:
        to = SEAL.close({"to": "lea@exemple.ca", "name": "Léa Roy"}) if sealed else None
        self.service.remember_person(
            PersonChanged(
                id="lea", sector="tic", revision=revision, language="fr", roles={Role.ADVISOR}, sealed=to
            )
        )


@pytest.fixture
def desk(database: Database[Document], tmp_path: Any) -> Desk:
    desk = Desk(database, tmp_path)
    desk.hire()
    return desk


def event(kind: type[Any], revision: int, start: datetime = START, **more: Any) -> Any:
    return kind(
        id="m1", revision=revision, sequence=revision - 2, sector="tic", meeting_type="t", place="video",
        advisors=("lea",), start=start, end=start + timedelta(hours=1), zone="America/Toronto",
        title={"fr": "Rencontre", "en": "Meeting"}, language="en", by="company", sealed=SEAL.close(OPENED), **more,
    )  # fmt: skip


def test_a_company_is_reminded_two_days_and_two_hours_before(desk: Desk) -> None:
    desk.service.mail_booking(event(MeetingBooked, 2))
    desk.go()
    assert len(desk.subjects) == 2
    desk.go(days=4, hours=23, minutes=59)
    assert len(desk.subjects) == 2
    desk.go(minutes=1)
    assert desk.subjects[2:] == ["Reminder: your meeting of Monday, November 30, 2026, 10:00\xa0a.m."]
    desk.go(hours=45, minutes=59)
    assert len(desk.subjects) == 3
    desk.go(minutes=1)
    assert len(desk.subjects) == 4
    desk.go(days=3)
    assert len(desk.subjects) == 4
    assert set(desk.states().values()) == {"sent"}
    told = json.dumps(list(desk.database["messages"].find()), default=str)
    assert not any(secret in told for secret in ("paul@", "lea@", "m1.abc", "Atelier"))


def test_who_books_shortly_before_is_not_reminded_of_what_they_just_did(desk: Desk) -> None:
    desk.service.mail_booking(event(MeetingBooked, 2, NOW + timedelta(hours=1)))
    assert sorted(desk.states()) == ["m1-2", "m1-2-lea"]


def test_a_meeting_whose_time_stays_is_told_to_be_with_somebody_else(desk: Desk) -> None:
    desk.service.mail_move(event(MeetingMoved, 3, START, before=START))
    desk.go()
    advisor, company = sorted(one.replace("\xa0", " ") for one in desk.subjects)
    assert advisor.startswith("Rencontre du lundi 30 novembre 2026")
    assert company == "Your meeting of Monday, November 30, 2026, 10:00 a.m.: with somebody else"


@pytest.mark.parametrize("in_order", [True, False])
def test_a_meeting_that_is_moved_is_recalled_at_its_new_time_alone(desk: Desk, in_order: bool) -> None:
    later = START + timedelta(days=3)
    news = [
        lambda: desk.service.mail_booking(event(MeetingBooked, 2)),
        lambda: desk.service.mail_move(event(MeetingMoved, 3, later, before=START)),
    ]
    for tell in news if in_order else reversed(news):
        tell()
    dropped = {"m1-2-48h": "superseded", "m1-2-2h": "superseded"}
    assert desk.states(**{"about.lapses": True}) == dropped | {"m1-3-48h": "queued", "m1-3-2h": "queued"}
    assert not any("notice" in one for one in desk.database["messages"].find({"state": "superseded"}))
    desk.go(days=8, hours=1)
    assert [one for one in desk.subjects if "Reminder" in one] == [
        "Reminder: your meeting of Thursday, December 3, 2026, 10:00\xa0a.m."
    ]


def test_nobody_is_reminded_of_a_meeting_that_is_cancelled(desk: Desk) -> None:
    desk.service.mail_booking(event(MeetingBooked, 2))
    desk.service.mail_cancellation(event(MeetingCancelled, 3, by_company=True))
    desk.service.mail_booking(event(MeetingBooked, 2))  # told again, late
    for _ in range(20):
        desk.go(hours=12)
    assert len(desk.subjects) == 4
    assert not any("Reminder" in one for one in desk.subjects)


def test_who_takes_part_is_told_of_a_decline_and_the_meeting_is_recalled_all_the_same(desk: Desk) -> None:
    desk.service.mail_booking(event(MeetingBooked, 2))
    desk.go()
    desk.service.mail_decline(event(MeetingDeclined, 3))
    desk.service.mail_booking(event(MeetingBooked, 2))  # told again, late
    desk.go()
    assert desk.subjects[2:] == ["Refusée\xa0: rencontre du lundi 30 novembre 2026, 10\xa0h, Atelier 3"]
    (mail,) = (desk.folder / "mail" / "tic").glob("*m1-3-lea.eml")
    assert b"text/calendar" not in mail.read_bytes()  # their entry stands
    assert [one for one, state in desk.states().items() if state == "queued"] == ["m1-2-48h", "m1-2-2h"]


def test_after_a_stop_of_two_days_what_is_still_useful_is_sent_and_what_is_too_late_is_not(
    desk: Desk,
) -> None:
    desk.service.mail_booking(event(MeetingBooked, 2, NOW + timedelta(days=3)))
    desk.go()
    desk.now += timedelta(
        days=2, hours=23
    )  # the reminder of two days was due 46 hours ago, that of two hours one
    desk.go()
    assert desk.states(**{"about.lapses": True}) == {"m1-2-48h": "expired", "m1-2-2h": "sent"}


def test_a_reminder_of_two_days_comes_at_the_same_hour_though_the_clocks_change(desk: Desk) -> None:
    monday_at_nine = datetime(2027, 3, 15, 13, 0, tzinfo=UTC)  # in summer time, from that Sunday on
    desk.service.mail_booking(event(MeetingBooked, 2, monday_at_nine))
    found = desk.database["messages"].find_one({"_id": "m1-2-48h"})
    assert found
    assert found["next_attempt"] == datetime(
        2027, 3, 13, 14, 0, tzinfo=UTC
    )  # Saturday at nine, in winter time
    soon = desk.database["messages"].find_one({"_id": "m1-2-2h"})
    assert soon
    assert soon["next_attempt"] == monday_at_nine - timedelta(hours=2)


def test_an_advisor_whose_account_is_told_of_late_is_mailed_all_the_same(
    database: Database[Document], tmp_path: Any
) -> None:
    desk = Desk(database, tmp_path)
    desk.service.mail_booking(event(MeetingBooked, 2))
    desk.go()
    assert desk.states() | {"m1-2-48h": "", "m1-2-2h": ""} == {
        "m1-2": "sent", "m1-2-lea": "queued", "m1-2-48h": "", "m1-2-2h": ""
    }  # fmt: skip
    desk.hire()
    desk.go(seconds=5)
    assert desk.states()["m1-2-lea"] == "sent"
    assert any(one.startswith("Rencontre du lundi 30 novembre 2026") for one in desk.subjects)


@pytest.mark.parametrize(("left", "reason"), [(True, "recipient_left"), (False, "recipient_unknown")])
def test_who_is_not_of_the_staff_is_not_mailed_and_it_says_so(
    database: Database[Document], tmp_path: Any, left: bool, reason: str
) -> None:
    desk = Desk(database, tmp_path)
    if left:
        desk.hire()
        desk.hire(sealed=False, revision=2)
        desk.hire()  # told again, late
    desk.service.mail_booking(event(MeetingBooked, 2))
    for _ in range(20):
        desk.go(minutes=1)
    found = desk.database["messages"].find_one({"_id": "m1-2-lea"})
    assert found
    assert (found["state"], found["answer"]) == ("suppressed", reason)
    assert "notice" not in found


def test_an_account_of_another_sector_is_nobody_here(desk: Desk) -> None:
    told = event(MeetingBooked, 2).model_copy(update={"sector": "aero"})
    desk.service.mail_booking(told)
    for _ in range(20):
        desk.go(minutes=1)
    assert desk.states()["m1-2-lea"] == "suppressed"
