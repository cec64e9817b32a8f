"""In the morning an advisor is mailed the day, on Mondays a coordinator the week; who turned it off is left alone."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic, sleep
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from nexus.caller import Role, operator
from services.meetings.contracts.types import SaveMeetingType, TypeContent
from services.meetings.contracts.words import BothLines
from tests.e2e.test_consent import text_of
from tests.e2e.test_meetings import person_of, who
from tests.e2e.test_own_languages import ALWAYS, mails
from tests.support.html import html_faults
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer
from tests.support.ticking import one_more

MONTREAL = ZoneInfo("America/Toronto")
ACCOUNT = "/fr/compte"


def seven(day: date) -> datetime:
    """The beginning of a morning."""
    return datetime.combine(day, time(7), MONTREAL).astimezone(UTC)


def next_monday() -> date:
    today = datetime.now(MONTREAL).date()
    return today + timedelta(days=7 - today.weekday())


def eventually(look: Callable[[], Any]) -> Any:
    deadline = monotonic() + 30
    while not (found := look()):
        assert monotonic() < deadline, "it did not happen"
        sleep(0.1)
    return found


@pytest.fixture
def signed(running: RunningPlatform) -> Iterator[Callable[[Role], tuple[str, Surfer]]]:
    """Signs somebody in: their address, and their browser."""
    surfers: list[Surfer] = []

    def sign_in(role: Role) -> tuple[str, Surfer]:
        surfers.append(Surfer(running))
        address = f"{uuid4().hex}@example.org"
        return address, surfers[-1].sign_in_as(address, role)

    yield sign_in
    for one in surfers:
        one.client.close()


@pytest.fixture
def kind(running: RunningPlatform) -> str:
    name = BothLines(fr="Le matin", en="In the morning")
    content = TypeContent(name=name, places=("phone",), audience="invited", notice_hours=0, move_hours=0)
    return running.ask(SaveMeetingType(content=content, sector="tic"), operator("root")).id


def booked(running: RunningPlatform, kind: str, advisor: str, company: str) -> date:
    """The day, not today, on which a company meets an advisor at nine."""
    asked = {"type": kind, "place": "phone", "advisor": advisor, "days": 14}
    contact = {**who(), "company": company, "phone": "514 555-0100"}
    contact.pop("consent")
    told = {"type": kind, "place": "phone", "advisor": advisor, "consent": True, "contact": contact}
    told |= {"need": {"themes": ["hiring"], "message": "Deux soudeurs"}}
    with Surfer(running).client as client:
        days = client.get("/api/v1/meeting-slots", params=asked).json()["days"][1:]
        starts = (datetime.fromisoformat(one).astimezone(MONTREAL) for day in days for one in day["starts"])
        start = next(one for one in starts if one.time() == time(9))
        told["start"] = start.isoformat()
        reply = client.post("/api/v1/meetings", json=told)
    assert reply.status_code == 201, reply.text
    return start.date()


def test_in_the_morning_each_is_mailed_once_what_they_did_not_turn_off(
    running: RunningPlatform, kind: str, signed: Callable[[Role], tuple[str, Surfer]]
) -> None:
    lea, advisor = signed(Role.ADVISOR)
    path = "/fr/admin/availability"
    content = ALWAYS | {"languages": "fr"}
    saved = advisor.post(path, path, name="Léa Matin", **content, revision="0", do="save")
    assert "Enregistré." in saved.text
    company = f"Atelier {uuid4().hex[:8]}"
    day_booked = booked(running, kind, person_of(saved), company)
    lead, _ = signed(Role.COORDINATOR)
    silent, other = signed(Role.COORDINATOR)
    page = other.get(ACCOUNT).text
    assert 'name="weekly_figures" value="yes" checked' in page
    assert html_faults(page) == []
    assert "weekly_figures" not in advisor.get(ACCOUNT).text
    off = other.post(f"{ACCOUNT}/mails", ACCOUNT, morning_list="yes")
    assert "Votre choix est enregistré." in off.text
    assert 'name="weekly_figures" value="yes">' in off.text
    for now in sorted((seven(day_booked), seven(next_monday()))):
        with one_more(running, lambda now=now: now) as service:  # type: ignore[misc]
            for _ in range(2):
                service.tell_mornings()
    week = eventually(lambda: [one for one in mails(running, lead) if "semaine du" in one["Subject"]])
    day = eventually(
        lambda: [one for one in map(text_of, mails(running, lea)) if f"10\xa0h – {company}" in one]
    )
    assert len(day) == len(week) == 1
    assert f"9\xa0h à 10\xa0h – {company}" in day[0]
    assert "vous appelez au 514 555-0100" in day[0]
    assert "«\xa0Deux soudeurs\xa0»" in day[0]
    assert "/fr/compte#mails" in day[0]
    assert "L’objectif" in text_of(week[0])
    assert not [one for one in mails(running, silent) if "semaine du" in one["Subject"]]
