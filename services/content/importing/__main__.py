"""Reads a file of an import within limits: `python -m services.content.importing FOLDER`.

FOLDER holds `request.json`, and gets `rows.jsonl`, a row a line, then `result.json`. `outside.py` starts it."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from nexus.confined import confine
from services.content.contracts.exchange import MOST_ROWS
from services.content.domain.cells import as_column
from services.content.importing import limits
from services.content.importing.files import FORMATS, Found, list_files
from services.content.importing.mapping import FILE_KEY, Fault, map_record
from services.content.importing.reading import Reader, Record
from services.content.importing.rules import RuleError, as_text
from services.content.importing.spec import Mapping, MappingError, load_mapping
from services.content.importing.unpacking import ZIP, ArchiveError, unpack


def main(folder: Path) -> None:
    """Do what `folder` asks for."""
    confine(limits.MEMORY, limits.SECONDS, limits.OUTPUT)
    request = orjson.loads((folder / "request.json").read_bytes())
    unfinished = folder / "unfinished"
    unfinished.write_bytes(orjson.dumps(_read(request, folder)))
    unfinished.rename(folder / "result.json")


def _read(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    path = Path(request["path"])
    try:
        mapping = load_mapping(request["mapping"])
        files = _files_of(path, mapping, folder / "unpacked")
    except MappingError as error:
        faults = [fault.model_dump(mode="json") for fault in error.faults]
        return {"error": "mapping_invalid", "faults": faults}
    except ArchiveError as error:
        return {"error": str(error)}
    if not files:
        return {"error": "import_format_unknown"}
    reader, told = Reader(mapping), _as_it_stands if request["house"] else row_of
    with (folder / "rows.jsonl").open("wb") as rows:
        for number, record in enumerate(chain.from_iterable(map(reader.records, files))):
            if number == MOST_ROWS:
                return {"error": "import_too_many_rows"}
            place = _place(record, several=path.suffix.lower() == ZIP)
            rows.write(orjson.dumps({"place": place, **told(mapping, record)}) + b"\n")
    return {"source": mapping.source}


def _files_of(path: Path, mapping: Mapping, unpacked: Path) -> list[Found]:
    """What to read: the file, or those of an archive, as `nexus import` reads a folder."""
    if path.suffix.lower() == ZIP:
        unpack(path, unpacked)
        path = unpacked
    joined = frozenset(join.file for join in mapping.read.join)
    return list_files((path,), mapping.read.files, joined).files


def _place(record: Record, *, several: bool) -> str:
    return ", ".join(part for part in (record.file if several else "", record.place) if part)


def row_of(mapping: Mapping, record: Record) -> dict[str, Any]:
    """A row that the mapping makes."""
    if record.data is None:
        return _refused(*record.faults)
    mapped = map_record(mapping, record.data)
    if mapped.row is None:
        return {"external_id": mapped.external_id, **_refused(*mapped.faults)}
    content = mapped.row.content.model_dump(mode="json")
    return {"external_id": mapped.external_id, "content": content}


def _as_it_stands(_: Mapping, record: Record) -> dict[str, Any]:
    """A row in the shape of an export: cells of a table, or an object."""
    if record.data is None:
        return _refused(*record.faults)
    data = {name: value for name, value in record.data.items() if name != FILE_KEY}
    if FORMATS[Path(record.file).suffix.lower()] in ("yaml", "json"):
        return {"tree": orjson.loads(orjson.dumps(data, default=str))}  # dates of YAML are texts from now on
    try:
        return {"cells": dict(_cells(data))}
    except RuleError as error:
        return _refused(Fault.of("", error))


def _cells(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        text = "" if value is None else as_text(value)
        yield name, text.replace("\r\n", "\n")


def _refused(*faults: Fault) -> dict[str, Any]:
    return {"faults": [asdict(one) | {"field": as_column(one.field)} for one in faults]}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
