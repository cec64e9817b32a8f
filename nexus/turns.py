"""Whose turn it is: work that one process at a time does, whatever their number."""

from datetime import datetime, timedelta

from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document


class Turn:
    """A document of `collection` says until when somebody has the turn named `key`."""

    def __init__(self, collection: Collection[Document], key: str) -> None:
        self._collection = collection
        self._key = key

    def take(self, now: datetime, lease: timedelta) -> bool:
        """Whether this process has it now: nobody else does until `lease` is over, or `end`."""
        until = {"until": now + lease}
        free = {"_id": self._key, "until": {"$lte": now}}
        if self._collection.update_one(free, {"$set": until}).matched_count:
            return True
        try:
            self._collection.insert_one({"_id": self._key, **until})
        except DuplicateKeyError:
            return False
        return True

    def end(self, now: datetime) -> None:
        """Let the next one have it."""
        self._collection.update_one({"_id": self._key}, {"$set": {"until": now}})
