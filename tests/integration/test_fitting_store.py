"""What fits, read from the database: each revision once, and never an older one."""

import pytest

from nexus.caller import anonymous, operator
from services.content.contracts import EditProgram, FindFitting, ImportPrograms, ImportRow, RetireProgram
from services.content.contracts.editing import ItemKind
from services.content.domain.kinds import PROGRAMS
from services.content.service import Content
from services.content.service.catalogue import Catalogue
from services.content.service.fitting import Matcher
from services.content.store.publications import PublicationStore
from tests.support.content_service import content_service
from tests.support.contents import NOON, content

ANNE, VISITOR = operator("anne"), anonymous("tic")


class CountingStore(PublicationStore):
    """Remembers which ids were read whole."""

    read: list[str]

    def by_ids(self, ids):
        self.read = list(ids)
        return super().by_ids(ids)


@pytest.fixture
def store(database) -> CountingStore:
    store = CountingStore(database, PROGRAMS)
    store.read = []
    return store


@pytest.fixture
def service(database, store: CountingStore) -> Content:
    service = content_service(database, lambda: NOON, programs=store)
    rows = {"a": ("tic",), "b": (), "c": ("aero",)}
    imported = ImportPrograms(
        source="test",
        rows=tuple(
            ImportRow(external_id=name, content=content(f"Aide {name}", sectors=sectors))
            for name, sectors in rows.items()
        ),
        publish=True,
    )
    service.import_programs(imported, ANNE)
    return service


def titles(matcher: Matcher) -> list[str | None]:
    return [one.title.fr for one in matcher.find(FindFitting(), VISITOR).items]


def test_the_published_ones_of_a_sector_are_told_with_their_revision(service: Content, store: CountingStore):
    revisions, total = Catalogue(ItemKind.PROGRAM, store).published("tic", 10)
    assert (set(revisions.values()), len(revisions), total) == ({1}, 2, 2)
    assert Catalogue(ItemKind.PROGRAM, store).published(None, 10)[1] == 3


def test_those_beyond_the_limit_are_counted(service: Content, store: CountingStore):
    revisions, total = Catalogue(ItemKind.PROGRAM, store).published("tic", 1)
    assert (len(revisions), total) == (1, 2)


def test_ids_that_nobody_has_are_left_out(service: Content, store: CountingStore):
    ids = list(Catalogue(ItemKind.PROGRAM, store).published("tic", 10)[0])
    assert {one.id for one in store.by_ids([*ids, "nobody"])} == set(ids)


def test_a_change_by_another_process_shows_in_the_next_answer_and_only_it_is_read(
    service: Content, store: CountingStore, database
):
    matcher = Matcher(Catalogue(ItemKind.PROGRAM, store), store, lambda: NOON)
    assert titles(matcher) == ["Aide a", "Aide b"]
    store.read = []
    assert titles(matcher) == ["Aide a", "Aide b"]
    assert store.read == []
    first = matcher.find(FindFitting(), VISITOR).items[0]
    elsewhere = content_service(database, lambda: NOON)
    changed = content("Aide nouvelle", sectors=("tic",))
    elsewhere.edit_program(EditProgram(id=first.id, revision=1, content=changed), ANNE)
    assert sorted(filter(None, titles(matcher))) == ["Aide b", "Aide nouvelle"]
    assert store.read == [first.id]
    elsewhere.retire_program(RetireProgram(id=first.id, revision=2), ANNE)
    assert titles(matcher) == ["Aide b"]
