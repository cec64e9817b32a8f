"""Repeated public answers from the gateway's cache, beside a bare route of the same server with the same bytes."""

import subprocess
import sys
from pathlib import Path

from bench.load import answers_per_second
from bench.report import Figure
from tests.engines.programs import free_port
from tests.support.platforms import RunningPlatform

PAGES = {"page": "/fr/programmes/priime", "search": "/api/v1/search?q=francisation&lang=fr"}
LEAST, SHARE = 4_000, 0.40


def measure(platform: RunningPlatform) -> list[Figure]:
    """One gateway process answers; the load comes from another process on the same cores."""
    figures = []
    for name, path in PAGES.items():
        reply = platform.get(path)
        body = platform.folder / "body"
        body.write_bytes(reply.body)
        bare = _bare(body, path)
        ours = answers_per_second(platform.ports["tic"], [(path, "")])
        size = f"repeated {name}, {len(reply.body) / 1000:.0f} kB"
        figures += [
            Figure(size, ours, "req/s", "bare route, same bytes", bare, "≥ 0.40 ×", ours >= SHARE * bare),
            Figure(size, ours, "req/s", "limit", LEAST, "≥ 4,000", ours >= LEAST),
        ]
    return figures


def _bare(body: Path, path: str) -> float:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.bare", str(port), str(body)])
    try:
        RunningPlatform(body.parent).wait_ready(f"http://127.0.0.1:{port}{path}")
        return answers_per_second(port, [(path, "")])
    finally:
        process.terminate()
        process.wait(10)
