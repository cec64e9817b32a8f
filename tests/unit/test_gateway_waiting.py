"""The pages of the waiting list: what is offered, answered, and refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.sectors import load_sectors
from nexus.caller import Caller
from nexus.errors import Conflict, NotFound
from services.meetings.contracts.meetings import Booked
from services.meetings.contracts.types import GetMeetingType, MeetingType, TypeContent
from services.meetings.contracts.waiting import (
    AcceptOffer,
    AskForTime,
    DeclineOffer,
    LeaveWaiting,
    Offer,
    OpenWish,
    Wish,
    Wished,
)
from services.meetings.contracts.words import BothLines
from tests.support.fake_bus import FakeBus
from tests.support.html import html_faults
from tests.unit.test_gateway_calendars import START, a_meeting
from tests.unit.test_gateway_pages import BASE

NAME = BothLines(fr="Rencontre", en="Meeting")


class Waiting(FakeBus):
    """Answers with `wish`; `refusal` is raised by whatever changes it."""

    def __init__(self, **more: Any) -> None:
        super().__init__()
        fields = {
            "id": "w",
            "sector": "tic",
            "revision": 1,
            "state": "waiting",
            "name": NAME,
            "place": "video",
            "zone": "America/Toronto",
            "booked": START,
            "until": datetime(2026, 12, 1, 5, tzinfo=UTC),
            "created_at": START - timedelta(days=9),
        }
        self.wish = Wish(**fields | more)
        self.refusal: Exception | None = None

    async def call(self, message: Any, caller: Caller, **more: Any) -> Any:
        kind = MeetingType(
            id="t",
            sector="tic",
            revision=1,
            content=TypeContent(name=NAME, places=("video", "phone")),
            updated_at=START,
        )
        answers: dict[type[Any], Any] = {
            OpenWish: self.wish,
            GetMeetingType: kind,
            DeclineOffer: self.wish,
            LeaveWaiting: self.wish,
            AskForTime: Wished(wish=self.wish, token="w.abc"),
            AcceptOffer: Booked(meeting=a_meeting(), token="m1.abc"),
        }
        if type(message) not in answers:
            return await super().call(message, caller, **more)
        self.asked.append((message, caller))
        if self.refusal and not isinstance(message, OpenWish | GetMeetingType):
            raise self.refusal
        return answers[type(message)]


def offer() -> Offer:
    begin = START - timedelta(days=2)
    return Offer(
        start=begin, end=begin + timedelta(hours=1), expires_at=begin - timedelta(days=1), people="Anne"
    )


def site(bus: FakeBus) -> TestClient:
    app = create_app(load_sectors()["tic"], bus, BASE, rate_limit=0)
    return TestClient(app, base_url=BASE, headers={"Accept": "text/html"}, follow_redirects=False)


def test_an_offer_is_shown_with_what_is_booked_and_until_when_it_is_kept() -> None:
    client = site(Waiting(state="offered", offer=offer()))
    french, english = client.get("/fr/attente/w.abc"), client.get("/en/waiting/w.abc")
    assert "Prendre ce moment" in french.text
    assert "dimanche 29 novembre 2026</strong>, 9\xa0h – 10\xa0h" in french.text
    assert "Réservé pour vous jusqu’au samedi 28 novembre 2026, 9\xa0h<" in french.text
    assert "Kept for you until Saturday, November 28, 2026, 9:00\xa0a.m." in english.text
    assert html_faults(french.text) == html_faults(english.text) == []
    assert french.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("do", "asked", "place"),
    [
        ("accept", AcceptOffer, "/fr/rencontre/m1.abc?done=moved"),
        ("decline", DeclineOffer, "/fr/attente/w.abc?done=decline"),
        ("leave", LeaveWaiting, "/fr/attente/w.abc?done=leave"),
    ],
)
def test_each_answer_is_one_button(do: str, asked: type[Any], place: str) -> None:
    bus = Waiting(state="offered", offer=offer())
    answer = site(bus).post("/fr/attente/w.abc", data={"do": do})
    assert (answer.status_code, answer.headers["location"]) == (303, place)
    assert isinstance(bus.asked[-1][0], asked)


def test_to_look_at_an_offer_takes_nothing_since_mail_programs_look_too() -> None:
    bus = Waiting(state="offered", offer=offer())
    site(bus).get("/fr/attente/w.abc?do=accept")
    assert not any(isinstance(message, AcceptOffer) for message, _ in bus.asked)


def test_what_came_too_late_says_so_on_the_same_page() -> None:
    bus = Waiting()
    bus.refusal = Conflict("offer_expired")
    answer = site(bus).post("/fr/attente/w.abc", data={"do": "accept"})
    assert answer.status_code == 409
    assert "Ce moment ne vous est plus réservé. Vous restez sur la liste d’attente." in answer.text


def test_a_link_that_is_no_good_is_not_found() -> None:
    class Nobody(Waiting):
        async def call(self, message: Any, caller: Caller, **more: Any) -> Any:
            if isinstance(message, OpenWish):
                raise NotFound("wish_not_found")
            return await super().call(message, caller, **more)

    assert site(Nobody()).get("/fr/attente/" + "x" * 900).status_code == 404


def test_who_finds_no_time_asks_for_one_with_the_need_that_was_told() -> None:
    bus = Waiting()
    client, path = site(bus), "/fr/rencontrer/attente?type=t&place=phone&theme=hiring&spoken=en"
    page = client.get(path)
    assert html_faults(page.text) == []
    form = {"name": "Paul", "company": "Atelier", "email": "paul@example.org", "phone": "514 555-0100"}
    form |= {"consent": "yes", "until": "2026-12-24", "message": "Le matin"}
    answer = client.post(path, data=form)
    assert answer.headers["location"] == "/fr/attente/w.abc?done=waiting"
    asked = bus.asked[-1][0]
    assert (asked.place, asked.need.themes, asked.need.language) == ("phone", ("hiring",), "en")
    assert (asked.need.message, str(asked.until), asked.base_url) == ("Le matin", "2026-12-24", BASE)
    for wrong in ({"until": "demain"}, {"until": ""}, {"email": "x"}, {"consent": ""}):
        refused = client.post(path, data=form | wrong)
        assert refused.status_code == 400
        assert f'href="#{next(iter(wrong))}"' in refused.text
    bus.refusal = Conflict("too_many_wishes", most=3)
    assert "Vous attendez déjà trois fois" in client.post(path, data=form).text
    assert client.get("/fr/rencontrer/attente").headers["location"] == "/fr/rencontrer"
