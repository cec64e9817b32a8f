"""Somebody subscribes, confirms, and is told once what is new; one click ends it, and nothing that they ask for."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from nexus.caller import Role, operator, system
from nexus.mongo import Document
from services.content.contracts.editing import ItemKind, SaveItem, TurnItem
from services.content.contracts.publications import Status
from tests.e2e.test_own_languages import mails
from tests.support.mails import meeting
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def eventually(look: Callable[[], Any], timeout: float = 30) -> Any:
    deadline = monotonic() + timeout
    while not (found := look()):
        assert monotonic() < deadline, "it did not happen"
        sleep(0.1)
    return found


def published(running: RunningPlatform, title: str) -> str:
    content = {"title": {"fr": title}, "kind": "grant", "themes": ["recognition"], "sectors": ["tic"]}
    draft = running.ask(SaveItem(kind=ItemKind.PROGRAM, content=content), operator("root"))
    running.ask(TurnItem(kind=ItemKind.PROGRAM, id=draft.id, to=Status.PUBLISHED), operator("root"))
    return draft.id


def text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content()).replace("\r\n", "\n")


def path_in(mail: Any, page: str) -> str:
    found = re.search(rf"https?://\S+(/fr/{page}/\S+)", text_of(mail))
    assert found, text_of(mail)
    return found[1]


@pytest.fixture
def visitor(running: RunningPlatform) -> Iterator[Surfer]:
    surfer = Surfer(running)
    yield surfer
    surfer.client.close()


class Kept:
    """What the notifications service keeps."""

    def __init__(self, database: Any) -> None:
        self._database = database

    def knows(self, program: str) -> Document | None:
        """The news, once it is old enough to be told."""
        told = datetime.now(UTC) - timedelta(seconds=3)
        found: Document | None = self._database["news"].find_one({"_id": program, "noted_at": {"$lt": told}})
        return found

    def due(self, subscriber: str) -> None:
        """Let the morning come."""
        self._database["subscribers"].update_one({"_id": subscriber}, {"$set": {"next_due": LONG_AGO}})

    def next_due(self, subscriber: str) -> datetime | None:
        found = self._database["subscribers"].find_one({"_id": subscriber})
        assert found
        due: datetime | None = found.get("next_due")
        return due.replace(tzinfo=UTC) if due else None

    def waits(self, subscriber: str) -> bool:
        """Whether the digest is made, and the next one is of another day."""
        return (self.next_due(subscriber) or LONG_AGO) > datetime.now(UTC) + timedelta(minutes=9)


def test_a_digest_comes_once_and_one_click_ends_digests_and_not_confirmations(
    running: RunningPlatform, visitor: Surfer
) -> None:
    address, title = f"news-{uuid4().hex[:8]}@exemple.ca", f"Programme {uuid4().hex[:8]}"
    form = {"email": address, "theme": "recognition", "frequency": "daily"}
    assert "Un courriel est en route" in visitor.send("/fr/abonnement", **form).text
    confirm = path_in(eventually(lambda: mails(running, address))[0], "abonnement")
    assert "Faire reconnaître" in visitor.get(confirm).text
    page = visitor.send(confirm)
    assert page.status_code == 200
    assert "C’est confirmé." in page.text
    subscriber = urlsplit(str(page.url)).path.rpartition("/")[2].partition(".")[0]

    with running.documents() as client:
        kept = Kept(client[running.database("notifications")])
        program = published(running, title)
        eventually(lambda: kept.knows(program))
        kept.due(subscriber)
        digest = eventually(lambda: [one for one in mails(running, address) if one["List-Unsubscribe"]])[0]
        assert title in text_of(digest)
        assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        eventually(lambda: kept.waits(subscriber))
        kept.due(subscriber)  # there is nothing new
        eventually(lambda: kept.waits(subscriber))

        one_click = urlsplit(digest["List-Unsubscribe"].strip("<>")).path
        assert "Me désabonner</button>" in visitor.get(one_click).text
        assert kept.next_due(subscriber), "looking changes nothing"
        headers = {"Origin": "https://mail.example.org", "Sec-Fetch-Site": "cross-site"}
        for _ in range(2):
            told = visitor.client.post(one_click, data={"List-Unsubscribe": "One-Click"}, headers=headers)
            assert told.status_code == 200
        assert kept.next_due(subscriber) is None

    running.ask(meeting(to=address), system("meetings", "tic"))
    confirmed = eventually(lambda: [one for one in mails(running, address) if "rencontre" in one["Subject"]])
    assert "List-Unsubscribe" not in confirmed[0]
    assert len([one for one in mails(running, address) if one["List-Unsubscribe"]]) == 1


def test_a_member_finds_their_preferences_from_their_account(visitor: Surfer) -> None:
    member = visitor.sign_in_as(f"member-{uuid4().hex[:8]}@exemple.ca", Role.MEMBER)
    page = member.get("/fr/compte/preferences")
    assert page.status_code == 200
    assert "Ce que nous vous envoyons par courriel" in page.text
    saved = member.send(
        urlsplit(str(page.url)).path, language="en", zone="America/Vancouver", follow_up="yes",
        quiet_begin="21", quiet_end="7",
    )  # fmt: skip
    assert "Your preferences are saved." in saved.text
    assert '<option value="America/Vancouver" selected>' in saved.text
    assert "Questions after a meeting</strong> – you agreed on" in saved.text


def test_what_no_form_of_ours_sends_is_refused_in_words(visitor: Surfer) -> None:
    assert visitor.send("/fr/abonnement", email="x\r\nBcc: y@example.org").status_code == 400
    assert visitor.send("/fr/abonnement", email="a@example.org", frequency="hourly").status_code == 400
    assert visitor.get("/en/subscription?q=%00%0a&theme=x&type=y").status_code == 200
    for path in ("/fr/abonnement/x.y", "/fr/preferences/x", "/en/unsubscribe/" + "x" * 500):
        assert visitor.get(path).status_code == 404
        assert visitor.send(path, language="fr", frequency="daily").status_code in (400, 404)
