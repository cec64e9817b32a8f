"""What owners were last asked to verify. The news of it waits in the same document until it is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document

_KEY = "programs"


@dataclass(frozen=True)
class Round:
    """The `number`th time that owners were asked: on which day, about what."""

    number: int = 0
    day: date = date.min
    ids: frozenset[str] = frozenset()


class RoundStore:
    """The collection `rounds`, with one document."""

    def __init__(self, database: Database[Document]) -> None:
        self.rounds = database["rounds"]

    def last(self) -> Round:
        """The latest one."""
        found = self.rounds.find_one({"_id": _KEY})
        if found is None:
            return Round()
        return Round(found["number"], date.fromordinal(found["day"]), frozenset(found["ids"]))

    def begin(self, last: Round, day: date, ids: Sequence[str], event: Event) -> bool:
        """Begin the one after `last`; False if another process did."""
        entries = outbox_entries(event)
        fields: Document = {"number": last.number + 1, "day": day.toordinal(), "ids": list(ids)}
        if last.number:
            change = {"$set": fields, "$push": {OUTBOX: {"$each": entries}}}
            return self.rounds.update_one({"_id": _KEY, "number": last.number}, change).matched_count == 1
        try:
            self.rounds.insert_one({"_id": _KEY, **fields, OUTBOX: entries})
        except DuplicateKeyError:
            return False
        return True
