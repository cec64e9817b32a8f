"""Documents of meetings: one document of MongoDB each, which names bytes in GridFS."""

from datetime import datetime
from typing import IO, Any

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.blobs import Blobs
from nexus.mongo import Document
from services.meetings.contracts.documents import MeetingDocument


class DocumentStore:
    """The collection `documents`, and the bytes that it names."""

    def __init__(self, database: Database[Document]) -> None:
        self._documents = database["documents"]
        self.blobs = Blobs(database)

    def prepare(self) -> None:
        """Make the indexes."""
        self.blobs.prepare()
        self._documents.create_index([("meeting", 1), ("added_at", 1)])
        self._documents.create_index("bytes")

    def of(self, meeting: str) -> tuple[MeetingDocument, ...]:
        """Those of a meeting, the oldest first."""
        found = self._documents.find({"meeting": meeting}).sort("added_at", 1)
        return tuple(MeetingDocument.read({**one, "id": one["_id"]}) for one in found)

    def add(self, meeting: str, document: MeetingDocument, content: IO[bytes]) -> bool:
        """Store one; its bytes first. False if it is there: the same was sent twice at once."""
        number = self.blobs.store(document.id, content)
        fields = document.model_dump(exclude={"id"})
        try:
            self._documents.insert_one({"_id": document.id, "meeting": meeting, "bytes": number, **fields})
        except DuplicateKeyError:
            self.blobs.delete(number)
            return False
        return True

    def remove(self, meeting: str, document: str) -> bool:
        """False if there is none; its bytes go last."""
        found = self._documents.find_one({"_id": document, "meeting": meeting}, {"bytes": 1})
        if found is None or not self._documents.delete_one({"_id": document}).deleted_count:
            return False
        self.blobs.delete(found["bytes"])
        return True

    def read(
        self, meeting: str, document: str, offset: int, length: int
    ) -> tuple[MeetingDocument, bytes] | None:
        """Some of its bytes; None if there is no such document."""
        found = self._documents.find_one({"_id": document, "meeting": meeting})
        if found is None:
            return None
        data = self.blobs.read(found["bytes"], offset, length) if offset < found["size"] else b""
        return MeetingDocument.read({**found, "id": document}), data

    def tidy(self, now: datetime) -> int:
        """Remove bytes that no document names; how many there were."""
        return self.blobs.tidy(now, self._named)

    def _named(self, numbers: list[Any]) -> set[Any]:
        return {one["bytes"] for one in self._documents.find({"bytes": {"$in": numbers}}, {"bytes": 1})}
