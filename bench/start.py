"""The embedded platform: how soon it answers, how much it holds when idle."""

import time
from pathlib import Path

from bench.report import Figure
from tests.support.platforms import EmbeddedPlatform, fetch

MEMORY, FIRST_PAGE = 300.0, 4.0


def measure(folder: Path) -> list[Figure]:
    """Starts twice on a folder of its own: with samples to bring in, then on what is there."""
    platform = EmbeddedPlatform(folder)
    platform.start()
    platform.import_samples()
    platform.stop()
    again = EmbeddedPlatform(folder)
    start = time.perf_counter()
    again.spawn("run", "run", "--port", str(again.first_port), "--no-samples")
    while not _answers(again.url("tic", "/fr/")):
        time.sleep(0.02)
    first_page = time.perf_counter() - start
    time.sleep(5)
    held = _megabytes(again.processes["run"].pid) + _megabytes(_store(folder))
    again.stop()
    return [
        Figure(
            "first page after start", first_page, "s", "limit", FIRST_PAGE, "≤ 4 s", first_page <= FIRST_PAGE
        ),
        Figure("embedded, idle", held, "MB", "limit", MEMORY, "≤ 300 MB", held <= MEMORY),
    ]


def _answers(url: str) -> bool:
    try:
        return fetch(url).status == 200
    except OSError:
        return False


def _store(folder: Path) -> int:
    return int((folder / "data" / "documents" / "secantus.pid").read_text())


def _megabytes(pid: int) -> float:
    """Resident memory, with shared pages counted in part (Linux)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
