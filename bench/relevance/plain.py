"""What the engines find as they come: the same texts, their own default analysis, no weights."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import tantivy
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from bench.relevance.judged import DEPTH, Judged
from services.search.domain import Entry

_FIELDS = ("title", "lead", "keywords", "provider", "body")


def _texts(entry: Entry) -> dict[str, str]:
    return {
        name: " ".join(filter(None, (getattr(entry, name).fr, getattr(entry, name).en))) for name in _FIELDS
    }


class PlainTantivy:
    """tantivy's default tokenizer and query parser."""

    def __init__(self, folder: Path, entries: Sequence[Entry]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        for name in _FIELDS:
            builder.add_text_field(name)
        folder.mkdir()
        self._index = tantivy.Index(builder.build(), str(folder))
        writer = self._index.writer()
        for entry in entries:
            writer.add_document(tantivy.Document(id=entry.id, **_texts(entry)))
        writer.commit()
        self._index.reload()

    def ask(self, query: Judged) -> list[str]:
        """Ids, best first."""
        parsed, _ = self._index.parse_query_lenient(query.q, list(_FIELDS))
        searcher = self._index.searcher()
        found = searcher.search(parsed, limit=DEPTH).hits
        return [str(searcher.doc(address).get_first("id")) for _, address in found]


class PlainElasticsearch:
    """Elasticsearch's standard analyzer and `multi_match` as its documentation begins with it."""

    def __init__(self, client: Elasticsearch, entries: Sequence[Entry]) -> None:
        self._client = client
        self._name = f"nexus-bench-plain-{uuid4().hex[:8]}"
        fields = {name: {"type": "text"} for name in _FIELDS}
        client.indices.create(index=self._name, mappings={"properties": fields})
        bulk(client, ({"_index": self._name, "_id": one.id, "_source": _texts(one)} for one in entries))
        client.indices.refresh(index=self._name)

    def ask(self, query: Judged) -> list[str]:
        """Ids, best first."""
        wanted = {"multi_match": {"query": query.q, "fields": list(_FIELDS)}}
        found = self._client.search(index=self._name, query=wanted, size=DEPTH, source=False)
        return [hit["_id"] for hit in found["hits"]["hits"]]

    def close(self) -> None:
        self._client.indices.delete(index=self._name)
