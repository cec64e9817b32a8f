"""`nexus import documents`: the table, what is told, what is sent."""

import asyncio
import hashlib
from io import StringIO
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from nexus.caller import operator
from nexus.errors import NotFound, Unavailable
from services.content.contracts.documents import DocumentPage
from services.content.contracts.files import PART, StoredFile
from services.content.contracts.publications import ImportedRow, ImportReport, Outcome
from services.content.document_commands import bring_samples, import_documents_command
from services.content.importing.documents import DocumentOptions, import_documents
from services.content.importing.output import print_summary
from services.content.importing.run import NothingToImport
from tests.support.files import a_pdf
from tests.unit.test_import_docs import example


class KeptFiles:
    """A bus behind which files and rows are kept."""

    def __init__(self) -> None:
        self.parts: dict[str, dict[int, bytes]] = {}
        self.files: dict[str, bytes] = {}
        self.rows: dict[str, dict] = {}
        self.calls: list[str] = []
        self.reading = "read"
        self.away = False
        self.sources: set[str] = set()

    async def call(self, message, caller, *, service=None, deadline=10.0):
        if self.away:
            raise Unavailable("service_unavailable")
        self.calls.append(message.method)
        return getattr(self, f"_{message.method}")(
            type(message).model_validate_json(message.model_dump_json())
        )

    def _get_file(self, query) -> StoredFile:
        if query.sha256 not in self.files:
            raise NotFound("file_not_found")
        return self._stored(query.sha256)

    def _keep_part(self, command) -> None:
        self.parts.setdefault(command.upload, {})[command.number] = command.data

    def _finish_upload(self, command) -> StoredFile:
        parts = self.parts.pop(command.upload)
        data = b"".join(parts[number] for number in range(command.parts))
        sha256 = hashlib.sha256(data).hexdigest()
        self.files[sha256] = data
        return self._stored(sha256)

    def _list_documents(self, query) -> DocumentPage:
        return DocumentPage(items=(), total=len(self.rows))

    def _import_documents(self, command) -> ImportReport:
        self.sources.add(command.source)
        return ImportReport(rows=tuple(self._import(command, row) for row in command.rows))

    def _import(self, command, row) -> ImportedRow:
        content = row.content.model_dump()
        known = self.rows.get(row.external_id)
        outcome = Outcome.UNCHANGED if known == content else Outcome.UPDATED if known else Outcome.CREATED
        if not command.dry_run:
            self.rows[row.external_id] = content
        return ImportedRow(external_id=row.external_id, outcome=outcome)

    def _stored(self, sha256: str) -> StoredFile:
        return StoredFile(
            sha256=sha256, size=len(self.files[sha256]), media_type="application/pdf", reading=self.reading
        )


@pytest.fixture
def bus() -> KeptFiles:
    return KeptFiles()


def entry(external_id: str = "guide", **fields: object) -> dict:
    return {
        "external_id": external_id,
        "title": {"fr": "Guide"},
        "date": "2026-11-23",
        "files": {"fr": {"file": "guide.pdf"}},
        **fields,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "guide.pdf").write_bytes(a_pdf("Bonjour"))
    (tmp_path / "guide.md").write_text("## Début\n\nBonjour.\n")
    return tmp_path


def bring(bus: KeptFiles, folder: Path, *entries: object, **options: object):
    if entries:
        (folder / "documents.yaml").write_text(yaml.safe_dump(list(entries), allow_unicode=True))
    asked = DocumentOptions(folder, **options)
    return asyncio.run(import_documents(bus, operator("ana"), asked, Console(quiet=True)))


def faults(summary) -> list[tuple[str | None, str]]:
    return [(result.external_id, fault.reason) for result in summary.refused for fault in result.faults]


def test_the_table_of_the_page_goes_in(bus, tmp_path):
    (tmp_path / "documents.yaml").write_text(example("documents.yaml"))
    (tmp_path / "plan-accueil.fr.md").write_text("## Semaine 1\n\n- [ ] Visite\n")
    (tmp_path / "welcome-plan.pdf").write_bytes(a_pdf("Week 1"))
    summary = bring(bus, tmp_path, publish=True)
    assert (summary.exit_code, summary.files) == (0, 2)
    files = bus.rows["plan-accueil"]["files"]
    assert (files["fr"]["name"], files["en"]["name"]) == ("plan-accueil.docx", "welcome-plan.pdf")
    assert bus.files[files["fr"]["sha256"]].startswith(b"PK")


def test_the_same_folder_again_sends_no_bytes_and_changes_nothing(bus, folder):
    rows = (entry(), entry("made", files={"fr": {"source": "guide.md", "format": "pdf"}}))
    bring(bus, folder, *rows)
    bus.calls.clear()
    assert bring(bus, folder, *rows).counts()[Outcome.UNCHANGED] == 2
    assert "keep_part" not in bus.calls


def test_a_large_file_goes_in_parts(bus, folder):
    data = a_pdf("Bonjour") + bytes(PART * 2)
    (folder / "guide.pdf").write_bytes(data)
    bring(bus, folder, entry())
    assert bus.calls.count("keep_part") == 3
    assert bus.files[hashlib.sha256(data).hexdigest()] == data


def test_a_dry_run_sends_no_files(bus, folder):
    summary = bring(bus, folder, entry(), dry_run=True)
    assert (summary.counts()[Outcome.CREATED], bus.rows, bus.calls) == (1, {}, ["import_documents"])


def test_each_bad_row_is_told_with_its_reason_and_the_others_go_in(bus, folder):
    (folder.parent / "outside.pdf").write_bytes(b"x")
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "picture.md").write_bytes(b"\xff\xd8\xff")
    summary = bring(
        bus,
        folder,
        entry("good"),
        entry("absent", files={"fr": {"file": "absent.pdf"}}),
        entry("outside", files={"fr": {"file": "../outside.pdf"}}),
        entry("empty", files={"fr": {"file": "empty.pdf"}}),
        entry("both", files={"fr": {"file": "guide.pdf", "source": "guide.md", "format": "pdf"}}),
        entry("none", files={}),
        entry("theme", themes=["cooking"]),
        entry("column", titel={"fr": "Guide"}),
        entry("picture", files={"fr": {"source": "picture.md", "format": "pdf"}}),
        entry("good"),
        "nonsense",
    )
    assert list(bus.rows) == ["good"]
    assert summary.exit_code == 1
    told = dict(faults(summary))
    assert told["absent"] == "there is no file 'absent.pdf' in the folder"
    assert told["outside"] == "there is no file '../outside.pdf' in the folder"
    assert told["empty"] == "empty.pdf is empty"
    assert "say either `file: NAME`" in told["both"]
    assert told["none"] == "a file in French or in English is needed"
    assert "hiring" in told["theme"]
    assert told["column"] == "there is no field of this name"
    assert told["picture"].startswith("picture.md is not UTF-8 text")
    assert told["good"] == "another row of this table has the same external id"
    assert "is not a document" in told[None]


def test_a_file_that_cannot_be_read_is_told(bus, folder):
    bus.reading = "encrypted"
    out = StringIO()
    print_summary(bring(bus, folder, entry()), Console(file=out, width=200))
    assert "guide.pdf is kept, but its text was not read: encrypted." in out.getvalue()
    assert "documents" in out.getvalue()


def test_a_platform_that_goes_away_is_told_as_an_interruption(bus, folder):
    bus.away = True
    summary = bring(bus, folder, entry())
    assert (summary.exit_code, summary.results) == (3, ())


def test_a_folder_without_a_table_is_told_what_it_needs(bus, tmp_path):
    with pytest.raises(NothingToImport, match=r"documents\.yaml cannot be read.*docs/importing\.md"):
        bring(bus, tmp_path)


def test_the_sample_folder_imported_by_hand_finds_what_the_first_start_brought(bus):
    assert asyncio.run(bring_samples(bus, operator("nexus"))) == 12
    [first] = bus.sources
    [option] = [one for one in import_documents_command.params if one.name == "source"]
    assert option.default == first


@pytest.mark.parametrize("table", ["", "a: b", "[", "[]"])
def test_a_table_that_is_none_is_wrong_usage(bus, folder, table):
    (folder / "documents.yaml").write_text(table)
    with pytest.raises(NothingToImport, match=r"documents\.yaml"):
        bring(bus, folder)


def test_every_sample_document_can_be_made(bus):
    samples = Path(__file__).parents[2] / "samples" / "documents"
    summary = bring(bus, samples, publish=True)
    assert (summary.refused, len(bus.rows)) == ((), 12)
    for row in bus.rows.values():
        assert row["title"]["fr"]
        assert row["title"]["en"]
        assert row["files"]["fr"]["sha256"] != row["files"]["en"]["sha256"]
