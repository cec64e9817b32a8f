"""The port behind which Elasticsearch and tantivy stand."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from services.search.contracts import (
    MoreLikeThis,
    Search,
    SearchResults,
    SimilarEntries,
    Suggest,
    Suggestions,
)
from services.search.matching.documents import Document


class SearchEngine(Protocol):
    """An index of what entries became. Every method raises Unavailable while the engine is away.

    `sector` restricts to what that sector shows (None: everything); `today` hides what has expired."""

    def write(self, documents: Sequence[Document]) -> None:
        """Add, replace and remove; of each id the latest counts. Searches see it when this returns."""
        ...

    def search(self, query: Search, sector: str | None, today: datetime.date) -> SearchResults: ...

    def suggest(self, query: Suggest, sector: str | None, today: datetime.date) -> Suggestions: ...

    def similar(self, query: MoreLikeThis, sector: str | None, today: datetime.date) -> SimilarEntries: ...

    def rebuild(self, batches: Iterable[Sequence[Document]], progress: Callable[[int], None]) -> None:
        """Fill a new index with `batches` beside the one in use, then put it in its place at once.

        Searches go on in the old one; writes meanwhile reach both. `progress` hears the number of entries
        done. Raises Conflict(`reindex_running`) when another rebuild of this index is under way."""
        ...

    def outdated(self) -> bool:
        """Whether it was of another format or empty at the start: if there is anything, a rebuild is due."""
        ...

    def check(self) -> None:
        """Raise Unavailable unless searches can be answered."""
        ...

    def close(self) -> None: ...
