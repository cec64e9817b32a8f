"""Documents in the search service: what is looked up, and where in them a passage stands."""

from collections.abc import Sequence
from typing import Any

import pytest

from services.content.contracts.documents import DocumentPublished, FileFacts, PageTexts
from services.search.contracts import Search, SearchResults
from services.search.domain import Page
from services.search.matching.documents import document as made_of
from services.search.matching.documents import read_view
from services.search.matching.passages import with_passages
from services.search.projections import document_entry, document_pages
from tests.support.documents import ENGLISH, document, stored
from tests.unit.test_gateway_pages import found, hit

TEXTS = PageTexts(
    fr=("Couverture", "L’accueil commence avant le premier jour.", "Le parrainage dure trois mois."),
    en=("Cover. The buddy stays three months.",),
)
PAGES = [Page(language="fr", number=number, text=text) for number, text in enumerate(TEXTS.fr, 1)] + [
    Page(language="en", number=1, text=TEXTS.en[0])
]


class Kept:
    def of(self, entries: Sequence[str]) -> dict[str, list[Page]]:
        return dict.fromkeys(entries, PAGES)


def passages(q: str, results: SearchResults | None = None, lang: Any = "fr", **fields: Any) -> Any:
    guide = hit(type="document", id="d1", title="Guide d’accueil", lead="Les dix premiers jours.", **fields)
    return with_passages(Search(q=q, lang=lang), results or found(guide), Kept()).items[0]


def test_all_pages_of_a_document_are_looked_up_and_none_is_shown_with_each_hit():
    entry = document_entry(DocumentPublished(document=document(), texts=TEXTS))
    assert (entry.type, entry.languages, entry.date.date().isoformat()) == (
        "document",
        ("fr", "en"),
        "2026-12-01",
    )
    assert entry.body.fr == " ".join(TEXTS.fr)
    assert entry.keywords.fr == "Chefs d’équipe\nintégration"
    made = made_of(entry)
    assert "parrain" in made.texts["body_fr"]
    assert read_view(made.views["view_fr"])["body"] == ""


def test_pages_are_numbered_where_the_file_has_pages():
    facts = FileFacts(fr=stored(), en=stored(ENGLISH, pages=None))
    event = DocumentPublished(
        document=document(facts=facts), texts=PageTexts(fr=("a", " ", "c"), en=("all",))
    )
    assert [(page.language, page.number) for page in document_pages(event)] == [
        ("fr", 1),
        ("fr", 3),
        ("en", None),
    ]


@pytest.mark.parametrize("q", ["parrainage", "combien de temps dure le parrainage", '"parrainage dure"'])
def test_a_hit_names_the_page_on_which_the_passage_stands(q: str):
    told = passages(q)
    assert (told.page, told.page_lang) == (3, "fr")
    assert "<mark>" in told.snippet
    assert "trois mois" in told.snippet


def test_what_title_and_summary_say_already_needs_no_page():
    told = passages("accueil")
    assert (told.page, told.snippet) == (None, "")


def test_a_page_that_says_more_than_title_and_summary_is_named():
    assert passages("accueil commence").page == 2


def test_a_passage_in_the_other_language_is_told_with_its_language():
    told = passages("buddy", lang="en")
    assert (told.page, told.page_lang) == (1, "en")


def test_a_mistyped_word_is_looked_for_as_it_was_meant():
    guide = hit(type="document", id="d1", title="Guide d’accueil")
    assert passages("parainage", found(guide, suggestion="parrainage")).page == 3


def test_programs_have_no_pages():
    program = hit(type="program", id="d1")
    assert passages("parrainage", found(program)).page is None
