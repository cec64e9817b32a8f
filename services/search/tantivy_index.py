"""One tantivy index in a folder of its own."""

import threading
from collections.abc import Sequence
from pathlib import Path

import tantivy
from tantivy import DocAddress, Query, Searcher

from services.search.matching.documents import (
    COMPLETION_FIELDS,
    START_FIELDS,
    TEXT_FIELDS,
    VALUE_FIELDS,
    VIEW_FIELDS,
    WORDS,
    Document,
)

WRITER_HEAP = 15_000_000  # bytes, the least that tantivy takes

_VALUES = frozenset((*VALUE_FIELDS, *START_FIELDS))


def schema() -> tantivy.Schema:
    """Words come ready from `document`: they are only parted at the spaces."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("newest", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("revision", fast=True)
    builder.add_integer_field("expires", fast=True, indexed=True)
    builder.add_integer_field("stale", fast=True, indexed=True)
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace")
    for name in (WORDS, *COMPLETION_FIELDS):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in sorted(_VALUES):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in VIEW_FIELDS:
        builder.add_bytes_field(name, stored=True)
    return builder.build()


def bare_index(folder: Path) -> tantivy.Index:
    """The index in `folder`, made if there is none."""
    return tantivy.Index(schema(), str(folder), sort_by_field="id")


class IndexFolder:
    """Writes are serialised here; searches go on beside them in the last committed state.

    Within a segment, entries lie in the order of their ids, so that equal scores come in this order."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._index = bare_index(folder)
        self._schema = self._index.schema
        self._index.config_reader("manual")
        self._index.reload()
        self._writer: tantivy.IndexWriter | None = None
        self._uncommitted: dict[str, int] = {}
        self._behind = self._failed = False
        self._lock = threading.Lock()

    @property
    def schema(self) -> tantivy.Schema:
        return self._schema

    def searcher(self) -> Searcher:
        """The last committed state; it stays as it is while it is held."""
        return self._index.searcher()

    def apply(self, changes: Sequence[Document], *, commit: bool = True) -> None:
        """Take `changes` over, but for those older than what is held. One of each id at most."""
        with self._lock:
            if self._failed:
                raise OSError("an earlier batch was lost")
            held = self._revisions([change.id for change in changes])
            fresh = [change for change in changes if held.get(change.id, change.revision) <= change.revision]
            self._behind = bool(self._uncommitted)
            try:
                for change in fresh:
                    self._put(change, known=change.id in held)
                if commit:
                    self._commit()
            except BaseException:
                self._forget()
                raise

    def commit(self) -> None:
        """Let searches see everything applied so far."""
        with self._lock:
            self._commit()

    def close(self) -> None:
        """End the writer and its threads; what was not committed is lost."""
        with self._lock:
            writer, self._writer = self._writer, None
            self._uncommitted.clear()
            if writer is not None:
                writer.wait_merging_threads()

    def _put(self, change: Document, *, known: bool) -> None:
        if self._writer is None:
            self._writer = self._index.writer(WRITER_HEAP, 1)
        if known:
            self._writer.delete_documents_by_term("id", change.id)
        self._writer.add_document(tantivy_document(change))
        self._uncommitted[change.id] = change.revision

    def _commit(self) -> None:
        if self._uncommitted and self._writer is not None:
            self._writer.commit()
            self._uncommitted.clear()
            self._index.reload()

    def _forget(self) -> None:
        """Drop half a batch. What was not committed before goes with it: the index is of no use then."""
        self._failed = self._behind
        self._uncommitted.clear()
        self._writer = None

    def _revisions(self, ids: list[str]) -> dict[str, int]:
        held: dict[str, int] = {}
        searcher = self.searcher()
        if ids and searcher.num_docs:
            found = Query.term_set_query(self._schema, "id", ids)
            addresses = [address for _, address in searcher.search(found, limit=len(ids), count=False).hits]
            revisions = searcher.fast_field_values("revision", addresses)
            for address, revision in zip(addresses, revisions, strict=True):
                held[id_of(searcher, address)] = int(revision or 0)
        return held | {id: self._uncommitted[id] for id in ids if id in self._uncommitted}


def id_of(searcher: Searcher, address: DocAddress) -> str:
    """The id of the entry at `address`."""
    return str(searcher.doc(address).get_first("id"))


def tantivy_document(made: Document) -> tantivy.Document:
    """`made` as tantivy takes it."""
    found = tantivy.Document()
    found.add_text("id", made.id)
    found.add_text("newest", made.newest)
    found.add_integer("revision", made.revision)
    found.add_integer("expires", made.expires)
    found.add_integer("stale", made.stale)
    for name, text in made.texts.items():
        found.add_text(name, text)
    for name, values in made.values.items():
        for value in values:
            found.add_text(name, value)
    for name, view in made.views.items():
        found.add_bytes(name, view.encode())
    return found
