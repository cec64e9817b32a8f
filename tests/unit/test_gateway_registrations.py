"""Pages of registrations: an activity's, one's own, and the staff's file."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway.admin.registrations import _average, _cells
from gateway.admin.tables import MARK, csv_line
from gateway.app import create_app
from gateway.links import REGISTRATION
from gateway.sectors import load_sectors
from nexus.caller import LANGUAGES, Caller
from nexus.errors import Conflict, NotFound, Unavailable
from services.content.contracts.activities import Registration as Takes
from services.meetings.contracts.registrations import (
    REGISTRATION_PATHS,
    ActivityJoined,
    LeaveActivity,
    OpenRegistration,
    Places,
    PlacesLeft,
    RateActivity,
    Register,
    Registered,
    Registration,
    Scores,
)
from services.meetings.contracts.words import BothLines
from tests.support.articles import activity
from tests.support.fake_bus import FakeBus
from tests.support.html import html_faults
from tests.support.registrations import registrant
from tests.unit.test_gateway_pages import BASE

NOW = datetime.now(UTC)
SOON = NOW + timedelta(days=20)
PAGE, FORM = "/fr/activites/a1-fr", {"name": "Anna", "email": "anna@example.org", "consent": "yes"}
OWN = "/fr/inscription/r1.abc"


def places(left: int | None = 3, seats: int | None = 12, **more: Any) -> Places:
    fields = {"news": 1, "is_open": True, "closes_at": SOON, "taken": 9, "waiting": 0}
    return Places(**fields | {"left": left, "seats": seats} | more)


def registration(**more: Any) -> Registration:
    fields = {
        "id": "r1",
        "activity": "a1",
        "sector": "tic",
        "revision": 3,
        "sequence": 1,
        "state": "registered",
        "title": BothLines(fr="Forum", en="Fair"),
        "start": datetime(2029, 2, 9, 17, tzinfo=UTC),
        "end": datetime(2029, 2, 9, 18, tzinfo=UTC),
        "zone": "America/Toronto",
        "where": BothLines(fr="Salle A", en="Room A"),
        "registrant": registrant("anna", company="Atelier"),
        "created_at": NOW,
    }
    return Registration(**fields | more)


class Hosting(FakeBus):
    """An activity that takes registrations, and one of these. `refusal` is raised by whatever changes something."""

    def __init__(self, left: Places | None = None, one: Registration | None = None, **content: Any) -> None:
        super().__init__()
        self.activities = (activity(**{"days": 4000, "registration": Takes(seats=12)} | content),)
        self.places = left or places()
        self.one = one or registration()
        self.registered = Registered(registration=self.one, token="r1.abc")
        self.refusal: Exception | None = None
        self.no_places: Exception | None = None

    async def call(self, message: Any, caller: Caller, **more: Any) -> Any:
        answers: dict[type[Any], Any] = {
            PlacesLeft: self.places,
            Register: self.registered,
            OpenRegistration: self.one,
            LeaveActivity: self.one,
            RateActivity: self.one,
        }
        if type(message) not in answers:
            return await super().call(message, caller, **more)
        self.asked.append((message, caller))
        if isinstance(message, PlacesLeft) and self.no_places:
            raise self.no_places
        if self.refusal and not isinstance(message, PlacesLeft | OpenRegistration):
            raise self.refusal
        return answers[type(message)]

    def sent(self, kind: type[Any]) -> list[Any]:
        return [message for message, _ in self.asked if isinstance(message, kind)]


class Line(FakeBus):
    """Leads to the bus of a test, so that all share one gateway, which takes most of a second to make."""

    def __init__(self) -> None:
        super().__init__()
        app = create_app(load_sectors()["tic"], self, BASE, rate_limit=0)
        self.client = TestClient(app, base_url=BASE, headers={"Accept": "text/html"}, follow_redirects=False)

    async def call(self, message: Any, caller: Caller, **more: Any) -> Any:
        return await self.bus.call(message, caller, **more)

    def lead(self, bus: FakeBus) -> TestClient:
        self.bus = bus
        self.say(None)  # what was kept is of another test
        return self.client


LINE = Line()


def site(bus: FakeBus) -> TestClient:
    return LINE.lead(bus)


def joined() -> ActivityJoined:
    told = {name: getattr(registration(), name) for name in ("id", "revision", "sector", "activity", "title")}
    told |= {name: getattr(registration(), name) for name in ("start", "end", "zone")}
    return ActivityJoined(**told, language="fr", sealed="x")


def test_links_of_mails_lead_to_the_page_of_a_registration() -> None:
    assert {one: f"/{one}/{REGISTRATION[one]}" for one in LANGUAGES} == REGISTRATION_PATHS


@pytest.mark.parametrize(
    ("left", "fr", "en", "button"),
    [
        (places(3), "3 places libres sur 12", "3 places left of 12", "Register"),
        (places(1), "1 place libre sur 12", "1 place left of 12", "Register"),
        (places(None, None), "Sans limite", "As many as come", "Register"),
        (
            places(0, waiting=4),
            "Liste d’attente (4 personnes attendent)",
            "(4 people wait)",
            "Join the waiting",
        ),
    ],
)
def test_the_page_of_an_activity_says_how_many_places_are_left_and_has_a_form(
    left: Places, fr: str, en: str, button: str
) -> None:
    client = site(Hosting(left))
    french, english = client.get(PAGE).text, client.get("/en/activities/a1-en").text
    assert " ".join(re.sub(r"<[^>]+>", " ", french).split()).count(fr.replace(" (", " (")) == 2
    assert en in english
    assert f"<button>{button}" in english
    assert html_faults(french) == html_faults(english) == []


def test_without_registration_there_is_neither_form_nor_question() -> None:
    for content in ({"registration": None}, {"cancelled": True}, {"days": -30}):
        bus = Hosting(**content)
        text = site(bus).get(PAGE).text
        assert 'id="register"' not in text
        assert not bus.sent(PlacesLeft)


def test_where_registration_is_closed_the_page_says_so() -> None:
    text = site(Hosting(places(is_open=False))).get(PAGE).text
    assert "Les inscriptions sont closes." in text
    assert "<form" not in text.partition('id="register"')[2].partition("</section>")[0]


def test_a_page_is_kept_until_its_places_change_and_others_stay() -> None:
    bus = Hosting()
    client = site(bus)
    first = client.get(PAGE)
    client.get(PAGE)
    client.get("/fr/partenaires")
    assert len(bus.sent(PlacesLeft)) == 1
    assert "surrogate-key" not in first.headers
    bus.places = places(2)
    LINE.say(joined())
    assert "2 places libres" in client.get(PAGE).text
    assert len(bus.sent(PlacesLeft)) == 2


@pytest.mark.parametrize(
    "unknown",
    [Unavailable("service_away"), NotFound("activity_not_found"), None],
    ids=["service away", "not heard of yet", "heard of an earlier revision"],
)
def test_while_the_places_are_not_known_the_page_stands_and_nobody_keeps_it(
    unknown: Exception | None,
) -> None:
    bus = Hosting(places(news=0))
    bus.no_places = unknown
    client = Line().lead(bus)  # one that has no page from before
    reply = client.get(PAGE)
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    assert "Le nombre de places libres n’est pas connu" in reply.text
    bus.places, bus.no_places = places(5), None
    assert "5 places libres" in client.get(PAGE).text


def test_on_the_day_when_registration_closes_nobody_keeps_the_page() -> None:
    reply = site(Hosting(places(closes_at=NOW))).get(PAGE)
    assert reply.headers["cache-control"] == "no-store"


def test_who_registers_is_led_to_the_page_of_the_registration() -> None:
    bus = Hosting()
    sent = {**FORM, "company": " Atelier ", "needs": "Une rampe", "key": "0123456789abcdef"}
    reply = site(bus).post(PAGE, data=sent)
    assert (reply.status_code, reply.headers["location"]) == (303, f"{OWN}?done=registered#content")
    assert reply.headers["cache-control"] == "no-store"
    (command,) = bus.sent(Register)
    who = command.registrant
    assert (who.name, who.company, who.needs, who.language) == ("Anna", "Atelier", "Une rampe", "fr")
    assert (command.activity, command.key, command.base_url) == ("a1", "0123456789abcdef", BASE)


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "no key at all"])
def test_a_key_that_is_none_is_left_out(key: str) -> None:
    bus = Hosting()
    assert site(bus).post(PAGE, data=FORM | {"key": key}).status_code == 303
    assert bus.sent(Register)[0].key is None


def test_who_is_registered_already_is_told_where_the_link_went_and_has_none() -> None:
    bus = Hosting()
    bus.registered = Registered()
    client = site(bus)
    reply = client.post(PAGE, data=FORM)
    assert reply.headers["location"] == f"{PAGE}?done=again#register"
    text = client.get(reply.headers["location"].partition("#")[0]).text
    assert "Cette adresse est déjà inscrite." in text
    assert "r1.abc" not in text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"email": "anna"}, "email"),
        ({"email": "a@b\n@c"}, "email"),
        ({"company": "x" * 400}, "company"),
        ({"needs": "x" * 4_001}, "needs"),
        ({"needs": "\x07"}, "needs"),
        ({"consent": ""}, "consent"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(wrong: dict[str, str], field: str) -> None:
    bus = Hosting()
    reply = site(bus).post(PAGE, data=FORM | {"company": "Atelier"} | wrong)
    assert (reply.status_code, reply.headers["cache-control"]) == (400, "no-store")
    assert f'<a href="#{field}">' in reply.text
    assert 'value="Atelier"' in reply.text or field == "company"
    assert html_faults(reply.text) == [] or "\x07" in wrong.values()
    assert not bus.sent(Register)


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (Conflict("registration_closed"), "On ne peut pas s’inscrire à cette activité."),
        (Conflict("too_many_registrations"), "Cette adresse est déjà inscrite à dix activités à venir."),
        (Conflict("key_reused"), "Cette clé a servi"),
        (NotFound("activity_not_found"), "Les inscriptions ouvrent dans une minute."),
    ],
)
def test_a_refusal_is_said_in_words_with_the_form_as_it_was(refusal: Exception, said: str) -> None:
    bus = Hosting()
    bus.refusal = refusal
    reply = site(bus).post(PAGE, data=FORM)
    assert reply.status_code == 400
    assert said in reply.text
    assert 'value="anna@example.org"' in reply.text


def test_one_s_own_page_says_what_stands_in_each_language() -> None:
    client = site(Hosting())
    french, english = client.get(OWN), client.get("/en/registration/r1.abc?done=registered")
    assert "vendredi 9 février 2029, 12\xa0h – 13\xa0h" in french.text
    assert "Salle A" in french.text
    assert "You have a place" in english.text
    assert "Room A" in english.text
    assert html_faults(french.text) == html_faults(english.text) == []
    assert french.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"state": "waiting", "line": 1}, "Vous êtes la prochaine personne"),
        ({"state": "waiting", "line": 3}, "Vous êtes au rang 3 de la liste."),
        ({"state": "left"}, "Vous avez renoncé à votre place."),
        ({"state": "called_off"}, "Cette activité n’a pas lieu."),
        ({"registrant": None, "where": None, "online": True}, "En ligne"),
    ],
)
def test_each_state_has_its_words(more: dict[str, Any], said: str) -> None:
    text = site(Hosting(one=registration(**more))).get(OWN).text
    assert said in text
    assert html_faults(text) == []
    assert ("Mettre dans mon calendrier" in text) is ("state" not in more)


def test_a_place_is_given_up_in_two_steps_since_mail_programs_look_at_links() -> None:
    bus = Hosting()
    client = site(bus)
    asked = client.get(f"{OWN}/renoncer")
    assert "Renoncer à votre place" in asked.text
    assert html_faults(asked.text) == []
    assert not bus.sent(LeaveActivity)
    done = client.post(f"{OWN}/renoncer")
    assert (done.status_code, done.headers["location"]) == (303, f"{OWN}?done=left")
    bus.refusal = Conflict("activity_over")
    late = client.post(f"{OWN}/renoncer")
    assert (late.status_code, "Cette activité est terminée." in late.text) == (409, True)
    bus.one = registration(state="left")
    assert client.get(f"{OWN}/renoncer").headers["location"] == OWN


def over(**more: Any) -> Registration:
    return registration(start=NOW - timedelta(hours=3), end=NOW - timedelta(hours=1), **more)


def test_what_one_thought_is_asked_once_it_is_over_of_who_had_a_place() -> None:
    assert "Qu’en avez-vous pensé" not in site(Hosting()).get(OWN).text
    assert "Qu’en avez-vous pensé" not in site(Hosting(one=over(state="called_off"))).get(OWN).text
    bus = Hosting(one=over(score=4, remark="Bien"))
    client = site(bus)
    text = client.get(OWN).text
    assert 'name="score" value="4" checked' in text
    assert ">Bien</textarea>" in text
    done = client.post(OWN, data={"score": "5", "remark": "Très utile"})
    assert (done.status_code, done.headers["location"]) == (303, f"{OWN}?done=rated")
    (rated,) = bus.sent(RateActivity)
    assert (rated.score, rated.remark, rated.token) == (5, "Très utile", "r1.abc")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "score"),
        ({"score": "6"}, "score"),
        ({"score": "x"}, "score"),
        ({"score": "3", "remark": "x" * 4_001}, "remark"),
    ],
)
def test_an_answer_that_is_none_is_asked_again(sent: dict[str, str], field: str) -> None:
    bus = Hosting(one=over())
    reply = site(bus).post(OWN, data=sent)
    assert (reply.status_code, f'<a href="#{field}">' in reply.text) == (400, True)
    assert html_faults(reply.text) == []
    assert not bus.sent(RateActivity)


def test_the_calendar_s_entry_is_the_one_of_the_mails() -> None:
    reply = site(Hosting()).get(f"{OWN}/activity.ics")
    assert reply.headers["content-type"].startswith("text/calendar")
    for line in ("UID:r1@tic.emploi-nexus", "SEQUENCE:1", "LOCATION:Salle A", "STATUS:CONFIRMED"):
        assert line in reply.text
    gone = site(Hosting(one=registration(state="left"))).get(f"{OWN}/activity.ics").text
    assert "STATUS:CANCELLED" in gone


def test_the_file_of_staff_defuses_formulas_and_has_no_name_of_who_is_erased() -> None:
    trap = registration(registrant=registrant("anna", company="=1+1"), came=True, score=5, remark="+bien")
    lines = MARK + csv_line(_cells(trap, "fr")) + csv_line(_cells(registration(registrant=None), "en"))
    first, second = csv.reader(io.StringIO(lines.decode("utf-8-sig")))
    assert first[:4] == ["Anna", "'=1+1", "anna@example.org", "Français"]
    assert first[5:7] == ["Place obtenue", ""]
    assert first[8:] == ["oui", "5", "'+bien"]
    assert second[:5] == [""] * 5


def test_the_average_is_of_those_who_answered() -> None:
    assert _average(Scores(counts=(0, 0, 0, 0, 0), remarks=0)) is None
    assert _average(Scores(counts=(1, 0, 0, 0, 2), remarks=0)) == 3.7
