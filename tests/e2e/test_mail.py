"""What a service wants said ends as a mail: in the folder and its page embedded, on a mail server distributed."""

import re
import time
from typing import Any

import pytest

from nexus.caller import anonymous, system
from nexus.errors import Forbidden, NotFound
from services.notifications.contracts import ListLocalMails, SendCode
from tests.support.mails import code
from tests.support.platforms import DistributedPlatform, RunningPlatform, fetch

PEOPLE = system("people", "svts")
DIGITS = "417093"


def unique(address: str, **fields: Any) -> SendCode:
    return code(to=address, code=DIGITS, **fields)


def wait_for_page(platform: RunningPlatform, sector: str, words: str) -> str:
    """The list of mails, once it has `words`."""
    deadline = time.monotonic() + 15
    while words not in (page := platform.get("/fr/courriels", sector).text):
        assert time.monotonic() < deadline, page
        time.sleep(0.05)
    return page


def test_embedded_a_code_can_be_read_on_the_page_of_its_own_sector(embedded: RunningPlatform):
    embedded.ask(unique("folder@exemple.ca"), PEOPLE)
    page = wait_for_page(embedded, "svts", "À folder@exemple.ca")
    shown = embedded.get(re.findall(r'"(/fr/courriels/[^"]+)">Votre code de connexion', page)[0], "svts").text
    assert DIGITS in shown
    assert re.search(r'<a href="(http://127\.0\.0\.1:8001/fr/connexion\?jeton=[^"]+)">\1</a>', shown)
    assert "folder@exemple.ca" not in embedded.get("/fr/courriels", "tic").text
    files = [file.read_bytes() for file in (embedded.folder / "data/mail/svts").glob("*.eml")]
    assert [b"Message-ID" in one for one in files if b"folder@exemple.ca" in one] == [True]


def test_embedded_who_comes_by_another_name_or_a_proxy_finds_no_mail(embedded: RunningPlatform):
    url = embedded.url("svts", "/fr/courriels")
    assert fetch(url).status == 200
    assert fetch(url, Host="svts.example.org").status == 404
    assert fetch(url, X_Forwarded_For="203.0.113.7").status == 404
    assert fetch(url, X_Forwarded_For="127.0.0.1").status == 404


def test_distributed_a_code_is_handed_to_the_mail_server(distributed: DistributedPlatform):
    distributed.ask(unique("server@exemple.ca", language="en"), PEOPLE)
    mail = distributed.mailbox.wait_for("server@exemple.ca")
    assert mail["From"] == "Emploi NEXUS LSHT <nexus@exemple.ca>"
    assert DIGITS in mail.get_body(("plain",)).get_content()
    assert DIGITS not in distributed.log("notifications")


def test_distributed_there_is_no_page_of_mails_and_the_service_shows_none(distributed: DistributedPlatform):
    assert distributed.get("/mail").status == distributed.get("/fr/courriels").status == 404
    with pytest.raises(NotFound, match="local_mail_off"):
        distributed.ask(ListLocalMails(), anonymous("tic"))


def test_distributed_mail_waits_while_its_server_is_away_and_the_service_says_so(
    distributed: DistributedPlatform,
):
    box = distributed.mailbox
    box.stop()
    try:
        distributed.ask(unique("patient@exemple.ca"), PEOPLE)
        ready, deadline = distributed.url("notifications", "/readyz"), time.monotonic() + 15
        while '"mail": "mail_unavailable"' not in (told := fetch(ready).text.replace('":"', '": "')):
            assert time.monotonic() < deadline, told
            time.sleep(0.1)
    finally:
        box.start()
    before = len(box.mails)
    mails = box.wait(before + 1, timeout=30)
    assert mails[-1]["To"] == "patient@exemple.ca"


def test_a_visitor_cannot_have_mail_sent(running: RunningPlatform):
    with pytest.raises(Forbidden, match="role_required"):
        running.ask(unique("nobody@exemple.ca"), anonymous("tic"))


def test_every_part_of_the_platform_is_known_to_the_doctor(running: RunningPlatform):
    report = running.nexus("doctor", "--json").stdout
    assert '"notifications": {' in report
    assert '"mail": null' in report
    assert "NEXUS_SMTP_URL" in report
