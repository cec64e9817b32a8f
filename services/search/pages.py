"""The pages of documents, to show where a passage stands."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from pymongo import ReplaceOne
from pymongo.database import Database

from nexus.mongo import Document as Record
from services.search.domain import Page


class PageStore:
    """The collection `pages`. Those of a revision are added beside the older ones, which leave afterwards:
    whoever searches meanwhile finds one or the other whole."""

    def __init__(self, database: Database[Record]) -> None:
        self._pages = database["pages"]

    def prepare(self) -> None:
        """Make the index."""
        self._pages.create_index([("entry", 1), ("revision", 1)])

    def keep(self, entry: str, revision: int, pages: Sequence[Page]) -> None:
        """Remember the `pages` of `entry` at `revision`; doing it twice does no harm."""
        records = [
            {
                "_id": f"{entry}:{revision}:{page.language}:{page.number or 0}",
                "entry": entry,
                "revision": revision,
                **page.model_dump(),
            }
            for page in pages
        ]
        if records:
            self._pages.bulk_write([ReplaceOne({"_id": one["_id"]}, one, upsert=True) for one in records])

    def forget(self, current: Mapping[str, int | None]) -> None:
        """Drop the pages of all other revisions than the `current` one of each entry; None: there is none."""
        for entry, revision in current.items():
            self._pages.delete_many({"entry": entry, "revision": {"$ne": revision}})

    def of(self, entries: Sequence[str]) -> dict[str, list[Page]]:
        """The pages of each of `entries`, in order, at the latest revision."""
        found: dict[str, list[Page]] = {}
        records = self._pages.find({"entry": {"$in": list(entries)}})
        ordered = sorted(records, key=lambda one: (one["entry"], -one["revision"], one["number"] or 0))
        for entry, group in groupby(ordered, key=lambda one: str(one["entry"])):
            kept = list(group)
            latest = kept[0]["revision"]
            found[entry] = [Page.read(one) for one in kept if one["revision"] == latest]
        return found
