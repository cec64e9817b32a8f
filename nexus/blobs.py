"""Bytes in GridFS, and the parts of uploads on their way there: what services that keep files share.

The bytes are stored under a number of their own before a document names them, so that a crash leaves at worst
bytes that nobody names, which `tidy` removes. Parts of uploads that nobody finished expire by themselves."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import IO, Any

from bson import Binary
from gridfs import GridFSBucket
from pymongo.database import Database

from nexus.errors import InvalidInput
from nexus.mongo import Document

PARTS_KEPT = timedelta(hours=6)  # of an upload that nobody finished
_STRAY = timedelta(days=1)  # bytes that no document names after this long never will be


class Blobs:
    """The collection `upload_parts` and the bucket `bytes`."""

    def __init__(self, database: Database[Document]) -> None:
        self._parts = database["upload_parts"]
        self._bucket = GridFSBucket(database, "bytes")
        self._stored = database["bytes.files"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._parts.create_index("at", expireAfterSeconds=int(PARTS_KEPT.total_seconds()))
        self._parts.create_index([("upload", 1), ("number", 1)])

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

    def store(self, name: str, content: IO[bytes]) -> Any:
        """The number under which the bytes are stored."""
        return self._bucket.upload_from_stream(name, content)

    def read(self, number: Any, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset` on, which is within them."""
        with self._bucket.open_download_stream(number) as stream:
            stream.seek(offset)
            return stream.read(length)

    def delete(self, number: Any) -> None:
        """Let go of the bytes."""
        self._bucket.delete(number)

    def tidy(self, now: datetime, named: Callable[[list[Any]], set[Any]]) -> int:
        """Remove bytes that no document names; how many there were. `named` says which of some numbers are."""
        old = [one["_id"] for one in self._stored.find({"uploadDate": {"$lt": now - _STRAY}}, {"_id": 1})]
        known = named(old)
        strays = [number for number in old if number not in known]
        for number in strays:
            self._bucket.delete(number)
        return len(strays)


def joined(parts: Iterable[bytes], count: int, whole: IO[bytes], largest: int) -> tuple[str, int]:
    """Write `count` parts into `whole`: their SHA-256 and how many bytes they are.

    Raises InvalidInput(`upload_incomplete`, `file_too_large`)."""
    sha256, size, arrived = hashlib.sha256(), 0, 0
    for part in parts:
        size, arrived = size + len(part), arrived + 1
        if size > largest:
            raise InvalidInput("file_too_large", limit=largest)
        sha256.update(part)
        whole.write(part)
    if arrived < count or not size:
        raise InvalidInput("upload_incomplete", arrived=arrived, parts=count)
    whole.flush()
    return sha256.hexdigest(), size
