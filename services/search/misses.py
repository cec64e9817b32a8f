"""What people searched for, and what they did not find, counted by sector, language and day; of whom, nobody knows.

Gateways answer what is asked again from their cache, so that a count of what was not found is the least it can be; what
was searched for they count themselves."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document as Record
from services.search.contracts import Miss

_KEPT = timedelta(days=90)
_LONGEST = 100  # characters
_PRIVATE = re.compile(r"@|\d{5}|\d[\d\s().-]{6,}\d")  # what may be an address, a telephone or a file number


def worth_counting(q: str) -> str | None:
    """`q` as it is counted; None for what says nothing, or may say who somebody is."""
    words = " ".join(q.casefold().split())
    if len(words) < 2 or len(words) > _LONGEST or _PRIVATE.search(words):
        return None
    return words


class WordStore:
    """A collection of counted words: `misses`, or `searches`."""

    def __init__(self, database: Database[Record], name: str = "misses") -> None:
        self._counts = database[name]

    def prepare(self) -> None:
        """Make the indexes."""
        self._counts.create_index([("sector", 1), ("day", 1)])
        self._counts.create_index("day")

    def count(self, sector: str, language: str, words: str, day: date, times: int = 1) -> None:
        """`times` more searches for `words`."""
        key = f"{sector}:{language}:{day.isoformat()}:{words}"
        known = {
            "sector": sector,
            "language": language,
            "words": words,
            "day": day.isoformat(),
            "count": times,
        }
        if not self._counts.update_one({"_id": key}, {"$inc": {"count": times}}).matched_count:
            try:
                self._counts.insert_one({"_id": key, **known})
            except DuplicateKeyError:  # another process was quicker
                self._counts.update_one({"_id": key}, {"$inc": {"count": times}})

    def most(self, sector: str | None, since: date, limit: int) -> list[Miss]:
        """What was counted most since a day."""
        totals: dict[tuple[str, str], int] = {}
        for one in self._since(sector, since):
            key = (one["language"], one["words"])
            totals[key] = totals.get(key, 0) + one["count"]
        ranked = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
        return [Miss(language=language, q=words, count=n) for (language, words), n in ranked[:limit]]

    def forget(self, today: date) -> None:
        """Remove what is of the past."""
        self._counts.delete_many({"day": {"$lt": (today - _KEPT).isoformat()}})

    def _since(self, sector: str | None, since: date) -> Iterator[Record]:
        query: Record = {"day": {"$gte": since.isoformat()}}
        yield from self._counts.find(query | ({"sector": sector} if sector else {}))
