"""Answers to requests for personal data, and what was purged, in MongoDB until they are told; whose night it is."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document
from nexus.personal import DataAnswered, DataPurged
from nexus.turns import Turn

_ANSWERS_KEPT = timedelta(days=60)  # so that a repeated event finds that it was answered
_TURN = timedelta(minutes=30)
_ZONE = ZoneInfo("America/Toronto")  # its nights are those of the purges
_HOUR = 3  # from which on


class Answers:
    """The collection `data_answers`: a document a request that this service has answered."""

    def __init__(self, database: Database[Document]) -> None:
        self.answers = database["data_answers"]

    def prepare(self) -> None:
        """Make the index."""
        self.answers.create_index("at", expireAfterSeconds=int(_ANSWERS_KEPT.total_seconds()))

    def once(self, request: str, make: Callable[[], DataAnswered], clock: Callable[[], datetime]) -> bool:
        """Do what `make` does, and keep its answer to be told. False: the request was answered, and its event came
        again. After a crash it is done again, which has to do no harm."""
        if self.answers.find_one({"_id": request}, {"_id": 1}) is not None:
            return False
        answer = make()
        _keep(self.answers, answer.id, {"at": clock()}, answer)
        return True


class Purges:
    """The collection `purges`: a document a night, which one process takes."""

    def __init__(self, database: Database[Document]) -> None:
        self.purges = database["purges"]
        self._turn = Turn(database["turns"], "purge")

    def prepare(self) -> None:
        """Make the index."""
        self.purges.create_index("at", expireAfterSeconds=int(_ANSWERS_KEPT.total_seconds()))

    def tonight(self, now: datetime) -> str | None:
        """The name of this night, if it is to be purged and this process has the turn. A process that stood still at
        that hour does it later in the day."""
        local = now.astimezone(_ZONE)
        night = f"{local:%Y-%m-%d}"
        if (
            local.hour < _HOUR
            or self.purges.find_one({"_id": night}, {"_id": 1})
            or not self._turn.take(now, _TURN)
        ):
            return None
        return night

    def tell(self, purged: DataPurged) -> None:
        """The night is done."""
        _keep(self.purges, purged.id, {"at": purged.at}, purged)
        self._turn.end(purged.at)


@dataclass(frozen=True)
class Nights:
    """Once a night, in one process: `purge` removes what has been kept for long enough, and says how many of each
    kind; `event` tells it."""

    purges: Purges
    purge: Callable[[], dict[str, int]]
    event: type[DataPurged]
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def look(self) -> None:
        """Purge, if it is time."""
        if night := self.purges.tonight(self.clock()):
            self.purges.tell(self.event(id=night, at=self.clock(), counts=self.purge()))
            self.wake()


def _keep(collection: Collection[Document], key: str, fields: Document, event: Event) -> None:
    with suppress(DuplicateKeyError):
        collection.insert_one({"_id": key, **fields, OUTBOX: outbox_entries(event)})
