"""Replies that wait on a mail server, over IMAP."""

import ssl
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from nexus.errors import InvalidInput
from services.meetings.domain.replies import LARGEST_MAIL
from services.meetings.replies.imap import ImapMailbox
from tests.support.imap_server import FOLDER, PASSWORD, USER, ImapServer
from tests.support.mailbox import certificate
from tests.support.replies import reply


def mailbox(
    server: ImapServer, password: str = PASSWORD, folder: str = FOLDER, scheme: str = "imap"
) -> ImapMailbox:
    return ImapMailbox.at(
        f"{scheme}://{USER}:{quote(password, safe='')}@127.0.0.1:{server.port}/{quote(folder)}"
    )


def read_all(box: ImapMailbox) -> None:
    with closing(box.waiting(50)) as waiting:
        for _, put_away in waiting:
            put_away(False)


def test_unread_mails_are_handed_over_once_and_marked() -> None:
    mails = {3: reply(), 5: b"x" * 3_000_000, 8: reply(partstat="ACCEPTED")}
    with ImapServer(mails) as server:
        for raw, put_away in mailbox(server).waiting(50):
            put_away(raw[:1] == b"x")
        assert server.flags == {3: "\\Seen", 5: "\\Seen \\Flagged", 8: "\\Seen"}
        assert list(mailbox(server).waiting(50)) == []


def test_of_a_mail_that_is_too_large_only_so_much_is_fetched_and_of_many_only_some() -> None:
    with ImapServer({1: b"x" * 30_000_000, 2: reply(), 3: reply()}) as server:
        found = [raw for raw, _ in mailbox(server).waiting(2)]
    assert [len(raw) for raw in found] == [LARGEST_MAIL + 1, len(reply())]


@pytest.mark.parametrize(
    ("given", "after"), [({"password": "x"}, None), ({"folder": "None"}, None), ({}, 3), ({}, 5)]
)
def test_a_server_that_refuses_or_hangs_up_is_away_and_says_no_secret(
    given: dict[str, str], after: int | None
) -> None:
    with ImapServer({1: reply(), 2: reply()}, hangs_up_after=after) as server:
        box = mailbox(server, **given)
        with pytest.raises(OSError) as away:
            read_all(box)
    assert PASSWORD not in str(away.value)


def test_over_tls_it_is_the_same_and_who_cannot_prove_who_they_are_gets_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certificate(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(made)
    with ImapServer({3: reply()}, tls=tls) as server:
        box = mailbox(server, scheme="imaps")
        with pytest.raises(OSError, match="certificate"):
            read_all(box)
        assert server.flags == {}
        monkeypatch.setenv("SSL_CERT_FILE", str(made))
        read_all(box)
        assert server.flags == {3: "\\Seen"}


@pytest.mark.parametrize(
    "url",
    [
        "imap://u:p@mail.example.org/INBOX",  # its password would travel for all to read
        "https://u:p@mail.example.org",
        "imaps://mail.example.org",
        "imaps://u:p@mail.example.org:x/INBOX",
        "imaps://u:p@mail.example.org/a%22b",
    ],
)
def test_an_address_that_is_none_is_refused_when_the_process_starts(url: str) -> None:
    with pytest.raises(InvalidInput, match="setting_invalid"):
        ImapMailbox.at(url)


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(ImapMailbox.at("imaps://u:secret@mail.example.org"))
