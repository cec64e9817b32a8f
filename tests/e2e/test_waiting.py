"""What gets free is offered to those who wait, one after the other, by mail and by a link, on both runtimes' sites."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from nexus.caller import operator
from services.meetings.contracts.availability import AvailabilityContent, Rule, SaveAvailability
from services.meetings.contracts.types import SaveMeetingType, TypeContent
from services.meetings.contracts.words import BothLines
from tests.e2e.test_meetings import letters
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer
from tests.support.ticking import one_more


def where_it_is_noon() -> str:
    """A zone in which nobody minds a mail now, whenever this test runs."""
    ahead = (12 - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}"


@pytest.fixture
def kind(running: RunningPlatform) -> str:
    """The id of a type that one advisor can hold, once a day."""
    content = TypeContent(
        name=BothLines(fr="Une par jour", en="One a day"),
        places=("video",),
        notice_hours=0,
        move_hours=0,
        cancel_hours=0,
        audience="invited",
    )
    made = running.ask(SaveMeetingType(content=content, sector="tic"), operator("root")).id
    daily = {"rrule": "FREQ=DAILY", "since": date(2026, 1, 1), "opens": time(9), "closes": time(10)}
    advisor = AvailabilityContent(
        name="Ève Essai",
        languages=("ww",),
        rules=(Rule(**daily, types=(made,)),),  # type: ignore[arg-type]
        zone=where_it_is_noon(),
    )
    running.ask(SaveAvailability(content=advisor, advisor=uuid4().hex, sector="tic"), operator("root"))
    return made


@pytest.fixture
def client(running: RunningPlatform) -> Iterator[httpx2.Client]:
    base = running.url("tic", "/").rstrip("/") + "/api/v1"
    with httpx2.Client(base_url=base, timeout=20) as client:
        yield client


@pytest.fixture
def ticking(running: RunningPlatform) -> Iterator[Any]:
    """One more process of the service, whose minute is over when the test says so: `ticking(hours)` from now."""
    later = timedelta()
    with one_more(running, lambda: datetime.now(UTC) + later) as service:

        def tick(hours: float = 0) -> None:
            nonlocal later
            later = timedelta(hours=hours)
            service.offer_freed_times()

        yield tick


def booked(client: httpx2.Client, kind: str, start: str) -> str:
    """The secret of a new meeting."""
    contact = {"name": "Eve", "company": f"Usine {uuid4().hex[:6]}", "email": f"{uuid4().hex}@example.org"}
    wanted = {"type": kind, "place": "video", "start": start, "contact": contact, "consent": True}
    reply = client.post("/meetings", json=wanted | {"need": {"language": "ww"}})
    assert reply.status_code == 201, reply.text
    return str(reply.json()["token"])


def waits(client: httpx2.Client, meeting: str) -> str:
    """The secret of a place on the list, for an earlier time than that of a meeting."""
    until = (date.today() + timedelta(days=30)).isoformat()
    reply = client.post(f"/meetings/{meeting}/waiting", json={"until": until})
    assert reply.status_code == 200, reply.text
    assert client.get(f"/meetings/{meeting}/waiting").json() == reply.json()
    return str(reply.json()["token"])


def states(client: httpx2.Client, *wishes: str) -> list[str]:
    return [client.get(f"/waiting/{one}").json()["state"] for one in wishes]


def link_mailed(running: RunningPlatform, wish: str) -> str:
    """The page of the offer, as its mail names it."""
    path, deadline = f"/fr/attente/{wish}", monotonic() + 20
    while not any("libéré" in one.subject and path in one.text for one in letters(running)):
        assert monotonic() < deadline, "no mail came"
        sleep(0.1)
    return path


def test_one_after_the_other_is_offered_a_time_that_gets_free_until_somebody_takes_it(
    running: RunningPlatform, client: httpx2.Client, kind: str, ticking: Any
) -> None:
    asked = {"type": kind, "place": "video", "spoken": "ww", "days": 10}
    starts = [day["starts"][0] for day in client.get("/meeting-slots", params=asked).json()["days"]][3:7]
    gone, *others = [booked(client, kind, start) for start in starts]
    first, second, third = [waits(client, one) for one in others]
    ticking()
    assert states(client, first, second, third) == ["waiting"] * 3
    assert client.post(f"/meetings/{gone}/cancel", json={}).status_code == 200
    ticking()
    ticking()  # while it is kept for one, nobody else is offered it
    assert states(client, first, second, third) == ["offered", "waiting", "waiting"]
    link_mailed(running, first)
    assert client.get(f"/waiting/{first}").json()["offer"]["start"] == starts[0]
    declined = client.post(f"/waiting/{first}/decline").json()
    assert (declined["state"], declined["offer"]) == ("waiting", None)
    ticking()
    assert states(client, first, second, third) == ["waiting", "offered", "waiting"]
    link_mailed(running, second)
    ticking(2.1)  # whoever does not answer has had their time
    assert states(client, first, second, third) == ["waiting", "waiting", "offered"]
    assert client.post(f"/waiting/{second}/accept").json()["code"] == "offer_expired"

    surfer = Surfer(running)
    page = link_mailed(running, third)
    assert "Une par jour" in surfer.get(page).text
    assert client.get(f"/waiting/{third}").json()["state"] == "offered"  # looking takes nothing
    taken = surfer.post(page, page, do="accept")
    surfer.client.close()
    assert taken.status_code == 200, taken.text
    assert client.get(f"/meetings/{others[2]}").json()["start"] == starts[0]
    assert client.get(f"/meetings/{others[2]}/waiting").json()["code"] == "wish_not_found"
    assert states(client, first, second, third) == ["waiting", "waiting", "taken"]
    left = client.post(f"/waiting/{first}/leave").json()
    assert (left["state"], client.post(f"/waiting/{first}/leave").json()["state"]) == ("left", "left")


def test_who_asks_for_a_time_twice_with_one_key_waits_once(client: httpx2.Client, kind: str) -> None:
    contact = {"name": "Eve", "company": "Usine", "email": f"{uuid4().hex}@example.org"}
    wanted = {"type": kind, "place": "video", "contact": contact, "consent": True}
    wanted |= {"until": (date.today() + timedelta(days=20)).isoformat(), "need": {"language": "ww"}}
    key = {"Idempotency-Key": uuid4().hex}
    first = client.post("/waiting", json=wanted, headers=key)
    assert first.status_code == 201, first.text
    assert client.post("/waiting", json=wanted, headers=key).json() == first.json()
    other = client.post("/waiting", json=wanted | {"advisor": "x"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
