"""Office files are zip archives. What their directory promises is checked before anything is unpacked."""

import zipfile
from pathlib import Path

from nexus import media_types as types
from services.content.extraction.limits import ARCHIVE_BYTES, ARCHIVE_ENTRIES, XML_BYTES, Damaged, TooLarge

_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")  # an office file with a password, in OLE
_MAIN_PARTS = {
    "word/document.xml": types.DOCX,
    "ppt/presentation.xml": types.PPTX,
    "xl/workbook.xml": types.XLSX,
}


def open_checked(path: Path) -> zipfile.ZipFile:
    """The archive at `path`. Raises TooLarge, Damaged.

    The library stops a member at the size that the directory gives, so these sizes are a limit in fact."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Damaged(str(error)) from None
    members = archive.infolist()
    if len(members) > ARCHIVE_ENTRIES or sum(member.file_size for member in members) > ARCHIVE_BYTES:
        raise TooLarge("the archive unpacks to too much")
    if any(member.file_size > XML_BYTES for member in members if member.filename.endswith((".xml", ".rels"))):
        raise TooLarge("a part of the archive is too large")
    return archive


def office_type(path: Path) -> str:
    """Which office type the archive at `path` is by its parts; `application/zip` for none."""
    names = set(open_checked(path).namelist())
    return next((kind for part, kind in _MAIN_PARTS.items() if part in names), types.ZIP)


def holds_encrypted_package(path: Path) -> bool:
    """Whether an OLE file is an office file behind a password."""
    return _ENCRYPTED_PACKAGE in path.read_bytes()
