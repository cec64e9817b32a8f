"""Use cases of companies: a meeting finds its company and case, or makes them; two that are one are merged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from nexus.errors import Conflict
from services.meetings.contracts.cases import Case
from services.meetings.contracts.companies import Company
from services.meetings.contracts.meetings import Contact, Meeting
from services.meetings.domain import cases as case_rules
from services.meetings.domain import companies as rules
from services.meetings.store.cases import CaseStore
from services.meetings.store.companies import CompanyStore
from services.meetings.store.meetings import MeetingStore

_TRIES = 20  # while others write the same company


@dataclass(frozen=True)
class CompanyDesk:
    """What is known of companies."""

    companies: CompanyStore
    cases: CaseStore
    meetings: MeetingStore
    clock: Callable[[], datetime]

    def take_in(self, meeting_id: str) -> None:
        """A meeting gets its company, which learns from it, and its case. To do it again changes nothing."""
        meeting = self.meetings.by_id(meeting_id)
        if meeting is None or meeting.contact is None or (meeting.company and meeting.case):
            return
        company = self._company_of(meeting, meeting.contact)
        self.meetings.belongs(meeting.id, company.id, self._case_of(meeting, company).id)
        if (
            found := self.companies.by_id(company.id)
        ) and found.merged_into:  # meanwhile: nothing moved this one
            self._move(found)

    def take_in_all(self) -> None:
        """Meetings of before, or whose event was lost; mergers that a crash cut short."""
        for meeting_id in self.meetings.without_company():
            self.take_in(meeting_id)
        for company in self.companies.moving():
            self._move(company)

    def _company_of(self, meeting: Meeting, contact: Contact) -> Company:
        for _ in range(_TRIES):
            new = rules.newly_met(uuid4().hex, meeting, contact, self.clock())
            found = self._found(new, contact)
            known = rules.told(found, meeting, contact) if found else new
            if known == found:
                return found
            before = known.revision
            known = known.model_copy(update={"revision": before + 1})
            if self.companies.save(known, before):
                return known
        raise Conflict("company_busy", id=meeting.id)

    def _found(self, new: Company, contact: Contact) -> Company | None:
        """The company that has one of the keys that a new one would have, the surest first."""
        for one in self.companies.by_keys(rules.keys(new)):
            company = self.companies.now(one)
            if not rules.is_another(company, contact) or one.neq == contact.neq:
                return company
        return None

    def _case_of(self, meeting: Meeting, company: Company) -> Case:
        for _ in range(_TRIES):
            if found := self.cases.joined_by(company.id):
                return found
            case = case_rules.opened(uuid4().hex, company.id, meeting, meeting.steps[0].by, self.clock())
            if self.cases.add(case):
                return case
        raise Conflict("company_busy", id=company.id)

    def _move(self, other: Company) -> None:
        """All that belongs to a merged company is with the one that it is."""
        keep = self.companies.now(other)
        self.meetings.move_company(other.id, keep.id)
        self.cases.move(other.id, keep.id)
        self.companies.moved(other.id)
