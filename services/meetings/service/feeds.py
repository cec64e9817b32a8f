"""Use cases of the calendar feeds of those who come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from nexus.audit import note
from nexus.caller import Caller, Language
from nexus.errors import Conflict, NotFound
from nexus.links import Links
from nexus.service import rpc
from services.meetings.contracts.availability import Feed
from services.meetings.contracts.feeds import (
    AskCalendar,
    CalendarAsked,
    CompanyFeed,
    ReadCompanyFeed,
    RenewCompanyFeed,
)
from services.meetings.contracts.meetings import Booked
from services.meetings.service.agenda import FEED_SPAN, FEED_STATES
from services.meetings.service.booking import BookingDesk
from services.meetings.store.feeds import CompanyCalendar, FeedStore

# The page of a feed on every gateway, in the language of the mail.
FEED_PATHS: Mapping[Language, str] = {"fr": "/fr/calendrier", "en": "/en/calendar"}


@dataclass(frozen=True)
class FeedDesk:
    """What companies do with the calendar of their meetings."""

    feeds: FeedStore
    booking: BookingDesk
    links: Links
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def ask(self, command: AskCalendar, caller: Caller) -> None:
        """Raises NotFound(`meeting_not_found`), Conflict(`meeting_over`): nobody's details are known."""
        meeting = self.booking.own(command.token, caller)
        if meeting.contact is None:
            raise Conflict("meeting_over")
        feed, language = self.feeds.of(meeting.sector, meeting.contact.email), meeting.contact.language
        link = f"{command.base_url}{FEED_PATHS[language]}/{self._token(feed)}"
        event = CalendarAsked(
            id=feed.id,
            revision=feed.asked + 1,
            sector=meeting.sector,
            language=language,
            sealed=self.booking.seal.close({"to": feed.email, "link": link}),
        )
        if self.feeds.ask(feed, self.clock(), event):
            self.wake()

    def read(self, token: str, caller: Caller) -> CompanyFeed:
        """Raises NotFound(`feed_not_found`)."""
        feed, now = self._own(token, caller), self.clock()
        found = self.booking.meetings.of_email(
            feed.sector, feed.email, now - FEED_SPAN[0], now + FEED_SPAN[1], FEED_STATES
        )
        links = self.booking.links
        items = tuple(Booked(meeting=one, token=links.token(one.id)) for one in found)
        return CompanyFeed(sector=feed.sector, items=items)

    def renew(self, token: str, caller: Caller) -> Feed:
        """Another one. Raises NotFound(`feed_not_found`)."""
        feed = self._own(token, caller)
        self.feeds.renew(feed)
        note("feed", feed.id, feed.id, after={"renewed": True}, sector=feed.sector)
        return Feed(token=self._token(self.feeds.of(feed.sector, feed.email)))

    def _own(self, token: str, caller: Caller) -> CompanyCalendar:
        feed = self.feeds.get(self.links.about(token))
        if (
            feed is None
            or not self.links.is_good(token, feed.version)
            or not caller.may_touch((feed.sector,))
        ):
            raise NotFound("feed_not_found")
        return feed

    def _token(self, feed: CompanyCalendar) -> str:
        return self.links.token(feed.id, feed.version)


class FeedDoors:
    """What the service answers about the calendars of those who come."""

    feeds: FeedDesk

    @rpc
    def ask_calendar(self, command: AskCalendar, caller: Caller) -> None:
        self.feeds.ask(command, caller)

    @rpc
    def read_company_feed(self, query: ReadCompanyFeed, caller: Caller) -> CompanyFeed:
        return self.feeds.read(query.token, caller)

    @rpc
    def renew_company_feed(self, command: RenewCompanyFeed, caller: Caller) -> Feed:
        return self.feeds.renew(command.token, caller)
