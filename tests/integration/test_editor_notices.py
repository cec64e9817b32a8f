"""Editors are told of what they publish: that a colleague asks or answers, and which documents cannot be read."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pymongo.database import Database

from nexus.caller import Caller, Role, Scope, operator
from nexus.composition import Resources
from nexus.delivery.outbox import Outbox
from nexus.mongo import Document
from nexus.seal import Seal
from nexus.settings import Settings
from services.content.contracts.comments import NOTICES, AskColleagues, CommentAnswered, CommentAsked
from services.content.contracts.documents import DocumentUnreadable
from services.content.contracts.editing import Item, ItemKind, SaveItem
from services.content.service import Content
from services.notifications.compose import compose
from services.notifications.contracts.deliveries import ListDeliveries
from services.notifications.postman import Postman
from services.notifications.service import Notifications
from tests.integration.test_documents import send
from tests.integration.test_staff_notices import knows, mails
from tests.integration.test_webhooks import LEAD
from tests.support.clock import Clock
from tests.support.content_service import SECRET, content_service
from tests.support.files import a_pdf, an_encrypted_pdf

ANNE = Caller(sector="tic", person="anne", roles=frozenset({Role.EDITOR}))
QUIET = timedelta(minutes=1, seconds=1)


@pytest.fixture
def service(
    database: Database[Document], tmp_path: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Notifications:
    monkeypatch.setattr(Postman, "wake", lambda _: None)  # mail goes out when a test says so
    settings = Settings(data=tmp_path, preview_secret=SECRET, sites={"tic": "https://tic.example.org"})
    composed = compose(Resources(settings, database, embedded=True, clock=clock)).service
    assert isinstance(composed, Notifications)
    knows(composed, "anne", "editor")
    knows(composed, "bob", "admin", language="en")
    knows(composed, "carl", "editor", sector="aero")
    return composed


def comment(event: type[CommentAsked] | type[CommentAnswered] = CommentAsked, **fields: Any) -> Any:
    words = {"text": "Is it right?\nSee page 2.", "fr": "Aide au tambour", "en": None}
    words |= {"asked": "Was it?"} if event is CommentAnswered else {}
    told = {"id": "c1", "revision": 1, "sector": "tic", "kind": "program", "item": "p1", "by": "anne",
            "people": ["bob"], "sealed": Seal(SECRET, NOTICES).close(words)}  # fmt: skip
    return event.read(told | fields)


def test_a_colleague_who_is_asked_gets_the_words_the_name_and_the_way_to_answer(
    service: Notifications,
) -> None:
    service.mail_comment(comment())
    service.mail_comment(comment())  # the same news again
    told = mails(service)
    assert set(told) == {"bob@exemple.ca"}
    for said in ("anne asks you to look at “Aide au tambour”", "Is it right?", "See page 2.",
                 "https://tic.example.org/en/admin/programs/p1#comments", "never public"):  # fmt: skip
        assert said in told["bob@exemple.ca"]


@pytest.mark.parametrize(
    ("by_asker", "person", "said"),
    [
        (False, "anne", "Une personne de l’équipe a répondu à votre question sur «\xa0Aide au tambour\xa0»"),
        (True, "bob", "A colleague added something to the question about “Aide au tambour”"),
    ],
)
def test_an_answer_is_told_with_what_was_asked(
    service: Notifications, by_asker: bool, person: str, said: str
) -> None:
    service.mail_answer(
        comment(CommentAnswered, by="of-another-sector", people=[person], by_asker=by_asker, revision=2)
    )
    told = mails(service)[f"{person}@exemple.ca"]
    assert said in told.replace("\n", " ")
    assert "Was it?" in told


def test_nobody_of_another_sector_is_mailed_and_the_list_says_why(
    service: Notifications, clock: Clock
) -> None:
    service.mail_comment(comment(people=["carl", "nobody"]))
    assert mails(service) == {}
    clock.now += timedelta(minutes=11)
    assert mails(service) == {}
    found = service.list_deliveries(ListDeliveries(kind="comment"), LEAD).items
    assert {(one.state, one.answer) for one in found} == {("suppressed", "recipient_unknown")}


@pytest.fixture
def content(database: Database[Document], clock: Clock) -> Iterator[Content]:
    """On a database of its own, as it has."""
    other = database.client[f"{database.name}_content"]
    yield content_service(other, clock)
    database.client.drop_database(other.name)
    database.client.drop_database(f"{other.name}_audit")


def save(content: Content, sha256: str, item: Item | None = None, caller: Caller = ANNE, n: int = 0) -> Item:
    told = {
        "title": {"fr": f"Guide {n}"},
        "date": "2026-11-23",
        "sectors": ["tic"],
        "files": {"fr": {"sha256": sha256, "name": f"guide-{n}.pdf"}},
    }
    command = {"id": item.id, "revision": item.revision} if item else {}
    return content.save_item(SaveItem(kind=ItemKind.DOCUMENT, content=told, **command), caller)


def hear(service: Notifications, content: Content) -> list[DocumentUnreadable]:
    """What content has told since the last look, taken in."""
    outbox = Outbox(content.documents._kept.items)  # type: ignore[attr-defined]
    waiting = outbox.waiting()
    heard = [
        DocumentUnreadable.read(one.envelope.data)
        for one in waiting
        if one.envelope.type == DocumentUnreadable.type
    ]
    outbox.remove(waiting)
    for event in heard:
        service.note_unreadable(event)
    return heard


LOCKED = an_encrypted_pdf("Bonjour", "sesame")


def test_an_encrypted_document_is_told_to_who_uploaded_it(
    service: Notifications, content: Content, clock: Clock
) -> None:
    item = save(content, send(content, LOCKED))
    assert "guide" not in hear(service, content)[0].model_dump_json().lower()
    service.mail_unreadable()
    assert mails(service) == {}  # more may come
    clock.now += QUIET
    for _ in range(2):
        service.mail_unreadable()
    (told,) = mails(service).items()
    assert told[0] == "anne@exemple.ca"
    for said in ("Guide 0", "guide-0.pdf\xa0: il est protégé par un mot de passe",
                 f"https://tic.example.org/fr/admin/documents/{item.id}"):  # fmt: skip
        assert said in told[1].replace("\n", " ")


def test_many_of_one_upload_are_one_mail_once_it_is_over(
    service: Notifications, content: Content, clock: Clock
) -> None:
    files = [send(content, data) for data in (a_pdf("Bien"), LOCKED, a_pdf("x" * 400)[:300])]
    for n, sha256 in enumerate(files):
        save(content, sha256, n=n)
        hear(service, content)
        clock.now += timedelta(seconds=40)
        service.mail_unreadable()
    assert mails(service) == {}
    clock.now += QUIET
    service.mail_unreadable()
    (text,) = mails(service).values()
    assert "mot de passe" in text
    assert "endommagé" in text
    assert "Guide 0" not in text


def test_nothing_is_said_of_a_file_that_was_replaced_meanwhile(
    service: Notifications, content: Content, clock: Clock
) -> None:
    item = save(content, send(content, LOCKED))
    (late,) = hear(service, content)
    save(content, send(content, a_pdf("Bien")), item)
    assert [one.sealed for one in hear(service, content)] == [None]
    service.note_unreadable(late)  # comes again, after what overtook it
    clock.now += QUIET
    service.mail_unreadable()
    assert mails(service) == {}


def test_what_stays_as_it_is_is_no_news(service: Notifications, content: Content) -> None:
    sha256 = send(content, LOCKED)
    item = save(content, sha256)
    assert len(hear(service, content)) == 1
    save(content, sha256, item, n=1)  # another title alone
    assert hear(service, content) == []


@pytest.mark.parametrize(
    "caller",
    [
        operator("root"),
        Caller(sector="tic", person="key:x", scopes=frozenset({Scope.DOCUMENTS_WRITE})),
    ],
)
def test_neither_a_command_line_nor_a_key_has_somebody_to_be_told(
    service: Notifications, content: Content, clock: Clock, caller: Caller
) -> None:
    save(content, send(content, LOCKED), caller=caller)
    assert [(one.person, one.sector) for one in hear(service, content)] == [(None, None)]
    clock.now += QUIET
    service.mail_unreadable()
    assert mails(service) == {}


def test_what_content_asks_is_what_notifications_read(
    service: Notifications, content: Content, database: Database[Document]
) -> None:
    item = save(content, send(content, a_pdf("Bien")))
    command = AskColleagues(id="a" * 32, kind=ItemKind.DOCUMENT, ref=item.id, people=("bob",), text="Good?")
    content.comments.ask(command, ANNE)
    kept = Outbox(content.comments._kept.items)  # type: ignore[attr-defined]
    (waiting,) = kept.waiting()
    service.mail_comment(CommentAsked.read(waiting.envelope.data))
    assert f"/en/admin/documents/{item.id}#comments" in mails(service)["bob@exemple.ca"]
