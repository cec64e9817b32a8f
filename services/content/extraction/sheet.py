"""A first page drawn from what a file says: its words, their sizes, its paper. typst lays it out, pdfium draws it.

Fonts are typst's own, so that the same file has the same picture wherever it is read."""

import os
import re
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import orjson

_LAYOUT = Path(__file__).with_name("sheet.typ")
_PAPER = (72, 2_880)  # points: an inch, and a poster
_TEXT = (4, 120)  # points
_GAP = 200  # points, at most, between two paragraphs
CHARACTERS = 8_000  # of one first page, in small print, or of one paragraph
_PARTS = 200
COLUMNS, ROWS = 12, 60  # of a table, as many as can be told apart
_COLOUR = re.compile("[0-9a-f]{6}")

Align = Literal["start", "center", "end"]


@dataclass(frozen=True)
class Line:
    """A paragraph, or what a cell of a table holds. `size`, `above` and `below` in points; `ink` and `fill`, what lies
    behind it, as "#rrggbb"; `marker`: what stands before an item of a list."""

    text: str
    size: float = 12
    bold: bool = False
    ink: str = "#000000"
    fill: str | None = None
    align: Align = "start"
    above: float = 0
    below: float = 6
    marker: str = ""
    depth: int = 0

    def as_data(self) -> dict[str, Any]:
        """Within what can be laid out, with the direction in which it is read."""
        return asdict(self) | {
            "size": _within(self.size, _TEXT),
            "above": _within(self.above, (0, _GAP)),
            "below": _within(self.below, (0, _GAP)),
            "depth": min(self.depth, 8),
            "rtl": _right_to_left(self.text),
        }


@dataclass(frozen=True)
class Grid:
    """A table: its rows are equally long."""

    rows: tuple[tuple[Line, ...], ...]

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        return {"rows": [[cell.as_data() for cell in row] for row in self.rows]}

    @classmethod
    def of(cls, rows: list[list[Line]]) -> "Grid | None":
        """Of rows of any length; None where there is nothing to see."""
        width = min(max(map(len, rows), default=0), COLUMNS)
        filled = tuple(tuple((row + [Line("")] * width)[:width]) for row in rows[:ROWS])
        return cls(filled) if any(cell.text for row in filled for cell in row) else None


Part = Line | Grid


@dataclass(frozen=True)
class Box:
    """Some parts at a place of their own, as on slides. All lengths in points; `fill`: "#rrggbb"."""

    x: float
    y: float
    width: float
    height: float
    parts: tuple[Part, ...]
    fill: str | None = None
    anchor: Literal["top", "middle", "bottom"] = "top"

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        whole = {name: _within(getattr(self, name), (-5_000, 5_000)) for name in ("x", "y")}
        sizes = {name: _within(getattr(self, name), (1, 5_000)) for name in ("width", "height")}
        parts = _beginning(self.parts, sizes["width"], sizes["height"])
        return {**asdict(self), **whole, **sizes, "parts": [part.as_data() for part in parts]}


@dataclass(frozen=True)
class Sheet:
    """A page: what follows on each other, and what stands at places of its own. Lengths in points; a US letter if
    the file says nothing. `margins`: left, top, right, bottom."""

    parts: tuple[Part, ...] = ()
    boxes: tuple[Box, ...] = ()
    width: float = 612
    height: float = 792
    margins: tuple[float, float, float, float] = (72, 72, 72, 72)
    fill: str = "#ffffff"

    def as_data(self) -> dict[str, Any]:
        """Within what can be laid out."""
        width, height = _within(self.width, _PAPER), _within(self.height, _PAPER)
        most = (width, height, width, height)
        return {
            "width": width,
            "height": height,
            "margins": [_within(one, (0, 0.4 * side)) for one, side in zip(self.margins, most, strict=True)],
            "fill": self.fill,
            "parts": [part.as_data() for part in _beginning(self.parts, width, height)],
            "boxes": [box.as_data() for box in self.boxes[:_PARTS]],
        }

    def has_words(self) -> bool:
        """Whether there is anything to read."""
        parts = (*self.parts, *(part for box in self.boxes for part in box.parts))
        return any(_length(part) for part in parts)


def colour(written: object) -> str | None:
    """A colour that a file gives as six hexadecimal digits; None for any other way of giving one."""
    digits = str(written or "").removeprefix("#").lower()
    return f"#{digits}" if _COLOUR.fullmatch(digits) else None


def make_pdf(sheet: Sheet) -> bytes | None:
    """The page as PDF. None where the fonts lack letters of it, so that nobody is shown boxes in their place."""
    os.environ["RAYON_NUM_THREADS"] = "1"  # each thread would take its share of the memory that we may have
    import typst

    for words in (_as_it_is, _without_symbols):
        data = _each_text(sheet.as_data(), words)
        try:
            return bytes(
                typst.compile(
                    str(_LAYOUT),
                    format="pdf",
                    ignore_system_fonts=True,
                    pdf_standards="a-2b",  # it allows for no letter without a shape: typst refuses then
                    sys_inputs={"sheet": orjson.dumps(data).decode()},
                )
            )
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
    return None


def _beginning(parts: tuple[Part, ...], width: float, height: float) -> tuple[Part, ...]:
    """The first of `parts`, as many as fill `width` and `height`: what nobody will see is not laid out."""
    taken = list[Part]()
    for part in parts[:_PARTS]:
        rows = list[tuple[Line, ...]]()
        for row in part.rows if isinstance(part, Grid) else ((part,),):
            if height <= 0:
                break
            rows.append(tuple(replace(cell, text=cell.text[:CHARACTERS]) for cell in row))
            height -= max(_least_height(cell, width / len(row)) for cell in row)
        if rows:
            taken.append(Grid(tuple(rows)) if isinstance(part, Grid) else rows[0][0])
    return tuple(taken)


def _least_height(line: Line, width: float) -> float:
    """Points that `line` takes at least; letters are seldom narrower than a third of their height."""
    size = _within(line.size, _TEXT)
    lines = sum(1 + len(one) * size // (3 * width) for one in line.text.split("\n"))
    return lines * size + _within(max(line.above, line.below), (0, _GAP))


def _length(part: Part) -> int:
    return (
        len(part.text) if isinstance(part, Line) else sum(len(cell.text) for row in part.rows for cell in row)
    )


def _within(length: float, least_and_most: tuple[float, float]) -> float:
    least, most = least_and_most
    return min(max(length, least), most)


def _right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction goes from right to left, as in Unicode's rule P2."""
    directions = (unicodedata.bidirectional(one) for one in text)
    return next((one != "L" for one in directions if one in ("L", "R", "AL")), False)


def _each_text(data: Any, words: Callable[[str], str]) -> Any:
    match data:
        case dict():
            return {
                name: words(one) if name in ("text", "marker") else _each_text(one, words)
                for name, one in data.items()
            }
        case list():
            return [_each_text(one, words) for one in data]
        case _:
            return data


def _as_it_is(text: str) -> str:
    return text


def _without_symbols(text: str) -> str:
    """Without the signs that are no letters, such as emoji: a page can be known without them."""
    return "".join(one for one in text if unicodedata.category(one)[0] not in "SC" or one in "\n+<>=$")
