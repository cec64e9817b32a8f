"""What editors ask each other about a publication: who reads it, who is told, and what stays of it."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest

from nexus.caller import Caller, Role, Scope, anonymous, operator
from nexus.delivery.outbox import Outbox
from nexus.errors import Conflict, Forbidden, InvalidInput, NotFound
from nexus.personal import PERSONAL_DATA
from nexus.seal import Seal
from services.content.contracts.comments import (
    LONGEST_COMMENT,
    MOST_ANSWERS,
    NOTICES,
    AnswerComment,
    AskColleagues,
    Comment,
    ListComments,
    SettleComment,
)
from services.content.contracts.editing import Item, ItemKind, SaveItem
from services.content.service import Content
from services.people.contracts.privacy import PersonalDataAsked
from tests.support.clock import Clock
from tests.support.content_service import SECRET, content_service

ANNE = Caller(sector="tic", person="anne", roles=frozenset({Role.EDITOR}))
BOB = Caller(sector="tic", person="bob", roles=frozenset({Role.ADMIN}))
EVE = Caller(sector="aero", person="eve", roles=frozenset({Role.EDITOR, Role.ADMIN}))


@pytest.fixture
def service(database: Any, clock: Clock) -> Content:
    return content_service(database, clock)


def draft(service: Content, sectors: tuple[str, ...] = ("tic",)) -> Item:
    content = {"title": {"fr": "Aide au tambour"}, "kind": "grant", "sectors": list(sectors)}
    return service.save_item(SaveItem(kind=ItemKind.PROGRAM, content=content), operator("root"))


def asked(service: Content, item: Item, caller: Caller = ANNE, **fields: Any) -> Comment:
    told: dict[str, Any] = {"id": uuid4().hex, "people": ("bob",), "text": "Le montant est-il juste ?"}
    command = AskColleagues(kind=ItemKind.PROGRAM, ref=item.id, **told | fields)
    return service.ask_colleagues(command, caller)


def shown(service: Content, item: Item, caller: Caller = ANNE) -> tuple[Comment, ...]:
    return service.list_comments(ListComments(kind=ItemKind.PROGRAM, ref=item.slug.fr), caller).items


def news(database: Any) -> list[dict[str, Any]]:
    return [event.envelope.data for event in Outbox(database["comments"]).waiting()]


def opened(event: dict[str, Any]) -> dict[str, str | None]:
    return Seal(SECRET, NOTICES).open(event["sealed"])


def test_who_is_asked_answers_and_each_is_told_what_the_other_said(service: Content, database: Any) -> None:
    item = draft(service)
    comment = asked(service, item, people=("bob", "carl", "bob", "anne"))
    assert (comment.item_revision, comment.asked) == (1, ("bob", "carl", "anne"))
    service.answer_comment(AnswerComment(id=comment.id, text="Oui."), BOB)
    service.answer_comment(AnswerComment(id=comment.id, text="Et le titre ?"), ANNE)
    (found,) = shown(service, item)
    assert [(one.by, one.text) for one in found.answers] == [("bob", "Oui."), ("anne", "Et le titre ?")]
    told = news(database)
    assert [one["people"] for one in told] == [["bob", "carl"], ["anne"], ["bob", "carl"]]
    assert [one.get("by_asker") for one in told] == [None, False, True]
    assert [opened(one)["text"] for one in told] == ["Le montant est-il juste ?", "Oui.", "Et le titre ?"]
    assert opened(told[1])["asked"] == "Le montant est-il juste ?"
    assert opened(told[0])["fr"] == "Aide au tambour"
    assert "tambour" not in json.dumps(told)
    assert "montant" not in json.dumps(told)


def test_what_is_settled_comes_after_what_is_open_and_can_be_opened_again(
    service: Content, clock: Clock
) -> None:
    item = draft(service)
    first = asked(service, item)
    clock.now += timedelta(minutes=1)
    second = asked(service, item)
    settled = service.settle_comment(SettleComment(id=second.id), BOB)
    assert (settled.settled_by, settled.settled_at) == ("bob", clock.now)
    assert [one.id for one in shown(service, item)] == [first.id, second.id]
    assert service.settle_comment(SettleComment(id=second.id), ANNE) == settled  # it was already
    service.settle_comment(SettleComment(id=second.id, settled=False), ANNE)
    assert [one.id for one in shown(service, item)] == [second.id, first.id]


def test_a_form_that_is_sent_twice_asks_and_answers_once(service: Content, database: Any) -> None:
    item, number = draft(service), uuid4().hex
    assert asked(service, item, id=number) == asked(service, item, id=number)
    for _ in range(2):
        service.answer_comment(AnswerComment(id=number, text="Oui."), BOB)
    assert [len(one.answers) for one in shown(service, item)] == [1]
    assert len(news(database)) == 2
    with pytest.raises(Conflict, match="comment_id_taken"):
        asked(service, draft(service), id=number)


@pytest.mark.parametrize(
    "caller",
    [
        anonymous("tic"),
        *(
            Caller(sector="tic", person="x", roles=frozenset({role}))
            for role in (Role.MEMBER, Role.ADVISOR, Role.COORDINATOR, Role.SYSTEM)
        ),
        Caller(sector="tic", person="key:x", scopes=frozenset(Scope)),
    ],
)
def test_who_may_not_edit_neither_reads_nor_writes(service: Content, caller: Caller) -> None:
    item = draft(service)
    comment = asked(service, item)
    for ask in (
        lambda: shown(service, item, caller),
        lambda: asked(service, item, caller),
        lambda: service.answer_comment(AnswerComment(id=comment.id, text="x"), caller),
        lambda: service.settle_comment(SettleComment(id=comment.id), caller),
    ):
        with pytest.raises(Forbidden, match="required"):
            ask()


def test_another_sector_finds_nothing_of_what_it_may_not_edit(service: Content) -> None:
    item = draft(service)
    comment = asked(service, item)
    for ask in (lambda: shown(service, item, EVE), lambda: asked(service, item, EVE)):
        with pytest.raises(NotFound, match="program_not_found"):
            ask()
    for ask in (
        lambda: service.answer_comment(AnswerComment(id=comment.id, text="x"), EVE),
        lambda: service.settle_comment(SettleComment(id=comment.id), EVE),
        lambda: service.settle_comment(SettleComment(id="0" * 32), EVE),
    ):
        with pytest.raises(NotFound, match="comment_not_found"):
            ask()


def test_what_sectors_share_their_editors_discuss_together(service: Content, database: Any) -> None:
    item = draft(service, sectors=())
    comment = asked(service, item)
    service.answer_comment(AnswerComment(id=comment.id, text="D’accord."), EVE)
    assert (news(database)[-1]["sector"], news(database)[-1]["people"]) == ("tic", ["anne"])


def test_the_operator_who_is_of_no_sector_asks_nobody(service: Content) -> None:
    with pytest.raises(Forbidden, match="sector_not_proven"):
        asked(service, draft(service), operator("root"))


@pytest.mark.parametrize(
    "fields",
    [
        {"people": ()},
        {"people": ("",)},
        {"people": tuple(map(str, range(21)))},
        {"text": "  "},
        {"text": "x" * (LONGEST_COMMENT + 1)},
        {"text": "a\x00b"},
        {"id": "x"},
    ],
)
def test_what_is_no_question_is_refused(fields: dict[str, Any]) -> None:
    told = {"id": "0" * 32, "kind": "program", "ref": "x", "people": ["bob"], "text": "x", **fields}
    with pytest.raises(InvalidInput, match="invalid_message"):
        AskColleagues.read(told)


def test_a_comment_has_an_end(service: Content) -> None:
    comment = asked(service, draft(service))
    for number in range(MOST_ANSWERS):
        service.answer_comment(AnswerComment(id=comment.id, text=str(number)), BOB)
    with pytest.raises(Conflict, match="comment_full"):
        service.answer_comment(AnswerComment(id=comment.id, text="x"), BOB)


def test_who_asks_for_their_data_gets_their_own_words_and_an_erasure_leaves_them_under_an_id(
    service: Content, database: Any
) -> None:
    item = draft(service)
    comment = asked(service, item)
    service.answer_comment(AnswerComment(id=comment.id, text="Oui."), BOB)
    seal = Seal(SECRET, PERSONAL_DATA)
    for number, kind in enumerate(("export", "erasure")):
        event = PersonalDataAsked(
            id=str(number), sector="tic", kind=kind, language="fr", person="bob", sealed="",
            sealed_for_content=seal.close({"email": "bob@exemple.ca"}),
        )  # fmt: skip
        service.answer_person(event)
    export, erasure = (event.envelope.data for event in Outbox(database["data_answers"]).waiting())
    data = orjson.loads(seal.open(export["sealed"])["data"] or "")
    assert [one["text"] for one in data["comments"]] == ["Oui."]
    (held,) = (one for one in erasure["held"] if one["kind"] == "comments")
    assert (held["found"], held["removed"], held["why"]) == (1, 0, "authorship")
    assert shown(service, item)[0].answers[0].by == "bob"
