"""The first sheet of an XLSX, as it would be printed on paper that lies."""

from pathlib import Path

from services.content.extraction.sheet import Grid, Line, Sheet

_ROWS, _COLUMNS = 40, 10  # what a page holds
_SIZE = 12.0  # points
_WIDTH = 200  # characters of a cell


def first_page(path: Path) -> Sheet:
    """What the first sheet holds that has anything. Raises whatever the library does."""
    import openpyxl

    with path.open("rb") as file:  # opened here: the library goes by the name
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        for sheet in book.worksheets:
            rows = sheet.iter_rows(max_row=_ROWS, max_col=_COLUMNS)
            if grid := Grid.of(_trimmed([[_cell(cell) for cell in row] for row in rows])):
                return Sheet(parts=(grid,), width=792, height=612, margins=(40, 40, 40, 40))
    return Sheet()


def _cell(cell: object) -> Line:
    value, font = getattr(cell, "value", None), getattr(cell, "font", None)
    number = isinstance(value, int | float)
    bold = bool(font is not None and font.b)
    return Line(_written(value)[:_WIDTH], _SIZE, bold, align="end" if number else "start", below=0)


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.12g}"
    return "" if value is None else str(value).removesuffix(" 00:00:00")  # a day is kept as its first moment


def _trimmed(rows: list[list[Line]]) -> list[list[Line]]:
    """Without the empty columns at the right and the empty rows below."""
    width = max((number for row in rows for number, cell in enumerate(row, 1) if cell.text), default=0)
    last = max((number for number, row in enumerate(rows, 1) if any(cell.text for cell in row)), default=0)
    return [row[:width] for row in rows[:last]]
