"""What visitors opened, by sector, day and language."""

import base64
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from nexus.caller import Caller, Role, anonymous
from nexus.errors import Forbidden, InvalidInput
from services.content.contracts.editing import ItemKind, SaveItem, TurnItem
from services.content.contracts.files import FinishUpload, KeepPart
from services.content.contracts.openings import CountOpenings, ListOpenings
from services.content.contracts.publications import Status
from services.content.service import Content
from services.search.misses import WordStore
from tests.support.clock import Clock
from tests.support.content_service import content_service

VISITOR = anonymous("tic")
ANNE = Caller(sector="tic", person="anne", roles=frozenset({Role.COORDINATOR, Role.EDITOR}))


@pytest.fixture
def service(database, clock) -> Content:
    return content_service(database, clock)


def published(service: Content, of: ItemKind, /, **content: Any) -> Any:
    draft = service.save_item(SaveItem(kind=of, content=content), ANNE)
    return service.turn_item(TurnItem(kind=of, id=draft.id, to=Status.PUBLISHED), ANNE)


def opened(service: Content, sector: str = "tic", **counts: Any) -> None:
    service.count_openings(CountOpenings.read(counts), anonymous(sector))


def view(ref: str, count: int, language: str = "fr", kind: str = "program") -> dict[str, Any]:
    return {"kind": kind, "ref": ref, "language": language, "count": count}


def test_counts_add_up_by_item_whatever_its_address_and_most_opened_come_first(
    service: Content, clock: Clock
):
    aid = published(service, ItemKind.PROGRAM, title={"fr": "Aide", "en": "Aid"}, kind="grant")
    post = published(service, ItemKind.POST, title={"fr": "Billet"})
    opened(service, views=[view("aide", 2), view("aid", 3, "en"), view("personne", 9)])
    clock.now += timedelta(days=1)
    opened(service, views=[view("aide", 1), view("billet", 10, kind="post")])
    found = service.list_openings(ListOpenings(), ANNE)
    assert [(one.id, one.kind, one.title.fr, one.views) for one in found.items] == [
        (post.id, "post", "Billet", {"fr": 10, "en": 0}),
        (aid.id, "program", "Aide", {"fr": 3, "en": 3}),
    ]
    assert [(one.day, one.views) for one in found.days] == [(date(2026, 11, 23), 5), (date(2026, 11, 24), 11)]
    assert [one.views for one in service.list_openings(ListOpenings(days=1), ANNE).days] == [11]


def test_a_file_counts_for_its_document_in_the_language_of_the_file(service: Content):
    files = {language: stored(service, language.encode()) for language in ("fr", "en")}
    named = {one: {"sha256": sha256, "name": f"{one}.txt"} for one, sha256 in files.items()}
    published(service, ItemKind.DOCUMENT, title={"fr": "Guide"}, date="2026-11-23", files=named)
    opened(service, downloads=[{"sha256": files["en"], "count": 4}, {"sha256": "0" * 64, "count": 7}])
    assert [one.downloads for one in service.list_openings(ListOpenings(), ANNE).items] == [
        {"fr": 0, "en": 4}
    ]


def stored(service: Content, data: bytes) -> str:
    upload = uuid4().hex
    service.keep_part(KeepPart(upload=upload, number=0, data=base64.b64encode(data)), ANNE)
    return service.finish_upload(FinishUpload(upload=upload, parts=1), ANNE).sha256


def test_another_sector_has_counts_of_its_own(service: Content):
    published(service, ItemKind.PROGRAM, title={"fr": "Aide"}, kind="grant")
    opened(service, "aero", views=[view("aide", 5)])
    assert service.list_openings(ListOpenings(), ANNE).items == ()


def test_only_who_works_with_them_sees_counts_and_each_belongs_to_a_sector(service: Content):
    for role in (Role.MEMBER, Role.ADVISOR):
        with pytest.raises(Forbidden):
            service.list_openings(ListOpenings(), Caller(sector="tic", roles=frozenset({role})))
    with pytest.raises(InvalidInput, match="sector_missing"):
        service.count_openings(CountOpenings(), Caller())


def test_counts_are_forgotten_after_25_months(service: Content, database, clock: Clock):
    published(service, ItemKind.PROGRAM, title={"fr": "Aide"}, kind="grant")
    opened(service, views=[view("aide", 1)])
    clock.now += timedelta(days=755)
    service.forget_old_openings()
    assert service.list_openings(ListOpenings(days=760), ANNE).items
    clock.now += timedelta(days=10)
    service.forget_old_openings()
    assert database["openings"].count_documents({}) == 0


def test_words_that_were_searched_for_several_times_at_once_add_up(database):
    words = WordStore(database, "searches")
    words.prepare()
    day = date(2026, 11, 23)
    for times in (3, 4):
        words.count("tic", "fr", "francisation", day, times)
    assert [(one.q, one.count) for one in words.most("tic", day, 10)] == [("francisation", 7)]
