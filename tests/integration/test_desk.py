"""What the back office asks the content service for besides saving: working copies, schedules, criteria tried."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from nexus.caller import Caller, Role, anonymous
from nexus.delivery.outbox import Outbox
from nexus.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.content.contracts import Answers, Eligibility
from services.content.contracts.documents import GetDocument
from services.content.contracts.editing import ItemKind, ListItems, OpenHistory, OpenItem, SaveItem, TurnItem
from services.content.contracts.files import DescribeFile, FinishUpload, KeepPart
from services.content.contracts.fitting import TryFitting
from services.content.contracts.publications import Status
from services.content.contracts.working import DiscardWork, KeepWork, ListWork, OpenWork
from services.content.service import Content
from services.people.contracts.people import PersonChanged
from tests.support.content_service import content_service
from tests.support.contents import NOON
from tests.support.files import a_pdf

ANNE = Caller(sector="tic", person="anne", roles=frozenset({Role.EDITOR}))
PAUL = Caller(sector="tic", person="paul", roles=frozenset({Role.EDITOR}))
VISITOR = anonymous("tic")
FIRST, SECOND = "1" * 32, "2" * 32
LATER = (NOON + timedelta(hours=1)).isoformat()
CONTENTS: dict[ItemKind, dict[str, Any]] = {
    ItemKind.PROGRAM: {"kind": "grant"},
    ItemKind.DOCUMENT: {"date": "2026-11-23", "files": {}},
    ItemKind.POST: {},
    ItemKind.ACTIVITY: {
        "kind": "training",
        "starts_at": "2027-01-01T10:00:00Z",
        "ends_at": "2027-01-01T11:00:00Z",
    },
    ItemKind.PAGE: {},
    ItemKind.PARTNER: {"sectors": ["tic"]},
}


@pytest.fixture
def service(database, clock) -> Content:
    return content_service(database, clock)


def typed(work: str = FIRST, title: str = "Aid", **fields: Any) -> KeepWork:
    return KeepWork(work=work, kind=ItemKind.PAGE, content={"title": {"fr": title}}, **fields)


def kept(service: Content, caller: Caller = ANNE) -> list[str | None]:
    return [one.title for one in service.list_work(ListWork(kind=ItemKind.PAGE), caller).items]


def a_draft(service: Content, kind: ItemKind = ItemKind.PAGE, **fields: Any):
    content = {"title": {"fr": "Titre"}, **CONTENTS[kind], **fields}
    return service.save_item(SaveItem(kind=kind, content=content), ANNE)


def test_what_was_typed_last_is_kept_for_whoever_typed_it_alone(service):
    service.keep_work(typed(title="A"), ANNE)
    service.keep_work(typed(title="Ai"), ANNE)
    assert kept(service) == ["Ai"]
    assert kept(service, PAUL) == []
    assert service.open_work(OpenWork(work=FIRST), ANNE).content == {"title": {"fr": "Ai"}}
    with pytest.raises(NotFound, match="work_not_found"):
        service.open_work(OpenWork(work=FIRST), PAUL)
    with pytest.raises(Conflict, match="work_finished"):
        service.keep_work(typed(), PAUL)
    service.discard_work(DiscardWork(work=FIRST), PAUL)
    assert kept(service) == ["Ai"]


def test_two_tabs_have_a_copy_each_the_latest_first(service, clock):
    service.keep_work(typed(FIRST, "Un"), ANNE)
    clock.now += timedelta(minutes=1)
    service.keep_work(typed(SECOND, "Deux"), ANNE)
    assert kept(service) == ["Deux", "Un"]


def test_half_of_a_content_is_kept_as_it_is_and_publishes_nothing(service, database):
    item = a_draft(service)
    half = {"title": {"fr": None, "en": 5}, "url": "htt", "date": "2026-1"}
    command = KeepWork(work=FIRST, kind=ItemKind.PAGE, item=item.id, revision=1, content=half)
    assert service.keep_work(command, ANNE).title is None
    assert service.open_work(OpenWork(work=FIRST), ANNE).content == half
    assert service.open_item(OpenItem(kind=ItemKind.PAGE, ref=item.id), ANNE).content == item.content
    assert list(Outbox(database["pages"]).waiting()) == []


def test_saving_forgets_the_copy_also_one_that_arrives_after(service):
    service.keep_work(typed(), ANNE)
    save = SaveItem(kind=ItemKind.PAGE, content={"title": {"fr": "Aide"}}, work=FIRST)
    service.save_item(save, ANNE)
    service.save_item(save.model_copy(update={"work": SECOND}), ANNE)  # its copy is still on the way
    for work in (FIRST, SECOND):
        with pytest.raises(Conflict, match="work_finished"):
            service.keep_work(typed(work), ANNE)
    assert kept(service) == []


def test_a_save_that_is_refused_keeps_the_copy(service):
    service.keep_work(typed(), ANNE)
    with pytest.raises(InvalidInput):
        service.save_item(SaveItem(kind=ItemKind.PAGE, content={"title": {}}, work=FIRST), ANNE)
    assert kept(service) == ["Aid"]


def test_a_copy_that_nobody_came_back_to_goes_away_by_itself(service, clock, database):
    service.keep_work(typed(FIRST), ANNE)
    service.keep_work(typed(SECOND), ANNE)
    service.discard_work(DiscardWork(work=SECOND), ANNE)
    clock.now += timedelta(days=29)
    service.forget_old_work()
    assert kept(service) == ["Aid"]
    assert database["working_copies"].count_documents({}) == 1
    clock.now += timedelta(days=2)
    service.forget_old_work()
    assert database["working_copies"].count_documents({}) == 0


def test_a_copy_too_large_is_refused(service):
    with pytest.raises(InvalidInput, match="work_too_large"):
        service.keep_work(typed(title="x" * 600_000), ANNE)


@pytest.mark.parametrize("kind", list(ItemKind))
def test_a_draft_of_any_kind_publishes_itself_at_its_moment(service, clock, kind):
    item = a_draft(service, kind, publish_at=LATER)
    [line] = service.list_items(ListItems(kind=kind), ANNE).items
    assert line.publish_at == NOON + timedelta(hours=1)
    service.publish_due()
    assert service.open_item(OpenItem(kind=kind, ref=item.id), ANNE).status is Status.DRAFT
    clock.now += timedelta(hours=1)
    service.publish_due()
    shown = service.open_item(OpenItem(kind=kind, ref=item.id), ANNE)
    assert (shown.status, shown.published_at) == (Status.PUBLISHED, clock.now)
    [line] = service.list_items(ListItems(kind=kind), ANNE).items
    assert line.publish_at is None
    latest = service.open_history(OpenHistory(kind=kind, ref=item.id, limit=1), ANNE).revisions[0]
    assert latest.by == "schedule"


def test_a_document_that_publishes_itself_brings_the_texts_of_its_files(service, clock, database):
    file = uploaded(service, a_pdf("Une phrase rare"))
    files = {"fr": {"sha256": file.sha256, "name": "a.pdf"}}
    item = a_draft(service, ItemKind.DOCUMENT, publish_at=LATER, files=files)
    clock.now += timedelta(hours=2)
    service.publish_due()
    [event] = Outbox(database["documents"]).waiting()
    assert event.envelope.data["texts"]["fr"] == ["Une phrase rare"]
    assert service.get_document(GetDocument(ref=item.id), VISITOR).document.facts.fr.pages == 1


def test_a_program_that_was_published_before_its_moment_stays_as_it_is(service, clock):
    item = a_draft(service, ItemKind.PROGRAM, publish_at=LATER)
    service.turn_item(TurnItem(kind=ItemKind.PROGRAM, id=item.id, to=Status.PUBLISHED), ANNE)
    clock.now += timedelta(hours=2)
    service.publish_due()
    assert service.open_item(OpenItem(kind=ItemKind.PROGRAM, ref=item.id), ANNE).revision == 2


def uploaded(service: Content, data: bytes):
    service.keep_part(KeepPart(upload=FIRST, number=0, data=base64.b64encode(data)), ANNE)
    return service.finish_upload(FinishUpload(upload=FIRST, parts=1), ANNE)


def test_a_file_says_its_title_its_language_and_its_first_words(service):
    page = "Ce guide est pour les entreprises qui embauchent des personnes."
    titled = a_pdf(page, title="Le guide")
    told = service.describe_file(DescribeFile(sha256=uploaded(service, titled).sha256), ANNE)
    assert (told.title, told.language, told.opening) == ("Le guide", "fr", page)
    unread = service.describe_file(DescribeFile(sha256=uploaded(service, b"\x00\x01" * 50).sha256), ANNE)
    assert (unread.title, unread.language, unread.opening) == (None, None, "")
    with pytest.raises(NotFound, match="file_not_found"):
        service.describe_file(DescribeFile(sha256="0" * 64), ANNE)
    with pytest.raises(Forbidden):
        service.describe_file(DescribeFile(sha256="0" * 64), VISITOR)


def test_criteria_that_nobody_saved_are_judged_by_the_rule_of_the_site(service):
    asked = Eligibility(company_sizes=("1-4",), regions=("06",))
    companies = (
        Answers(company_sizes=("1-4",), regions=("06",)),
        Answers(company_sizes=("1-4",)),
        Answers(company_sizes=("500+",), regions=("06",)),
    )
    told = service.try_fitting(TryFitting(eligibility=asked, companies=companies), ANNE)
    assert [one.verdict for one in told.items] == ["fits", "check", "does_not_fit"]
    assert [reason.criterion for reason in told.items[0].reasons] == ["size", "region"]
    with pytest.raises(Forbidden):
        service.try_fitting(TryFitting(eligibility=asked, companies=companies), VISITOR)


def test_a_history_comes_in_parts(service):
    item = a_draft(service)
    for number in range(2, 6):
        content = {"title": {"fr": f"Titre {number}"}}
        service.save_item(
            SaveItem(kind=ItemKind.PAGE, id=item.id, revision=number - 1, content=content), ANNE
        )
    query = OpenHistory(kind=ItemKind.PAGE, ref=item.id, before=4, limit=2)
    shown = service.open_history(query, ANNE).revisions
    assert [(one.revision, one.content["title"]["fr"]) for one in shown] == [(3, "Titre 3"), (2, "Titre 2")]


def test_what_somebody_typed_goes_with_the_account(service: Content):
    for work, caller in ((FIRST, ANNE), (SECOND, PAUL)):
        service.keep_work(
            KeepWork(work=work, kind=ItemKind.PAGE, content={"title": {"fr": "À suivre"}}), caller
        )
    service.forget_work(
        PersonChanged(id=ANNE.person, sector="tic", roles=frozenset(), revision=2, language="fr", sealed=None)
    )
    assert service.list_work(ListWork(kind=ItemKind.PAGE), ANNE).items == ()
    assert [one.work for one in service.list_work(ListWork(kind=ItemKind.PAGE), PAUL).items] == [SECOND]
