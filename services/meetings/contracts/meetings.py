"""Meetings: from free slots over a hold and a booking to what became of it."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from nexus.caller import Language
from nexus.messages import Command, Event, Message, Query
from services.meetings.contracts.availability import DaySlots
from services.meetings.contracts.words import (
    NO_TEXT,
    BothLines,
    BothTexts,
    Id,
    Key,
    Line,
    Paragraph,
    Place,
    Secret,
    Tag,
    Tongue,
)

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = (  # what every mail server takes: no quotes, and a domain in ASCII
    rf"^{_ATOM}(\.{_ATOM})*@([A-Za-z0-9]([A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.)+([A-Za-z]{{2,63}}|xn--[A-Za-z0-9-]{{1,59}})$"
)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


Email = Annotated[str, StringConstraints(max_length=254, pattern=_ADDRESS), AfterValidator(str.lower)]
# Form of the Québec enterprise number: https://www.quebec.ca/entreprises-et-travailleurs-autonomes/registraire
Neq = Annotated[
    str,
    StringConstraints(
        max_length=30, pattern=r"^[\s-]*(1[\s-]*1|2[\s-]*2|3[\s-]*3|8[\s-]*8)([\s-]*[0-9]){8}[\s-]*$"
    ),
    AfterValidator(_digits),
]
Phone = Annotated[
    str,
    StringConstraints(max_length=40, pattern=rf"^([^0-9{NO_TEXT}]*[0-9]){{7,20}}[^0-9{NO_TEXT}]*$"),
    AfterValidator(str.strip),
]
Name = Annotated[Line, StringConstraints(max_length=120)]
Answer = Annotated[
    str, StringConstraints(max_length=1_000, pattern=f"^[^{NO_TEXT}]*$"), AfterValidator(str.strip)
]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+$", max_length=300)]
TextConsent = Annotated[
    Line | None,
    Field(
        description="The words with which the person agreed to a text message two hours before, to `phone`; none: no "
        "text message"
    ),
]


REPLIES = ("accepted", "declined", "tentative")


class State(StrEnum):
    """Where a meeting stands. Requested: its time is held while a form is filled in."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    HELD = "held"
    NO_SHOW = "no_show"
    CANCELLED_BY_COMPANY = "cancelled_by_company"
    CANCELLED_BY_US = "cancelled_by_us"


class Need(Message):
    """What the company wants to talk about. `answers` are those of the questionnaire, by its parameters."""

    language: Tongue = "fr"
    themes: tuple[Tag, ...] = Field((), max_length=10)
    answers: dict[Tag, tuple[Tag, ...]] = Field(
        default_factory=dict, max_length=20, json_schema_extra={"additionalProperties": False}
    )
    message: Paragraph | None = None


class Contact(Message):
    """Who comes. `language`: of what we write to them."""

    name: Name
    company: Name
    email: Email
    phone: Phone | None = None
    neq: Neq | None = None
    language: Language = "fr"


class Consent(Message):
    """To what and when the person agreed: that we keep these details for the meeting and its follow-up."""

    purpose: Literal["meeting"] = "meeting"
    at: AwareDatetime


class TextReminder(Message):
    """That a person is reminded by text message two hours before, and the words with which they agreed to it."""

    number: str = Field(description="as ITU-T E.164 has it: +15145550123", repr=False)
    wording: Line
    at: AwareDatetime


class TypeInBrief(Message):
    """The type of a meeting as it was when it was booked."""

    id: str
    name: BothLines
    minutes: int
    before: int
    after: int
    cancel_hours: int
    move_hours: int
    documents: BothTexts | None = None
    questions: tuple[BothLines, ...] = ()


class AdvisorInMeeting(Message):
    """Somebody who takes part for us."""

    id: str
    name: str


class Step(Message):
    """Something that happened to a meeting: who, when, why."""

    at: AwareDatetime
    by: str = Field(description="the id of a person; `company`: by its link")
    what: Literal[
        "requested", "confirmed", "moved", "held", "no_show", "cancelled", "accepted", "declined", "tentative"
    ] = Field(description="the last three: what the company's calendar replied to the invitation")
    why: str | None = None
    start: AwareDatetime | None = Field(None, description="when it was to begin before it was moved")


class Meeting(Message):
    """A meeting. `start` to `end` without what is kept free around it."""

    id: str
    sector: str
    revision: int
    state: State
    type: TypeInBrief
    place: Place
    where: str | None = Field(None, description="an office's address, or a link")
    start: AwareDatetime
    end: AwareDatetime
    zone: str
    advisors: tuple[AdvisorInMeeting, ...]
    need: Need
    contact: Contact | None = None
    consent: Consent | None = None
    texts: TextReminder | None = None
    answers: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    created_at: AwareDatetime
    expires_at: AwareDatetime | None = Field(None, description="until when a request is held")
    site: Address | None = Field(None, description="where it was booked; mails lead there")
    company: str | None = Field(None, description="whose it is, soon after it is confirmed")
    case: str | None = Field(None, description="the case file that it is part of")

    @property
    def sequence(self) -> int:
        """How often it was changed since it was booked: SEQUENCE of its calendar entry (RFC 5545, 3.8.7.4)."""
        return sum(step.what in ("moved", "cancelled") for step in self.steps)

    @property
    def participation(self) -> str | None:
        """What the company's calendar replied since the meeting stands as it does: accepted, declined, tentative."""
        for step in reversed(self.steps):
            if step.what in REPLIES:
                return step.what
            if step.what in ("confirmed", "moved", "cancelled"):
                break
        return None


class Slots(Message):
    """When a meeting can begin: the days asked for that have something, and `next`: the first beginning from the
    first of them on, up to as far as the type can be booked."""

    zone: str
    since: date
    until: date
    days: tuple[DaySlots, ...]
    next: AwareDatetime | None
    first: date = Field(description="the first day that can be booked at all")
    last: date = Field(description="the last one")


class FindSlots(Query[Slots], service="meetings"):
    """Refused with `meeting_type_not_found`, `place_not_offered`."""

    type: Id
    place: Place
    language: Tongue = "fr"
    advisor: Id | None = None
    since: date | None = None
    days: int = Field(7, ge=1, le=62)


class Booked(Message):
    """A meeting, and the secret of its link, with which the company comes back to it."""

    meeting: Meeting
    token: Secret


class HoldMeeting(Command[Booked], service="meetings"):
    """Keep a time for ten minutes while a form is filled in.

    Refused with `slot_taken` (`nearest`: other beginnings), `slot_not_offered`, `too_many_holds`."""

    type: Id
    place: Place
    start: AwareDatetime
    need: Need = Need()
    advisor: Id | None = None


class ConfirmMeeting(Command[Meeting], service="meetings"):
    """Say who comes.

    Refused with `hold_expired`, `answer_missing`, `phone_missing`, `email_unusable`, `too_many_meetings`; where a text
    message is asked for, with `texts_not_offered`, `phone_unusable`."""

    token: Secret
    contact: Contact
    consent: Literal[True]
    text_consent: TextConsent = None
    answers: tuple[Answer, ...] = Field((), max_length=10)
    message: Paragraph | None = Field(None, description="what else there is to say of the need")
    base_url: Address | None = Field(None, description="of the site; with it the company is mailed its link")


class BookMeeting(Command[Booked], service="meetings"):
    """Hold and confirm in one. A repetition with the same `key` is answered with the meeting of the first time.

    Refused as the two are, and with `key_reused`: the key was used for another request."""

    type: Id
    place: Place
    start: AwareDatetime
    contact: Contact
    consent: Literal[True]
    text_consent: TextConsent = None
    need: Need = Need()
    answers: tuple[Answer, ...] = Field((), max_length=10)
    advisor: Id | None = None
    key: Key | None = None
    base_url: Address | None = Field(None, description="of the site; with it the company is mailed its link")


class OpenOwnMeeting(Query[Meeting], service="meetings"):
    """The meeting of a link. Refused with `meeting_not_found`."""

    token: Secret


class FindOwnMoves(Query[Slots], service="meetings"):
    """When the meeting of a link could be instead, with the same advisors."""

    token: Secret
    since: date | None = None
    days: int = Field(7, ge=1, le=62)


class MoveOwnMeeting(Command[Meeting], service="meetings"):
    """Refused with `too_late`, `slot_taken`, `slot_not_offered`, `meeting_over`."""

    token: Secret
    start: AwareDatetime


class CancelOwnMeeting(Command[Meeting], service="meetings"):
    """Refused with `too_late`, `meeting_over`."""

    token: Secret
    why: Paragraph | None = None


class ChooseTextReminder(Command[Meeting], service="meetings"):
    """Have a reminder by text message two hours before the meeting of a link, or none any more.

    Refused with `texts_not_offered`, `phone_unusable`, `meeting_over`."""

    token: Secret
    text_consent: TextConsent
    phone: Phone | None = None


class GetMeeting(Query[Meeting], service="meetings"):
    """For advisors who take part, coordinators and administrators. Refused with `meeting_not_found`."""

    id: Id


class Meetings(Message):
    """By their beginning."""

    items: tuple[Meeting, ...]


class ListMeetings(Query[Meetings], service="meetings"):
    """The agenda from one moment to another, a hundred days at most: the caller's own, or, for coordinators and
    administrators, that of `advisor`, or with `every` all of the sector. Without what was cancelled or is held
    for a form only."""

    since: AwareDatetime
    until: AwareDatetime
    advisor: Id | None = None
    every: bool = False


class ListWithoutOutcome(Query[Meetings], service="meetings"):
    """The caller's own meetings that are over and of which nobody has said whether they were held; the latest
    hundred, oldest first."""


class FindMoves(Query[Slots], service="meetings"):
    """When a meeting could be instead, with the same advisors. For those of GetMeeting."""

    id: Id
    since: date | None = None
    days: int = Field(7, ge=1, le=62)


class ListWithoutAdvisor(Query[Meetings], service="meetings"):
    """The meetings ahead of which an advisor has no account any more, a hundred at most: whoever moves one chooses
    among the times of everybody who is there. For coordinators and administrators."""


class MoveMeeting(Command[Meeting], service="meetings"):
    """For those of GetMeeting, whatever the limits of the type. Refused with `stale_revision`, `slot_taken`,
    `slot_not_offered`, `meeting_over`."""

    id: Id
    revision: int
    start: AwareDatetime
    why: Paragraph | None = None


class CancelMeeting(Command[Meeting], service="meetings"):
    """For those of GetMeeting. Refused with `stale_revision`, `meeting_over`."""

    id: Id
    revision: int
    why: Paragraph


class RecordOutcome(Command[Meeting], service="meetings"):
    """Whether it was held; may be corrected. For those of GetMeeting. Refused with `stale_revision`,
    `not_begun`, `meeting_over`: it was cancelled."""

    id: Id
    revision: int
    outcome: Literal["held", "no_show"]
    why: Paragraph | None = None


class FeedContent(Message):
    """What an advisor's calendar holds: cancelled meetings too, so that calendars let go of them."""

    name: str
    sector: str
    language: Language
    items: tuple[Meeting, ...]


class ReadFeed(Query[FeedContent], service="meetings"):
    """The feed of a secret. Refused with `feed_not_found`."""

    token: Secret


class _MeetingEvent(Event):
    """What happened to a meeting, without who comes: that stays in the service. `sealed` holds
    `{to, name, company, phone, link, site, where, people, text_to}` for the notifications service, and is readable to
    it alone; None: nobody is mailed."""

    id: str
    revision: int
    sequence: int = 0
    sector: str
    meeting_type: str
    place: Place
    advisors: tuple[str, ...]
    start: AwareDatetime
    end: AwareDatetime
    zone: str
    title: BothLines
    language: Language
    by: str
    sealed: str | None = None

    @property
    def subject(self) -> str:
        return self.id


class MeetingBooked(_MeetingEvent, service="meetings"):
    """It is confirmed."""


class MeetingMoved(_MeetingEvent, service="meetings"):
    """It is at another time than `before`."""

    before: AwareDatetime


class MeetingCancelled(_MeetingEvent, service="meetings"):
    """It will not take place."""

    by_company: bool


class MeetingDeclined(_MeetingEvent, service="meetings"):
    """The company's calendar says that nobody comes. The meeting stands: such a mail is easily forged."""


class TextReminderChosen(_MeetingEvent, service="meetings"):
    """Who comes wants to be reminded by text message, or no longer wants it."""


class MeetingHeld(_MeetingEvent, service="meetings"):
    """It took place."""


class MeetingMissed(_MeetingEvent, service="meetings"):
    """The company did not come."""
