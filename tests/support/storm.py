"""Many mails, a mail server in a bad mood, and processes that are killed: what arrives, and how fast.

As a program it is one process that sends what a database has waiting, until it is killed."""

import itertools
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pymongo.database import Database

from nexus.composition import Resources, utc_now
from nexus.mongo import Document, connect
from nexus.seal import Seal
from nexus.settings import Settings
from services.notifications.compose import compose
from services.notifications.domain.messages import LEASE, Message
from services.notifications.store import MessageStore
from tests.support.mailbox import Mailbox, hang_up
from tests.support.mails import meeting

SECRET = "a-secret-of-the-storm-0123456789-abcdef"
_ID = re.compile(rb"^Message-ID: <([^@>]+)@", re.MULTILINE)
REFUSED, DROPPED, STALLED = 0.10, 0.01, 0.01  # of all attempts


@dataclass
class Storm:
    """`many` notices of meetings in `database`, each with its calendar entry."""

    database: Database[Document]
    mongodb_url: str
    many: int
    box: Mailbox = field(default_factory=Mailbox)
    kills: int = 0
    refused: int = 0
    _counted: Counter[str] = field(default_factory=Counter)

    def fill(self) -> None:
        """Store them."""
        store = MessageStore(self.database, Seal(SECRET, "outgoing"))
        store.prepare()
        start = utc_now() + timedelta(days=7)
        for number in range(self.many):
            notice = meeting(
                to=f"a{number}@exemple.ca", start=start, end=start + timedelta(hours=1), meeting=f"m{number}"
            )
            store.add(Message(id=f"m{number}", sector="tic", notice=notice, created_at=utc_now()))

    def rage(self, seconds: float, seed: int = 7) -> None:
        """From now on the server refuses, hangs up and stalls."""
        luck = random.Random(seed)

        def at_data(server: Any, envelope: Any) -> str | None:
            drawn = luck.random()
            if drawn < REFUSED:
                self.refused += 1
                return "451 4.3.0 try later"
            if drawn < REFUSED + DROPPED:
                hang_up(server, envelope)
                return "421 4.3.2 gone"  # which nobody hears; what is said to nobody is not taken either
            return None

        self.box.at_data = at_data
        self.box.stall = lambda: seconds if luck.random() < STALLED else 0

    @contextmanager
    def sender(self) -> Iterator[subprocess.Popen[bytes]]:
        """A process that sends, killed at the end. What one that was killed had taken is free to the next."""
        late = str(self.kills * 2 * LEASE.total_seconds())
        arguments = [self.mongodb_url, self.database.name, self.box.url, late]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.storm", *arguments], stdout=subprocess.DEVNULL
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            self.kills += 1

    def wait(self, count: int, timeout: float) -> None:
        """Until so many different messages have arrived."""
        deadline = time.monotonic() + timeout
        while len(self.arrived) < count:
            assert time.monotonic() < deadline, f"{len(self.arrived)} of {count} after {timeout} s"
            time.sleep(0.02)

    def wait_until_noted(self, timeout: float) -> None:
        """Until the database knows of all that they were sent."""
        deadline = time.monotonic() + timeout
        while self.database["messages"].count_documents({"state": "queued"}):
            assert time.monotonic() < deadline
            time.sleep(0.1)

    @property
    def arrived(self) -> Counter[str]:
        """How often each came, by its Message-ID."""
        for mail in self.box.received[self._counted.total() :]:
            if found := _ID.search(mail):
                self._counted[found[1].decode()] += 1
        return self._counted


def main(mongodb_url: str, database: str, smtp_url: str, late: str) -> None:
    """Send what waits in `database`, by a clock that is `late` seconds ahead."""
    ahead = timedelta(seconds=float(late))
    clock: Callable[[], Any] = lambda: utc_now() + ahead  # noqa: E731
    with tempfile.TemporaryDirectory() as folder, connect(mongodb_url, "storm") as client:
        settings = Settings(
            data=Path(folder),
            sealing_secret=SecretStr(SECRET),
            preview_secret=SecretStr(SECRET),
            smtp_url=SecretStr(smtp_url),
            mail_from="nexus@exemple.ca",
            retry_pause=0.05,
        )
        service: Any = compose(Resources(settings, client[database], embedded=False, clock=clock)).service
        for _ in itertools.count():
            if os.getppid() == 1:
                return
            service.send_due()
            time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
