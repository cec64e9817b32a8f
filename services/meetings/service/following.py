"""Use cases of what follows a meeting: the plan that the company has the link of, and what it is asked later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from nexus.caller import Caller, Language
from nexus.errors import Conflict, NotFound, StaleRevision
from nexus.links import Links
from nexus.service import on, rpc
from services.meetings.contracts.cases import (
    AnswerOwnAsk,
    Ask,
    Case,
    CaseStep,
    CompanyWritten,
    OpenOwnAsk,
    OpenOwnPlan,
    OwnAsk,
    OwnPlan,
    SendPlan,
    TickOwnPlan,
)
from services.meetings.contracts.meetings import Contact, MeetingBooked, MeetingHeld, MeetingMissed
from services.meetings.domain import cases as rules
from services.meetings.service.booking import Seals
from services.meetings.service.cases import CaseDesk, note_case
from services.meetings.service.companies import CompanyDesk
from services.meetings.store.cases import CaseStore
from services.meetings.store.companies import CompanyStore
from services.meetings.store.meetings import MeetingStore

_TRIES = 20  # while others write the same case
# The pages of a plan and of a question on every gateway, in the language of the mail.
PLAN_PATHS: Mapping[Language, str] = {"fr": "/fr/plan", "en": "/en/plan"}
ASK_PATHS: Mapping[Language, str] = {"fr": "/fr/suivi", "en": "/en/follow-up"}
What = Literal["plan", "feedback", "outcome"]


@dataclass(frozen=True)
class Following:
    """What companies do with links, and what is put to them."""

    desk: CaseDesk
    taking_in: CompanyDesk
    cases: CaseStore
    companies: CompanyStore
    meetings: MeetingStore
    plans: Links
    asks: Links
    seal: Seals
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def follow(self, meeting_id: str) -> None:
        """A meeting is part of a case, which asks what its state makes due. Late or repeated news does no harm:
        what counts is how the meeting stands now."""
        meeting = self.taking_in.take_in(meeting_id)
        for _ in range(_TRIES):
            case = self.cases.by_id(meeting.case) if meeting and meeting.case else None
            if meeting is None or case is None:
                return
            asks = rules.asked_about(case, meeting, self.clock())
            after = case.model_copy(update={"asks": asks, "revision": case.revision + 1})
            if asks == case.asks or self.cases.replace(after, case.revision) == "saved":
                return
            meeting = self.meetings.by_id(meeting_id)
        raise Conflict("case_busy", id=meeting_id)

    def ask_due(self) -> None:
        """Put the questions that are due, each once: whoever writes the case first does it."""
        now = self.clock()
        for case in self.cases.with_due_asks(now):
            due = [one for one in case.asks if one.asked_at is None and one.due <= now]
            after = rules.asked(case, due, now)
            told = [self._ask_told(after, ask) for ask in due]
            if self.cases.replace(after, case.revision, *(one for one in told if one)) == "saved":
                self.wake()

    def send_plan(self, command: SendPlan, caller: Caller) -> Case:
        """Raises NotFound, StaleRevision, Conflict(`plan_empty`, `nobody_to_write_to`)."""
        case = self.desk.current(command.id, command.revision, caller)
        if not case.plan:
            raise Conflict("plan_empty", id=case.id)
        contact = next((one.contact for one in self.meetings.of_case(case.id) if one.contact), None)
        if contact is None:
            raise Conflict("nobody_to_write_to", id=case.id)
        now = self.clock()
        step = CaseStep(at=now, by=caller.person, what="plan_sent", why=contact.email)
        after = rules.changed(case, step, plan_sent_at=now)
        link = f"{command.base_url}{PLAN_PATHS[contact.language]}/{self.plans.token(case.id)}"
        return self.desk.save(case, after, caller, self._told(after, "plan", contact, link, ""))

    def own_plan(self, token: str, caller: Caller) -> OwnPlan:
        """Raises NotFound(`plan_not_found`)."""
        return self._own_plan(self._planned(token, caller))

    def tick(self, command: TickOwnPlan, caller: Caller) -> OwnPlan:
        """Raises NotFound(`plan_not_found`)."""
        for _ in range(_TRIES):
            case = self._planned(command.token, caller)
            after = rules.ticked_by_company(case, command.done, self.clock())
            if after == case:
                return self._own_plan(case)
            if self.cases.replace(after, case.revision) == "saved":
                note_case(case, after, self._name(after))
                return self._own_plan(after)
        raise StaleRevision(id="plan")

    def own_ask(self, query: OpenOwnAsk, caller: Caller) -> OwnAsk:
        """Raises NotFound(`ask_not_found`)."""
        return self._own_ask(*self._asked(query.token, caller))

    def answer(self, command: AnswerOwnAsk, caller: Caller) -> OwnAsk:
        """Raises NotFound(`ask_not_found`), InvalidInput(`answer_missing`)."""
        for _ in range(_TRIES):
            case, ask = self._asked(command.token, caller)
            after = rules.answered(case, ask, command, self.clock())
            if self.cases.replace(after, case.revision) == "saved":
                note_case(case, after, self._name(after))
                return self._own_ask(after, next(one for one in after.asks if one.id == ask.id))
        raise StaleRevision(id="ask")

    def _planned(self, token: str, caller: Caller) -> Case:
        """A plan is there once it was sent: what is only being written is nobody else's."""
        case = self.cases.by_id(self.plans.about(token), caller.sector) if self.plans.is_good(token) else None
        if case is None or case.plan_sent_at is None:
            raise NotFound("plan_not_found")
        return case

    def _asked(self, token: str, caller: Caller) -> tuple[Case, Ask]:
        case = self.cases.asking(self.asks.about(token)) if self.asks.is_good(token) else None
        if case is None or not caller.may_touch((case.sector,)):
            raise NotFound("ask_not_found")
        return case, next(one for one in case.asks if one.id == self.asks.about(token))

    def _own_plan(self, case: Case) -> OwnPlan:
        return OwnPlan(
            company=self._name(case),
            advisor=case.advisor.name if case.advisor else None,
            entries=case.plan,
            sent_at=case.plan_sent_at,
        )

    def _own_ask(self, case: Case, ask: Ask) -> OwnAsk:
        met_on = ask.due - rules.ASKED_AFTER[ask.kind]
        answered = ask.answered_at is not None
        return OwnAsk(company=self._name(case), kind=ask.kind, met_on=met_on, answered=answered)

    def _name(self, case: Case) -> str:
        found = self.companies.by_id(case.company)
        return found.name if found else "–"

    def _ask_told(self, case: Case, ask: Ask) -> CompanyWritten | None:
        """To whoever came to the meeting, by the site where it was booked; None: it was not booked on one."""
        meeting = self.meetings.by_id(ask.meeting)
        if meeting is None or meeting.contact is None or meeting.site is None:
            return None
        link = f"{meeting.site}{ASK_PATHS[meeting.contact.language]}/{self.asks.token(ask.id)}"
        return self._told(case, ask.kind, meeting.contact, link, ask.id, meeting.start)

    def _told(
        self,
        case: Case,
        what: What,
        contact: Contact,
        link: str,
        about: str,
        met_at: datetime | None = None,
    ) -> CompanyWritten:
        sealed = self.seal.close({"to": contact.email, "link": link})
        return CompanyWritten(
            id=about or case.id,
            revision=case.revision,
            sector=case.sector,
            what=what,
            language=contact.language,
            sealed=sealed,
            met_at=met_at,
        )


class FollowingDoors:
    """What the service answers about what follows a meeting."""

    following: Following

    @rpc
    def send_plan(self, command: SendPlan, caller: Caller) -> Case:
        return self.following.send_plan(command, caller)

    @rpc
    def open_own_plan(self, query: OpenOwnPlan, caller: Caller) -> OwnPlan:
        return self.following.own_plan(query.token, caller)

    @rpc
    def tick_own_plan(self, command: TickOwnPlan, caller: Caller) -> OwnPlan:
        return self.following.tick(command, caller)

    @rpc
    def open_own_ask(self, query: OpenOwnAsk, caller: Caller) -> OwnAsk:
        return self.following.own_ask(query, caller)

    @rpc
    def answer_own_ask(self, command: AnswerOwnAsk, caller: Caller) -> OwnAsk:
        return self.following.answer(command, caller)

    @on(MeetingBooked, MeetingHeld, MeetingMissed)
    def follow_meeting(self, event: MeetingBooked | MeetingHeld | MeetingMissed) -> None:
        """A meeting that is booked gets its company and case; one that was held is asked about later."""
        self.following.follow(event.id)
