"""Starts the process that sends, and reads what became of it while it runs."""

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nexus.confined import run
from services.notifications.domain.webhooks import Answer

_SECONDS = 60.0  # for one run
_TO_END = 10.0  # seconds more, before it is killed; well within the lease


@dataclass(frozen=True)
class Outside:
    """`loopback`: this machine may be told as well."""

    loopback: bool

    def __call__(self, requests: Sequence[dict[str, Any]], tell: Callable[[Answer], None]) -> None:
        """Tell what became of each of `requests`; those for which there was no time are left out."""
        with tempfile.TemporaryDirectory(prefix="nexus-webhooks-") as name:  # readable to its owner alone
            folder = Path(name)
            asked = {
                "requests": list(requests),
                "loopback": self.loopback,
                "seconds": _SECONDS,
                "parent": os.getpid(),
            }
            (folder / "asked.json").write_text(json.dumps(asked))
            told = _Told(folder / "told.jsonl", tell)
            module = "services.notifications.webhooks.outgoing"
            run(module, [folder], folder, _SECONDS + _TO_END, told.look)
            told.look()


class _Told:
    """The lines of a file that grows, each told once."""

    def __init__(self, file: Path, tell: Callable[[Answer], None]) -> None:
        self._file = file
        self._tell = tell
        self._read = 0

    def look(self) -> None:
        if not self._file.exists() or self._file.stat().st_size == self._read:
            return
        with self._file.open("rb") as lines:
            lines.seek(self._read)
            for line in lines:
                if not line.endswith(b"\n"):
                    return
                self._read += len(line)
                self._tell(Answer(**json.loads(line)))
