"""Papers as DOCX, to be filled in."""

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from services.content.making.markdown import Block, Paper, Span

_EPOCH = (1980, 1, 1, 0, 0, 0)  # of every entry of the archive: else the clock would be in the bytes
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def make_docx(paper: Paper) -> bytes:
    """The DOCX of `paper`; the same bytes for the same paper."""
    import docx
    from docx.shared import Cm, Pt

    document = docx.Document()
    _describe(document, paper)
    document.styles["Normal"].font.size = Pt(11)
    for section in document.sections:
        section.left_margin = section.right_margin = Cm(2.3)
    document.add_paragraph(paper.title, "Title")
    document.add_paragraph(paper.summary, "Subtitle")
    for block in paper.blocks:
        _add(document, block)
    raw = io.BytesIO()
    document.save(raw)
    return _timeless(raw)


def _describe(document: Any, paper: Paper) -> None:
    from docx.oxml.ns import qn

    about, when = document.core_properties, datetime.combine(paper.date, time(12), UTC).replace(tzinfo=None)
    about.title, about.subject, about.author = paper.title, paper.summary, "Emploi NEXUS"
    about.last_modified_by, about.comments, about.revision = "Emploi NEXUS", "", 1
    about.language, about.version = f"{paper.language}-CA", paper.version
    about.created = about.modified = when
    style = document.styles.element.find(f".//{qn('w:lang')}")  # what screen readers and spelling go by
    style.set(qn("w:val"), f"{paper.language}-CA")


def _add(container: Any, block: Block) -> None:
    match block.kind:
        case "heading":
            _fill(container.add_paragraph(style=f"Heading {min(block.level, 9)}"), block.spans)
        case "paragraph":
            _fill(container.add_paragraph(), block.spans)
        case "quote":
            for inner in block.blocks:
                _fill(container.add_paragraph(style="Intense Quote"), inner.spans)
        case "list":
            _add_list(container, block)
        case "table":
            _add_table(container, block)


def _add_list(container: Any, block: Block) -> None:
    for number, item in enumerate(block.blocks, 1):
        for inner in item.blocks:
            if inner.kind != "paragraph":
                _add(container, inner)
                continue
            spans = inner.spans
            if item.ticked is not None:
                style, spans = "List", [Span("☒ " if item.ticked else "☐ "), *spans]
            elif block.ordered:  # numbers as text: Word would count on from one list to the next
                style, spans = "List", [Span(f"{number}. "), *spans]
            else:
                style = "List Bullet"
            _fill(container.add_paragraph(style=style), spans)


def _add_table(container: Any, block: Block) -> None:
    from docx.oxml import OxmlElement

    table = container.add_table(rows=len(block.blocks), cols=len(block.blocks[0].blocks), style="Table Grid")
    for row, cells in zip(table.rows, block.blocks, strict=True):
        for cell, content in zip(row.cells, cells.blocks, strict=True):
            _fill(cell.paragraphs[0], content.spans)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # repeated, and read as a header
    for cell in table.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    container.add_paragraph()


def _fill(paragraph: Any, spans: Iterable[Span]) -> None:
    for span in spans:
        run = paragraph.add_run(span.text)
        run.bold, run.italic = span.bold or None, span.italic or None
        if span.link:
            _link(paragraph, run, span.link)


def _link(paragraph: Any, run: Any, address: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, _LINK, is_external=True))
    run.font.underline = True
    run._r.addprevious(link)
    link.append(run._r)


def _timeless(raw: io.BytesIO) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return out.getvalue()
