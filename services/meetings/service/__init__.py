"""The meetings service: when advisors can be met, who meets them, and what comes of it."""

from nexus.personal_store import Nights
from nexus.service import Service, every, on
from services.meetings.service.agenda import AgendaDesk, AgendaDoors
from services.meetings.service.availability import AvailabilityDesk, AvailabilityDoors
from services.meetings.service.booking import BookingDesk
from services.meetings.service.booking_doors import BookingDoors
from services.meetings.service.calendars import BusyDesk, BusyDoors
from services.meetings.service.cases import CaseDesk, CaseDoors
from services.meetings.service.companies import CompanyDesk, CompanyDoors
from services.meetings.service.documents import DocumentDesk, DocumentDoors
from services.meetings.service.feeds import FeedDesk, FeedDoors
from services.meetings.service.following import Following, FollowingDoors
from services.meetings.service.goal import GoalDesk, GoalDoors
from services.meetings.service.hosting import HostingDoors
from services.meetings.service.mornings import MorningDesk, MorningDoors
from services.meetings.service.privacy import PrivacyDesk, PrivacyDoors
from services.meetings.service.referrals import ReferralDesk, ReferralDoors
from services.meetings.service.registrations import RegistrationDesk, RegistrationDoors
from services.meetings.service.replies import ReplyDesk, ReplyDoors
from services.meetings.service.texts import TextDesk, TextDoors
from services.meetings.service.types import TypeDesk, TypeDoors
from services.meetings.service.waiting import WaitingDesk, WaitingDoors
from services.people.contracts.people import PersonChanged


class Meetings(
    TypeDoors,
    AvailabilityDoors,
    BusyDoors,
    AgendaDoors,
    FeedDoors,
    BookingDoors,
    TextDoors,
    GoalDoors,
    DocumentDoors,
    WaitingDoors,
    CompanyDoors,
    CaseDoors,
    ReferralDoors,
    FollowingDoors,
    PrivacyDoors,
    ReplyDoors,
    MorningDoors,
    RegistrationDoors,
    HostingDoors,
    Service,
):
    """Meeting types, availability, slots, bookings; companies, their cases, the goal; registrations for activities."""

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
        privacy: PrivacyDesk,
        nights: Nights,
        replies: ReplyDesk,
        texts: TextDesk,
        mornings: MorningDesk,
        registrations: RegistrationDesk,
    ) -> None:
        self.registrations = registrations
        self.hosting = registrations.hosting
        self.mornings = mornings
        self.texts = texts
        self.types = types
        self.availability = availability
        self.booking = booking
        self.agenda = agenda
        self.goal = goal
        self.companies = companies
        self.cases = cases
        self.following = following
        self.referrals = referrals
        self.calendars = calendars
        self.waiting = waiting
        self.feeds = feeds
        self.documents = documents
        self.privacy = privacy
        self.nights = nights
        self.replies = replies

    @on(PersonChanged)
    def follow_roles(self, event: PersonChanged) -> None:
        if self.availability.follow(event):
            self.calendars.forget(event.id)

    @every(minutes=1)
    def look_after_cases(self) -> None:
        """Questions that are due are put; referrals without an answer are escalated."""
        self.following.ask_due()
        self.referrals.look_after()
