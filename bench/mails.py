"""Mail: how many letters a process gets accepted a second, and what comes of 10,000 when everything goes wrong."""

import time
from uuid import uuid4

from bench.report import Figure
from bench.signin import megabytes
from nexus.mongo import connect
from services.notifications.postman import MOST_HANDS
from tests.support.storm import Storm

RATE = 200  # accepted a second by one process, written and with their calendar entries
WARM, CALM, STORM = 500, 3_000, 10_000
KILLS = 3
GROWTH = 1.10


def measure(mongodb_url: str) -> list[Figure]:
    """A calm server first, then a storm."""
    with connect(mongodb_url, "bench") as client:
        name = f"nexus-bench-{uuid4().hex[:12]}"
        try:
            return [*_calm(Storm(client[name], mongodb_url, CALM)), *_storm(client[f"{name}-s"], mongodb_url)]
        finally:
            client.drop_database(name)
            client.drop_database(f"{name}-s")


def _calm(storm: Storm) -> list[Figure]:
    storm.fill()
    storm.box.start()
    try:
        with storm.sender() as process:
            storm.wait(WARM, 300)
            start, warm = time.perf_counter(), megabytes(process.pid)
            storm.wait(CALM, 600)
            rate = (CALM - WARM) / (time.perf_counter() - start)
            after = megabytes(process.pid)
    finally:
        storm.box.stop()
    return [
        Figure("mails accepted, one process", rate, "mails/s", "promised", RATE, f"≥ {RATE}", rate >= RATE),
        Figure(
            f"memory of it after {CALM:,} mails", after, "MB", f"after {WARM:,}", warm,
            f"≤ {GROWTH:.2f} ×", after <= warm * GROWTH,
        ),
    ]  # fmt: skip


def _storm(database: object, mongodb_url: str) -> list[Figure]:
    storm = Storm(database, mongodb_url, STORM)  # type: ignore[arg-type]
    storm.fill()
    storm.rage(seconds=1)
    storm.box.start()
    start = time.perf_counter()
    try:
        for part in range(1, KILLS + 2):
            with storm.sender():
                storm.wait(STORM * part // (KILLS + 1), 1_800)
                if part > KILLS:
                    storm.wait_until_noted(300)
    finally:
        storm.box.stop()
    took = time.perf_counter() - start
    arrived = storm.arrived
    lost, twice = STORM - len(arrived), arrived.total() - len(arrived)
    most = KILLS * MOST_HANDS
    what = f"of {STORM:,} mails, server in a bad mood, {KILLS} kills"
    return [
        Figure(f"lost, {what}", lost, "mails", "limit", 0, "0", lost == 0),
        Figure(f"sent twice, {what}", twice, "mails", "on their way", most, f"≤ {most}", twice <= most),
        Figure(f"accepted in all, {what}", STORM / took, "mails/s", "calm, promised", RATE, "told", True),
    ]
