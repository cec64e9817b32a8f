"""Use cases of case files: who may read one, what is written into it, what is to be done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller
from nexus.errors import Conflict, NotFound, StaleRevision
from nexus.links import Links
from nexus.messages import Event
from nexus.service import rpc
from services.meetings.contracts.cases import (
    AddTask,
    AssignCase,
    Case,
    CaseFile,
    CaseInBrief,
    Cases,
    CaseStep,
    CloseCase,
    DueTask,
    FinishStep,
    FinishTask,
    GetCase,
    ListCases,
    ListToDo,
    NoteConversation,
    ReopenCase,
    SaveNeed,
    SavePlan,
    ToDo,
)
from services.meetings.contracts.companies import Company
from services.meetings.contracts.meetings import AdvisorInMeeting
from services.meetings.domain import cases as rules
from services.meetings.service.types import CASE_LEADERS, CASE_STAFF
from services.meetings.store.advisors import AdvisorStore
from services.meetings.store.cases import CaseStore
from services.meetings.store.companies import CompanyStore
from services.meetings.store.meetings import MeetingStore
from services.meetings.store.referrals import ReferralStore

_MOST = 100  # cases of one answer


@dataclass(frozen=True)
class CaseDesk:
    """What advisors do with their cases, and coordinators with those of their sector."""

    cases: CaseStore
    companies: CompanyStore
    meetings: MeetingStore
    advisors: AdvisorStore
    referrals: ReferralStore
    plans: Links
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def listed(self, query: ListCases, caller: Caller) -> Cases:
        """The caller's own, or all of the sector."""
        caller.require(*(CASE_LEADERS if query.every else CASE_STAFF))
        person = None if query.every else caller.person
        among = () if query.every else self.meetings.cases_of(caller.person)
        found = self.cases.listed(caller.sector, query.state, query.company, person, among, _MOST + 1)
        return Cases(items=self.in_brief(found[:_MOST]), more=len(found) > _MOST)

    def open(self, case_id: str, caller: Caller) -> CaseFile:
        """All of a case, for its reader; the trail is told. Raises NotFound(`case_not_found`)."""
        case = self.get(case_id, caller)
        company = self._company(case)
        meetings = self.meetings.of_companies([company.id])
        referrals = self.referrals.of_case(case.id)
        others = [one for one in self.cases.of_companies([company.id]) if one.id != case.id]
        note("case", case.id, company.name, sector=case.sector)
        return CaseFile(
            case=rules.for_reader(case, caller.person),
            company=company,
            meetings=tuple(meetings),
            others=self.in_brief(others),
            referrals=tuple(referrals),
            timeline=rules.timeline(case, (one for one in meetings if one.case == case.id), referrals),
            plan_token=self.plans.token(case.id),
        )

    def get(self, case_id: str, caller: Caller) -> Case:
        """A case that the caller may read and write. Raises NotFound(`case_not_found`)."""
        caller.require(*CASE_STAFF)
        found = self.cases.by_id(case_id, caller.sector)
        if found is None or not (caller.has(*CASE_LEADERS) or self._takes_part(found, caller)):
            raise NotFound("case_not_found", id=case_id)
        return found

    def save_need(self, command: SaveNeed, caller: Caller) -> Case:
        """Raises NotFound, StaleRevision."""
        case = self.current(command.id, command.revision, caller)
        return self.save(
            case, rules.changed(case, self._step("need_saved", caller), need=command.need), caller
        )

    def note(self, command: NoteConversation, caller: Caller) -> Case:
        """Raises NotFound, StaleRevision, Conflict(`case_full`)."""
        case = self.current(command.id, command.revision, caller)
        ids = uuid4().hex, uuid4().hex
        return self.save(case, rules.noted(case, command, ids, caller.person, self.clock()), caller)

    def plan(self, command: SavePlan, caller: Caller) -> Case:
        """Raises NotFound, StaleRevision, InvalidInput(`entry_twice`)."""
        case = self.current(command.id, command.revision, caller)
        return self.save(case, rules.planned(case, command.entries, caller.person, self.clock()), caller)

    def finish_step(self, command: FinishStep, caller: Caller) -> Case:
        """Raises NotFound(`case_not_found`, `entry_not_found`), StaleRevision."""
        case = self.current(command.id, command.revision, caller)
        after = rules.with_step_done(case, command.entry, command.done, caller.person, self.clock())
        return self.save(case, after, caller)

    def add_task(self, command: AddTask, caller: Caller) -> Case:
        """Raises NotFound, StaleRevision, Conflict(`case_full`)."""
        case = self.current(command.id, command.revision, caller)
        task_id = uuid4().hex
        after = rules.with_task(case, task_id, command.text, command.due, caller.person, self.clock())
        return self.save(case, after, caller)

    def finish_task(self, command: FinishTask, caller: Caller) -> Case:
        """Raises NotFound(`case_not_found`, `task_not_found`), StaleRevision."""
        case = self.current(command.id, command.revision, caller)
        after = rules.with_task_done(case, command.task, command.done, caller.person, self.clock())
        return self.save(case, after, caller)

    def assign(self, command: AssignCase, caller: Caller) -> Case:
        """Raises NotFound(`case_not_found`, `advisor_not_found`), StaleRevision."""
        case = self.current(command.id, command.revision, caller)
        advisor = self.advisors.by_id(case.sector, command.advisor)
        if advisor is None:
            raise NotFound("advisor_not_found", id=command.advisor)
        person = AdvisorInMeeting(id=advisor.id, name=advisor.content.name)
        step = self._step("assigned", caller, person.name)
        return self.save(case, rules.changed(case, step, advisor=person), caller)

    def close(self, command: CloseCase, caller: Caller) -> Case:
        """Raises NotFound, StaleRevision, Conflict(`case_closed`)."""
        case = self.current(command.id, command.revision, caller)
        after = rules.closed(case, command.closing, command.why, caller.person, self.clock())
        return self.save(case, after, caller)

    def reopen(self, command: ReopenCase, caller: Caller) -> Case:
        """Raises NotFound, StaleRevision, Conflict(`case_open`, `other_case_open`)."""
        case = self.current(command.id, command.revision, caller)
        return self.save(case, rules.reopened(case, caller.person, self.clock()), caller, joined=True)

    def to_do(self, caller: Caller) -> ToDo:
        """Tasks of the caller's cases; referrals, for who answers them."""
        caller.require(*CASE_STAFF)
        tasks = self.tasks_of(caller.sector, caller.person)
        if not caller.has(*CASE_LEADERS) or caller.sector is None:
            return ToDo(tasks=tuple(tasks))
        late = [one for one in self.referrals.waiting(sector=caller.sector) if one.escalated_at]
        asked = tuple(self.referrals.waiting(to=caller.sector))
        return ToDo(tasks=tuple(tasks), referrals=asked, escalated=tuple(late))

    def tasks_of(self, sector: str | None, person: str) -> list[DueTask]:
        """What an advisor has not done yet, the first that is due first."""
        tasks = [
            DueTask(case=case.id, company_name=self._company(case).name, task=task)
            for case in self.cases.in_charge(sector, person)
            for task in case.tasks
            if task.done_at is None
        ]
        return sorted(tasks, key=lambda one: one.task.due)

    def in_brief(self, cases: Sequence[Case]) -> tuple[CaseInBrief, ...]:
        """What lists show."""
        names = self.companies.names([one.company for one in cases])
        return tuple(
            CaseInBrief(
                **one.model_dump(include={"id", "company", "advisor", "state", "closing", "opened_at"}),
                company_name=names.get(one.company, "–"),
                next_task=min((task.due for task in one.tasks if task.done_at is None), default=None),
            )
            for one in cases
        )

    def current(self, case_id: str, revision: int, caller: Caller) -> Case:
        """A case at the revision that a command has seen. Raises NotFound, StaleRevision."""
        found = self.get(case_id, caller)
        if found.revision != revision:
            raise StaleRevision(id=case_id, yours=revision, current=found.revision)
        return found

    def save(self, before: Case, after: Case, caller: Caller, *events: Event, joined: bool = False) -> Case:
        """Raises StaleRevision, Conflict(`other_case_open`)."""
        match self.cases.replace(after, before.revision, *events, joined=joined):
            case "stale":
                raise StaleRevision(id=before.id, yours=before.revision)
            case "clash":
                raise Conflict("other_case_open", id=before.id)
        if events:
            self.wake()
        note_case(before, after, self._company(after).name)
        return rules.for_reader(after, caller.person)

    def _takes_part(self, case: Case, caller: Caller) -> bool:
        if case.advisor and case.advisor.id == caller.person:
            return True
        meetings = self.meetings.of_case(case.id)
        return any(one.id == caller.person for meeting in meetings for one in meeting.advisors)

    def _company(self, case: Case) -> Company:
        found = self.companies.by_id(case.company)
        if found is None:
            raise NotFound("company_not_found", id=case.company)
        return found

    def _step(self, what: str, caller: Caller, why: str | None = None) -> CaseStep:
        return CaseStep(at=self.clock(), by=caller.person, what=what, why=why)


def note_case(before: Case, after: Case, name: str) -> None:
    """Tell the trail what changed; what people said or wrote is not repeated there."""
    note("case", after.id, name, _noted(before), _noted(after), sector=after.sector)


def _noted(case: Case) -> dict[str, Any]:
    return {
        "state": case.state.value,
        "closing": case.closing,
        "advisor": case.advisor.name if case.advisor else None,
        "need": case.need.model_dump(mode="json", include={"themes", "answers", "positions"}),
        "notes": len(case.notes),
        "recommendations": [one.title for one in case.recommendations],
        "plan": [one.title for one in case.plan],
        "done": [one.title for one in case.plan if one.done_at],
        "tasks": [one.text for one in case.tasks if one.done_at is None],
        "answers": sum(one.answered_at is not None for one in case.asks),
        "steps": len(case.steps),
    }


class CaseDoors:
    """What the service answers about cases."""

    cases: CaseDesk

    @rpc
    def list_cases(self, query: ListCases, caller: Caller) -> Cases:
        return self.cases.listed(query, caller)

    @rpc
    def get_case(self, query: GetCase, caller: Caller) -> CaseFile:
        return self.cases.open(query.id, caller)

    @rpc
    def save_need(self, command: SaveNeed, caller: Caller) -> Case:
        return self.cases.save_need(command, caller)

    @rpc
    def note_conversation(self, command: NoteConversation, caller: Caller) -> Case:
        return self.cases.note(command, caller)

    @rpc
    def save_plan(self, command: SavePlan, caller: Caller) -> Case:
        return self.cases.plan(command, caller)

    @rpc
    def finish_step(self, command: FinishStep, caller: Caller) -> Case:
        return self.cases.finish_step(command, caller)

    @rpc
    def add_task(self, command: AddTask, caller: Caller) -> Case:
        return self.cases.add_task(command, caller)

    @rpc
    def finish_task(self, command: FinishTask, caller: Caller) -> Case:
        return self.cases.finish_task(command, caller)

    @rpc
    def assign_case(self, command: AssignCase, caller: Caller) -> Case:
        return self.cases.assign(command, caller)

    @rpc
    def close_case(self, command: CloseCase, caller: Caller) -> Case:
        return self.cases.close(command, caller)

    @rpc
    def reopen_case(self, command: ReopenCase, caller: Caller) -> Case:
        return self.cases.reopen(command, caller)

    @rpc
    def list_to_do(self, query: ListToDo, caller: Caller) -> ToDo:
        return self.cases.to_do(caller)
