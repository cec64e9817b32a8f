"""What a file says of itself: its title, its language, its first words."""

from pathlib import Path

import docx
import pytest

from gateway.admin.uploading import title_from
from nexus import media_types as types
from services.content.domain.files import language_of, told
from services.content.extraction.titles import title_of
from tests.support.files import a_pdf

FRENCH = "Ce guide est pour les entreprises qui embauchent des personnes de l’étranger."
ENGLISH = "This guide is for companies that hire people from abroad, and for their teams."


@pytest.mark.parametrize(
    ("text", "language"),
    [(FRENCH, "fr"), (ENGLISH, "en"), ("", None), ("12 34 ACME", None), (FRENCH + " " + ENGLISH, None)],
)
def test_the_language_is_told_by_small_words_or_not_at_all(text: str, language: str | None) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ("Guide d’accueil", "Guide d’accueil"),
        ("  Guide\n d’accueil ", "Guide d’accueil"),
        ("Microsoft Word - Guide d’accueil", "Guide d’accueil"),
        ("Microsoft Word - guide.docx", None),
        ("Untitled", None),
        ("Présentation PowerPoint", None),
        ("", None),
        (None, None),
    ],
)
def test_a_title_that_a_program_put_there_is_none(given: str | None, title: str | None) -> None:
    assert told(given, ()).title == title


def test_the_first_words_end_at_a_word() -> None:
    assert told(None, (FRENCH,)).opening == FRENCH
    opening = told(None, ("mot " * 200,)).opening
    assert opening.endswith("mot…")
    assert len(opening) <= 241


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("guide_d-accueil.v2.pdf", "Guide d accueil v2"),
        ("Été 2026.docx", "Été 2026"),
        (".pdf", "Pdf"),
        ("sans-suffixe", "Sans suffixe"),
    ],
)
def test_without_a_title_the_name_becomes_words(name: str, title: str) -> None:
    assert title_from(name) == title


def test_titles_are_read_from_office_files_pdf_html_and_markdown(tmp_path: Path) -> None:
    office, pdf, html, markdown = (tmp_path / name for name in ("a.docx", "a.pdf", "a.html", "a.md"))
    document = docx.Document()
    document.core_properties.title = "Le titre & l’autre"
    document.save(str(office))
    pdf.write_bytes(a_pdf("Une page", title="Un titre"))
    html.write_text("<!doctype html><html><head><title>Fran&ccedil;ais</title></head>")
    markdown.write_text("Avant\n\n# Le premier\n\n# Le second")
    assert title_of(types.DOCX, office) == "Le titre & l’autre"
    assert title_of(types.PDF, pdf) == "Un titre"
    assert title_of(types.HTML, html) == "Français"
    assert title_of(types.MARKDOWN, markdown) == "Le premier"
    assert title_of(types.PLAIN, markdown) is None
