"""The waiting list: who would come earlier, and what they are offered, one at a time."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from nexus.caller import Language
from nexus.messages import Command, Event, Message, Query
from services.meetings.contracts.meetings import Address, Answer, Booked, Contact, Need
from services.meetings.contracts.words import BothLines, Id, Key, Place, Secret

WishState = Literal["waiting", "offered", "taken", "left", "over"]


class Offer(Message):
    """A time that is kept for somebody until `expires_at`."""

    start: AwareDatetime
    end: AwareDatetime
    expires_at: AwareDatetime
    people: str = Field(description="who takes part for us")


class Wish(Message):
    """A place on the waiting list. Taken: an offer was; left: they asked to be; over: it is too late for it."""

    id: str
    sector: str
    revision: int
    state: WishState
    name: BothLines = Field(description="of the type of the meeting")
    place: Place
    zone: str
    booked: AwareDatetime | None = Field(None, description="when the meeting is now; None: there is none yet")
    until: AwareDatetime = Field(description="it begins before that")
    offer: Offer | None = None
    created_at: AwareDatetime


class Wished(Message):
    """A place on the list, and the secret of its link."""

    wish: Wish
    token: Secret


class OwnWish(Message):
    """None: nobody waits."""

    found: Wished | None = None


class AskEarlier(Command[Wished], service="meetings"):
    """Be told when an earlier time gets free for the meeting of a link. To ask again changes the day.

    Refused with `meeting_over`, `date_out_of_range`."""

    token: Secret
    until: date = Field(description="the last day that would suit")
    base_url: Address = Field(description="of the site, where the offer is answered")


class AskForTime(Command[Wished], service="meetings"):
    """Be told when a time gets free for a meeting that is not booked yet. An offer that is accepted books it.
    A repetition with the same `key` is answered with the place of the first time.

    Refused as a booking is, and with `date_out_of_range`, `too_many_wishes`, `key_reused`."""

    type: Id
    place: Place
    until: date
    contact: Contact
    consent: Literal[True]
    need: Need = Need()
    answers: tuple[Answer, ...] = Field((), max_length=10)
    advisor: Id | None = None
    key: Key | None = None
    base_url: Address


class FindOwnWish(Query[OwnWish], service="meetings"):
    """The place on the list of the meeting of a link."""

    token: Secret


class OpenWish(Query[Wish], service="meetings"):
    """The place on the list of a link. Refused with `wish_not_found`."""

    token: Secret


class AcceptOffer(Command[Booked], service="meetings"):
    """Take the time that is offered: the meeting moves there, or is booked. Refused with `offer_expired`,
    `slot_taken`, `too_late`, `meeting_over`, `wish_not_found`."""

    token: Secret


class DeclineOffer(Command[Wish], service="meetings"):
    """Leave the time to the next one, and wait for another. Refused with `offer_expired`, `wish_not_found`."""

    token: Secret


class LeaveWaiting(Command[Wish], service="meetings"):
    """Wait no longer. Refused with `wish_not_found`."""

    token: Secret


class TimeOffered(Event, service="meetings"):
    """A time is kept for somebody until `expires_at`. `before`: when their meeting is now, if they have one.
    `sealed` holds `{to, link, people}` for the notifications service, and is readable to it alone."""

    id: str
    revision: int
    sector: str
    title: BothLines
    place: Place
    start: AwareDatetime
    end: AwareDatetime
    zone: str
    before: AwareDatetime | None
    expires_at: AwareDatetime
    language: Language
    sealed: str

    @property
    def subject(self) -> str:
        return self.id
