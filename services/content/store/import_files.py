"""Files of imports in GridFS, each of one import alone: they go when it ends.

They are not among the files of publications (`store/files.py`), which whoever sends the same bytes shares."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import IO, Literal

from gridfs import GridFSBucket, NoFile
from pymongo.database import Database

from nexus.mongo import Document

FileRole = Literal["file", "mapping"]
_YOUNG = timedelta(hours=1)  # a file is stored before its import is


class ImportFiles:
    """The bucket `import_bytes`; a file is called by its import and its role."""

    def __init__(self, database: Database[Document]) -> None:
        self._bucket = GridFSBucket(database, "import_bytes")
        self._stored = database["import_bytes.files"]

    def add(self, job_id: str, role: FileRole, content: IO[bytes]) -> None:
        """Keep a file of an import."""
        self._bucket.upload_from_stream(f"{job_id}:{role}", content, metadata={"job": job_id})

    def read(self, job_id: str, role: FileRole) -> bytes | None:
        """All of it; None if it is not there (any more)."""
        try:
            with self._bucket.open_download_stream_by_name(f"{job_id}:{role}") as stream:
                return stream.read()
        except NoFile:
            return None

    def remove(self, job_id: str) -> int:
        """Remove the files of an import; how many there were."""
        numbers = [one["_id"] for one in self._stored.find({"metadata.job": job_id}, {"_id": 1})]
        for number in numbers:
            self._bucket.delete(number)
        return len(numbers)

    def strays(self, wanting: Callable[[Iterable[str]], set[str]], now: datetime) -> set[str]:
        """The imports whose files are still here, though `wanting` does not name them."""
        old = self._stored.find({"uploadDate": {"$lt": now - _YOUNG}}, {"metadata": 1})
        jobs = {one["metadata"]["job"] for one in old}
        return jobs - wanting(jobs)
