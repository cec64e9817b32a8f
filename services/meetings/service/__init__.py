"""The meetings service: when advisors can be met, and who meets them."""

from nexus.caller import Caller
from nexus.service import Service, every, on, rpc
from services.meetings.contracts.availability import (
    Advisor,
    Advisors,
    DaySlots,
    Feed,
    GetAvailability,
    GetFeedToken,
    ListAdvisors,
    PreviewSlots,
    RenewFeed,
    SaveAvailability,
)
from services.meetings.contracts.busy import BusyCalendar, GetBusyCalendar, SetBusyCalendar
from services.meetings.contracts.cases import (
    AddTask,
    AnswerOwnAsk,
    AnswerReferral,
    AssignCase,
    Case,
    CaseFile,
    Cases,
    CloseCase,
    FinishStep,
    FinishTask,
    GetCase,
    ListCases,
    ListToDo,
    NoteConversation,
    OpenOwnAsk,
    OpenOwnPlan,
    OwnAsk,
    OwnPlan,
    ReferCase,
    Referral,
    ReopenCase,
    SaveNeed,
    SavePlan,
    SendPlan,
    TickOwnPlan,
    ToDo,
)
from services.meetings.contracts.companies import (
    Companies,
    Company,
    CompanyFile,
    GetCompany,
    ListCompanies,
    MergeCompanies,
    SaveCompany,
)
from services.meetings.contracts.documents import (
    AddDocument,
    DocumentPart,
    KeepDocumentPart,
    ListMeetingDocuments,
    ListOwnDocuments,
    MeetingDocuments,
    ReadMeetingDocument,
    ReadOwnDocument,
    RemoveOwnDocument,
)
from services.meetings.contracts.feeds import AskCalendar, CompanyFeed, ReadCompanyFeed, RenewCompanyFeed
from services.meetings.contracts.goal import (
    CountedCases,
    CountedCompanies,
    CountedMeetings,
    GetGoal,
    Goal,
    GoalBoard,
    ListCountedCases,
    ListCountedCompanies,
    ListCountedMeetings,
    OpenGoal,
    SetGoal,
)
from services.meetings.contracts.meetings import (
    Booked,
    BookMeeting,
    CancelMeeting,
    CancelOwnMeeting,
    ConfirmMeeting,
    FeedContent,
    FindMoves,
    FindOwnMoves,
    FindSlots,
    GetMeeting,
    HoldMeeting,
    ListMeetings,
    ListWithoutAdvisor,
    ListWithoutOutcome,
    Meeting,
    MeetingBooked,
    MeetingHeld,
    MeetingMissed,
    MoveMeeting,
    MoveOwnMeeting,
    OpenOwnMeeting,
    ReadFeed,
    RecordOutcome,
    Slots,
)
from services.meetings.contracts.meetings import Meetings as MeetingList
from services.meetings.contracts.types import (
    ArchiveMeetingType,
    GetMeetingType,
    ListMeetingTypes,
    MeetingType,
    MeetingTypes,
    SaveMeetingType,
)
from services.meetings.contracts.waiting import (
    AcceptOffer,
    AskEarlier,
    AskForTime,
    DeclineOffer,
    FindOwnWish,
    LeaveWaiting,
    OpenWish,
    OwnWish,
    Wish,
    Wished,
)
from services.meetings.service.agenda import AgendaDesk
from services.meetings.service.availability import AvailabilityDesk
from services.meetings.service.booking import BY_LINK, BookingDesk
from services.meetings.service.calendars import BusyDesk
from services.meetings.service.cases import CaseDesk
from services.meetings.service.companies import CompanyDesk
from services.meetings.service.documents import DocumentDesk
from services.meetings.service.feeds import FeedDesk
from services.meetings.service.following import Following
from services.meetings.service.goal import GoalDesk
from services.meetings.service.referrals import ReferralDesk
from services.meetings.service.types import TypeDesk
from services.meetings.service.waiting import WaitingDesk
from services.people.contracts.people import PersonChanged


class Meetings(Service):
    """Meeting types, availability, slots, bookings; companies, their cases, the goal."""

    name = "meetings"

    def __init__(
        self,
        *,
        types: TypeDesk,
        availability: AvailabilityDesk,
        booking: BookingDesk,
        agenda: AgendaDesk,
        goal: GoalDesk,
        companies: CompanyDesk,
        cases: CaseDesk,
        following: Following,
        referrals: ReferralDesk,
        calendars: BusyDesk,
        waiting: WaitingDesk,
        feeds: FeedDesk,
        documents: DocumentDesk,
    ) -> None:
        self._types = types
        self._availability = availability
        self._booking = booking
        self._agenda = agenda
        self._goal = goal
        self._companies = companies
        self._cases = cases
        self._following = following
        self._referrals = referrals
        self._calendars = calendars
        self._waiting = waiting
        self._feeds = feeds
        self._documents = documents

    @rpc
    def list_meeting_types(self, query: ListMeetingTypes, caller: Caller) -> MeetingTypes:
        return self._types.listed(query, caller)

    @rpc
    def get_meeting_type(self, query: GetMeetingType, caller: Caller) -> MeetingType:
        return self._types.get(query.id, caller)

    @rpc
    def save_meeting_type(self, command: SaveMeetingType, caller: Caller) -> MeetingType:
        return self._types.save(command, caller)

    @rpc
    def archive_meeting_type(self, command: ArchiveMeetingType, caller: Caller) -> MeetingType:
        return self._types.archive(command, caller)

    @rpc
    def list_advisors(self, query: ListAdvisors, caller: Caller) -> Advisors:
        return self._availability.listed(caller)

    @rpc
    def get_availability(self, query: GetAvailability, caller: Caller) -> Advisor:
        return self._availability.get(query, caller)

    @rpc
    def save_availability(self, command: SaveAvailability, caller: Caller) -> Advisor:
        return self._availability.save(command, caller)

    @rpc
    def preview_slots(self, query: PreviewSlots, caller: Caller) -> tuple[DaySlots, ...]:
        return self._availability.preview(query, caller)

    @rpc
    def get_feed_token(self, query: GetFeedToken, caller: Caller) -> Feed:
        return self._availability.feed(caller)

    @rpc
    def renew_feed(self, command: RenewFeed, caller: Caller) -> Feed:
        return self._availability.renew_feed(caller)

    @rpc
    def get_busy_calendar(self, query: GetBusyCalendar, caller: Caller) -> BusyCalendar:
        return self._calendars.get(query, caller)

    @rpc
    def set_busy_calendar(self, command: SetBusyCalendar, caller: Caller) -> BusyCalendar:
        return self._calendars.set(command, caller)

    @every(minutes=1)
    def read_busy_calendars(self) -> None:
        """What advisors have elsewhere is offered to nobody."""
        self._calendars.read_due()

    @rpc
    def read_feed(self, query: ReadFeed, caller: Caller) -> FeedContent:
        return self._agenda.feed(query.token, caller)

    @rpc
    def ask_calendar(self, command: AskCalendar, caller: Caller) -> None:
        self._feeds.ask(command, caller)

    @rpc
    def read_company_feed(self, query: ReadCompanyFeed, caller: Caller) -> CompanyFeed:
        return self._feeds.read(query.token, caller)

    @rpc
    def renew_company_feed(self, command: RenewCompanyFeed, caller: Caller) -> Feed:
        return self._feeds.renew(command.token, caller)

    @rpc
    def find_slots(self, query: FindSlots, caller: Caller) -> Slots:
        return self._booking.slots(query, caller)

    @rpc
    def hold_meeting(self, command: HoldMeeting, caller: Caller) -> Booked:
        return self._booking.hold(command, caller)

    @rpc
    def confirm_meeting(self, command: ConfirmMeeting, caller: Caller) -> Meeting:
        return self._booking.confirm(command, caller)

    @rpc
    def book_meeting(self, command: BookMeeting, caller: Caller) -> Booked:
        return self._booking.book(command, caller)

    @rpc
    def open_own_meeting(self, query: OpenOwnMeeting, caller: Caller) -> Meeting:
        return self._booking.own(query.token, caller)

    @rpc
    def find_own_moves(self, query: FindOwnMoves, caller: Caller) -> Slots:
        meeting = self._booking.own(query.token, caller)
        return self._booking.moves(meeting, query.since, query.days, by_staff=False)

    @rpc
    def move_own_meeting(self, command: MoveOwnMeeting, caller: Caller) -> Meeting:
        meeting = self._booking.own(command.token, caller)
        return self._booking.move(meeting, command.start, BY_LINK, by_staff=False)

    @rpc
    def cancel_own_meeting(self, command: CancelOwnMeeting, caller: Caller) -> Meeting:
        meeting = self._booking.own(command.token, caller)
        return self._booking.cancel(meeting, BY_LINK, command.why, by_staff=False)

    @rpc
    def list_meetings(self, query: ListMeetings, caller: Caller) -> MeetingList:
        return self._agenda.listed(query, caller)

    @rpc
    def list_without_outcome(self, query: ListWithoutOutcome, caller: Caller) -> MeetingList:
        return self._agenda.without_outcome(caller)

    @rpc
    def list_without_advisor(self, query: ListWithoutAdvisor, caller: Caller) -> MeetingList:
        return self._agenda.without_advisor(caller)

    @on(PersonChanged)
    def follow_roles(self, event: PersonChanged) -> None:
        if self._availability.follow(event):
            self._calendars.forget(event.id)

    @rpc
    def get_meeting(self, query: GetMeeting, caller: Caller) -> Meeting:
        return self._agenda.get(query.id, caller)

    @rpc
    def find_moves(self, query: FindMoves, caller: Caller) -> Slots:
        return self._agenda.moves(query, caller)

    @rpc
    def move_meeting(self, command: MoveMeeting, caller: Caller) -> Meeting:
        return self._agenda.move(command, caller)

    @rpc
    def cancel_meeting(self, command: CancelMeeting, caller: Caller) -> Meeting:
        return self._agenda.cancel(command, caller)

    @rpc
    def record_outcome(self, command: RecordOutcome, caller: Caller) -> Meeting:
        return self._agenda.record(command, caller)

    @rpc
    def get_goal(self, query: GetGoal, caller: Caller) -> Goal:
        return self._goal.goal(caller)

    @rpc
    def set_goal(self, command: SetGoal, caller: Caller) -> Goal:
        return self._goal.set(command, caller)

    @rpc
    def open_goal(self, query: OpenGoal, caller: Caller) -> GoalBoard:
        return self._goal.board(caller)

    @rpc
    def list_counted_companies(self, query: ListCountedCompanies, caller: Caller) -> CountedCompanies:
        return self._goal.companies(query, caller)

    @rpc
    def list_counted_cases(self, query: ListCountedCases, caller: Caller) -> CountedCases:
        return self._goal.cases(query, caller)

    @rpc
    def list_counted_meetings(self, query: ListCountedMeetings, caller: Caller) -> CountedMeetings:
        return self._goal.meetings(query, caller)

    @rpc
    def keep_document_part(self, command: KeepDocumentPart, caller: Caller) -> None:
        self._documents.keep_part(command, caller)

    @rpc
    def add_document(self, command: AddDocument, caller: Caller) -> MeetingDocuments:
        return self._documents.add(command, caller)

    @rpc
    def remove_own_document(self, command: RemoveOwnDocument, caller: Caller) -> MeetingDocuments:
        return self._documents.remove(command, caller)

    @rpc
    def list_own_documents(self, query: ListOwnDocuments, caller: Caller) -> MeetingDocuments:
        return self._documents.listed(query.token, caller)

    @rpc
    def list_meeting_documents(self, query: ListMeetingDocuments, caller: Caller) -> MeetingDocuments:
        return self._documents.of_meeting(query.id, caller)

    @rpc
    def read_own_document(self, query: ReadOwnDocument, caller: Caller) -> DocumentPart:
        return self._documents.read_own(query.token, query.document, query.offset, caller)

    @rpc
    def read_meeting_document(self, query: ReadMeetingDocument, caller: Caller) -> DocumentPart:
        return self._documents.read(query.id, query.document, query.offset, caller)

    @every(minutes=60)
    def tidy_documents(self) -> None:
        """What crashed uploads left behind goes."""
        self._documents.tidy()

    @rpc
    def ask_earlier(self, command: AskEarlier, caller: Caller) -> Wished:
        return self._waiting.ask_earlier(command, caller)

    @rpc
    def ask_for_time(self, command: AskForTime, caller: Caller) -> Wished:
        return self._waiting.ask_for_time(command, caller)

    @rpc
    def find_own_wish(self, query: FindOwnWish, caller: Caller) -> OwnWish:
        return self._waiting.of_meeting(query.token, caller)

    @rpc
    def open_wish(self, query: OpenWish, caller: Caller) -> Wish:
        return self._waiting.open(query.token, caller)

    @rpc
    def accept_offer(self, command: AcceptOffer, caller: Caller) -> Booked:
        return self._waiting.accept(command.token, caller)

    @rpc
    def decline_offer(self, command: DeclineOffer, caller: Caller) -> Wish:
        return self._waiting.decline(command.token, caller)

    @rpc
    def leave_waiting(self, command: LeaveWaiting, caller: Caller) -> Wish:
        return self._waiting.leave(command.token, caller)

    @every(minutes=1)
    def offer_freed_times(self) -> None:
        """What gets free is offered to those who wait for it."""
        self._waiting.offer_due()

    @every(minutes=1)
    def release_expired_holds(self) -> None:
        """A form that was never sent keeps nobody's time."""
        self._booking.release()

    @rpc
    def list_companies(self, query: ListCompanies, caller: Caller) -> Companies:
        return self._companies.listed(query, caller)

    @rpc
    def get_company(self, query: GetCompany, caller: Caller) -> CompanyFile:
        return self._companies.get(query.id, caller)

    @rpc
    def save_company(self, command: SaveCompany, caller: Caller) -> Company:
        return self._companies.save(command, caller)

    @rpc
    def merge_companies(self, command: MergeCompanies, caller: Caller) -> Company:
        return self._companies.merge(command, caller)

    @rpc
    def list_cases(self, query: ListCases, caller: Caller) -> Cases:
        return self._cases.listed(query, caller)

    @rpc
    def get_case(self, query: GetCase, caller: Caller) -> CaseFile:
        return self._cases.open(query.id, caller)

    @rpc
    def save_need(self, command: SaveNeed, caller: Caller) -> Case:
        return self._cases.save_need(command, caller)

    @rpc
    def note_conversation(self, command: NoteConversation, caller: Caller) -> Case:
        return self._cases.note(command, caller)

    @rpc
    def save_plan(self, command: SavePlan, caller: Caller) -> Case:
        return self._cases.plan(command, caller)

    @rpc
    def finish_step(self, command: FinishStep, caller: Caller) -> Case:
        return self._cases.finish_step(command, caller)

    @rpc
    def add_task(self, command: AddTask, caller: Caller) -> Case:
        return self._cases.add_task(command, caller)

    @rpc
    def finish_task(self, command: FinishTask, caller: Caller) -> Case:
        return self._cases.finish_task(command, caller)

    @rpc
    def assign_case(self, command: AssignCase, caller: Caller) -> Case:
        return self._cases.assign(command, caller)

    @rpc
    def close_case(self, command: CloseCase, caller: Caller) -> Case:
        return self._cases.close(command, caller)

    @rpc
    def reopen_case(self, command: ReopenCase, caller: Caller) -> Case:
        return self._cases.reopen(command, caller)

    @rpc
    def list_to_do(self, query: ListToDo, caller: Caller) -> ToDo:
        return self._cases.to_do(caller)

    @rpc
    def refer_case(self, command: ReferCase, caller: Caller) -> Case:
        return self._referrals.refer(command, caller)

    @rpc
    def answer_referral(self, command: AnswerReferral, caller: Caller) -> Referral:
        return self._referrals.answer(command, caller)

    @rpc
    def send_plan(self, command: SendPlan, caller: Caller) -> Case:
        return self._following.send_plan(command, caller)

    @rpc
    def open_own_plan(self, query: OpenOwnPlan, caller: Caller) -> OwnPlan:
        return self._following.own_plan(query.token, caller)

    @rpc
    def tick_own_plan(self, command: TickOwnPlan, caller: Caller) -> OwnPlan:
        return self._following.tick(command, caller)

    @rpc
    def open_own_ask(self, query: OpenOwnAsk, caller: Caller) -> OwnAsk:
        return self._following.own_ask(query, caller)

    @rpc
    def answer_own_ask(self, command: AnswerOwnAsk, caller: Caller) -> OwnAsk:
        return self._following.answer(command, caller)

    @on(MeetingBooked, MeetingHeld, MeetingMissed)
    def follow_meeting(self, event: MeetingBooked | MeetingHeld | MeetingMissed) -> None:
        """A meeting that is booked gets its company and case; one that was held is asked about later."""
        self._following.follow(event.id)

    @every(minutes=1)
    def take_in_meetings(self) -> None:
        """What was booked before there were companies, or was left by halves, is taken in."""
        self._companies.take_in_all()

    @every(minutes=1)
    def look_after_cases(self) -> None:
        """Questions that are due are put; referrals without an answer are escalated."""
        self._following.ask_due()
        self._referrals.look_after()
