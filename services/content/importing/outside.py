"""Starts the process that reads a file of an import, and gives its rows."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import orjson

from nexus.confined import run
from services.content.contracts.exchange import RowFault
from services.content.importing import limits

_READER = "services.content.importing"
MOST_FAULTS = 20  # of a mapping: who has more mends these first
LONGEST_TOLD = 1_000  # characters
Row = dict[str, Any]


class Unreadable(Exception):
    """The file, or the mapping, cannot be used. `code` is a refusal's; `faults` are those of the mapping."""

    def __init__(self, code: str, faults: tuple[RowFault, ...] = ()) -> None:
        self.code = code
        self.faults = faults
        super().__init__(code)


@dataclass(frozen=True)
class Source:
    """What to read: the bytes of a file under its `name`, by a shipped `mapping` or one's `own`."""

    name: str
    content: bytes
    mapping: str
    own: bytes | None = None


class Reading(NamedTuple):
    """What was read. `source` is the directory's name in the mapping. Each row has its `place`, and

    - `cells` or `tree`: in the shape of an export
    - or `external_id` and `content`: as a mapping made it
    - or `faults`: why it can be neither (`field`, `code`, `reason`)"""

    source: str
    total: int
    rows: Iterator[Row]


class ReadRows(Protocol):
    """Reads files of imports."""

    def __call__(
        self, source: Source, while_waiting: Callable[[], None], /
    ) -> AbstractContextManager[Reading]:
        """Raises Unreadable; and whatever `while_waiting`, which is called now and then, raises."""
        ...


@contextmanager
def rows_of(source: Source, while_waiting: Callable[[], None]) -> Iterator[Reading]:
    """As ReadRows, whatever the file holds."""
    with tempfile.TemporaryDirectory(prefix="nexus-import-") as place:
        folder = Path(place)
        (folder / "request.json").write_bytes(orjson.dumps(_request(source, folder)))
        status = run(_READER, [folder], folder, limits.SECONDS, while_waiting)
        told = _result(folder, status)
        rows = folder / "rows.jsonl"
        yield Reading(told["source"], _count(rows), _each(rows))


def _request(source: Source, folder: Path) -> dict[str, Any]:
    given = folder / "given"
    given.mkdir()
    path = given / source.name  # mappings may read identifiers from it
    path.write_bytes(source.content)
    mapping = source.mapping
    if source.own is not None:
        mapping = str(folder / "mapping.toml")
        Path(mapping).write_bytes(source.own)
    house = source.own is None and mapping == "nexus"
    return {"path": str(path), "mapping": mapping, "house": house}


def _result(folder: Path, status: int | None) -> dict[str, Any]:
    result = folder / "result.json"
    if not result.exists():
        raise Unreadable("import_too_slow" if status is None else "import_unreadable")
    told: dict[str, Any] = orjson.loads(result.read_bytes())
    if "error" in told:
        raise Unreadable(told["error"], tuple(map(_fault, told.get("faults", [])[:MOST_FAULTS])))
    return told


def _fault(told: Row) -> RowFault:
    """A fault, of which each text is cut: what it quotes may be as long as the file."""
    details = {name: text[:LONGEST_TOLD] for name, text in told["details"].items()}
    return RowFault(
        field=told["field"][:LONGEST_TOLD],
        code=told["code"],
        reason=told["reason"][:LONGEST_TOLD],
        details=details,
    )


def _count(rows: Path) -> int:
    with rows.open("rb") as lines:
        return sum(1 for _ in lines)


def _each(rows: Path) -> Iterator[Row]:
    with rows.open("rb") as lines:
        for line in lines:
            yield orjson.loads(line)
