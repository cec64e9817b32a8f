"""Personal data across all services: what each answers when somebody asks for their data or to be erased, and what it
purges when its time is over. How both are kept until they have been told is in `nexus/personal_store.py`.

Who asked is known to the people service; the others do their part at an event, answer with one, and are told nothing
of each other (decisions 42 and 43)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import AwareDatetime, Field

from nexus.messages import Event, Message

Reason = Literal["counts", "places", "authorship", "others", "running", "private"]

PERSONAL_DATA = "personal-data"  # the purpose of the seal between those who hold data and who asks for it


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
    Kept("registrations", "meetings", 365, "activity"),
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
