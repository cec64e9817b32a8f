"""Text messages go to who asked for one: once, in time, beside the mails, whatever becomes of their provider."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pymongo.database import Database

from nexus.caller import Caller, Role
from nexus.composition import Resources
from nexus.errors import InvalidInput
from nexus.mongo import Document
from nexus.settings import Settings
from services.meetings.contracts.meetings import (
    MeetingBooked,
    MeetingCancelled,
    MeetingMoved,
    TextReminderChosen,
)
from services.notifications.compose import compose
from services.notifications.contracts.deliveries import ListDeliveries, ListNotices, SendAgain
from tests.integration.test_meeting_notices import NOW, OPENED, SEAL, START, Desk, event
from tests.support.meetings_service import SECRET
from tests.support.texting import Provider

NUMBER = "+15145550123"
LEAD = Caller(sector="tic", person="lea", roles=frozenset({Role.COORDINATOR}))


class TextDesk(Desk):
    """The same with a provider of text messages."""

    def __init__(self, database: Database[Document], folder: Any, provider: Provider) -> None:
        super().__init__(database, folder)
        self.provider = provider
        settings = Settings(data=folder, sealing_secret=SECRET, texts=True, text_url=provider.url)
        self.service = compose(Resources(settings, database, embedded=True, clock=lambda: self.now)).service  # type: ignore[assignment]
        self.service._postman.wake = lambda: None  # type: ignore[method-assign]

    def go(self, **time: float) -> None:
        super().go(**time)
        self.service.send_due_texts()

    @property
    def texts(self) -> dict[str, str]:
        return self.states(channel="text")


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def desk(database: Database[Document], tmp_path: Any, provider: Provider) -> TextDesk:
    desk = TextDesk(database, tmp_path, provider)
    desk.hire()
    return desk


def told(kind: type[Any], revision: int, to: str | None = NUMBER, **more: Any) -> Any:
    sealed = SEAL.close(OPENED | {"text_to": to})
    return event(kind, revision, **more).model_copy(update={"sealed": sealed})


def test_who_asked_for_it_is_texted_two_hours_before_and_nothing_of_it_stays(desk: TextDesk) -> None:
    desk.service.mail_booking(told(MeetingBooked, 2))
    desk.go(days=6, hours=21, minutes=59)
    assert desk.provider.taken == []
    desk.go(minutes=1)
    desk.go(minutes=1)
    ((number, words),) = desk.provider.taken
    assert number == NUMBER
    assert words.startswith(
        "Emploi NEXUS ICT: reminder of your meeting of Monday, November 30, 2026, 10:00 a.m. ("
    )
    assert words.endswith(OPENED["link"] or "-")
    assert desk.texts == {"m1-2-text": "sent"}
    assert len(desk.subjects) == 4  # the mails go out as they did
    kept = json.dumps(list(desk.database["messages"].find({"channel": "text"})), default=str)
    assert not any(secret in kept for secret in ("5550123", "m1.abc"))


@pytest.mark.parametrize("in_order", [True, False])
def test_a_text_follows_its_meeting_to_another_time(desk: TextDesk, in_order: bool) -> None:
    news = [
        lambda: desk.service.mail_booking(told(MeetingBooked, 2)),
        lambda: desk.service.mail_move(told(MeetingMoved, 3, start=START + timedelta(days=1), before=START)),
    ]
    for tell in news if in_order else reversed(news):
        tell()
    assert desk.texts == {"m1-2-text": "superseded", "m1-3-text": "queued"}
    desk.go(days=6, hours=23)
    assert desk.provider.taken == []
    desk.go(hours=23)
    assert len(desk.provider.taken) == 1


def test_of_a_meeting_that_is_cancelled_no_text_comes(desk: TextDesk) -> None:
    desk.service.mail_booking(told(MeetingBooked, 2))
    desk.service.mail_cancellation(told(MeetingCancelled, 3, by_company=True))
    desk.go(days=6, hours=22)
    assert (desk.texts, desk.provider.taken) == ({"m1-2-text": "superseded"}, [])


@pytest.mark.parametrize("in_order", [True, False])
def test_who_wants_no_text_any_more_gets_none_and_mails_stay_as_they_are(
    desk: TextDesk, in_order: bool
) -> None:
    news = [
        lambda: desk.service.mail_booking(told(MeetingBooked, 2)),
        lambda: desk.service.change_text_reminder(told(TextReminderChosen, 3, None)),
    ]
    for tell in news if in_order else reversed(news):
        tell()
    desk.go()
    assert desk.texts == {"m1-2-text": "superseded", "m1-3-text": "suppressed"}
    assert desk.states(**{"about.lapses": True, "channel": None}) == {
        "m1-2-48h": "queued", "m1-2-2h": "queued"
    }  # fmt: skip
    found = {one.id: one for one in desk.service.list_deliveries(ListDeliveries(), LEAD).items}
    assert (found["m1-3-text"].channel, found["m1-3-text"].answer) == ("text", "texts_stopped")
    assert found["m1-2-2h"].channel == "mail"
    desk.service.change_text_reminder(told(TextReminderChosen, 4))
    desk.go(days=6, hours=22)
    assert [number for number, _ in desk.provider.taken] == [NUMBER]


def test_while_the_provider_refuses_mail_goes_on_and_the_text_is_tried_again(desk: TextDesk) -> None:
    desk.provider.status = 503
    desk.service.mail_booking(told(MeetingBooked, 2, start=NOW + timedelta(hours=2, minutes=1)))
    desk.go(minutes=1)
    assert desk.texts == {"m1-2-text": "queued"}
    assert len(desk.subjects) == 3
    for _ in range(4):
        desk.go(seconds=20)
    (text,) = desk.service.list_deliveries(ListDeliveries(kind="meeting_text"), LEAD).items
    assert (text.answer, text.attempts > 2) == ("text_not_taken", True)
    desk.provider.status = 200
    desk.service.send_again(SendAgain(id=text.id), LEAD)
    desk.go()
    assert (desk.texts, len(desk.provider.taken)) == ({"m1-2-text": "sent"}, 1)


def test_a_text_that_nobody_takes_for_two_hours_is_dropped(desk: TextDesk) -> None:
    desk.provider.status = 503
    desk.service.mail_booking(told(MeetingBooked, 2, start=NOW + timedelta(hours=2, minutes=1)))
    for _ in range(13):
        desk.go(minutes=10)
    assert desk.texts == {"m1-2-text": "expired"}
    assert desk.provider.asked <= 12


def test_the_table_of_notices_has_texts(desk: TextDesk) -> None:
    rules = desk.service.list_notices(ListNotices(), LEAD)
    assert {rule.event for rule in rules if rule.channel == "text"} == {
        "meeting_booked", "meeting_moved", "text_reminder_chosen"
    }  # fmt: skip


def test_a_process_that_is_to_send_texts_does_not_start_without_a_provider(
    database: Database[Document], tmp_path: Any
) -> None:
    settings = Settings(data=tmp_path, sealing_secret=SECRET, texts=True)
    with pytest.raises(InvalidInput, match="NEXUS_TEXT_URL"):
        compose(Resources(settings, database, embedded=True))
