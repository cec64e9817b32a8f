"""Many events for a webhook, a receiver in a bad mood, and processes that are killed: what arrives, and how fast.

As a program it is one process that tells what a database has waiting, until it is killed."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pymongo.database import Database

from nexus.caller import Caller, Role
from nexus.composition import utc_now
from nexus.mongo import Document, connect
from services.notifications.contracts.webhooks import MadeWebhook, MakeWebhook
from services.notifications.domain.webhooks import News
from services.notifications.webhooks.outgoing.outside import Outside
from services.notifications.webhooks.sender import Ways, WebhookSender
from services.notifications.webhooks.signing import signed_headers
from services.notifications.webhooks.store import WebhookStore
from tests.support.hooks import SEAL, desk_of, verified
from tests.support.web import Web, serving

REFUSED, DROPPED, STALLED = 0.10, 0.01, 0.01  # of all attempts
_FASTER = 600  # the clock of those who tell: a pause of half an hour takes three seconds
_LEAD = Caller(sector="tic", person="lea", roles=frozenset({Role.COORDINATOR}))


@dataclass
class HookStorm:
    """`many` events for one webhook in `database`."""

    database: Database[Document]
    mongodb_url: str
    many: int
    arrived: Counter[str] = field(default_factory=Counter)  # how often each was accepted, by its webhook-id
    bodies: dict[str, set[bytes]] = field(default_factory=dict)
    under_way: set[str] = field(default_factory=set)  # when somebody was killed
    refused: int = 0
    kills: int = 0
    _hook: MadeWebhook | None = None
    _begun: datetime = field(default_factory=utc_now)
    _mood: random.Random | None = None
    _stall: float = 0

    def fill(self, url: str) -> None:
        """Store what is to be told at `url`."""
        desk = desk_of(self.database, utc_now)
        wish = MakeWebhook(name="Storm", url=url, events=frozenset({"meeting.booked"}))
        self._hook = desk.make(wish, _LEAD)
        for number in range(self.many):
            desk.store.tell(News("meeting.booked", f"m{number}", 1, ("tic",), {}), self._begun, {})

    def rage(self, stall: float, seed: int = 7) -> None:
        """From now on the receiver refuses, hangs up, and thinks for `stall` seconds."""
        self._mood, self._stall = random.Random(seed), stall

    @contextmanager
    def receiver(self) -> Iterator[Web]:
        """Accepts what the reference library verifies."""
        with serving(hook=self._answer) as web:
            yield web

    def _answer(self, handler: Any) -> None:
        assert self._hook
        drawn = self._mood.random() if self._mood else 1.0
        if drawn < REFUSED:
            self.refused += 1
            handler.send_error(500)
            return
        if drawn < REFUSED + DROPPED:
            handler.close_connection = True
            return
        if drawn < REFUSED + DROPPED + STALLED:
            time.sleep(self._stall)
        verified(self._hook.secret, handler.asked)  # who is not the sender gets no answer
        told = handler.asked.headers["webhook-id"]
        self.bodies.setdefault(told, set()).add(handler.asked.body)
        self.arrived[told] += 1
        handler.send_response(204)
        handler.end_headers()

    @contextmanager
    def sender(self) -> Iterator[subprocess.Popen[bytes]]:
        """A process that tells, killed at the end."""
        arguments = [self.mongodb_url, self.database.name, self._begun.isoformat()]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.hook_storm", *arguments], stdout=subprocess.DEVNULL
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            self._remember_under_way()

    def kill_outgoing(self, process: subprocess.Popen[bytes]) -> None:
        """Kill the process that sends for `process`, once there is one."""
        deadline = time.monotonic() + 30
        while not (children := _children(process.pid)):
            assert time.monotonic() < deadline, "nobody sends"
            time.sleep(0.005)
        for child in children:
            os.kill(child, signal.SIGKILL)
        self._remember_under_way()

    def _remember_under_way(self) -> None:
        self.kills += 1
        taken = self.database["webhook_deliveries"].find({"taken": {"$exists": True}}, {"_id": 1})
        self.under_way |= {one["_id"] for one in taken}

    def wait(self, count: int, timeout: float) -> None:
        """Until so many different events have arrived."""
        deadline = time.monotonic() + timeout
        while len(self.arrived) < count:
            assert time.monotonic() < deadline, f"{len(self.arrived)} of {count} after {timeout} s"
            time.sleep(0.01)

    def wait_until_noted(self, timeout: float) -> None:
        """Until the database knows of all that they were accepted."""
        deadline = time.monotonic() + timeout
        while self.database["webhook_deliveries"].count_documents({"state": {"$ne": "sent"}}):
            assert time.monotonic() < deadline
            time.sleep(0.1)

    @property
    def repeated(self) -> set[str]:
        return {one for one, times in self.arrived.items() if times > 1}


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def main(mongodb_url: str, database: str, begun: str) -> None:
    """Tell what waits in `database`, by a clock that runs faster since `begun`; signatures are of the real time."""
    start = datetime.fromisoformat(begun)
    with connect(mongodb_url, "storm") as client:
        ways = Ways(
            Outside(loopback=True),
            lambda told, body, secrets, _: signed_headers(told, body, secrets, utc_now()),
            lambda due, why: None,
            lambda: start + (utc_now() - start) * _FASTER,
        )
        sender = WebhookSender(WebhookStore(client[database], SEAL), ways)
        while os.getppid() != 1:
            sender.wake()
            time.sleep(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])
