"""What may be asked of the notifications service, and what becomes of a message."""

from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from nexus.errors import InvalidInput
from nexus.settings import Settings
from services.notifications.channels.smtp import Server
from services.notifications.contracts import SendCode, SendInvitation, email_address
from services.notifications.contracts.deliveries import NoticeRule
from services.notifications.contracts.mornings import RoutineKind
from services.notifications.domain.messages import is_given_up, pause, recipient_hash, without_secrets
from services.notifications.domain.notices import table
from tests.support.mails import CODE, LINK, NOW, code, invitation, meeting, message, verification


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("anne@exemple.ca", "anne@exemple.ca"),
        (" Anne.O'Neil+x@Exemple.QC.ca ", "Anne.O'Neil+x@exemple.qc.ca"),
        ("anne@québec.ca", "anne@xn--qubec-csa.ca"),
    ],
)
def test_an_address_is_kept_in_the_form_that_every_mail_server_takes(given: str, kept: str):
    assert email_address(given) == kept


@pytest.mark.parametrize(
    "given",
    ["", "anne", "anne@", "@b.ca", "a@b", "a b@c.ca", "a@b.ca\nBcc: x@y.ca", "a@b.ca,c@d.ca", "<a@b.ca>", "é@b.ca",
     "a..b@c.ca", ".a@b.ca", "a@-b.ca", "a@b..ca", "a@[127.0.0.1]", "a" * 65 + "@b.ca", "a@" + "b" * 64 + ".ca"],
)  # fmt: skip
def test_what_is_no_address_is_refused(given: str):
    with pytest.raises(ValidationError, match=r"must be an e-mail address|at most 254"):
        code(to=given)


@pytest.mark.parametrize(
    "inviter", ["Zoé\nBcc: all@exemple.ca", "Zoé\r\n", "Zo\u2028é", "Zo\x85é", "Zo\x00é", "  "]
)
def test_a_name_is_one_line(inviter: str):
    told = invitation().model_dump() | {"inviter": inviter}
    if inviter.strip() == "Zoé":  # blanks around it go, and with them a break
        assert SendInvitation.read(told).inviter == "Zoé"
        return
    with pytest.raises(InvalidInput) as refused:
        SendInvitation.read(told)
    assert refused.value.details["errors"][0]["field"] == "inviter"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//exemple.ca", "https://", "https://a b.ca", "https://a.ca/\n",
                                  "https://anne@exemple.ca/", 'https://a.ca/"x', "ftp://a.ca/"])  # fmt: skip
def test_a_link_is_a_web_address(link: str):
    with pytest.raises(ValidationError, match="must be a web address"):
        code(link=link)


@pytest.mark.parametrize("digits", ["12345", "1234567", "12345a", "123456\n", "１２３４５６"])
def test_a_code_has_six_digits(digits: str):
    with pytest.raises(ValidationError, match="pattern"):
        code(code=digits)


def test_what_lets_somebody_in_is_not_shown_with_a_command():
    shown = "".join(repr(one) for one in (code(), invitation(), verification()))
    assert CODE not in shown
    assert LINK not in shown
    assert "secret" not in shown


def test_a_refusal_does_not_repeat_what_was_wrong():
    with pytest.raises(InvalidInput) as refused:
        SendCode.read(code().model_dump() | {"code": "80251x", "link": "nowhere"})
    assert "80251x" not in str(refused.value.details)
    assert "nowhere" not in str(refused.value.details)


def test_a_message_is_of_use_as_long_as_what_it_brings():
    assert message(code(minutes=15)).expires_at == NOW + timedelta(minutes=15)
    assert message(invitation(days=7)).expires_at == NOW + timedelta(days=7)
    assert message(verification()).expires_at == NOW + timedelta(days=14)
    assert message(meeting()).expires_at == meeting().start
    assert message(meeting(start=NOW)).expires_at == NOW + timedelta(days=1)


def test_each_further_attempt_waits_twice_as_long_up_to_an_hour():
    waits = [pause(n, first=2, luck=0.5).total_seconds() for n in range(1, 14)]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == 3600
    assert pause(10_000, first=2, luck=0.5).total_seconds() == 3600


def test_pauses_differ_by_a_quarter_either_way():
    assert [pause(1, first=2, luck=luck).total_seconds() for luck in (0, 1)] == [1.5, 2.5]


def test_a_message_is_given_up_after_twelve_attempts_or_a_refusal_for_good():
    assert [is_given_up(n, permanent=False) for n in (1, 11, 12)] == [False, False, True]
    assert is_given_up(1, permanent=True)


def test_a_mailbox_is_recognised_by_its_hash_whatever_the_case():
    assert (
        recipient_hash("Anne@exemple.ca")
        == recipient_hash("anne@exemple.ca")
        != recipient_hash("b@exemple.ca")
    )


def test_what_a_server_says_is_kept_without_what_it_repeats_of_the_message():
    answer = f"550 <anne@exemple.ca>: unknown user anne\n spam: {CODE} {LINK} " + "x" * 500
    told = without_secrets(answer, message(code()))
    assert told.startswith("550 <…>: unknown user … spam: … … xxx")
    assert len(told) == 300
    assert "secret" not in without_secrets(
        verification().items[0].still_correct_link, message(verification())
    )


@pytest.mark.parametrize(
    ("url", "port", "starttls", "implicit"),
    [
        ("smtp://mail.exemple.ca", 587, True, False),
        ("smtp://nexus:p%40ss@mail.exemple.ca:25", 25, True, False),
        ("smtps://mail.exemple.ca", 465, False, True),
        ("smtp://127.0.0.1:2525", 2525, False, False),
        ("smtp://[::1]:2525", 2525, False, False),
        ("smtp://localhost:2525", 2525, False, False),
        ("smtp://10.0.0.1", 587, True, False),
    ],
)
def test_mail_is_encrypted_but_on_the_loopback(url: str, port: int, starttls: bool, implicit: bool):
    server = Server.at(url)
    assert (server.port, server.starttls, server.implicit_tls) == (port, starttls, implicit)


def test_a_server_s_password_is_read_from_its_address_and_not_shown():
    server = Server.at("smtp://nexus%40exemple.ca:p%40ss@mail.exemple.ca")
    assert (server.user, server.password) == ("nexus@exemple.ca", "p@ss")
    assert "p@ss" not in repr(server)


@pytest.mark.parametrize("url", ["", "mail.exemple.ca", "http://mail.exemple.ca", "smtp://", "smtp://a:port"])
def test_an_address_that_is_no_mail_server_is_refused_by_name(url: str):
    with pytest.raises(InvalidInput, match="NEXUS_SMTP_URL"):
        Server.at(url)


def told_when(rule: NoticeRule) -> str:
    if rule.hours:
        return f"{rule.hours} hours before, unless overtaken"
    later = {"digest": "in the next digest", "unreadable_documents": "a minute after the last"}
    later |= {"events_parked": "at most once an hour"}
    later |= dict.fromkeys(get_args(RoutineKind), "at seven")
    return later.get(rule.kind, "at once")


def test_the_table_in_the_documentation_is_the_one_in_force():
    told = (Path(__file__).parents[2] / "docs/operations.md").read_text()
    rows = [
        [cell.strip(" `") for cell in line.split("|")[1:-1]]
        for line in told.partition("### Notices")[2].splitlines()
        if line.startswith("| `")
    ]
    rules = table((48, 2), texts=True)
    written = [row for row in rows if len(row) == 6][: len(rules)]
    assert written == [
        [rule.event, rule.to, rule.kind, rule.channel, told_when(rule), rule.purpose or "transactional"]
        for rule in rules
    ]


@pytest.mark.parametrize(("given", "hours"), [("48,2", (48, 2)), (" 24 ", (24,)), ("", ())])
def test_the_hours_of_reminders_are_a_setting(
    monkeypatch: pytest.MonkeyPatch, given: str, hours: tuple[int, ...]
):
    monkeypatch.setenv("NEXUS_REMINDER_HOURS", given)
    assert Settings().reminder_hours == hours


@pytest.mark.parametrize("given", ["soon", "0", "-2", "48,,x", "100000"])
def test_hours_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch, given: str):
    monkeypatch.setenv("NEXUS_REMINDER_HOURS", given)
    with pytest.raises(ValidationError, match="reminder_hours"):
        Settings()
