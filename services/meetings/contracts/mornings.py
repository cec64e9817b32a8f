"""What an advisor has to do on a day, and how a sector stands in a week: told once, in the morning."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from nexus.messages import Event, Message
from services.meetings.contracts.goal import Pair
from services.meetings.contracts.words import BothLines, Place


class DayMeeting(Message):
    """A meeting as the list of a day shows it. `others` take part for us as well; `answers` and `documents` are how
    many wait to be read; `declined`: the company's calendar says that nobody comes."""

    id: str
    start: AwareDatetime
    end: AwareDatetime
    title: BothLines
    company: str | None
    contact: str | None
    phone: str | None
    place: Place
    where: str | None
    others: tuple[str, ...]
    themes: tuple[str, ...]
    need: str | None = Field(description="what the company wrote, as one line")
    answers: int
    documents: int
    declined: bool


class DayDue(Message):
    """Something that is due by that day, or was: a `task` of the case `id`, or the `outcome` of the meeting `id`."""

    what: Literal["task", "outcome"]
    id: str
    company: str | None
    text: str | None
    on: date


class DayList(Message):
    """What an advisor has before them. `more` is how many due things are not listed."""

    meetings: tuple[DayMeeting, ...]
    due: tuple[DayDue, ...]
    more: int


class DayBegan(Event, service="meetings"):
    """An advisor has something to do on `day`, on the clock of `zone`; of no use after `until`. `sealed` holds
    `{list}`, a DayList as JSON, for the notifications service, and is readable to it alone."""

    id: str
    revision: int = 1
    sector: str
    advisor: str
    day: date
    zone: str
    until: AwareDatetime
    sealed: str

    @property
    def subject(self) -> str:
        return self.id


class WeekFigures(Message):
    """How a sector stands. `planned`, `needed_per_month` and the forecast are those of the goal board; `held`,
    `missed`, `cancelled` and `new_companies` of the week before; `ahead` is booked for this one. `unanswered` counts
    what companies were asked in the last 90 days, `without_outcome` meetings that are over and undecided."""

    goal: int
    goal_until: date
    met: Pair
    planned: float
    needed_per_month: float | None
    per_month: float | None = Field(description="how many come now; None: too little to tell")
    low: int | None
    middle: int | None
    high: int | None
    held: int
    missed: int
    cancelled: int
    new_companies: int
    ahead: int
    waiting: int
    unanswered: int
    without_outcome: int


class WeekBegan(Event, service="meetings"):
    """A sector's figures on a Monday, `week`; of no use after `until`."""

    id: str
    revision: int = 1
    sector: str
    week: date
    until: AwareDatetime
    figures: WeekFigures

    @property
    def subject(self) -> str:
        return self.id
