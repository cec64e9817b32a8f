"""What becomes of a message: when it is tried again, when it is given up, when it is of no use any more."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from services.notifications.contracts import (
    Appointment,
    ConfirmationWanted,
    Digest,
    FollowUp,
    Language,
    MeetingForAdvisor,
    MeetingText,
    NoticeKind,
    PersonalDataMail,
    SendCalendar,
    SendCode,
    SendInvitation,
    SendMeeting,
    SendOffer,
    SendResult,
    SendVerificationDue,
)
from services.notifications.contracts.activities import ActivityTold
from services.notifications.contracts.consent import Basis, Purpose
from services.notifications.contracts.deliveries import DeliveryBasis, NoticeChannel
from services.notifications.contracts.mornings import MorningList, WeeklyFigures
from services.notifications.contracts.staff import (
    CommentTold,
    EventsParked,
    ForStaff,
    NewKey,
    UnreadableDocuments,
    WebhookStopped,
)

Notice = (
    SendCode
    | SendInvitation
    | SendVerificationDue
    | SendMeeting
    | MeetingForAdvisor
    | WebhookStopped
    | NewKey
    | EventsParked
    | MeetingText
    | SendOffer
    | SendCalendar
    | FollowUp
    | SendResult
    | PersonalDataMail
    | ConfirmationWanted
    | Digest
    | MorningList
    | WeeklyFigures
    | CommentTold
    | UnreadableDocuments
    | ActivityTold
)
KINDS: dict[NoticeKind, type[Notice]] = {
    "code": SendCode,
    "invitation": SendInvitation,
    "verification_due": SendVerificationDue,
    "meeting": SendMeeting,
    "follow_up": FollowUp,
    "offer": SendOffer,
    "calendar": SendCalendar,
    "advisor_meeting": MeetingForAdvisor,
    "webhook_stopped": WebhookStopped,
    "new_key": NewKey,
    "events_parked": EventsParked,
    "meeting_text": MeetingText,
    "result": SendResult,
    "personal_data": PersonalDataMail,
    "subscription": ConfirmationWanted,
    "digest": Digest,
    "morning_list": MorningList,
    "weekly_figures": WeeklyFigures,
    "comment": CommentTold,
    "unreadable_documents": UnreadableDocuments,
    "activity": ActivityTold,
}

MAX_ATTEMPTS = 12  # with the usual pauses a little more than an hour: greylisting lets in before that
LEASE = timedelta(minutes=3)  # what a process took and never finished is free again after this
_LONGEST_PAUSE = timedelta(hours=1)
_MEETING_IS_NEWS = timedelta(days=1)
_RESULT_IS_NEWS = timedelta(days=1)
_PERSONAL_DATA_IS_NEWS = timedelta(days=7)
_VERIFICATION_IS_NEWS = timedelta(days=14)
_FOLLOW_UP_IS_NEWS = timedelta(days=14)
_THANKS_ARE_NEWS = timedelta(days=7)
_STAFF_IS_NEWS = timedelta(days=3)
_DIGEST_IS_NEWS = timedelta(days=1)
_LONGEST_ANSWER = 300  # characters


def kind_of(notice: Notice) -> NoticeKind:
    """What a notice is called."""
    return next(kind for kind, type in KINDS.items() if isinstance(notice, type))


class Suppressed(Exception):
    """A message that is not to be sent, and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class About:
    """What a message tells of, and the revision that it knows. One that `lapses` is dropped when a later one comes."""

    id: str
    revision: int
    lapses: bool = False


@dataclass(frozen=True)
class Message:
    """A notice on its way to one person of a sector."""

    id: str
    sector: str
    notice: Notice
    created_at: datetime
    attempts: int = 0
    about: About | None = None
    due: datetime | None = None  # None: at once
    until: datetime | None = None  # None: as long as what it brings is of use

    @property
    def kind(self) -> NoticeKind:
        return kind_of(self.notice)

    @property
    def channel(self) -> NoticeChannel:
        """By which way it leaves."""
        return "text" if isinstance(self.notice, MeetingText) else "mail"

    @property
    def person(self) -> str | None:
        """The account that it goes to; None: it has an address of its own."""
        return self.notice.person if isinstance(self.notice, MeetingForAdvisor | ForStaff) else None

    @property
    def expires_at(self) -> datetime:
        """From when on it is of no use to whoever gets it."""
        if self.until:
            return self.until
        match self.notice:
            case SendCode(minutes=minutes):
                return self.created_at + timedelta(minutes=minutes)
            case SendInvitation(days=days) | ConfirmationWanted(days=days):
                return self.created_at + timedelta(days=days)
            case ActivityTold(change="ended"):
                return self.created_at + _THANKS_ARE_NEWS
            case Appointment(start=start):
                return max(start, self.created_at + _MEETING_IS_NEWS)
            case SendOffer(expires_at=expires_at):
                return expires_at
            case SendCalendar():
                return self.created_at + _MEETING_IS_NEWS
            case SendResult():
                return self.created_at + _RESULT_IS_NEWS
            case SendVerificationDue():
                return self.created_at + _VERIFICATION_IS_NEWS
            case PersonalDataMail():
                return self.created_at + _PERSONAL_DATA_IS_NEWS
            case FollowUp():
                return self.created_at + _FOLLOW_UP_IS_NEWS
            case WebhookStopped() | NewKey() | EventsParked() | CommentTold() | UnreadableDocuments():
                return self.created_at + _STAFF_IS_NEWS
            case Digest() | MorningList() | WeeklyFigures():
                return self.created_at + _DIGEST_IS_NEWS


@dataclass(frozen=True)
class Recipient:
    """Whom a message goes to, and in which language."""

    to: str
    language: Language
    name: str | None = None


@dataclass(frozen=True)
class Ground:
    """Why a message may be sent, and since when where that is consent."""

    basis: DeliveryBasis
    consent_at: datetime | None = None


ASKED_FOR = Ground("transactional")


@dataclass(frozen=True)
class WayOut:
    """How somebody refuses more messages of the kind, to which they agreed on a day, or which meeting us then implies:
    one click, or a page with all."""

    purpose: Purpose
    basis: Basis
    agreed_at: datetime
    unsubscribe: str = field(repr=False)
    preferences: str = field(repr=False)


@dataclass(frozen=True)
class CalendarPart:
    """An iCalendar object for the recipient's calendar, and what it asks of it (RFC 5546)."""

    method: Literal["REQUEST", "CANCEL"]
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Letter:
    """A message in words, ready for a channel. What is sent twice is the same twice, and has the same `id`.

    A text message has neither a subject nor HTML."""

    id: str
    sector: str
    language: Language
    sender: str
    reply_to: str | None
    to: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    written_at: datetime
    calendar: CalendarPart | None = None
    fell_back: bool = False  # the sector's own words could not be used: these are the shipped ones
    unsubscribe: str | None = field(default=None, repr=False)
    ground: Ground = ASKED_FOR


@dataclass(frozen=True)
class Sender:
    """Who a sector is to those it writes to."""

    site: str
    title: str
    contact: str
    contact_url: str | None
    reply_to: str | None
    accent: str
    accent_dark: str
    on_accent: str
    address: str | None = None  # by post


def pause(attempts: int, first: float, luck: float) -> timedelta:
    """How long to wait after so many failed `attempts`: `first` seconds, each time twice as long, an hour at
    most, give or take a quarter as `luck` (0 to 1) says, so that many do not come back at once."""
    doubled = min(first * 2.0 ** min(attempts - 1, 40), _LONGEST_PAUSE.total_seconds())
    return timedelta(seconds=doubled * (0.75 + luck / 2))


def is_given_up(attempts: int, permanent: bool) -> bool:
    """Whether a message that failed so often waits for a person from now on."""
    return permanent or attempts >= MAX_ATTEMPTS


def recipient_hash(address: str) -> str:
    """What stays of an address once its message has been sent: enough to find it again for who knows it."""
    return hashlib.sha256(address.lower().encode()).hexdigest()


def without_secrets(answer: str, message: Message, to: str | None = None) -> str:
    """What a mail server said, shortened, without the address (`to`, where the message does not know it) and whatever
    of the message it repeats."""
    secrets = [secret for secret in _secrets(message.notice) if secret]
    for address in (to, getattr(message.notice, "to", None)):
        secrets += [address, address.rpartition("@")[0]] if address else []
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        answer = answer.replace(secret, "…")
    return " ".join(answer.split())[:_LONGEST_ANSWER]


def _secrets(notice: Notice) -> list[str | None]:
    match notice:
        case SendCode(code=code, link=link):
            return [link, code]
        case (
            SendInvitation(link=link)
            | SendOffer(link=link)
            | SendCalendar(link=link)
            | FollowUp(link=link)
            | SendResult(link=link)
            | PersonalDataMail(link=link)
            | ConfirmationWanted(link=link)
        ):
            return [link]
        case (
            SendMeeting(link=link, where=where)
            | MeetingText(link=link, where=where)
            | ActivityTold(link=link, where=where)
        ):
            return [link, where]
        case MeetingForAdvisor(email=email, phone=phone, where=where):
            return [email, phone, where]
        case WebhookStopped() | NewKey() | EventsParked() | WeeklyFigures() | UnreadableDocuments():
            return []
        case MorningList(meetings=meetings):
            return [told for one in meetings for told in (one.phone, one.where)]
        case CommentTold(text=text, asked=asked):
            return [text, asked]
        case SendVerificationDue(items=items):
            return [one.still_correct_link for one in items]
        case Digest():
            return []
