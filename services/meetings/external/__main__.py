"""`python -m services.meetings.external FOLDER`: what FOLDER/asked.json asks for is told in FOLDER/told.json."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from nexus.addresses import MayReach, is_public
from nexus.confined import confine
from nexus.errors import InvalidInput
from services.meetings.domain.external import busy_spans
from services.meetings.domain.times import zone_named
from services.meetings.external.fetching import fetched

_MEMORY = 1_000_000_000  # bytes of address space
_WORK = 30  # seconds of processor time: 20,000 plain events need about 3
_OUTPUT = 4_000_000  # bytes


def told(asked: dict[str, Any], may_reach: MayReach = is_public) -> dict[str, Any]:
    """The busy times, or the code of what is wrong."""
    try:
        text = asyncio.run(fetched(asked["address"], may_reach))
        spans = busy_spans(text, zone_named(asked["zone"]), (asked["since"], asked["until"]))
    except InvalidInput as error:
        return {"code": error.code}
    return {"busy": spans}


def main(folder: Path) -> None:
    """Once, with limits."""
    confine(_MEMORY, _WORK, _OUTPUT)
    asked = json.loads((folder / "asked.json").read_text())
    (folder / "told.json").write_text(json.dumps(told(asked)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
