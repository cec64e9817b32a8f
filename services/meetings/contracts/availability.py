"""When advisors can be met: rules, absences, limits; what they speak and know."""

from datetime import date, time
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, NaiveDatetime, StringConstraints

from nexus.messages import Command, Message, Query
from services.meetings.contracts.words import Id, Line, Paragraph, Place, Secret, Tag, Tongue

MONTREAL = "America/Toronto"


def _on_the_grid(at: time) -> time:
    if at.tzinfo or at.second or at.microsecond or at.minute % 5:
        raise ValueError("must be a local time in steps of five minutes")
    return at


WallTime = Annotated[time, AfterValidator(_on_the_grid)]


class Rule(Message):
    """Hours on the days of a recurrence (RFC 5545: daily, weekly or monthly), by the clock on the wall.

    Refused with `rule_unreadable`, `rule_too_fast`, `rule_unsupported`, `ends_before_start`."""

    rrule: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=200)]
    since: date
    until: date | None = Field(None, description="the last day that it can fall on")
    opens: WallTime
    closes: WallTime
    places: tuple[Place, ...] = Field(
        (), max_length=4, description="where the advisor is then; none: anywhere"
    )
    types: tuple[Id, ...] = Field((), max_length=20, description="what for; none: anything")
    except_on: tuple[date, ...] = Field((), max_length=200)
    also_on: tuple[date, ...] = Field((), max_length=200)


class Absence(Message):
    """A time without meetings, by the clock on the wall. Refused with `ends_before_start`, `time_does_not_exist`."""

    starts: NaiveDatetime
    ends: NaiveDatetime
    note: Line | None = Field(None, description="for the advisor; nobody else sees it")


class AvailabilityContent(Message):
    """What an advisor says of themselves. `expertise` are themes and kinds of jobs, as the questionnaire names them.

    Refused with `zone_unknown` and the codes of its rules and absences."""

    name: Line = Field(description="as companies see it")
    presentation: Paragraph | None = None
    accepting: bool = Field(True, description="False: nothing can be booked")
    zone: Annotated[str, StringConstraints(max_length=60)] = MONTREAL
    languages: tuple[Tongue, ...] = Field(("fr",), min_length=1, max_length=10)
    expertise: tuple[Tag, ...] = Field((), max_length=40)
    office: Line | None = Field(None, description="address of the partner's office")
    partner: Line | None = Field(None, description="the organisation that the advisor works for")
    daily_maximum: int | None = Field(None, ge=1, le=50)
    weekly_maximum: int | None = Field(None, ge=1, le=200)
    rules: tuple[Rule, ...] = Field((), max_length=40)
    absences: tuple[Absence, ...] = Field((), max_length=200)


class Advisor(Message):
    """An advisor and their availability. `revision` 0: nothing was said yet."""

    id: str
    sector: str
    revision: int
    content: AvailabilityContent
    updated_at: AwareDatetime | None = None


class AdvisorInBrief(Message):
    """What companies see of an advisor who can be booked."""

    id: str
    name: str
    presentation: str | None
    languages: tuple[str, ...]
    expertise: tuple[str, ...]


class Advisors(Message):
    """By name."""

    items: tuple[AdvisorInBrief, ...]


class ListAdvisors(Query[Advisors], service="meetings"):
    """The advisors of the caller's sector who can be booked."""


class GetAvailability(Query[Advisor], service="meetings"):
    """The caller's own, or, for coordinators and administrators, that of `advisor`.

    Refused with `advisor_not_found`."""

    advisor: Id | None = None


class SaveAvailability(Command[Advisor], service="meetings"):
    """Says anew when an advisor can be met: oneself, or, for coordinators and administrators, `advisor`. What is
    booked stays. `sector` is for the operator. Refused with `stale_revision`."""

    content: AvailabilityContent
    revision: int = 0
    advisor: Id | None = None
    sector: Id | None = None


class DaySlots(Message):
    """The moments of one day, in the advisors' zone, at which a meeting can begin."""

    day: date
    starts: tuple[AwareDatetime, ...]


class PreviewSlots(Query[tuple[DaySlots, ...]], service="meetings"):
    """The slots that a content would make for a type from a day on, besides what is booked already. For who may
    save it."""

    content: AvailabilityContent
    type: Id
    place: Place | None = None
    since: date
    days: int = Field(14, ge=1, le=31)
    advisor: Id | None = None


class Feed(Message):
    """The secret part of the address of an advisor's calendar feed."""

    token: Secret


class GetFeedToken(Query[Feed], service="meetings"):
    """The caller's own."""


class RenewFeed(Command[Feed], service="meetings"):
    """Another secret for the caller's own feed: the address before is good no more."""
