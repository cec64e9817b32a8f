"""What a mail replies to an invitation: read strictly, since anybody can write one."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from icalendar import Calendar

from nexus.errors import InvalidInput
from services.meetings.domain.replies import LARGEST_MAIL, Answer, Reply

_LARGEST_CALENDAR = 100_000  # bytes
_MOST_COMPONENTS = 20
_LONGEST_COMMENT = 1_000  # characters
_UID = re.compile(r"([A-Za-z0-9-]{1,64})@([a-z0-9-]{1,40})\.emploi-nexus")
_BEGIN = re.compile(rb"^BEGIN:", re.IGNORECASE | re.MULTILINE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")

_ANSWERS: dict[str, Answer] = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}


def read_reply(raw: bytes) -> Reply:
    """The reply in a mail. Raises InvalidInput(`reply_too_large`, `reply_unreadable`, `reply_missing`: no
    text/calendar that is a REPLY, `reply_not_ours`, `reply_not_by_sender`: who answers is not who sent it)."""
    if len(raw) > LARGEST_MAIL:
        raise InvalidInput("reply_too_large", bytes=LARGEST_MAIL)
    try:
        mail: Any = message_from_bytes(raw, policy=SMTP)
        event = _event(_calendar(mail))
        return _reply(event, _sender(mail))
    except InvalidInput:
        raise
    except Exception as error:  # whatever the parsers of a stranger's mail meet: it is no reply
        raise InvalidInput("reply_unreadable", reason=type(error).__name__) from None


def _calendar(mail: EmailMessage) -> bytes:
    """The one part that is a REPLY (RFC 6047)."""
    found = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    replies = [part for part in found if str(part.get_param("method", "")).upper() == "REPLY"]
    if len(replies) != 1:
        raise InvalidInput("reply_missing")
    content = replies[0].get_payload(decode=True)
    if not isinstance(content, bytes) or len(content) > _LARGEST_CALENDAR:
        raise InvalidInput("reply_too_large", bytes=_LARGEST_CALENDAR)
    if len(_BEGIN.findall(content)) > _MOST_COMPONENTS:
        raise InvalidInput("reply_too_large", components=_MOST_COMPONENTS)
    return content


def _event(content: bytes) -> Any:
    calendar = Calendar.from_ical(content)
    events = calendar.walk("VEVENT")
    if str(calendar.get("method", "")).upper() != "REPLY" or len(events) != 1:
        raise InvalidInput("reply_missing")
    return events[0]


def _sender(mail: EmailMessage) -> str:
    """The only address of From. Others (Reply-To, Sender) count for nothing."""
    found: Any = mail["From"]
    if found is None or len(mail.get_all("From", [])) != 1 or len(found.addresses) != 1:
        raise InvalidInput("reply_not_by_sender")
    return str(found.addresses[0].addr_spec).lower()


def _reply(event: Any, sender: str) -> Reply:
    ours = _UID.fullmatch(str(event.get("uid", "")))
    if ours is None:
        raise InvalidInput("reply_not_ours")
    attendees = event.get("attendee", [])
    if isinstance(attendees, list):  # RFC 5546, 3.2.3: who replies is the only one
        raise InvalidInput("reply_missing")
    who = str(attendees).lower().removeprefix("mailto:")
    if who != sender:
        raise InvalidInput("reply_not_by_sender")
    answer = _ANSWERS.get(str(attendees.params.get("partstat", "")).upper())
    if answer is None:
        raise InvalidInput("reply_missing")
    sequence = int(event.get("sequence", 0))
    return Reply(ours[1], ours[2], sequence, who, answer, _comment(event.get("comment")))


def _comment(found: Any) -> str | None:
    said = _CONTROLS.sub("", str(found[0] if isinstance(found, list) else found or ""))
    return said.strip()[:_LONGEST_COMMENT] or None
