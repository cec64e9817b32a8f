"""Starts the process that checks links, and reads what it found."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from nexus.confined import run
from services.content.domain.links import Outcome, Result

SECONDS = 240.0  # for one run
_TO_END = 15.0  # seconds more, before it is killed


def check_links(urls: Sequence[str], contact: str, seconds: float = SECONDS) -> Mapping[str, Result]:
    """What became of each of `urls`; those for which there was no time are left out."""
    with tempfile.TemporaryDirectory(prefix="nexus-links-") as name:
        folder = Path(name)
        asked = {"urls": list(urls), "contact": contact, "seconds": seconds}
        (folder / "links.json").write_text(json.dumps(asked))
        run("services.content.linkcheck", [folder], folder, seconds + _TO_END)
        told = folder / "results.jsonl"
        lines = told.read_text().splitlines() if told.exists() else []
        return dict(_read(line) for line in lines if line.endswith("]"))


def _read(line: str) -> tuple[str, Result]:
    url, outcome, status = json.loads(line)
    return url, Result(Outcome(outcome), status)
