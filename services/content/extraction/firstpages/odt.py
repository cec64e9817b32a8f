"""The first page of an ODT."""

import re
import string
import zipfile
from collections.abc import Iterator
from pathlib import Path

from services.content.extraction.firstpages.trees import Element, beginning
from services.content.extraction.sheet import CHARACTERS, Align, Grid, Line, Part, Sheet, colour

_POINTS = {"cm": 72 / 2.54, "mm": 72 / 25.4, "in": 72.0, "pt": 1.0, "pc": 12.0, "px": 0.75}
_LENGTH = re.compile(r"(-?\d+(?:\.\d+)?)(cm|mm|in|pt|pc|px|%)")
_ALIGNED: dict[str, Align] = {"center": "center", "end": "end", "right": "end"}
_ANCESTORS = 20  # styles of styles; in a damaged file they can go in a circle
_SIZE = 12.0  # points, where the file says none: the format's own, and those of headings by their level
_HEADINGS = {"1": 18.0, "2": 16.0, "3": 14.0}
_UNSEEN = {"text:note", "office:annotation", "draw:frame", "text:tracked-changes", "text:ruby-text"}
_HOLDERS = ("text:section", "text:table-of-content", "text:index-body", "text:index-title")

Look = dict[str, str]


def first_page(path: Path) -> Sheet:
    """What its first page shows. Raises Damaged, KeyError, BadZipFile, ExpatError."""
    with zipfile.ZipFile(path) as archive:
        content = beginning(archive.read("content.xml"), "office:body", CHARACTERS)
        named = archive.read("styles.xml") if "styles.xml" in archive.namelist() else b"<none/>"
    styles = beginning(named, "office:master-styles", CHARACTERS)
    page = _Page(styles, content)
    body = next(content.all("office:text"), Element(""))
    return page.sheet(body, tuple(page.parts(body)))


class _Page:
    """What the styles say, of both parts of the file, and how the content looks by them."""

    def __init__(self, *roots: Element) -> None:
        self._roots = roots
        self._styles = {
            (one.attributes.get("style:family", ""), one.attributes.get("style:name", "")): one
            for root in roots
            for one in root.all("style:style")
        }
        self._defaults = {
            one.attributes.get("style:family", ""): one
            for root in roots
            for one in root.all("style:default-style")
        }
        self._lists = self._named("text:list-style")

    def sheet(self, body: Element, parts: tuple[Part, ...]) -> Sheet:
        """A page of the size that the first block of `body` wants, which has `parts`."""
        first = next(self._blocks(body), Element("")).attributes.get("text:style-name", "")
        master = self._styles.get(("paragraph", first), Element("")).attributes.get("style:master-page-name")
        masters = self._named("style:master-page")
        page = masters.get(master or "Standard", Element("")).attributes.get("style:page-layout-name", "")
        layout = self._named("style:page-layout").get(page, Element(""))
        said = next((one.attributes for one in layout.children("style:page-layout-properties")), {})
        around = said.get("fo:margin", "2cm")
        left, top, right, bottom = (
            _points(said.get(f"fo:margin-{side}", around), 57) for side in ("left", "top", "right", "bottom")
        )
        width, height = _points(said.get("fo:page-width"), 612), _points(said.get("fo:page-height"), 792)
        return Sheet(parts=parts, width=width, height=height, margins=(left, top, right, bottom))

    def _named(self, name: str) -> dict[str, Element]:
        return {one.attributes.get("style:name", ""): one for root in self._roots for one in root.all(name)}

    def parts(self, holder: Element) -> Iterator[Part]:
        """What stands in `holder`, up to where the page ends."""
        first = True
        for one in self._blocks(holder):
            look = self._look("paragraph", one.attributes.get("text:style-name"))
            if not first and look.get("fo:break-before") == "page":
                return
            first = False
            match one.name:
                case "text:list":
                    yield from self._items(one, one.attributes.get("text:style-name", ""), 0)
                case "table:table":
                    if grid := Grid.of([self._row(row) for row in one.all("table:table-row")]):
                        yield grid
                case _:
                    yield self._line(one)
            if look.get("fo:break-after") == "page":
                return

    def _blocks(self, holder: Element) -> Iterator[Element]:
        for one in holder.children("text:p", "text:h", "text:list", "table:table", *_HOLDERS):
            if one.name in _HOLDERS:
                yield from self._blocks(one)
            else:
                yield one

    def _items(self, items: Element, style: str, depth: int) -> Iterator[Part]:
        for number, item in enumerate(items.children("text:list-item", "text:list-header"), 1):
            marker = self._marker(style, depth, number)
            for one in item.children("text:p", "text:h", "text:list"):
                if one.name == "text:list":
                    yield from self._items(one, one.attributes.get("text:style-name", style), depth + 1)
                else:
                    yield self._line(one, marker, depth)
                    marker = " "  # what follows in the item stands under its words

    def _marker(self, style: str, depth: int, number: int) -> str:
        levels = self._lists.get(style, Element("")).children("text:list-level-style-number")
        level = next((one for one in levels if one.attributes.get("text:level") == str(depth + 1)), None)
        if level is None:
            return "•"
        said = level.attributes
        numeral = (
            string.ascii_lowercase[(number - 1) % 26] if said.get("style:num-format") == "a" else str(number)
        )
        return f"{said.get('style:num-prefix', '')}{numeral}{said.get('style:num-suffix', '.')}"

    def _row(self, row: Element) -> list[Line]:
        return [self._cell(cell) for cell in row.children("table:table-cell", "table:covered-table-cell")]

    def _cell(self, cell: Element) -> Line:
        lines = [self._line(one) for one in self._blocks(cell) if one.name in ("text:p", "text:h")]
        fill = colour(
            self._look("table-cell", cell.attributes.get("table:style-name")).get("fo:background-color")
        )
        first = lines[0] if lines else Line("")
        text = "\n".join(line.text for line in lines)
        return Line(text, first.size, first.bold, first.ink, fill, first.align, above=0, below=0)

    def _line(self, paragraph: Element, marker: str = "", depth: int = 0) -> Line:
        look = self._look("paragraph", paragraph.attributes.get("text:style-name")) | self._whole_span(
            paragraph
        )
        heading = _HEADINGS.get(paragraph.attributes.get("text:outline-level", "1"), _SIZE)
        return Line(
            text=_text(paragraph).strip(),
            size=_points(look.get("fo:font-size"), heading if paragraph.name == "text:h" else _SIZE),
            bold=look.get("fo:font-weight", "bold" if paragraph.name == "text:h" else "") == "bold",
            ink=colour(look.get("fo:color")) or "#000000",
            align=_ALIGNED.get(look.get("fo:text-align", ""), "start"),
            above=_points(look.get("fo:margin-top"), 0),
            below=_points(look.get("fo:margin-bottom"), 0),
            marker=marker,
            depth=depth,
        )

    def _whole_span(self, paragraph: Element) -> Look:
        """The look of the one span that the paragraph consists of, if it does."""
        match [one for one in paragraph.content if one != ""]:
            case [Element(name="text:span") as span]:
                return self._own_look("text", span.attributes.get("text:style-name"))
            case _:
                return {}

    def _look(self, family: str, name: str | None) -> Look:
        default = self._defaults.get(family)
        return (_said(default) if default else {}) | self._own_look(family, name)

    def _own_look(self, family: str, name: str | None, depth: int = 0) -> Look:
        style = self._styles.get((family, name or ""))
        if style is None or depth == _ANCESTORS:
            return {}
        base = self._own_look(family, style.attributes.get("style:parent-style-name"), depth + 1)
        own = _said(style)
        if own.get("fo:font-size", "").endswith("%"):  # of the size of the style that it is based on
            share = _points(own["fo:font-size"], 100) / 100
            own["fo:font-size"] = f"{share * _points(base.get('fo:font-size'), _SIZE):.2f}pt"
        return base | own


def _said(style: Element) -> Look:
    look: Look = {}
    for one in style.children(
        "style:paragraph-properties", "style:text-properties", "style:table-cell-properties"
    ):
        look |= one.attributes
    return look


def _points(written: str | None, otherwise: float) -> float:
    """A length in points, or the number of a percentage."""
    found = _LENGTH.fullmatch(written or "")
    return float(found[1]) * _POINTS.get(found[2], 1.0) if found else otherwise


def _text(element: Element) -> str:
    pieces = list[str]()
    for one in element.content:
        if isinstance(one, str):
            pieces.append(one)
        elif one.name == "text:line-break":
            pieces.append("\n")
        elif one.name in ("text:tab", "text:s"):
            pieces.append(" ")
        elif one.name not in _UNSEEN:
            pieces.append(_text(one))
    return "".join(pieces)
