"""The settings of sectors: one document each, with a note of every revision and its waiting events.

A content that is replaced is stored among the snapshots before the note of the next one is written."""

from typing import Any

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.mongo import Document
from services.content.contracts.sectors import SectorChanged, SectorRevision, SectorSettings, Shorts


class SectorStore:
    """The collection `sectors`, and those of `sector_revisions` that are no longer current."""

    def __init__(self, database: Database[Document]) -> None:
        self.items = database["sectors"]
        self._earlier = database["sector_revisions"]

    def get(self, sector: str) -> SectorRevision | None:
        """What was saved last."""
        found = self.items.find_one({"_id": sector}, {OUTBOX: 0})
        return _revision(found) if found else None

    def history(self, sector: str, limit: int) -> list[SectorRevision]:
        """The latest revisions, newest first."""
        current = self.get(sector)
        if current is None:
            return []
        wanted = {"sector": sector, "revision": {"$lt": current.revision}}
        found = self._earlier.find(wanted).sort("revision", -1).limit(limit - 1)
        return [current, *(_revision(one) for one in found)]

    def shorts(self) -> dict[str, Shorts]:
        """The short name of each sector that has settings, by its name."""
        found = self.items.find({"settings": {"$ne": None}}, {"settings.short": 1})
        return {one["_id"]: Shorts.read(one["settings"]["short"]) for one in found}

    def prepare(self) -> None:
        """Make the index."""
        self._earlier.create_index([("sector", 1), ("revision", -1)])

    def save(self, sector: str, before: SectorRevision | None, after: SectorRevision) -> bool:
        """Write `after` and its event, if `before` is what stands; False if it is not."""
        event = SectorChanged(sector=sector, revision=after.revision, settings=after.settings)
        outbox = outbox_entries(event)
        if before is None:
            return self._insert({"_id": sector, **_document(after), OUTBOX: outbox})
        self._keep(sector, before)
        change = {"$set": _document(after), "$push": {OUTBOX: {"$each": outbox}}}
        return self.items.update_one({"_id": sector, "revision": before.revision}, change).modified_count == 1

    def _insert(self, document: Document) -> bool:
        try:
            self.items.insert_one(document)
        except DuplicateKeyError:  # somebody else was first
            return False
        return True

    def _keep(self, sector: str, revision: SectorRevision) -> None:
        key = f"{sector}.{revision.revision}"
        document = {"sector": sector, **_document(revision)}
        self._earlier.replace_one({"_id": key}, document, upsert=True)


def _document(revision: SectorRevision) -> Document:
    settings: Any = revision.settings.model_dump(mode="json") if revision.settings else None
    return {"revision": revision.revision, "at": revision.at, "by": revision.by, "settings": settings}


def _revision(document: Document) -> SectorRevision:
    settings = document["settings"]
    return SectorRevision(
        revision=document["revision"],
        at=document["at"],
        by=document["by"],
        settings=SectorSettings.read(settings) if settings else None,
    )
