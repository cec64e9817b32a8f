"""Use cases of referrals: a company is handed to another sector, which takes it or not, and soon."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller
from nexus.errors import Conflict, InvalidInput, NotFound
from nexus.service import rpc
from services.meetings.contracts.cases import AnswerReferral, Case, CaseStep, ReferCase, Referral
from services.meetings.contracts.companies import CompanyContact
from services.meetings.contracts.meetings import Contact, Need
from services.meetings.domain import cases as rules
from services.meetings.service.cases import CaseDesk
from services.meetings.service.companies import CompanyDesk
from services.meetings.service.types import CASE_LEADERS
from services.meetings.store.companies import CompanyStore
from services.meetings.store.meetings import MeetingStore
from services.meetings.store.referrals import ReferralStore


@dataclass(frozen=True)
class ReferralDesk:
    """`sectors` are those that there are."""

    desk: CaseDesk
    taking_in: CompanyDesk
    companies: CompanyStore
    meetings: MeetingStore
    referrals: ReferralStore
    sectors: frozenset[str]
    clock: Callable[[], datetime]

    def refer(self, command: ReferCase, caller: Caller) -> Case:
        """Raises NotFound, StaleRevision, InvalidInput(`sector_unknown`, `referral_to_oneself`),
        Conflict(`referral_open`, `nobody_to_write_to`)."""
        case = self.desk.current(command.id, command.revision, caller)
        if command.to not in self.sectors:
            raise InvalidInput("sector_unknown", sector=command.to, known=sorted(self.sectors))
        if command.to == case.sector:
            raise InvalidInput("referral_to_oneself", sector=command.to)
        before = self.referrals.of_case(case.id)
        if any(one.to == command.to and one.state == "sent" for one in before):
            raise Conflict("referral_open", to=command.to)
        referral = self._referral(case, command, caller)
        # The step first: the letter is written by whoever saved the case at this very revision.
        step = CaseStep(at=referral.sent_at, by=caller.person, what="consented", why=command.consent_by)
        after = self.desk.save(case, rules.changed(case, step), caller)
        self.referrals.add(referral)
        note("referral", referral.id, referral.company, after={"to": referral.to}, sector=case.sector)
        return after

    def answer(self, command: AnswerReferral, caller: Caller) -> Referral:
        """Raises NotFound(`referral_not_found`), Conflict(`referral_answered`)."""
        caller.require(*CASE_LEADERS)
        before = self.referrals.by_id(command.id, caller.sector)
        if before is None:
            raise NotFound("referral_not_found", id=command.id)
        update = {
            "state": "accepted" if command.accept else "declined",
            "answered_at": self.clock(),
            "answered_by": caller.person,
            "why": command.why,
        }
        after = before.model_copy(update=update)
        if before.state != "sent" or not self.referrals.answer(after):
            raise Conflict("referral_answered", id=command.id)
        if command.accept:
            self._land(after)
        note("referral", after.id, after.company, {"state": "sent"}, {"state": after.state}, sector=after.to)
        return after

    def look_after(self) -> None:
        """Those that were due are escalated; those that were accepted have their case, whoever died meanwhile."""
        self.referrals.escalate(self.clock())
        for one in self.referrals.landing():
            self._land(one)

    def _referral(self, case: Case, command: ReferCase, caller: Caller) -> Referral:
        company = self.companies.by_id(case.company)
        met = next((one.contact for one in self.meetings.of_case(case.id) if one.contact), None)
        known = (
            CompanyContact(**met.model_dump(include={"name", "email", "phone", "language"})) if met else None
        )
        contact = known or (company.contacts[0] if company and company.contacts else None)
        if company is None or contact is None:
            raise Conflict("nobody_to_write_to", id=case.id)
        now = self.clock()
        return Referral(
            id=uuid4().hex,
            sector=case.sector,
            to=command.to,
            case=case.id,
            company=company.name,
            neq=company.neq,
            contact=contact,
            need=case.need,
            reason=command.reason,
            consent_by=command.consent_by,
            consent_at=now,
            by=caller.person,
            sent_at=now,
            due_at=now + rules.ANSWERED_WITHIN,
        )

    def _land(self, one: Referral) -> None:
        """The company is known, and has a case, in the sector that took it."""
        contact = Contact(company=one.company, neq=one.neq, **one.contact.model_dump())
        told = one.need.model_dump(include={"themes", "answers", "message"})
        company = self.taking_in.company_of(one.to, contact, Need(**told))
        by = one.answered_by or one.to
        step = CaseStep(at=one.answered_at or self.clock(), by=by, what="came_by_referral", why=one.reason)
        self.taking_in.case_of(company, one.need, step, None)
        self.referrals.landed(one.id)


class ReferralDoors:
    """What the service answers about companies handed to another sector."""

    referrals: ReferralDesk

    @rpc
    def refer_case(self, command: ReferCase, caller: Caller) -> Case:
        return self.referrals.refer(command, caller)

    @rpc
    def answer_referral(self, command: AnswerReferral, caller: Caller) -> Referral:
        return self.referrals.answer(command, caller)
