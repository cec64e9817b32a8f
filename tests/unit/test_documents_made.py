"""PDF and DOCX made from Markdown: the same source gives the same bytes, and all of its words."""

import io
import time
from datetime import date

import docx
import pypdfium2
import pytest

from services.content.making import MAKERS, Paper
from services.content.making.markdown import Block, Span

SOURCE = """Un *début* avec un [lien](https://example.org).

## Étape 1

- [ ] Case à cocher
- [x] Case cochée

1. Premier
2. Second

> Citation

| Sigle | Nom |
| --- | --- |
| NEQ | **Numéro** d’entreprise |
"""


def paper(source: str = SOURCE, **about: object) -> Paper:
    told = {"title": "Plan d’accueil", "summary": "En bref", "language": "fr", "version": "1.0"}
    return Paper.of(source, date=date(2026, 11, 23), **{**told, **about})


def test_markdown_becomes_blocks_and_spans():
    start, heading, ticks, numbers, quote, table = paper().blocks
    assert start.spans[:2] == [Span("Un "), Span("début", italic=True)]
    assert start.spans[3] == Span("lien", link="https://example.org")
    assert heading == Block("heading", [Span("Étape 1")], level=1)
    assert [(item.ticked, item.blocks[0].spans[0].text) for item in ticks.blocks] == [
        (False, "Case à cocher"),
        (True, "Case cochée"),
    ]
    assert (numbers.ordered, len(numbers.blocks)) == (True, 2)
    assert quote.blocks[0].spans == [Span("Citation")]
    assert [[cell.spans[0].text for cell in row.blocks] for row in table.blocks] == [
        ["Sigle", "Nom"],
        ["NEQ", "Numéro"],
    ]


def test_a_link_that_is_not_to_a_web_page_is_plain_text():
    (block,) = paper("[ici](javascript:alert) et [là](/fr/x)").blocks
    assert all(span.link is None for span in block.spans)


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_the_same_source_gives_the_same_bytes_later(form, monkeypatch):
    first = MAKERS[form](paper())
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 90_000)
    time.sleep(1.1)  # what reads the clock elsewhere sees another second
    assert MAKERS[form](paper()) == first
    assert MAKERS[form](paper(SOURCE + "\nPlus.")) != first


def test_a_pdf_is_tagged_with_title_language_and_page_numbers():
    data = MAKERS["pdf"](paper(SOURCE * 12))
    made = pypdfium2.PdfDocument(data)
    assert made.is_tagged()
    assert made.get_metadata_value("Title") == "Plan d’accueil"
    assert b"/Lang (fr-CA)" in data or b"fr-CA" in data
    assert len(made) > 1
    assert f"1 / {len(made)}" in made[0].get_textpage().get_text_range()
    assert "Numéro d’entreprise" in made[0].get_textpage().get_text_range()


def test_a_docx_has_title_language_headings_and_a_table_with_a_header():
    made = docx.Document(io.BytesIO(MAKERS["docx"](paper(language="en"))))
    assert made.core_properties.title == "Plan d’accueil"
    assert made.core_properties.language == "en-CA"
    styles = {block.text: block.style.name for block in made.paragraphs}
    assert styles["Étape 1"] == "Heading 1"
    assert "☐ Case à cocher" in styles
    assert made.tables[0].cell(1, 1).text == "Numéro d’entreprise"
    assert made.tables[0].rows[0]._tr.trPr.xpath("w:tblHeader")
