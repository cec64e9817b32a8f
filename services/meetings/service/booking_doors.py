"""The doors of booking."""

from nexus.caller import Caller
from nexus.service import every, rpc
from services.meetings.contracts.meetings import (
    Booked,
    BookMeeting,
    CancelOwnMeeting,
    ConfirmMeeting,
    FindOwnMoves,
    FindSlots,
    HoldMeeting,
    Meeting,
    MoveOwnMeeting,
    OpenOwnMeeting,
    Slots,
)
from services.meetings.service.booking import BY_LINK, BookingDesk


class BookingDoors:
    """What the service answers about booking."""

    booking: BookingDesk

    @rpc
    def find_slots(self, query: FindSlots, caller: Caller) -> Slots:
        return self.booking.slots(query, caller)

    @rpc
    def hold_meeting(self, command: HoldMeeting, caller: Caller) -> Booked:
        return self.booking.hold(command, caller)

    @rpc
    def confirm_meeting(self, command: ConfirmMeeting, caller: Caller) -> Meeting:
        return self.booking.confirm(command, caller)

    @rpc
    def book_meeting(self, command: BookMeeting, caller: Caller) -> Booked:
        return self.booking.book(command, caller)

    @rpc
    def open_own_meeting(self, query: OpenOwnMeeting, caller: Caller) -> Meeting:
        return self.booking.own(query.token, caller)

    @rpc
    def find_own_moves(self, query: FindOwnMoves, caller: Caller) -> Slots:
        meeting = self.booking.own(query.token, caller)
        return self.booking.moves(meeting, query.since, query.days, by_staff=False)

    @rpc
    def move_own_meeting(self, command: MoveOwnMeeting, caller: Caller) -> Meeting:
        meeting = self.booking.own(command.token, caller)
        return self.booking.move(meeting, command.start, BY_LINK, by_staff=False)

    @rpc
    def cancel_own_meeting(self, command: CancelOwnMeeting, caller: Caller) -> Meeting:
        meeting = self.booking.own(command.token, caller)
        return self.booking.cancel(meeting, BY_LINK, command.why, by_staff=False)

    @every(minutes=1)
    def release_expired_holds(self) -> None:
        """A form that was never sent keeps nobody's time."""
        self.booking.release()
