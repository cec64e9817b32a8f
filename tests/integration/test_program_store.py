"""Programs in the database, through the service's own use cases."""

from datetime import timedelta

import pytest
import yaml

from nexus.caller import Caller, Role, anonymous, operator
from nexus.delivery.outbox import Outbox
from nexus.errors import Forbidden, NotFound, StaleRevision
from services.content.contracts import (
    CreateProgram,
    EditProgram,
    GetProgram,
    GetProgramHistory,
    ImportPrograms,
    ImportRow,
    ListPrograms,
    Outcome,
    ProgramContent,
    PublishProgram,
    RetireProgram,
    SlugWish,
    Status,
)
from services.content.domain.kinds import PROGRAMS
from services.content.service import Content
from services.content.store.publications import PublicationStore
from tests.support.content_service import content_service
from tests.support.contents import NOON, content
from tests.support.platforms import SAMPLES

ANNE = operator("anne")
VISITOR = anonymous("tic")


class Clock:
    """Moves one second at each look."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def store(database) -> PublicationStore:
    store = PublicationStore(database, PROGRAMS)
    store.prepare()
    return store


@pytest.fixture
def service(store) -> Content:
    return content_service(store.items.database, Clock(), programs=store)


def make(service: Content, title: str = "Francisation", publish: bool = True, **fields: object):
    program = service.create_program(CreateProgram(content=content(title, **fields)), ANNE)
    return service.publish_program(PublishProgram(id=program.id), ANNE) if publish else program


def bring(service: Content, *rows: tuple[str, ProgramContent], publish: bool = True, dry_run: bool = False):
    command = ImportPrograms(
        source="partner",
        rows=tuple(ImportRow(external_id=key, content=one) for key, one in rows),
        publish=publish,
        dry_run=dry_run,
    )
    return [row.outcome for row in service.import_programs(command, ANNE).rows]


def events(store: PublicationStore) -> list[str]:
    return [event.envelope.type.split(".")[-2] for event in Outbox(store.items).waiting()]


def test_a_published_program_is_read_by_its_slug(service):
    program = make(service, "Francisation en entreprise")
    assert service.get_program(GetProgram(ref="francisation-en-entreprise"), VISITOR) == program


def test_the_key_of_its_source_is_no_address(service):
    bring(service, ("7", content("Mentorat")))
    with pytest.raises(NotFound, match="program_not_found"):
        service.get_program(GetProgram(ref="partner:7"), VISITOR)


def test_programs_of_an_earlier_version_are_found_by_their_names(service, store):
    bring(service, ("7", content("Mentorat")))
    store.items.drop_indexes()
    store.items.update_many({}, {"$unset": {"names": ""}})
    store.prepare()
    assert service.get_program(GetProgram(ref="mentorat"), VISITOR).content.title.fr == "Mentorat"
    assert bring(service, ("7", content("Mentorat"))) == [Outcome.UNCHANGED]


def test_a_visitor_sees_no_draft(service):
    make(service, "Francisation", publish=False)
    with pytest.raises(NotFound, match="program_not_found"):
        service.get_program(GetProgram(ref="francisation"), VISITOR)


def test_a_retired_program_says_so(service):
    program = make(service)
    service.retire_program(RetireProgram(id=program.id), ANNE)
    with pytest.raises(NotFound, match="program_retired"):
        service.get_program(GetProgram(ref="francisation"), VISITOR)


def test_a_visitor_of_another_sector_does_not_learn_that_a_program_exists(service):
    make(service, "Avions", sectors=("aero",))
    with pytest.raises(NotFound, match="program_not_found"):
        service.get_program(GetProgram(ref="avions"), VISITOR)
    assert service.get_program(GetProgram(ref="avions"), anonymous("aero"))


def test_an_old_slug_still_leads_to_its_program(service):
    program = make(service)
    renamed = program.content.model_copy(update={"slug": SlugWish(fr="cours-de-francais")})
    service.edit_program(EditProgram(id=program.id, revision=2, content=renamed), ANNE)
    found = service.get_program(GetProgram(ref="francisation"), VISITOR)
    assert found.slug.fr == "cours-de-francais"


def test_two_programs_with_one_title_have_two_addresses(service):
    first, second = make(service), make(service)
    assert (first.slug.fr, second.slug.fr) == ("francisation", "francisation-2")


def test_a_stale_edit_is_refused_with_both_versions_and_changes_nothing(service, store):
    program = make(service)
    service.edit_program(EditProgram(id=program.id, revision=2, content=content("Le tien")), ANNE)
    with pytest.raises(StaleRevision) as refused:
        service.edit_program(EditProgram(id=program.id, revision=2, content=content("Le mien")), ANNE)
    assert refused.value.details["yours"]["content"]["title"]["fr"] == "Le mien"
    assert refused.value.details["current"]["content"]["title"]["fr"] == "Le tien"
    assert service.get_program(GetProgram(ref=program.id), VISITOR).revision == 3


def test_of_two_edits_at_the_same_time_the_store_takes_one(service, store):
    program = make(service)
    stale = store.by_ref(program.id)
    service.edit_program(EditProgram(id=program.id, revision=2, content=content("Le tien")), ANNE)
    store.by_ref, real = lambda ref: stale, store.by_ref  # as if both had read before either wrote
    with pytest.raises(StaleRevision):
        service.edit_program(EditProgram(id=program.id, revision=2, content=content("Le mien")), ANNE)
    assert real(program.id).item.content.title.fr == "Le tien"


def test_every_revision_is_kept_with_who_and_what_changed(service):
    program = make(service)
    service.edit_program(EditProgram(id=program.id, revision=2, content=content("Autre")), ANNE)
    history = service.get_program_history(GetProgramHistory(ref=program.id), ANNE)
    assert [(one.revision, one.by, one.changed) for one in history.revisions] == [
        (3, "anne", ("title",)),
        (2, "anne", ("status",)),
        (1, "anne", ("kind", "title")),
    ]
    assert [one.content.title.fr for one in history.revisions] == ["Autre", "Francisation", "Francisation"]


def test_a_change_and_its_event_are_one_write(service, store):
    program = make(service)
    service.retire_program(RetireProgram(id=program.id), ANNE)
    assert events(store) == ["program_published", "program_retired"]


def test_only_editors_write(service):
    for caller in (VISITOR, Caller(sector="tic", person="m", roles=frozenset({Role.MEMBER}))):
        with pytest.raises(Forbidden):
            service.create_program(CreateProgram(content=content()), caller)
        with pytest.raises(Forbidden):
            service.import_programs(ImportPrograms(source="s", rows=()), caller)
        with pytest.raises(Forbidden):
            service.list_programs(ListPrograms(status=Status.DRAFT), caller)


def test_an_editor_writes_in_the_own_sector_alone(service):
    editor = Caller(sector="tic", person="e", roles=frozenset({Role.EDITOR}))
    assert service.create_program(CreateProgram(content=content(sectors=("tic",))), editor)
    with pytest.raises(Forbidden, match="sector_forbidden"):
        service.create_program(CreateProgram(content=content(sectors=("aero",))), editor)
    foreign = make(service, "Avions", sectors=("aero",))
    with pytest.raises(NotFound):
        service.retire_program(RetireProgram(id=foreign.id), editor)


def test_a_list_is_paged_without_gap_or_repetition(service):
    for number in range(7):
        make(service, f"Programme {number}")
    make(service, "Brouillon", publish=False)
    seen, after = [], None
    while True:
        page = service.list_programs(ListPrograms(limit=3, after=after), VISITOR)
        seen += [program.slug.fr for program in page.items]
        if (after := page.next) is None:
            break
    assert seen == [f"programme-{number}" for number in range(7)]
    assert page.total == 7


def test_an_import_is_idempotent(service, store):
    rows = [("1", content("Un")), ("2", content("Deux"))]
    assert bring(service, *rows) == [Outcome.CREATED, Outcome.CREATED]
    assert bring(service, *rows) == [Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert bring(service, ("1", content("Un")), ("2", content("Deux !"))) == [
        Outcome.UNCHANGED,
        Outcome.UPDATED,
    ]
    assert service.get_program(GetProgram(ref="deux"), VISITOR).revision == 2


def test_a_dry_run_says_what_would_happen_and_writes_nothing(service, store):
    assert bring(service, ("1", content("Un")), dry_run=True) == [Outcome.CREATED]
    assert store.items.count_documents({}) == 0


def test_rows_with_one_title_in_one_import_get_addresses_of_their_own(service):
    assert bring(service, ("1", content("Même")), ("2", content("Même"))) == [Outcome.CREATED] * 2
    page = service.list_programs(ListPrograms(), VISITOR)
    first, second = sorted(program.slug.fr for program in page.items)
    assert first == "meme"
    assert second.startswith("meme-")


def test_a_row_that_repeats_an_identifier_is_refused_and_the_others_go_in(service):
    outcomes = bring(service, ("1", content("Un")), ("1", content("Un bis")), ("2", content("Deux")))
    assert outcomes == [Outcome.CREATED, Outcome.REFUSED, Outcome.CREATED]


def test_a_row_whose_address_was_taken_meanwhile_is_refused_and_the_others_go_in(service, store):
    make(service, "Un")
    store.slugs_in_use = lambda slugs: {}  # as if the other had come after the look
    outcomes = bring(service, ("1", content("Un")), ("2", content("Deux")))
    assert outcomes == [Outcome.REFUSED, Outcome.CREATED]


def samples() -> list[tuple[str, ProgramContent]]:
    found = {file.stem: yaml.safe_load(file.read_text()) for file in SAMPLES.glob("*.yaml")}
    return [(stem, ProgramContent.read(fields)) for stem, fields in found.items()]


def test_a_content_comes_back_from_the_database_as_it_went_in(service, store):
    bring(service, *samples())
    for stem, wanted in samples():
        record = store.by_source_keys([f"partner:{stem}"])[f"partner:{stem}"]
        assert record.item.content == wanted
