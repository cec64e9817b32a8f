"""How every search engine takes changes over, and what it survives."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from nexus.errors import Conflict, Unavailable
from services.search.contracts import MoreLikeThis, Suggest
from services.search.domain import Entry, Removal
from services.search.engine import SearchEngine
from services.search.matching.documents import document, latest, read_document, write_document
from tests.contract.search_cases import CORPUS, TODAY, entry, fill, ids, ignore, put, rebuild, search
from tests.contract.search_fixtures import address_of_elasticsearch, empty, engine, make, tantivy_engine

__all__ = ["empty", "engine", "make"]  # fixtures


class TestWriting:
    def test_a_change_is_found_at_once(self, empty: SearchEngine) -> None:
        fill(empty, "Mentorat")
        put(empty, [entry("e0", "Jumelage", revision=2)], [])
        assert search(empty, "mentorat").items[0].title == "Jumelage"
        assert search(empty).total == 1

    def test_a_removal_is_found_no_more(self, empty: SearchEngine) -> None:
        fill(empty, "Mentorat", "Stage")
        put(empty, [], [Removal(id="e0", revision=2)])
        assert ids(search(empty)) == ["e1"]
        assert search(empty, "mentorat").facets["theme"] == ()

    def test_late_news_is_ignored(self, empty: SearchEngine) -> None:
        put(empty, [entry("a", "Nouveau", revision=3)], [])
        put(empty, [entry("a", "Ancien", revision=2)], [Removal(id="a", revision=1)])
        assert search(empty).items[0].title == "Nouveau"

    def test_late_news_does_not_bring_back_what_was_removed(self, empty: SearchEngine) -> None:
        put(empty, [], [Removal(id="a", revision=3)])
        put(empty, [entry("a", "Ancien", revision=2)], [])
        assert search(empty).total == 0
        put(empty, [entry("a", "Retour", revision=4)], [])
        assert search(empty).total == 1

    def test_the_same_news_twice_in_one_batch_is_taken_once(self, empty: SearchEngine) -> None:
        put(empty, [entry("a", "Deux", revision=2), entry("a", "Un", revision=1)], [])
        put(empty, [entry("a", "Deux", revision=2)], [])
        assert [hit.title for hit in search(empty).items] == ["Deux"]

    def test_an_endless_word_is_kept_in_bounds(self, empty: SearchEngine) -> None:
        put(empty, [entry("a", "Guide", body=("x" * 100_000, None))], [])
        assert search(empty, "guide").total == 1

    def test_writing_nothing_is_fine(self, empty: SearchEngine) -> None:
        put(empty, [], [])
        assert search(empty).total == 0

    def test_an_empty_index_answers(self, empty: SearchEngine) -> None:
        assert search(empty, "mentorat").total == 0
        assert empty.suggest(Suggest(q="me"), None, TODAY).items == ()
        empty.check()


class TestRebuilding:
    def test_what_the_batches_leave_out_is_gone_afterwards(self, empty: SearchEngine) -> None:
        fill(empty, "Ancien", "Gardé")
        heard: list[int] = []
        rebuild(empty, [[entry("e1", "Gardé")], [entry("e2", "Nouveau")]], heard.append)
        assert ids(search(empty)) == ["e1", "e2"]
        assert heard == [1, 2]

    def test_searches_and_writes_go_on_meanwhile(self, empty: SearchEngine) -> None:
        fill(empty, "Mentorat", "Stage")

        def batches() -> Iterator[Sequence[Entry]]:
            yield [entry("e0", "Mentorat")]
            put(empty, [entry("e1", "Stage révisé", revision=2)], [Removal(id="e0", revision=2)])
            assert ids(search(empty)) == ["e1"]
            yield [entry("e0", "Mentorat"), entry("e1", "Stage")]

        rebuild(empty, batches(), ignore)
        assert [hit.title for hit in search(empty).items] == ["Stage révisé"]

    def test_two_at_once_are_refused(self, empty: SearchEngine) -> None:
        def batches() -> Iterator[Sequence[Entry]]:
            with pytest.raises(Conflict) as refused:
                rebuild(empty, [], ignore)
            assert refused.value.code == "reindex_running"
            yield [entry("a", "Aide")]

        rebuild(empty, batches(), ignore)
        assert ids(search(empty)) == ["a"]

    def test_one_that_fails_leaves_no_trace(self, empty: SearchEngine) -> None:
        fill(empty, "Mentorat")

        def failing() -> Iterator[Sequence[Entry]]:
            yield [entry("e1", "Stage")]
            raise RuntimeError("the source is away")

        with pytest.raises(RuntimeError):
            rebuild(empty, failing(), ignore)
        assert ids(search(empty)) == ["e0"]
        rebuild(empty, [[entry("e2", "Guide")]], ignore)
        assert ids(search(empty)) == ["e2"]

    def test_searches_never_fail_while_the_index_is_exchanged(self, empty: SearchEngine) -> None:
        fill(empty, "Mentorat")
        over = threading.Event()
        totals: list[int | Exception] = []

        def look() -> None:
            while not over.is_set():
                try:
                    totals.append(search(empty, "mentorat").total)
                except Exception as error:
                    totals.append(error)

        looker = threading.Thread(target=look)
        looker.start()
        for _ in range(3):
            rebuild(empty, [[entry("e0", "Mentorat")]], ignore)
        over.set()
        looker.join()
        assert set(totals) == {1}


def test_an_index_folder_is_taken_up_again_without_what_a_crash_left(tmp_path: Path) -> None:
    first = tantivy_engine(tmp_path)
    fill(first, "Mentorat")
    first.close()
    (tmp_path / "index-1-dead").mkdir()
    again = tantivy_engine(tmp_path)
    assert ids(search(again, "mentorat")) == ["e0"]
    assert not (tmp_path / "index-1-dead").exists()


@pytest.fixture
def elastic(request: pytest.FixtureRequest) -> Iterator[tuple[Any, str]]:
    """A client and the name of an index that nobody else uses."""
    from elasticsearch import Elasticsearch

    client, name = Elasticsearch(address_of_elasticsearch(request)), f"test-{uuid4().hex[:8]}"
    yield client, name
    client.indices.delete(index=[f"{name}--a", f"{name}--b"], ignore_unavailable=True)
    client.close()


def test_processes_that_start_at_once_share_one_index(elastic: tuple[Any, str]) -> None:
    from services.search.elastic_engine import ElasticEngine

    engines = [ElasticEngine(*elastic) for _ in range(4)]
    starts = [threading.Thread(target=fill, args=(engine, "Mentorat")) for engine in engines]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert [search(engine).total for engine in engines] == [1, 1, 1, 1]
    assert len(elastic[0].indices.get_alias(name=elastic[1])) == 1


def test_a_rebuild_whose_process_died_is_cleaned_up(
    elastic: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.search import elastic_index
    from services.search.elastic_engine import ElasticEngine

    engine = ElasticEngine(*elastic)
    fill(engine, "Mentorat")
    elastic_index.ElasticIndex(*elastic).begin()
    with pytest.raises(Conflict):
        rebuild(engine, [], ignore)
    monkeypatch.setattr(elastic_index, "LEASE", 0.0)
    rebuild(engine, [[entry("e1", "Stage")]], ignore)
    assert ids(search(engine)) == ["e1"]
    assert len(elastic[0].indices.get(index=f"{elastic[1]}*")) == 1


@pytest.fixture
def views(elastic: tuple[Any, str], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, list[list[str]]]:
    """An engine, and the ids whose texts it asked Elasticsearch for, request by request."""
    from services.search.elastic_engine import ElasticEngine

    client, asked = elastic[0], []
    real = client.mget

    def mget(**fields: Any) -> Any:
        asked.append(sorted(fields["ids"]))
        return real(**fields)

    monkeypatch.setattr(client, "mget", mget)
    return ElasticEngine(*elastic), asked


def test_texts_are_fetched_once_for_each_revision_and_language(views: tuple[Any, list[list[str]]]) -> None:
    engine, asked = views
    fill(engine, "Mentorat", "Stage")
    search(engine)
    search(engine)
    assert asked == [["e0", "e1"]]
    put(engine, [entry("e1", "Stage payé", revision=2)], [])
    assert {hit.title for hit in search(engine).items} == {"Mentorat", "Stage payé"}
    search(engine, lang="en")
    assert asked[1:] == [["e1"], ["e0", "e1"]]


def test_an_entry_that_is_removed_while_it_is_being_found_is_left_out(
    views: tuple[Any, list[list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, _ = views
    fill(engine, "Mentorat", "Stage")
    found = engine._search

    def search_then_remove(body: Any) -> Any:
        told = found(body)
        put(engine, [], [Removal(id="e0", revision=2)])
        return told

    monkeypatch.setattr(engine, "_search", search_then_remove)
    assert ids(search(engine)) == ["e1"]


def test_the_memory_of_texts_is_bounded(elastic: tuple[Any, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from services.search import elastic_views
    from services.search.elastic_engine import ElasticEngine

    monkeypatch.setattr(elastic_views, "MOST", 1_000)
    engine = ElasticEngine(*elastic)
    put(engine, [entry(f"e{n}", f"Stage {n}", body=("mot " * 100, None)) for n in range(5)], [])
    assert len(search(engine).items) == 5
    assert 0 < engine._views._kept.currsize <= 1_000


def test_an_engine_that_is_away_says_so() -> None:
    from elasticsearch import Elasticsearch

    from services.search.elastic_engine import ElasticEngine

    client = Elasticsearch("http://127.0.0.1:9", max_retries=0)
    away = ElasticEngine(client)
    for attempt in (
        lambda: search(away, "aide"),
        lambda: put(away, CORPUS, []),
        lambda: away.suggest(Suggest(q="a"), None, TODAY),
        lambda: away.similar(MoreLikeThis(id="a"), None, TODAY),
        lambda: rebuild(away, [], ignore),
        away.check,
    ):
        with pytest.raises(Unavailable) as refused:
            attempt()
        assert refused.value.code == "search_unavailable"
    client.close()


def test_of_news_about_one_entry_the_last_counts() -> None:
    old, new = document(entry("a", "Un", revision=1)), document(entry("a", "Deux", revision=2))
    removed = document(Removal(id="a", revision=2))
    assert latest([new, old]) == [new]
    assert latest([new, removed]) == latest([removed, new]) == [removed]
    assert latest([new, document(Removal(id="a", revision=1))]) == [new]


def test_a_document_comes_back_as_it_was_written() -> None:
    made = document(entry("a", "Mentorat", "Mentoring", themes=("hiring",), body=("Un texte", "A text")))
    assert read_document(write_document(made)) == made


def test_a_new_index_asks_to_be_filled_once(empty: SearchEngine) -> None:
    assert empty.outdated()
    rebuild(empty, [[entry("a", "Mentorat")]], ignore)
    assert not empty.outdated()


def test_an_index_folder_of_another_format_is_filled_anew(tmp_path: Path) -> None:
    (tmp_path / "index-1-old").mkdir()
    (tmp_path / "current").write_text("index-1-old")
    assert tantivy_engine(tmp_path).outdated()
    again = tantivy_engine(tmp_path)  # as if the first had died before it could
    assert again.outdated()
    fill(again, "Mentorat")
    again.close()
    assert not tantivy_engine(tmp_path).outdated()


def test_an_index_of_another_format_is_filled_anew(elastic: tuple[Any, str]) -> None:
    from services.search.elastic_engine import ElasticEngine

    first = ElasticEngine(*elastic)
    fill(first, "Mentorat")
    client, name = elastic
    client.indices.put_mapping(index=name, meta={"beat": 0, "format": 1})
    assert ElasticEngine(*elastic).outdated()
    rebuild(first, [[entry("a", "Mentorat")]], ignore)
    assert not ElasticEngine(*elastic).outdated()
