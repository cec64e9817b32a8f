"""Calendar feeds of those who come: all meetings of a mail address on a sector's site."""

from nexus.caller import Language
from nexus.messages import Command, Event, Message, Query
from services.meetings.contracts.availability import Feed
from services.meetings.contracts.meetings import Address, Booked
from services.meetings.contracts.words import Secret


class AskCalendar(Command[None], service="meetings"):
    """Mail the address of the calendar with all their meetings to who comes to the meeting of a link: whoever booked
    with an address need not be who reads its mail. Nothing is mailed twice within ten minutes.

    Refused with `meeting_not_found`, `meeting_over`."""

    token: Secret
    base_url: Address


class CompanyFeed(Message):
    """Meetings with the secrets of their links; cancelled ones too, so that calendars let go of them."""

    sector: str
    items: tuple[Booked, ...]


class ReadCompanyFeed(Query[CompanyFeed], service="meetings"):
    """The feed of a secret. Refused with `feed_not_found`."""

    token: Secret


class RenewCompanyFeed(Command[Feed], service="meetings"):
    """Another secret for the feed: the address before is good no more. Refused with `feed_not_found`."""

    token: Secret


class CalendarAsked(Event, service="meetings"):
    """`sealed` holds `{to, link}` for the notifications service, and is readable to it alone."""

    id: str
    revision: int
    sector: str
    language: Language
    sealed: str

    @property
    def subject(self) -> str:
        return self.id
