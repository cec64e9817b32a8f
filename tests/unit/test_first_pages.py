"""What stands on the first page of an office file: words, their sizes, the paper."""

import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from openpyxl.styles import Font
from pptx.dml.color import RGBColor as SlideColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.util import Inches

from services.content.extraction.firstpages import docx as words
from services.content.extraction.firstpages import odt as open_text
from services.content.extraction.firstpages import pptx as slides
from services.content.extraction.firstpages import xlsx as sheets
from services.content.extraction.limits import Damaged
from services.content.extraction.sheet import Grid, Line, Sheet
from tests.support.office_files import an_odt, saved, with_parts


def kept(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "file"
    path.write_bytes(data)
    return path


def lines(sheet: Sheet) -> list[Line]:
    return [part for part in sheet.parts if isinstance(part, Line)]


def texts(sheet: Sheet) -> list[str]:
    return [line.text for line in lines(sheet)]


class TestDocx:
    def test_sizes_weights_and_colours_come_from_the_styles_and_from_the_words(self, tmp_path):
        made = docx.Document()
        made.add_paragraph("Guide", "Title")
        made.add_heading("Accueil", 1)
        made.add_paragraph("Un texte")
        run = made.add_paragraph().add_run("Grand")
        run.font.size, run.font.bold, run.font.color.rgb = Pt(20), True, RGBColor(200, 0, 0)
        title, heading, text, own = lines(words.first_page(kept(tmp_path, saved(made))))
        assert (title.size, title.bold, title.ink) == (26, False, "#17365d")
        assert (heading.size, heading.bold) == (14, True)
        assert (text.size, text.bold, text.ink, text.below) == (11, False, "#000000", 10)
        assert (own.size, own.bold, own.ink) == (20, True, "#c80000")

    def test_the_paper_is_the_one_that_the_file_wants(self, tmp_path):
        made = docx.Document()
        section = made.sections[0]
        section.page_width, section.page_height, section.left_margin = Mm(297), Mm(210), Mm(40)
        sheet = words.first_page(kept(tmp_path, saved(made)))
        assert (round(sheet.width), round(sheet.height)) == (842, 595)
        assert round(sheet.margins[0]) == 113

    def test_items_of_lists_have_their_bullets_and_numbers(self, tmp_path):
        made = docx.Document()
        for text, style in (
            ("a", "List Bullet"), ("b", "List Number"), ("c", "List Number"), ("d", "Normal"),
        ):  # fmt: skip
            made.add_paragraph(text, style)
        found = lines(words.first_page(kept(tmp_path, saved(made))))
        assert [line.marker for line in found] == ["•", "1.", "2.", ""]

    def test_a_table_has_its_cells_and_what_lies_behind_them(self, tmp_path):
        made = docx.Document()
        table = made.add_table(rows=2, cols=2)
        table.cell(0, 0).text, table.cell(1, 1).text = "Jour", "Visite"
        shade = OxmlElement("w:shd")
        shade.set(qn("w:fill"), "1B2A41")
        table.cell(0, 0)._tc.get_or_add_tcPr().append(shade)
        (grid,) = words.first_page(kept(tmp_path, saved(made))).parts
        assert isinstance(grid, Grid)
        assert [[cell.text for cell in row] for row in grid.rows] == [["Jour", ""], ["", "Visite"]]
        assert grid.rows[0][0].fill == "#1b2a41"

    def test_the_page_ends_where_the_file_ends_it(self, tmp_path):
        made = docx.Document()
        made.add_paragraph("Couverture").alignment = WD_ALIGN_PARAGRAPH.CENTER
        ending = made.add_paragraph()
        ending.add_run("avant")
        ending.add_run().add_break(WD_BREAK.PAGE)
        ending.add_run("après")
        made.add_paragraph("Chapitre")
        sheet = words.first_page(kept(tmp_path, saved(made)))
        assert texts(sheet) == ["Couverture", "avant"]
        assert lines(sheet)[0].align == "center"

    def test_a_paragraph_that_begins_a_page_is_on_the_next_one(self, tmp_path):
        made = docx.Document()
        made.add_paragraph("Couverture")
        made.add_paragraph("Chapitre").paragraph_format.page_break_before = True
        assert texts(words.first_page(kept(tmp_path, saved(made)))) == ["Couverture"]

    def test_styles_that_go_in_a_circle_come_to_an_end(self, tmp_path):
        made = docx.Document()
        made.styles["Title"].base_style = made.styles["Subtitle"]
        made.styles["Subtitle"].base_style = made.styles["Title"]
        made.add_paragraph("Guide", "Title")
        assert texts(words.first_page(kept(tmp_path, saved(made)))) == ["Guide"]


PAPER = """<office:styles>
<style:default-style style:family="paragraph"><style:text-properties fo:font-size="10pt"/></style:default-style>
<style:style style:name="Body" style:family="paragraph">
  <style:paragraph-properties fo:margin-bottom="0.5cm"/></style:style>
<style:style style:name="Top" style:family="paragraph" style:parent-style-name="Body">
  <style:paragraph-properties fo:text-align="center"/>
  <style:text-properties fo:font-size="250%" fo:font-weight="bold" fo:color="#123456"/></style:style>
</office:styles>
<office:automatic-styles><style:page-layout style:name="L"><style:page-layout-properties fo:page-width="14.8cm"
  fo:page-height="21cm" fo:margin-left="30mm"/></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="L"/></office:master-styles>"""


class TestOdt:
    def test_sizes_and_paper_come_from_the_styles(self, tmp_path):
        body = '<text:h text:style-name="Top">Guide</text:h><text:p text:style-name="Body">Un texte</text:p>'
        sheet = open_text.first_page(kept(tmp_path, an_odt(body, PAPER)))
        title, text = lines(sheet)
        assert (title.size, title.bold, title.ink, title.align) == (30, True, "#123456", "center")
        assert (text.size, text.bold, round(text.below)) == (10, False, 14)
        assert (round(sheet.width), round(sheet.height), round(sheet.margins[0])) == (420, 595, 85)

    def test_without_styles_headings_are_still_larger_than_text(self, tmp_path):
        title, text = lines(
            open_text.first_page(kept(tmp_path, an_odt("<text:h>Titre</text:h><text:p>Texte</text:p>")))
        )
        assert title.size > text.size
        assert title.bold
        assert not text.bold

    def test_names_have_whichever_prefix_the_file_chose(self, tmp_path):
        path = kept(tmp_path, an_odt("<text:h>Titre</text:h>", PAPER))
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in ("styles.xml", "content.xml")}
        first = open_text.first_page(path)
        renamed = {
            name: re.sub(rb"(?<!:)\b(text|style|fo):", rb"ns\1:", part) for name, part in parts.items()
        }
        renamed = {
            name: re.sub(rb"xmlns:(text|style|fo)=", rb"xmlns:ns\1=", part) for name, part in renamed.items()
        }
        path.write_bytes(with_parts(path.read_bytes(), renamed))
        assert texts(first) == ["Titre"]
        assert open_text.first_page(path) == first

    def test_lists_within_lists_and_tables_are_told(self, tmp_path):
        numbered = (
            '<text:list-style style:name="N"><text:list-level-style-number text:level="1" style:num-suffix=")"/>'
            "</text:list-style>"
        )
        body = (
            '<text:list text:style-name="N"><text:list-item><text:p>a</text:p><text:list text:style-name="B">'
            "<text:list-item><text:p>b</text:p></text:list-item></text:list></text:list-item>"
            "<text:list-item><text:p>c</text:p></text:list-item></text:list>"
            "<table:table><table:table-row><table:table-cell><text:p>d</text:p></table:table-cell>"
            "<table:table-cell><text:p>e</text:p></table:table-cell></table:table-row></table:table>"
        )
        sheet = open_text.first_page(kept(tmp_path, an_odt(body, automatic=numbered)))
        assert [(one.marker, one.depth, one.text) for one in lines(sheet)] == [
            ("1)", 0, "a"), ("•", 1, "b"), ("2)", 0, "c"),
        ]  # fmt: skip
        assert [cell.text for cell in sheet.parts[-1].rows[0]] == ["d", "e"]

    def test_notes_and_comments_are_not_on_the_page_and_breaks_end_it(self, tmp_path):
        broken = (
            '<style:style style:name="Next" style:family="paragraph">'
            '<style:paragraph-properties fo:break-before="page"/></style:style>'
        )
        body = (
            "<text:p>Un<text:s/>mot<office:annotation><text:p>secret</text:p></office:annotation></text:p>"
            '<text:p text:style-name="Next">Deux</text:p>'
        )
        assert texts(open_text.first_page(kept(tmp_path, an_odt(body, automatic=broken)))) == ["Un mot"]

    def test_no_more_is_read_of_it_than_a_page_holds(self, tmp_path):
        sheet = open_text.first_page(kept(tmp_path, an_odt("<text:p>Une phrase.</text:p>" * 5_000)))
        assert 100 < len(sheet.parts) < 1_000
        empty = open_text.first_page(kept(tmp_path, an_odt("<text:p/>" * 100_000)))
        assert 100 < len(empty.parts) < 10_000


def a_slide(layout: int, show: Any = None) -> tuple[Any, Any]:
    show = show or pptx.Presentation()
    return show, show.slides.add_slide(show.slide_layouts[layout])


class TestPptx:
    def test_the_first_slide_stands_as_its_layout_and_master_say(self, tmp_path):
        show, slide = a_slide(0)
        slide.shapes.title.text, slide.placeholders[1].text = "Accueillir", "En bref"
        a_slide(0, show)[1].shapes.title.text = "Seconde"
        sheet = slides.first_page(kept(tmp_path, saved(show)))
        title, subtitle = sheet.boxes
        assert (sheet.width, sheet.height) == (720, 540)
        (line,) = title.parts
        assert (line.text, line.size, line.align, line.marker) == ("Accueillir", 44, "center", "")
        assert title.anchor == "middle"
        assert (subtitle.parts[0].text, subtitle.parts[0].marker) == ("En bref", "")
        assert subtitle.y > title.y

    def test_points_have_bullets_by_their_level(self, tmp_path):
        show, slide = a_slide(1)
        frame = slide.placeholders[1].text_frame
        frame.text = "Un"
        below = frame.add_paragraph()
        below.text, below.level = "Deux", 1
        first, second = slides.first_page(kept(tmp_path, saved(show))).boxes[-1].parts
        assert (first.marker, first.depth, second.marker, second.depth) == ("•", 0, "•", 1)
        assert first.size > second.size

    def test_words_on_a_dark_colour_are_white_unless_the_file_says_otherwise(self, tmp_path):
        show, slide = a_slide(6)
        for text in ("Sur foncé", "Rouge"):
            shape = slide.shapes.add_shape(1, 0, 0, Inches(2), Inches(1))
            shape.fill.solid()
            shape.fill.fore_color.theme_color = MSO_THEME_COLOR.TEXT_2
            shape.text_frame.text = text
        shape.text_frame.paragraphs[0].runs[0].font.color.rgb = SlideColor(255, 0, 0)
        plain, red = slides.first_page(kept(tmp_path, saved(show))).boxes
        assert plain.fill == "#1f497d"
        assert plain.parts[0].ink == "#ffffff"
        assert red.parts[0].ink == "#ff0000"

    def test_a_table_on_a_slide_is_told(self, tmp_path):
        show, slide = a_slide(6)
        table = slide.shapes.add_table(1, 2, 0, 0, Inches(4), Inches(1)).table
        table.cell(0, 1).text = "Visite"
        (box,) = slides.first_page(kept(tmp_path, saved(show))).boxes
        assert [cell.text for cell in box.parts[0].rows[0]] == ["", "Visite"]

    def test_a_show_without_slides_has_nothing_to_see(self, tmp_path):
        sheet = slides.first_page(kept(tmp_path, saved(pptx.Presentation())))
        assert not sheet.has_words()


def test_a_workbook_shows_its_first_sheet_that_holds_something(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Coûts")
    sheet.append(["Poste", None, "Depuis"])
    sheet.append(["Soudeuse", 54_600.5, datetime(2026, 11, 23)])
    sheet["A1"].font = Font(bold=True)
    (grid,) = sheets.first_page(kept(tmp_path, saved(book))).parts
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["Poste", "", "Depuis"],
        ["Soudeuse", "54600.5", "2026-11-23"],
    ]
    assert [cell.bold for cell in grid.rows[0]] == [True, False, False]
    assert [cell.align for cell in grid.rows[1]] == ["start", "end", "start"]


def test_a_workbook_of_many_rows_is_read_no_further_than_a_page(tmp_path):
    book = openpyxl.Workbook()
    for number in range(2_000):
        book.active.append([number] * 30)
    (grid,) = sheets.first_page(kept(tmp_path, saved(book))).parts
    assert len(grid.rows) <= 40
    assert len(grid.rows[0]) <= 12


def test_an_empty_workbook_has_nothing_to_see(tmp_path):
    assert not sheets.first_page(kept(tmp_path, saved(openpyxl.Workbook()))).has_words()


def test_entities_are_refused():
    from services.content.extraction.firstpages.trees import beginning

    with pytest.raises(Damaged):
        beginning(b'<!DOCTYPE d [<!ENTITY e "haha">]><d>&e;</d>', "d", 100)
