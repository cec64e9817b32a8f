"""The table of notices: what is said to whom, when, after which event, and what makes it void.

The service asks it what to say of a meeting; the back office and docs/operations.md show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from services.notifications.contracts import NoticeKind

To = Literal["asker", "invited", "owner", "company", "advisors"]
Event = Literal[
    "code_issued",
    "person_invited",
    "verification_asked",
    "meeting_booked",
    "meeting_moved",
    "meeting_cancelled",
]


@dataclass(frozen=True)
class Rule:
    """One row. `hours`: how long before the meeting; None: at once. One that `lapses` is dropped when the meeting is
    moved or cancelled meanwhile."""

    event: Event
    to: To
    kind: NoticeKind
    hours: int | None = None
    lapses: bool = False


_ALWAYS = (
    Rule("code_issued", "asker", "code"),
    Rule("person_invited", "invited", "invitation"),
    Rule("verification_asked", "owner", "verification_due"),
    Rule("meeting_booked", "company", "meeting"),
    Rule("meeting_booked", "advisors", "advisor_meeting"),
    Rule("meeting_moved", "company", "meeting"),
    Rule("meeting_moved", "advisors", "advisor_meeting"),
    Rule("meeting_cancelled", "company", "meeting"),
    Rule("meeting_cancelled", "advisors", "advisor_meeting"),
)
_REMINDED: tuple[Event, ...] = ("meeting_booked", "meeting_moved")


def table(reminder_hours: Sequence[int]) -> tuple[Rule, ...]:
    """All rows; a company is reminded each of these hours before its meeting."""
    reminders = (
        Rule(event, "company", "meeting", hours, lapses=True)
        for event in _REMINDED
        for hours in sorted(reminder_hours, reverse=True)
    )
    return (*_ALWAYS, *reminders)


def due_at(start: datetime, hours: int, zone: str) -> datetime:
    """So many hours before `start`; whole days by the clock on the wall, so that a meeting at nine is recalled at nine
    even when the clocks change between."""
    days, rest = divmod(hours, 24)
    local = start.astimezone(ZoneInfo(zone)) - timedelta(days=days)
    return local.astimezone(UTC) - timedelta(hours=rest)


def useful_until(start: datetime, hours: int, all_hours: Sequence[int], zone: str) -> datetime:
    """A reminder is of use until the next one is due, the last until the meeting."""
    later = [other for other in all_hours if other < hours]
    return due_at(start, max(later), zone) if later else start
