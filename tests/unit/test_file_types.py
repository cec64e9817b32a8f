"""What a file is, by its content; and the text of each type."""

import io
import zipfile
from pathlib import Path

import pytest

from nexus import media_types as types
from services.content.extraction import archives, markup, office, pdf
from services.content.extraction.__main__ import _capped, _tidy
from services.content.extraction.limits import BYTES, CHARACTERS, PAGES, Damaged, TooLarge
from services.content.extraction.outside import read
from tests.support import office_files
from tests.support.files import a_pdf


def kept(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "without-a-name.jpg"  # names say nothing
    path.write_bytes(data)
    return path


def a_docx() -> bytes:
    import docx

    document, out = docx.Document(), io.BytesIO()
    document.add_heading("Accueil")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Jour 1", "Visite"
    document.add_paragraph("Après le tableau")
    document.save(out)
    return out.getvalue()


def a_pptx() -> bytes:
    import pptx

    show, out = pptx.Presentation(), io.BytesIO()
    for title in ("Première", "Seconde"):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = title
    slide.notes_slide.notes_text_frame.text = "À dire de vive voix"
    show.save(out)
    return out.getvalue()


def an_xlsx() -> bytes:
    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "Coûts"
    book.active.append(["Salaire", None, 54_600])
    book.save(out)
    return out.getvalue()


def an_odt() -> bytes:
    return office_files.an_odt("<text:h>Titre</text:h><text:p>Bonjour<text:tab/>fin</text:p>")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (a_pdf("Bonjour"), types.PDF),
        (b"\n\n junk before \n" + a_pdf("Bonjour"), types.PDF),
        (a_docx(), types.DOCX),
        (a_pptx(), types.PPTX),
        (an_xlsx(), types.XLSX),
        (an_odt(), types.ODT),
        (b"<!DOCTYPE html><title>x</title>", types.HTML),
        (b"\xef\xbb\xbf <!-- x --> <html lang='fr'>", types.HTML),
        (b"# Titre\n\nDu **texte**.", types.MARKDOWN),
        (b"Un texte, tout simplement.", types.PLAIN),
        (("é" * 8_000).encode(), types.PLAIN),  # the head ends within a character
        (b"x" + ("é" * 8_000).encode(), types.PLAIN),
        (bytes(range(256)), types.UNKNOWN),
        (b"", types.UNKNOWN),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100), types.OLE),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png"),
    ],
)
def test_the_type_is_told_by_the_content(tmp_path, data, kind):
    assert types.media_type(kept(tmp_path, data)) == kind


def test_an_office_archive_in_unusual_order_is_known_by_its_parts(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_docx())) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), reverse=True):
            new.writestr(name, old.read(name))
    assert archives.office_type(kept(tmp_path, out.getvalue())) == types.DOCX


def test_docx_gives_paragraphs_and_tables_in_their_order(tmp_path):
    (text,) = office.docx_texts(kept(tmp_path, a_docx()))
    assert text == "Accueil\nJour 1\tVisite\nAprès le tableau"


def test_pptx_gives_a_text_for_each_slide_with_its_notes(tmp_path):
    assert list(office.pptx_texts(kept(tmp_path, a_pptx()))) == ["Première", "Seconde\nÀ dire de vive voix"]


def test_xlsx_gives_its_sheets_and_cells(tmp_path):
    assert list(office.xlsx_texts(kept(tmp_path, an_xlsx()))) == ["Coûts\nSalaire\t54600"]


def test_odt_gives_headings_and_paragraphs(tmp_path):
    assert list(office.odt_texts(kept(tmp_path, an_odt()))) == ["Titre\nBonjour fin\n"]


def test_an_archive_that_is_none_is_damaged(tmp_path):
    with pytest.raises(Damaged):
        archives.open_checked(kept(tmp_path, b"PK\x03\x04" + bytes(50)))


def test_an_archive_with_too_many_parts_is_too_large(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(5_001):
            archive.writestr(f"{number}", b"")
    with pytest.raises(TooLarge):
        archives.open_checked(kept(tmp_path, out.getvalue()))


def test_html_gives_what_is_shown(tmp_path):
    page = b"<html><head><title>t</title><style>p{}</style></head><p>Un</p><script>x()</script><p>Deux &amp; trois"
    assert "".join(markup.html_texts(kept(tmp_path, page))).split() == ["Un", "Deux", "&", "trois"]


def test_markdown_gives_no_marks(tmp_path):
    source = "# Titre\n\n- **gras** et [lien](https://example.org)\n\n| a | b |\n|---|---|\n| c | d |\n"
    (text,) = markup.markdown_texts(kept(tmp_path, source.encode()))
    assert text.split() == ["Titre", "gras", "et", "lien", "a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("lines", "whole"),
    [("la franci\ufffe\r\nsation", "la francisation"), ("peut\ufffe\r\nelle venir", "peut-elle venir")],
)
def test_a_word_divided_at_the_end_of_a_line_is_whole_and_a_hyphen_of_its_own_stays(lines, whole):
    assert pdf.joined(lines) == whole


def test_texts_are_tidied():
    assert _tidy("un\r\n \r\n\r\n deux\x00\x02  trois\ud800") == "un\n\n deux trois"


def test_texts_stop_at_the_limits_of_pages_characters_and_bytes():
    assert len(list(_capped(["a"] * (PAGES + 5)))) == PAGES
    assert sum(map(len, _capped(["a" * (CHARACTERS - 1)] * 3))) == CHARACTERS
    wide = list(_capped(["漢" * CHARACTERS]))
    assert BYTES - 3 < len(wide[0].encode()) <= BYTES


@pytest.mark.parametrize(
    ("make", "pages", "text"),
    [
        (a_docx, None, "Après le tableau"),
        (a_pptx, 2, "Première"),
        (an_xlsx, None, "54600"),
        (an_odt, None, "Bonjour"),
    ],
)
def test_the_process_reads_office_files_whatever_they_are_called(tmp_path, make, pages, text):
    found = read(kept(tmp_path, make()))
    assert (found.reading, found.pages) == ("read", pages)
    assert text in found.texts[0]
    assert found.thumbnail
