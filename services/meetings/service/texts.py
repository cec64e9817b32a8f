"""Whether who comes is reminded by text message: asked for and taken back by the link of a meeting."""

from dataclasses import dataclass

from nexus.audit import note
from nexus.caller import Caller
from nexus.errors import StaleRevision
from nexus.service import rpc
from services.meetings.contracts.meetings import ChooseTextReminder, Meeting, TextReminderChosen
from services.meetings.domain.meetings import with_texts
from services.meetings.domain.texts import text_reminder
from services.meetings.service.booking import BY_LINK, BookingDesk


@dataclass(frozen=True)
class TextDesk:
    """What who has the link of a meeting chooses."""

    booking: BookingDesk

    def choose(self, command: ChooseTextReminder, caller: Caller) -> Meeting:
        """Raises Conflict(`meeting_over`), InvalidInput(`texts_not_offered`, `phone_unusable`), StaleRevision."""
        booking, meeting = self.booking, self.booking.own(command.token, caller)
        now = booking.clock()
        texts = text_reminder(command.text_consent, command.phone, booking.number_of, now)
        if texts is None and meeting.texts is None:
            return meeting
        after = with_texts(meeting, texts, now)
        event = TextReminderChosen(**booking.facts(after, BY_LINK))
        if booking.meetings.replace(after, meeting.revision, None, event) != "saved":
            raise StaleRevision(id=meeting.id, yours=meeting.revision)
        booking.wake()
        before, chosen = {"texts": meeting.texts is not None}, {"texts": texts is not None}
        note("meeting", after.id, after.type.name.fr, before, chosen, sector=after.sector)
        return after


class TextDoors:
    """What the service answers about text messages."""

    texts: TextDesk

    @rpc
    def choose_text_reminder(self, command: ChooseTextReminder, caller: Caller) -> Meeting:
        return self.texts.choose(command, caller)
