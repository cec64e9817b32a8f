"""Use cases of replies to invitations: what a company's calendar answers is noted at its meeting, and told to who takes
part. It changes nothing else (decision 41)."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from prometheus_client import Counter

from nexus.errors import InvalidInput
from nexus.service import every
from nexus.telemetry import log
from services.meetings.contracts.meetings import MeetingDeclined, State
from services.meetings.domain import meetings as rules
from services.meetings.domain.replies import Reply, Waiting
from services.meetings.service.booking import BY_LINK, BookingDesk

REPLIES = Counter("nexus_replies_total", "Replies to invitations by what came of each", ["outcome"])

_LEASE = timedelta(minutes=5)  # a round is over long before, unless its process died
_AT_ONCE = 50  # mails of one round
_TRIES = 5  # while others write the same meeting


class Mailbox(Protocol):
    """Where replies come in."""

    def waiting(self, most: int) -> Generator[Waiting]:
        """Some mails that nobody has dealt with. Raises OSError while it cannot be reached."""
        ...


class Turns(Protocol):
    """Which process reads now."""

    def take(self, now: datetime, lease: timedelta) -> bool: ...
    def end(self, now: datetime) -> None: ...


@dataclass(frozen=True)
class ReplyDesk:
    """Reads what has come in, each mail in one process alone. `mailbox` None: nobody replies here. `read` raises
    InvalidInput(`reply_…`) for what is no reply."""

    mailbox: Mailbox | None
    read: Callable[[bytes], Reply]
    turn: Turns
    booking: BookingDesk
    clock: Callable[[], datetime]

    def read_waiting(self) -> int:
        """A round; returns how many mails it dealt with. One that died comes again, and is then known already."""
        if self.mailbox is None or not self.turn.take(self.clock(), _LEASE):
            return 0
        count = 0
        try:
            with closing(self.mailbox.waiting(_AT_ONCE)) as waiting:
                for raw, put_away in waiting:
                    outcome = self._outcome(raw)
                    REPLIES.labels(outcome).inc()
                    log.info("reply_read", outcome=outcome)
                    put_away(outcome.startswith("reply_"))
                    count += 1
        except OSError as error:
            log.warning("replies_unread", error=type(error).__name__)
        finally:
            self.turn.end(self.clock())
        return count

    def _outcome(self, raw: bytes) -> str:
        """What came of a mail: `noted`, `known` or `outdated`, or the code of why it is refused."""
        try:
            return self._note(self.read(raw))
        except InvalidInput as error:
            return error.code

    def _note(self, reply: Reply) -> str:
        """Raises InvalidInput(`reply_not_ours`, `reply_not_by_attendee`, `reply_too_often`)."""
        for _ in range(_TRIES):
            meeting = self.booking.meetings.by_id(reply.meeting, reply.sector)
            if meeting is None or meeting.contact is None:
                raise InvalidInput("reply_not_ours")
            if meeting.contact.email.lower() != reply.who:
                raise InvalidInput("reply_not_by_attendee")
            now = self.clock()
            if (
                meeting.state is not State.CONFIRMED
                or reply.sequence < meeting.sequence
                or meeting.start <= now
            ):
                return "outdated"
            if meeting.participation == reply.answer:
                return "known"
            after = rules.replied(meeting, reply.answer, BY_LINK, reply.comment, now)
            facts = self.booking.facts(after, BY_LINK)
            told = (MeetingDeclined(**facts),) if reply.answer == "declined" else ()
            if self.booking.meetings.replace(after, meeting.revision, None, *told) == "saved":
                self.booking.wake()
                return "noted"
        return "outdated"


class ReplyDoors:
    """What the service does about replies."""

    replies: ReplyDesk

    @every(minutes=1)
    def read_replies(self) -> None:
        """What calendars answered since the last look."""
        self.replies.read_waiting()
