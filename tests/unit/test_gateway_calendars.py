"""Calendars: what RFC 5545 wants, and what lets a calendar follow a meeting that moves and is cancelled."""

from datetime import UTC, datetime, timedelta

from fastapi.testclient import TestClient
from icalendar import Calendar

from gateway.app import create_app
from gateway.meetings.calendars import one_meeting
from gateway.sectors import load_sectors
from services.meetings.contracts.feeds import CompanyFeed
from services.meetings.contracts.meetings import (
    AdvisorInMeeting,
    Booked,
    Meeting,
    Need,
    State,
    Step,
    TypeInBrief,
)
from services.meetings.contracts.words import BothLines
from tests.support.fake_bus import FakeBus
from tests.support.html import html_faults
from tests.unit.test_gateway_pages import BASE

START = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)  # nine o'clock in Montréal, in winter


def a_meeting(**more) -> Meeting:
    kind = TypeInBrief(
        id="t",
        name=BothLines(fr="Rencontre; premier, échange", en="Meeting"),
        minutes=60,
        before=0,
        after=0,
        cancel_hours=4,
        move_hours=48,
    )
    fields = {
        "id": "m1",
        "sector": "tic",
        "revision": 2,
        "state": State.CONFIRMED,
        "type": kind,
        "place": "video",
        "where": "https://video.example.org/x",
        "start": START,
        "end": START + timedelta(hours=1),
        "zone": "America/Toronto",
        "advisors": (AdvisorInMeeting(id="a", name="Anne"),),
        "need": Need(),
        "created_at": START - timedelta(days=9),
    }
    return Meeting(**fields | more)


def steps(*what: str) -> tuple[Step, ...]:
    return tuple(Step(at=START - timedelta(days=9 - n), by="company", what=one) for n, one in enumerate(what))


def read(meeting: Meeting):
    told = one_meeting(meeting, "fr", "https://tic.example.org/fr/rencontre/x")
    calendar = Calendar.from_ical(told)
    return calendar, calendar.walk("VEVENT")[0]


def test_a_meeting_has_its_hour_on_the_wall_and_the_zone_that_says_when_that_is() -> None:
    calendar, event = read(a_meeting())
    assert (event["dtstart"].dt.hour, event["dtstart"].params["TZID"]) == (9, "America/Toronto")
    assert event["dtstart"].dt.astimezone(UTC) == START
    (zone,) = calendar.walk("VTIMEZONE")
    assert {str(part.name) for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}
    assert str(event["summary"]) == "Rencontre; premier, échange – Emploi NEXUS"
    assert b"Rencontre\\; premier\\," in event.to_ical()


def test_what_moves_keeps_its_name_with_a_higher_number_and_what_is_cancelled_says_so() -> None:
    _, before = read(a_meeting())
    _, after = read(
        a_meeting(
            steps=steps("confirmed", "moved"),
            start=START + timedelta(days=1),
            end=START + timedelta(days=1, hours=1),
        )
    )
    _, gone = read(a_meeting(steps=steps("confirmed", "moved", "cancelled"), state=State.CANCELLED_BY_US))
    assert before["uid"] == after["uid"] == gone["uid"]
    assert [int(one["sequence"]) for one in (before, after, gone)] == [0, 1, 2]
    assert [str(one["status"]) for one in (before, after, gone)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


class CompanyBus(FakeBus):
    """One company's meetings."""

    async def call(self, message, caller, **more):
        if "CompanyFeed" not in type(message).__name__:
            return await super().call(message, caller, **more)
        return CompanyFeed(sector="tic", items=(Booked(meeting=a_meeting(), token="m1.secret"),))


def test_a_company_and_an_advisor_see_one_meeting_under_one_name_and_number() -> None:
    app = create_app(load_sectors()["tic"], CompanyBus(), BASE, rate_limit=0)
    client = TestClient(app, base_url=BASE)
    answer = client.get("/calendars/company/c.secret.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
    _, own = read(a_meeting())
    assert (event["uid"], event["sequence"]) == (own["uid"], own["sequence"])
    assert str(event["url"]) == f"{BASE}/fr/rencontre/m1.secret"
    page = client.get("/en/calendar/c.secret", headers={"Accept": "text/html"})
    assert f'href="webcal://{BASE.partition("://")[2]}/calendars/company/c.secret.ics"' in page.text
    assert html_faults(page.text) == []
