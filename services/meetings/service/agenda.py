"""Use cases of advisors and coordinators: the agenda, one meeting, its outcome; the calendar feed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from nexus.caller import Caller
from nexus.errors import InvalidInput, NotFound, StaleRevision
from nexus.links import Links
from nexus.service import rpc
from services.meetings.contracts.meetings import (
    CancelMeeting,
    FeedContent,
    FindMoves,
    GetMeeting,
    ListMeetings,
    ListWithoutAdvisor,
    ListWithoutOutcome,
    Meeting,
    MeetingHeld,
    MeetingMissed,
    Meetings,
    MoveMeeting,
    ReadFeed,
    RecordOutcome,
    Slots,
    State,
)
from services.meetings.contracts.meetings import Meetings as MeetingList
from services.meetings.domain import meetings as rules
from services.meetings.service.booking import BookingDesk, note_meeting
from services.meetings.service.types import LEADERS, MEETING_LEADERS, MEETING_STAFF, STAFF
from services.meetings.store.advisors import AdvisorStore
from services.meetings.store.meetings import MeetingStore

_LONGEST = timedelta(days=100)
_LOOKED_BACK = timedelta(days=365)
_MOST_WITHOUT = 100
FEED_SPAN = (timedelta(days=60), timedelta(days=400))  # before and after now
_AGENDA = (State.CONFIRMED, State.HELD, State.NO_SHOW)
FEED_STATES = (*_AGENDA, State.CANCELLED_BY_COMPANY, State.CANCELLED_BY_US)


@dataclass(frozen=True)
class AgendaDesk:
    """What staff see and do of meetings that are booked."""

    booking: BookingDesk
    meetings: MeetingStore
    advisors: AdvisorStore
    feeds: Links
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def listed(self, query: ListMeetings, caller: Caller) -> Meetings:
        """Raises InvalidInput(`ends_before_start`, `period_too_long`)."""
        if query.until <= query.since:
            raise InvalidInput("ends_before_start")
        if query.until - query.since > _LONGEST:
            raise InvalidInput("period_too_long", days=_LONGEST.days)
        whose: str | None = query.advisor or caller.person
        if query.every or whose != caller.person:
            caller.require(*MEETING_LEADERS)
            whose = None if query.every else whose
        caller.require(*MEETING_STAFF)
        found = self.meetings.between(caller.sector, whose, query.since, query.until, _AGENDA)
        return Meetings(items=tuple(found))

    def without_outcome(self, caller: Caller) -> Meetings:
        """Those of the caller that are over, with nothing said about them."""
        caller.require(*STAFF)
        return Meetings(items=tuple(self.over(caller.sector, caller.person)[-_MOST_WITHOUT:]))

    def over(self, sector: str | None, advisor: str | None = None) -> list[Meeting]:
        """Those of an advisor, or of a sector, that are over, with nothing said about them, by their beginning."""
        now = self.clock()
        found = self.meetings.between(sector, advisor, now - _LOOKED_BACK, now, (State.CONFIRMED,))
        return [one for one in found if one.end <= now]

    def without_advisor(self, caller: Caller) -> Meetings:
        """Those ahead in the sector of which an advisor has left."""
        caller.require(*LEADERS)
        found = self.meetings.ahead_with(self.advisors.gone(caller.sector), self.clock())
        return Meetings(items=tuple(found[:_MOST_WITHOUT]))

    def get(self, meeting_id: str, caller: Caller) -> Meeting:
        """Raises NotFound(`meeting_not_found`), Forbidden."""
        caller.require(*MEETING_STAFF)
        found = self.meetings.by_id(meeting_id, caller.sector)
        takes_part = found is not None and caller.person in {one.id for one in found.advisors}
        if found is None or not (takes_part or caller.has(*MEETING_LEADERS)):
            raise NotFound("meeting_not_found", id=meeting_id)
        return found

    def moves(self, query: FindMoves, caller: Caller) -> Slots:
        """When it could be instead."""
        return self.booking.moves(self.get(query.id, caller), query.since, query.days, by_staff=True)

    def move(self, command: MoveMeeting, caller: Caller) -> Meeting:
        """Raises StaleRevision and what a move is refused with."""
        found = self._current(command.id, command.revision, caller)
        return self.booking.move(found, command.start, caller.person, command.why, by_staff=True)

    def cancel(self, command: CancelMeeting, caller: Caller) -> Meeting:
        """Raises StaleRevision, Conflict(`meeting_over`)."""
        found = self._current(command.id, command.revision, caller)
        return self.booking.cancel(found, caller.person, command.why, by_staff=True)

    def record(self, command: RecordOutcome, caller: Caller) -> Meeting:
        """Raises StaleRevision, Conflict(`meeting_over`, `not_begun`)."""
        before = self._current(command.id, command.revision, caller)
        if before.state.value == command.outcome:
            return before
        after = rules.with_outcome(before, command.outcome, caller.person, command.why, self.clock())
        event = (MeetingHeld if command.outcome == "held" else MeetingMissed)(
            **self.booking.facts(after, caller.person)
        )
        if self.meetings.replace(after, before.revision, None, event) != "saved":
            raise StaleRevision(id=before.id, yours=command.revision)
        self.wake()
        note_meeting(before, after)
        return after

    def feed(self, token: str, caller: Caller) -> FeedContent:
        """What the calendar of a secret holds. Raises NotFound(`feed_not_found`)."""
        whose = self.feeds.about(token)
        version, advisor = self.advisors.feed(whose), self.advisors.by_id(caller.sector, whose)
        if version is None or advisor is None or not self.feeds.is_good(token, version):
            raise NotFound("feed_not_found")
        now = self.clock()
        found = self.meetings.between(None, whose, now - FEED_SPAN[0], now + FEED_SPAN[1], FEED_STATES)
        return FeedContent(
            name=advisor.content.name, sector=advisor.sector, language=caller.language, items=tuple(found)
        )

    def _current(self, meeting_id: str, revision: int, caller: Caller) -> Meeting:
        found = self.get(meeting_id, caller)
        rules.require_revision(found, revision)
        return found


class AgendaDoors:
    """What the service answers about the agenda."""

    agenda: AgendaDesk

    @rpc
    def read_feed(self, query: ReadFeed, caller: Caller) -> FeedContent:
        return self.agenda.feed(query.token, caller)

    @rpc
    def list_meetings(self, query: ListMeetings, caller: Caller) -> MeetingList:
        return self.agenda.listed(query, caller)

    @rpc
    def list_without_outcome(self, query: ListWithoutOutcome, caller: Caller) -> MeetingList:
        return self.agenda.without_outcome(caller)

    @rpc
    def list_without_advisor(self, query: ListWithoutAdvisor, caller: Caller) -> MeetingList:
        return self.agenda.without_advisor(caller)

    @rpc
    def get_meeting(self, query: GetMeeting, caller: Caller) -> Meeting:
        return self.agenda.get(query.id, caller)

    @rpc
    def find_moves(self, query: FindMoves, caller: Caller) -> Slots:
        return self.agenda.moves(query, caller)

    @rpc
    def move_meeting(self, command: MoveMeeting, caller: Caller) -> Meeting:
        return self.agenda.move(command, caller)

    @rpc
    def cancel_meeting(self, command: CancelMeeting, caller: Caller) -> Meeting:
        return self.agenda.cancel(command, caller)

    @rpc
    def record_outcome(self, command: RecordOutcome, caller: Caller) -> Meeting:
        return self.agenda.record(command, caller)
