"""The goal: how many different companies are met in a time, how fast, and what became of their meetings.

Figures come in pairs: of all sectors together, and of the caller's own. Lists hold what belongs to the own sector."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from nexus.messages import Command, Message, Query
from services.meetings.contracts.cases import Closing
from services.meetings.contracts.meetings import State

Breakdown = Literal["month", "theme", "size", "partner"]
MeetingFigure = Literal["requests", "held", "no_shows", "cancelled"]
CaseFigure = Literal["answers", "hired", "closed"]


class Goal(Message):
    """So many different companies from one day to another, both included; one for all sectors. `revision` 0:
    nobody has set it, and it begins with the month of the first meeting."""

    number: int
    since: date
    until: date
    revision: int
    set_at: AwareDatetime | None = None
    set_in: str | None = Field(None, description="the sector in which it was set")


class GetGoal(Query[Goal], service="meetings"):
    """For coordinators and administrators."""


class SetGoal(Command[Goal], service="meetings"):
    """For coordinators and administrators of any sector. Refused with `stale_revision`, `ends_before_start`,
    `period_too_long`, `date_out_of_range`."""

    number: int = Field(ge=1, le=100_000)
    since: date
    until: date
    revision: int = Field(ge=0)


class Pair(Message):
    """A count in all sectors, and in the caller's own."""

    all: int
    own: int


class Row(Pair):
    """What has one `key`: a sector, a theme, a size, a partner; empty: nothing is known."""

    key: str


class Month(Pair):
    """Companies that count from that month on. `total`: so far, in all sectors; `planned`: by its end."""

    first: date
    total: int
    planned: float


class Forecast(Message):
    """How many companies will have been met at the end, in four of five cases from `low` to `high`, if they go on
    coming as they did in the last `days`, when they were `per_month` on average."""

    low: int
    middle: int
    high: int
    per_month: float
    days: int


class Average(Message):
    """A mean or a median in all sectors, and in the caller's own; None: there is nothing to take it of."""

    all: float | None
    own: float | None


class MeetingFigures(Message):
    """`requests` were booked in the time of the goal; the others took or were to take place in it. `delay` is the
    median of days from a company's request to the meeting with which it counts."""

    requests: Pair
    held: Pair
    no_shows: Pair
    cancelled: Pair
    delay: Average


class CaseFigures(Message):
    """What came of cases in the time of the goal. `useful` is the mean of `answers`, from 1 to 5; `hired` how many
    people companies say they hired; `closings` how cases were closed."""

    answers: Pair
    useful: Average
    hired: Pair
    closings: tuple[Row, ...]


class GoalBoard(Message):
    """The goal today. Breakdowns count each company where its first held meeting stands, and by each of its themes;
    so those of themes may be more than `met`, as may be those of sectors."""

    goal: Goal
    today: date
    met: Pair
    planned: float = Field(description="companies by today, on a straight line from none to the goal")
    needed_per_month: float | None = Field(description="from now on; None: it is over, or has been reached")
    forecast: Forecast | None = Field(description="None: too little has happened yet, or all is over")
    months: tuple[Month, ...]
    sectors: tuple[Row, ...]
    themes: tuple[Row, ...]
    sizes: tuple[Row, ...]
    partners: tuple[Row, ...]
    meetings: MeetingFigures
    cases: CaseFigures


class OpenGoal(Query[GoalBoard], service="meetings"):
    """For coordinators and administrators."""


class CountedCompany(Message):
    """A company of the own sector that counts, and the meeting with which it does."""

    id: str
    name: str
    size: str | None
    meeting: str
    start: AwareDatetime
    themes: tuple[str, ...]
    partners: tuple[str, ...]


class CountedCompanies(Message):
    """By the beginning of their meetings; the first two thousand of `total`."""

    items: tuple[CountedCompany, ...]
    total: int


class ListCountedCompanies(Query[CountedCompanies], service="meetings"):
    """Those behind a figure of the own sector: all, or those with one `key` of a breakdown (a month is
    `2026-11`). For coordinators and administrators."""

    by: Breakdown | None = None
    key: str = Field("", max_length=200)


class CountedMeeting(Message):
    """A meeting of the own sector behind a figure."""

    id: str
    company: str | None
    state: State
    start: AwareDatetime
    requested: AwareDatetime


class CountedMeetings(Message):
    """By their beginning; the first two thousand of `total`."""

    items: tuple[CountedMeeting, ...]
    total: int


class ListCountedMeetings(Query[CountedMeetings], service="meetings"):
    """Those behind a figure of the own sector. For coordinators and administrators."""

    which: MeetingFigure


class CountedCase(Message):
    """A case of the own sector behind a figure. `useful` is the latest answer, from 1 to 5."""

    id: str
    company: str | None
    closing: Closing | None
    useful: int | None
    hired: int


class CountedCases(Message):
    """By the names of companies; the first two thousand of `total`."""

    items: tuple[CountedCase, ...]
    total: int


class ListCountedCases(Query[CountedCases], service="meetings"):
    """Those behind a figure of the own sector; of closed ones, with `closing`, those that were closed so. For
    coordinators and administrators."""

    which: CaseFigure
    closing: Closing | None = None
