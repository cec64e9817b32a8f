"""From a need to a meeting that is booked, moved, seen in the agenda and closed, on the sites of both runtimes."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from time import monotonic, sleep
from typing import Any, NamedTuple
from uuid import uuid4

import httpx2
import pytest
from icalendar import Calendar

from nexus.caller import Role, anonymous, operator
from services.meetings.contracts.availability import AvailabilityContent, Rule, SaveAvailability
from services.meetings.contracts.meetings import OpenOwnMeeting
from services.meetings.contracts.types import SaveMeetingType, TypeContent
from services.meetings.contracts.words import BothLines
from services.notifications.contracts import ListLocalMails, ShowLocalMail
from tests.support.html import html_faults
from tests.support.platforms import DistributedPlatform, RunningPlatform
from tests.support.surfer import Surfer

_EVERY_DAY = {"rrule": "FREQ=DAILY", "since": date(2026, 1, 1), "opens": time(0), "closes": time(23, 55)}


class Letter(NamedTuple):
    subject: str
    text: str


@pytest.fixture(scope="module")
def kind(running: RunningPlatform) -> str:
    """The id of a type that only one advisor of these tests can hold, at any hour."""
    content = TypeContent(
        name=BothLines(fr="Rencontre d’essai", en="Trial meeting"),
        minutes=60,
        step=60,
        places=("video", "phone"),
        notice_hours=0,
        move_hours=0,
        cancel_hours=0,
    )
    made = running.ask(SaveMeetingType(content=content, sector="tic"), operator("root"))
    rule = Rule(**_EVERY_DAY, types=(made.id,))  # type: ignore[arg-type]
    advisor = AvailabilityContent(name="Anne Essai", languages=("fr", "en"), rules=(rule,))
    command = SaveAvailability(content=advisor, advisor=uuid4().hex, sector="tic")
    running.ask(command, operator("root"))
    return made.id


@pytest.fixture
def surfer(running: RunningPlatform) -> Iterator[Surfer]:
    surfer = Surfer(running)
    yield surfer
    surfer.client.close()


def starts_on(page: httpx2.Response) -> list[str]:
    return [unescape(found) for found in re.findall(r'name="start" value="([^"]+)"', page.text)]


def mailed(running: RunningPlatform, subject: str, link: str) -> bool:
    """Whether a mail with the link of a meeting arrives."""
    deadline = monotonic() + 20
    while monotonic() < deadline:
        if any(subject in one.subject and link in one.text for one in letters(running)):
            return True
        sleep(0.1)
    return False


def letters(running: RunningPlatform) -> list[Letter]:
    """Every mail that has arrived, where the runtime has them."""
    if isinstance(running, DistributedPlatform):
        return [
            Letter(str(mail["Subject"]), mail.get_body(("plain",)).get_content())
            for mail in running.mailbox.mails
        ]
    listed = running.ask(ListLocalMails(), anonymous("tic")).items
    told = [running.ask(ShowLocalMail(id=one.id), anonymous("tic")) for one in listed[:6]]
    return [Letter(one.subject, one.text) for one in told]


def who(number: int = 0) -> dict[str, str]:
    return {
        "name": "Paul Roy",
        "company": f"Atelier {number}",
        "email": f"{uuid4().hex[:12]}@example.org",
        "consent": "yes",
    }


def held(surfer: Surfer, kind: str, start: str | None = None, **more: str) -> httpx2.Response:
    """The form of who comes, for the first time that is offered."""
    asked = {"type": kind, "place": "video", "spoken": "fr", **more}
    page = surfer.client.get("/fr/rencontrer/quand", params=asked)
    return surfer.send("/fr/rencontrer/quand", **asked, start=start or starts_on(page)[3])


def test_answers_of_the_questionnaire_go_along_into_the_meeting(
    running: RunningPlatform, surfer: Surfer, kind: str
) -> None:
    result = surfer.get("/fr/trouver?size=5-24&region=06&size=unknown").text
    way = unescape(re.findall(r'href="(/fr/rencontrer[^"]*)"', result)[-1])
    assert way == "/fr/rencontrer?size=5-24&region=06"
    need = surfer.get(way).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)"', need))
    booked = surfer.send(str(held(surfer, kind, **hidden).url), **who())
    token = str(booked.url).partition("?")[0].rpartition("/")[2]
    kept = running.ask(OpenOwnMeeting(token=token), anonymous("tic"))
    assert kept.need.answers == {"size": ("5-24",), "region": ("06",)}
    coordinator = Surfer(running).sign_in_as(f"{uuid4().hex[:8]}@example.org", Role.COORDINATOR)
    assert "5 à 24 employés" in coordinator.get(f"/fr/admin/meetings/{kept.id}").text
    coordinator.client.close()


def test_a_company_books_in_four_screens_then_moves_and_cancels_by_its_link(
    running: RunningPlatform, surfer: Surfer, kind: str
) -> None:
    assert "Rencontre d’essai" in surfer.get("/fr/rencontrer?size=5-24").text
    form = held(surfer, kind, size="5-24", theme="hiring")
    assert "Retenu pour vous" in form.text
    assert html_faults(form.text) == []
    wrong = surfer.send(str(form.url), **(who() | {"email": "nobody", "consent": ""}))
    assert wrong.status_code == 400
    assert "marie@example.org" in wrong.text
    assert html_faults(wrong.text) == []
    booked = surfer.send(str(form.url), **who())
    assert "Votre rencontre est réservée" in booked.text
    link = str(booked.url).partition("?")[0]
    assert mailed(running, "Votre rencontre du", link)
    again = surfer.send(str(form.url), **who(1))
    assert again.status_code == 409  # a form that is sent twice books nothing more, and takes nobody's place
    later = starts_on(surfer.get(f"{link}/deplacer"))[5]
    moved = surfer.send(f"{link}/deplacer", start=later)
    assert "Votre rencontre est déplacée." in moved.text
    assert html_faults(moved.text) == []
    calendar = Calendar.from_ical(surfer.get(f"{link}/meeting.ics").content)
    (event,) = calendar.walk("VEVENT")
    assert event["dtstart"].dt.astimezone(UTC) == datetime.fromisoformat(later)
    cancelled = surfer.send(f"{link}/annuler", why="Plus besoin")
    assert "Votre rencontre est annulée." in cancelled.text
    assert mailed(running, "est annulée", link)
    assert surfer.send(f"{link}/annuler").status_code == 409


def test_who_asks_for_a_text_message_gets_it_and_takes_back_the_next(
    running: RunningPlatform, surfer: Surfer, kind: str
) -> None:
    form = held(surfer, kind)
    asked = who() | {"phone": "514 555-0123", "texts": "yes"}
    wrong = surfer.send(str(form.url), **(asked | {"phone": "1 800 463-5229"}))
    assert (wrong.status_code, "d’un téléphone cellulaire" in wrong.text) == (400, True)
    booked = surfer.send(str(form.url), **asked)
    assert "vers le numéro qui se termine par 0123." in booked.text
    link = str(booked.url).partition("?")[0]
    with running.documents() as client:
        messages = client[running.database("notifications")]["messages"]
        meeting = link.rpartition("/")[2].partition(".")[0]
        first = texts_of(messages, meeting, 1)[0]
        assert first["state"] == "queued"
        messages.update_one(
            {"_id": first["_id"]}, {"$set": {"next_attempt": datetime.now(UTC)}}
        )  # time passes
        assert eventually(lambda: [words for number, words in running.texts.taken if link in words])
        assert eventually(lambda: texts_of(messages, meeting, 1)[0]["state"] == "sent")
        stopped = surfer.send(f"{link}/textos", texts="no")
        assert "aucun message texte n’arrivera" in stopped.text
        assert html_faults(stopped.text) == []
        assert {one["state"] for one in texts_of(messages, meeting, 2)} <= {"sent", "queued", "suppressed"}
        assert eventually(lambda: "suppressed" in {one["state"] for one in texts_of(messages, meeting, 2)})
    surfer.send(f"{link}/annuler")


def texts_of(messages: Any, meeting: str, count: int) -> list[dict[str, Any]]:
    """What is known of the text messages about a meeting, once there are so many."""
    wanted = {"channel": "text", "about.id": meeting}
    assert eventually(lambda: messages.count_documents(wanted) >= count)
    return list(messages.find(wanted).sort("about.revision", 1))


def eventually(holds: Callable[[], Any]) -> bool:
    """Whether it does within twenty seconds."""
    deadline = monotonic() + 20
    while not holds():
        if monotonic() > deadline:
            return False
        sleep(0.1)
    return True


def test_a_time_that_somebody_else_took_meanwhile_is_refused_with_the_nearest(
    surfer: Surfer, kind: str
) -> None:
    page = surfer.client.get("/fr/rencontrer/quand", params={"type": kind, "place": "video"})
    wanted = starts_on(page)[-1]
    assert held(surfer, kind, wanted).status_code == 200
    taken = held(surfer, kind, wanted)
    assert taken.status_code == 409
    assert "Quelqu’un d’autre vient de prendre ce moment" in taken.text
    assert len(starts_on(taken)) > 3
    assert html_faults(taken.text) == []


def test_an_advisor_says_when_books_for_a_caller_and_closes_the_meeting(
    running: RunningPlatform, surfer: Surfer
) -> None:
    advisor = surfer.sign_in_as(f"{uuid4().hex}@example.org", Role.ADVISOR)
    path = "/fr/admin/availability"
    hours = {
        "rules.0.rrule": "FREQ=DAILY",
        "rules.0.opens": "00:00",
        "rules.0.closes": "23:55",
        "rules.0.since": "2026-01-01",
    }
    fast = hours | {"rules.0.rrule": "FREQ=SECONDLY"}
    wrong = advisor.post(path, path, name="Léa", languages="fr", **fast, do="save")
    assert (wrong.status_code, "ne peut pas se répéter" in wrong.text) == (400, True)
    content = {"name": "Léa Essai", "languages": "fr", "accepting": "yes", "expertise": "diversity", **hours}
    kind = a_type_of(running)
    preview = advisor.post(path, path, **content, do="preview", preview_type=kind)
    assert "Les moments que cela donne" in preview.text
    assert html_faults(preview.text) == html_faults(wrong.text) == []
    saved = advisor.post(path, path, **content, revision="0", do="save")
    assert "Enregistré." in saved.text
    feed = re.findall(r"https?://[^<\s]+/calendars/[^<\s]+", saved.text)[0]
    lea = person_of(saved)
    form = held(advisor, kind, advisor=lea, theme="diversity")
    assert "Léa Essai" in form.text
    done = advisor.send(str(form.url), **who(7))
    assert "Votre rencontre est réservée" in done.text
    agenda = advisor.get("/fr/admin/meetings")
    following = advisor.get(f"/fr/admin/meetings?day={date.today() + timedelta(days=7)}")
    assert "Atelier 7" in agenda.text + following.text
    (event,) = Calendar.from_ical(advisor.client.get(feed).content).walk("VEVENT")
    assert str(event["summary"]).startswith("Atelier 7")
    page = f"/fr/admin/meetings/{str(event['uid']).partition('@')[0]}"
    early = advisor.post(f"{page}/outcome", page, revision="2", outcome="held")
    assert early.status_code == 409
    later = starts_on(advisor.get(f"{page}/move"))[2]
    assert "La rencontre est déplacée." in advisor.post(f"{page}/move", f"{page}/move", start=later).text
    gone = advisor.post(f"{page}/cancel", page, revision="3", why="Grippe")
    assert "La rencontre est annulée." in gone.text
    (event,) = Calendar.from_ical(advisor.client.get(feed).content).walk("VEVENT")
    assert (str(event["status"]), int(event["sequence"])) == ("CANCELLED", 2)
    advisor.post("/fr/admin/availability/feed", path)
    assert advisor.client.get(feed).status_code == 404
    away = {name: value for name, value in content.items() if name != "accepting"}
    assert "Enregistré." in advisor.post(path, path, **away, revision="1", do="save").text


def a_type_of(running: RunningPlatform) -> str:
    content = TypeContent(
        name=BothLines(fr="À deux", en="For two"), places=("video",), audience="staff", minutes=30
    )
    return running.ask(SaveMeetingType(content=content, sector="tic"), operator("root")).id


def person_of(page: httpx2.Response) -> str:
    """The id of whoever's calendar feed a page names."""
    return re.findall(r"/calendars/([0-9a-f]+)\.", page.text)[0]


def test_a_booking_over_the_api_is_safe_to_repeat_and_told_what_is_free_instead(
    running: RunningPlatform, kind: str
) -> None:
    with httpx2.Client(base_url=running.url("tic", "/").rstrip("/"), timeout=20) as client:
        slots = client.get("/api/v1/meeting-slots", params={"type": kind, "place": "video", "days": 3}).json()
        start = slots["days"][-1]["starts"][-1]
        contact = {name: value for name, value in who(3).items() if name != "consent"}
        wanted: dict[str, Any] = {
            "type": kind,
            "place": "video",
            "start": start,
            "contact": contact,
            "consent": True,
        }
        key = {"Idempotency-Key": uuid4().hex}
        first = client.post("/api/v1/meetings", json=wanted, headers=key)
        assert first.status_code == 201, first.text
        assert client.post("/api/v1/meetings", json=wanted, headers=key).json() == first.json()
        other = client.post("/api/v1/meetings", json=wanted | {"place": "phone"}, headers=key)
        assert (other.status_code, other.json()["code"]) == (409, "key_reused")
        taken = client.post(
            "/api/v1/meetings", json=wanted | {"contact": contact | {"email": "x@example.org"}}
        )
        assert (taken.status_code, taken.json()["code"]) == (409, "slot_taken")
        assert len(taken.json()["nearest"]) == 3
        token = first.json()["token"]
        moved = client.post(f"/api/v1/meetings/{token}/move", json={"start": taken.json()["nearest"][0]})
        assert moved.json()["revision"] == 2
        assert (
            client.post(f"/api/v1/meetings/{token}/cancel", json={}).json()["state"] == "cancelled_by_company"
        )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/fr/rencontrer/quand?type=nothing", 404),
        ("/fr/rencontrer/quand?type=%00", 303),
        ("/fr/rencontrer/vous/x", 404),
        ("/en/meeting/x.y", 404),
        ("/en/meeting/x.y/move", 404),
        ("/fr/rencontre/x/meeting.ics", 404),
        ("/calendars/x.ics", 404),
        ("/api/v1/meeting-slots?type=x&place=moon", 400),
        ("/api/v1/meeting-slots?type=x&place=video", 404),
        ("/api/v1/meetings/x", 404),
    ],
)
def test_a_bad_address_is_a_refusal_and_never_a_500(running: RunningPlatform, path: str, status: int) -> None:
    assert running.get(path).status == status


def test_a_day_at_the_other_end_of_time_is_refused(running: RunningPlatform, kind: str) -> None:
    for day in ("9999-12-31", "0001-01-01"):
        page = running.get("/fr/rencontrer/quand", type=kind, place="video", since=day)
        assert page.status == 400, page.text
        answer = running.get("/api/v1/meeting-slots", type=kind, place="video", since=day)
        assert answer.json["code"] == "date_out_of_range"
