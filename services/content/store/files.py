"""Files: bytes in GridFS, and one document for each that names them by their SHA-256.

The bytes are stored under a number of their own before the document names them, so that a crash leaves at
worst bytes that nobody names, which `tidy` removes. Parts of uploads that nobody finished expire by themselves."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import IO

from bson import Binary
from gridfs import GridFSBucket
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document
from services.content.contracts.files import StoredFile

PARTS_KEPT = timedelta(hours=6)  # of an upload that nobody finished
_STRAY = timedelta(days=1)  # bytes that no document names after this long never will be


class FileStore:
    """The collections `files` and `upload_parts`, and the bucket `bytes`."""

    def __init__(self, database: Database[Document]) -> None:
        self._files = database["files"]
        self._parts = database["upload_parts"]
        self._bucket = GridFSBucket(database, "bytes")
        self._stored = database["bytes.files"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._parts.create_index("at", expireAfterSeconds=int(PARTS_KEPT.total_seconds()))
        self._parts.create_index([("upload", 1), ("number", 1)])
        self._files.create_index("bytes")

    def keep_part(self, upload: str, number: int, data: bytes, at: datetime) -> None:
        """Keep a part of an upload; the same one sent again replaces it."""
        part = {"upload": upload, "number": number, "data": Binary(data), "at": at}
        self._parts.replace_one({"_id": f"{upload}:{number}"}, part, upsert=True)

    def parts(self, upload: str, count: int) -> Iterator[bytes]:
        """The first `count` parts in order; fewer where one is missing."""
        for number in range(count):
            part = self._parts.find_one({"_id": f"{upload}:{number}"}, {"data": 1})
            if part is None:
                return
            yield part["data"]

    def forget_parts(self, upload: str) -> None:
        """The upload is finished, or given up."""
        self._parts.delete_many({"upload": upload})

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
        number = self._bucket.upload_from_stream(file.sha256, content)
        document = file.model_dump(mode="json", exclude={"sha256"})
        try:
            self._files.insert_one(
                {"_id": file.sha256, **document, "texts": list(texts), "title": title, "bytes": number}
            )
        except DuplicateKeyError:  # somebody stored the same bytes at the same time
            self._bucket.delete(number)
        return self.get(file.sha256) or file

    def read(self, sha256: str, offset: int, length: int) -> bytes | None:
        """Up to `length` bytes from `offset` on; None if there is no such file."""
        found = self._files.find_one({"_id": sha256}, {"bytes": 1, "size": 1})
        if found is None:
            return None
        if offset >= found["size"]:
            return b""
        with self._bucket.open_download_stream(found["bytes"]) as stream:
            stream.seek(offset)
            return stream.read(length)

    def tidy(self, now: datetime) -> int:
        """Remove bytes that no document names; how many there were."""
        old = [one["_id"] for one in self._stored.find({"uploadDate": {"$lt": now - _STRAY}}, {"_id": 1})]
        named = {one["bytes"] for one in self._files.find({"bytes": {"$in": old}}, {"bytes": 1})}
        strays = [number for number in old if number not in named]
        for number in strays:
            self._bucket.delete(number)
        return len(strays)
