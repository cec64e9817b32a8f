"""The meetings service on its real collaborators."""

from nexus.composition import Composed, Resources
from nexus.links import Links
from nexus.media_types import media_type
from nexus.personal import PERSONAL_DATA, days_kept
from nexus.personal_store import Answers, Nights, Purges
from nexus.seal import Seal, derived_key
from nexus.shared_secrets import sealing_secret
from nexus.sites import sectors_of
from nexus.turns import Turn
from services.meetings.contracts.privacy import MeetingsPurged
from services.meetings.domain.texts import ToText
from services.meetings.external.outside import read_calendar
from services.meetings.replies.imap import ImapMailbox
from services.meetings.replies.maildir import Maildir
from services.meetings.replies.reading import read_reply
from services.meetings.service import Meetings
from services.meetings.service.agenda import AgendaDesk
from services.meetings.service.availability import AvailabilityDesk
from services.meetings.service.booking import BookingDesk
from services.meetings.service.calendars import BusyDesk
from services.meetings.service.cases import CaseDesk
from services.meetings.service.companies import CompanyDesk
from services.meetings.service.documents import DocumentDesk
from services.meetings.service.feeds import FeedDesk
from services.meetings.service.following import Following
from services.meetings.service.goal import GoalDesk
from services.meetings.service.hosting import HostingDesk
from services.meetings.service.mornings import MorningDesk
from services.meetings.service.offers import Offers
from services.meetings.service.privacy import PrivacyDesk, Purge
from services.meetings.service.referrals import ReferralDesk
from services.meetings.service.registrations import RegistrationDesk
from services.meetings.service.replies import Mailbox, ReplyDesk
from services.meetings.service.texts import TextDesk
from services.meetings.service.types import TypeDesk
from services.meetings.service.waiting import WaitingDesk
from services.meetings.store.advisors import AdvisorStore, TypeStore
from services.meetings.store.calendars import CalendarStore
from services.meetings.store.cases import CaseStore
from services.meetings.store.companies import CompanyStore
from services.meetings.store.documents import DocumentStore
from services.meetings.store.erasure import ErasureStore
from services.meetings.store.feeds import FeedStore
from services.meetings.store.goal import GoalStore
from services.meetings.store.meetings import MeetingStore
from services.meetings.store.mornings import MorningStore
from services.meetings.store.referrals import ReferralStore
from services.meetings.store.registrations import RegistrationStore
from services.meetings.store.waiting import WaitingStore


def compose(resources: Resources) -> Composed:
    """Meetings on the database given. Makes its indexes; the database must answer.

    Raises InvalidInput(`setting_missing`, `setting_weak`) without a secret that deserves the name."""
    secret = sealing_secret(resources)
    meetings, advisors = MeetingStore(resources.database), AdvisorStore(resources.database)
    kept_types, referrals = TypeStore(resources.database), ReferralStore(resources.database)
    companies, cases = CompanyStore(resources.database), CaseStore(resources.database)
    traces = derived_key(secret, "company-traces")
    goal = GoalStore(resources.database, traces)
    held, answers = ErasureStore(resources.database), Answers(resources.database)
    purges = Purges(resources.database)
    calendars = CalendarStore(resources.database)
    waiting, kept_feeds = WaitingStore(resources.database), FeedStore(resources.database)
    registrations = RegistrationStore(resources.database)
    documents, days = DocumentStore(resources.database), MorningStore(resources.database)
    stores = (
        meetings,
        advisors,
        kept_types,
        companies,
        cases,
        referrals,
        goal,
        calendars,
        waiting,
        documents,
        answers,
        purges,
        days,
        registrations,
    )
    for store in stores:
        store.prepare()
    clock, wake, seal = resources.clock, resources.wake, Seal(secret, "mail")
    types, offers = TypeDesk(kept_types, clock), Offers(meetings, calendars, waiting)
    links, feeds, plans, asks, wishes, member_feeds, rows = (
        Links(derived_key(secret, "meeting-links"), purpose)
        for purpose in ("meeting", "feed", "plan", "ask", "wish", "company-feed", "registration")
    )
    booking = BookingDesk(types, advisors, meetings, offers, links, seal, clock, wake, _number_of(resources))
    known = CompanyDesk(companies, cases, meetings, clock)
    desk = CaseDesk(cases, companies, meetings, advisors, referrals, plans, clock, wake)
    sectors = frozenset(sectors_of(resources.settings))
    agenda = AgendaDesk(booking, meetings, advisors, feeds, clock, wake)
    places = RegistrationDesk(registrations, HostingDesk(registrations, rows, seal, clock, wake), rows, clock)
    privacy = PrivacyDesk(
        held,
        booking,
        known,
        documents,
        calendars,
        places,
        answers,
        Seal(secret, PERSONAL_DATA),
        traces,
        clock,
        wake,
    )
    purge = Purge(privacy, held, days_kept(resources.settings.retention_days), clock)
    board = GoalDesk(goal, clock)
    service = Meetings(
        types=types,
        availability=AvailabilityDesk(advisors, types, offers, feeds, clock),
        booking=booking,
        goal=board,
        companies=known,
        cases=desk,
        following=Following(desk, known, cases, companies, meetings, plans, asks, seal, clock, wake),
        referrals=ReferralDesk(desk, known, companies, meetings, referrals, sectors, clock),
        feeds=FeedDesk(kept_feeds, booking, member_feeds, clock, wake),
        waiting=WaitingDesk(waiting, booking, wishes, clock, wake),
        calendars=BusyDesk(calendars, advisors, read_calendar, Seal(secret, "busy-calendars"), clock),
        agenda=agenda,
        documents=DocumentDesk(documents, agenda, media_type, clock),
        privacy=privacy,
        nights=Nights(purges, purge.night, MeetingsPurged, clock, wake),
        texts=TextDesk(booking),
        registrations=places,
        mornings=MorningDesk(days, agenda, desk, documents, waiting, board, sectors, seal, clock, wake),
        replies=ReplyDesk(
            _replies(resources), read_reply, Turn(resources.database["turns"], "replies"), booking, clock
        ),
    )
    told = (meetings.meetings, cases.cases, waiting.waiting, kept_feeds.feeds, registrations.registrations)
    return Composed(service, outboxes=[*told, answers.answers, purges.purges, days.mornings])


def _replies(resources: Resources) -> Mailbox | None:
    """Where replies come in, if anywhere. Raises InvalidInput(`setting_invalid`)."""
    settings = resources.settings
    if settings.replies_imap:
        return ImapMailbox.at(settings.replies_imap.get_secret_value())
    return Maildir(settings.replies_maildir) if settings.replies_maildir else None


def _number_of(resources: Resources) -> ToText | None:
    """What tells numbers that can be texted, where text messages are offered."""
    if not resources.settings.texts:
        return None
    from services.meetings.phones import number_to_text  # only who offers them needs the library loaded

    return number_to_text
