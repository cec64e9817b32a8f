"""The embedded document store: SecantusDB, a program of its own on the data folder.

It speaks MongoDB's wire protocol. It stays out of our process because of its licence (GPL-2.0), and it
must be told to sync each commit: without that flag it loses acknowledged writes in a crash."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from nexus.errors import Unavailable
from nexus.telemetry import log

_START_TIMEOUT = 30.0  # seconds
_STOP_TIMEOUT = 10.0
_RESTART_PAUSE = 0.5
_CACHE = "64M"
_PR_SET_PDEATHSIG = 1


class DocumentStore:
    """Starts SecantusDB, restarts it when it dies, ends it with this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pid_file = folder / "secantus.pid"
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: threading.Thread | None = None
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        """The address for pymongo."""
        return f"mongodb://127.0.0.1:{self._port}/?directConnection=true"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def launch(self) -> None:
        """Begin to start it. From the main thread: on Linux the child ends with the thread that made it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._end_leftover()
        self._spawn()

    def start(self) -> None:
        """Wait until it answers; launch it first if nobody did. Raises Unavailable(`database_unavailable`)."""
        if self._process is None:
            self.launch()
        self._wait_until_ready()
        self._watch = threading.Thread(target=self._restart_when_dead, name="nexus-store-watch", daemon=True)
        self._watch.start()

    def stop(self) -> None:
        """End it cleanly."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._pid_file.unlink(missing_ok=True)

    def _spawn(self) -> None:
        program = Path(sysconfig.get_path("scripts")) / "secantusd-py"
        command = [str(program), "--host", "127.0.0.1", "--port", str(self._port), "--storage-path"]
        command += [str(self._folder / "wiredtiger"), "--sync-on-commit", "--cache-size", _CACHE]
        command += ["--log-level", "WARNING"]
        with (self._folder / "secantus.log").open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own program and arguments
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for us: the store must outlive our last writes
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        self._pid_file.write_text(f"{self._process.pid}\n")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_TIMEOUT
        client: MongoClient[dict[str, object]] = MongoClient(self.url, serverSelectionTimeoutMS=100)
        with client:
            while time.monotonic() < deadline and self._process and self._process.poll() is None:
                try:
                    client.admin.command("ping")
                except PyMongoError:
                    continue
                return
        raise Unavailable("database_unavailable", log=str(self._folder / "secantus.log"))

    def _restart_when_dead(self) -> None:
        while not self._stopping.is_set():
            assert self._process is not None  # noqa: S101 - started before the watch
            code = self._process.wait()
            if self._stopping.is_set():
                return
            log.warning("document_store_died", code=code)
            self._stopping.wait(_RESTART_PAUSE)
            if not self._stopping.is_set():
                self._spawn()

    def _end_leftover(self) -> None:
        """End the store of a run that was killed, where the system did not (it would hold the folder)."""
        try:
            pid = int(self._pid_file.read_text())
            listing = subprocess.run(  # noqa: S603 - its argument is a number
                ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607
                capture_output=True,
                text=True,
                check=False,
            ).stdout
        except (OSError, ValueError):
            return
        if str(self._folder / "wiredtiger") not in listing:
            return
        os.kill(pid, signal.SIGTERM)
        for _ in range(100):
            if not _alive(pid):
                return
            time.sleep(0.1)
        os.kill(pid, signal.SIGKILL)


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
