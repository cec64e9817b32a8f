"""Another system is told at once, verifies it with the reference library, and its owner sees what became of it."""

import re
from collections.abc import Iterator
from html import unescape
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest
import standardwebhooks

from nexus.caller import Role, operator
from services.content.contracts.editing import ItemKind, SaveItem, TurnItem
from services.content.contracts.publications import Status
from tests.support.hooks import verified
from tests.support.html import html_faults
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer
from tests.support.web import Asked, Web, serving

PATH = "/fr/admin/webhooks"


@pytest.fixture
def lead(running: RunningPlatform) -> Iterator[Surfer]:
    surfer = Surfer(running).sign_in_as(f"{uuid4().hex}@example.org", Role.COORDINATOR)
    yield surfer
    surfer.client.close()


@pytest.fixture
def receiver() -> Iterator[Web]:
    with serving(hook=204) as web:
        yield web


def waited(web: Web, count: int) -> Asked:
    """The last of so many requests."""
    deadline = monotonic() + 30
    while len(web.asked) < count or not web.asked[count - 1].ended:
        assert monotonic() < deadline, web.asked
        sleep(0.05)
    return web.asked[count - 1]


def page_with(surfer: Surfer, path: str, words: str) -> str:
    deadline = monotonic() + 20
    while words not in (page := surfer.get(path).text):
        assert monotonic() < deadline, page
        sleep(0.1)
    return page


def published(running: RunningPlatform) -> str:
    content: dict[str, Any] = {"title": {"fr": f"Billet {uuid4().hex[:6]}"}, "sectors": ["tic"]}
    draft = running.ask(SaveItem(kind=ItemKind.POST, content=content), operator("root"))
    running.ask(TurnItem(kind=ItemKind.POST, id=draft.id, to=Status.PUBLISHED), operator("root"))
    return draft.id


def test_a_receiver_is_told_verifies_it_and_is_told_again(
    running: RunningPlatform, lead: Surfer, receiver: Web
) -> None:
    form = {"name": "Essai", "url": receiver.url("/hook"), "events": ["post.published", "meeting.booked"]}
    made = lead.post(PATH, PATH, **form)
    secret = unescape(re.findall(r'value="(whsec_[^"]+)"', made.text)[0])
    here = re.findall(rf'action="({PATH}/[0-9a-f]{{32}})/do"', made.text)[0]
    assert html_faults(made.text) == []
    assert secret not in lead.get(here).text

    post = published(running)
    event = verified(secret, waited(receiver, 1))
    assert (event["type"], event["subject"]) == ("ca.emploinexus.post.published.v1", post)
    assert event["data"] == {"id": post, "revision": event["data"]["revision"], "sector": "tic"}
    page = page_with(lead, here, 'badge">Accepté<')
    assert html_faults(page) == []

    lead.post(f"{here}/do", here, do="test")
    assert verified(secret, waited(receiver, 2))["type"] == "ca.emploinexus.webhook.test.v1"
    told = re.findall(r'name="id" value="(msg_[0-9a-f]+)"', page)[0]
    lead.post(f"{here}/do", here, do="again", id=told)
    again = waited(receiver, 3)
    assert (again.body, verified(secret, again)["subject"]) == (receiver.asked[0].body, post)
    assert again.headers["webhook-id"] == receiver.asked[0].headers["webhook-id"]

    rotated = lead.post(f"{here}/rotate", here).text
    new = unescape(re.findall(r'value="(whsec_[^"]+)"', rotated)[0])
    lead.post(f"{here}/do", here, do="test")
    with_both = waited(receiver, 4)
    assert verified(secret, with_both) == verified(new, with_both)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verified(f"whsec_{'A' * 44}", with_both)

    receiver.pages["/hook"] = 410
    lead.post(f"{here}/do", here, do="test")
    waited(receiver, 5)
    page_with(lead, here, "n’existe plus (410)")
    removed = lead.post(f"{here}/do", here, do="removed")
    assert "Le webhook est retiré" in removed.text
    assert f'href="{here}"' not in removed.text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.org/", "avec https au début"),
        ("https://a:b@example.org/", "ce qui précède le @"),
        ("https://10.0.0.1/", "depuis Internet"),
        ("https://[::ffff:192.168.0.1]/", "depuis Internet"),
        ("https://exa mple.org/", "sans accents"),
        ("", "avec https au début"),
    ],
)
def test_an_address_that_cannot_be_told_is_refused_beside_its_field(
    lead: Surfer, url: str, words: str
) -> None:
    answer = lead.post(PATH, PATH, name="Essai", url=url, events="post.published")
    assert answer.status_code == 400
    assert html_faults(answer.text) == []
    assert words in re.findall(r'id="url-fault">([^<]*)', answer.text)[0]


def test_what_is_no_webhook_is_not_found(lead: Surfer) -> None:
    nobody = f"{PATH}/{'0' * 32}"
    assert [lead.get(path).status_code for path in (nobody, f"{PATH}/x", f"{PATH}/new")] == [404] * 3
    for path in (nobody, f"{nobody}/rotate", f"{nobody}/do"):
        assert lead.post(path, PATH, do="test").status_code == 404
    assert lead.post(PATH, PATH, name="", url="https://example.org/").status_code == 400
    assert lead.post(PATH, PATH, name="x", url="https://example.org/", events="all").status_code == 400
