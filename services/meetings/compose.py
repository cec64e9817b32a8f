"""The meetings service on its real collaborators."""

from nexus.composition import Composed, Resources
from nexus.media_types import media_type
from nexus.seal import Seal, derived_key
from nexus.shared_secrets import sealing_secret
from services.meetings.external.outside import read_calendar
from services.meetings.service import Meetings
from services.meetings.service.agenda import AgendaDesk
from services.meetings.service.availability import AvailabilityDesk
from services.meetings.service.booking import BookingDesk
from services.meetings.service.calendars import BusyDesk
from services.meetings.service.documents import DocumentDesk
from services.meetings.service.feeds import FeedDesk
from services.meetings.service.links import Links
from services.meetings.service.offers import Offers
from services.meetings.service.types import TypeDesk
from services.meetings.service.waiting import WaitingDesk
from services.meetings.store.advisors import AdvisorStore, TypeStore
from services.meetings.store.calendars import CalendarStore
from services.meetings.store.documents import DocumentStore
from services.meetings.store.feeds import FeedStore
from services.meetings.store.meetings import MeetingStore
from services.meetings.store.waiting import WaitingStore


def compose(resources: Resources) -> Composed:
    """Meetings on the database given. Makes its indexes; the database must answer.

    Raises InvalidInput(`setting_missing`, `setting_weak`) without a secret that deserves the name."""
    secret = sealing_secret(resources)
    meetings, advisors = MeetingStore(resources.database), AdvisorStore(resources.database)
    kept_types, calendars = TypeStore(resources.database), CalendarStore(resources.database)
    waiting, kept_feeds = WaitingStore(resources.database), FeedStore(resources.database)
    documents = DocumentStore(resources.database)
    for store in (meetings, advisors, kept_types, calendars, waiting, documents):
        store.prepare()
    clock, wake = resources.clock, resources.wake
    types, offers = TypeDesk(kept_types, clock), Offers(meetings, calendars, waiting)
    links = Links(derived_key(secret, "meeting-links"), "meeting")
    feeds = Links(derived_key(secret, "meeting-links"), "feed")
    wishes = Links(derived_key(secret, "meeting-links"), "wish")
    booking = BookingDesk(types, advisors, meetings, offers, links, Seal(secret, "mail"), clock, wake)
    agenda = AgendaDesk(booking, meetings, advisors, feeds, clock, wake)
    service = Meetings(
        types=types,
        availability=AvailabilityDesk(advisors, types, offers, feeds, clock),
        booking=booking,
        feeds=FeedDesk(
            kept_feeds, booking, Links(derived_key(secret, "meeting-links"), "company-feed"), clock, wake
        ),
        waiting=WaitingDesk(waiting, booking, wishes, clock, wake),
        calendars=BusyDesk(calendars, advisors, read_calendar, Seal(secret, "busy-calendars"), clock),
        agenda=agenda,
        documents=DocumentDesk(documents, agenda, media_type, clock),
    )
    return Composed(service, outboxes=[meetings.meetings, waiting.waiting, kept_feeds.feeds])
