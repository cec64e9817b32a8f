"""What hits show, remembered by entry and revision, so that Elasticsearch is asked for ids alone.

With their texts, finding a page of hits takes Elasticsearch half as long again, and reading them takes us a
tenth of a search."""

import threading
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from cachetools import LRUCache
from elasticsearch import Elasticsearch

from services.search.contracts import Language
from services.search.elastic_queries import Json
from services.search.matching.documents import read_view
from services.search.matching.results import Found

MOST = 16 * 2**20  # characters of JSON that are remembered: about 8,000 entries in one language


class _Key(NamedTuple):
    id: str
    revision: int
    language: Language


class _Kept(NamedTuple):
    size: int
    view: dict[str, Any]


class ElasticViews:
    """The views of the entries behind the alias `index`. Safe in many threads.

    A revision never changes, so nothing that is remembered becomes wrong."""

    def __init__(self, client: Elasticsearch, index: str) -> None:
        self._client = client
        self._index = index
        self._kept: LRUCache[_Key, _Kept] = LRUCache(MOST, getsizeof=lambda kept: kept.size)
        self._lock = threading.Lock()

    def found(self, hits: Sequence[Json], language: Language) -> list[Found]:
        """`hits`, found by a body with IDENTITY, as they are shown in `language`; without those that were
        removed meanwhile. Raises the client's own errors."""
        keys = [_Key(hit["fields"]["id"][0], hit["fields"]["revision"][0], language) for hit in hits]
        with self._lock:
            views = {key.id: kept.view for key in keys if (kept := self._kept.get(key))}
        if missing := [key.id for key in keys if key.id not in views]:
            views |= self._fetched(missing, language)
        return [
            Found(hit.get("_score") or 0.0, views[key.id])
            for hit, key in zip(hits, keys, strict=True)
            if key.id in views
        ]

    def _fetched(self, ids: Iterable[str], language: Language) -> dict[str, dict[str, Any]]:
        name = f"view_{language}"
        # Not in real time: what is not searchable yet would be made so first, by writing a segment.
        told = self._client.mget(index=self._index, ids=list(ids), source_includes=[name], realtime=False)
        written = {
            _Key(one["_id"], one["_version"], language): one["_source"][name]
            for one in told["docs"]
            if name in one.get("_source", ())  # of a removal, nothing is shown
        }
        views = {key: _Kept(len(view), read_view(view)) for key, view in written.items()}
        with self._lock:
            for key, kept in views.items():
                if kept.size <= self._kept.maxsize:
                    self._kept[key] = kept
        return {key.id: kept.view for key, kept in views.items()}
