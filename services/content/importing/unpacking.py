"""A ZIP of several files of one import, laid into a folder; its directory is checked before anything is unpacked."""

import zipfile
from pathlib import Path

from services.content.importing.files import FORMATS, MAX_BYTES

ZIP = ".zip"
MAX_ENTRIES = 500
MAX_UNPACKED = 100 * 1024 * 1024  # bytes of all files together


class ArchiveError(Exception):
    """The archive cannot be used; its text is a refusal's code."""


def unpack(archive: Path, into: Path) -> None:
    """Lay the files of `archive` that an import may read into `into`, whatever else it holds. Raises ArchiveError.

    zipfile stops a member at the size that the directory gives: what is checked here is a limit in fact. Names are not
    used to make links or to leave the folder."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _wanted(opened)
            for member in members:
                target = into / member.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(opened.read(member))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, EOFError) as error:
        raise ArchiveError("import_archive_unreadable") from error  # damaged, or behind a password


def _wanted(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = [one for one in opened.infolist() if not one.is_dir()]
    if len(members) > MAX_ENTRIES or sum(one.file_size for one in members) > MAX_UNPACKED:
        raise ArchiveError("import_archive_too_large")
    wanted = [one for one in members if Path(one.filename).suffix.lower() in FORMATS]
    if any(one.file_size > MAX_BYTES for one in wanted):
        raise ArchiveError("import_archive_too_large")
    if any(not _stays_inside(one.filename) for one in wanted):
        raise ArchiveError("import_archive_unreadable")
    return wanted


def _stays_inside(name: str) -> bool:
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name
