"""CSV and XLSX: rows under a header, with the row or line that each stands on."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import time
from itertools import count
from typing import Any

from services.content.contracts.exchange import ReadingFault
from services.content.importing.decoding import decode
from services.content.importing.files import MAX_BYTES, FileError
from services.content.importing.spec import Reading

MAX_UNPACKED = 100 * 1024 * 1024  # bytes of a workbook, unzipped
MAX_COLUMNS = 500
MAX_ROWS = 100_000
DELIMITERS = ",;\t|"
CELL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})

Line = tuple[str, list[Any]]  # its place, its cells
Row = tuple[str, dict[str, Any] | FileError]  # its place, its cells by column or what is wrong with it


def csv_rows(content: bytes, reading: Reading) -> Iterator[Row]:
    """The rows of a CSV file; what stands before the header row is passed over.

    Without an encoding in the mapping: UTF-8, else Windows-1252, in which Excel saves CSV. Without a
    delimiter: the one that cuts the header into most columns. Raises FileError."""
    text = decode(content, reading.encoding, fallback="cp1252")
    yield from _under_header(_csv_lines(text, reading), reading.header)


def _csv_lines(text: str, reading: Reading) -> Iterator[Line]:
    csv.field_size_limit(MAX_BYTES)  # the default, 128 KB, is smaller than what the file limit allows
    delimiter = reading.delimiter or _delimiter_of(text, reading.header)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number in count(1):
        line = reader.line_num + 1  # cells of several lines part it from the number that spreadsheets show
        place = f"line {line}" if line == number else f"row {number}, line {line}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileError(
                f"is broken from here on ({error}): look for a quotation mark without its partner",
                place,
                ReadingFault.CSV_BROKEN,
            ) from None
        yield place, [cell.strip() or None for cell in cells]


def _delimiter_of(text: str, header: int) -> str:
    lines = text.splitlines()[header - 1 : header]
    line = lines[0] if lines else ""
    return max(DELIMITERS, key=lambda mark: len(next(csv.reader([line], delimiter=mark), [])))


def xlsx_rows(content: bytes, reading: Reading) -> Iterator[Row]:
    """The rows of one sheet of a workbook: results of formulas, not formulas. Raises FileError."""
    from openpyxl import load_workbook  # only who reads workbooks needs the library

    _check_archive(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:  # openpyxl lets through whatever its parsers raise on a damaged part
        raise FileError(
            f"is not a workbook that can be read ({type(error).__name__}): save it anew",
            code=ReadingFault.WORKBOOK_DAMAGED,
        ) from None
    try:
        name = reading.sheet or book.sheetnames[0]
        if name not in book.sheetnames:
            sheets = ", ".join(book.sheetnames)
            raise FileError(
                f"has no sheet {name!r}; its sheets: {sheets}",
                code=ReadingFault.SHEET_UNKNOWN,
                sheet=name,
                sheets=sheets,
            )
        yield from _under_header(_sheet_lines(book[name]), reading.header)
    finally:
        book.close()


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        raise FileError(
            "is not an .xlsx workbook: open it, remove its password if it has one, and save it as .xlsx",
            code=ReadingFault.NO_WORKBOOK,
        ) from None
    # a part that lies about its size is cut at that size by zipfile
    if size > MAX_UNPACKED:
        most = MAX_UNPACKED // 1024 // 1024
        raise FileError(
            f"unpacks to more than {most} MB: split it into smaller workbooks",
            code=ReadingFault.WORKBOOK_TOO_LARGE,
            megabytes=most,
        )


def _sheet_lines(sheet: Any) -> Iterator[Line]:
    sheet.reset_dimensions()  # the size that a file declares may be a million rows of nothing
    rows = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except Exception as error:  # as above: a damaged sheet shows only while it is read
            raise FileError(
                f"cannot be read from here on ({type(error).__name__})",
                f"row {number}",
                ReadingFault.WORKBOOK_DAMAGED,
            ) from None
        if number > MAX_ROWS:
            raise FileError(
                f"has more than {MAX_ROWS:,} rows: split it",
                f"row {number}",
                ReadingFault.TOO_MANY_ROWS,
                rows=MAX_ROWS,
            )
        yield f"row {number}", [_cell(value) for value in cells]


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    return value.isoformat("minutes") if isinstance(value, time) else value


def _under_header(lines: Iterator[Line], header: int) -> Iterator[Row]:
    columns: list[Any] = []
    for number, (place, cells) in enumerate(lines, 1):
        if number == header:
            columns = _columns(cells, place)
        elif number > header and any(cell is not None for cell in cells):
            yield place, _row(columns, cells)
    if not columns:
        raise FileError(
            f"has no row {header}, where the mapping expects the names of the columns",
            code=ReadingFault.HEADER_MISSING,
            row=header,
        )


def _columns(cells: list[Any], place: str) -> list[Any]:
    columns = [str(cell) if cell is not None else None for cell in cells]
    named = [name for name in columns if name]
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice:
        raise FileError(f"has two columns named {twice!r}", place, ReadingFault.COLUMN_REPEATED, column=twice)
    if not named:
        raise FileError(
            "has no names of columns in its header: check header in the mapping",
            place,
            ReadingFault.HEADER_EMPTY,
        )
    return columns


def _row(columns: list[Any], cells: list[Any]) -> dict[str, Any] | FileError:
    if any(cell is not None for cell in cells[len(columns) :]):
        return FileError(
            f"has {len(cells)} cells under {len(columns)} columns: check quotation marks and separators",
            code=ReadingFault.CELLS_WITHOUT_COLUMN,
            cells=len(cells),
            columns=len(columns),
        )
    pairs = [(name, value) for name, value in zip(columns, cells, strict=False) if name]
    wrong = next(((name, value) for name, value in pairs if value in CELL_ERRORS), None)
    if wrong:
        return FileError(
            f"has the spreadsheet error {wrong[1]} in the column {wrong[0]!r}",
            code=ReadingFault.SPREADSHEET_ERROR,
            error=wrong[1],
            column=wrong[0],
        )
    return dict(pairs)
