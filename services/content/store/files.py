"""Files: bytes in GridFS, and one document for each that names them by their SHA-256."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.blobs import Blobs
from nexus.mongo import Document
from services.content.contracts.files import StoredFile


class FileStore:
    """The collection `files`, and the bytes that it names."""

    def __init__(self, database: Database[Document]) -> None:
        self._files = database["files"]
        self._blobs = Blobs(database)

    def prepare(self) -> None:
        """Make the indexes."""
        self._blobs.prepare()
        self._files.create_index("bytes")

    def keep_part(self, upload: str, number: int, data: bytes, at: datetime) -> None:
        """Keep a part of an upload; the same one sent again replaces it."""
        self._blobs.keep_part(upload, number, data, at)

    def parts(self, upload: str, count: int) -> Iterator[bytes]:
        """The first `count` parts in order; fewer where one is missing."""
        return self._blobs.parts(upload, count)

    def forget_parts(self, upload: str) -> None:
        """The upload is finished, or given up."""
        self._blobs.forget_parts(upload)

    def get(self, sha256: str) -> StoredFile | None:
        """What is known of a file."""
        return self.get_many([sha256]).get(sha256)

    def get_many(self, wanted: Iterable[str]) -> dict[str, StoredFile]:
        """What is known of each of `wanted` that is here."""
        found = self._files.find({"_id": {"$in": list(wanted)}}, {"texts": 0})
        return {one["_id"]: StoredFile.read({**one, "sha256": one["_id"]}) for one in found}

    def texts(self, sha256: str) -> tuple[str, ...]:
        """The text of each page."""
        found = self._files.find_one({"_id": sha256}, {"texts": 1})
        return tuple(found["texts"]) if found else ()

    def title(self, sha256: str) -> str | None:
        """The title that a file bears inside; files stored by 0.1 have none here."""
        found = self._files.find_one({"_id": sha256}, {"title": 1})
        return found.get("title") if found else None

    def add(
        self, file: StoredFile, content: IO[bytes], texts: Iterable[str] = (), title: str | None = None
    ) -> StoredFile:
        """Store a file; what is known already of one with the same bytes stays."""
        number = self._blobs.store(file.sha256, content)
        document = file.model_dump(mode="json", exclude={"sha256"})
        try:
            self._files.insert_one(
                {"_id": file.sha256, **document, "texts": list(texts), "title": title, "bytes": number}
            )
        except DuplicateKeyError:  # somebody stored the same bytes at the same time
            self._blobs.delete(number)
        return self.get(file.sha256) or file

    def read(self, sha256: str, offset: int, length: int) -> bytes | None:
        """Up to `length` bytes from `offset` on; None if there is no such file."""
        found = self._files.find_one({"_id": sha256}, {"bytes": 1, "size": 1})
        if found is None:
            return None
        if offset >= found["size"]:
            return b""
        return self._blobs.read(found["bytes"], offset, length)

    def tidy(self, now: datetime) -> int:
        """Remove bytes that no document names; how many there were."""
        return self._blobs.tidy(now, self._named)

    def _named(self, numbers: list[Any]) -> set[Any]:
        return {one["bytes"] for one in self._files.find({"bytes": {"$in": numbers}}, {"bytes": 1})}
