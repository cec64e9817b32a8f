"""The first slide of a PPTX. What a slide does not say of itself, its layout or its master says."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from services.content.extraction import office
from services.content.extraction.firstpages.hues import Hues, is_dark
from services.content.extraction.sheet import COLUMNS, ROWS, Align, Box, Grid, Line, Sheet

_POINT = 12_700  # of the units that positions are given in
_SIZE = 18.0  # points, where nothing says any: PowerPoint's
_ANCHORS: dict[str, Literal["top", "middle", "bottom"]] = {"ctr": "middle", "b": "bottom"}
_ALIGNED: dict[str, Align] = {"ctr": "center", "r": "end"}
_TITLES = ("title", "ctrTitle")
_SHAPES = 60  # of a slide or a group, and paragraphs of a shape, that are looked at
_DEPTH = 8  # groups within groups
_MARKS = "*[self::a:buChar or self::a:buAutoNum or self::a:buNone]"


def first_page(path: Path) -> Sheet:
    """What its first slide shows; nothing if there is none. Raises whatever the library does."""
    show = office.opened_pptx(path)
    width, height = (show.slide_width or 9_144_000) / _POINT, (show.slide_height or 6_858_000) / _POINT
    page = Sheet(width=width, height=height, margins=(0, 0, 0, 0))
    if not len(show.slides):
        return page
    look = _Look(show.slides[0])
    return replace(page, boxes=tuple(look.boxes()), fill=look.background)


class _Look:
    """How a slide looks. `background`: the colour behind it."""

    def __init__(self, slide: Any) -> None:
        self._slide = slide
        self._master = slide.slide_layout.slide_master
        self._hues = Hues(self._master)
        self.background = self._behind()

    def boxes(self) -> Iterator[Box]:
        """Its shapes that show words or a colour, from back to front."""
        for shape in _leaves(self._slide.shapes):
            if None not in (shape.left, shape.top, shape.width, shape.height) and (box := self._box(shape)):
                yield box

    def _behind(self) -> str:
        for one in (self._slide, self._slide.slide_layout, self._master):
            for said in one._element.xpath("./p:cSld/p:bg/p:bgPr/a:solidFill | ./p:cSld/p:bg/p:bgRef"):
                return self._hues.of(said) or "#ffffff"
        return "#ffffff"

    def _box(self, shape: Any) -> Box | None:
        x, y, width, height = (one / _POINT for one in (shape.left, shape.top, shape.width, shape.height))
        if getattr(shape, "has_table", False):
            grid = self._grid(shape.table)
            return Box(x, y, width, height, (grid,)) if grid else None
        fill = next((self._hues.of(one) for one in shape._element.xpath("./p:spPr/a:solidFill")), None)
        ink = "#ffffff" if is_dark(fill or self.background) else "#000000"
        lines = tuple(self._lines(shape, ink)) if shape.has_text_frame else ()
        if not fill and not any(line.text for line in lines):
            return None
        said = (_first(one, "./p:txBody/a:bodyPr/@anchor") for one in _models(shape))
        anchor = _ANCHORS.get(next(filter(None, said), ""), "top")
        return Box(x, y, width, height, lines, fill, anchor)

    def _grid(self, table: Any) -> Grid | None:
        rows = islice(table.rows, ROWS)
        return Grid.of([[self._cell(cell) for cell in islice(row.cells, COLUMNS)] for row in rows])

    def _cell(self, cell: Any) -> Line:
        fill = next((self._hues.of(one) for one in cell._tc.xpath("./a:tcPr/a:solidFill")), None)
        said = next(iter(cell._tc.xpath(".//a:rPr[1]")), None)
        ink = "#ffffff" if fill and is_dark(fill) else "#000000"
        size = said.get("sz") if said is not None else None
        return Line(cell.text, _points(size), ink=ink, fill=fill, below=0)

    def _lines(self, shape: Any, ink: str) -> Iterator[Line]:
        scale = _first(shape, "./p:txBody/a:bodyPr/a:normAutofit/@fontScale") or "100000"
        for paragraph in shape.text_frame.paragraphs[:_SHAPES]:
            said = next(
                iter(paragraph._p.xpath("./a:r[1]/a:rPr")), None
            )  # the first words stand for all of them
            text, level = paragraph.text.replace("\v", "\n"), min(paragraph.level + 1, 9)

            def inherited(path: str, shape: Any = shape, level: int = level) -> list[Any]:
                return self._inherited(shape, level, path)

            own = said.get if said is not None else {}.get
            align = paragraph._p.xpath("./a:pPr/@algn") or inherited("@algn")
            marks = paragraph._p.xpath(f"./a:pPr/{_MARKS}") or inherited(_MARKS)
            size = own("sz") or next(iter(inherited("a:defRPr/@sz")), None)
            hues = [
                *(said.xpath("./a:solidFill") if said is not None else ()),
                *inherited("a:defRPr/a:solidFill"),
            ]
            yield Line(
                text=text,
                size=_points(size) * (int(scale) / 100_000 if scale.isdecimal() else 1),
                bold=(own("b") or next(iter(inherited("a:defRPr/@b")), None)) in ("1", "true"),
                ink=next((hue for one in hues if (hue := self._hues.of(one))), ink),
                align=_ALIGNED.get(str(align[0]) if align else "", "start"),
                marker="•" if text and marks and not marks[0].tag.endswith("}buNone") else "",
                depth=level - 1,
            )

    def _inherited(self, shape: Any, level: int, path: str) -> list[Any]:
        """What `path` finds of paragraphs of this level in the shape, else the layout, else the master."""
        place = f"a:lvl{level}pPr/{path}"
        for one in _models(shape):
            if found := one._element.xpath(f"./p:txBody/a:lstStyle/{place}"):
                return list(found)
        if not shape.is_placeholder:
            return []
        kind = _first(shape, ".//p:nvPr/p:ph/@type")
        style = "titleStyle" if kind in _TITLES else "bodyStyle"
        return list(self._master._element.xpath(f"./p:txStyles/p:{style}/{place}"))


def _leaves(shapes: Any, depth: int = 0) -> Iterator[Any]:
    """The shapes, without groups: what these hold mostly stands where it says."""
    for shape, _ in zip(shapes, range(_SHAPES), strict=False):
        if not hasattr(shape, "shapes"):
            yield shape
        elif depth < _DEPTH:
            yield from _leaves(shape.shapes, depth + 1)


def _models(shape: Any) -> Iterator[Any]:
    """The shape, then the placeholders of the layout and of the master that it takes its looks from."""
    one = shape
    for _ in range(3):
        if one is None:
            return
        yield one
        one = getattr(one, "_base_placeholder", None)


def _first(shape: Any, path: str) -> str | None:
    found = shape._element.xpath(path)
    return str(found[0]) if found else None


def _points(hundredths: object) -> float:
    return int(str(hundredths)) / 100 if str(hundredths).isdecimal() else _SIZE
