"""Working copies in MongoDB: one document each.

One that was saved or discarded leaves its id behind for a day, so that a copy which was on its way meanwhile
does not bring it back."""

from datetime import datetime, timedelta
from typing import Any

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document
from services.content.contracts.editing import ItemKind
from services.content.contracts.working import Work, WorkNote

KEPT = timedelta(days=30)  # after the last change
_MARKED = timedelta(days=1)
_SHOWN = 50


class WorkStore:
    """The collection `working_copies`."""

    def __init__(self, database: Database[Document]) -> None:
        self._copies = database["working_copies"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._copies.create_index([("person", 1), ("kind", 1)])
        self._copies.create_index("at")

    def keep(self, person: str, work: Work) -> bool:
        """Keep it instead of what stood under its id; False if that is somebody else's, or finished."""
        fields = {**work.model_dump(exclude={"work"}), "kind": work.kind.value}
        own = {"_id": work.work, "person": person, "finished": False}
        if self._copies.update_one(own, {"$set": fields}).matched_count:
            return True
        try:
            self._copies.insert_one({**own, **fields})
        except DuplicateKeyError:
            return False
        return True

    def of(self, person: str, kind: ItemKind) -> list[WorkNote]:
        """The latest copies of a person's, without their contents."""
        wanted = {"person": person, "kind": kind.value, "finished": False}
        found = self._copies.find(wanted, {"content": 0}).sort("at", -1).limit(_SHOWN)
        return [WorkNote.read(_fields(one)) for one in found]

    def get(self, person: str, work: str) -> Work | None:
        """One of a person's."""
        found = self._copies.find_one({"_id": work, "person": person, "finished": False})
        return Work.read(_fields(found)) if found else None

    def finish(self, person: str, work: str, now: datetime) -> None:
        """Forget what was typed, and take nothing more under this id."""
        done = {"$set": {"finished": True, "at": now}, "$unset": {"content": "", "title": ""}}
        if not self._copies.update_one({"_id": work, "person": person}, done).matched_count:
            try:
                self._copies.insert_one({"_id": work, "person": person, "finished": True, "at": now})
            except DuplicateKeyError:  # somebody else's: theirs stays
                return

    def forget(self, person: str) -> None:
        """Remove all of a person's."""
        self._copies.delete_many({"person": person})

    def tidy(self, now: datetime) -> None:
        """Remove what nobody came back to."""
        self._copies.delete_many({"at": {"$lt": now - KEPT}})
        self._copies.delete_many({"at": {"$lt": now - _MARKED}, "finished": True})


def _fields(document: Document) -> dict[str, Any]:
    return {**document, "work": document["_id"]}
