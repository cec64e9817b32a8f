"""The whole platform in one process: every service, their relays, one bus. No broker, no nameko."""

import fcntl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from pymongo import MongoClient

from nexus.composition import Resources, composition, database_of, service_names
from nexus.delivery.relay import Relay
from nexus.errors import Conflict
from nexus.host import ServiceHost
from nexus.mongo import Document, connect
from nexus.runtimes.secantus import DocumentStore
from nexus.settings import Settings
from nexus.transports.local import LocalBus


class Platform:
    """The services of this distribution on one data folder, which no other process may use meanwhile."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.bus = LocalBus()
        self.store = DocumentStore(settings.data / "documents")
        self.hosts: list[ServiceHost] = []
        self._client: MongoClient[Document] | None = None
        self._relays: dict[str, Relay] = {}
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._lock: IO[str] | None = None

    def launch(self) -> None:
        """Take the folder and launch the document store, which takes a second: use it for other work.

        From the main thread. Raises Conflict(`data_in_use`)."""
        self._settings.data.mkdir(parents=True, exist_ok=True)
        self._lock = lock(self._settings.data)
        self.store.launch()

    def start(self) -> None:
        """Start everything, launched before if it was not. Raises Conflict(`data_in_use`), Unavailable."""
        if self._lock is None:
            self.launch()
        for name in service_names():
            composition(name)  # its modules load while the store starts
        self.store.start()
        self._client = connect(self.store.url, "embedded")
        for name in service_names():
            self._serve(name, self._client)
        for relay in self._relays.values():
            self._spawn(relay.run, "relay")
        for host in self.hosts:
            for interval, tick in host.ticks:
                self._spawn(self._every(interval, tick), "tick")

    def stop(self) -> None:
        """Finish what is under way and let go of the folder."""
        self._stopping.set()
        for relay in self._relays.values():
            relay.stop()
        for thread in self._threads:
            thread.join(10)
        self.bus.close()
        for host in self.hosts:
            host.close()
        if self._client:
            self._client.close()
        self.store.stop()
        if self._lock:
            self._lock.close()

    def settle(self, timeout: float = 60.0) -> bool:
        """Wait until every event written so far was handled; False when `timeout` seconds were too few."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if not any(self._relays[host.name].waiting() for host in self.hosts):
                return True
            time.sleep(0.02)
        return False

    def _serve(self, name: str, client: MongoClient[Document]) -> None:
        database = client[database_of(name, self._settings)]
        resources = Resources(self._settings, database, embedded=True, wake=lambda: self._relays[name].wake())
        host = ServiceHost(composition(name)(resources), resources)
        host.prepare()
        self.hosts.append(host)
        self.bus.add(host)
        self._relays[name] = host.relay(self.bus.publish)

    def _spawn(self, run: Callable[[], None], kind: str) -> None:
        thread = threading.Thread(target=run, name=f"nexus-{kind}", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _every(self, interval: float, tick: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            while not self._stopping.wait(interval):
                tick()

        return run


def lock(folder: Path) -> IO[str]:
    """Keep other processes from the data folder until the file is closed. Raises Conflict(`data_in_use`)."""
    held = (folder / "lock").open("a")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise Conflict("data_in_use", folder=str(folder)) from None
    return held
