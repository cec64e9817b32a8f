"""Exports that come back, files of partners, previews, and what happens to an import whose process dies."""

import io
import threading
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import orjson
import pytest

from gateway.admin.tables import MARK, Workbook, csv_line
from nexus.audit import Trail
from nexus.caller import Caller, Role, operator
from nexus.errors import Conflict, Forbidden, InvalidInput, NotFound
from nexus.mongo import audit_database
from nexus.operations import ListAudit
from services.content.contracts import GetProgram, GetProgramHistory, Outcome
from services.content.contracts.editing import ItemKind, OpenItem, SaveItem
from services.content.contracts.exchange import (
    ExportItems,
    GetImport,
    ImportState,
    ListImports,
    PreviewImport,
    RunImport,
)
from services.content.service import Content
from services.content.service.imports import REMOVED
from services.content.store.import_files import ImportFiles
from services.content.store.imports import ImportStore
from tests.support.clock import Clock
from tests.support.content_service import content_service
from tests.support.uploads import followed, preview, run, send

ANNE = Caller(sector="tic", person="anne", roles=frozenset({Role.EDITOR}), origin="192.0.2.7")
ROOT = operator("root")
MAPPING = """
source = "partenaire"
language = "fr"
external_id = { column = "Code" }
[fields]
title = { column = "Nom" }
kind = { value = "grant" }
amount = { column = "Montant" }
"""
NOTHING = {"upload": "0" * 32, "parts": 1}
CONTENTS: dict[ItemKind, dict[str, Any]] = {
    ItemKind.PROGRAM: {
        "title": {"fr": "=Aide à l’embauche", "en": "'Tis help"},
        "kind": "grant",
        "description": {"fr": "- un\n- deux; trois", "en": "@home"},
        "themes": ["hiring", "training"],
        "eligibility": {"company_sizes": ["5-24"], "regions": ["06"], "to_check": {"jobs": ["trade"]}},
        "steps": [{"text": {"fr": "Écrire"}, "url": "https://example.org"}, {"text": {"en": "Then, wait"}}],
        "contact": {"phone": "+1 514 555-0100"},
        "languages": ["fr"],
        "valid_until": "2027-03-31",
        "keywords": {"fr": ["un; deux", "trois\\", "5-24"], "en": ["x"]},
    },
    ItemKind.POST: {
        "title": {"fr": "Billet"},
        "authors": {"fr": ["Anne"]},
        "publish_at": "2027-01-01T10:00Z",
    },
    ItemKind.ACTIVITY: {
        "title": {"fr": "Forum"},
        "kind": "job_forum",
        "starts_at": "2027-01-01T10:00Z",
        "ends_at": "2027-01-01T11:00Z",
        "online": True,
    },
    ItemKind.PAGE: {"title": {"en": "About"}, "body": {"en": "# Us\r\n\r\nText"}},
    ItemKind.DOCUMENT: {"title": {"fr": "Guide"}, "date": "2026-11-23", "files": {}},
    ItemKind.PARTNER: {"title": {"fr": "Partenaire"}, "sectors": ["tic"], "place": 3},
}


@pytest.fixture
def service(database, clock) -> Iterator[Content]:
    yield content_service(database, clock)
    for thread in threading.enumerate():  # an import has told its end, and removes its files still
        if thread.name == "nexus-import":
            thread.join(timeout=30)


def saved(service: Content, kind: ItemKind = ItemKind.PROGRAM, caller: Caller = ANNE, **fields: Any) -> Any:
    return service.save_item(SaveItem(kind=kind, content=CONTENTS[kind] | fields), caller)


def exported(service: Content, kind: ItemKind, form: str) -> bytes:
    shape = "tree" if form == "json" else "table"
    told = service.export_items(ExportItems(kind=kind, shape=shape), ANNE)
    if form == "json":
        return orjson.dumps(told.items)
    if form == "csv":
        return MARK + b"".join(map(csv_line, (told.columns, *told.items)))
    file = io.BytesIO()
    book = Workbook(file, told.columns)
    for row in told.items:
        book.add(row)
    book.close()
    return file.getvalue()


def outcomes(view: Any) -> list[tuple[Outcome, list[str]]]:
    return [(row.outcome, [fault.code for fault in row.faults]) for row in view.rows]


@pytest.mark.parametrize("kind", list(ItemKind))
@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_what_was_exported_and_not_touched_comes_back_unchanged(service: Content, kind: ItemKind, form: str):
    item = saved(service, kind)
    saved(service, kind, title={"fr": "Autre chose"})
    view = preview(service, f"export.{form}", exported(service, kind, form), ANNE, kind=kind)
    assert view.job.state is ImportState.READY, view.job
    assert outcomes(view) == [(Outcome.UNCHANGED, []), (Outcome.UNCHANGED, [])]
    assert run(service, view, ANNE).job.counts[Outcome.UNCHANGED] == 2
    assert service.open_item(OpenItem(kind=kind, ref=item.id), ANNE).revision == 1


def test_a_changed_cell_makes_a_new_revision_and_the_preview_tells_it_before(service: Content):
    item = saved(service)
    table = exported(service, ItemKind.PROGRAM, "csv").replace("Écrire".encode(), "Téléphoner".encode())
    view = preview(service, "export.csv", table, ANNE)
    assert [(one.field, one.before, one.after) for one in view.rows[0].changes] == [
        ("steps.1.text.fr", "Écrire", "Téléphoner")
    ]
    assert service.get_program(GetProgram(ref=item.id), ANNE).revision == 1
    assert outcomes(run(service, view, ANNE)) == [(Outcome.UPDATED, [])]
    history = service.get_program_history(GetProgramHistory(ref=item.id), ANNE).revisions
    assert [(one.revision, one.by) for one in history] == [(2, "anne"), (1, "anne")]
    assert history[0].changed == ("steps",)


def test_a_column_that_is_left_out_leaves_its_field_and_an_empty_cell_empties_it(service: Content):
    item = saved(service, amount={"fr": "Cent dollars"})
    rows = [("id", "revision", "title.fr", "amount.fr"), (item.id, "1", "Nouveau titre", "")]
    view = preview(service, "court.csv", b"".join(map(csv_line, rows)), ANNE)
    run(service, view, ANNE)
    content = service.get_program(GetProgram(ref=item.id), ANNE).content
    assert (content.title.fr, content.amount.fr) == ("Nouveau titre", None)
    assert content.description.en == "@home"


def test_a_row_that_somebody_else_changed_meanwhile_is_refused_and_told(service: Content):
    item = saved(service)
    table = exported(service, ItemKind.PROGRAM, "csv")
    changed = table.replace("Écrire".encode(), "Téléphoner".encode())
    content = CONTENTS[ItemKind.PROGRAM] | {"promise": {"fr": "Promis"}}
    service.save_item(SaveItem(kind=ItemKind.PROGRAM, id=item.id, revision=1, content=content), ANNE)
    assert outcomes(preview(service, "export.csv", changed, ANNE)) == [(Outcome.REFUSED, ["stale_revision"])]
    assert outcomes(preview(service, "export.csv", table, ANNE)) == [(Outcome.UNCHANGED, [])]


def test_a_conflict_that_arises_after_the_preview_is_refused_too(service: Content):
    item = saved(service)
    table = exported(service, ItemKind.PROGRAM, "csv").replace("Écrire".encode(), "Téléphoner".encode())
    view = preview(service, "export.csv", table, ANNE)
    content = CONTENTS[ItemKind.PROGRAM] | {"promise": {"fr": "Promis"}}
    service.save_item(SaveItem(kind=ItemKind.PROGRAM, id=item.id, revision=1, content=content), ANNE)
    assert outcomes(run(service, view, ANNE)) == [(Outcome.REFUSED, ["stale_revision"])]
    assert service.get_program(GetProgram(ref=item.id), ANNE).content.promise.fr == "Promis"


def test_bad_rows_are_refused_with_place_field_and_reason_and_the_good_ones_go_in(service: Content):
    aero = saved(service, caller=ROOT, sectors=["aero"])
    known = saved(service)
    rows = [
        ("id", "revision", "title.fr", "kind", "sectors", "valid_until", "couleur"),
        ("", "", "Bonne aide", "grant", "", "", ""),
        ("", "", "", "grant", "", "", ""),
        ("", "", "Sans genre", "", "", "", ""),
        ("", "", "Date", "loan", "", "bientôt", ""),
        ("", "", "D’un autre", "loan", "aero;", "", ""),
        (aero.id, "1", "À moi", "loan", "", "", ""),
        ("nobody", "1", "Personne", "loan", "", "", ""),
        (known.id, "", "Sans révision", "loan", "", "", ""),
        (known.id, "1", "Encore", "loan", "", "", ""),
        ("", "", "Bonne aide", "grant", "", "", ""),
        ("", "", "Bleue", "grant", "", "", "bleu"),
    ]
    view = preview(service, "aides.csv", b"".join(map(csv_line, rows)), ANNE)
    assert [(row.place, [(one.field, one.code) for one in row.faults]) for row in view.rows] == [
        ("line 2", []),
        ("line 3", [("title", "value_error")]),
        ("line 4", [("kind", "missing")]),
        ("line 5", [("valid_until", "date_from_datetime_parsing")]),
        ("line 6", [("", "sector_forbidden")]),
        ("line 7", [("", "program_not_found")]),
        ("line 8", [("", "program_not_found")]),
        ("line 9", [("", "revision_missing")]),
        ("line 10", [("", "row_repeated")]),
        ("line 11", [("", "row_repeated")]),
        ("line 12", [("couleur", "extra_forbidden")]),
    ]
    report = run(service, view, ANNE)
    assert report.job.counts == {
        Outcome.CREATED: 1, Outcome.UPDATED: 0, Outcome.UNCHANGED: 0, Outcome.REFUSED: 10
    }  # fmt: skip
    assert service.get_program(GetProgram(ref="bonne-aide"), ANNE).content.kind == "grant"
    again = preview(service, "aides.csv", b"".join(map(csv_line, rows)), ANNE)
    assert again.job.counts[Outcome.UNCHANGED] == 1
    refused = service.get_import(GetImport(id=again.job.id, outcome=Outcome.REFUSED), ANNE)
    assert (refused.total, len(refused.rows)) == (10, 10)


def test_a_mapping_of_ones_own_makes_programs_of_a_partners_table(service: Content):
    own = partial(send, service, MAPPING.encode(), ANNE)
    table = "Code;Nom;Montant\nP-1;Chèque accueil;50 %\nP-2;;\n".encode()
    view = preview(service, "programmes.csv", table, ANNE, mapping_file=own(), publish=True)
    assert [row.outcome for row in view.rows] == [Outcome.CREATED, Outcome.REFUSED]
    assert view.rows[1].faults[0].field == "title"
    run(service, view, ANNE)
    assert service.get_program(GetProgram(ref="cheque-accueil"), ANNE).status == "published"
    changed = preview(service, "programmes.csv", table.replace(b"50", b"75"), ANNE, mapping_file=own())
    assert [(one.field, one.before, one.after) for one in changed.rows[0].changes] == [
        ("amount.fr", "50 %", "75 %")
    ]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("programmes.pdf", b"%PDF-1.7", "import_format_unknown"),
        ("a.csv", b"title.fr\n" + b"x\n" * 6_000, "import_too_many_rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_nothing_is_written(
    service: Content, name: str, data: bytes, code: str
):
    job = preview(service, name, data, ANNE).job
    assert (job.state, job.error) == (ImportState.FAILED, code)
    with pytest.raises(Conflict, match="import_not_ready"):
        service.run_import(RunImport(id=job.id), ANNE)


def test_a_mapping_that_hangs_ends_with_its_process(service: Content, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.content.importing.limits.SECONDS", 2)
    slow = MAPPING + "\n[fields.cost]\ncolumn = 'Montant'\nmatch = '(a+)+$'\n"
    mapping = send(service, slow.encode(), ANNE)
    table = b"Code;Nom;Montant\n1;A;" + b"a" * 60 + b"!\n"
    job = preview(service, "a.csv", table, ANNE, mapping_file=mapping).job
    assert (job.state, job.error) == (ImportState.FAILED, "import_too_slow")


def test_a_mapping_with_faults_is_told_with_each(service: Content):
    mapping = send(service, b"source = 'x'\nexternal_id = 'a'\n[fields]\ntitel = 'a'\n", ANNE)
    job = preview(service, "a.csv", b"a\n1\n", ANNE, mapping_file=mapping).job
    assert (job.mapping, job.error) == ("own", "mapping_invalid")
    assert [(one.field, one.code, one.details["close"]) for one in job.faults] == [
        ("fields.titel", "mapping_field_unknown", "title")
    ]


def test_only_editors_of_the_same_sector_see_or_run_an_import(service: Content):
    view = preview(service, "a.csv", b"title.fr,kind\nAide,grant\n", ANNE)
    eve = Caller(sector="aero", person="eve", roles=frozenset({Role.EDITOR}))
    for message, ask in (
        (GetImport(id=view.job.id), service.get_import),
        (RunImport(id=view.job.id), service.run_import),
    ):
        with pytest.raises(NotFound, match="import_not_found"):
            ask(message, eve)
    member = Caller(sector="tic", person="max", roles=frozenset({Role.MEMBER}))
    with pytest.raises(Forbidden):
        service.run_import(RunImport(id=view.job.id), member)
    assert service.list_imports(ListImports(), eve).items == ()
    assert [one.id for one in service.list_imports(ListImports(), ANNE).items] == [view.job.id]


@pytest.mark.parametrize(
    "fields",
    [{"file": NOTHING}, {"kind": "post", "mapping": "hsds3"}, {"mapping_file": NOTHING}],
)
def test_what_cannot_be_imported_is_refused_at_once(service: Content, fields: dict[str, Any]):
    sent = send(service, b"x", ANNE)
    command = PreviewImport(**({"kind": "program", "file": sent, "name": "a.csv"} | fields))
    with pytest.raises(InvalidInput):
        service.preview_import(command, ANNE)


def test_an_import_whose_process_died_is_taken_up_and_nothing_is_done_twice(
    service: Content, database, clock: Clock
):
    table = b"title.fr,kind\n" + b"".join(b"Aide %d,grant\n" % n for n in range(250))
    view = preview(service, "a.csv", table, ANNE)
    kept = ImportStore(database)
    assert kept.begin(view.job.id, "dead", ANNE.model_dump(mode="json"), clock.now)
    job = kept.get(view.job.id)
    assert job
    _half_done(service, kept, job, table, clock)
    service.resume_imports()  # it has not been silent for long
    assert kept.get(view.job.id)["owner"] == "dead"  # type: ignore[index]
    clock.now += timedelta(minutes=1)
    service.resume_imports()
    report = followed(service, view.job.id, ANNE)
    assert (report.job.state, report.job.done) == (ImportState.DONE, 250)
    assert report.job.counts == {
        Outcome.CREATED: 200, Outcome.UPDATED: 0, Outcome.UNCHANGED: 50, Outcome.REFUSED: 0
    }  # fmt: skip
    programs = database["programs"].find({})
    assert sorted(one["revision"] for one in programs) == [1] * 250


def _half_done(service: Content, kept: ImportStore, job: Any, table: bytes, clock: Clock) -> None:
    """The first chunk was written and told; of the second nobody knows."""
    names = table.decode().splitlines()[1:201]
    rows = [
        {"place": f"line {n}", "cells": {"title.fr": line.partition(",")[0], "kind": "grant"}}
        for n, line in enumerate(names, 2)
    ]
    bringing = service.imports._bringing(job, "emploi-nexus", dry_run=False)
    kept.add_rows(job, "report", 0, bringing.bring(rows[:100]), clock.now)
    bringing.bring(rows[100:150])


def test_an_import_at_which_processes_keep_dying_is_given_up(service: Content, database, clock: Clock):
    view = preview(service, "a.csv", b"title.fr,kind\nAide,grant\n", ANNE)
    kept = ImportStore(database)
    kept.begin(view.job.id, "dead", ANNE.model_dump(mode="json"), clock.now)
    database["imports"].update_one({"_id": view.job.id}, {"$set": {"tries": 2}})
    clock.now += timedelta(minutes=1)
    service.resume_imports()
    assert followed(service, view.job.id, ANNE).job.error == "import_died"


def test_who_wrote_what_by_an_import_stands_in_the_audit_trail(service: Content, database, clock: Clock):
    item = saved(service)
    table = exported(service, ItemKind.PROGRAM, "csv").replace("Écrire".encode(), "Téléphoner".encode())
    run(service, preview(service, "export.csv", table, ANNE), ANNE)
    run(service, preview(service, "a.csv", b"title.fr,kind\nAide,grant\n", ANNE), ANNE)
    trail = Trail(audit_database(database), "content", clock)
    entries = trail.page(ListAudit(), "tic").items
    assert [(one.command, one.person, one.origin) for one in entries] == [
        ("run_import", "anne", "192.0.2.7")
    ] * 2
    assert [one.changes[0].kind for one in entries] == ["program_import", "program"]
    assert entries[1].changes[0].id == item.id
    assert "Téléphoner" in str(entries[1].changes[0].fields)
    database.client.drop_database(audit_database(database).name)


def test_imports_are_forgotten_after_a_month(service: Content, database, clock: Clock):
    view = preview(service, "a.csv", b"title.fr,kind\nAide,grant\n", ANNE)
    clock.now += timedelta(days=31)
    service.forget_old_imports()
    with pytest.raises(NotFound):
        service.get_import(GetImport(id=view.job.id), ANNE)
    assert database["import_rows"].count_documents({}) == 0


def files_of_imports(database: Any) -> tuple[int, int]:
    """How many files there are, and how many pieces of them; none is among those of publications."""
    assert database["files"].count_documents({}) == 0
    return tuple(database[f"import_bytes.{name}"].count_documents({}) for name in ("files", "chunks"))  # type: ignore[return-value]


def test_the_file_of_an_import_goes_when_it_has_ended(service: Content, database):
    view = preview(service, "a.csv", b"title.fr,kind\nAide,grant\n", ANNE)
    assert files_of_imports(database) == (1, 1)
    before = REMOVED._value.get()
    run(service, view, ANNE)
    preview(service, "a.pdf", b"%PDF-1.7", ANNE, mapping_file=send(service, b"x", ANNE))  # fails
    eventually_none(database)
    assert REMOVED._value.get() - before == 3
    assert database["upload_parts"].count_documents({}) == 0


def eventually_none(database: Any) -> None:
    deadline = time.monotonic() + 10  # the state is told before the file is removed
    while files_of_imports(database) != (0, 0):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_files_that_no_import_will_read_any_more_are_removed_by_and_by(
    service: Content, database, clock: Clock
):
    view = preview(service, "a.csv", b"title.fr,kind\nAide,grant\n", ANNE)
    ImportFiles(database).add("0" * 32, "file", io.BytesIO(b"of an import that was never kept"))
    service.forget_old_imports()
    assert files_of_imports(database) == (2, 2)  # it may be on its way
    clock.now = datetime.now(UTC) + timedelta(hours=2)
    service.forget_old_imports()
    assert files_of_imports(database) == (1, 1)
    assert run(service, view, ANNE).job.state is ImportState.DONE  # what waits to be looked at keeps its own


def zipped(**files: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return kept.getvalue()


def test_files_that_belong_together_come_in_one_zip(service: Content):
    files = {
        "d__services.csv": b"id,organization_id,name\ns1,o1,Aide\n",
        "d__organizations.csv": b"id,name,description,email\no1,Maison,x,a@example.org\n",
        "d__readme.md": b"not read",
    }
    view = preview(service, "hsds.zip", zipped(**files), ANNE, mapping="hsds3")
    assert view.job.state is ImportState.READY, view.job
    assert [row.place for row in view.rows] == ["d/services.csv, line 2"]
    run(service, view, ANNE)
    made = service.get_program(GetProgram(ref="aide"), ANNE)
    assert "Maison" in made.content.provider.model_dump().values()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 and no more", "import_archive_unreadable"),
        (zipped(**{"..__a.csv": b"title.fr\nx\n"}), "import_archive_unreadable"),
        (zipped(**{f"{n}.csv": b"x" for n in range(501)}), "import_archive_too_large"),
        (zipped(**{"bomb.csv": b"0" * 11 * 1024 * 1024}), "import_archive_too_large"),
        (zipped(**{f"{n}.txt": bytes(26 * 1024 * 1024) for n in range(4)}), "import_archive_too_large"),
        (zipped(**{"readme.md": b"x"}), "import_format_unknown"),
    ],
)
def test_an_archive_that_lies_or_holds_too_much_is_refused(service: Content, data: bytes, code: str):
    job = preview(service, "a.zip", data, ANNE).job
    assert (job.state, job.error) == (ImportState.FAILED, code)
