"""The pages of documents in the search service's own database."""

from datetime import UTC, datetime

import pytest
from pymongo.database import Database

from nexus.mongo import Document as Record
from services.content.contracts import LineText
from services.content.contracts.documents import DocumentPublished, DocumentRetired, PageTexts
from services.search.domain import Page
from services.search.misses import WordStore
from services.search.pages import PageStore
from services.search.service import SearchService
from services.search.store import EntryStore
from tests.contract.search_fixtures import tantivy_engine
from tests.support.documents import document


@pytest.fixture
def pages(database: Database[Record]) -> PageStore:
    store = PageStore(database)
    store.prepare()
    return store


@pytest.fixture
def service(database: Database[Record], pages: PageStore, tmp_path) -> SearchService:
    engine = tantivy_engine(tmp_path)
    return SearchService(
        EntryStore(database),
        pages,
        WordStore(database),
        WordStore(database, "searches"),
        engine,
        lambda: datetime.now(UTC),
        lambda: None,
    )


def published(revision: int, *texts: str) -> DocumentPublished:
    return DocumentPublished(document=document(revision=revision), texts=PageTexts(fr=texts))


def texts(pages: PageStore) -> list[str]:
    return [page.text for page in pages.of(["d1"]).get("d1", [])]


def test_pages_come_back_in_order_and_twice_is_once(pages: PageStore) -> None:
    told = [Page(language="fr", number=number, text=f"page {number}") for number in range(1, 13)]
    pages.keep("d1", 1, told)
    pages.keep("d1", 1, told)
    assert pages.of(["d1", "d2"]) == {"d1": told}


def test_a_new_revision_replaces_the_pages(service: SearchService, pages: PageStore) -> None:
    service.index_documents([published(1, "un", "deux")])
    service.index_documents([published(2, "trois")])
    assert texts(pages) == ["trois"]


def test_late_news_leaves_no_pages(service: SearchService, pages: PageStore) -> None:
    service.index_documents([published(2, "trois")])
    service.index_documents([published(1, "un", "deux")])
    assert texts(pages) == ["trois"]


def test_pages_leave_with_the_document(
    service: SearchService, pages: PageStore, database: Database[Record]
) -> None:
    service.index_documents([published(1, "un")])
    service.remove_documents([DocumentRetired(id="d1", revision=2, title=LineText(fr="Guide"))])
    service.index_documents([published(1, "un")])  # told again, late
    assert texts(pages) == []
    assert database["pages"].count_documents({}) == 0
