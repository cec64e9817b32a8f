"""Which days and weeks have been told, in MongoDB: one document each, whatever the number of processes."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document
from nexus.turns import Turn

_KEPT = timedelta(days=14)  # longer than any of them can still be told
_LEASE = timedelta(minutes=3)  # one look takes seconds


class MorningStore:
    """The collection `mornings`."""

    def __init__(self, database: Database[Document]) -> None:
        self.mornings = database["mornings"]
        self._turn = Turn(database["turns"], "mornings")

    def prepare(self) -> None:
        """Make the index."""
        self.mornings.create_index("at", expireAfterSeconds=int(_KEPT.total_seconds()))

    def take_turn(self, now: datetime) -> bool:
        """Whether this process looks now."""
        return self._turn.take(now, _LEASE)

    def end_turn(self, now: datetime) -> None:
        """Let the next one look."""
        self._turn.end(now)

    def untold(self, keys: Iterable[str]) -> set[str]:
        """Those that nobody has settled yet."""
        wanted = set(keys)
        found = self.mornings.find({"_id": {"$in": list(wanted)}}, {"_id": 1}) if wanted else ()
        return wanted - {one["_id"] for one in found}

    def settle(self, key: str, now: datetime, *events: Event) -> bool:
        """Tell `events`, or that there was nothing to tell; False: another process was quicker, and told it."""
        try:
            self.mornings.insert_one({"_id": key, "at": now, OUTBOX: outbox_entries(*events)})
        except DuplicateKeyError:
            return False
        return True
