"""The meetings service on a database, with a clock of the test's own, and an advisor who can be booked."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from pydantic import SecretStr

from nexus.caller import Caller, Role, anonymous
from nexus.composition import Resources
from nexus.errors import NexusError
from nexus.settings import Settings
from services.meetings.compose import compose
from services.meetings.contracts.availability import Advisor, AvailabilityContent, Rule, SaveAvailability
from services.meetings.contracts.meetings import Booked, BookMeeting, Contact, FindSlots
from services.meetings.contracts.types import MeetingType, SaveMeetingType, TypeContent
from services.meetings.contracts.words import BothLines
from services.meetings.service import Meetings

SECRET = "a-secret-of-the-tests-0123456789-abcdef"
MONTREAL = ZoneInfo("America/Toronto")
VISITOR = anonymous("tic")
WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


def staff(person: str, *roles: Role, sector: str = "tic") -> Caller:
    """Somebody who is signed in."""
    return Caller(sector=sector, person=person, roles=frozenset(roles or (Role.ADVISOR,)))


ANNE = staff("anne")
LEAD = staff("lea", Role.COORDINATOR)


def at(text: str) -> datetime:
    """A moment by the clock on the wall of Montréal."""
    return datetime.fromisoformat(text).replace(tzinfo=MONTREAL).astimezone(UTC)


def a_type(**more: Any) -> TypeContent:
    """A meeting of an hour."""
    fields = {"name": BothLines(fr="Rencontre", en="Meeting"), "places": ("video", "phone"), "move_hours": 4}
    return TypeContent(**fields | more)


def mornings(name: str = "Anne", *, closes: str = "12:00", **more: Any) -> AvailabilityContent:
    """Somebody who can be met from nine o'clock on, on workdays."""
    rule = Rule(rrule=WORKDAYS, since=date(2026, 1, 5), opens=time(9), closes=time.fromisoformat(closes))
    return AvailabilityContent(**{"name": name, "rules": (rule,), **more})


def contact(number: int = 0, **more: Any) -> Contact:
    """A company."""
    fields = {"name": "Paul", "company": f"Atelier {number}", "email": f"paul{number}@example.org"}
    return Contact(**fields | more)


@dataclass
class MeetingsOnDatabase:
    """`service`, whose time is `now`: a Monday at ten."""

    database: Any
    now: datetime = field(default_factory=lambda: at("2026-11-23T10:00"))
    texts: bool = False  # whether reminders by text message are offered
    service: Meetings = field(init=False)

    def __post_init__(self) -> None:
        self.service = self.process()

    def process(self) -> Meetings:
        """Another process of the service on the same database."""
        resources = Resources(
            Settings(sealing_secret=SecretStr(SECRET), texts=self.texts),
            self.database,
            embedded=False,
            clock=lambda: self.now,
        )
        service = compose(resources).service
        assert isinstance(service, Meetings)
        return service

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def a_type(self, **more: Any) -> MeetingType:
        """A new type."""
        return self.service.save_meeting_type(SaveMeetingType(content=a_type(**more)), LEAD)

    def advisor(self, caller: Caller = ANNE, content: AvailabilityContent | None = None) -> Advisor:
        """An advisor who can be met in the morning."""
        command = SaveAvailability(content=content or mornings(caller.person.title()))
        return self.service.save_availability(command, caller)

    def starts(self, kind: MeetingType, caller: Caller = VISITOR, **query: Any) -> list[str]:
        """What can be booked, by the clock on the wall."""
        asked = FindSlots(**{"type": kind.id, "place": "video", "days": 1, **query})
        found = self.service.find_slots(asked, caller)
        return [f"{one.astimezone(MONTREAL):%H:%M}" for day in found.days for one in day.starts]

    def book(self, kind: MeetingType, start: str, caller: Caller = VISITOR, **more: Any) -> Booked:
        """A meeting."""
        fields = {
            "type": kind.id,
            "place": "video",
            "start": at(start),
            "contact": contact(),
            "consent": True,
        }
        return self.service.book_meeting(BookMeeting(**fields | more), caller)

    def events(self) -> list[dict[str, Any]]:
        """What waits to be told, oldest first."""
        found = self.database["meetings"].find({}, {"outbox": 1})
        bodies = [orjson.loads(entry["body"]) for document in found for entry in document["outbox"]]
        return sorted(bodies, key=lambda body: (body["time"], body["data"]["revision"]))


def refused(do: Any, *arguments: Any, **named: Any) -> NexusError:
    """What `do` is refused with."""
    with pytest.raises(NexusError) as error:
        do(*arguments, **named)
    return error.value
