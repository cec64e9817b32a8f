"""Engines as programs of this machine, each on a free port and a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from nexus.runtimes.secantus import DocumentStore

Found = tuple[str, Callable[[], None]] | tuple[str, Callable[[], None], str] | str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int, process: subprocess.Popen[bytes], timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return True
    return False


def _ended(process: subprocess.Popen[bytes], folder: Path) -> Callable[[], None]:
    def stop() -> None:
        with suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)

    return stop


def rabbitmq() -> Found:
    """`rabbitmq-server`, a node of its own."""
    program = shutil.which("rabbitmq-server") or shutil.which("rabbitmq-server", path="/usr/lib/rabbitmq/bin")
    if not program:
        return "rabbitmq-server is not installed"
    folder = Path(tempfile.mkdtemp(prefix="nexus-rabbitmq-"))
    port, distribution, management = free_port(), free_port(), free_port()
    (folder / "plugins").write_text("[rabbitmq_management].")
    (folder / "rabbitmq.conf").write_text(
        f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {management}\n"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"nexus{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
    }
    process = subprocess.Popen(
        [program],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    stop = _ended(process, folder)
    if not (_answers(port, process, 60) and _answers(management, process, 30)):
        stop()
        return "rabbitmq-server did not start"
    address = "guest:guest@127.0.0.1"
    return f"amqp://{address}:{port}/", stop, f"http://{address}:{management}"


def mongodb() -> Found:
    """`mongod`, or the embedded store, which speaks its protocol."""
    folder, port = Path(tempfile.mkdtemp(prefix="nexus-mongodb-")), free_port()
    if program := shutil.which("mongod"):
        command = [program, "--dbpath", str(folder), "--port", str(port), "--bind_ip", "127.0.0.1"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        if _answers(port, process, 30):
            return f"mongodb://127.0.0.1:{port}/?directConnection=true", _ended(process, folder)
    store = DocumentStore(folder)
    store.start()
    return store.url, store.stop


def elasticsearch() -> Found:
    """`elasticsearch`, as its archive or package installs it."""
    program = shutil.which("elasticsearch") or shutil.which(
        "elasticsearch", path="/usr/share/elasticsearch/bin"
    )
    if not program:
        return "elasticsearch is not installed"
    folder, port = Path(tempfile.mkdtemp(prefix="nexus-elasticsearch-")), free_port()
    options = {
        "http.port": port,
        "path.data": folder / "data",
        "path.logs": folder / "logs",
        "discovery.type": "single-node",
        "xpack.security.enabled": "false",
    }
    command = [program, *(f"-E{name}={value}" for name, value in options.items())]
    environment = os.environ | {"ES_JAVA_OPTS": "-Xms512m -Xmx512m"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    stop = _ended(process, folder)
    if not _answers(port, process, 90):
        stop()
        return "elasticsearch did not start"
    return f"http://127.0.0.1:{port}", stop
