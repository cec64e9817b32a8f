"""What every channel does with letters; then what only mail over SMTP can meet."""

import ssl
import stat
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from nexus.errors import InvalidInput, NotFound, Unavailable
from services.notifications.channels import Channel, Undeliverable
from services.notifications.channels.dkim import Signature
from services.notifications.channels.folder import FolderChannel
from services.notifications.channels.smtp import Server, SmtpChannel
from tests.engines.programs import free_port
from tests.support.mailbox import PASSWORD, USER, Mailbox, certificate, hang_up
from tests.support.mails import NOW, letter

FROM = "nexus@exemple.ca"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox().start()
    yield box
    box.stop()


@dataclass
class Case:
    """A channel, what arrived through it, and how to take away what it needs."""

    channel: Channel
    arrived: Callable[[], list[EmailMessage]]
    take_away: Callable[[], object]


@pytest.fixture(params=["folder", "smtp"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    if request.param == "smtp":
        box: Mailbox = request.getfixturevalue("mailbox")
        return Case(SmtpChannel(Server.at(box.url), FROM), lambda: box.mails, box.stop)
    folder = tmp_path / "data" / "mail"

    def arrived() -> list[EmailMessage]:
        read: list[Any] = [message_from_bytes(one.read_bytes(), policy=SMTP) for one in folder.rglob("*.eml")]
        return read

    def take_away() -> None:
        folder.parent.mkdir()
        folder.write_text("a file is in the way")

    return Case(FolderChannel(folder, FROM), arrived, take_away)


def test_a_letter_arrives_as_it_was_written(case: Case):
    told = letter(text="Bonjour,\n\nÇa va\xa0? Voici :\n.\n..point\nFrom nowhere\n")
    with case.channel.open() as send:
        send(told)
    (mail,) = case.arrived()
    assert (mail["From"], mail["To"]) == ("Emploi NEXUS Aérospatiale <nexus@exemple.ca>", told.to)
    assert mail["Subject"] == told.subject
    assert mail["Message-ID"] == "<a1@exemple.ca>"
    plain: Any = mail.get_body(("plain",))
    html: Any = mail.get_body(("html",))
    assert plain.get_content().replace("\r\n", "\n") == told.text
    assert html.get_content().strip() == told.html


def test_letters_go_one_after_the_other(case: Case):
    with case.channel.open() as send:
        for number in range(5):
            send(letter(f"a{number}"))
    assert sorted(mail["Message-ID"] for mail in case.arrived()) == [f"<a{n}@exemple.ca>" for n in range(5)]


def test_a_letter_that_is_sent_twice_can_be_recognised(case: Case):
    with case.channel.open() as send:
        send(letter())
        send(letter())
    assert {mail["Message-ID"] for mail in case.arrived()} == {"<a1@exemple.ca>"}


def test_a_channel_that_works_says_so(case: Case):
    case.channel.check()


def test_a_channel_that_is_away_says_so_and_blames_no_letter(case: Case):
    case.take_away()
    with pytest.raises(Unavailable, match="mail_unavailable"):
        case.channel.check()
    with pytest.raises(Unavailable, match="mail_unavailable"), case.channel.open() as send:
        send(letter())


# SMTP


def smtp(box: Mailbox, **fields: Any) -> SmtpChannel:
    return SmtpChannel(replace(Server.at(box.url), **fields), FROM)


def refusal(channel: Channel) -> Undeliverable:
    with pytest.raises(Undeliverable) as refused, channel.open() as send:
        send(letter())
    return refused.value


def test_one_connection_serves_many_letters(mailbox: Mailbox):
    with smtp(mailbox).open() as send:
        for number in range(10):
            send(letter(f"a{number}"))
    assert (len(mailbox.mails), mailbox.connections) == (10, 1)


def test_a_refused_recipient_is_refused_for_good(mailbox: Mailbox):
    mailbox.at_recipient = lambda *_: "550 5.1.1 no such user"
    refused = refusal(smtp(mailbox))
    assert (refused.permanent, refused.answer) == (True, "550 5.1.1 no such user")
    assert str(refused) == ""


@pytest.mark.parametrize("at", ["at_recipient", "at_data"])
def test_a_temporary_refusal_is_for_another_time(mailbox: Mailbox, at: str):
    setattr(mailbox, at, lambda *_: "451 4.7.1 greylisted, come back")
    refused = refusal(smtp(mailbox))
    assert (refused.permanent, refused.answer) == (False, "451 4.7.1 greylisted, come back")


def test_a_refused_text_is_refused_for_good(mailbox: Mailbox):
    mailbox.at_data = lambda *_: "554 5.7.1 looks like spam"
    assert refusal(smtp(mailbox)).permanent


def test_a_letter_after_a_refused_one_goes_out_over_the_same_connection(mailbox: Mailbox):
    answers = iter(["550 no such user", None])
    mailbox.at_recipient = lambda *_: next(answers)
    with smtp(mailbox).open() as send:
        with pytest.raises(Undeliverable):
            send(letter("a1"))
        send(letter("a2"))
    assert [mail["Message-ID"] for mail in mailbox.mails] == ["<a2@exemple.ca>"]
    assert mailbox.connections == 1


@pytest.mark.parametrize("at", ["at_recipient", "at_data"])
def test_after_a_connection_is_cut_the_next_letter_gets_a_new_one(mailbox: Mailbox, at: str):
    setattr(mailbox, at, hang_up)
    with smtp(mailbox).open() as send:
        with pytest.raises(Undeliverable) as refused:
            send(letter("a1"))
        assert not refused.value.permanent
        setattr(mailbox, at, lambda *_: None)
        send(letter("a2"))
    assert mailbox.mails[-1]["Message-ID"] == "<a2@exemple.ca>"
    assert mailbox.connections == 2


def test_a_server_that_closes_is_no_fault_of_the_letter_s(mailbox: Mailbox):
    answers = iter(["421 4.3.2 going down", None])
    mailbox.at_data = lambda *_: next(answers)
    with smtp(mailbox).open() as send:
        with pytest.raises(Undeliverable) as refused:
            send(letter())
        assert not refused.value.permanent
        send(letter())


def test_what_a_connection_came_to_is_believed_for_a_minute(mailbox: Mailbox):
    channel = smtp(mailbox)
    for _ in range(3):
        channel.check()
    assert mailbox.connections == 1


def test_while_a_connection_is_being_made_what_was_known_of_the_server_stands(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    channel = smtp(mailbox)
    channel.check()
    greeted = channel._greeted

    def asked_meanwhile() -> Any:
        channel.check()
        return greeted()

    monkeypatch.setattr(channel, "_greeted", asked_meanwhile)
    with channel.open():
        pass


def test_nothing_is_said_to_a_server_that_does_not_encrypt(mailbox: Mailbox):
    with pytest.raises(Unavailable, match="SMTPNotSupportedError"):
        smtp(mailbox, starttls=True).check()
    assert mailbox.mails == []


@dataclass
class Encrypted:
    """A server that wants encryption and a password, and how to trust it."""

    box: Mailbox
    trusting: ssl.SSLContext

    def channel(self, password: str = PASSWORD) -> SmtpChannel:
        url = f"smtp://{USER}:{quote(password, safe='')}@127.0.0.1:{self.box.port}"
        return SmtpChannel(replace(Server.at(url), starttls=True), FROM, self.trusting)


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[Encrypted]:
    made = certificate(tmp_path)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(made)
    box = Mailbox(tls=server_side).start()
    yield Encrypted(box, ssl.create_default_context(cafile=str(made)))
    box.stop()


def test_a_letter_goes_out_encrypted_after_the_password(encrypted: Encrypted):
    with encrypted.channel().open() as send:
        send(letter())
    assert len(encrypted.box.mails) == 1  # the server takes none that is not


def test_a_wrong_password_keeps_everything_back_and_is_not_told(encrypted: Encrypted):
    with pytest.raises(Unavailable, match="SMTPAuthenticationError") as away:
        encrypted.channel("a wrong one").check()
    assert "wrong" not in str(away.value)


def test_a_certificate_that_nobody_vouches_for_is_refused(encrypted: Encrypted):
    with pytest.raises(Unavailable, match="SSLCertVerificationError"):
        smtp(encrypted.box, starttls=True).check()


def test_a_server_that_is_not_there_is_away():
    with pytest.raises(Unavailable, match="ConnectionRefusedError"):
        SmtpChannel(Server.at(f"smtp://127.0.0.1:{free_port()}"), FROM).check()


# The folder


@pytest.fixture
def folder(tmp_path: Path) -> FolderChannel:
    return FolderChannel(tmp_path / "mail", FROM)


def put(folder: FolderChannel, *letters: Any) -> None:
    with folder.open() as send:
        for one in letters:
            send(one)


def test_mails_are_listed_newest_first_and_each_sector_s_apart(folder: FolderChannel):
    put(folder, *(letter(f"a{n}", written_at=NOW.replace(minute=n), subject=f"No {n}") for n in (3, 9, 5)))
    put(folder, letter("b1", sector="aero"))
    assert [one.subject for one in folder.mails("tic").items] == ["No 9", "No 5", "No 3"]
    assert [one.subject for one in folder.mails("aero").items] == [letter().subject]
    assert folder.mails("svts").items == ()


def test_a_mail_is_shown_as_a_person_reads_it(folder: FolderChannel):
    put(folder, letter("a1"), letter("a2", language="en", written_at=NOW.replace(hour=23)))
    latest = folder.mail("tic", "latest")
    assert latest == folder.mail("tic", folder.mails("tic").items[0].id)
    assert (latest.language, latest.text, latest.to) == ("en", letter().text, "anne@exemple.ca")
    assert latest.sent_at == NOW.replace(hour=23)


@pytest.mark.parametrize("mail_id", ["latest", "nothing", "..", "*"])
def test_a_mail_that_there_is_not_is_not_found(folder: FolderChannel, mail_id: str):
    put(folder, letter(sector="aero"))
    with pytest.raises(NotFound, match="local_mail_not_found"):
        folder.mail("tic", mail_id)


def test_only_the_owner_of_the_data_may_read_mails_and_the_oldest_leave(
    folder: FolderChannel, tmp_path: Path
):
    put(folder, *(letter(f"a{n}", written_at=NOW.replace(minute=n // 50, second=n % 50)) for n in range(210)))
    files = sorted((tmp_path / "mail" / "tic").iterdir())
    assert len(files) == 200
    assert files[0].stem.endswith("-a10")
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "mail" / "tic").stat().st_mode) == 0o700


def test_a_mail_is_signed_for_our_domain_and_nobody_can_change_it(mailbox: Mailbox):
    private, public = dkim_keys()
    signature = Signature(private, "nexus", "exemple.ca")
    with SmtpChannel(Server.at(mailbox.url), FROM, sign=signature.sign).open() as send:
        send(letter())
    (raw,) = mailbox.received
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return f"v=DKIM1; k=rsa; p={public}".encode()

    assert dkim.verify(raw, dnsfunc=dns)
    assert asked == [b"nexus._domainkey.exemple.ca."]
    for forged in (
        raw.replace(b"Bonjour", b"Bonsoir", 1),
        raw.replace(b"To: anne", b"To: bo", 1),
        b"Reply-To: eve@exemple.org\r\n" + raw,
    ):
        assert forged != raw
        assert not dkim.verify(forged, dnsfunc=dns)


@pytest.mark.parametrize(
    "key", ["", "nothing", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
)
def test_what_is_no_key_is_refused_by_the_name_of_its_setting(key: str):
    with pytest.raises(InvalidInput, match="NEXUS_DKIM_KEY"):
        Signature(key, "nexus", "exemple.ca")


def dkim_keys() -> tuple[str, str]:
    """A private key as PEM, and the public one as the DNS has it."""
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), b64encode(public).decode()
