"""`python -m services.notifications.webhooks.outgoing FOLDER`: sends the requests in FOLDER/asked.json.

What became of each is a line of FOLDER/told.jsonl as soon as it is known."""

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from nexus.addresses import is_public
from nexus.confined import confine
from services.notifications.domain.webhooks import LOOPBACK, Answer
from services.notifications.webhooks.outgoing.asking import Asking

_MEMORY = 1_000_000_000  # bytes of address space, of which it uses a tenth
_WORK = 30  # seconds of processor time
_OUTPUT = 4_000_000  # bytes


def main(folder: Path) -> None:
    """Until all are answered or the time is up; what is not told then was not sent."""
    confine(_MEMORY, _WORK, _OUTPUT)
    asked = json.loads((folder / "asked.json").read_text())
    parent: int = asked["parent"]
    may_reach = _here_too if asked["loopback"] else is_public
    with (folder / "told.jsonl").open("w", buffering=1) as out:

        def tell(answer: Answer) -> None:
            out.write(json.dumps(asdict(answer)) + "\n")

        def listens() -> bool:
            return os.getppid() == parent  # whoever takes over after a kill tells the rest anew

        async def ask() -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(asked["seconds"]):
                    await Asking(may_reach, listens=listens).ask(asked["requests"], tell)

        asyncio.run(ask())


def _here_too(address: str) -> bool:
    return address in LOOPBACK or is_public(address)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
