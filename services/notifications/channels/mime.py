"""A letter as an Internet message: RFC 5322 with a plain and an HTML part, and what the recipient's calendar needs.

Parts are put together here, of headers that we know: the library reads each of them again as if a stranger had written
it, which was most of the time that a mail took."""

import re
from binascii import b2a_base64, b2a_qp
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from services.notifications.domain.messages import CalendarPart, Letter

_FILE = "emploi-nexus.ics"
_BREAK = re.compile(r"\r\n|\r|\n")
_BYTES = 57  # of base64 in a line of 76 characters


def as_email(letter: Letter, address: str) -> bytes:
    """`letter` from `address`, the same each time. All of it is ASCII, so that every server takes it as it is."""
    return _headers(letter, address) + _content(letter)


def _headers(letter: Letter, address: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _named(letter.sender, address)
    mail["To"] = _named("", letter.to)
    if letter.reply_to:
        mail["Reply-To"] = _named(letter.sender, letter.reply_to)
    mail["Subject"] = _one_line(letter.subject)
    mail["Date"] = format_datetime(letter.written_at)
    mail["Message-ID"] = f"<{letter.id}@{address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: absence notes and the like do not answer
    mail["Content-Language"] = f"{letter.language}-CA"
    mail["MIME-Version"] = "1.0"
    return b"".join(SMTP.fold_binary(name, value) for name, value in mail.raw_items()) + _way_out(letter)


def _way_out(letter: Letter) -> bytes:
    """How mail programs unsubscribe (RFC 2369), with one click (RFC 8058). By hand: the library would fold an address
    into what no mail program reads."""
    if letter.unsubscribe is None:
        return b""
    told = (
        f"List-Unsubscribe: <{letter.unsubscribe}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )
    return told.encode("ascii")


def _content(letter: Letter) -> bytes:
    """The content type with what it announces."""
    said = [_text(letter.text, "plain"), _text(letter.html, "html")]
    if letter.calendar is None:
        return _multipart("alternative", said)
    return _multipart(
        "mixed",
        [_multipart("alternative", [*said, _calendar(letter.calendar)]), _file(letter.calendar)],
    )


def _multipart(kind: str, parts: list[bytes]) -> bytes:
    boundary = f"=_{kind}"  # which neither quoted-printable nor base64 can contain
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'
    between = f"--{boundary}\r\n".encode()
    told = b"".join(between + part + b"\r\n" for part in parts)
    return head.encode() + told + f"--{boundary}--\r\n".encode()


def _text(text: str, subtype: str) -> bytes:
    content = b2a_qp(_BREAK.sub("\r\n", text).encode(), istext=True)
    return _part(f'text/{subtype}; charset="utf-8"', "quoted-printable", content)


def _calendar(part: CalendarPart) -> bytes:
    """What calendars act upon: RFC 6047."""
    kind = f'text/calendar; charset="utf-8"; method={part.method}'
    return _part(kind, "base64", _base64(part.content))


def _file(part: CalendarPart) -> bytes:
    """The same for whoever has another calendar than their mail's."""
    named = f'application/ics; name="{_FILE}"\r\nContent-Disposition: attachment; filename="{_FILE}"'
    return _part(named, "base64", _base64(part.content))


def _part(kind: str, encoding: str, content: bytes) -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + content


def _base64(content: bytes) -> bytes:
    starts = range(0, len(content), _BYTES)
    return b"\r\n".join(b2a_base64(content[at : at + _BYTES], newline=False) for at in starts)


def _named(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(_one_line(name), local, domain)


def _one_line(text: str) -> str:
    """Contracts refuse names of more than one line; here it is made sure of for whatever else there is."""
    return " ".join(text.splitlines())
