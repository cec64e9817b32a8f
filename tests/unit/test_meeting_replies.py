"""What counts as a reply to an invitation: little, of what a stranger may send."""

import time
from email.message import EmailMessage
from typing import Any

import pytest

from nexus.errors import InvalidInput
from services.meetings.domain.replies import Reply
from services.meetings.replies.reading import read_reply
from tests.support.replies import ICS, reply


def refused(raw: bytes) -> str:
    with pytest.raises(InvalidInput) as why:
        read_reply(raw)
    return why.value.code


@pytest.mark.parametrize(
    ("partstat", "answer"), [("ACCEPTED", "accepted"), ("DECLINED", "declined"), ("tentative", "tentative")]
)
def test_a_reply_says_who_answers_what_to_which_meeting(partstat: str, answer: str) -> None:
    found = read_reply(reply(partstat=partstat, sequence=2, comment="Désolée, un imprévu"))
    assert found == Reply("m1", "tic", 2, "paul@example.org", answer, "Désolée, un imprévu")  # type: ignore[arg-type]


def test_a_reply_without_a_sequence_is_of_the_first_invitation() -> None:
    raw = reply(ics=ICS.replace("SEQUENCE:{sequence}\r\n", ""))
    assert read_reply(raw).sequence == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sender": "eve@example.org"}, "reply_not_by_sender"),
        ({"sender": "paul@example.org, eve@example.org"}, "reply_not_by_sender"),
        ({"uid": "m1@elsewhere"}, "reply_not_ours"),
        ({"uid": "../../x@tic.emploi-nexus"}, "reply_not_ours"),
        ({"method": "REQUEST"}, "reply_missing"),
        ({"method": "CANCEL"}, "reply_missing"),
        ({"partstat": "NEEDS-ACTION"}, "reply_missing"),
        ({"partstat": "DELEGATED"}, "reply_missing"),
        ({"more": "ATTENDEE;PARTSTAT=DECLINED:mailto:eve@example.org\r\n"}, "reply_missing"),
        ({"sequence": "x"}, "reply_unreadable"),
        ({"more": "BEGIN:VALARM\r\nEND:VALARM\r\n" * 2_000}, "reply_too_large"),
        ({"more": f"DESCRIPTION:{'x' * 200_000}\r\n"}, "reply_too_large"),
    ],
)  # fmt: skip
def test_what_is_no_reply_of_ours_is_refused_with_a_code(changed: dict[str, Any], code: str) -> None:
    assert refused(reply(**changed)) == code


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "reply_missing"),
        (b"\xff\xfe\x00 not a mail", "reply_missing"),
        (b"From: paul@example.org\r\n\r\nNon merci.", "reply_missing"),
        (b"x" * 30_000_000, "reply_too_large"),
    ],
    ids=["empty", "noise", "words", "30 MB"],
)
def test_what_is_no_mail_or_too_large_is_refused(raw: bytes, code: str) -> None:
    assert refused(raw) == code


def test_a_broken_calendar_is_refused() -> None:
    assert refused(reply(ics=ICS.replace("BEGIN:VEVENT", "BEGIN:VTODO"))).startswith("reply_")
    assert refused(reply(ics=ICS[:60])).startswith("reply_")


def test_a_mail_with_two_replies_is_none() -> None:
    mail = EmailMessage()
    mail["From"] = "paul@example.org"
    one = ICS.format(
        method="REPLY",
        uid="m1@tic.emploi-nexus",
        sequence=0,
        partstat="DECLINED",
        who="paul@example.org",
        more="",
    )
    for _ in range(2):
        mail.add_attachment(one.encode(), maintype="text", subtype="calendar", params={"method": "REPLY"})
    assert refused(mail.as_bytes()) == "reply_missing"


def test_parts_within_parts_without_end_do_not_take_long() -> None:
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(2_000)
    )
    start = time.process_time()
    assert refused(f"From: paul@example.org\r\n{nested}".encode()).startswith("reply_")
    assert time.process_time() - start < 10
