"""The text of each page of a PDF, and a small picture of the first."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pypdfium2

from services.content.extraction.limits import THUMBNAIL, Damaged, Encrypted

# French hyphens that stand at the end of a line as they would within it: peut-|elle, ceux-|ci
_OWN_HYPHEN = re.compile(
    "[\x02\ufffe]\\s*(?=(?:je|tu|ils?|elles?|on|nous|vous|ce|ci|là|moi|toi|lui|leur|mêmes?)\\b)"
)
_HYPHEN = re.compile("[\x02\ufffe]\\s*")  # pdfium's mark of a word divided at the end of a line


def _open(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Encrypted from None
        raise Damaged(str(error)) from None


def page_count(path: Path) -> int:
    """How many pages there are. Raises Encrypted, Damaged."""
    with _open(path) as document:
        return len(document)


def title(path: Path) -> str | None:
    """The title in its metadata. Raises Encrypted, Damaged."""
    with _open(path) as document:
        return str(document.get_metadata_value("Title")) or None


def page_texts(path: Path) -> Iterator[str]:
    """The text of each page. Raises Encrypted, Damaged."""
    with _open(path) as document:
        for number in range(len(document)):
            yield _text_of(document, number)


def _text_of(document: pypdfium2.PdfDocument, number: int) -> str:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:  # one page that cannot be read does not spoil the others
        return ""
    try:
        with closing(page.get_textpage()) as text:
            return joined(text.get_text_range())
    except pypdfium2.PdfiumError:
        return ""
    finally:
        page.close()


def joined(text: str) -> str:
    """`text` with its divided words whole."""
    return _HYPHEN.sub("", _OWN_HYPHEN.sub("-", text))


def picture(path: Path) -> Any:
    """The first page, drawn as large as a thumbnail may be: an image of Pillow's. Raises Encrypted, Damaged."""
    with _open(path) as document:
        page = document[0]
        width, height = page.get_size()
        scale = min(THUMBNAIL[0] / max(width, 1), THUMBNAIL[1] / max(height, 1))
        return page.render(scale=scale).to_pil().convert("RGB")
