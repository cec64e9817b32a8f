"""Starts the process that reads a file, watches it, and says what became of it."""

import json
import signal
import tempfile
import threading
from pathlib import Path
from typing import Any

from nexus import media_types as types
from nexus.confined import run
from services.content.contracts.files import Reading
from services.content.domain.files import Found
from services.content.extraction.limits import SECONDS

_TURNS = threading.BoundedSemaphore(2)  # files read at once: together they may take a gigabyte
_READER = "services.content.extraction"


def read(path: Path, seconds: float = SECONDS) -> Found:
    """What the file at `path` is, and its text, after `seconds` at most, once it
    is its turn. Whatever the file holds, this returns."""
    with _TURNS, tempfile.TemporaryDirectory(prefix="nexus-reading-") as folder:
        place = Path(folder)
        status = run(_READER, [path.resolve(), place], place, seconds)
        return _found(path, Path(folder), status)


def _found(path: Path, folder: Path, status: int | None) -> Found:
    result, picture = folder / "result.json", folder / "thumbnail.webp"
    if not result.exists():
        return Found(types.media_type(path), _ended(status))
    told: dict[str, Any] = json.loads(result.read_text())
    return Found(
        media_type=told["media_type"],
        reading=told["reading"],
        pages=told["pages"],
        texts=tuple(told["texts"]),
        title=told["title"],
        thumbnail=picture.read_bytes() if status == 0 and picture.exists() else None,
    )


def _ended(status: int | None) -> Reading:
    """Why there is no result. A library that gets no memory ends its process by a signal of its own choice."""
    if status in (None, -signal.SIGXCPU, -signal.SIGKILL):
        return "too_slow"
    return "too_large" if status in _OUT_OF_MEMORY else "damaged"


_OUT_OF_MEMORY = {1, -signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL, -signal.SIGXFSZ}
