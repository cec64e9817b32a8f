"""Lists of editors, kept in memory: always what the database holds."""

from datetime import timedelta
from typing import Any

import pytest

from nexus.caller import operator
from services.content.contracts.editing import ItemKind, ListItems, Order
from services.content.contracts.programs import CreateProgram, EditProgram, PublishProgram
from services.content.contracts.publications import Status
from services.content.domain.kinds import PROGRAMS
from services.content.service import Content
from services.content.service.catalogue import Catalogue
from services.content.store.publications import PublicationStore
from tests.support.content_service import content_service
from tests.support.contents import NOON, content

ANNE = operator("anne")


class Time:
    """Goes on by a minute with each look at it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> Any:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def service(database: Any) -> Content:
    return content_service(database, Time())


@pytest.fixture(params=["shared", "alone"])
def catalogue(request: pytest.FixtureRequest, database: Any) -> tuple[Catalogue, Content]:
    """A catalogue, and the service that writes: another process, or this one."""
    store = PublicationStore(database, PROGRAMS)
    catalogue = Catalogue(ItemKind.PROGRAM, store, shared=request.param == "shared")
    if request.param == "shared":
        return catalogue, content_service(database, Time())
    store.on_saved.append(catalogue.note)
    return catalogue, content_service(database, Time(), programs=store)


def titles(catalogue: Catalogue, sector: str | None = None, **wanted: Any) -> list[str | None]:
    query = ListItems(kind=ItemKind.PROGRAM, order=Order.TITLE, **wanted)
    return [one.title.fr for one in catalogue.find(query, sector, NOON.date()).items]


def test_what_was_written_before_and_after_the_first_list_is_in_it(
    catalogue: tuple[Catalogue, Content],
) -> None:
    lines, service = catalogue
    service.create_program(CreateProgram(content=content("Été")), ANNE)
    assert titles(lines) == ["Été"]
    made = service.create_program(CreateProgram(content=content("Hiver")), ANNE)
    assert titles(lines) == ["Été", "Hiver"]
    changed = EditProgram(id=made.id, revision=1, content=content("Printemps"))
    service.edit_program(changed, ANNE)
    assert titles(lines) == ["Été", "Printemps"]
    assert titles(lines, q="PRIN") == ["Printemps"]
    assert titles(lines, q="ete") == ["Été"]
    assert titles(lines, q="hiver") == []


def test_states_are_counted_under_the_other_filters(catalogue: tuple[Catalogue, Content]) -> None:
    lines, service = catalogue
    for title in ("Un", "Deux", "Deux bis"):
        service.create_program(CreateProgram(content=content(title)), ANNE)
    first = lines.find(ListItems(kind=ItemKind.PROGRAM, q="un"), None, NOON.date()).items[0]
    service.publish_program(PublishProgram(id=first.id), ANNE)
    found = lines.find(ListItems(kind=ItemKind.PROGRAM, status=Status.DRAFT), None, NOON.date())
    assert (found.total, found.counts[Status.DRAFT], found.counts[Status.PUBLISHED]) == (2, 2, 1)
    found = lines.find(ListItems(kind=ItemKind.PROGRAM, q="deux", per_page=1, page=2), None, NOON.date())
    assert (found.total, len(found.items)) == (2, 1)


def test_a_sector_lists_its_own_and_what_all_share(catalogue: tuple[Catalogue, Content]) -> None:
    lines, service = catalogue
    for title, sectors in (("A", ("aero",)), ("B", ()), ("C", ("tic", "aero"))):
        service.create_program(CreateProgram(content=content(title, sectors=sectors)), ANNE)
    assert titles(lines, "tic") == ["B", "C"]
    assert titles(lines, "aero") == ["A", "B", "C"]
    assert titles(lines, None) == ["A", "B", "C"]
