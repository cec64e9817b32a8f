"""A program is due: its owner is mailed, says with one click that nothing changed, and readers are told no more."""

import re
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from nexus.caller import Caller, Role, operator
from nexus.operations import ListAudit
from services.content.contracts.editing import (
    Freshness,
    Item,
    ItemKind,
    ListItems,
    OpenHistory,
    SaveItem,
    TurnItem,
)
from services.content.contracts.publications import Status
from services.people.contracts.people import ListPeople
from tests.support.letterbox import letters_in
from tests.support.platforms import DistributedPlatform, RunningPlatform
from tests.support.surfer import Surfer

ROOT = operator("root")
LONG_AGO = "2025-01-15"


def stale_program(running: RunningPlatform, owner: str) -> Item:
    """One that was verified long ago, published."""
    content = {
        "title": {"fr": f"Programme oublié {uuid4().hex[:6]}"},
        "kind": "grant",
        "sectors": ["tic"],
        "source_checked": LONG_AGO,
        "owner": owner,
    }
    draft = running.ask(SaveItem(kind=ItemKind.PROGRAM, content=content), ROOT)
    return running.ask(TurnItem(kind=ItemKind.PROGRAM, id=draft.id, to=Status.PUBLISHED), ROOT)


def mail_to(running: RunningPlatform, address: str) -> str:
    """The plain part of the mail that lists what is due: from the mail server, or from the local folder."""
    deadline = time.monotonic() + 30
    while not (found := [text for text in mails(running, address) if "verifier" in text or "exact" in text]):
        assert time.monotonic() < deadline, f"no mail to {address}"
        time.sleep(0.2)
    assert len(found) == 1
    return found[0]


def mails(running: RunningPlatform, address: str) -> list[str]:
    if isinstance(running, DistributedPlatform):
        found: list[Any] = [mail for mail in running.mailbox.mails if mail["To"] == address]
    else:
        letters = letters_in(running.folder / "data/mail/tic")
        read = [message_from_bytes(letter, policy=default) for letter in letters]
        found = [mail for mail in read if mail["To"] == address]
    return [mail.get_body(("plain",)).get_content().replace("\r\n", "\n") for mail in found]


def public_page(running: RunningPlatform, item: Item) -> str:
    return running.get(f"/fr/programmes/{item.slug.fr}").text


def test_an_owner_says_with_one_click_that_a_program_is_still_correct(running: RunningPlatform) -> None:
    address = f"owner-{uuid4().hex[:8]}@exemple.ca"
    Surfer(running).sign_in_as(address, Role.EDITOR).client.close()
    first, second = stale_program(running, address), stale_program(running, address)
    assert 'id="stale"' in public_page(running, first)

    text = mail_to(running, address)
    assert first.content["title"]["fr"] in text
    assert f"/fr/admin/programs/{first.id}" in text
    link = re.findall(rf"{first.content['title']['fr']}\n.*?Toujours exact\s*:\s+(\S+)", text, re.S)[0]
    token = parse_qs(urlsplit(link).query)["token"][0]

    anybody = Surfer(running)
    for _ in range(2):  # a scanner of mails, then the person
        page = anybody.get(f"{urlsplit(link).path}?token={token}")
        assert "Oui, c’est toujours exact" in page.text
    assert 'id="stale"' in public_page(running, first)

    assert "Merci" in anybody.send("/fr/toujours-exact", token=token).text
    running_today = datetime.now(UTC) - timedelta(hours=5)
    assert_fresh_within(running, first, seconds=10)
    again = anybody.send("/fr/toujours-exact", token=token)
    assert again.status_code == 200
    anybody.client.close()

    editor = Caller(sector="tic", person="x", roles=frozenset({Role.EDITOR, Role.ADMIN}))
    revisions = running.ask(OpenHistory(kind=ItemKind.PROGRAM, ref=first.id), editor).revisions
    (person,) = running.ask(ListPeople(q=address), editor).items
    assert (len(revisions), revisions[0].by) == (3, person.id)
    assert revisions[0].content["source_checked"] >= running_today.date().isoformat()
    assert revisions[0].content["verification"] == "verified"
    noted = running.ask(ListAudit(subject=first.id), editor, service="content").items[0]
    assert (noted.command, noted.person) == ("verify_by_link", person.id)

    due = running.ask(ListItems(kind=ItemKind.PROGRAM, freshness=Freshness.STALE, per_page=200), editor).items
    assert first.id not in {one.id for one in due}
    assert second.id in {one.id for one in due}  # of it nobody said anything
    time.sleep(6)  # a look at what is due later
    assert len([text for text in mails(running, address) if "exact" in text]) == 1


def assert_fresh_within(running: RunningPlatform, item: Item, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while 'id="stale"' in public_page(running, item):
        assert time.monotonic() < deadline, "readers are still told"
        time.sleep(0.1)


def test_a_link_that_was_altered_or_is_of_another_site_is_refused(running: RunningPlatform) -> None:
    anybody = Surfer(running)
    for token in ("", "x", "x" * 5_000, "WyJhIl0.aaaa.bbbb"):
        page = anybody.get(f"/fr/toujours-exact?token={token}")
        assert (page.status_code, "Ce lien n’est pas le bon" in page.text) == (404, True)
        assert anybody.send("/en/still-correct", token=token).status_code == 404
    anybody.client.close()


def test_who_keeps_a_program_is_told_to_editors_alone(running: RunningPlatform) -> None:
    item = stale_program(running, "nobody-of-here@exemple.ca")
    for path in (
        f"/api/v1/programs/{item.slug.fr}",
        f"/fr/programmes/{item.slug.fr}",
        "/api/v1/open-data/programs.json",
    ):
        assert "nobody-of-here@exemple.ca" not in running.get(path).text


def test_results_tell_that_nobody_verified_it_for_long(running: RunningPlatform) -> None:
    title = stale_program(running, "nobody-of-here@exemple.ca").content["title"]["fr"]
    deadline = time.monotonic() + 15
    while title not in running.titles(title):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert "rien n’a été vérifié depuis plus de" in running.get("/fr/recherche", q=title).text
