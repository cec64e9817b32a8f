"""The first page of a DOCX."""

import string
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from services.content.extraction import office
from services.content.extraction.sheet import COLUMNS, ROWS, Align, Grid, Line, Part, Sheet, colour

_BLOCKS = 150  # of the document, at most: a page holds fewer
_ANCESTORS = 20  # styles of styles; in a damaged file they can go in a circle
_ALIGNED: dict[str, Align] = {"center": "center", "right": "end", "end": "end"}
_RUNS = 50  # pieces of one paragraph, and paragraphs of one cell, that are looked at
_SIZE = 10.0  # points, where the file says none: Word's
_ENDS = "./w:pPr/w:sectPr[not(w:type/@w:val='continuous')] | .//w:br[@w:type='page']"

_Said = TypeVar("_Said")


def first_page(path: Path) -> Sheet:
    """What its first page shows. Raises whatever the library does."""
    document = office.opened_docx(path)
    page, parts = document.sections[0], tuple(_parts(_Look(document), document))
    margins = [
        one.pt if one is not None else 72.0
        for one in (page.left_margin, page.top_margin, page.right_margin, page.bottom_margin)
    ]
    width, height = page.page_width, page.page_height
    return Sheet(
        parts=parts,
        width=width.pt if width else 612,
        height=height.pt if height else 792,
        margins=(margins[0], margins[1], margins[2], margins[3]),
    )


def _parts(look: "_Look", document: Any) -> Iterator[Part]:
    from docx.table import Table

    for number, block in enumerate(document.iter_inner_content()):
        if number == _BLOCKS:
            return
        if isinstance(block, Table):
            if grid := Grid.of([_row(look, row) for row, _ in zip(block.rows, range(ROWS), strict=False)]):
                yield grid
            continue
        if number and block.paragraph_format.page_break_before:
            return
        yield look.line(block)
        if block._p.xpath(_ENDS):
            return


def _row(look: "_Look", row: Any) -> list[Line]:
    cells = dict.fromkeys(row.cells)  # a merged cell comes once for each column
    return [_cell(look, cell) for cell in islice(cells, COLUMNS)]


def _cell(look: "_Look", cell: Any) -> Line:
    lines = [look.line(paragraph) for paragraph in cell.paragraphs[:_RUNS]]
    fill = colour(next(iter(cell._tc.xpath("./w:tcPr/w:shd/@w:fill")), None))
    text = "\n".join(line.text for line in lines)
    first = lines[0] if lines else Line("")
    return Line(text, first.size, first.bold, first.ink, fill, first.align, above=0, below=0)


class _Look:
    """How paragraphs of a document look, by what they say and by their styles; counts the items of its lists."""

    def __init__(self, document: Any) -> None:
        self._defaults = document.styles.element
        self._numbering = _numbering_of(document)
        self._counts: Counter[tuple[int, int]] = Counter()
        self._styles: dict[str | None, tuple[Any, ...]] = {}

    def line(self, paragraph: Any) -> Line:
        """`paragraph`, up to the end of the page if that is within it."""
        runs = [run for run in paragraph.runs[:_RUNS] if run.text.strip()]
        marker, depth = self._marker(paragraph)
        bold = _of_all(runs, lambda run: run.font.bold)
        return Line(
            text=_text_on_page(paragraph),
            size=_of_all(runs, lambda run: run.font.size and run.font.size.pt) or self._size(paragraph),
            bold=bool(self._in_styles(paragraph, lambda style: style.font.bold) if bold is None else bold),
            ink=_of_all(runs, _ink) or self._in_styles(paragraph, _ink) or "#000000",
            align=self._align(paragraph),
            above=self._spacing(paragraph, "before"),
            below=self._spacing(paragraph, "after"),
            marker=marker,
            depth=depth,
        )

    def _styles_of(self, paragraph: Any) -> tuple[Any, ...]:
        """Its style and what that is based on. The library looks through all styles each time it is asked for one."""
        name = paragraph._p.style
        if name not in self._styles:
            self._styles[name] = tuple(_ancestry(paragraph.style))
        return self._styles[name]

    def _in_styles(self, paragraph: Any, ask: Callable[[Any], _Said | None]) -> _Said | None:
        """What the nearest style that says it says."""
        return next((said for style in self._styles_of(paragraph) if (said := ask(style)) is not None), None)

    def _in_paragraph(self, paragraph: Any, path: str) -> Any | None:
        """What `path` finds in its own properties, else in those of the nearest style that has it."""
        for element in (paragraph._p, *(style.element for style in self._styles_of(paragraph))):
            if element.pPr is not None and (found := element.pPr.xpath(path)):
                return found[0]
        return None

    def _size(self, paragraph: Any) -> float:
        size = self._in_styles(paragraph, lambda style: style.font.size)
        default = self._default("rPr", "sz/@w:val")
        return float(size.pt) if size else (float(default) / 2 if default else _SIZE)

    def _align(self, paragraph: Any) -> Align:
        said = self._in_paragraph(paragraph, "./w:jc/@w:val")
        return _ALIGNED.get(str(said), "start")

    def _spacing(self, paragraph: Any, side: str) -> float:
        """Points before or after it. Some styles, such as those of lists, want none between two of their kind."""
        beside = paragraph._p.getprevious() if side == "before" else paragraph._p.getnext()
        alike = isinstance(beside, type(paragraph._p)) and beside.style == paragraph._p.style
        if alike and self._in_paragraph(paragraph, "./w:contextualSpacing") is not None:
            return 0.0
        said = self._in_paragraph(paragraph, f"./w:spacing/@w:{side}")
        return float(said or self._default("pPr", f"spacing/@w:{side}") or 0) / 20

    def _default(self, what: str, attribute: str) -> str | None:
        found = self._defaults.xpath(f"w:docDefaults/w:{what}Default/w:{what}/w:{attribute}")
        return str(found[0]) if found else None

    def _marker(self, paragraph: Any) -> tuple[str, int]:
        number = self._in_paragraph(paragraph, "./w:numPr/w:numId/@w:val")
        if number is None or not str(number).isdecimal() or number == "0":
            return "", 0
        level = int(self._in_paragraph(paragraph, "./w:numPr/w:ilvl/@w:val") or 0)
        key = (int(number), level)
        self._counts[key] += 1
        for deeper in [one for one in self._counts if one[0] == key[0] and one[1] > level]:
            del self._counts[deeper]
        return self._written(key), level

    def _written(self, key: tuple[int, int]) -> str:
        """The mark of the next item: a number as the list writes it, else a bullet."""
        kind = self._of_level(key, "numFmt/@w:val")
        if kind in (None, "bullet"):
            return "•"
        text = self._of_level(key, "lvlText/@w:val") or ""
        for level in range(key[1] + 1):
            text = text.replace(f"%{level + 1}", _numeral(kind or "", max(1, self._counts[key[0], level])))
        return text if kind != "none" else ""

    def _of_level(self, key: tuple[int, int], attribute: str) -> str | None:
        if self._numbering is None:
            return None
        kind = self._numbering.xpath(f"w:num[@w:numId='{key[0]}']/w:abstractNumId/@w:val")
        if not kind or not str(kind[0]).isdecimal():
            return None
        found = self._numbering.xpath(
            f"w:abstractNum[@w:abstractNumId='{kind[0]}']/w:lvl[@w:ilvl='{key[1]}']/w:{attribute}"
        )
        return str(found[0]) if found else None


def _numbering_of(document: Any) -> Any | None:
    from docx.opc.constants import RELATIONSHIP_TYPE

    try:
        return document.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element
    except KeyError:
        return None


def _numeral(kind: str, number: int) -> str:
    if kind in ("lowerLetter", "upperLetter"):
        letter = string.ascii_lowercase[(number - 1) % 26]
        return letter if kind == "lowerLetter" else letter.upper()
    return str(number)


def _text_on_page(paragraph: Any) -> str:
    breaks = paragraph._p.xpath("(.//w:br[@w:type='page'])[1]")
    if not breaks:
        return str(paragraph.text)
    before = breaks[0].xpath(
        "./ancestor::w:r[1]/preceding-sibling::*/descendant-or-self::w:t/text() | ./preceding-sibling::w:t/text()"
    )
    return "".join(before)


def _of_all(runs: list[Any], ask: Callable[[Any], _Said | None]) -> _Said | None:
    """What all `runs` say the same of."""
    said = {ask(run) for run in runs}
    return said.pop() if len(said) == 1 else None


def _ink(styled: Any) -> str | None:
    """The colour of a run or a style."""
    return colour(styled.font.color.rgb) if styled.font.color is not None else None


def _ancestry(style: Any) -> Iterator[Any]:
    for _ in range(_ANCESTORS):
        if style is None:
            return
        yield style
        style = style.base_style
