"""What comes regularly to the staff: an advisor's list of a day, a coordinator's figures of a week.

Who does not want one turns it off for themselves; by default both come."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.messages import Command, Message, Query
from services.notifications.contracts import Language, Name, Place
from services.notifications.contracts.staff import ForStaff

RoutineKind = Literal["morning_list", "weekly_figures"]
ACCOUNTS: Mapping[Language, str] = {
    "fr": "compte",
    "en": "account",
}  # of the sites: where they are turned off
_Words = Annotated[str, StringConstraints(max_length=500)]
_Tag = Annotated[str, StringConstraints(max_length=40)]


class Routine(ForStaff):
    """Something that its reader can turn off."""

    def off(self, language: Language) -> str | None:
        """The page where that is done."""
        return f"{self.site}/{language}/{ACCOUNTS[language]}#mails" if self.site else None


class ListedMeeting(Message):
    """A meeting of the day. `answers` and `documents` are how many wait to be read; `declined`: the company's calendar
    says that nobody comes."""

    id: str
    start: AwareDatetime
    end: AwareDatetime
    title: dict[Language, Name]
    company: Name | None = Field(None, repr=False)
    contact: Name | None = Field(None, repr=False)
    phone: Name | None = Field(None, repr=False)
    place: Literal["partner_office", "company_premises", "phone", "video"]
    where: Place | None = Field(None, repr=False)
    others: tuple[Name, ...] = ()
    themes: tuple[_Tag, ...] = ()
    need: _Words | None = Field(None, repr=False)
    answers: int = Field(0, ge=0)
    documents: int = Field(0, ge=0)
    declined: bool = False


class ListedDue(Message):
    """What is due by that day: a `task` of the case `id`, or the `outcome` of the meeting `id`."""

    what: Literal["task", "outcome"]
    id: str
    company: Name | None = Field(None, repr=False)
    text: _Words | None = Field(None, repr=False)
    on: date


class MorningList(Routine):
    """What an advisor has before them on `day`, by the clock of `zone`; `more`: due things that are not listed."""

    day: date
    zone: Annotated[str, StringConstraints(max_length=60)]
    meetings: tuple[ListedMeeting, ...]
    due: tuple[ListedDue, ...]
    more: int = Field(0, ge=0)


class Both(Message):
    """Companies in all sectors, and in the reader's own."""

    all: int
    own: int


class WeeklyFigures(Routine):
    """How a sector stands on the Monday `week`: the goal, the week before, what lies ahead, what waits. `parked` counts
    messages that failed for good."""

    week: date
    goal: int
    goal_until: date
    met: Both
    planned: float
    needed_per_month: float | None = None
    per_month: float | None = None
    low: int | None = None
    middle: int | None = None
    high: int | None = None
    held: int
    missed: int
    cancelled: int
    new_companies: int
    ahead: int
    waiting: int
    unanswered: int
    without_outcome: int
    parked: int = 0


class OwnRoutine(Message):
    """Which regular mails somebody gets, if their work has them."""

    morning_list: bool = True
    weekly_figures: bool = True


class GetOwnRoutine(Query[OwnRoutine], service="notifications"):
    """The caller's own choice; for the staff."""


class ChooseOwnRoutine(Command[OwnRoutine], service="notifications"):
    """Turn regular mails to oneself on or off; what is not named stays as it is. For the staff."""

    morning_list: bool | None = None
    weekly_figures: bool | None = None
