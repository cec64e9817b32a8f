"""What becomes of a message: when it is tried again, when it is given up, when it is of no use any more."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.notifications.contracts import (
    Language,
    NoticeKind,
    SendCode,
    SendInvitation,
    SendMeeting,
    SendResult,
    SendVerificationDue,
)

Notice = SendCode | SendInvitation | SendVerificationDue | SendMeeting | SendResult
KINDS: dict[NoticeKind, type[Notice]] = {
    "code": SendCode,
    "invitation": SendInvitation,
    "verification_due": SendVerificationDue,
    "meeting": SendMeeting,
    "result": SendResult,
}

MAX_ATTEMPTS = 12  # with the usual pauses a little more than an hour: greylisting lets in before that
LEASE = timedelta(minutes=3)  # what a process took and never finished is free again after this
_LONGEST_PAUSE = timedelta(hours=1)
_MEETING_IS_NEWS = timedelta(days=1)
_RESULT_IS_NEWS = timedelta(days=1)
_VERIFICATION_IS_NEWS = timedelta(days=14)
_LONGEST_ANSWER = 300  # characters


@dataclass(frozen=True)
class Message:
    """A notice on its way to one person of a sector."""

    id: str
    sector: str
    notice: Notice
    created_at: datetime
    attempts: int = 0

    @property
    def kind(self) -> NoticeKind:
        return next(kind for kind, notice in KINDS.items() if isinstance(self.notice, notice))

    @property
    def expires_at(self) -> datetime:
        """From when on it is of no use to whoever gets it."""
        match self.notice:
            case SendCode(minutes=minutes):
                return self.created_at + timedelta(minutes=minutes)
            case SendInvitation(days=days):
                return self.created_at + timedelta(days=days)
            case SendMeeting(start=start):
                return max(start, self.created_at + _MEETING_IS_NEWS)
            case SendResult():
                return self.created_at + _RESULT_IS_NEWS
            case SendVerificationDue():
                return self.created_at + _VERIFICATION_IS_NEWS


@dataclass(frozen=True)
class Letter:
    """A message in words, ready for a channel. What is sent twice is the same twice, and has the same `id`."""

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


def without_secrets(answer: str, notice: Notice) -> str:
    """What a mail server said, shortened, without the address and whatever of the message it repeats."""
    for secret in sorted(_secrets(notice), key=len, reverse=True):
        answer = answer.replace(secret, "…")
    return " ".join(answer.split())[:_LONGEST_ANSWER]


def _secrets(notice: Notice) -> list[str]:
    match notice:
        case SendCode(to=to, code=code, link=link):
            return [to, to.rpartition("@")[0], link, *([code] if code else [])]
        case SendInvitation(to=to, link=link) | SendResult(to=to, link=link):
            return [to, to.rpartition("@")[0], link]
        case SendMeeting(to=to, link=link, where=where):
            return [to, to.rpartition("@")[0], link, *([where] if where else [])]
        case SendVerificationDue(to=to, items=items):
            return [to, to.rpartition("@")[0], *(one.still_correct_link for one in items)]
