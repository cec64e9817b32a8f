"""The search engine inside the process: tantivy, in a folder.

The folder holds one folder for each index, and a file `current` that names the one in use; replacing this
file is what puts a rebuilt index in the place of the old one. Folders that it doesn't name are left from a
crash and removed at the start.
"""

import datetime
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from nexus.errors import Conflict, Unavailable
from services.search.contracts import (
    MoreLikeThis,
    Search,
    SearchResults,
    SimilarEntries,
    Suggest,
    Suggestions,
)
from services.search.matching.documents import FORMAT, Document, latest
from services.search.tantivy_index import IndexFolder
from services.search.tantivy_search import Reader

COMMIT_EVERY = 20_000  # entries of a rebuild


class TantivyEngine:
    """A SearchEngine for one process and many threads; `folder` belongs to it alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()  # who holds it decides which index is in use, and which is next
        self._next: IndexFolder | None = None
        with _available():
            self._current = self._open()
            self._outdated = not self._current.searcher().num_docs

    def write(self, documents: Sequence[Document]) -> None:
        """Add, replace and remove; of each id the latest counts. Searches see it when this returns."""
        changes = latest(documents)
        if not changes:
            return
        with _available(), self._lock:
            self._current.apply(changes)
            if self._next is not None:
                self._next.apply(changes, commit=False)

    def search(self, query: Search, sector: str | None, today: datetime.date) -> SearchResults:
        with _available():
            return self._reader(sector, today).search(query)

    def suggest(self, query: Suggest, sector: str | None, today: datetime.date) -> Suggestions:
        with _available():
            return self._reader(sector, today).suggest(query)

    def similar(self, query: MoreLikeThis, sector: str | None, today: datetime.date) -> SimilarEntries:
        with _available():
            return self._reader(sector, today).similar(query)

    def rebuild(self, batches: Iterable[Sequence[Document]], progress: Callable[[int], None]) -> None:
        """Fill a new index with `batches` beside the one in use, then put it in its place at once.

        Raises Conflict(`reindex_running`) when another rebuild is under way."""
        with _available():
            new = self._begin()
        try:
            self._fill(new, batches, progress)
            with _available():
                old = self._swap(new)
        except BaseException:
            self._abandon(new)
            raise
        self._outdated = False
        _discard(old)

    def outdated(self) -> bool:
        """Whether the index was empty at the start, and has not been rebuilt since."""
        return self._outdated

    def check(self) -> None:
        """Raise Unavailable unless searches can be answered."""
        if not self._current.folder.is_dir():
            raise Unavailable("search_unavailable")

    def close(self) -> None:
        with self._lock:
            self._current.close()

    def _reader(self, sector: str | None, today: datetime.date) -> Reader:
        current = self._current
        return Reader(current.schema, current.searcher(), sector, today)

    def _open(self) -> IndexFolder:
        self._folder.mkdir(parents=True, exist_ok=True)
        named = self._pointer.read_text().strip() if self._pointer.exists() else ""
        if not named.startswith(_PREFIX) or not (self._folder / named).is_dir():
            named = _new_name()
        current = IndexFolder(self._folder / named)
        self._point_to(current)
        for left in self._folder.glob("index-*"):
            if left.name != named:
                shutil.rmtree(left, ignore_errors=True)
        return current

    @property
    def _pointer(self) -> Path:
        return self._folder / "current"

    def _point_to(self, index: IndexFolder) -> None:
        """Replace the pointer at once; the new one is on the disk before the old one is gone."""
        beside = self._pointer.with_suffix(".new")
        with beside.open("w") as file:
            file.write(index.folder.name)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._pointer)

    def _begin(self) -> IndexFolder:
        with self._lock:
            if self._next is not None:
                raise Conflict("reindex_running")
            self._next = IndexFolder(self._folder / _new_name())
            return self._next

    def _fill(
        self, new: IndexFolder, batches: Iterable[Sequence[Document]], progress: Callable[[int], None]
    ) -> None:
        done = committed = 0
        for batch in batches:
            done += len(batch)
            due = done - committed >= COMMIT_EVERY
            with _available():
                new.apply(latest(batch), commit=due)
            committed = done if due else committed
            progress(done)

    def _swap(self, new: IndexFolder) -> IndexFolder:
        new.commit()  # the bulk of it, while writes go on
        with self._lock:
            new.commit()
            self._point_to(new)
            old, self._current, self._next = self._current, new, None
            return old

    def _abandon(self, new: IndexFolder) -> None:
        with self._lock:
            self._next = None
        _discard(new)


_PREFIX = f"index-{FORMAT}-"


def _new_name() -> str:
    return f"{_PREFIX}{uuid4().hex[:12]}"


def _discard(index: IndexFolder) -> None:
    """Searches that still read it keep its files open until they end."""
    index.close()
    shutil.rmtree(index.folder, ignore_errors=True)


@contextmanager
def _available() -> Iterator[None]:
    """Tell the failures of disk and index (tantivy raises them as ValueError) as Unavailable."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise Unavailable("search_unavailable", reason=str(error)) from error
