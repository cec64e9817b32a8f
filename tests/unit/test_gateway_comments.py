"""The panel of comments below the form of a publication: what it shows, sends, and says of what is not right."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.sectors import load_sectors
from nexus.caller import Caller, Role
from nexus.errors import Conflict, Unavailable
from nexus.messages import Request
from services.content.contracts.comments import (
    Answer,
    AnswerComment,
    AskColleagues,
    Comment,
    Comments,
    ListComments,
    SettleComment,
)
from services.content.contracts.editing import Item, ItemHistory, ItemKind, OpenHistory, OpenItem
from services.content.contracts.working import ListWork, WorkList
from services.people.contracts.people import ListColleagues, NamePeople, Person
from services.people.contracts.signin import FindSession, Session
from tests.support.contents import NOON
from tests.support.fake_bus import FakeBus

PATH = "/en/admin/posts/p1"
ANNE = Person(
    id="anne", sector="tic", email="anne@exemple.ca", roles=frozenset({Role.EDITOR}), revision=1, created_at=NOON
)  # fmt: skip


def comment(number: str, **fields: Any) -> Comment:
    told: dict[str, Any] = {
        "kind": "post", "item": "p1", "item_revision": 1, "sector": "tic", "revision": 1, "by": "anne",
        "at": NOON, "text": f"Question <{number}>", "asked": ("bob", "gone"),
    }  # fmt: skip
    return Comment(id=number * 32, **told | fields)


class OfficeBus(FakeBus):
    """With one post, somebody who is signed in, and their colleagues."""

    def __init__(self, *comments: Comment) -> None:
        super().__init__()
        self.comments = comments
        self.colleagues = {"anne": "Anne", "bob": "Bob <b>"}
        self.full = self.nameless = False
        app = create_app(load_sectors()["tic"], self, "http://testserver")
        self.client = TestClient(app, cookies={"nexus-tic": "secret"}, follow_redirects=False)

    async def call(self, message: Request[Any], caller: Caller, **options: Any) -> Any:
        told = self._told(message)
        if told is None or self.away & {message.service}:
            return await super().call(message, caller, **options)
        self.asked.append((message, caller))
        return told

    def _told(self, message: Any) -> Any:
        item = {"kind": ItemKind.POST, "status": "draft", "slug": {"fr": "x", "en": "x"}, "updated_at": NOON}
        content = {"title": {"fr": "Un billet"}, "publish_at": None}
        match message:
            case FindSession():
                session = {"id": "s", "person": ANNE.model_dump(), "created_at": NOON, "last_seen": NOON}
                return Session.read(session | {"expires_at": NOON + timedelta(days=1)})
            case OpenItem():
                return Item.read(item | {"id": "p1", "revision": 3, "content": content})
            case OpenHistory():
                return ItemHistory(id="p1", revisions=())
            case ListWork():
                return WorkList(items=())
            case ListComments():
                return Comments(items=self.comments)
            case ListColleagues() | NamePeople() if self.nameless:
                raise Unavailable("service_away", service="people")
            case ListColleagues():
                return self.colleagues
            case NamePeople(ids=ids):
                return {"gone": "Georges"} if "gone" in ids else {}
            case AnswerComment() if self.full:
                raise Conflict("comment_full")
            case AskColleagues() | AnswerComment() | SettleComment():
                return comment("a")
        return None

    def sent(self, kind: type[Any]) -> list[Any]:
        return [message for message, _ in self.asked if isinstance(message, kind)]


def page(bus: OfficeBus, path: str = PATH) -> str:
    told = bus.client.get(path, headers={"Accept": "text/html"})
    assert told.status_code == 200, told.text
    return unescape(told.text)


def send(bus: OfficeBus, below: str, **fields: Any) -> Any:
    token = bus.client.get(PATH).text.partition('name="csrf" value="')[2].partition('"')[0]
    return bus.client.post(PATH + below, data={"csrf": token, **fields}, headers={"Accept": "text/html"})


def test_open_comments_stand_with_their_answers_and_settled_ones_are_folded_away() -> None:
    answers = (Answer(by="eve", at=NOON, text="D’accord."), Answer(by="anne", at=NOON, text="Merci."))
    settled = comment("b", settled_by="bob", settled_at=NOON, item_revision=3)
    shown = page(OfficeBus(comment("a", answers=answers), settled))
    assert "1 open comment" in shown
    assert "From you to Bob <b>, Georges" in shown
    assert "<strong>somebody of another sector</strong>" in shown
    assert "D’accord." in shown
    assert f'about revision 1, <a href="{PATH}/history">changed since</a>' in shown
    assert "1 settled comment" in shown
    assert "Settled by Bob <b>" in shown
    assert shown.count("changed since") == 1
    assert shown.count(f'action="{PATH}/comments/answer"') == 1


def test_markup_in_a_comment_or_a_name_is_text() -> None:
    told = OfficeBus(comment("a")).client.get(PATH).text
    assert "Question &lt;a&gt;" in told
    assert "Bob &lt;b&gt;" in told
    assert "Bob <b>" not in told


def test_one_is_not_offered_to_ask_oneself() -> None:
    bus = OfficeBus()
    assert 'value="bob"' in page(bus)
    assert 'name="people" value="anne"' not in page(bus)
    bus.colleagues = {"anne": "Anne"}
    assert "there is nobody to ask" in page(bus)


def test_a_form_opens_while_nobody_can_be_named() -> None:
    bus = OfficeBus(comment("a"))
    bus.nameless = True
    told = page(bus)
    assert "From you to somebody, somebody" in told
    assert "Colleagues cannot be asked just now." in told


def test_what_is_not_saved_yet_has_no_comments() -> None:
    assert 'id="comments"' not in page(OfficeBus(), "/en/admin/posts/new")


def test_who_is_ticked_is_asked_and_nobody_else() -> None:
    bus = OfficeBus()
    told = send(bus, "/comments", people=["bob", "carl"], text="Look?", number="a" * 32)
    assert (told.status_code, told.headers["location"]) == (303, f"{PATH}?comment=asked#comments")
    (command,) = bus.sent(AskColleagues)
    assert (command.people, command.text, command.ref, command.id) == (("bob",), "Look?", "p1", "a" * 32)
    assert "Your colleagues are asked, by mail." in page(bus, f"{PATH}?comment=asked")


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"text": "Look?"}, ["people"]),
        ({"people": ["carl"], "text": "x" * 1_001}, ["people", "text"]),
        ({"people": ["bob"], "text": " "}, ["text"]),
    ],
)
def test_what_is_not_right_is_told_beside_its_field_and_nothing_typed_is_lost(
    fields: dict[str, Any], faults: list[str]
) -> None:
    bus = OfficeBus()
    told = send(bus, "/comments", number="a" * 32, **fields)
    assert told.status_code == 400
    assert [one for one in ("people", "text") if f'id="{one}-fault"' in told.text] == faults
    assert fields["text"].strip() in told.text
    assert ('value="bob" checked' in told.text) == (fields.get("people") == ["bob"])
    assert bus.sent(AskColleagues) == []


def test_an_answer_that_finds_no_place_stays_typed_where_it_was() -> None:
    bus = OfficeBus(comment("a"))
    bus.full = True
    told = send(bus, "/comments/answer", comment="a" * 32, text="Encore ceci")
    assert told.status_code == 409
    assert f'id="answer-{"a" * 32}-fault"' in told.text
    assert ">\nEncore ceci</textarea>" in told.text
    assert '<textarea id="text" name="text" rows="3" maxlength="1000">\n</textarea>' in told.text


@pytest.mark.parametrize(("value", "done"), [("yes", "settled"), ("no", "reopened")])
def test_a_comment_is_settled_and_opened_again(value: str, done: str) -> None:
    bus = OfficeBus(comment("a"))
    told = send(bus, "/comments/settle", comment="a" * 32, settled=value)
    assert told.headers["location"] == f"{PATH}?comment={done}#comments"
    assert bus.sent(SettleComment)[0].settled is (value == "yes")


def test_what_was_typed_before_it_is_settled_is_said_as_well() -> None:
    bus = OfficeBus(comment("a"))
    send(bus, "/comments/settle", comment="a" * 32, settled="yes", text="Corrigé.")
    assert [one.text for one in bus.sent(AnswerComment)] == ["Corrigé."]
    bus.full = True
    told = send(bus, "/comments/settle", comment="a" * 32, settled="yes", text="Et encore")
    assert (told.status_code, "Et encore" in told.text) == (409, True)
    assert len(bus.sent(SettleComment)) == 1
