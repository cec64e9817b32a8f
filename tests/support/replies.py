"""Mails in which a calendar replies to an invitation."""

from email.message import EmailMessage
from email.policy import SMTP

ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//FR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n"
    "SEQUENCE:{sequence}\r\nDTSTAMP:20261123T150000Z\r\nDTSTART:20261201T190000Z\r\n"
    "ORGANIZER:mailto:nexus@exemple.ca\r\n"
    "ATTENDEE;PARTSTAT={partstat}:mailto:{who}\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def reply(
    *,
    uid: str = "m1@tic.emploi-nexus",
    who: str = "paul@example.org",
    sender: str | None = None,
    partstat: str = "DECLINED",
    sequence: int | str = 0,
    method: str = "REPLY",
    comment: str | None = None,
    more: str = "",
    ics: str = ICS,
) -> bytes:
    """As Outlook and Gmail send it: words, and a part for calendars."""
    if comment:
        more += f"COMMENT:{comment.replace(',', chr(92) + ',')}\r\n"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender or f"Paul Roy <{who}>"
    mail["To"] = "nexus@exemple.ca"
    mail["Subject"] = "Declined"
    mail.set_content("Paul Roy a refusé.")
    fields = {"uid": uid, "who": who, "partstat": partstat, "sequence": sequence, "method": method}
    calendar = ics.format(**fields, more=more) if "{more}" in ics else ics
    mail.add_alternative(calendar.encode(), maintype="text", subtype="calendar", params={"method": method})
    return mail.as_bytes()
