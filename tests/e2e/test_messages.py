"""Who leads a sector sees what became of its mails, and has sent again what failed."""

import re
from collections.abc import Iterator
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest

from nexus.caller import Role, system
from tests.support.html import html_faults
from tests.support.mails import code, invitation
from tests.support.platforms import DistributedPlatform, RunningPlatform
from tests.support.surfer import Surfer

PATH = "/fr/admin/messages"


@pytest.fixture
def lead(running: RunningPlatform) -> Iterator[Surfer]:
    surfer = Surfer(running).sign_in_as(f"{uuid4().hex}@example.org", Role.COORDINATOR)
    yield surfer
    surfer.client.close()


def page_with(surfer: Surfer, address: str, words: str) -> str:
    """The messages to an address, once they have `words`."""
    deadline = monotonic() + 20
    while words not in (page := surfer.client.get(PATH, params={"address": address}).text):
        assert monotonic() < deadline, page
        sleep(0.1)
    return page


def test_a_message_that_was_sent_is_found_by_its_address(running: RunningPlatform, lead: Surfer) -> None:
    address = f"{uuid4().hex}@exemple.ca"
    running.ask(code(to=address), system("people", "tic"))
    page = page_with(lead, address, 'badge">Envoyé<')
    assert "Code de connexion" in page
    assert html_faults(page) == []
    assert lead.client.get(PATH, params={"address": "nobody"}).status_code == 400
    assert lead.client.get(PATH, params={"after": "x", "state": "lost"}).status_code == 400
    assert lead.post(PATH, "/fr/compte", id="nothing").status_code == 404
    table = lead.get(f"{PATH}/notices").text
    assert "48\xa0heures avant la rencontre" in table
    assert html_faults(table) == []


def test_what_a_server_refused_is_sent_again_from_the_page(distributed: DistributedPlatform) -> None:
    address, box = f"{uuid4().hex}@exemple.ca", distributed.mailbox
    surfer = Surfer(distributed).sign_in_as(f"{uuid4().hex}@example.org", Role.ADMIN)

    def refuse(server: Any, envelope: Any) -> str:
        return "550 5.1.1 no such mailbox"

    box.at_recipient = refuse
    try:
        distributed.ask(invitation(to=address), system("people", "tic"))
        page = page_with(surfer, address, 'badge-retired">Échec de l’envoi<')
    finally:
        box.at_recipient = lambda server, envelope: None
    assert "550 5.1.1 no such mailbox" in page
    sent = surfer.post(PATH, PATH, id=re.findall(r'name="id" value="([^"]+)"', page)[0])
    assert "Nouvel envoi en cours" in sent.text
    box.wait_for(address)
    page_with(surfer, address, 'badge">Envoyé<')
    assert surfer.client.get(PATH, params={"kind": "meeting"}).status_code == 200
    trail = surfer.get("/fr/admin/audit?kind=delivery").text
    assert "A renvoyé un message" in trail
    surfer.client.close()
