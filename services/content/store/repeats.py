"""What was answered to commands that may come again, for as long as they may."""

from datetime import datetime

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document
from services.content.domain.repeats import Attempt


class RepeatStore:
    """The collection `repeats`. Its unique `_id` is what makes one of two equal commands the first."""

    def __init__(self, database: Database[Document]) -> None:
        self._repeats = database["repeats"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._repeats.create_index("at")

    def begin(self, attempt: Attempt) -> Attempt | None:
        """None if this is the first of its name, which stands from now on; else the one that stands."""
        fields = {name: value for name, value in vars(attempt).items() if name != "name"}
        while True:
            try:
                self._repeats.insert_one({"_id": attempt.name, **fields})
            except DuplicateKeyError:
                if found := self._repeats.find_one({"_id": attempt.name}):
                    return _attempt(found)
            else:
                return None

    def take_over(self, known: Attempt, at: datetime) -> bool:
        """Go on with one that was not finished; False if somebody else does."""
        seen = {"_id": known.name, "at": known.at, "answer": None}
        return self._repeats.update_one(seen, {"$set": {"at": at}}).matched_count == 1

    def finish(self, attempt: Attempt, answer: str) -> None:
        """Keep its answer."""
        self._repeats.update_one({"_id": attempt.name, "at": attempt.at}, {"$set": {"answer": answer}})

    def drop(self, attempt: Attempt) -> None:
        """It changed nothing, or is too old to count: as if it had never been."""
        self._repeats.delete_one({"_id": attempt.name, "at": attempt.at})

    def forget(self, before: datetime) -> None:
        """Remove what is older."""
        self._repeats.delete_many({"at": {"$lt": before}})


def _attempt(document: Document) -> Attempt:
    fields = {name: document[name] for name in Attempt.__dataclass_fields__ if name != "name"}
    return Attempt(name=document["_id"], **fields)
