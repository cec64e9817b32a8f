"""Calendars that advisors keep elsewhere: the times at which they are busy there are not offered here."""

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from nexus.messages import Command, Message, Query, without_control_characters
from services.meetings.contracts.words import Id


def _calendar_address(text: str) -> str:
    """`webcal:` is what calendar programs call the same address."""
    scheme, found, rest = text.partition("://")
    scheme = "https" if scheme.lower() in ("webcal", "webcals") else scheme.lower()
    if not (found and rest) or scheme not in ("https", "http") or any(ch.isspace() for ch in rest):
        raise ValueError("must be a web address beginning with https:// or http://")
    return f"{scheme}://{without_control_characters(rest)}"


# Whoever has such an address reads the calendar: it is left out of `repr`, and so of logs.
CalendarAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=8, max_length=1_000),
    AfterValidator(_calendar_address),
    Field(json_schema_extra={"pattern": r"^(https?|webcals?)://[!-~]+$"}),
]


class BusyCalendar(Message):
    """What is known of an advisor's other calendar. While it cannot be read, its busy times of before count."""

    shown: str | None = Field(None, description="its address without what is secret; None: there is none")
    read_at: AwareDatetime | None = Field(None, description="when its busy times were last read")
    failing_since: AwareDatetime | None = None
    code: str | None = Field(None, description="what is wrong since then, as refusals are coded")
    times: int = Field(0, description="how many busy times of it are known")


class GetBusyCalendar(Query[BusyCalendar], service="meetings"):
    """The caller's own, or, for coordinators and administrators, that of `advisor`.

    Refused with `advisor_not_found`."""

    advisor: Id | None = None


class SetBusyCalendar(Command[BusyCalendar], service="meetings"):
    """Read the busy times of the calendar at `address` from now on; None: of none any more. For who may save the
    availability. It is read within minutes, and then every quarter of an hour. Refused with `advisor_not_found`."""

    address: CalendarAddress | None = Field(repr=False)
    advisor: Id | None = None
