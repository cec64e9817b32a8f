"""Files → records, each with the place it came from; joins; what the mapping leaves out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.content.contracts.exchange import ReadingFault
from services.content.importing import tables
from services.content.importing.decoding import decode, load_json, load_yaml
from services.content.importing.files import FORMATS, FileError, Found, read_bytes
from services.content.importing.mapping import FILE_KEY, Fault
from services.content.importing.rules import RuleError, as_text, find, is_empty
from services.content.importing.spec import Join, Mapping, Reading


@dataclass(frozen=True)
class Record:
    """One record, or what is wrong with it. `place` is its line, row or item, if `file` has several."""

    file: str
    place: str
    data: dict[str, Any] | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def reason(self) -> str:
        """What is wrong with it, in English."""
        return "".join(fault.reason for fault in self.faults)


@dataclass
class Reader:
    """Reads the records of one import; keeps joined files, and counts what `where` leaves out."""

    mapping: Mapping
    left_out: int = 0
    _joined: dict[tuple[Path, str, str], dict[str, list[dict[str, Any]]]] = field(default_factory=dict)

    def records(self, found: Found) -> Iterator[Record]:
        """The records of a file, the bad ones with their reason; nothing is raised for a bad file."""
        try:
            for place, data in _rows(found, self.mapping.read):
                record = self._record(found, place, data)
                if record:
                    yield record
        except FileError as error:
            yield Record(found.name, error.place, faults=(Fault.of("", error, f"the file {error.reason}"),))

    def _record(self, found: Found, place: str, data: Any) -> Record | None:
        if isinstance(data, FileError):
            return Record(found.name, place, faults=(Fault.of("", data, f"the row {data.reason}"),))
        if not isinstance(data, dict):
            reason = "is not an object with named fields: check rows in the mapping"
            return Record(found.name, place, faults=(Fault("", reason, ReadingFault.NOT_AN_OBJECT),))
        try:
            whole = self._with_joins(found, {**data, FILE_KEY: _about(found)})
            if self.mapping.read.where and not find(self.mapping.read.where, whole):
                self.left_out += 1
                return None
            return Record(found.name, place, whole)
        except (RuleError, FileError) as error:
            return Record(found.name, place, faults=(Fault.of("", error),))

    def _with_joins(self, found: Found, data: dict[str, Any]) -> dict[str, Any]:
        for join in self.mapping.read.join:
            if is_empty(data.get(join.on)) or not is_empty(data.get(join.name)):
                continue
            matches = self._index(found.path.parent, join).get(as_text(data[join.on]), [])
            if matches:
                data[join.name] = matches if join.many else matches[0]
        return data

    def _index(self, folder: Path, join: Join) -> dict[str, list[dict[str, Any]]]:
        key = (folder, join.file, join.key)
        if key not in self._joined:
            self._joined[key] = _indexed(folder / join.file, join, self.mapping.read)
        return self._joined[key]


def _indexed(path: Path, join: Join, reading: Reading) -> dict[str, list[dict[str, Any]]]:
    index: dict[str, list[dict[str, Any]]] = {}
    kind = FORMATS.get(path.suffix.lower())
    if not kind or not path.is_file() or path.is_symlink():
        return index
    plain = reading.model_copy(update={"rows": (), "sheet": None, "header": 1})
    try:
        for _, data in _rows(Found(path, path.name, kind), plain):
            if isinstance(data, dict) and not is_empty(data.get(join.key)):
                index.setdefault(as_text(data[join.key]), []).append(data)
    except FileError as error:
        raise FileError(
            f"{path.name}, which is joined to it, {error.reason} {error.place}".strip(),
            code=ReadingFault.JOINED_UNREADABLE,
            file=path.name,
        ) from None
    return index


def _rows(found: Found, reading: Reading) -> Iterator[tuple[str, Any]]:
    """Each row with its place, a bad one as a FileError. Raises FileError for the rest of the file."""
    content = read_bytes(found.path)
    if found.format == "csv":
        yield from tables.csv_rows(content, reading)
    elif found.format == "xlsx":
        yield from tables.xlsx_rows(content, reading)
    else:
        text = decode(content, reading.encoding)
        documents = load_yaml(text) if found.format == "yaml" else [load_json(text)]
        yield from _document_rows([document for document in documents if document is not None], reading)


def _document_rows(documents: list[Any], reading: Reading) -> Iterator[tuple[str, Any]]:
    if not documents:
        raise FileError("is empty", code=ReadingFault.FILE_EMPTY)
    several = len(documents) > 1
    for number, document in enumerate(documents, 1):
        before = f"document {number}" if several else ""
        rows = _rows_in(document, reading.rows)
        if not isinstance(rows, list):
            yield before, rows
            continue
        for item, row in enumerate(rows, 1):
            yield f"{before}, item {item}".removeprefix(", "), row


def _rows_in(document: Any, expressions: tuple[str, ...]) -> Any:
    if not expressions:
        return document
    try:
        found = next(
            (rows for rows in (find(each, document) for each in expressions) if rows is not None), None
        )
    except RuleError as error:
        reason = f"does not have the expected shape: {error}"
        raise FileError(reason, code=error.code, **error.details) from None
    if found is None:
        raise FileError(
            f"has nothing at {' or '.join(expressions)}, where the mapping expects its records",
            code=ReadingFault.RECORDS_NOT_FOUND,
            expressions=", ".join(expressions),
        )
    return found


def _about(found: Found) -> dict[str, str]:
    return {"name": found.path.name, "stem": found.path.stem, "folder": found.path.parent.name}
