"""Documents whose text could not be read, until whoever uploaded them is told of all at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document
from nexus.turns import Turn
from services.content.contracts.documents import DocumentUnreadable

_LEASE = timedelta(minutes=1)
_MOST = 500  # looked at in one round
_KEPT = timedelta(days=1)  # how long a document is remembered, so that older news of it are known as such


class Upload(NamedTuple):
    """All that somebody is to be told of; `documents` are rows of the collection."""

    person: str
    sector: str
    documents: Sequence[Document]


class UnreadableStore:
    """The collection `unreadable`: a document for each that was lately told of. `waits`: somebody is to be told."""

    def __init__(self, database: Database[Document], quiet: timedelta) -> None:
        """An upload is over once nothing more came from somebody for so long as `quiet`."""
        self._quiet = quiet
        self._rows = database["unreadable"]
        self._turn = Turn(database["turns"], "unreadable")

    def prepare(self) -> None:
        """Make the indexes."""
        self._rows.create_index("waits")
        self._rows.create_index("at", expireAfterSeconds=int(_KEPT.total_seconds()))

    def take(self, event: DocumentUnreadable, now: datetime) -> None:
        """Remember what stands, unless something later is known."""
        told = event.model_dump(include={"revision", "sector", "person", "sealed"})
        told |= {"at": now, "waits": event.person is not None and event.sealed is not None}
        earlier = {"_id": event.id, "revision": {"$lt": event.revision}}
        if self._rows.update_one(earlier, {"$set": told}).matched_count:
            return
        try:
            self._rows.insert_one({"_id": event.id, **told})
        except DuplicateKeyError:
            return  # what is known is as late, or later

    def begin(self, now: datetime) -> list[Upload]:
        """The uploads that are over, if there are any and nobody else is telling of them; then `end` has to follow."""
        over = {"waits": True, "at": {"$lte": now - self._quiet}}
        if self._rows.find_one(over, {"_id": 1}) is None or not self._turn.take(now, _LEASE):
            return []
        rows = list(self._rows.find({"waits": True}).sort([("at", 1), ("_id", 1)]).limit(_MOST))
        whose = dict.fromkeys((row["sector"], row["person"]) for row in rows)
        uploads = [
            Upload(
                person, sector, [row for row in rows if (row["sector"], row["person"]) == (sector, person)]
            )
            for sector, person in whose
        ]
        found = [one for one in uploads if all(row["at"] <= now - self._quiet for row in one.documents)]
        if not found:
            self.end(now)
        return found

    def told(self, upload: Upload) -> None:
        """They were told, of these revisions."""
        for row in upload.documents:
            same = {"_id": row["_id"], "revision": row["revision"]}
            self._rows.update_one(same, {"$set": {"waits": False}, "$unset": {"sealed": ""}})

    def end(self, now: datetime) -> None:
        """Let the next process have its turn."""
        self._turn.end(now)
