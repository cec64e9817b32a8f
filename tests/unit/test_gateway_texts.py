"""Text messages on the pages of meetings: offered, asked for with the words that were shown, refused, taken back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.sectors import load_sectors
from nexus.caller import Caller
from nexus.errors import Conflict, InvalidInput, NexusError
from services.meetings.contracts.documents import ListOwnDocuments, MeetingDocuments
from services.meetings.contracts.meetings import (
    ChooseTextReminder,
    ConfirmMeeting,
    Contact,
    Meeting,
    OpenOwnMeeting,
    State,
    TextReminder,
)
from services.meetings.contracts.types import GetMeetingType, MeetingType, TypeContent
from services.meetings.contracts.waiting import FindOwnWish, OwnWish
from services.meetings.contracts.words import BothLines
from tests.support.fake_bus import FakeBus
from tests.support.html import html_faults
from tests.unit.test_gateway_calendars import a_meeting
from tests.unit.test_gateway_pages import BASE

WORDS = (
    "Me rappeler la rencontre par message texte deux heures avant, à ce numéro. "
    "Je peux y renoncer en tout temps."
)
PAGE, FORM = "/fr/rencontre/m1.x", "/fr/rencontrer/vous/m1.x"
CONTACT = Contact(name="Paul", company="Atelier", email="paul@example.org", phone="514 555-0123")
FIELDS = {"name": "Paul", "company": "Atelier", "email": "paul@example.org", "consent": "yes"}


def ahead(**more: Any) -> Meeting:
    start = datetime.now(UTC) + timedelta(days=2)
    return a_meeting(**{"start": start, "end": start + timedelta(hours=1), "contact": CONTACT, **more})


def held(**more: Any) -> Meeting:
    until = datetime.now(UTC) + timedelta(minutes=9)
    return ahead(state=State.REQUESTED, expires_at=until, contact=None, **more)


class Bus(FakeBus):
    """Answers with `meeting`; `refusal` is raised by whatever changes it."""

    def __init__(self, meeting: Meeting, refusal: Exception | None = None) -> None:
        super().__init__()
        self.meeting, self.refusal = meeting, refusal

    async def call(self, message: Any, caller: Caller, **more: Any) -> Any:
        name = BothLines(fr="Rencontre", en="Meeting")
        kind = TypeContent(name=name, places=("video",))
        made = datetime(2026, 1, 1, tzinfo=UTC)
        answers: dict[type[Any], Any] = {
            OpenOwnMeeting: self.meeting,
            ConfirmMeeting: self.meeting,
            ChooseTextReminder: self.meeting,
            GetMeetingType: MeetingType(id="t", sector="tic", revision=1, content=kind, updated_at=made),
            FindOwnWish: OwnWish(),
            ListOwnDocuments: MeetingDocuments(items=()),
        }
        if type(message) not in answers:
            return await super().call(message, caller, **more)
        self.asked.append((message, caller))
        if self.refusal and isinstance(message, ConfirmMeeting | ChooseTextReminder):
            raise self.refusal
        return answers[type(message)]


def site(bus: FakeBus, texts: bool = True) -> TestClient:
    app = create_app(load_sectors()["tic"], bus, BASE, rate_limit=0, texts=texts)
    return TestClient(app, base_url=BASE, headers={"Accept": "text/html"}, follow_redirects=False)


def box_of(page: str) -> str:
    start = page.index('<input type="checkbox" id="texts"')
    return page[start : page.index(">", start)]


def test_the_form_offers_a_text_and_nobody_is_taken_to_want_one() -> None:
    page = site(Bus(held())).get(FORM)
    assert WORDS in page.text
    assert "checked" not in box_of(page.text)
    assert html_faults(page.text) == []


@pytest.mark.parametrize("why", ["no provider", "too soon"])
def test_where_none_would_come_none_is_offered(why: str) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=119)
    meeting = held(start=soon) if why == "too soon" else held()
    assert WORDS not in site(Bus(meeting), texts=why != "no provider").get(FORM).text
    meeting = ahead(start=soon) if why == "too soon" else ahead()
    assert WORDS not in site(Bus(meeting), texts=why != "no provider").get(PAGE).text


@pytest.mark.parametrize(("box", "agreed"), [("yes", WORDS), ("", None), ("no", None)])
def test_the_words_that_were_shown_go_along_with_the_consent(box: str, agreed: str | None) -> None:
    bus = Bus(held())
    answer = site(bus).post(FORM, data=FIELDS | {"phone": "514 555-0123", "texts": box})
    assert answer.status_code == 303
    (command,) = [one for one, _ in bus.asked if isinstance(one, ConfirmMeeting)]
    assert command.text_consent == agreed


def test_a_number_that_cannot_be_texted_is_told_beside_its_field_and_the_box_stays_as_it_was() -> None:
    bus = Bus(held(), InvalidInput("phone_unusable", field="phone"))
    page = site(bus).post(FORM, data=FIELDS | {"phone": "+33 6 12 34 56 78", "texts": "yes"})
    assert page.status_code == 400
    assert 'id="phone-fault">Donnez le numéro d’un téléphone cellulaire' in page.text
    assert '<a href="#phone">Donnez le numéro' in page.text
    assert "checked" in box_of(page.text)
    assert html_faults(page.text) == []


def test_on_the_page_of_a_meeting_it_is_asked_for_with_a_button() -> None:
    bus = Bus(ahead())
    page = site(bus).get(PAGE)
    assert 'value="514 555-0123"' in page.text
    assert WORDS in page.text
    assert html_faults(page.text) == []
    answer = site(bus).post(f"{PAGE}/textos", data={"phone": "438 555-0123", "texts": "yes"})
    assert answer.headers["location"] == f"{PAGE}?done=texts#texts"
    command = bus.asked[-1][0]
    assert (command.text_consent, command.phone) == (WORDS, "438 555-0123")


def test_it_is_taken_back_where_no_text_could_be_asked_for_as_well() -> None:
    texts = TextReminder(number="+15145550123", wording=WORDS, at=datetime.now(UTC))
    bus = Bus(ahead(texts=texts))
    page = site(bus, texts=False).get("/en/meeting/m1.x?done=texts")
    assert "goes to the number that ends with 0123." in page.text
    assert "+1514" not in page.text
    assert "Noted: a text message comes two hours before." in page.text
    assert html_faults(page.text) == []
    site(bus).post("/en/meeting/m1.x/texts", data={"texts": "no"})
    command = bus.asked[-1][0]
    assert (command.text_consent, command.phone) == (None, None)


@pytest.mark.parametrize("phone", ["", "12", "\x00", "9" * 300, "+33 6 12 34 56 78"])
def test_what_is_no_number_is_refused_on_the_page_which_keeps_it(phone: str) -> None:
    bus = Bus(ahead(), InvalidInput("phone_unusable", field="phone"))
    page = site(bus).post(f"{PAGE}/textos", data={"phone": phone, "texts": "yes"})
    assert page.status_code == 400
    assert 'id="phone-fault">Donnez le numéro d’un téléphone cellulaire' in page.text
    if phone.isprintable():
        assert f'name="phone" value="{phone}"' in page.text
    assert html_faults(page.text) == []


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (Conflict("meeting_over"), "Cette rencontre est passée ou annulée."),
        (InvalidInput("texts_not_offered"), "Aucun message texte n’est envoyé pour le moment."),
    ],
)
def test_what_else_is_refused_is_told_on_the_page(refusal: NexusError, told: str) -> None:
    page = site(Bus(ahead(), refusal)).post(f"{PAGE}/textos", data={"phone": "514 555-0123", "texts": "yes"})
    assert (page.status_code, told in page.text) == (refusal.status, True)
    assert html_faults(page.text) == []
