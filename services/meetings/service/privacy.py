"""The meetings service's part in a request for personal data: hand it over, or erase it. And its doors."""

from base64 import b64encode
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from nexus.caller import Caller
from nexus.errors import Conflict, Defect, NotFound, StaleRevision
from nexus.personal import DataSeals, Held
from nexus.personal_store import Answers, Nights
from nexus.service import every, on, rpc
from services.meetings.contracts.cases import Case
from services.meetings.contracts.companies import Company
from services.meetings.contracts.documents import PART, DocumentPart
from services.meetings.contracts.meetings import Meeting, State
from services.meetings.contracts.privacy import MeetingsAnswered, ReadExportedDocument
from services.meetings.domain import erasure as rules
from services.meetings.domain.registrations import Kept
from services.meetings.service.booking import BY_LINK, BookingDesk
from services.meetings.service.companies import CompanyDesk
from services.meetings.service.registrations import RegistrationDesk
from services.meetings.store.calendars import CalendarStore
from services.meetings.store.documents import DocumentStore
from services.meetings.store.erasure import ErasureStore
from services.people.contracts.privacy import PersonalDataAsked

_TRIES = 20  # while others write the same document
_OUR_OWN = {"contacts", "revision", "traces", "merged_into", "merged_at", "merged_by"}  # of a company
_READ = PART // 4 * 3  # bytes, which base64 makes a third longer


@dataclass(frozen=True)
class PrivacyDesk:
    """`seal` opens whom a request is about; `key` makes the digests that anonymous companies keep."""

    held: ErasureStore
    booking: BookingDesk
    known: CompanyDesk
    documents: DocumentStore
    calendars: CalendarStore
    places: RegistrationDesk
    answers: Answers
    seal: DataSeals
    key: bytes
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def answer(self, event: PersonalDataAsked) -> None:
        """Do our part once, and say what it was."""
        if self.answers.once(event.id, lambda: self._answer(event), self.clock):
            self.wake()

    def _answer(self, event: PersonalDataAsked) -> MeetingsAnswered:
        email = self.seal.open(event.sealed)["email"] or ""
        if event.kind == "erasure":
            told = self._erase(event.sector, email)
            told += self._erase_advisor(event.person) if event.person else []
            return MeetingsAnswered(id=event.id, sector=event.sector, held=tuple(told))
        held, data = self._found(event.sector, email, event.person)
        sealed = self.seal.close({"data": orjson.dumps(data).decode()})
        return MeetingsAnswered(id=event.id, sector=event.sector, held=tuple(held), sealed=sealed)

    def exported(self, query: ReadExportedDocument) -> DocumentPart:
        """Some bytes of a document, for who was granted an export. Raises NotFound(`document_not_found`)."""
        try:
            told = self.seal.open(query.grant)
        except Defect:  # it is none of ours
            raise NotFound("document_not_found", ref=query.document) from None
        meeting = self.booking.meetings.by_id(query.meeting, told["sector"])
        is_good = datetime.fromisoformat(told["until"] or "") > self.clock()
        if not (is_good and meeting and meeting.contact and meeting.contact.email == told["email"]):
            raise NotFound("document_not_found", ref=query.document)
        found = self.documents.read(meeting.id, query.document, query.offset, _READ)
        if found is None:
            raise NotFound("document_not_found", ref=query.document)
        return DocumentPart(document=found[0], data=b64encode(found[1]))

    def forget_meeting(self, meeting: Meeting) -> int:
        """Nobody is known by it any more; how many documents went."""
        self.known.take_in(meeting.id)  # while it can be told whose it is
        for _ in range(_TRIES):
            found = self.booking.meetings.by_id(meeting.id)
            if found is None or found.contact is None:
                break
            if self.booking.meetings.replace(rules.anonymous_meeting(found), found.revision, None) == "saved":
                break
        self.held.forget_origin(meeting.id)
        return self.forget_documents(meeting.id)

    def forget_documents(self, meeting: str) -> int:
        """How many there were."""
        self.held.forget_uploads(meeting)
        return sum(self.documents.remove(meeting, one.id) for one in self.documents.of(meeting))

    def forget_company(self, company: Company) -> None:
        """It, and those that were merged into it, without names; their cases without words."""
        alike = [company, *self._merged(company)]
        self.change_cases(self.held.cases_of([one.id for one in alike]), self._bare)
        for one in alike:
            self._change(one.id, lambda found: rules.anonymous_company(found, self.key))

    def change_cases(self, cases: Iterable[Case], change: Callable[[Case], Case]) -> int:
        """Write what becomes of some cases; how many changed."""
        changed = 0
        for case in cases:
            for _ in range(_TRIES):
                found = self.known.cases.by_id(case.id)
                after = change(found) if found else None
                if found is None or after is None or after == found:
                    break
                if self.known.cases.replace(after, found.revision) == "saved":
                    changed += 1
                    break
        return changed

    def _bare(self, case: Case) -> Case:
        if any(step.what == "erased" for step in case.steps):
            return case
        return rules.anonymous_case(case, self.clock())

    def _erase(self, sector: str, email: str) -> list[Held]:
        meetings = self.held.meetings_of(sector, email)
        for one in meetings:
            self._cancel(one)
        registrations = self.places.store.of_email(sector, email)
        for row in registrations:
            self.places.give_up(row)
            self.places.forget(row)
        wishes = self.held.forget_wishes(sector, email)
        documents = sum(self.forget_meeting(one) for one in meetings)
        companies = self.held.companies_with(sector, email)
        for company in companies:
            self._forget_contact(company, email)
        feeds = self.held.forget_feeds(sector, email)
        referrals = self.held.forget_referrals(sector, email)
        rows = [
            _row("meetings", len(meetings), why="counts"),
            _row("documents", documents),
            _row("waiting", wishes),
            _row("registrations", len(registrations), why="places"),
            _row("companies", len(companies), why="counts"),
            _row("company_feeds", feeds),
            _row("referrals", referrals),
        ]
        return [one for one in rows if one.found]

    def _cancel(self, meeting: Meeting) -> None:
        """First, with the usual notices: whoever waited for it is told."""
        if meeting.state is State.CONFIRMED and meeting.start > self.clock():
            for _ in range(_TRIES):
                with suppress(StaleRevision):
                    found = self.booking.meetings.by_id(meeting.id)
                    with suppress(Conflict):  # it was cancelled meanwhile, or has begun
                        if found:
                            self.booking.withdraw(found, BY_LINK, None, by_company=True)
                    return

    def _forget_contact(self, company: Company, email: str) -> None:
        contact = next(one for one in company.contacts if one.email == email)
        after = self._change(company.id, lambda found: rules.without_contact(found, email))
        if after is None or after.merged_into:
            return
        if not after.contacts:
            self.forget_company(after)
            return
        words = rules.mentions(contact.name, email, contact.phone)
        self.change_cases(self.held.cases_of([after.id]), lambda case: rules.scrubbed(case, words))

    def _change(self, company: str, change: Callable[[Company], Company]) -> Company | None:
        for _ in range(_TRIES):
            found = self.known.companies.by_id(company)
            if found is None:
                return None
            after = change(found)
            if self.known.companies.save(after, found.revision):
                self.held.forget_brought(company)
                return after
        raise Conflict("company_busy", name=company)

    def _merged(self, company: Company) -> list[Company]:
        direct = self.known.companies.merged(company.id)
        return [*direct, *(other for one in direct for other in self._merged(one))]

    def _erase_advisor(self, person: str) -> list[Held]:
        done = self.held.rename_advisor(person)
        private = self.change_cases(
            self.held.cases_by(person), lambda case: rules.without_private_notes(case, person)
        )
        self.calendars.forget(person)
        rows = [
            _row("availability", self.held.bare_advisor(person)),
            _row("private_notes", private),
            *(Held(kind=kind, found=count, why="authorship") for kind, count in done.items()),
        ]
        return [one for one in rows if one.found]

    def _found(self, sector: str, email: str, person: str | None) -> tuple[list[Held], dict[str, Any]]:
        meetings = self.held.meetings_of(sector, email)
        companies = [one for one in self.held.companies_with(sector, email) if one.merged_into is None]
        cases = self.held.cases_of([one.id for one in companies])
        wishes, referrals = self.held.wishes_of(sector, email), self.held.referrals_of(sector, email)
        data: dict[str, Any] = {
            "meetings": [self._meeting_told(one) for one in meetings],
            "waiting": [one.model_dump(mode="json") for one in wishes],
            "registrations": [_registration_told(one) for one in self.places.store.of_email(sector, email)],
            "companies": [_company_told(one, email) for one in companies],
            "cases": [_case_told(one) for one in cases],
            "referrals": [one.model_dump(mode="json", exclude={"by", "answered_by"}) for one in referrals],
        }
        advisor = self.booking.advisors.by_id(sector, person) if person else None
        data["availability"] = [advisor.model_dump(mode="json")] if advisor else []
        documents = sum(len(one["documents"]) for one in data["meetings"])
        notes = sum(len(one.notes) for one in cases)
        feeds = self.held.count_feeds(sector, email)
        counts = {name: len(some) for name, some in data.items()} | {
            "documents": documents,
            "company_feeds": feeds,
        }
        rows = [_row(kind, count, removed=0) for kind, count in counts.items() if count]
        rows += [Held(kind="notes", found=notes, why="private")] if notes else []
        if person:
            acts = self.held.acts_of(person).items()
            rows += [Held(kind=kind, found=count, why="others") for kind, count in acts if count]
        return rows, data

    def _meeting_told(self, meeting: Meeting) -> dict[str, Any]:
        documents = self.documents.of(meeting.id)
        told = meeting.model_dump(mode="json", exclude={"revision", "site"})
        return told | {"documents": [one.model_dump(mode="json") for one in documents]}


def _row(kind: str, found: int, why: Any = None, removed: int | None = None) -> Held:
    return Held(kind=kind, found=found, removed=found if removed is None else removed, why=why)


def _company_told(company: Company, email: str) -> dict[str, Any]:
    """Without the other people of the company."""
    told = company.model_dump(
        mode="json", exclude={"contacts", "revision", "traces", "merged_into", "merged_at", "merged_by"}
    )
    contacts = [one.model_dump(mode="json") for one in company.contacts if one.email == email]
    return told | {"contacts": contacts}


def _registration_told(kept: Kept) -> dict[str, Any]:
    return kept.model_dump(
        mode="json", exclude={"revision", "news", "sequence", "site", "mailed_at", "thanked"}
    )


def _case_told(case: Case) -> dict[str, Any]:
    """Without what advisors note for themselves and each other."""
    return case.model_dump(mode="json", exclude={"notes", "tasks", "revision"})


@dataclass(frozen=True)
class Purge:
    """What goes each night. `kept`: days by kind."""

    desk: PrivacyDesk
    held: ErasureStore
    kept: dict[str, int]
    clock: Callable[[], datetime]

    def night(self) -> dict[str, int]:
        """How many of each kind went."""
        desk, held = self.desk, self.held
        ended = held.meetings_ended(self._before("meeting_contacts"))
        documents = [desk.forget_documents(one) for one in held.documents_ended(self._before("documents"))]
        for meeting in ended:
            desk.forget_meeting(meeting)
        companies = list(held.companies_unmet(self._before("companies")))
        for company in companies:
            desk.forget_company(company)
        return {
            "documents": sum(documents),
            "meeting_contacts": len(ended),
            "companies": len(companies),
            **self._of_cases(),
            "registrations": self._registrations(),
            "referrals": held.referrals_before(self._before("referrals")),
            "company_feeds": held.feeds_before(self._before("company_feeds")),
        }

    def _registrations(self) -> int:
        ended = self.desk.places.store.ended(self._before("registrations"))
        for row in ended:
            self.desk.places.forget(row)
        return len(ended)

    def _of_cases(self) -> dict[str, int]:
        desk, held, answered = self.desk, self.held, self._before("follow_up_answers")
        bare = held.cases_closed(self._before("case_files"), **{"steps.what": {"$ne": "erased"}})
        private = held.cases_closed(self._before("private_notes"), **{"notes.private": True})
        return {
            "case_files": desk.change_cases(bare, lambda case: rules.anonymous_case(case, self.clock())),
            "private_notes": desk.change_cases(private, rules.without_private_notes),
            "follow_up_answers": desk.change_cases(
                held.cases_answered(answered), lambda case: rules.without_answers(case, answered)
            ),
        }

    def _before(self, kind: str) -> datetime:
        return self.clock() - timedelta(days=self.kept[kind])


class PrivacyDoors:
    """What the service answers about personal data."""

    privacy: PrivacyDesk
    nights: Nights

    @rpc
    def read_exported_document(self, query: ReadExportedDocument, caller: Caller) -> DocumentPart:
        return self.privacy.exported(query)

    @on(PersonalDataAsked)
    def answer_person(self, event: PersonalDataAsked) -> None:
        self.privacy.answer(event)

    @every(minutes=15)
    def purge_meetings(self) -> None:
        """Once a night, what has been kept for long enough goes."""
        self.nights.look()
