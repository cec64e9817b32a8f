"""Reads a file of an import within limits: `python -m services.content.importing FOLDER`.

FOLDER holds `request.json`, and gets `rows.jsonl`, a row a line, then `result.json`. `outside.py` starts it."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from services.content.confined import confine
from services.content.contracts.exchange import MOST_ROWS
from services.content.domain.cells import as_column
from services.content.importing import limits
from services.content.importing.files import FORMATS, Found
from services.content.importing.mapping import FILE_KEY, Fault, map_record
from services.content.importing.reading import Reader, Record
from services.content.importing.rules import RuleError, as_text
from services.content.importing.spec import Mapping, MappingError, load_mapping


def main(folder: Path) -> None:
    """Do what `folder` asks for."""
    confine(limits.MEMORY, limits.SECONDS, limits.OUTPUT)
    request = orjson.loads((folder / "request.json").read_bytes())
    unfinished = folder / "unfinished"
    unfinished.write_bytes(orjson.dumps(_read(request, folder)))
    unfinished.rename(folder / "result.json")


def _read(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    path = Path(request["path"])
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        return {"error": "import_format_unknown"}
    try:
        mapping = load_mapping(request["mapping"])
    except MappingError as error:
        return {"error": "mapping_invalid", "reason": str(error)}
    reader = Reader(mapping)
    told = _as_it_stands if request["house"] else row_of
    with (folder / "rows.jsonl").open("wb") as rows:
        for number, record in enumerate(reader.records(Found(path, path.name, kind))):
            if number == MOST_ROWS:
                return {"error": "import_too_many_rows"}
            rows.write(orjson.dumps({"place": record.place, **told(mapping, record)}) + b"\n")
    return {"source": mapping.source}


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
