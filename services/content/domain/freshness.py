"""When the facts of a program are to be verified again, and from when on readers are told that nobody did."""

import calendar
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.content.contracts.programs import Program, ProgramContent
from services.content.contracts.publications import Status
from services.content.domain.lifecycle import Note

ZONE = ZoneInfo("America/Toronto")  # days are those of Montréal
GRACE = timedelta(days=30)  # for the owner to answer, before readers are told


def completed(program: Program) -> Program:
    """`program` with the days that follow from its last verification; without one they count from its creation."""
    content = program.content
    due = months_after(content.source_checked or day_of(program.created_at), content.verify_every)
    return program.model_copy(update={"due_on": due, "stale_on": due + GRACE})


def public(program: Program) -> Program:
    """`program` as everybody may see it: whose it is is nobody else's business."""
    if program.content.owner is None:
        return program
    return program.model_copy(update={"content": program.content.model_copy(update={"owner": None})})


def verified(content: ProgramContent, today: date) -> ProgramContent:
    """`content`, of which somebody found today that nothing has changed."""
    return content.model_copy(update={"source_checked": today, "verification": "verified"})


def months_after(day: date, months: int) -> date:
    """The same day of the month, or the last one of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def day_of(moment: datetime) -> date:
    """The day on which `moment` is."""
    return moment.astimezone(ZONE).date()


def is_reached(day: date | None, today: date) -> bool:
    """Whether `day`, if there is one, has come."""
    return day is not None and day <= today


def publisher(notes: Sequence[Note]) -> str | None:
    """Who published it last, by its history, oldest first."""
    published = [one for one in notes if one.status is Status.PUBLISHED]
    by = [one.by for one in published if "status" in one.changed or one.revision == 1]
    return by[-1] if by else None
