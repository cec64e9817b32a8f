"""Starts the process that reads a calendar, and takes in what it found."""

import json
import tempfile
from pathlib import Path

from nexus.confined import run
from nexus.errors import InvalidInput
from services.meetings.domain.times import Span

_SECONDS = 75.0  # to fetch and to read; more than what either may take


def read_calendar(address: str, zone: str, within: Span) -> list[Span]:
    """The busy times in `within` of the calendar at `address`.

    Raises InvalidInput(`calendar_unreachable`, `calendar_not_public`, `calendar_unreadable`,
    `calendar_rule_refused`, `calendar_too_large`: also when reading it took too long)."""
    with tempfile.TemporaryDirectory(prefix="nexus-calendar-") as name:  # readable to its owner alone
        folder = Path(name)
        asked = {"address": address, "zone": zone, "since": within[0], "until": within[1]}
        (folder / "asked.json").write_text(json.dumps(asked))
        status = run("services.meetings.external", [folder], folder, _SECONDS)
        if status != 0:
            raise InvalidInput("calendar_too_large")
        told = json.loads((folder / "told.json").read_text())
    if "code" in told:
        raise InvalidInput(told["code"])
    return [(begin, end) for begin, end in told["busy"]]
