"""Reads one file within limits: `python -m services.content.extraction FILE FOLDER`.

Writes `result.json` into FOLDER, and `thumbnail.webp` where a picture can be had. Killed or out of memory, it leaves
what it had finished: the text is there before the picture is tried."""

import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from nexus.confined import confine
from services.content.extraction import limits
from services.content.extraction.limits import Damaged, Encrypted, TooLarge

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n\u00a0\u202f]+")
_EMPTY_LINES = re.compile(r"\n\s*\n")


def main(source: Path, folder: Path) -> None:
    """Read `source`; what was found goes to `folder`."""
    confine(limits.MEMORY, limits.SECONDS, limits.OUTPUT)
    found = _read(source)
    found["title"] = _title(source, found)
    unfinished = folder / "unfinished"
    unfinished.write_text(json.dumps(found, ensure_ascii=False))
    unfinished.rename(folder / "result.json")
    if found["pages"] or found["reading"] in ("read", "empty"):
        from services.content.extraction import pictures

        pictures.draw(found["media_type"], source, folder)


def _read(source: Path) -> dict[str, Any]:
    from nexus import media_types as types

    kind = types.media_type(source)
    found: dict[str, Any] = {"media_type": kind, "reading": "read", "pages": None, "texts": []}
    try:
        if kind == types.ZIP:
            from services.content.extraction import archives

            found["media_type"] = kind = archives.office_type(source)
        if kind == types.PDF:
            from services.content.extraction import pdf

            found["pages"] = pdf.page_count(source)
        found["texts"] = list(_capped(_texts_of(kind)(source)))
        if kind == types.PPTX:
            found["pages"] = len(found["texts"])
        if not any(found["texts"]):
            found |= {"reading": "empty", "texts": []}
    except Exception as error:
        found["reading"] = _became(error)
    return found


def _title(source: Path, found: dict[str, Any]) -> str | None:
    """The title that the file bears inside; whatever is wrong with it spoils nothing else."""
    if found["reading"] not in ("read", "empty"):
        return None
    from services.content.extraction import titles

    try:
        return _tidy(titles.title_of(found["media_type"], source) or "")[:1_000] or None
    except Exception:
        return None


class _Unsupported(Exception):
    pass


def _became(error: Exception) -> str:
    """The word for what went wrong. Readers of office files raise whatever their parsers do."""
    match error:
        case _Unsupported():
            return "unsupported"
        case Encrypted():
            return "encrypted"
        case TooLarge() | MemoryError():
            return "too_large"
        case Damaged() | zipfile.BadZipFile() | _:
            return "damaged"


def _texts_of(kind: str) -> Callable[[Path], Iterable[str]]:
    from nexus import media_types as types
    from services.content.extraction import archives, markup, office, pdf

    def of_ole(path: Path) -> Iterable[str]:
        raise Encrypted if archives.holds_encrypted_package(path) else _Unsupported

    def of_others(path: Path) -> Iterable[str]:
        raise _Unsupported

    readers = {
        types.PDF: pdf.page_texts,
        types.DOCX: office.docx_texts,
        types.PPTX: office.pptx_texts,
        types.XLSX: office.xlsx_texts,
        types.ODT: office.odt_texts,
        types.HTML: markup.html_texts,
        types.MARKDOWN: markup.markdown_texts,
        types.PLAIN: markup.plain_texts,
        types.OLE: of_ole,
    }
    return readers.get(kind, of_others)


def _capped(texts: Iterable[str]) -> Iterator[str]:
    """Tidy texts, up to the limits of pages, characters and bytes."""
    characters, size = limits.CHARACTERS, limits.BYTES
    for number, text in enumerate(texts):
        if number == limits.PAGES or characters <= 0 or size <= 0:
            return
        tidy = _tidy(text)[:characters].encode()[:size].decode(errors="ignore")
        characters -= len(tidy)
        size -= len(tidy.encode())
        yield tidy


def _tidy(text: str) -> str:
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _EMPTY_LINES.sub("\n\n", _SPACES.sub(" ", text)).strip()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
