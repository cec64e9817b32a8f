"""The mails of the embedded platform: on the same machine, of the own sector, and nowhere else."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.sectors import load_sectors
from nexus.bus import DEFAULT_DEADLINE
from nexus.caller import Caller
from nexus.errors import NotFound
from services.notifications.contracts import (
    ListLocalMails,
    LocalMail,
    LocalMails,
    LocalMailSummary,
    ShowLocalMail,
)
from tests.support.html import html_faults

HERE = "http://127.0.0.1:8001"
HTML = {"Accept": "text/html"}
PAGES = ["/fr/courriels", "/en/mail", "/fr/courriels/m1", "/en/mail/latest"]
MAIL = LocalMail(
    id="m1",
    to="anne@exemple.ca",
    subject="Votre code <1>",
    sent_at=datetime(2026, 11, 23, 20, 5, tzinfo=UTC),
    sender="Emploi NEXUS TIC <nexus@localhost>",
    language="fr",
    text='Ouvrez http://127.0.0.1:8001/x?a=1&b=2. <b>Ou\xa0: "https://exemple.ca/y"\n    802513\n',
)


class MailBus:
    """Has one mail in the sector tic."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.mails: tuple[LocalMail, ...] = (MAIL,)

    async def call(
        self, message: Any, caller: Caller, *, service: str | None = None, deadline: float = DEFAULT_DEADLINE
    ) -> Any:
        self.asked.append(message)
        mails = self.mails if caller.sector == "tic" else ()
        if isinstance(message, ListLocalMails):
            summaries = [LocalMailSummary.read(one.model_dump()) for one in mails]
            return LocalMails(items=tuple(summaries))
        assert isinstance(message, ShowLocalMail)
        for one in mails:
            if message.id in ("latest", one.id):
                return one
        raise NotFound("local_mail_not_found")

    def listen(self, events: Any, heard: Any) -> None:
        pass


def site(
    bus: MailBus, sector: str = "tic", base_url: str = HERE, embedded: bool = True, peer: str = "127.0.0.1"
) -> TestClient:
    app = create_app(load_sectors()[sector], bus, base_url, embedded=embedded)  # type: ignore[arg-type]
    return TestClient(
        app, base_url="http://127.0.0.1:8001", headers=HTML, client=(peer, 50_000), follow_redirects=False
    )


def test_mails_are_listed_with_whom_they_are_for_and_when():
    text = site(MailBus()).get("/fr/courriels").text
    assert '<a href="/fr/courriels/m1">Votre code &lt;1&gt;</a>' in text
    assert "À anne@exemple.ca" in text
    assert '<a href="/en/mail/m1" lang="fr">' in site(MailBus()).get("/en/mail").text
    assert re.search(r"23 novembre 2026, 15\sh\s05</time>", text)


def test_a_mail_is_shown_as_text_in_which_links_can_be_followed():
    text = site(MailBus()).get("/en/mail/m1").text
    assert (
        '<a href="http://127.0.0.1:8001/x?a=1&amp;b=2">http://127.0.0.1:8001/x?a=1&amp;b=2</a>. &lt;b&gt;'
        in text
    )
    assert '<a href="https://exemple.ca/y">' in text
    assert "\n    802513\n" in text
    assert 'class="mail-text" lang="fr"' in text


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_well_formed_and_nobody_keeps_or_lists_them(path: str):
    reply = site(MailBus()).get(path)
    assert html_faults(reply.text) == []
    assert reply.headers["cache-control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in reply.text


def test_no_mail_yet_is_said():
    bus = MailBus()
    bus.mails = ()
    assert "No mail yet" in site(bus).get("/en/mail").text
    assert site(bus).get("/en/mail/latest").status_code == 404


def test_mail_leads_to_the_list_in_the_language_of_the_browser():
    client = site(MailBus())
    assert client.get("/mail").headers["location"] == "/fr/courriels"
    assert client.get("/mail", headers={"Accept-Language": "en"}).headers["location"] == "/en/mail"


def test_the_mails_of_another_sector_are_not_there():
    client = site(MailBus(), "aero")
    assert "Votre code" not in client.get("/fr/courriels").text
    assert client.get("/fr/courriels/m1").status_code == 404


def assert_nothing_is_there(client: TestClient, bus: MailBus, **headers: str) -> None:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    assert {client.get(path, headers=sent).status_code for path in [*PAGES, "/mail"]} == {404}
    assert bus.asked == []


def test_a_distributed_gateway_has_no_such_page_and_asks_nobody():
    bus = MailBus()
    assert_nothing_is_there(site(bus, embedded=False), bus)


def test_a_site_with_a_public_address_has_no_such_page():
    bus = MailBus()
    assert_nothing_is_there(site(bus, base_url="https://tic.example.org"), bus)


@pytest.mark.parametrize("peer", ["192.168.1.7", "2001:db8::1", "testclient"])
def test_who_asks_from_elsewhere_finds_nothing(peer: str):
    bus = MailBus()
    assert_nothing_is_there(site(bus, peer=peer), bus)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.7:8001", ""])
def test_a_name_that_was_made_to_lead_here_finds_nothing(host: str):
    bus = MailBus()
    assert_nothing_is_there(site(bus), bus, Host=host)


@pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "Via", "X_Real_IP", "X_Forwarded_Host"])
def test_what_a_proxy_passes_on_finds_nothing(header: str):
    bus = MailBus()
    assert_nothing_is_there(site(bus), bus, **{header: "127.0.0.1"})


def test_a_refusal_of_one_is_not_kept_for_another():
    bus, client = MailBus(), site(MailBus())
    assert client.get("/fr/courriels", headers={"Host": "evil.example"}).status_code == 404
    assert client.get("/fr/courriels").status_code == 200
    assert bus.asked == []


@pytest.mark.parametrize("host", ["localhost:8001", "[::1]:8001", "127.0.0.1"])
def test_every_name_of_this_machine_is_good(host: str):
    assert site(MailBus()).get("/fr/courriels", headers={"Host": host}).status_code == 200
