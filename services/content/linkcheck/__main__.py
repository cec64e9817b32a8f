"""`python -m services.content.linkcheck FOLDER`: checks the links in FOLDER/links.json.

What became of each is a line of FOLDER/results.jsonl as soon as it is known."""

import asyncio
import json
import resource
import sys
from contextlib import suppress
from pathlib import Path

from services.content.domain.links import Result
from services.content.linkcheck.checking import Checker

_MEMORY = 1_000_000_000  # bytes of address space, of which it uses a tenth


def main(folder: Path) -> None:
    """Until all are checked or the time is up; what is not told then was not checked."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    asked = json.loads((folder / "links.json").read_text())
    with (folder / "results.jsonl").open("w", buffering=1) as out:

        def tell(url: str, result: Result) -> None:
            out.write(json.dumps([url, result.outcome, result.status]) + "\n")

        async def check() -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(asked["seconds"]):
                    await Checker(asked["contact"]).check(asked["urls"], tell)

        asyncio.run(check())


main(Path(sys.argv[1]))
