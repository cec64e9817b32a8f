"""The title that a file bears inside, where its maker gave it one."""

from pathlib import Path
from xml.parsers import expat

from nexus import media_types as types
from services.content.extraction.archives import open_checked
from services.content.extraction.limits import Damaged

_PROPERTIES = {  # the part of an office file that has its title, as Dublin Core
    types.DOCX: "docProps/core.xml",
    types.PPTX: "docProps/core.xml",
    types.XLSX: "docProps/core.xml",
    types.ODT: "meta.xml",
}
_HEAD = 100_000  # characters of a text in which its title is looked for


def title_of(kind: str, path: Path) -> str | None:
    """The title of a file of this type. Raises what the readers of its type raise."""
    if kind == types.PDF:
        from services.content.extraction import pdf

        return pdf.title(path)
    if kind in _PROPERTIES:
        with open_checked(path) as archive:
            return _dublin_core_title(archive.read(_PROPERTIES[kind]))
    if kind in (types.HTML, types.MARKDOWN):
        with path.open(encoding="utf-8-sig") as file:
            head = file.read(_HEAD)
        return _html_title(head) if kind == types.HTML else _first_heading(head)
    return None


def _dublin_core_title(content: bytes) -> str | None:
    pieces: list[str] = []
    inside = False
    parser = expat.ParserCreate(namespace_separator=" ")

    def started(name: str, _: dict[str, str]) -> None:
        nonlocal inside
        inside = name == "http://purl.org/dc/elements/1.1/ title"

    def ended(_: str) -> None:
        nonlocal inside
        inside = False

    def refuse(*_: object) -> None:
        raise Damaged("an office file declares no entities")

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = lambda text: pieces.append(text) if inside else None
    parser.EntityDeclHandler = refuse
    parser.Parse(content, True)
    return "".join(pieces) or None


def _html_title(head: str) -> str | None:
    from html import unescape

    lower = head.lower()
    start = lower.find("<title")
    begin, end = lower.find(">", start) + 1, lower.find("</title", start)
    return unescape(head[begin:end]) if start >= 0 and 0 < begin <= end else None


def _first_heading(head: str) -> str | None:
    lines = (line.strip() for line in head.splitlines())
    return next((line.lstrip("#").strip() for line in lines if line.startswith("# ")), None)
