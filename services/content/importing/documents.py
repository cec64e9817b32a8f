"""Documents from a folder: its table `documents.yaml` → files, made where they are given as Markdown → the service."""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator
from rich.console import Console

from nexus.bus import Bus
from nexus.caller import Caller
from nexus.errors import NexusError, Unavailable
from services.content.contracts.documents import (
    DocumentContent,
    DocumentRow,
    Files,
    ImportDocuments,
    NamedFile,
)
from services.content.contracts.files import LARGEST_FILE, StoredFile
from services.content.contracts.publications import ExternalId, ImportedRow, Outcome
from services.content.contracts.texts import Language, in_language
from services.content.importing.decoding import decode, load_yaml
from services.content.importing.files import FileError, file_inside, read_bytes
from services.content.importing.mapping import Fault, faults_in
from services.content.importing.output import progress_of
from services.content.importing.run import ImportSummary, NothingToImport, Result
from services.content.importing.upload import store_file
from services.content.making import MAKERS, Paper

TABLE = "documents.yaml"
CHUNK = 20  # rows in one message
DEADLINE = 60.0  # seconds

_EXTERNAL_ID: TypeAdapter[str] = TypeAdapter(ExternalId)
_REASONS = {
    "slug_taken": "another document has this address: give it a slug of its own",
    "stale_revision": "somebody edited the document at the same moment: import again",
    "sector_forbidden": "the document belongs to a sector that you may not write for",
    "external_id_repeated": "another row of this table has the same external id",
    "file_not_found": "its file did not arrive: import again",
}


@dataclass(frozen=True)
class DocumentOptions:
    """What to import, and how. `source` names the folder's keeper: rows are known by it and their external id."""

    folder: Path
    source: str = "documents"
    publish: bool = False
    dry_run: bool = False


class _FileEntry(BaseModel):
    """One file of a row: one that is there, or Markdown of which one is made."""

    model_config = ConfigDict(extra="forbid")

    file: str | None = None
    source: str | None = None
    format: Literal["pdf", "docx"] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "_FileEntry":
        made = self.source is not None and self.format is not None and self.file is None
        there = self.file is not None and self.source is None and self.format is None
        if not (made or there):
            raise ValueError("say either `file: NAME`, or `source: NAME.md` with `format: pdf` or `docx`")
        return self


_FILES: TypeAdapter[dict[Language, _FileEntry]] = TypeAdapter(dict[Language, _FileEntry])


@dataclass(frozen=True)
class _Row:
    """A row of the table as it stands, its files not yet looked at."""

    external_id: str
    content: DocumentContent
    files: dict[Language, _FileEntry]


class _Refused(Exception):
    """A row cannot go in; `faults` say why."""

    def __init__(self, code: str, *faults: Fault) -> None:
        self.code = code
        self.faults = faults
        super().__init__(code)


async def import_documents(
    bus: Bus, caller: Caller, options: DocumentOptions, console: Console
) -> ImportSummary:
    """Bring in what the folder's table names; a bad row does not keep the others out.

    Raises NothingToImport if there is no table that can be read. A platform that goes away ends the import early,
    which the summary tells."""
    entries = _entries(options.folder)
    work = _Work(bus, caller, options)
    interrupted = None
    try:
        with progress_of(console, len(entries), "documents") as advance:
            for number, entry in enumerate(entries, 1):
                await work.take(number, entry)
                advance(len(work.results))
            await work.send()
    except Unavailable as error:
        interrupted = error
    return ImportSummary(
        source=options.source,
        dry_run=options.dry_run,
        files=work.files,
        skipped=0,
        left_out=0,
        results=tuple(work.results),
        unfilled=(),
        interrupted=interrupted,
        noun="documents",
        notes=tuple(work.notes),
    )


def _entries(folder: Path) -> list[Any]:
    table = folder / TABLE
    try:
        found = load_yaml(decode(read_bytes(table), None))
    except FileError as error:
        told = f"{table} {error.reason} {error.place}".rstrip()
        raise NothingToImport(f"{told} (docs/importing.md shows a table).") from None
    if len(found) != 1 or not isinstance(found[0], list) or not found[0]:
        raise NothingToImport(f"{table} must hold a list of documents (docs/importing.md shows one).")
    return found[0]


@dataclass
class _Work:
    """Takes rows one by one, sends their files at once and the rows in chunks."""

    bus: Bus
    caller: Caller
    options: DocumentOptions
    results: list[Result] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: int = 0
    _waiting: list[tuple[int, DocumentRow]] = field(default_factory=list)
    _met: set[str] = field(default_factory=set)

    async def take(self, number: int, entry: Any) -> None:
        """Prepare the row `entry` and its files. Raises Unavailable."""
        named = entry.get("external_id") if isinstance(entry, dict) else None
        result = Result(TABLE, f"document {number}", str(named) if named else None, None)
        try:
            row = self._row(entry)
            named_files = {
                language: await self._file(row, language, file) for language, file in row.files.items()
            }
            content = row.content.model_copy(update={"files": Files(**named_files)})
        except _Refused as refused:
            self.results.append(
                replace(result, outcome=Outcome.REFUSED, code=refused.code, faults=refused.faults)
            )
            return
        self._waiting.append((len(self.results), DocumentRow(external_id=row.external_id, content=content)))
        self.results.append(result)
        if len(self._waiting) == CHUNK:
            await self.send()

    def _row(self, entry: Any) -> _Row:
        row = _parsed(entry)
        if row.external_id in self._met:
            raise _Refused("external_id_repeated", Fault("external_id", _REASONS["external_id_repeated"]))
        self._met.add(row.external_id)
        return row

    async def _file(self, row: _Row, language: Language, entry: _FileEntry) -> NamedFile:
        """The file's identity and name; it is stored, unless this is a dry run."""
        try:
            name, data = await asyncio.to_thread(_made_or_read, self.options.folder, row, language, entry)
        except FileError as error:
            raise _Refused("file_unreadable", Fault(f"files.{language}", str(error))) from None
        self.files += 1
        sha256 = hashlib.sha256(data).hexdigest()
        if not self.options.dry_run:
            stored = await self._stored(data)
            if stored.reading not in ("read", "empty"):
                self.notes.append(f"{name} is kept, but its text was not read: {stored.reading}.")
        return NamedFile(sha256=sha256, name=name)

    async def _stored(self, data: bytes) -> StoredFile:
        try:
            return await store_file(self.bus, self.caller, data)
        except Unavailable:
            raise
        except NexusError as error:
            raise _Refused(error.code, Fault("files", str(error))) from None

    async def send(self) -> None:
        """Send the rows that wait. Raises Unavailable; any other refusal is that of each row."""
        chunk, self._waiting = self._waiting, []
        if not chunk:
            return
        for (index, _), answer in zip(chunk, await self._ask([row for _, row in chunk]), strict=True):
            self._settle(index, answer)

    async def _ask(self, rows: list[DocumentRow]) -> tuple[ImportedRow, ...]:
        command = ImportDocuments(
            source=self.options.source,
            rows=tuple(rows),
            publish=self.options.publish,
            dry_run=self.options.dry_run,
        )
        try:
            return (await self.bus.call(command, self.caller, deadline=DEADLINE)).rows
        except Unavailable:
            raise
        except NexusError as error:
            refused = {"outcome": Outcome.REFUSED, "code": error.code, "reason": str(error)}
            return tuple(ImportedRow(external_id=row.external_id, **refused) for row in rows)

    def _settle(self, index: int, answer: ImportedRow) -> None:
        self.results[index] = replace(
            self.results[index],
            outcome=answer.outcome,
            item_id=answer.item_id,
            revision=answer.revision,
            code=answer.code,
            faults=tuple(_faults_of(answer)),
        )


def _faults_of(answer: ImportedRow) -> Iterator[Fault]:
    if answer.outcome is Outcome.REFUSED:
        code = answer.code or "refused"
        yield Fault("", answer.reason or _REASONS.get(code, f"the platform refused it: {code}"))


def _parsed(entry: Any) -> _Row:
    """The row that `entry` describes. Raises _Refused with everything wrong with it."""
    if not isinstance(entry, dict):
        raise _Refused("invalid", Fault("", "is not a document: fields with names are expected"))
    told = {name: value for name, value in entry.items() if name not in ("external_id", "files")}
    external_id, id_faults = _checked(_EXTERNAL_ID, entry.get("external_id"), "external_id")
    files, file_faults = _checked(_FILES, entry.get("files"), "files")
    content, faults = _checked(TypeAdapter(DocumentContent), {**told, "files": {}}, "")
    faults = [*id_faults, *faults, *file_faults]
    if not faults and not files:
        faults = [Fault("files", "a file in French or in English is needed")]
    if faults:
        raise _Refused("invalid", *faults)
    return _Row(external_id, content, files)


def _checked(adapter: TypeAdapter[Any], value: Any, name: str) -> tuple[Any, list[Fault]]:
    try:
        return adapter.validate_python(value), []
    except ValidationError as error:
        return None, [
            Fault(".".join(part for part in (name, fault.field) if part), fault.reason)
            for fault in faults_in(error)
        ]


def _made_or_read(folder: Path, row: _Row, language: Language, entry: _FileEntry) -> tuple[str, bytes]:
    """The name and the bytes of a file. Raises FileError."""
    path = file_inside(folder, str(entry.file or entry.source))
    if entry.format is None:
        return path.name, _content_of(path)
    stem = getattr(row.content.slug, language) or path.name.removesuffix(path.suffix)
    try:
        return f"{stem}.{entry.format}", MAKERS[entry.format](_paper(row.content, language, path))
    except RuntimeError as error:  # typst's own, which says what and where
        raise FileError(f"{path.name} cannot be made into a {entry.format}: {error}") from None


def _content_of(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_FILE:
        raise FileError(f"{path.name} is larger than {LARGEST_FILE // 1_000_000} MB")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path.name} cannot be read: {error.strerror}") from None
    if not data:
        raise FileError(f"{path.name} is empty")
    return data


def _paper(content: DocumentContent, language: Language, path: Path) -> Paper:
    try:
        text = decode(read_bytes(path), None)
    except FileError as error:
        raise FileError(f"{path.name} {error.reason}", error.place) from None
    return Paper.of(
        text,
        title=in_language(content.title, language) or "",
        summary=in_language(content.summary, language) or "",
        language=language,
        version=content.version or "",
        date=content.date,
    )
