"""Programs in MongoDB.

A program is one document; its history stands in it as notes, each naming by digest the content of that
revision: the document's own, or one in `snapshots`, where a content is stored before it is replaced. So a
change, its note and its events are one write, and a crash leaves at worst a snapshot that nobody needs yet."""

from collections.abc import Iterable, Sequence
from typing import Any

from pymongo import InsertOne, UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.mongo import Document
from services.content.contracts import Program, ProgramContent, Status
from services.content.domain import Change, Note, Record, digest

_DUPLICATE_KEY = 11000
_SOURCE = ":"  # in every source key, in no slug
_WITHOUT = {OUTBOX: 0, "history": 0}


class ProgramStore:
    """The collections `programs` and `snapshots`."""

    def __init__(self, database: Database[Document]) -> None:
        self.programs = database["programs"]
        self._snapshots = database["snapshots"]

    def prepare(self) -> None:
        """Make the indexes."""
        self.programs.create_index("names", unique=True)  # slugs and source keys: one index costs less
        self.programs.create_index([("status", 1), ("slug.fr", 1)])

    def by_ref(self, ref: str) -> Record | None:
        """The program that has or had the slug `ref`, or has this id."""
        if _SOURCE in ref:
            return None
        found = self.programs.find_one({"names": ref}, _WITHOUT) or self.programs.find_one(
            {"_id": ref}, _WITHOUT
        )
        return _record(found) if found else None

    def by_source_keys(self, keys: Iterable[str]) -> dict[str, Record]:
        """The imported programs among `keys`, by key."""
        found = self.programs.find({"names": {"$in": list(keys)}}, _WITHOUT)
        return {document["source_key"]: _record(document) for document in found}

    def slugs_in_use(self, slugs: Iterable[str]) -> dict[str, str]:
        """Those of `slugs` that a program has or had, with its id."""
        wanted = set(slugs)
        found = self.programs.find({"names": {"$in": list(wanted)}}, {"slugs": 1})
        return {slug: document["_id"] for document in found for slug in document["slugs"] if slug in wanted}

    def page(
        self, status: Status, sector: str | None, after: str | None, limit: int
    ) -> tuple[list[Program], int]:
        """Up to `limit` programs by French slug, beyond the slug `after`, and how many there are in all."""
        wanted: Document = {"status": status.value}
        if sector:
            wanted["$or"] = [{"content.sectors": {"$size": 0}}, {"content.sectors": sector}]
        total = self.programs.count_documents(wanted)
        if after:
            wanted["slug.fr"] = {"$gt": after}
        found = self.programs.find(wanted, _WITHOUT).sort("slug.fr", 1).limit(limit)
        return [_program(document) for document in found], total

    def history(self, program_id: str) -> list[tuple[Note, ProgramContent]]:
        """Every revision with its content, newest first."""
        document = self.programs.find_one({"_id": program_id}, {"history": 1, "content": 1}) or {
            "history": []
        }
        notes = [_note(entry) for entry in document["history"]]
        if not notes:
            return []
        found = self._snapshots.find({"_id": {"$in": [note.digest for note in notes]}})
        contents = {one["_id"]: ProgramContent.read(one["content"]) for one in found}
        contents[notes[-1].digest] = ProgramContent.read(document["content"])
        return [(note, contents[note.digest]) for note in reversed(notes)]

    def save(self, changes: Sequence[Change]) -> dict[str, str]:
        """Write `changes`; returns those refused, as program id → `slug_taken` or `stale_revision`."""
        self._save_snapshots([change for change in changes if change.replaced])
        refused = self._write([_operation(change) for change in changes], changes)
        return refused | self._overtaken(
            [c for c in changes if c.before and c.after.program.id not in refused]
        )

    def _save_snapshots(self, changes: Sequence[Change]) -> None:
        """Keep the contents that are about to be replaced."""
        contents = {digest(one): _dump(one) for change in changes if (one := change.replaced)}
        if contents:
            _ignoring_duplicates(
                self._snapshots, [InsertOne({"_id": key, "content": text}) for key, text in contents.items()]
            )

    def _write(self, operations: list[Any], changes: Sequence[Change]) -> dict[str, str]:
        try:
            self.programs.bulk_write(operations, ordered=False)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if any(failure["code"] != _DUPLICATE_KEY for failure in failures):
                raise
            return {changes[failure["index"]].after.program.id: "slug_taken" for failure in failures}
        return {}

    def _overtaken(self, updates: Sequence[Change]) -> dict[str, str]:
        """Updates that did not take place, the revision having moved: their note is not in the history."""
        written = {change.after.program.id: change for change in updates}
        found = self.programs.find({"_id": {"$in": list(written)}}, {"history": 1})
        ours = {
            document["_id"]
            for document in found
            if _stored_note(written[document["_id"]].note) in document["history"]
        }
        return dict.fromkeys(written.keys() - ours, "stale_revision")


def _ignoring_duplicates(collection: Any, operations: list[Any]) -> None:
    try:
        collection.bulk_write(operations, ordered=False)
    except BulkWriteError as error:  # another process stored the same content
        if any(failure["code"] != _DUPLICATE_KEY for failure in error.details["writeErrors"]):
            raise


def _dump(content: ProgramContent) -> Document:
    return content.model_dump(mode="json", exclude_defaults=True) | {"sectors": list(content.sectors)}


def _fields(change: Change) -> Document:
    record, program = change.after, change.after.program
    fields: Document = {
        "revision": program.revision,
        "status": program.status.value,
        "slug": program.slug.model_dump(),
        "slugs": list(record.slugs),
        "names": [*record.slugs, *([record.source_key] if record.source_key else [])],
        "content": _dump(program.content),
        "created_at": program.created_at,
        "updated_at": program.updated_at,
        "published_at": program.published_at,
    }
    if record.source_key:
        fields |= {"source_key": record.source_key, "imported_digest": record.imported_digest}
    return fields


def _operation(change: Change) -> Any:
    program_id, outbox = change.after.program.id, outbox_entries(*change.events)
    note = _stored_note(change.note)
    if change.before is None:
        return InsertOne({"_id": program_id, **_fields(change), "history": [note], OUTBOX: outbox})
    return UpdateOne(
        {"_id": program_id, "revision": change.before},
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


def _program(document: Document) -> Program:
    return Program.read({"id": document["_id"], **document})


def _record(document: Document) -> Record:
    return Record(
        program=_program(document),
        slugs=tuple(document["slugs"]),
        source_key=document.get("source_key"),
        imported_digest=document.get("imported_digest"),
    )
