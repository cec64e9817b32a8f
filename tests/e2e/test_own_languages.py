"""A company that books in English with an advisor who reads French: to each mail, page and calendar in their own."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest
import vobject

from nexus.caller import Role, operator
from services.meetings.contracts.types import SaveMeetingType, TypeContent
from services.meetings.contracts.words import BothLines
from tests.e2e.test_meetings import person_of, starts_on, who
from tests.support.letterbox import letters_in
from tests.support.platforms import DistributedPlatform, RunningPlatform
from tests.support.surfer import Surfer

ALWAYS = {
    "rules.0.rrule": "FREQ=DAILY",
    "rules.0.opens": "00:00",
    "rules.0.closes": "23:55",
    "rules.0.since": "2026-01-01",
    "languages": "en",
    "accepting": "yes",
}


def arrived(running: RunningPlatform, to: str, count: int) -> list[Any]:
    """The mails to an address that bring something for its calendar, oldest first, once there are so many."""
    deadline = monotonic() + 20
    while len(found := [one for one in mails(running, to) if calendars_of(one)]) < count:
        assert monotonic() < deadline, f"{len(found)} of {count} mails to {to}"
        sleep(0.1)
    return sorted(found, key=lambda mail: int(entry_of(mail).sequence.value))


def mails(running: RunningPlatform, to: str) -> list[Any]:
    if isinstance(running, DistributedPlatform):
        return [mail for mail in list(running.mailbox.mails) if mail["To"] == to]
    letters = letters_in(running.folder / "data/mail/tic")
    read: list[Any] = [message_from_bytes(letter, policy=SMTP) for letter in letters]
    return [mail for mail in read if mail["To"] == to]


def calendars_of(mail: EmailMessage) -> list[Any]:
    return [part for part in mail.walk() if part.get_content_type() == "text/calendar"]


def entry_of(mail: EmailMessage) -> Any:
    (part,) = calendars_of(mail)
    return vobject.readOne(part.get_content(), validate=True).vevent


@pytest.fixture
def surfers(running: RunningPlatform) -> Iterator[tuple[Surfer, Surfer]]:
    both = Surfer(running), Surfer(running)
    yield both
    for one in both:
        one.client.close()


def test_each_has_mail_page_and_calendar_in_their_own_language(
    running: RunningPlatform, surfers: tuple[Surfer, Surfer]
) -> None:
    lea, paul = f"{uuid4().hex}@example.org", who()
    advisor, company = surfers
    advisor.sign_in_as(lea, Role.ADVISOR)
    path = "/fr/admin/availability"
    saved = advisor.post(path, path, name="Léa Langue", **ALWAYS, revision="0", do="save")
    content = TypeContent(
        name=BothLines(fr="À deux", en="For two"), places=("video",), audience="invited", minutes=30, notice_hours=0,
        move_hours=0, cancel_hours=0,
    )  # fmt: skip
    kind = running.ask(SaveMeetingType(content=content, sector="tic"), operator("root")).id
    asked = {"type": kind, "place": "video", "spoken": "en", "advisor": person_of(saved)}
    page = advisor.client.get("/en/meet/when", params=asked)
    form = advisor.send("/en/meet/when", **asked, start=starts_on(page)[3])
    booked = company.send(str(form.url), **paul)
    link = str(booked.url).partition("?")[0]
    assert "Your meeting is booked" in booked.text
    later = starts_on(company.get(f"{link}/move"))[5]
    company.send(f"{link}/move", start=later)
    company.send(f"{link}/cancel", why="No need")

    to_paul, to_lea = (arrived(running, to, 3) for to in (paul["email"], lea))
    english, french = ([entry_of(mail) for mail in mails] for mails in (to_paul, to_lea))
    for entries in (english, french):
        assert [int(entry.sequence.value) for entry in entries] == [0, 1, 2]
        assert [entry.status.value for entry in entries] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
        assert entries[1].dtstart.value.astimezone(UTC) == datetime.fromisoformat(later)
    (uid,) = {entry.uid.value for entry in (*english, *french)}
    assert [str(mail["Content-Language"]) for mail in (*to_paul, *to_lea)] == ["en-CA"] * 3 + ["fr-CA"] * 3
    assert [str(mail["Subject"])[:12] for mail in to_paul] == ["Your meeting"] * 3
    assert [str(mail["Subject"])[:9] for mail in to_lea] == ["Rencontre"] * 3
    assert english[0].summary.value.startswith("For two – ")
    assert french[0].summary.value == f"{paul['company']} – À deux"
    assert company.get(english[0].url.value).text.count("For two")
    assert "À deux" in advisor.get(french[0].url.value).text
    feed = advisor.client.get(re.findall(r"https?://[^<\s]+/calendars/[^<\s]+", saved.text)[0]).text
    assert uid in feed
    away = {name: value for name, value in ALWAYS.items() if name != "accepting"}
    advisor.post(path, path, name="Léa Langue", **away, revision="1", do="save")
