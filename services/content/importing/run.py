"""An import from its files to its summary, against a bus."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from nexus.bus import Bus
from nexus.caller import Caller
from nexus.errors import NexusError, Unavailable
from services.content.contracts import ImportedRow, ImportPrograms, ImportRow, Outcome
from services.content.importing.files import list_files
from services.content.importing.mapping import Fault, map_record
from services.content.importing.output import progress_of
from services.content.importing.reading import Reader, Record
from services.content.importing.spec import Mapping

CHUNK_ROWS = 100
CHUNK_BYTES = 1_000_000  # of JSON, well under what brokers take in one message
DEADLINE = 60.0  # seconds for a chunk

_REASONS = {
    "slug_taken": "another program has this address: give it a slug of its own",
    "stale_revision": "somebody edited the program at the same moment: import again",
    "sector_forbidden": "the program belongs to a sector that you may not write for",
    "external_id_repeated": "another row of this import has the same external id",
}


class NothingToImport(Exception):
    """The paths hold no file that could be read; the message says what was looked for."""


@dataclass(frozen=True)
class ImportOptions:
    """What to import, and how."""

    paths: tuple[Path, ...]
    mapping: Mapping
    publish: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Result:
    """What became of one record. `outcome` None: the platform went away before it answered."""

    file: str
    place: str
    external_id: str | None
    outcome: Outcome | None
    item_id: str | None = None
    revision: int | None = None
    code: str | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def where(self) -> str:
        """File, place and external id, as far as known."""
        named = f" ({self.external_id})" if self.external_id else ""
        return ", ".join(part for part in (self.file, self.place) if part) + named


@dataclass(frozen=True)
class ImportSummary:
    """What became of an import.

    `skipped` files are of other kinds or not among the mapping's patterns, `left_out` records are those that
    its `where` does not take, `unfilled` are fields that no record gave anything for; `interrupted` says why
    the platform stopped answering."""

    source: str
    dry_run: bool
    files: int
    skipped: int
    left_out: int
    results: tuple[Result, ...]
    unfilled: tuple[str, ...]
    interrupted: NexusError | None = None
    noun: str = "programs"
    notes: tuple[str, ...] = ()

    def counts(self) -> Counter[Outcome | None]:
        """How many records had which outcome."""
        return Counter(result.outcome for result in self.results)

    @property
    def refused(self) -> tuple[Result, ...]:
        """The records that did not go in, in the order of the files."""
        return tuple(result for result in self.results if result.outcome is Outcome.REFUSED)

    @property
    def exit_code(self) -> int:
        """0: all went in or was there already; 1: some were refused; 3: the platform went away."""
        if self.interrupted:
            return 3
        return 1 if self.refused else 0


async def run_import(bus: Bus, caller: Caller, options: ImportOptions, console: Console) -> ImportSummary:
    """Read, map and send everything that `options` names; a bad record does not keep the others out.

    Raises NothingToImport. A platform that goes away ends the import early, which the summary tells."""
    mapping = options.mapping
    joined = frozenset(join.file for join in mapping.read.join)
    listing = list_files(options.paths, mapping.read.files, joined)
    if not listing.files:
        raise NothingToImport(_nothing_in(options))
    reader, work = Reader(mapping), _Work(bus, caller, options)
    interrupted = None
    try:
        with progress_of(console, len(listing.files)) as advance:
            for found in listing.files:
                for record in reader.records(found):
                    await work.take(record)
                advance(len(work.results))
            await work.send()
    except Unavailable as error:
        interrupted = error
    return ImportSummary(
        source=mapping.source,
        dry_run=options.dry_run,
        files=len(listing.files),
        skipped=listing.skipped,
        left_out=reader.left_out,
        results=tuple(work.results),
        unfilled=tuple(work.unfilled()),
        interrupted=interrupted,
    )


def _nothing_in(options: ImportOptions) -> str:
    places = ", ".join(map(str, options.paths))
    patterns = ", ".join(options.mapping.read.files) or "*.yaml, *.yml, *.json, *.csv, *.tsv, *.xlsx"
    return f"There is no file to import in {places}; the mapping looks for {patterns}."


@dataclass
class _Work:
    """Maps records, sends them in chunks, and keeps what became of each in the order they came."""

    bus: Bus
    caller: Caller
    options: ImportOptions
    results: list[Result] = field(default_factory=list)
    _waiting: list[tuple[int, ImportRow]] = field(default_factory=list)
    _waiting_bytes: int = 0
    _first: dict[str, Result] = field(default_factory=dict)  # by external id
    _filled: set[str] = field(default_factory=set)

    async def take(self, record: Record) -> None:
        """Map `record` and send it, now or with later ones."""
        if record.data is None:
            self._refuse(record, None, record.faults, "unreadable")
            return
        mapped = map_record(self.options.mapping, record.data)
        self._filled |= mapped.filled
        if mapped.row is None:
            self._refuse(record, mapped.external_id, mapped.faults, "invalid")
        elif first := self._first.get(mapped.row.external_id):
            fault = Fault("external_id", f"is the same as that of {first.where}, which was taken")
            self._refuse(record, mapped.external_id, (fault,), "external_id_repeated")
        else:
            await self._queue(record, mapped.row)

    async def send(self) -> None:
        """Send what waits. Raises Unavailable; any other refusal is that of each row."""
        chunk, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if not chunk:
            return
        for (index, _), answer in zip(chunk, await self._ask([row for _, row in chunk]), strict=True):
            before = self.results[index]
            self.results[index] = Result(
                file=before.file,
                place=before.place,
                external_id=before.external_id,
                outcome=answer.outcome,
                item_id=answer.item_id,
                revision=answer.revision,
                code=answer.code,
                faults=tuple(_fault_of(answer)),
            )

    def unfilled(self) -> list[str]:
        """The fields for which the mapping has a rule and no record gave anything."""
        return (
            [name for name in self.options.mapping.fields if name not in self._filled] if self._filled else []
        )

    def _refuse(self, record: Record, external_id: str | None, faults: tuple[Fault, ...], code: str) -> None:
        self.results.append(
            Result(record.file, record.place, external_id, Outcome.REFUSED, code=code, faults=faults)
        )

    async def _queue(self, record: Record, row: ImportRow) -> None:
        size = len(row.model_dump_json())
        if len(self._waiting) >= CHUNK_ROWS or self._waiting_bytes + size > CHUNK_BYTES:
            await self.send()
        result = Result(record.file, record.place, row.external_id, None)
        self._first[row.external_id] = result
        self._waiting.append((len(self.results), row))
        self._waiting_bytes += size
        self.results.append(result)

    async def _ask(self, rows: list[ImportRow]) -> tuple[ImportedRow, ...]:
        command = ImportPrograms(
            source=self.options.mapping.source,
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


def _fault_of(answer: ImportedRow) -> Iterator[Fault]:
    if answer.outcome is Outcome.REFUSED:
        code = answer.code or "refused"
        yield Fault("", answer.reason or _REASONS.get(code, f"the platform refused it: {code}"))
