"""A folder into which a mail server delivers (Maildir): `new/`, and `cur/` for what something else has looked at.

What was dealt with is moved into the folders `.done` and `.refused` beside them, which whoever runs the server
empties as they like."""

import os
from collections.abc import Generator, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from pathlib import Path

from services.meetings.domain.replies import LARGEST_MAIL, Waiting


class Maildir:
    """Mails of a folder. Other processes may take one away at any time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def waiting(self, most: int) -> Generator[Waiting]:
        """Some mails; of one that is too large, only so much that this shows."""
        files = chain.from_iterable(self._listed(name) for name in ("new", "cur"))
        for file in islice(files, most):
            with suppress(OSError):  # somebody else has it
                with file.open("rb") as source:
                    content = source.read(LARGEST_MAIL + 1)
                yield content, partial(self._put_away, file)

    def _put_away(self, file: Path, refused: bool) -> None:
        target = self._folder / (".refused" if refused else ".done") / "cur"
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            file.replace(target / file.name)

    def _listed(self, name: str) -> Iterator[Path]:
        with suppress(FileNotFoundError), os.scandir(self._folder / name) as found:
            yield from (Path(one.path) for one in found if one.is_file(follow_symlinks=False))
