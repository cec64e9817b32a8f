"""Publications in MongoDB: programs, documents, posts, activities.

Each is one document; its history stands in it as notes, each naming by digest the content of that
revision: the document's own, or one in `snapshots`, where a content is stored before it is replaced. So a
change, its note and its events are one write, and a crash leaves at worst a snapshot that nobody needs yet."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import InsertOne, UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.mongo import Document
from services.content.contracts.publications import Publication, Status
from services.content.domain.lifecycle import Change, Item, Kind, Note, Record, digest

_DUPLICATE_KEY = 11000
_SOURCE = ":"  # in every source key, in no slug
_WITHOUT = {OUTBOX: 0, "history": 0}
_COMMON = set(Publication.model_fields)


class PublicationStore:
    """The collection of one kind (`programs` …), and `snapshots`, which all kinds share."""

    def __init__(self, database: Database[Document], kind: Kind) -> None:
        self._kind = kind
        self.items = database[kind.plural]
        self._snapshots = database["snapshots"]
        self.on_saved: list[Callable[[Sequence[Item]], None]] = []  # told of what this process has written

    def prepare(self) -> None:
        """Make the indexes, and of data of 0.1 what they need."""
        for document in self.items.find({"names": {"$exists": False}}, {"slugs": 1, "source_key": 1}):
            names = _names(document["slugs"], document.get("source_key"))
            self.items.update_one({"_id": document["_id"]}, {"$set": {"names": names}})
        self.items.create_index("names", unique=True)  # slugs and source keys: one index costs less
        self.items.create_index([("status", 1), ("slug.fr", 1)])
        self.items.create_index("files", sparse=True)
        self.items.create_index("updated_at")
        if self._kind.span:
            self.items.create_index([("status", 1), ("begins", -1)])

    def by_ref(self, ref: str) -> Record | None:
        """The one that has or had the slug `ref`, or has this id."""
        if _SOURCE in ref:
            return None
        found = self.items.find_one({"names": ref}, _WITHOUT) or self.items.find_one({"_id": ref}, _WITHOUT)
        return self._record(found) if found else None

    def by_source_keys(self, keys: Iterable[str]) -> dict[str, Record]:
        """Those of `keys` that were imported, by key."""
        found = self.items.find({"names": {"$in": list(keys)}}, _WITHOUT)
        return {document["source_key"]: self._record(document) for document in found}

    def slugs_in_use(self, slugs: Iterable[str]) -> dict[str, str]:
        """Those of `slugs` that one has or had, with its id."""
        wanted = set(slugs)
        found = self.items.find({"names": {"$in": list(wanted)}}, {"slugs": 1})
        return {slug: document["_id"] for document in found for slug in document["slugs"] if slug in wanted}

    def page(
        self, status: Status, sector: str | None, after: str | None, limit: int
    ) -> tuple[list[Item], int]:
        """Up to `limit` by French slug, beyond the slug `after`, and how many there are in all."""
        wanted: Document = {"status": status.value, **_seen_in(sector)}
        total = self.items.count_documents(wanted)
        if after:
            wanted["slug.fr"] = {"$gt": after}
        found = self.items.find(wanted, _WITHOUT).sort("slug.fr", 1).limit(limit)
        return [self._item(document) for document in found], total

    def shows_file(self, sha256: str, sector: str | None) -> bool:
        """Whether something public in `sector` (None: in any) names this file, or did while it was public."""
        wanted: Document = {"files": sha256, "status": Status.PUBLISHED.value, **_seen_in(sector)}
        return self.items.find_one(wanted, {"_id": 1}) is not None

    def naming_files(self, wanted: Iterable[str]) -> list[tuple[Item, frozenset[str]]]:
        """Those that show one of these files to the public, or did; each with all files that it ever showed."""
        found = self.items.find({"files": {"$in": list(wanted)}}, _WITHOUT)
        return [(self._item(document), frozenset(document["files"])) for document in found]

    def by_date(
        self,
        wanted: Mapping[str, Any],
        sector: str | None,
        ending_after: datetime | None,
        skip: int,
        limit: int,
    ) -> tuple[list[Item], int]:
        """Latest first, `skip` of them left out; with `ending_after` those that end later, the next first.

        `wanted`: `status`, and `theme` and `tag` unless None. The number is that of all."""
        query: Document = {"status": wanted["status"].value}
        if theme := wanted.get("theme"):
            query["content.themes"] = theme.value
        both: list[Document] = []
        if sector:
            both.append({"$or": [{"content.sectors": {"$size": 0}}, {"content.sectors": sector}]})
        if tag := wanted.get("tag"):
            both.append({"$or": [{"content.tags.fr": tag}, {"content.tags.en": tag}]})
        if both:
            query["$and"] = both
        if ending_after:
            query["ends"] = {"$gt": ending_after}
        way = 1 if ending_after else -1
        found = self.items.find(query, _WITHOUT).sort([("begins", way), ("_id", 1)]).skip(skip).limit(limit)
        return [self._item(document) for document in found], self.items.count_documents(query)

    def by_ids(self, ids: Sequence[str]) -> list[Item]:
        """Those of `ids` that there are, as they stand."""
        found = self.items.find({"_id": {"$in": list(ids)}}, _WITHOUT)
        return [self._item(document) for document in found]

    def notes(self, ids: Sequence[str]) -> dict[str, list[Note]]:
        """The history of each of `ids`, oldest first, without contents."""
        found = self.items.find({"_id": {"$in": list(ids)}}, {"history": 1})
        return {document["_id"]: [_note(entry) for entry in document["history"]] for document in found}

    def changed_since(self, moment: datetime | None) -> Iterable[Item]:
        """Those that changed at `moment` or later; all of them, without one."""
        found = self.items.find({"updated_at": {"$gte": moment}} if moment else {}, _WITHOUT)
        return (self._item(document) for document in found)

    def history(
        self, item_id: str, before: int | None = None, limit: int | None = None
    ) -> list[tuple[Note, Any]]:
        """Every revision with its content, newest first; up to `limit` of those `before` one, if they are given."""
        document = self.items.find_one({"_id": item_id}, {"history": 1, "content": 1}) or {"history": []}
        notes = [_note(entry) for entry in reversed(document["history"])]
        wanted = [note for note in notes if before is None or note.revision < before][:limit]
        if not wanted:
            return []
        current = notes[0].digest
        digests = {note.digest for note in wanted} - {current}
        found = self._snapshots.find({"_id": {"$in": list(digests)}}) if digests else ()
        contents = {one["_id"]: self._kind.content.read(one["content"]) for one in found}
        contents[current] = self._kind.content.read(document["content"])
        return [(note, contents[note.digest]) for note in wanted]

    def save(self, changes: Sequence[Change]) -> dict[str, str]:
        """Write `changes`; returns those refused, as id → `slug_taken` or `stale_revision`."""
        self._save_snapshots([change for change in changes if change.replaced])
        refused = self._write([_operation(change) for change in changes], changes)
        refused |= self._overtaken([c for c in changes if c.before and c.after.item.id not in refused])
        written = [change.after.item for change in changes if change.after.item.id not in refused]
        for tell in self.on_saved:
            tell(written)
        return refused

    def _save_snapshots(self, changes: Sequence[Change]) -> None:
        """Keep the contents that are about to be replaced."""
        contents = {digest(one): _dump(one) for change in changes if (one := change.replaced)}
        if contents:
            _ignoring_duplicates(
                self._snapshots, [InsertOne({"_id": key, "content": text}) for key, text in contents.items()]
            )

    def _write(self, operations: list[Any], changes: Sequence[Change]) -> dict[str, str]:
        try:
            self.items.bulk_write(operations, ordered=False)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if any(failure["code"] != _DUPLICATE_KEY for failure in failures):
                raise
            return {changes[failure["index"]].after.item.id: "slug_taken" for failure in failures}
        return {}

    def _overtaken(self, updates: Sequence[Change]) -> dict[str, str]:
        """Updates that did not take place, the revision having moved: their note is not in the history."""
        written = {change.after.item.id: change for change in updates}
        found = self.items.find({"_id": {"$in": list(written)}}, {"history": 1})
        ours = {
            document["_id"]
            for document in found
            if _stored_note(written[document["_id"]].note) in document["history"]
        }
        return dict.fromkeys(written.keys() - ours, "stale_revision")

    def _record(self, document: Document) -> Record:
        return Record(
            kind=self._kind,
            item=self._item(document),
            slugs=tuple(document["slugs"]),
            source_key=document.get("source_key"),
            imported_digest=document.get("imported_digest"),
            files=tuple(document.get("files", ())),
        )

    def _item(self, document: Document) -> Item:
        item: Item = self._kind.completed(self._kind.item.read({"id": document["_id"], **document}))
        return item


def _ignoring_duplicates(collection: Any, operations: list[Any]) -> None:
    try:
        collection.bulk_write(operations, ordered=False)
    except BulkWriteError as error:  # another process stored the same content
        if any(failure["code"] != _DUPLICATE_KEY for failure in error.details["writeErrors"]):
            raise


def _seen_in(sector: str | None) -> Document:
    return {"$or": [{"content.sectors": {"$size": 0}}, {"content.sectors": sector}]} if sector else {}


def _dump(content: Any) -> Document:
    fields: Document = content.model_dump(mode="json", exclude_defaults=True)
    return fields | {"sectors": list(content.sectors)}


def _fields(change: Change) -> Document:
    record, item = change.after, change.after.item
    fields: Document = {
        "revision": item.revision,
        "status": item.status.value,
        "slug": item.slug.model_dump(),
        "slugs": list(record.slugs),
        "names": _names(record.slugs, record.source_key),
        "content": _dump(item.content),
        "created_at": item.created_at,
        "updated_at": item.updated_at,
        "published_at": item.published_at,
    }
    fields |= item.model_dump(mode="json", exclude=_COMMON)  # what only its kind has
    if record.files:
        fields["files"] = list(record.files)
    if record.kind.span:
        fields["begins"], fields["ends"] = record.kind.span(item)
    if record.source_key:
        fields |= {"source_key": record.source_key, "imported_digest": record.imported_digest}
    return fields


def _names(slugs: Iterable[str], source_key: str | None) -> list[str]:
    return [*slugs, *([source_key] if source_key else [])]


def _operation(change: Change) -> Any:
    item_id, outbox = change.after.item.id, outbox_entries(*change.events)
    note = _stored_note(change.note)
    if change.before is None:
        return InsertOne({"_id": item_id, **_fields(change), "history": [note], OUTBOX: outbox})
    return UpdateOne(
        {"_id": item_id, "revision": change.before},
        {"$set": _fields(change), "$push": {"history": note, OUTBOX: {"$each": outbox}}},
    )


def _stored_note(note: Note) -> Document:
    return {
        "revision": note.revision,
        "at": note.at,
        "by": note.by,
        "status": note.status.value,
        "changed": list(note.changed),
        "digest": note.digest,
    }


def _note(entry: Document) -> Note:
    return Note(
        revision=entry["revision"],
        at=entry["at"],
        by=entry["by"],
        status=Status(entry["status"]),
        changed=tuple(entry["changed"]),
        digest=entry["digest"],
    )
