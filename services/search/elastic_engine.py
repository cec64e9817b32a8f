"""The search engine of the distributed platform: Elasticsearch 8."""

import datetime
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import cast

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.exceptions import HTTP_EXCEPTIONS

from nexus.errors import Unavailable
from services.search.contracts import (
    Language,
    MoreLikeThis,
    Search,
    SearchResults,
    SimilarEntries,
    Suggest,
    Suggestions,
)
from services.search.elastic_index import BEAT, ElasticIndex
from services.search.elastic_queries import (
    IDENTITY,
    Json,
    counts,
    known_body,
    labels,
    search_body,
    similar_body,
    suggest_body,
    visible,
)
from services.search.elastic_views import ElasticViews
from services.search.matching.completion import suggestions, typed_words
from services.search.matching.documents import Document, latest
from services.search.matching.plan import plan, similar_plan
from services.search.matching.results import Answer, Found, search_results, similar_entries, similar_texts
from services.search.matching.spelling import nearest

_JSON = {"accept": "application/json", "content-type": "application/json"}


class ElasticEngine:
    """A SearchEngine for many processes; `index` is the alias that all of them use."""

    def __init__(self, client: Elasticsearch, index: str = "nexus-search") -> None:
        self._client = client
        self._index = ElasticIndex(client, index)
        self._views = ElasticViews(client, index)
        self._lock = threading.Lock()
        self._ready = self._current = False

    def write(self, documents: Sequence[Document]) -> None:
        """Add, replace and remove; of each id the latest counts. Searches see it when this returns."""
        changes = latest(documents)
        if changes:
            with _available():
                self._ensure()
                self._index.write(changes)

    def search(self, query: Search, sector: str | None, today: datetime.date) -> SearchResults:
        shown = visible(sector, today)
        asked = plan(query.q, query.lang)
        told = self._ask(search_body(asked, query, shown, today))
        near = self._near(told.get("suggest", {}), query.lang)
        if near:
            asked = plan(query.q, query.lang, near)
            told = self._ask(search_body(asked, query, shown, today))
        counted = told["aggregations"]
        answer = Answer(
            found=self._found(told, query.lang),
            total=told["hits"]["total"]["value"],
            counted=counts(counted, query),
            labels=labels(counted),
        )
        return search_results(query, asked, near, sector, answer)

    def suggest(self, query: Suggest, sector: str | None, today: datetime.date) -> Suggestions:
        typed = typed_words(query.q, query.lang)
        shown = visible(sector, today)
        for mistyped in (False, True) if typed else ():
            told = self._ask(suggest_body(typed, query.lang, query.limit, shown, mistyped=mistyped))
            if told["hits"]["hits"]:
                return suggestions(self._found(told, query.lang), query.limit)
        return Suggestions(items=())

    def similar(self, query: MoreLikeThis, sector: str | None, today: datetime.date) -> SimilarEntries:
        shown = visible(sector, today)
        itself: Json = {"bool": {"filter": [*shown, {"term": {"id": query.id}}]}}
        told = self._ask({"query": itself, "size": 1, **IDENTITY})
        views = [found.view for language in ("fr", "en") for found in self._found(told, language)]
        if not views:
            return SimilarEntries(items=())
        asked = similar_plan(similar_texts(views))
        best = self._ask(similar_body(asked, query.id, query.limit, shown))
        return similar_entries(self._found(best, query.lang))

    def rebuild(self, batches: Iterable[Sequence[Document]], progress: Callable[[int], None]) -> None:
        """Fill a new index with `batches` beside the one in use, then put it in its place at once.

        Raises Conflict(`reindex_running`) when another rebuild is under way, in whichever process."""
        with _available():
            self._ensure()
            new = self._index.begin()
        try:
            self._fill(new, batches, progress)
            with _available():
                self._index.swap(new)
        except BaseException:
            with suppress(ApiError, TransportError):
                self._index.drop(new)
            raise
        self._current = True

    def outdated(self) -> bool:
        """Whether the index was of another format or empty when first looked at, and not rebuilt since."""
        with _available():
            self._ensure()
        return not self._current

    def check(self) -> None:
        """Raise Unavailable unless searches can be answered."""
        self._ask({"size": 0, "query": {"match_none": {}}})

    def close(self) -> None:
        self._client.close()

    def _fill(self, new: str, batches: Iterable[Sequence[Document]], progress: Callable[[int], None]) -> None:
        done, told = 0, time.monotonic()
        for batch in batches:
            with _available():
                self._index.fill(batch)
                if time.monotonic() - told > BEAT:
                    self._index.beat(new)
                    told = time.monotonic()
            done += len(batch)
            progress(done)

    def _ask(self, body: Json) -> Json:
        with _available():
            self._ensure()
            try:
                return self._search(body)
            except NotFoundError:  # somebody deleted the index
                self._ready = False
                self._ensure()
                return self._search(body)

    def _found(self, told: Json, language: Language) -> list[Found]:
        with _available():
            return self._views.found(told["hits"]["hits"], language)

    def _near(self, told: Json, language: Language) -> dict[str, list[str]]:
        """For each word that no entry has, those that may have been meant."""
        near = {
            word: nearest(word, [(each["text"], each["freq"]) for each in places[0]["options"]], language)
            for word, places in told.items()
            if places and places[0]["options"]
        }
        near = {word: others for word, others in near.items() if others}
        if near:
            known = self._ask(known_body(near, language))["aggregations"]["known"]["buckets"]
            near = {word: others for word, others in near.items() if not known[word]["doc_count"]}
        return near

    def _search(self, body: Json) -> Json:
        # Not `client.search`: what it does around the transport takes as long as all that we do with a result.
        meta, told = self._client.transport.perform_request(
            "POST",
            f"/{self._index.name}/_search?allow_partial_search_results=false",
            headers=_JSON,
            body=body,
            max_retries=1,
        )
        if meta.status != 200:
            raise HTTP_EXCEPTIONS.get(meta.status, ApiError)("search failed", meta=meta, body=told)
        return cast(Json, told)

    def _ensure(self) -> None:
        if not self._ready:
            with self._lock:
                self._current = self._index.ensure()
                self._ready = True


@contextmanager
def _available() -> Iterator[None]:
    """Tell the failures of Elasticsearch, and of the way to it, as Unavailable."""
    try:
        yield
    except (ApiError, TransportError) as error:
        raise Unavailable("search_unavailable", reason=str(error)) from error
