"""Five hundred clients book the same forty times at once: forty are booked, the others are told what is free.

In one process; with two gateways and two processes of meetings on real engines; and with one of these killed
midway, where each client asks again with its key: no time is both free and taken."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from nexus.caller import Caller, Role, operator
from services.meetings.contracts.availability import AvailabilityContent, Rule, SaveAvailability
from services.meetings.contracts.meetings import FindSlots, ListMeetings
from services.meetings.contracts.types import SaveMeetingType, TypeContent
from services.meetings.contracts.words import BothLines
from tests.engines.programs import free_port
from tests.faults.test_kill import fresh_distributed
from tests.support.platforms import DistributedPlatform, RunningPlatform

__all__ = ["fresh_distributed"]

CLIENTS, TIMES = 500, 40
_AWAY = (502, 503, 504)
_PATIENCE = 60  # tries of a client while a service is away
_COORDINATOR = Caller(sector="tic", person="lea", roles=frozenset({Role.COORDINATOR}))


class Ground:
    """A type that one advisor holds, who alone speaks its language, and forty times of it."""

    def __init__(self, platform: RunningPlatform) -> None:
        self.platform = platform
        content = TypeContent(
            name=BothLines(fr="Course", en="Race"), minutes=30, places=("video",), notice_hours=0
        )
        self.type = platform.ask(SaveMeetingType(content=content, sector="tic"), operator("root")).id
        rule = Rule(
            rrule="FREQ=DAILY",
            since=date(2026, 1, 1),
            opens=time(0),
            closes=time(23, 55),
            types=(self.type,),
        )
        self.advisor = uuid4().hex
        advisor = AvailabilityContent(name="Course", languages=("zz",), rules=(rule,))
        command = SaveAvailability(content=advisor, advisor=self.advisor, sector="tic")
        platform.ask(command, operator("root"))
        self.times = sorted(self.free())[10 : 10 + TIMES]

    def free(self) -> set[datetime]:
        query = FindSlots(type=self.type, place="video", language="zz", days=3)
        return {start for day in self.platform.ask(query, _COORDINATOR).days for start in day.starts}

    def taken(self) -> list[datetime]:
        query = ListMeetings(
            since=self.times[0] - timedelta(days=1),
            until=self.times[-1] + timedelta(days=1),
            advisor=self.advisor,
        )
        return [one.start for one in self.platform.ask(query, _COORDINATOR).items]

    def booking(self, number: int) -> dict[str, Any]:
        return {
            "type": self.type,
            "place": "video",
            "start": self.times[number % TIMES].isoformat(),
            "contact": {"name": "Paul", "company": "Atelier", "email": f"{uuid4().hex}@example.org"},
            "consent": True,
            "need": {"language": "zz"},
        }


async def race(ground: Ground, urls: Sequence[str], kill_after: int = 0) -> list[httpx2.Response]:
    """What each client was answered in the end; `kill_after` so many bookings, the first process is killed."""
    killed = asyncio.Event()
    booked = 0

    async def client_of(number: int, client: httpx2.AsyncClient) -> httpx2.Response:
        nonlocal booked
        wanted, key = ground.booking(number), {"Idempotency-Key": uuid4().hex}
        for _ in range(_PATIENCE):
            answer = await client.post(
                urls[number % len(urls)] + "/api/v1/meetings", json=wanted, headers=key
            )
            booked += answer.status_code == 201
            if kill_after and booked >= kill_after and not killed.is_set():
                killed.set()
                await asyncio.to_thread(ground.platform.kill, "meetings")
            if answer.status_code not in _AWAY:
                return answer
            await asyncio.sleep(0.2)
        raise AssertionError(answer.text)

    limits = httpx2.Limits(max_connections=64)
    async with httpx2.AsyncClient(timeout=60, limits=limits) as client:
        return await asyncio.gather(*(client_of(number, client) for number in range(CLIENTS)))


def assert_each_time_is_taken_once(ground: Ground, answers: Sequence[httpx2.Response]) -> None:
    assert Counter(one.status_code for one in answers) == {201: TIMES, 409: CLIENTS - TIMES}
    won = [datetime.fromisoformat(one.json()["start"]) for one in answers if one.status_code == 201]
    assert sorted(won) == ground.times
    assert ground.taken() == ground.times
    assert not ground.free() & set(ground.times)
    refused = [one.json() for one in answers if one.status_code == 409]
    assert {one["code"] for one in refused} == {"slot_taken"}
    assert all(len(one["nearest"]) == 3 for one in refused)


def test_forty_of_five_hundred_win_in_one_process(embedded: RunningPlatform) -> None:
    ground = Ground(embedded)
    answers = asyncio.run(race(ground, [embedded.url("tic", "")]))
    assert_each_time_is_taken_once(ground, answers)


@pytest.mark.parametrize("kill_after", [0, 15], ids=["two processes", "one of two killed midway"])
def test_forty_of_five_hundred_win_through_two_gateways(
    fresh_distributed: DistributedPlatform, kill_after: int
) -> None:
    second = doubled(fresh_distributed)
    ground = Ground(fresh_distributed)
    urls = [fresh_distributed.url("tic", ""), second]
    answers = asyncio.run(race(ground, urls, kill_after))
    assert_each_time_is_taken_once(ground, answers)


def doubled(platform: DistributedPlatform) -> str:
    """Starts another process of meetings and another gateway; the address of the latter."""
    platform.ports |= {"meetings-2": free_port(), "gateway-2": free_port()}
    platform.spawn("meetings-2", "serve", "meetings", NEXUS_HEALTH_PORT=str(platform.ports["meetings-2"]))
    platform.spawn("gateway-2", "gateway", "tic", NEXUS_PORT=str(platform.ports["gateway-2"]))
    platform.wait_ready(platform.url("meetings-2", "/readyz"), platform.url("gateway-2", "/readyz"))
    return platform.url("gateway-2", "")
