"""Mails that change one entry of a calendar for all of a meeting’s life, read by another parser than wrote them."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
import vobject

from nexus.caller import Language
from services.meetings.contracts.meetings import MeetingBooked, MeetingCancelled, MeetingMoved
from services.meetings.contracts.registrations import (
    ActivityAwaited,
    ActivityCalledOff,
    ActivityJoined,
    ActivityLeft,
    ActivityMoved,
    PlaceGained,
)
from services.notifications.activities import ActivityNotices
from services.notifications.channels.mime import as_email
from services.notifications.domain.messages import Message
from services.notifications.meetings import MeetingEvent, MeetingNotices
from tests.support.activity_events import activity_event
from tests.support.mails import NOW, written

WINTER = datetime(2026, 12, 1, 19, 0, tzinfo=UTC)  # two o'clock in Montréal
SUMMER = datetime(2027, 6, 1, 18, 0, tzinfo=UTC)  # as well
OPENED = {
    "to": "paul@exemple.ca", "name": "Paul \"P.\" Roy; Cie, inc.", "company": "Atelier; un, deux\\trois", "phone": None,
    "link": "https://tic.example.org/en/meeting/m1.abc", "site": "https://tic.example.org",
    "where": "https://video.example.org/x", "people": "Léa Roy, Anne Côté",
}  # fmt: skip


class Open:
    """A seal that is not closed."""

    def open(self, sealed: str) -> dict[str, str | None]:
        return OPENED


def event(kind: type[Any], sequence: int, start: datetime = WINTER, **more: Any) -> Any:
    return kind(
        id="m1", revision=sequence + 2, sequence=sequence, sector="tic", meeting_type="t", place="video",
        advisors=("lea",), start=start, end=start + timedelta(hours=1), zone="America/Toronto",
        title={"fr": "Rencontre, d’essai; longue " * 5, "en": "Trial, meeting; long " * 5}, language="en",
        by="company", sealed="…", **more,
    )  # fmt: skip


def messages(told: MeetingEvent, change: Any, hours: tuple[int, ...] = ()) -> list[Message]:
    return MeetingNotices(Open(), lambda _: hours).of(told, change, NOW)


SERIES: list[tuple[MeetingEvent, Any]] = [
    (event(MeetingBooked, 0), "booked"),
    (event(MeetingMoved, 1, SUMMER, before=WINTER), "moved"),
    (event(MeetingMoved, 2, WINTER, before=SUMMER), "moved"),
    (event(MeetingCancelled, 3, by_company=True), "cancelled"),
]


def mail_of(message: Message, language: Language = "fr") -> Any:
    letter = written(
        message.notice, language, message.id, created_at=NOW + timedelta(minutes=message.about.revision)
    )
    return message_from_bytes(as_email(letter, "nexus@exemple.ca"), policy=SMTP)


def entry_of(mail: Any) -> Any:
    """What its calendar part says, read by another library than wrote it; the attached file says the same."""
    (part,) = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    (file,) = mail.iter_attachments()
    text = part.get_content()
    assert file.get_content() == text.encode()
    assert part.get_param("method") in ("REQUEST", "CANCEL")
    lines = text.encode().split(b"\r\n")
    assert lines.pop() == b""
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    calendar = vobject.readOne(text, validate=True)
    assert calendar.method.value == part.get_param("method")
    return calendar


@pytest.mark.parametrize("to", [0, 1], ids=["company", "advisor"])
def test_a_meeting_that_is_booked_moved_twice_and_cancelled_is_one_entry_all_along(to: int):
    entries = [entry_of(mail_of(messages(told, change)[to])) for told, change in SERIES]
    assert {one.vevent.uid.value for one in entries} == {"m1@tic.emploi-nexus"}
    assert [int(one.vevent.sequence.value) for one in entries] == [0, 1, 2, 3]
    assert [one.method.value for one in entries] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert [one.vevent.status.value for one in entries] == ["CONFIRMED"] * 3 + ["CANCELLED"]
    stamps = [one.vevent.dtstamp.value for one in entries]
    assert stamps == sorted(set(stamps))
    assert len({one.vevent.organizer.value for one in entries}) == 1


@pytest.mark.parametrize(("start", "offset"), [(WINTER, -5), (SUMMER, -4)])
def test_a_meeting_is_at_two_o_clock_in_both_halves_of_the_year(start: datetime, offset: int):
    (company, _) = messages(event(MeetingBooked, 0, start), "booked")
    found = entry_of(mail_of(company)).vevent.dtstart.value
    assert (found.hour, found.utcoffset()) == (
        14,
        timedelta(hours=offset),
    )  # by the VTIMEZONE, and nothing else
    assert found.astimezone(UTC) == start


@pytest.mark.parametrize(
    ("utc", "wall"),
    [
        ("2027-03-14T06:55", "01:55"),
        ("2027-03-14T07:00", "03:00"),
        ("2027-11-07T05:55", "01:55"),
        ("2027-11-07T07:00", "02:00"),
    ],
)
def test_the_night_when_the_clocks_change_is_told_right(utc: str, wall: str):
    start = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    (company, _) = messages(event(MeetingBooked, 0, start), "booked")
    found = entry_of(mail_of(company)).vevent.dtstart.value
    assert (f"{found:%H:%M}", found.astimezone(UTC)) == (wall, start)


def test_each_has_the_entry_in_a_language_of_their_own_with_who_comes():
    company, advisor = messages(event(MeetingBooked, 0), "booked")
    english, french = entry_of(mail_of(company)).vevent, entry_of(mail_of(advisor)).vevent
    assert english.summary.value.startswith("Trial, meeting; long")
    assert french.summary.value.startswith("Atelier; un, deux\\trois – Rencontre, d’essai; longue")
    assert english.url.value == OPENED["link"]
    assert french.url.value == "https://tic.example.org/fr/admin/meetings/m1"
    assert [one.value for one in english.attendee_list] == ["mailto:paul@exemple.ca"]
    assert [(one.value, one.params["LANGUAGE"]) for one in french.attendee_list] == [
        ("mailto:lea@exemple.ca", ["fr-CA"]),
        ("mailto:paul@exemple.ca", ["en-CA"]),
    ]
    assert english.organizer.value == french.organizer.value == "mailto:nexus@exemple.ca"
    assert english.attendee_list[0].params["PARTSTAT"] == ["ACCEPTED"]
    assert "lea@exemple.ca" not in str(english)  # our people's addresses are theirs to give
    assert english.valarm.trigger.value == timedelta(minutes=-30)
    assert "Léa Roy, Anne Côté" in english.description.value


def test_a_reminder_is_of_use_until_the_next_one_of_its_sector():
    reminders = [one for one in messages(event(MeetingBooked, 0), "booked", (100, 24)) if one.due]
    first, last = sorted(reminders, key=lambda one: one.due or NOW)
    assert (first.until, last.until) == (last.due, event(MeetingBooked, 0).start)


def test_a_reminder_changes_no_entry():
    reminders = [one for one in messages(event(MeetingBooked, 0), "booked", (48, 2)) if one.due]
    assert len(reminders) == 2
    assert all(written(one.notice).calendar is None for one in reminders)


def told_of_activity(kind: type[Any], revision: int, start: datetime = WINTER, **more: Any) -> Any:
    """The mail of an event about a registration, sent at once."""
    event = activity_event(kind, revision, start, "…", **more)
    (message,) = ActivityNotices(Open(), lambda _: ()).of(event, NOW)
    return mail_of(message)


@pytest.mark.parametrize("first", [ActivityJoined, PlaceGained])
@pytest.mark.parametrize("last", [ActivityCalledOff, ActivityLeft])
def test_a_place_that_is_moved_twice_and_lost_is_one_entry_all_along(first: type[Any], last: type[Any]):
    entries = [
        entry_of(one)
        for one in (
            told_of_activity(first, 2),
            told_of_activity(ActivityMoved, 3, SUMMER, before=WINTER),
            told_of_activity(ActivityMoved, 4, WINTER, before=SUMMER),
            told_of_activity(last, 5),
        )
    ]
    assert {one.vevent.uid.value for one in entries} == {"r1@tic.emploi-nexus"}
    assert [int(one.vevent.sequence.value) for one in entries] == [0, 1, 2, 3]
    assert [one.method.value for one in entries] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert [one.vevent.dtstart.value.astimezone(UTC) for one in entries] == [WINTER, SUMMER, WINTER, WINTER]
    assert {one.vevent.location.value for one in entries} == {"Room A; 1, Stage Street"}
    assert {one.vevent.organizer.value for one in entries} == {"mailto:nexus@exemple.ca"}
    assert entries[0].vevent.attendee_list[0].value == "mailto:paul@exemple.ca"


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (ActivityAwaited, {"line": 1}),
        (ActivityMoved, {"waits": True}),
        (ActivityCalledOff, {"waits": True}),
        (ActivityLeft, {"waits": True}),
    ],
)
def test_who_waits_has_no_entry_that_could_change(kind: type[Any], more: dict[str, Any]):
    mail = told_of_activity(kind, 2, **more)
    assert not any(one.get_content_type() == "text/calendar" for one in mail.walk())
