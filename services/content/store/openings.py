"""Counts of what was opened: one document for each sector and day."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document
from services.content.contracts.editing import ItemKind
from services.content.contracts.texts import Language

Key = tuple[
    ItemKind, str, Language
]  # of something: its kind and id; the language of the page, or of the file


class OpeningStore:
    """The collection `openings`."""

    def __init__(self, database: Database[Document]) -> None:
        self._days = database["openings"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._days.create_index([("sector", 1), ("day", 1)])
        self._days.create_index("day")

    def add(self, sector: str, day: date, views: Mapping[Key, int], downloads: Mapping[Key, int]) -> None:
        """Count these too."""
        key = f"{sector}:{day.isoformat()}"
        more = {f"views.{_written(one)}": count for one, count in views.items()}
        more |= {f"downloads.{_written(one)}": count for one, count in downloads.items()}
        if not more or self._days.update_one({"_id": key}, {"$inc": more}).matched_count:
            return
        with suppress(DuplicateKeyError):  # another process was quicker
            self._days.insert_one({"_id": key, "sector": sector, "day": day.isoformat()})
        self._days.update_one({"_id": key}, {"$inc": more})

    def since(self, sector: str | None, day: date) -> Iterator[tuple[date, Counter[Key], Counter[Key]]]:
        """Views and downloads of each day from `day` on, of a sector (None: of all)."""
        wanted: Document = {"day": {"$gte": day.isoformat()}} | ({"sector": sector} if sector else {})
        for one in self._days.find(wanted).sort("day", 1):
            day = date.fromisoformat(one["day"])
            yield day, _read(one.get("views")), _read(one.get("downloads"))

    def forget(self, before: date) -> None:
        """Remove what is of the past."""
        self._days.delete_many({"day": {"$lt": before.isoformat()}})


def _written(key: Key) -> str:
    return ":".join(key)


def _read(counts: Mapping[str, int] | None) -> Counter[Key]:
    read: Counter[Key] = Counter()
    for name, count in (counts or {}).items():
        kind, item_id, language = name.split(":")
        read[ItemKind(kind), item_id, "en" if language == "en" else "fr"] = count
    return read
