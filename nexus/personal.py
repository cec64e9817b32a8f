"""Personal data across all services: what each answers when somebody asks for their data or to be erased, and what it
purges when its time is over. Answers and counts wait in documents of their own until they have been told.

Who asked is known to the people service; the others do their part at an event, answer with one, and are told nothing
of each other (decisions 42 and 43)."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from nexus.messages import Event, Message

if TYPE_CHECKING:  # contracts are read where there is no database
    from pymongo.collection import Collection
    from pymongo.database import Database

    from nexus.mongo import Document

Reason = Literal["counts", "authorship", "others", "running", "private"]

PERSONAL_DATA = "personal-data"  # the purpose of the seal between those who hold data and who asks for it
_ANSWERS_KEPT = timedelta(days=60)  # so that a repeated event finds that it was answered
_TURN = timedelta(minutes=30)
_ZONE = ZoneInfo("America/Toronto")  # its nights are those of the purges
_HOUR = 3  # from which on


class DataSeals(Protocol):
    """Closes and opens what only those who hold personal data may read."""

    def close(self, fields: dict[str, str | None]) -> str: ...
    def open(self, sealed: str) -> dict[str, str | None]: ...


class Held(Message):
    """What a service holds of somebody, of one kind: how many were `found`, and on erasure how many `removed` or
    made anonymous. `why` some were kept."""

    kind: str = Field(max_length=40)
    found: int = Field(ge=0)
    removed: int = Field(0, ge=0)
    why: Reason | None = None


class DataAnswered(Event):
    """What a service found, and did. `sealed` holds `{data}`, JSON of all that it has to hand over, and is readable to
    the people service alone."""

    id: str
    sector: str
    held: tuple[Held, ...]
    sealed: str | None = None

    @property
    def subject(self) -> str:
        return self.id


class DataPurged(Event):
    """What a service purged in one night, by kind."""

    id: str
    at: AwareDatetime
    counts: dict[str, int]

    @property
    def subject(self) -> str:
        return self.id

    @property
    def belongs_to(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True)
class Kept:
    """How long a kind of data is kept: so many days from `since`, then `service` purges it. `fixed`: no setting
    changes it."""

    kind: str
    service: str
    days: int
    since: str
    fixed: bool = False


RETENTION = (
    Kept("documents", "meetings", 180, "meeting"),
    Kept("meeting_contacts", "meetings", 1_095, "meeting"),
    Kept("companies", "meetings", 1_095, "last_meeting"),
    Kept("case_files", "meetings", 1_095, "closing"),
    Kept("private_notes", "meetings", 365, "closing"),
    Kept("follow_up_answers", "meetings", 730, "answer"),
    Kept("referrals", "meetings", 730, "sending"),
    Kept("company_feeds", "meetings", 1_095, "request"),
    Kept("waiting", "meetings", 30, "end", fixed=True),
    Kept("deliveries", "notifications", 90, "end", fixed=True),
    Kept("exports", "people", 7, "answer", fixed=True),
    Kept("data_requests", "people", 1_095, "end"),
    Kept("members", "people", 1_095, "last_seen"),
)


def days_kept(overrides: Mapping[str, int]) -> dict[str, int]:
    """How many days each kind is kept, as the setting NEXUS_RETENTION_DAYS has it."""
    return {one.kind: one.days if one.fixed else overrides.get(one.kind, one.days) for one in RETENTION}


class Answers:
    """The collection `data_answers`: a document a request that this service has answered."""

    def __init__(self, database: "Database[Document]") -> None:
        self.answers: Collection[Document] = database["data_answers"]

    def prepare(self) -> None:
        """Make the index."""
        self.answers.create_index("at", expireAfterSeconds=int(_ANSWERS_KEPT.total_seconds()))

    def has(self, request: str) -> bool:
        """Whether the request was answered: its event came again."""
        return self.answers.find_one({"_id": request}, {"_id": 1}) is not None

    def tell(self, answer: DataAnswered, now: datetime) -> None:
        """Answer once."""
        _keep(self.answers, answer.id, {"at": now}, answer)


class Purges:
    """The collection `purges`: a document a night, which one process takes."""

    def __init__(self, database: "Database[Document]") -> None:
        from nexus.turns import Turn

        self.purges: Collection[Document] = database["purges"]
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


def _keep(collection: "Collection[Document]", key: str, fields: "Document", event: Event) -> None:
    from pymongo.errors import DuplicateKeyError

    from nexus.delivery.outbox import FIELD, outbox_entries

    with suppress(DuplicateKeyError):
        collection.insert_one({"_id": key, **fields, FIELD: outbox_entries(event)})
