"""On a Monday morning an advisor is mailed the day, a coordinator the week; who turned it off is left alone."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic, sleep
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from nexus.caller import Caller, Role, operator
from services.meetings.contracts.types import SaveMeetingType, TypeContent
from services.meetings.contracts.words import BothLines
from services.notifications.contracts.deliveries import ListDeliveries
from tests.e2e.test_consent import text_of
from tests.e2e.test_meetings import person_of, who
from tests.e2e.test_own_languages import ALWAYS, mails
from tests.support.html import html_faults
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer
from tests.support.ticking import one_more

MONTREAL = ZoneInfo("America/Toronto")
LEAD = Caller(sector="tic", person="lead", roles=frozenset({Role.COORDINATOR}))
ACCOUNT = "/fr/compte"


def next_monday() -> date:
    today = datetime.now(MONTREAL).date()
    return today + timedelta(days=7 - today.weekday())


def at(hour: int) -> datetime:
    """An hour of the next Monday."""
    return datetime.combine(next_monday(), time(hour), MONTREAL).astimezone(UTC)


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


def booked(running: RunningPlatform, kind: str, advisor: str, company: str) -> None:
    contact = {**who(), "company": company, "phone": "514 555-0100"}
    contact.pop("consent")
    told = {"type": kind, "place": "phone", "start": at(9).isoformat(), "advisor": advisor, "consent": True}
    told |= {"need": {"themes": ["hiring"], "message": "Deux soudeurs"}, "contact": contact}
    with Surfer(running).client as client:
        reply = client.post("/api/v1/meetings", json=told)
    assert reply.status_code == 201, reply.text


def test_on_a_monday_morning_each_is_mailed_once_what_they_did_not_turn_off(
    running: RunningPlatform, kind: str, signed: Callable[[Role], tuple[str, Surfer]]
) -> None:
    lea, advisor = signed(Role.ADVISOR)
    path = "/fr/admin/availability"
    content = ALWAYS | {"languages": "fr"}
    saved = advisor.post(path, path, name="Léa Matin", **content, revision="0", do="save")
    assert "Enregistré." in saved.text
    company = f"Atelier {uuid4().hex[:8]}"
    booked(running, kind, person_of(saved), company)
    lead, _ = signed(Role.COORDINATOR)
    silent, other = signed(Role.COORDINATOR)
    page = other.get(ACCOUNT).text
    assert 'name="weekly_figures" value="yes" checked' in page
    assert html_faults(page) == []
    assert "weekly_figures" not in advisor.get(ACCOUNT).text
    off = other.post(f"{ACCOUNT}/mails", ACCOUNT, morning_list="yes")
    assert "Votre choix est enregistré." in off.text
    assert 'name="weekly_figures" value="yes">' in off.text
    with one_more(running, lambda: at(7)) as service:
        for _ in range(2):
            service.tell_mornings()
    day = eventually(lambda: [one for one in mails(running, lea) if "Votre journée" in one["Subject"]])
    week = eventually(lambda: [one for one in mails(running, lead) if "semaine du" in one["Subject"]])
    assert len(day) == len(week) == 1
    told = text_of(day[0])
    assert f"9\xa0h à 10\xa0h – {company}" in told
    assert "vous appelez au 514 555-0100" in told
    assert "«\xa0Deux soudeurs\xa0»" in told
    assert "/fr/compte#mails" in told
    assert "L’objectif" in text_of(week[0])
    assert not [one for one in mails(running, silent) if "semaine du" in one["Subject"]]
    listed = running.ask(ListDeliveries(kind="morning_list", limit=200), LEAD).items
    assert len([one for one in listed if one.person == person_of(saved)]) == 1
