"""The type of a file, told by its content and never by its name."""

import re
from pathlib import Path

import filetype

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
UNKNOWN = "application/octet-stream"

_HEAD = 8_192  # bytes looked at
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_HTML = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.I | re.S)
_MARKDOWN = re.compile(
    r"^(#{1,6} \S|[-*+] \S|\d+\. \S|> \S|```|\|.*\|\s*$|---\s*$)|\*\*\S|\]\([^)\s]+\)", re.MULTILINE
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f]")  # form feeds occur in plain text


def media_type(path: Path) -> str:
    """The media type of the file at `path`, from its first bytes."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if b"%PDF-" in head[:1_024]:  # readers allow for a kilobyte before it
        return PDF
    if head.startswith(_OLE):
        return OLE
    guess = filetype.guess(head)
    if guess is not None:
        return str(guess.mime)
    return _text_type(head)


def _text_type(head: bytes) -> str:
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # else a character that the end of the head cut in two
            return UNKNOWN
        text = head[: error.start].decode("utf-8-sig")
    if _CONTROL.search(text) or not text.strip():
        return UNKNOWN
    if _HTML.match(text):
        return HTML
    return MARKDOWN if _MARKDOWN.search(text) else PLAIN
