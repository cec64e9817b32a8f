"""What the search service remembers, for rebuilds."""

import pytest
from pymongo.database import Database

from nexus.mongo import Document as Record
from services.search.domain import Entry, Removal
from services.search.matching.documents import Document, document
from services.search.store import EntryStore
from tests.contract.search_cases import entry


@pytest.fixture
def store(database: Database[Record]) -> EntryStore:
    return EntryStore(database)


def _kept(store: EntryStore) -> list[Document]:
    return sorted((one for batch in store.batches() for one in batch), key=lambda one: one.id)


def test_documents_come_back_as_they_were_made(store: EntryStore) -> None:
    news = [entry("a", "Mentorat", "Mentoring"), entry("b", "Stage")]
    assert store.keep(news) == _kept(store) == [document(one) for one in news]


def test_what_was_removed_is_not_among_them(store: EntryStore) -> None:
    store.keep([entry("a", "Mentorat"), entry("b", "Stage")])
    store.keep([Removal(id="a", revision=2)])
    assert [one.id for one in _kept(store)] == ["b"]
    assert store.count() == 1


def test_older_news_changes_nothing(store: EntryStore) -> None:
    new: Entry = entry("a", "Nouveau", revision=3)
    store.keep([new])
    assert store.keep([entry("a", "Ancien", revision=2)]) == []
    assert _kept(store) == [document(new)]


def test_those_of_another_format_are_made_anew(store: EntryStore, database: Database[Record]) -> None:
    news = [entry("a", "Mentorat"), entry("b", "Stage")]
    store.keep(news)
    database["entries"].update_one({"_id": "a"}, {"$set": {"format": 0, "made": b"{}"}})
    assert _kept(store) == [document(one) for one in news]
