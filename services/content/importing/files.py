"""Which files a path holds, and their bytes within limits."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from services.content.contracts.exchange import LARGEST_IMPORT, ReadingFault

MAX_BYTES = LARGEST_IMPORT
FORMATS = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
}


class FileError(Exception):
    """A file cannot be read, wholly or from some place on; the message is for whoever keeps it."""

    def __init__(
        self, reason: str, place: str = "", code: ReadingFault | None = None, **details: object
    ) -> None:
        """`reason` is what English says of the file; `code` and `details` are for who says it otherwise."""
        self.reason = reason
        self.place = place
        self.code = code
        self.details = {name: str(value) for name, value in details.items()}
        super().__init__(reason)


@dataclass(frozen=True)
class Found:
    """A file to read: `name` is how it is called in reports, relative to the path that was asked for."""

    path: Path
    name: str
    format: str


@dataclass
class Listing:
    """The files to read, and how many others there were (of other kinds, or not among the patterns)."""

    files: list[Found]
    skipped: int = 0


def list_files(roots: tuple[Path, ...], patterns: tuple[str, ...], joined: frozenset[str]) -> Listing:
    """What to read in `roots`, in a stable order.

    A root that is a file is read whatever its name matches. In folders, `patterns` (none: all) choose by
    name, files that are only `joined` to others are left aside unless a pattern names them, hidden files
    and symbolic links do not exist."""
    listing = Listing([])
    for root in roots:
        if root.is_file():
            _add(listing, root, root.name)
            continue
        for path in _walk(root):
            chosen = any(fnmatchcase(path.name, pattern) for pattern in patterns)
            if chosen or (not patterns and path.name not in joined):
                _add(listing, path, path.relative_to(root).as_posix())
            else:
                listing.skipped += 1
    return listing


def _add(listing: Listing, path: Path, name: str) -> None:
    kind = FORMATS.get(path.suffix.lower())
    if kind:
        listing.files.append(Found(path, name, kind))
    else:
        listing.skipped += 1


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            # "~$" begins the lock files that office programs leave beside an open workbook
            if not name.startswith((".", "~$")) and stat.S_ISREG(path.lstat().st_mode):
                yield path


def file_inside(folder: Path, name: str) -> Path:
    """The file `name` of `folder`, and of nowhere else. Raises FileError."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise FileError(f"there is no file {name!r} in the folder")
    return path


def read_bytes(path: Path) -> bytes:
    """The content of a file. Raises FileError if it is empty, unreadable or larger than MAX_BYTES."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror}", code=ReadingFault.FILE_UNREADABLE) from None
    if len(content) > MAX_BYTES:
        most = MAX_BYTES // 1024 // 1024
        raise FileError(
            f"is larger than {most} MB: split it into smaller files",
            code=ReadingFault.FILE_TOO_LARGE,
            megabytes=most,
        )
    if not content.strip():
        raise FileError("is empty", code=ReadingFault.FILE_EMPTY)
    return content
