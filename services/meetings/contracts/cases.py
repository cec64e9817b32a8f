"""The case file: what a company needs, what was said and recommended, who does what by when, what came of it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.caller import Language
from nexus.messages import Command, Event, Message, Query
from services.meetings.contracts.companies import Company, CompanyContact
from services.meetings.contracts.meetings import Address, AdvisorInMeeting, Meeting, Name, Neq
from services.meetings.contracts.words import Id, Line, Paragraph, Secret, Tag

Closing = Literal["helped", "helped_without_program", "not_reachable", "not_our_field"]
Reference = Literal["program", "document"]
Doer = Literal["company", "advisor"]
AskKind = Literal["feedback", "outcome"]
Reason = Annotated[Line, StringConstraints(max_length=500)]


class CaseState(StrEnum):
    """Whether somebody works on it still."""

    OPEN = "open"
    CLOSED = "closed"


class CaseNeed(Message):
    """What the company needs. `answers` are those of the questionnaire, by its parameters; `message` its own words
    when it booked."""

    themes: tuple[Tag, ...] = Field((), max_length=10)
    answers: dict[Tag, tuple[Tag, ...]] = Field(
        default_factory=dict, max_length=20, json_schema_extra={"additionalProperties": False}
    )
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


class Recommended(Message):
    """A program or a document that fits, and why; `reason` for the company to read."""

    kind: Reference
    id: Id
    title: Line
    reason: Reason | None = None


class Recommendation(Recommended):
    """One that was ticked: by whom, when."""

    by: str
    at: AwareDatetime


class PlanEntry(Message):
    """One thing to do. `of`: the program or document that it is about; none: a step in own words."""

    id: Id
    title: Line
    of: Reference | None = None
    ref: Id | None = None
    reason: Reason | None = None
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
    kind: AskKind
    meeting: str
    due: AwareDatetime
    asked_at: AwareDatetime | None = None
    answered_at: AwareDatetime | None = None
    useful: int | None = Field(None, ge=1, le=5)
    missing: Paragraph | None = None
    hired: int | None = Field(None, ge=0, le=10_000)
    programs: Paragraph | None = None


class CaseStep(Message):
    """Something that happened: who, when; `meeting` for the steps of one. `by` is the id of a person, `company`,
    `system`, or the name of another sector."""

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
    advisor: AdvisorInMeeting | None = Field(None, description="who is in charge")
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


class CaseInBrief(Message):
    """What a list shows of a case. `next_task`: the day of the first that is not done."""

    id: str
    company: str
    company_name: str
    advisor: AdvisorInMeeting | None
    state: CaseState
    closing: Closing | None
    opened_at: AwareDatetime
    next_task: date | None


class Cases(Message):
    """The newest first. `more`: there are others; narrow the search."""

    items: tuple[CaseInBrief, ...]
    more: bool = False


class ListCases(Query[Cases], service="meetings"):
    """Those of the caller: in charge, or taking part in a meeting. `every`: for coordinators and administrators,
    all of the sector."""

    state: CaseState | None = CaseState.OPEN
    company: Id | None = None
    every: bool = False


class Referral(Message):
    """A company that is handed to another sector, which sees this and never the case.

    Whoever is asked has five days; then it is `escalated_at`, and stands before the coordinators of both."""

    id: str
    sector: str = Field(description="from whom")
    to: str
    case: str
    company: Name
    neq: Neq | None = None
    contact: CompanyContact
    need: CaseNeed
    reason: Paragraph
    consent_by: Name = Field(description="who of the company agreed")
    consent_at: AwareDatetime
    by: str
    state: Literal["sent", "accepted", "declined"] = "sent"
    sent_at: AwareDatetime
    due_at: AwareDatetime
    escalated_at: AwareDatetime | None = None
    answered_at: AwareDatetime | None = None
    answered_by: str | None = None
    why: Paragraph | None = None


class CaseFile(Message):
    """All that stands in a case for one reader: others' private notes are left out. `timeline`: the steps of the
    case, of its meetings and referrals, the latest first. `others`: earlier and later cases of the company."""

    case: Case
    company: Company
    meetings: tuple[Meeting, ...]
    others: tuple[CaseInBrief, ...]
    referrals: tuple[Referral, ...]
    timeline: tuple[CaseStep, ...]
    plan_token: Secret = Field(description="of the company's own page")


class GetCase(Query[CaseFile], service="meetings"):
    """For who is in charge or takes part in its meetings, coordinators and administrators. Each reading is in the
    audit trail. Refused with `case_not_found`."""

    id: Id


class _CaseCommand(Command[Case], service="meetings"):
    """For those of GetCase. Refused with `case_not_found`, `stale_revision`."""

    id: Id
    revision: int


class SaveNeed(_CaseCommand, service="meetings"):
    """What the company needs, as it is understood by now."""

    need: CaseNeed


class NoteConversation(_CaseCommand, service="meetings"):
    """What was said, and what is recommended now in place of before. Refused with `case_full`: 500 notes."""

    shared: Paragraph | None = None
    private: Paragraph | None = Field(None, description="for the caller alone")
    recommendations: tuple[Recommended, ...] = Field((), max_length=40)


class SavePlan(_CaseCommand, service="meetings"):
    """Who does what by when, in place of before; what is done stays done."""

    entries: tuple[PlanEntry, ...] = Field(max_length=40)


class SendPlan(_CaseCommand, service="meetings"):
    """The company is mailed the link of its plan. Refused with `plan_empty`, `nobody_to_write_to`."""

    base_url: Address


class FinishStep(_CaseCommand, service="meetings"):
    """An entry of the plan is done, or is not after all."""

    entry: Id
    done: bool = True


class AddTask(_CaseCommand, service="meetings"):
    """Refused with `case_full`: 200 tasks."""

    text: Line
    due: date


class FinishTask(_CaseCommand, service="meetings"):
    """It is done, or is not after all. Refused with `task_not_found`."""

    task: Id
    done: bool = True


class AssignCase(_CaseCommand, service="meetings"):
    """Another advisor of the sector is in charge. Refused with `advisor_not_found`."""

    advisor: Id


class CloseCase(_CaseCommand, service="meetings"):
    """With what came of it. Refused with `case_closed`."""

    closing: Closing
    why: Paragraph | None = None


class ReopenCase(_CaseCommand, service="meetings"):
    """Refused with `case_open`, `other_case_open`: bookings of the company join another one."""


class ReferCase(_CaseCommand, service="meetings"):
    """Hand the company to another sector, as it agreed. Refused with `referral_to_oneself`, `referral_open`,
    `nobody_to_write_to`."""

    to: Id
    reason: Paragraph
    consent: Literal[True]
    consent_by: Name


class AnswerReferral(Command[Referral], service="meetings"):
    """For coordinators and administrators of the sector that is asked. To accept opens, or joins, a case there.
    Refused with `referral_not_found`, `referral_answered`."""

    id: Id
    accept: bool
    why: Paragraph | None = None


class DueTask(Message):
    """A task of a case that is to be done."""

    case: str
    company_name: str
    task: Task


class ToDo(Message):
    """What waits: the caller's tasks, the earliest first; for coordinators and administrators, referrals to their
    sector that wait for an answer, and their own sector's that were not answered in time."""

    tasks: tuple[DueTask, ...]
    referrals: tuple[Referral, ...] = ()
    escalated: tuple[Referral, ...] = ()


class ListToDo(Query[ToDo], service="meetings"):
    """For advisors, coordinators and administrators."""


class OwnPlan(Message):
    """A plan as its company sees it."""

    company: str
    advisor: str | None
    entries: tuple[PlanEntry, ...]
    sent_at: AwareDatetime | None


class OpenOwnPlan(Query[OwnPlan], service="meetings"):
    """The plan of a link. Refused with `plan_not_found`."""

    token: Secret


class TickOwnPlan(Command[OwnPlan], service="meetings"):
    """Which of its entries the company has done by now; those of the advisor stay as they are."""

    token: Secret
    done: tuple[Id, ...] = Field((), max_length=40)


class OwnAsk(Message):
    """A question to the company, by its link."""

    company: str
    kind: AskKind
    met_on: AwareDatetime
    answered: bool


class OpenOwnAsk(Query[OwnAsk], service="meetings"):
    """Refused with `ask_not_found`."""

    token: Secret


class AnswerOwnAsk(Command[OwnAsk], service="meetings"):
    """May be corrected with the same link. `useful` and `missing` answer `feedback`, the others `outcome`.
    Refused with `answer_missing`."""

    token: Secret
    useful: int | None = Field(None, ge=1, le=5)
    missing: Paragraph | None = None
    hired: int | None = Field(None, ge=0, le=10_000)
    programs: Paragraph | None = None


class CompanyWritten(Event, service="meetings"):
    """Something of a case is to be mailed to the company: its plan, or a question. `sealed` holds `{to, link}` for
    the notifications service alone; a question says when we met."""

    id: str
    revision: int
    sector: str
    what: Literal["plan", "feedback", "outcome"]
    language: Language
    sealed: str
    met_at: AwareDatetime | None = None

    @property
    def subject(self) -> str:
        return self.id
