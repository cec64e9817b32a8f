"""Sign-in: does its time tell whether an address has an account, and do sessions cost a gateway memory?"""

import asyncio
import http.client
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.changes import settings_of
from bench.report import Figure, median_ms
from nexus.bus import Bus
from nexus.caller import Role, anonymous, operator
from nexus.client import platform as client_of
from services.people.contracts.people import Invite
from services.people.contracts.signin import ConfirmLink, RequestCode
from tests.support.platforms import RunningPlatform

ADDRESSES = 60  # of each kind
TIMES = 5  # codes for each: more would be mailed to nobody
APART = 0.10  # what one median may be beyond the other
SESSIONS = 200
WARM, ASKED = 2_000, 6_000  # requests
GROWTH = 0.05
_SITE = "https://tic.example.org"
_ME = operator("bench")


def measure(runtime: str, platform: RunningPlatform) -> list[Figure]:
    """All of it in one runtime."""
    known, unknown = asyncio.run(_request_times(platform))
    tokens = asyncio.run(_sessions(platform))
    process = platform.processes.get("gateway-tic") or platform.processes["run"]
    _ask(platform, tokens, WARM)
    before = megabytes(process.pid)
    _ask(platform, tokens, ASKED)
    after = megabytes(process.pid)
    return [
        Figure(
            f"a code for an address with an account, median, {runtime}",
            known,
            "ms",
            "for one without",
            unknown,
            f"within {APART:.0%}",
            abs(known / unknown - 1) <= APART,
        ),
        Figure(
            f"memory after {ASKED:,} requests of {SESSIONS} sessions, {runtime}",
            after,
            "MB",
            "before them",
            before,
            f"≤ {1 + GROWTH:.2f} ×",
            after <= before * (1 + GROWTH),
        ),
    ]


async def _request_times(platform: RunningPlatform) -> tuple[float, float]:
    """Medians in milliseconds for known and unknown addresses, asked for in turn."""
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    async with client_of(settings_of(platform)) as client:
        for number in range(ADDRESSES):
            await _session(client.bus, f"known-{number}@example.org")
        for number in range(ADDRESSES * TIMES):
            for kind, taken in times.items():
                origin = f"198.51.{number // 250}.{number % 250}"
                caller = anonymous("tic").model_copy(update={"origin": origin})
                command = RequestCode(email=f"{kind}-{number % ADDRESSES}@example.org", base_url=_SITE)
                start = time.perf_counter()
                await client.bus.call(command, caller)
                taken.append(time.perf_counter() - start)
    return median_ms(times["known"]), median_ms(times["unknown"])


async def _sessions(platform: RunningPlatform) -> list[str]:
    async with client_of(settings_of(platform)) as client:
        return [await _session(client.bus, f"session-{n}@example.org") for n in range(SESSIONS)]


async def _session(bus: Bus, email: str) -> str:
    """The secret of a new session of a new account."""
    command = Invite(email=email, roles=frozenset({Role.EDITOR}), base_url=_SITE, sector="tic")
    link = (await bus.call(command, _ME)).link or ""
    token = parse_qs(urlsplit(link).query)["token"][0]
    return (await bus.call(ConfirmLink(token=token), anonymous("tic"))).token


def _ask(platform: RunningPlatform, tokens: Sequence[str], count: int, at_once: int = 8) -> None:
    """Have the sessions ask for the page of their account, so many times in all."""

    def work(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", platform.ports["tic"])
        for n in range(number, count, at_once):
            connection.request(
                "GET", "/fr/compte", headers={"Cookie": f"nexus-tic={tokens[n % len(tokens)]}"}
            )
            reply = connection.getresponse()
            reply.read()
            assert reply.status == 200, reply.status
        connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(work, range(at_once)))


def megabytes(pid: int) -> float:
    """Memory of a process that is its own, as the system counts it."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
