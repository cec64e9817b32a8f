"""The indexes behind the alias: how they are made, written to, rebuilt and exchanged.

Two names take turns, so that creating the one that is free is also the lock of a rebuild: Elasticsearch lets
only one process create it. The alias `<name>` is on the index in use, `<name>-next` on the one being filled.
Versions are the revisions of entries, `external_gte`: Elasticsearch itself refuses older ones.
"""

import time
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from elasticsearch import BadRequestError, Elasticsearch

from nexus.errors import Conflict, Unavailable
from services.search.elastic_queries import LONGEST_PREFIX, Json
from services.search.matching.documents import (
    COMPLETION_FIELDS,
    FORMAT,
    START_FIELDS,
    TEXT_FIELDS,
    VALUE_FIELDS,
    VIEW_FIELDS,
    WORDS,
    Document,
)

LEASE = 60.0  # seconds after which a rebuild that gives no sign of life counts as dead
BEAT = 10.0  # seconds between these signs
_BULK = 500  # entries of one request

_WORD_LIST: Json = {"type": "text", "analyzer": "whitespace", "index_options": "docs", "norms": False}
_PREFIXES: Json = {"type": "text", "analyzer": "prefixes", "index_options": "docs", "norms": False}
_KEYWORD: Json = {"type": "keyword"}

SETTINGS: Json = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "analysis": {
        "filter": {"prefixes": {"type": "edge_ngram", "min_gram": 3, "max_gram": LONGEST_PREFIX}},
        "analyzer": {"prefixes": {"tokenizer": "whitespace", "filter": ["prefixes"]}},
    },
}

# Words come ready from `document`: they are only parted at the spaces. Only the views are kept as they came:
# a new mapping is filled by a rebuild, not from the index.
MAPPINGS: Json = {
    "dynamic": "strict",
    "_source": {"includes": ["view_*"]},
    "properties": {
        "id": _KEYWORD,
        "revision": {"type": "long", "index": False},
        "newest": _KEYWORD,
        "expires": {"type": "integer"},
        "stale": {"type": "integer"},
        **{name: {"type": "text", "analyzer": "whitespace"} for name in TEXT_FIELDS},
        **{name: {**_WORD_LIST, "fields": {"prefixes": _PREFIXES}} for name in COMPLETION_FIELDS},
        WORDS: _WORD_LIST,
        **dict.fromkeys((*VALUE_FIELDS, *START_FIELDS), _KEYWORD),
        **{name: {"type": "keyword", "index": False, "doc_values": False} for name in VIEW_FIELDS},
    },
}


class ElasticIndex:
    """What stands behind the alias `name`. Raises the client's own errors."""

    def __init__(self, client: Elasticsearch, name: str) -> None:
        self._client = client
        self.name = name
        self.next = f"{name}-next"
        self._turns = (f"{name}--a", f"{name}--b")

    def ensure(self) -> bool:
        """Create the index if there is none; clean up after a dead rebuild. Safe in many processes.

        Returns whether there was one that holds something, in the format of today."""
        if not self._client.indices.exists_alias(name=self.name):
            self._create(self._turns[0], alias=self.name)
            return False
        self._clean()
        (described,) = self._client.indices.get_mapping(index=self.name).values()
        as_today = described["mappings"].get("_meta", {}).get("format") == FORMAT
        return as_today and bool(self._client.count(index=self.name)["count"])

    def write(self, changes: Sequence[Document]) -> None:
        """Take `changes` over in the index in use, and in the next one if a rebuild is under way."""
        # Looked up before the first write: a rebuild that begins later reads what the caller stored before.
        rebuilding = bool(self._client.indices.exists_alias(name=self.next))
        lines = _lines(changes)
        self._bulk(self.name, lines)
        if rebuilding and not self._bulk(self.next, lines, may_be_gone=True):
            self._bulk(self.name, lines)  # it was put in place in between

    def begin(self) -> str:
        """Create the next index and return its name. Raises Conflict while another rebuild is alive."""
        self._clean()
        free = self._turns[1] if self._in_use() == self._turns[0] else self._turns[0]
        if not self._create(free, alias=self.next, refresh="-1"):
            raise Conflict("reindex_running")
        return free

    def fill(self, batch: Sequence[Document]) -> None:
        """Add `batch` to the next index, unless it holds later revisions."""
        lines = _lines(batch)
        for start in range(0, len(lines), 2 * _BULK):
            self._bulk(self.next, lines[start : start + 2 * _BULK], refresh=False)

    def beat(self, new: str) -> None:
        """Tell that the rebuild goes on."""
        self._client.indices.put_mapping(index=new, meta=_meta())

    def swap(self, new: str) -> None:
        """Put `new` in place of the index in use, at once."""
        self._client.indices.put_settings(index=new, settings={"index": {"refresh_interval": None}})
        self._client.indices.refresh(index=new)
        old = self._in_use()
        self._client.indices.update_aliases(
            actions=[
                {"remove": {"index": new, "alias": self.next}},
                {"remove": {"index": old, "alias": self.name}},
                {"add": {"index": new, "alias": self.name}},
            ]
        )
        # Not in the same step: a node closes the old index before it sees where the alias points now.
        self.drop(old)

    def drop(self, new: str) -> None:
        """Give a rebuild up."""
        self._client.indices.delete(index=new, ignore_unavailable=True)

    def _in_use(self) -> str:
        return str(next(iter(self._client.indices.get_alias(name=self.name).body)))

    def _create(self, index: str, alias: str, refresh: str | None = None) -> bool:
        """Whether this process is the one that created `index`."""
        try:
            self._client.indices.create(
                index=index,
                aliases={alias: {}},
                settings={**SETTINGS, "refresh_interval": refresh},
                mappings={**MAPPINGS, "_meta": _meta()},
                wait_for_active_shards=1,
            )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise
            return False
        return True

    def _clean(self) -> None:
        """Delete what a dead rebuild left."""
        found = self._client.indices.get(index=list(self._turns), ignore_unavailable=True).body
        for index, state in found.items():
            alive = self.next in state["aliases"] and time.time() - state["mappings"]["_meta"]["beat"] < LEASE
            if self.name not in state["aliases"] and not alive:
                self.drop(index)

    def _bulk(
        self, alias: str, lines: Sequence[Any], *, refresh: bool = True, may_be_gone: bool = False
    ) -> bool:
        """Whether `alias` was there. An older revision than the one held is left out, as it should be."""
        told = self._client.bulk(index=alias, operations=lines, refresh=refresh, require_alias=True)
        if not told["errors"]:
            return True
        failed = [item["index"] for item in told["items"] if item["index"]["status"] not in (200, 201, 409)]
        if failed and may_be_gone and all(item["status"] == 404 for item in failed):
            return False
        if failed:
            raise Unavailable("search_unavailable", reason=str(failed[0].get("error")))
        return True


def _meta() -> Json:
    return {"beat": time.time(), "format": FORMAT}


def _lines(changes: Iterable[Document]) -> list[Any]:
    """The body of a bulk request, each line ready to be sent: the client takes bytes, too."""
    lines: list[bytes] = []
    for change in changes:
        action = {"_id": change.id, "version": change.revision, "version_type": "external_gte"}
        lines += [orjson.dumps({"index": action}), orjson.dumps(source(change))]
    return lines


def source(made: Document) -> Json:
    """`made` as Elasticsearch takes it."""
    return {
        "id": made.id,
        "revision": made.revision,
        "newest": made.newest,
        "expires": made.expires,
        "stale": made.stale,
        **made.texts,
        **made.values,
        **made.views,
    }
