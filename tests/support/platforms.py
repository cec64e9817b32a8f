"""The platform as its users run it: processes started with the command `nexus`."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode
from uuid import uuid4

from pymongo import MongoClient

from nexus.caller import Caller
from nexus.client import platform
from nexus.messages import Request
from nexus.settings import Settings
from tests.engines.programs import free_port
from tests.support.mailbox import Mailbox
from tests.support.texting import Provider

R = TypeVar("R")

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples" / "programs"
NEXUS = Path(sys.executable).with_name("nexus")
SECTORS = ("tic", "svts", "aero")
_UNLIMITED = {
    "NEXUS_RATE_LIMIT": "0",
    "NEXUS_LINK_CHECKS": "off",
    "NEXUS_WEBHOOK_LOOPBACK": "on",
    "NEXUS_UPLOAD_QUIET": "2",
}  # all tests come from one address, and ask no other
_START_TIMEOUT = 60.0  # seconds


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        decoded: dict[str, object] = json.loads(self.body)
        return decoded

    @property
    def text(self) -> str:
        return self.body.decode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def fetch(url: str, **headers: str) -> Reply:
    """GET `url`, following nothing."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers=named)  # noqa: S310
    try:
        with _opener.open(request, timeout=20) as reply:
            return Reply(reply.status, dict(reply.headers), reply.read())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, dict(error.headers), error.read())


@dataclass
class RunningPlatform:
    """A platform under test."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    texts: Provider = field(default_factory=Provider)

    def url(self, sector: str = "tic", path: str = "/") -> str:
        return f"http://127.0.0.1:{self.ports[sector]}{quote(path, safe='/?&=%')}"

    def get(self, path: str, sector: str = "tic", **query: str) -> Reply:
        """GET a path of a sector's gateway."""
        return fetch(self.url(sector, path) + (f"?{urlencode(query)}" if query else ""))

    def search(self, q: str, lang: str = "fr", sector: str = "tic", **query: str) -> dict[str, object]:
        """What the search API of a sector answers."""
        reply = self.get("/api/v1/search", sector, q=q, lang=lang, **query)
        assert reply.status == 200, reply.text
        return reply.json

    def titles(self, q: str, lang: str = "fr", sector: str = "tic") -> list[str]:
        items = self.search(q, lang, sector)["items"]
        assert isinstance(items, list)
        return [item["title"] for item in items]

    def nexus(
        self, *arguments: str, check: bool = True, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run the command `nexus` against this platform."""
        done = subprocess.run(
            [NEXUS, *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=ROOT,
        )
        assert not check or done.returncode == 0, f"nexus {arguments}: {done.stdout}{done.stderr}"
        return done

    def ask(self, message: Request[R], caller: Caller, service: str | None = None) -> R:
        """What a service answers to `caller`, on the bus that commands use."""
        given = {name.removeprefix("NEXUS_").lower(): value for name, value in self.environment.items()}

        async def asked() -> R:
            async with platform(Settings(**given)) as client:  # type: ignore[arg-type]
                return await client.bus.call(message, caller, service=service)

        with ThreadPoolExecutor(1) as elsewhere:  # Playwright leaves an event loop running in this thread
            return elsewhere.submit(asyncio.run, asked()).result(30)

    def import_samples(self) -> None:
        """The sample content, published and searchable."""
        self.nexus("import", "programs", str(SAMPLES), "--mapping", "nexus", "--publish")
        wanted, deadline = len(self.published()), time.monotonic() + 30
        while self.search("")["total"] != wanted:
            assert time.monotonic() < deadline, f"not all of {wanted} programs were found"
            time.sleep(0.05)

    def published(self) -> set[str]:
        """The slugs of all published programs that have not expired, from the content service."""
        slugs: set[str] = set()
        after: dict[str, str] = {}
        while True:
            page: dict[str, Any] = self.get("/api/v1/programs", limit="200", **after).json
            for program in page["items"]:
                until = program["content"]["valid_until"]
                if until is None or until >= time.strftime("%Y-%m-%d"):
                    slugs.add(program["slug"]["fr"])
            if not page["next"]:
                return slugs
            after = {"after": page["next"]}

    def eventually_finds(self, q: str, sector: str = "tic", timeout: float = 20) -> None:
        """Wait until a search has results."""
        deadline = time.monotonic() + timeout
        while not self.search(q, sector=sector)["total"]:
            assert time.monotonic() < deadline, f"{q!r} was not found within {timeout} s"
            time.sleep(0.05)

    def spawn(self, name: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a process of the platform; its output goes to a file of the folder."""
        with (self.folder / f"{name}.log").open("ab") as output:
            self.processes[name] = subprocess.Popen(
                [NEXUS, *arguments],
                env=self._environment() | environment,
                stdout=output,
                stderr=output,
                cwd=ROOT,
            )
        return self.processes[name]

    def kill(self, name: str) -> None:
        """kill -9 one process."""
        self.processes[name].kill()
        self.processes[name].wait()

    def stop(self) -> None:
        """SIGTERM to all, then wait."""
        self.texts.stop()
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for name, process in self.processes.items():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise AssertionError(f"{name} did not stop; see {self.folder}") from None

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def wait_ready(self, *urls: str) -> None:
        """Wait until each URL answers 200."""
        deadline = time.monotonic() + _START_TIMEOUT
        for url in urls:
            while not _is_ready(url):
                assert time.monotonic() < deadline, f"{url} is not ready; logs in {self.folder}"
                time.sleep(0.1)

    def database(self, service: str) -> str:
        """The name of a service's database."""
        return f"{self.environment.get('NEXUS_DATABASE_PREFIX', 'nexus')}_{service}"

    def documents(self) -> MongoClient[dict[str, Any]]:
        """A client of its document store, as a service has one."""
        raise NotImplementedError

    def _environment(self) -> dict[str, str]:
        # An installation has its compiled modules: without them each start compiles for three seconds.
        left_out = ("NEXUS_", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        return kept | {"NEXUS_TEXTS": "on", "NEXUS_TEXT_URL": self.texts.url} | self.environment


class EmbeddedPlatform(RunningPlatform):
    """`nexus run` on a folder of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, environment={"NEXUS_DATA": str(folder / "data"), **_UNLIMITED})
        self.first_port = _free_ports(len(SECTORS))
        self.ports = {sector: self.first_port + n for n, sector in enumerate(SECTORS)}

    def start(self) -> None:
        self.spawn("run", "run", "--port", str(self.first_port), "--no-samples")
        self.wait_ready(*(self.url(sector, "/readyz") for sector in SECTORS))

    def documents(self) -> MongoClient[dict[str, Any]]:
        """A client of its document store, as a service has one."""
        pid = (self.folder / "data" / "documents" / "secantus.pid").read_text().strip()
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        port = int(arguments[arguments.index(b"--port") + 1])
        return MongoClient(f"mongodb://127.0.0.1:{port}/?directConnection=true")


class DistributedPlatform(RunningPlatform):
    """One process per service and gateway, on engines shared with other tests under names of its own."""

    services = ("content", "meetings", "people", "search", "notifications")

    def __init__(self, folder: Path, rabbitmq: str, mongodb: str, elasticsearch: str) -> None:
        super().__init__(folder)
        self.mailbox = Mailbox()
        self.environment = {
            "NEXUS_RUNTIME": "distributed",
            "NEXUS_RABBITMQ_URL": rabbitmq,
            "NEXUS_MONGODB_URL": mongodb,
            "NEXUS_ELASTICSEARCH_URL": elasticsearch,
            **_UNLIMITED,
            "NEXUS_PREVIEW_SECRET": uuid4().hex,
            "NEXUS_SMTP_URL": self.mailbox.url,
            "NEXUS_MAIL_FROM": "nexus@exemple.ca",
            "NEXUS_SEALING_SECRET": uuid4().hex,
            "NEXUS_DATABASE_PREFIX": f"nexus-test-{uuid4().hex[:8]}",
        }
        self.ports = {name: free_port() for name in (*SECTORS, *self.services)}
        self.environment["NEXUS_SITES"] = ",".join(f"{one}={self.url(one, '')}" for one in SECTORS)

    def start(self) -> None:
        self.mailbox.start()
        for service in self.services:
            self.start_service(service)
        for sector in SECTORS:
            self.spawn(f"gateway-{sector}", "gateway", sector, NEXUS_PORT=str(self.ports[sector]))
        self.wait_ready(*(self.url(name, "/readyz") for name in (*self.services, *SECTORS)))

    def stop(self) -> None:
        super().stop()
        self.mailbox.stop()

    def documents(self) -> MongoClient[dict[str, Any]]:
        """A client of its document store."""
        return MongoClient(self.environment["NEXUS_MONGODB_URL"])

    def start_service(self, name: str) -> None:
        self.spawn(name, "serve", name, NEXUS_HEALTH_PORT=str(self.ports[name]))


def _is_ready(url: str) -> bool:
    try:
        return fetch(url).status == 200
    except OSError:
        return False


def _free_ports(count: int) -> int:
    """The first of `count` neighbouring ports that are free now."""
    while True:
        first = free_port()
        with ExitStack() as probes:
            try:
                for n in range(count):
                    probes.enter_context(socket.create_server(("127.0.0.1", first + n)))
            except OSError:
                continue
            return first
