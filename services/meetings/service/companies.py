"""Use cases of companies: a meeting finds its company and case, or makes them; two that are one are merged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller
from nexus.errors import Conflict, InvalidInput, NotFound, StaleRevision
from nexus.service import every, rpc
from services.meetings.contracts.cases import Case, CaseNeed, CaseStep
from services.meetings.contracts.companies import (
    Companies,
    Company,
    CompanyFile,
    CompanyInList,
    GetCompany,
    ListCompanies,
    MergeCompanies,
    SaveCompany,
    UndoMerger,
)
from services.meetings.contracts.meetings import AdvisorInMeeting, Contact, Meeting, Need
from services.meetings.domain import cases as case_rules
from services.meetings.domain import companies as rules
from services.meetings.service.types import CASE_LEADERS, CASE_STAFF
from services.meetings.store.cases import CaseStore
from services.meetings.store.companies import CompanyStore
from services.meetings.store.meetings import MeetingStore

_TRIES = 20  # while others write the same document
_MOST = 100  # companies of one answer


@dataclass(frozen=True)
class CompanyDesk:
    """What is known of companies."""

    companies: CompanyStore
    cases: CaseStore
    meetings: MeetingStore
    clock: Callable[[], datetime]

    def listed(self, query: ListCompanies, caller: Caller) -> Companies:
        """Those that the caller may see."""
        caller.require(*CASE_STAFF)
        among = None if caller.has(*CASE_LEADERS) else self._own(caller)
        found = self.companies.listed(caller.sector, query.text, among, _MOST + 1)
        shown = found[:_MOST]
        ids = [one.id for one in shown]
        counts, joined = self.meetings.counted(ids), self.cases.joined(ids)
        items = tuple(
            CompanyInList(company=one, meetings=counts[one.id], open_case=joined.get(one.id)) for one in shown
        )
        return Companies(items=items, more=len(found) > _MOST)

    def get(self, company_id: str, caller: Caller) -> CompanyFile:
        """Raises NotFound(`company_not_found`)."""
        company = self._one(company_id, caller)
        meetings = tuple(self.meetings.of_companies([company.id]))
        return CompanyFile(
            company=company, meetings=meetings, merged=tuple(self.companies.merged(company.id))
        )

    def save(self, command: SaveCompany, caller: Caller) -> Company:
        """Raises NotFound, StaleRevision, Conflict(`neq_in_use`)."""
        before = self._current(command.id, command.revision, caller)
        fields = command.model_dump(exclude={"id", "revision"})
        aliases = before.aliases if command.name == before.name else (*before.aliases, before.name)
        after = before.model_copy(
            update={
                **fields,
                "aliases": tuple(name for name in dict.fromkeys(aliases) if name != command.name),
                "revision": before.revision + 1,
            }
        )
        if after.neq and any(
            self.companies.now(one).id != after.id for one in self.companies.by_keys(rules.keys(after)[:1])
        ):
            raise Conflict("neq_in_use", neq=after.neq)
        if not self.companies.save(after, before.revision):
            raise StaleRevision(id=before.id, yours=command.revision)
        _note(before, after)
        return after

    def merge(self, command: MergeCompanies, caller: Caller) -> Company:
        """Raises NotFound, StaleRevision, InvalidInput(`same_company`)."""
        caller.require(*CASE_LEADERS)
        if command.keep == command.other:
            raise InvalidInput("same_company", id=command.keep)
        keep = self._current(command.keep, command.keep_revision, caller)
        other = self._current(command.other, command.other_revision, caller)
        after = rules.absorbed(keep, other).model_copy(update={"revision": keep.revision + 1})
        # First what is kept: whoever dies in between has lost nothing, and the merger can be asked for again.
        brought = rules.gained(keep, after)
        if not self.companies.save(after, keep.revision) or not self.companies.point(
            other, keep.id, brought, caller.person, self.clock()
        ):
            raise StaleRevision(id=other.id, yours=command.other_revision)
        self._move(other.model_copy(update={"merged_into": keep.id}))
        _note(keep, after)
        told = {"merged_into": keep.id, "name": keep.name}
        note("company", other.id, other.name, {"merged_into": None}, told, sector=other.sector)
        return after

    def undo(self, command: UndoMerger, caller: Caller) -> Company:
        """The company that is one of its own again. Raises NotFound(`company_not_found`, `merger_not_found`),
        StaleRevision."""
        caller.require(*CASE_LEADERS)
        keep = self._current(command.keep, command.keep_revision, caller)
        other = self.companies.by_id(command.other, caller.sector)
        if other is None or other.merged_into != keep.id or other.merged_at is None:
            raise NotFound("merger_not_found", id=command.other)
        if other.revision != command.other_revision or not self.companies.part(other):
            raise StaleRevision(id=other.id, yours=command.other_revision, current=other.revision)
        self._return_all()
        told = {"merged_into": keep.id, "name": keep.name}
        note("company", other.id, other.name, told, {"merged_into": None}, sector=other.sector)
        _note(keep, self.companies.by_id(keep.id) or keep)
        return self.companies.by_id(other.id) or other

    def take_in(self, meeting_id: str) -> Meeting | None:
        """A meeting gets its company, which learns from it, and its case. To do it again changes nothing."""
        meeting = self.meetings.by_id(meeting_id)
        if meeting is None or meeting.contact is None or (meeting.company and meeting.case):
            return meeting
        company = self.company_of(meeting.sector, meeting.contact, meeting.need)
        step = CaseStep(at=self.clock(), by=meeting.steps[0].by, what="opened", meeting=meeting.id)
        case = self.case_of(company, case_rules.need_of(meeting.need), step, meeting.advisors[0])
        self.meetings.belongs(meeting.id, company.id, case.id)
        if (
            found := self.companies.by_id(company.id)
        ) and found.merged_into:  # meanwhile: nothing moved this one
            self._move(found)
        return self.meetings.by_id(meeting_id)

    def take_in_all(self) -> None:
        """Meetings of before, or whose event was lost; mergers that a crash cut short."""
        for meeting_id in self.meetings.without_company():
            self.take_in(meeting_id)
        for company in self.companies.moving():
            self._move(company)
        self._return_all()

    def company_of(self, sector: str, contact: Contact, need: Need) -> Company:
        """The company that somebody writes for, with what they say of it; a new one, if none is like it."""
        for _ in range(_TRIES):
            new = rules.newly_met(uuid4().hex, sector, contact, need, self.clock())
            found = self._found(new, contact)
            known = rules.told(found, contact, need) if found else new
            if known == found:
                return found
            known = known.model_copy(update={"revision": known.revision + 1})
            if self.companies.save(known, known.revision - 1):
                return known
        raise Conflict("company_busy", name=contact.company)

    def case_of(
        self, company: Company, need: CaseNeed, step: CaseStep, advisor: AdvisorInMeeting | None
    ) -> Case:
        """The open case that a company's bookings join, with what is newly needed; else a new one."""
        for _ in range(_TRIES):
            found = self.cases.joined_by(company.id)
            if found is None:
                case = case_rules.opened(uuid4().hex, company.sector, company.id, need, step, advisor)
                if self.cases.add(case):
                    return case
                continue
            more = case_rules.with_need(found.need, need)
            after = found.model_copy(update={"need": more, "revision": found.revision + 1})
            if more == found.need or self.cases.replace(after, found.revision) == "saved":
                return after
        raise Conflict("company_busy", name=company.name)

    def _own(self, caller: Caller) -> list[str]:
        """The companies of an advisor's cases and meetings."""
        held = self.meetings.cases_of(caller.person)
        cases = self.cases.listed(caller.sector, None, None, caller.person, held, 1_000)
        return list({one.company for one in cases})

    def _one(self, company_id: str, caller: Caller) -> Company:
        caller.require(*CASE_STAFF)
        found = self.companies.by_id(company_id, caller.sector)
        company = self.companies.now(found) if found else None
        if company is None or not (caller.has(*CASE_LEADERS) or company.id in self._own(caller)):
            raise NotFound("company_not_found", id=company_id)
        return company

    def _current(self, company_id: str, revision: int, caller: Caller) -> Company:
        found = self._one(company_id, caller)
        if found.id != company_id or found.revision != revision:
            raise StaleRevision(id=company_id, yours=revision, current=found.revision)
        return found

    def _found(self, new: Company, contact: Contact) -> Company | None:
        """The company that has one of the keys that a new one would have, the surest first."""
        for one in self.companies.by_keys(rules.keys(new)):
            company = self.companies.now(one)
            if one.neq == contact.neq or not rules.is_another(company, contact.neq):
                return company
        return None

    def _move(self, other: Company) -> None:
        """All that belongs to a merged company is with the one that it is."""
        keep = self.companies.now(other)
        self.meetings.move_company(other.id, keep.id)
        self.cases.move(other.id, keep.id)
        self.companies.moved(other.id)

    def _return_all(self) -> None:
        """What belongs to companies whose merger was undone is with them; what they brought, they alone know again.
        To do it twice changes nothing more."""
        for company, keep, brought in self.companies.returning():
            self.meetings.return_company(company, keep)
            self.cases.bring_back(company, keep)
            if self._released(keep, brought):
                self.companies.returned(company)

    def _released(self, keep: str, brought: Company) -> bool:
        """False if others were quicker each time: the tick tries again."""
        for _ in range(_TRIES):
            before = self.companies.by_id(keep)
            after = rules.without(before, brought) if before else None
            if before is None or after is None or after == before:
                return True
            after = after.model_copy(update={"revision": before.revision + 1})
            if self.companies.save(after, before.revision):
                return True
        return False


def _note(before: Company, after: Company) -> None:
    note("company", after.id, after.name, _noted(before), _noted(after), sector=after.sector)


def _noted(company: Company) -> dict[str, object]:
    """Without people: their names and addresses are not repeated in the trail."""
    told = company.model_dump(
        mode="json", include={"name", "aliases", "neq", "size", "activity", "languages", "domains"}
    )
    return told | {"contacts": len(company.contacts)}


class CompanyDoors:
    """What the service answers about companies."""

    companies: CompanyDesk

    @rpc
    def list_companies(self, query: ListCompanies, caller: Caller) -> Companies:
        return self.companies.listed(query, caller)

    @rpc
    def get_company(self, query: GetCompany, caller: Caller) -> CompanyFile:
        return self.companies.get(query.id, caller)

    @rpc
    def save_company(self, command: SaveCompany, caller: Caller) -> Company:
        return self.companies.save(command, caller)

    @rpc
    def merge_companies(self, command: MergeCompanies, caller: Caller) -> Company:
        return self.companies.merge(command, caller)

    @rpc
    def undo_merger(self, command: UndoMerger, caller: Caller) -> Company:
        return self.companies.undo(command, caller)

    @every(minutes=1)
    def take_in_meetings(self) -> None:
        """What was booked before there were companies, or was left by halves, is taken in."""
        self.companies.take_in_all()
