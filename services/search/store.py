"""What the search service remembers of every entry, so that the index can be rebuilt from it alone."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import Any

from pymongo import InsertOne, UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.mongo import Document as Record
from services.search.contracts import IndexChanged, ReindexProgress
from services.search.domain import Entry, Removal
from services.search.matching.documents import (
    FORMAT,
    Document,
    document,
    read_document,
    write_document,
)

_DUPLICATE_KEY = 11000
_BATCH = 500  # entries read at a time for a rebuild


class EntryStore:
    """The collections `entries` (removed ones too, without a body), `state` and `reindexes`.

    Beside the body of an entry stands the document that was made of it, in the format of its time."""

    def __init__(self, database: Database[Record]) -> None:
        self._entries = database["entries"]
        self.state = database["state"]
        self._reindexes = database["reindexes"]

    def keep(self, news: Sequence[Entry | Removal]) -> list[Document]:
        """Remember `news`; returns what became of those that are not older than what was known already."""
        found = self._entries.find({"_id": {"$in": [one.id for one in news]}}, {"revision": 1})
        known = {record["_id"]: record["revision"] for record in found}
        current = [(one, document(one)) for one in news if one.revision >= known.get(one.id, 0)]
        changed = [
            _operation(one, made, one.id in known)
            for one, made in current
            if one.revision != known.get(one.id)
        ]
        if changed:
            self._write(changed)
        return [made for _, made in current]

    def _write(self, operations: list[Any]) -> None:
        try:
            self._entries.bulk_write(operations, ordered=False)
        except BulkWriteError as error:  # another process kept the same news
            if any(failure["code"] != _DUPLICATE_KEY for failure in error.details["writeErrors"]):
                raise

    def revisions(self, ids: Sequence[str]) -> dict[str, int]:
        """The revision of each of `ids` that can be found."""
        found = self._entries.find({"_id": {"$in": list(ids)}, "body": {"$ne": None}}, {"revision": 1})
        return {record["_id"]: record["revision"] for record in found}

    def count(self) -> int:
        """How many entries can be found."""
        return self._entries.count_documents({"body": {"$ne": None}})

    def batches(self) -> Iterator[list[Document]]:
        """All entries that can be found, some at a time; those of another format are made anew.

        The next ones are being read while the caller works on these: the database need not wait for the index."""
        wanted = {"made": 1, "format": 1}
        cursor = self._entries.find({"body": {"$ne": None}}, wanted).batch_size(_BATCH)
        with closing(cursor), ThreadPoolExecutor(max_workers=1) as reader:
            ahead = reader.submit(list, islice(cursor, _BATCH))
            while records := ahead.result():
                ahead = reader.submit(list, islice(cursor, _BATCH))
                yield [read_document(one["made"]) for one in records if one.get("format") == FORMAT]
                if older := [one["_id"] for one in records if one.get("format") != FORMAT]:
                    yield self._made_anew(older)

    def _made_anew(self, ids: Sequence[str]) -> list[Document]:
        found = self._entries.find({"_id": {"$in": list(ids)}, "body": {"$ne": None}}, {"body": 1})
        return [document(Entry.model_validate_json(one["body"])) for one in found]

    def announce_change(self) -> None:
        """Say in an event that searches may answer differently from now on."""
        state = self.state.find_one({"_id": "index"}, {"generation": 1}) or {"generation": 0}
        event = IndexChanged(generation=state["generation"] + 1)
        change = {
            "$set": {"generation": event.generation},
            "$push": {OUTBOX: {"$each": outbox_entries(event)}},
        }
        self.state.update_one({"_id": "index"}, change, upsert=True)

    def save_progress(self, progress: ReindexProgress, at: datetime) -> None:
        """Remember how far a rebuild is."""
        fields = progress.model_dump() | {"at": at}
        del fields["id"]
        self._reindexes.update_one({"_id": progress.id}, {"$set": fields}, upsert=True)

    def progress(self, reindex_id: str) -> tuple[ReindexProgress, datetime] | None:
        """How far a rebuild was, and when."""
        found = self._reindexes.find_one({"_id": reindex_id})
        return (ReindexProgress.read({"id": reindex_id, **found}), found["at"]) if found else None


def _operation(news: Entry | Removal, made: Document, known: bool) -> Any:
    fields: Record = {"revision": news.revision, "body": None, "made": None, "format": None}
    if isinstance(news, Entry):
        fields |= {"body": news.model_dump_json(), "made": write_document(made), "format": FORMAT}
    if not known:
        return InsertOne({"_id": news.id, **fields})
    return UpdateOne({"_id": news.id, "revision": {"$lt": news.revision}}, {"$set": fields})
