"""Webhooks: how many events one receiver accepts a second, and what comes of 2,000 when everything goes wrong."""

import time
from uuid import uuid4

from bench.report import Figure
from bench.signin import megabytes
from nexus.mongo import connect
from tests.support.hook_storm import HookStorm

RATE = 50  # accepted a second by one quick receiver, from one process
WARM, CALM, STORM = 300, 2_000, 2_000
GROWTH = 1.10


def measure(mongodb_url: str) -> list[Figure]:
    """A calm receiver first, then a storm."""
    with connect(mongodb_url, "bench") as client:
        name = f"nexus-bench-{uuid4().hex[:12]}"
        try:
            calm = HookStorm(client[name], mongodb_url, CALM)
            return [*_calm(calm), *_storm(HookStorm(client[f"{name}-s"], mongodb_url, STORM))]
        finally:
            client.drop_database(name)
            client.drop_database(f"{name}-s")


def _calm(storm: HookStorm) -> list[Figure]:
    with storm.receiver() as web:
        storm.fill(web.url("/hook"))
        with storm.sender() as process:
            storm.wait(WARM, 300)
            start, warm = time.perf_counter(), megabytes(process.pid)
            storm.wait(CALM, 600)
            rate = (CALM - WARM) / (time.perf_counter() - start)
            after = megabytes(process.pid)
    return [
        Figure("events accepted by one receiver", rate, "a second", "promised", RATE, f"≥ {RATE}", rate >= RATE),
        Figure(
            f"memory of who sends after {CALM:,} events", after, "MB", f"after {WARM:,}", warm,
            f"≤ {GROWTH:.2f} ×", after <= warm * GROWTH,
        ),
    ]  # fmt: skip


def _storm(storm: HookStorm) -> list[Figure]:
    with storm.receiver() as web:
        storm.fill(web.url("/hook"))
        storm.rage(stall=1)
        start = time.perf_counter()
        with storm.sender() as process:
            storm.wait(STORM // 4, 600)
            storm.kill_outgoing(process)
            storm.wait(STORM // 2, 600)
        with storm.sender():
            storm.wait(STORM * 3 // 4, 600)
        with storm.sender():
            storm.wait(STORM, 600)
            took = time.perf_counter() - start
            storm.wait_until_noted(300)
    lost, twice, most = STORM - len(storm.arrived), len(storm.repeated), len(storm.under_way)
    astray = len(storm.repeated - storm.under_way)
    what = f"of {STORM:,} events, receiver in a bad mood, 3 kills"
    return [
        Figure(f"lost, {what}", lost, "events", "limit", 0, "0", lost == 0),
        Figure(f"accepted twice, {what}", twice, "events", "on their way", most, f"≤ {most}", twice <= most),
        Figure(f"of these not on their way at a kill, {what}", astray, "events", "limit", 0, "0", astray == 0),
        Figure(f"accepted in all, {what}", STORM / took, "a second", "calm, promised", RATE, "told", True),
    ]  # fmt: skip
