"""Commands that come again under the same key: done once, answered each time, whatever happens in between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nexus.caller import Caller, Role, Scope
from nexus.errors import Conflict, Forbidden, InvalidInput, NexusError, NotFound, StaleRevision, Unavailable
from services.content.contracts import CreateProgram, GetProgramHistory, ProgramContent, Status
from services.content.contracts.editing import Item, ItemKind, ListItems, OpenItem, SaveItem, TurnItem
from services.content.service import Content
from tests.support.content_service import content_service

SYSTEM = Caller(sector="tic", person="key:1", scopes=frozenset({Scope.PROGRAMS_WRITE}))
EDITOR = Caller(sector="tic", person="anne", roles=frozenset({Role.EDITOR}))
PROGRAM = {"title": {"fr": "Aide"}, "kind": "grant"}


class Time:
    now = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def content(database: Any, time: Time) -> Content:
    return content_service(database, lambda: time.now)


def create(once: str | None, **changed: Any) -> SaveItem:
    return SaveItem(kind=ItemKind.PROGRAM, content=PROGRAM | changed, once=once)


def drafts(database: Any) -> int:
    count: int = database["programs"].count_documents({})
    return count


def test_the_same_command_makes_one_program_and_has_one_answer(content: Content, database: Any) -> None:
    first = content.save_item(create("a"), SYSTEM)
    assert content.save_item(create("a"), SYSTEM) == first
    assert drafts(database) == 1


def test_without_a_key_each_makes_one(content: Content, database: Any) -> None:
    content.save_item(create(None), SYSTEM)
    content.save_item(create(None), SYSTEM)
    assert drafts(database) == 2


def test_another_command_under_the_same_key_is_refused(content: Content, database: Any) -> None:
    item = content.save_item(create("a"), SYSTEM)
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        content.save_item(create("a", kind="loan"), SYSTEM)
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        content.turn_item(TurnItem(kind=ItemKind.PROGRAM, id=item.id, to=Status.PUBLISHED, once="a"), SYSTEM)
    assert drafts(database) == 1


@pytest.mark.parametrize("changed", [{"person": "key:2"}, {"sector": "aero"}])
def test_keys_of_different_systems_have_nothing_in_common(
    content: Content, database: Any, changed: dict[str, str]
) -> None:
    content.save_item(create("a"), SYSTEM)
    content.save_item(create("a"), SYSTEM.model_copy(update=changed))
    assert drafts(database) == 2


def test_many_at_once_make_one_program(database: Any, time: Time) -> None:
    services = [content_service(database, lambda: time.now) for _ in range(2)]  # as two processes would

    def ask(number: int) -> str:
        try:
            return services[number % 2].save_item(create("a"), SYSTEM).id
        except Conflict as error:
            return error.code

    with ThreadPoolExecutor(8) as threads:
        told = set(threads.map(ask, range(24)))
    assert drafts(database) == 1
    assert len(told - {"idempotency_in_progress"}) == 1
    assert services[0].save_item(create("a"), SYSTEM).id in told


def test_a_restart_forgets_nothing(content: Content, database: Any, time: Time) -> None:
    first = content.save_item(create("a"), SYSTEM)
    time.now += timedelta(hours=23)
    assert content_service(database, lambda: time.now).save_item(create("a"), SYSTEM) == first


def test_after_a_day_a_key_is_free_again(content: Content, database: Any, time: Time) -> None:
    first = content.save_item(create("a"), SYSTEM)
    time.now += timedelta(hours=24, seconds=1)
    assert content.save_item(create("a"), SYSTEM).id != first.id
    time.now += timedelta(hours=24, seconds=1)
    content.forget_old_repeats()
    assert database["repeats"].count_documents({}) == 0


def test_a_refusal_is_not_kept(content: Content) -> None:
    wrong = create("a", kind="nothing")
    for _ in range(2):
        with pytest.raises(InvalidInput, match="invalid_message"):
            content.save_item(wrong, SYSTEM)
    assert content.save_item(create("a"), SYSTEM).revision == 1


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("written", [True, False], ids=["after the write", "before it"])
def test_who_asks_again_after_a_crash_gets_the_one_program(
    content: Content, database: Any, time: Time, written: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(command: SaveItem, caller: Caller, new_id: str | None) -> Item:
        if written:
            Content._save(content, command, caller, new_id)
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(content, "_save", dies)
        with pytest.raises(Crash):
            content.save_item(create("a"), SYSTEM)
    assert drafts(database) == written
    with pytest.raises(Conflict, match="idempotency_in_progress"):
        content.save_item(create("a"), SYSTEM)
    time.now += timedelta(seconds=31)
    again = content.save_item(create("a"), SYSTEM)
    assert content.save_item(create("a"), SYSTEM) == again
    assert drafts(database) == 1


def test_an_engine_that_went_away_in_the_middle_leaves_it_open(
    content: Content, database: Any, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    def goes_away(command: SaveItem, caller: Caller, new_id: str | None) -> Item:
        Content._save(content, command, caller, new_id)
        raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr(content, "_save", goes_away)
        with pytest.raises(Unavailable):
            content.save_item(create("a"), SYSTEM)
    time.now += timedelta(seconds=31)
    content.save_item(create("a"), SYSTEM)
    assert drafts(database) == 1


def test_a_publication_that_comes_again_is_told_as_it_was(content: Content) -> None:
    item = content.save_item(create(None), SYSTEM)
    publish = TurnItem(kind=ItemKind.PROGRAM, id=item.id, revision=1, to=Status.PUBLISHED, once="p")
    first = content.turn_item(publish, SYSTEM)
    content.turn_item(TurnItem(kind=ItemKind.PROGRAM, id=item.id, to=Status.RETIRED), SYSTEM)
    assert content.turn_item(publish, SYSTEM) == first
    current = content.open_item(OpenItem(kind=ItemKind.PROGRAM, ref=item.id), SYSTEM)
    assert (first.status, current.status) == (Status.PUBLISHED, Status.RETIRED)


def test_an_edit_of_another_revision_is_refused_with_both(content: Content) -> None:
    item = content.save_item(create(None), SYSTEM)
    edit = SaveItem(
        kind=ItemKind.PROGRAM, id=item.id, revision=1, content=PROGRAM | {"kind": "loan"}, once="e"
    )
    assert content.save_item(edit, SYSTEM).revision == 2
    assert content.save_item(edit, SYSTEM).revision == 2
    with pytest.raises(StaleRevision):
        content.save_item(edit.model_copy(update={"once": "f"}), SYSTEM)


@pytest.mark.parametrize("kind", [ItemKind.DOCUMENT, ItemKind.POST, ItemKind.ACTIVITY, ItemKind.PAGE])
def test_a_key_for_programs_opens_nothing_else(content: Content, kind: ItemKind) -> None:
    dated = {"title": {"fr": "x"}, "date": "2026-11-23", "files": {}}
    moment = {"starts_at": "2027-01-01T10:00Z", "ends_at": "2027-01-01T11:00Z"}
    contents = {
        ItemKind.DOCUMENT: dated,
        ItemKind.ACTIVITY: {"title": {"fr": "x"}, "kind": "training"} | moment,
    }
    wanted = SaveItem(kind=kind, content=contents.get(kind, {"title": {"fr": "x"}}))
    with pytest.raises(Forbidden):
        content.save_item(wanted, SYSTEM)
    made = content.save_item(wanted, EDITOR)
    for ask in (
        lambda: content.open_item(OpenItem(kind=kind, ref=made.id), SYSTEM),
        lambda: content.turn_item(TurnItem(kind=kind, id=made.id, to=Status.PUBLISHED), SYSTEM),
        lambda: content.list_items(ListItems(kind=kind), SYSTEM),
    ):
        with pytest.raises(Forbidden):
            ask()


def test_a_key_reaches_no_other_sector(content: Content) -> None:
    aero = SYSTEM.model_copy(update={"sector": "aero"})
    theirs = content.save_item(create(None, sectors=["aero"]), aero)
    for ask in (
        lambda: content.open_item(OpenItem(kind=ItemKind.PROGRAM, ref=theirs.id), SYSTEM),
        lambda: content.turn_item(TurnItem(kind=ItemKind.PROGRAM, id=theirs.id, to=Status.PUBLISHED), SYSTEM),
        lambda: content.save_item(create(None, sectors=["aero"]), SYSTEM),
    ):
        with pytest.raises(NexusError) as refused:
            ask()
        assert isinstance(refused.value, NotFound | Forbidden)


def test_a_history_names_the_key_that_wrote(content: Content) -> None:
    made = content.create_program(CreateProgram(content=ProgramContent.read(PROGRAM)), SYSTEM)
    history = content.get_program_history(GetProgramHistory(ref=made.id), EDITOR)
    assert [one.by for one in history.revisions] == ["key:1"]
    with pytest.raises(Forbidden, match="role_required"):
        content.get_program_history(GetProgramHistory(ref=made.id), SYSTEM)
