"""The text of office files.

The process reads one file, so what is parsed of it stays."""

import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.parsers import expat

from services.content.extraction.archives import open_checked
from services.content.extraction.limits import CHARACTERS, Damaged, Encrypted

_ENCRYPTED = 0x1  # a bit of a zip entry's flags


def docx_texts(path: Path) -> Iterator[str]:
    """The whole text, as one page: where pages end is known only to the program that lays them out."""
    yield "\n".join(_block_texts(opened_docx(path)))


@cache
def opened_docx(path: Path) -> Any:
    """The document, parsed once for all who ask. Raises TooLarge, Damaged, and whatever the library does."""
    import docx

    open_checked(path).close()
    return docx.Document(str(path))


def _block_texts(container: Any) -> Iterator[str]:
    from docx.table import Table

    for block in container.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                cells = dict.fromkeys(row.cells)  # a merged cell comes once for each column
                yield "\t".join("\n".join(_block_texts(cell)) for cell in cells)
        else:
            yield block.text


def pptx_texts(path: Path) -> Iterator[str]:
    """The text of each slide, with its notes."""
    for slide in opened_pptx(path).slides:
        texts = list(_shape_texts(slide.shapes))
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            texts.append(slide.notes_slide.notes_text_frame.text)
        yield "\n".join(texts)


@cache
def opened_pptx(path: Path) -> Any:
    """The presentation, parsed once for all who ask. Raises TooLarge, Damaged, and whatever the library does."""
    import pptx

    open_checked(path).close()
    return pptx.Presentation(str(path))


def _shape_texts(shapes: Any) -> Iterator[str]:
    for shape in shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text
        elif getattr(shape, "has_table", False):
            for row in shape.table.rows:
                yield "\t".join(cell.text for cell in row.cells)
        elif hasattr(shape, "shapes"):
            yield from _shape_texts(shape.shapes)


def xlsx_texts(path: Path) -> Iterator[str]:
    """The names and cells of all sheets, as one page."""
    import openpyxl

    open_checked(path).close()
    with path.open("rb") as file:  # opened here: the library goes by the name
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        yield "\n".join(line for sheet in book.worksheets for line in _sheet_lines(sheet))


def _sheet_lines(sheet: Any) -> Iterator[str]:
    yield sheet.title
    characters = 0
    for row in sheet.iter_rows(values_only=True):
        line = "\t".join(str(cell) for cell in row if cell is not None)
        characters += len(line)
        if line:
            yield line
        if characters > CHARACTERS:
            return


def odt_texts(path: Path) -> Iterator[str]:
    """The whole text, as one page."""
    with open_checked(path) as archive:
        try:
            if archive.getinfo("content.xml").flag_bits & _ENCRYPTED:
                raise Encrypted
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise Encrypted
            yield _odt_text(archive.read("content.xml"))
        except (KeyError, zipfile.BadZipFile, expat.ExpatError) as error:
            raise Damaged(str(error)) from None


def _odt_text(content: bytes) -> str:
    pieces: list[str] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def ended(name: str) -> None:
        if name in ("text:p", "text:h", "table:table-row"):
            pieces.append("\n")

    def started(name: str, _: dict[str, str]) -> None:
        if name in ("text:tab", "text:s", "text:line-break"):
            pieces.append(" ")

    def refuse(*_: Any) -> None:
        raise Damaged("an office file declares no entities")

    parser.CharacterDataHandler = pieces.append
    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.EntityDeclHandler = refuse
    parser.Parse(content, True)
    return "".join(pieces)
