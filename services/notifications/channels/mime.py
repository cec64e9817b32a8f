"""A letter as an Internet message: RFC 5322 with a plain and an HTML part, and what the recipient's calendar needs."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from services.notifications.domain.messages import CalendarPart, Letter

_FILE = "emploi-nexus.ics"


def as_email(letter: Letter, address: str) -> EmailMessage:
    """`letter` from `address`. All of it is ASCII, so that every server takes it as it is."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _named(letter.sender, address)
    mail["To"] = _named("", letter.to)
    if letter.reply_to:
        mail["Reply-To"] = _named(letter.sender, letter.reply_to)
    mail["Subject"] = _one_line(letter.subject)
    mail["Date"] = format_datetime(letter.written_at)
    mail["Message-ID"] = f"<{letter.id}@{address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: absence notes and the like do not answer
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if letter.calendar:
        _add_calendar(mail, letter.calendar)
    mail["Content-Language"] = f"{letter.language}-CA"  # last: content takes such headers into its part
    return mail


def _add_calendar(mail: EmailMessage, part: CalendarPart) -> None:
    """As an alternative, which calendars act upon (RFC 6047), and as a file for whoever has another one."""
    mail.add_alternative(part.content, "text", "calendar", params={"method": part.method, "charset": "utf-8"})
    mail.add_attachment(part.content, "application", "ics", filename=_FILE)


def _named(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(_one_line(name), local, domain)


def _one_line(text: str) -> str:
    """Contracts refuse names of more than one line; here it is made sure of for whatever else there is."""
    return " ".join(text.splitlines())
