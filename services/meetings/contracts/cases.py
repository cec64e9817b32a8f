"""The case file: what a company needs, what was said and recommended, who does what by when, what came of it."""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field

from nexus.messages import Message
from services.meetings.contracts.meetings import AdvisorInMeeting
from services.meetings.contracts.words import Id, Line, Paragraph, Tag

Closing = Literal["helped", "helped_without_program", "not_reachable", "not_our_field"]
Reference = Literal["program", "document"]
Doer = Literal["company", "advisor"]


class CaseState(StrEnum):
    """Whether somebody works on it still."""

    OPEN = "open"
    CLOSED = "closed"


class CaseNeed(Message):
    """What the company needs. `answers` are those of the questionnaire, by its parameters; `message` its own words
    when it booked."""

    themes: tuple[Tag, ...] = Field((), max_length=10)
    answers: dict[Tag, tuple[Tag, ...]] = Field(default_factory=dict, max_length=20)
    message: Paragraph | None = None
    jobs: Paragraph | None = Field(None, description="jobs sought, in words")
    positions: int | None = Field(None, ge=0, le=10_000, description="how many people are sought")
    tried: Paragraph | None = Field(None, description="what was tried already")
    blocks: Paragraph | None = Field(None, description="what stands in the way")


class Note(Message):
    """What an advisor writes down. A private one is for who wrote it alone."""

    id: str
    at: AwareDatetime
    by: str
    private: bool = False
    text: Paragraph


class Recommendation(Message):
    """A program or a document that fits, and why; `reason` for the company to read."""

    kind: Reference
    id: Id
    title: Line
    reason: Line | None = None
    by: str
    at: AwareDatetime


class PlanEntry(Message):
    """One thing to do. `of`: the program or document that it is about; none: a step in own words."""

    id: Id
    title: Line
    of: Reference | None = None
    ref: Id | None = None
    reason: Line | None = None
    due: date | None = None
    who: Doer = "company"
    done_at: AwareDatetime | None = None


class Task(Message):
    """Something that the advisor is to do by a day."""

    id: str
    text: Line
    due: date
    done_at: AwareDatetime | None = None


class Ask(Message):
    """A question that a held meeting makes due: `feedback` after ten days, `outcome` after ninety.

    `useful` is from 1 (not at all) to 5 (very); `hired` how many people; `programs` which were used, in words."""

    id: str
    kind: Literal["feedback", "outcome"]
    meeting: str
    due: AwareDatetime
    asked_at: AwareDatetime | None = None
    answered_at: AwareDatetime | None = None
    useful: int | None = Field(None, ge=1, le=5)
    missing: Paragraph | None = None
    hired: int | None = Field(None, ge=0, le=10_000)
    programs: Paragraph | None = None


class CaseStep(Message):
    """Something that happened: who, when; `meeting` for the steps of one. `by` is the id of a person, or `company`."""

    at: AwareDatetime
    by: str
    what: str
    why: str | None = None
    meeting: str | None = None


class Case(Message):
    """A case file. A company has at most one that bookings join; a closed one may be opened again."""

    id: str
    sector: str
    revision: int
    company: str
    advisor: AdvisorInMeeting = Field(description="who is in charge")
    state: CaseState = CaseState.OPEN
    closing: Closing | None = None
    need: CaseNeed = CaseNeed()
    notes: tuple[Note, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    plan: tuple[PlanEntry, ...] = ()
    plan_sent_at: AwareDatetime | None = None
    tasks: tuple[Task, ...] = ()
    asks: tuple[Ask, ...] = ()
    steps: tuple[CaseStep, ...] = ()
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
