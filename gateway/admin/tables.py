"""Tables to take along: CSV and XLSX, written so that no spreadsheet takes a text for a formula.

https://owasp.org/www-community/attacks/CSV_Injection"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

MARK = "\ufeff".encode()  # Excel reads UTF-8 by it
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_APOSTROPHE = "'"


def csv_line(row: Iterable[str]) -> bytes:
    """A row of a CSV file. An apostrophe stands before what would be a formula, or begins with one itself."""
    out = io.StringIO()
    csv.writer(out).writerow([_escaped(cell, (*_FORMULAS, _APOSTROPHE)) for cell in row])
    return out.getvalue().encode()


def _escaped(cell: str, marks: tuple[str, ...]) -> str:
    return f"{_APOSTROPHE}{cell}" if cell.startswith(marks) else cell


class Workbook:
    """A workbook of one sheet, which goes to a file row by row. All cells are texts."""

    def __init__(self, file: IO[bytes], columns: Sequence[str]) -> None:
        from xlsxwriter import Workbook as Book  # only who asks for a workbook needs the library loaded

        self._book = Book(
            file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self._sheet = self._book.add_worksheet()
        self._text = self._book.add_format({"num_format": "@", "valign": "top"})
        self._quoted = self._book.add_format({"num_format": "@", "valign": "top", "quote_prefix": True})
        head = self._book.add_format({"bold": True})
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(columns), 24)
        self._sheet.write_row(0, 0, columns, head)
        self._next = 1

    def add(self, row: Iterable[str]) -> None:
        """One more row."""
        for column, text in enumerate(row):
            if cell := text.replace("\r\n", "\n"):
                form = self._quoted if cell.startswith(_FORMULAS) else self._text
                self._sheet.write_string(self._next, column, _escaped(cell, (_APOSTROPHE,)), form)
        self._next += 1

    def close(self) -> None:
        """Finish the file, which stays open."""
        self._book.close()


def chunks(file: IO[bytes], size: int = 64_000) -> Iterator[bytes]:
    """A file from its beginning."""
    file.seek(0)
    while part := file.read(size):
        yield part
