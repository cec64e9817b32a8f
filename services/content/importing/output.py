"""Progress, summary and report of an import, for whoever ran it."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from services.content.contracts import Outcome

if TYPE_CHECKING:
    from services.content.importing.mapping import Fault
    from services.content.importing.run import ImportSummary, Result

MAX_TOLD = 40  # refused rows on a terminal; a pipe and the report get all


@contextmanager
def progress_of(console: Console, files: int, noun: str = "files") -> Iterator[Callable[[int], None]]:
    """A bar over `files` on a terminal, nothing elsewhere; call what it gives after each file."""
    columns = (
        TextColumn("Importing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(f"{noun}, {{task.fields[rows]}} rows"),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=files, rows=0)
        yield lambda rows: progress.update(task, advance=1, rows=rows)


def printable(text: str) -> str:
    """`text` on one line, without what could steer a terminal or turn the direction of writing."""
    return "".join(
        ch.encode("unicode_escape").decode("ascii") if unicodedata.category(ch).startswith("C") else ch
        for ch in text
    )


def print_summary(summary: "ImportSummary", console: Console) -> None:
    """The refused records with their reasons, the counts, and what else a person should know."""
    _print_refused(summary.refused, console)
    counts = summary.counts()
    _say(console, f"{'Dry run of' if summary.dry_run else 'Import of'} {printable(summary.source)}:")
    table = Table("would be" if summary.dry_run else "outcome")
    table.add_column(summary.noun, justify="right")
    for outcome in Outcome:
        table.add_row(outcome.value, str(counts[outcome]))
    if counts[None]:
        table.add_row("not confirmed", str(counts[None]))
    console.print(table)
    for line in _notes(summary):
        _say(console, line)


def _print_refused(refused: "tuple[Result, ...]", console: Console) -> None:
    told = refused[:MAX_TOLD] if console.is_terminal else refused
    for result in told:
        for line in told_faults(result.where, result.faults):
            _say(console, line)
    if len(told) < len(refused):
        _say(console, f"… and {len(refused) - len(told)} more: --report FILE.json lists all.")


def told_faults(where: str, faults: "Iterable[Fault]") -> Iterator[str]:
    """A line for each fault of the record at `where`."""
    for fault in faults:
        field = f"{fault.field}: " if fault.field else ""
        yield f"{printable(where)}: {printable(field + fault.reason)}"


def _notes(summary: "ImportSummary") -> Iterator[str]:
    yield from map(printable, summary.notes)
    yield f"{summary.files} files read, {summary.skipped} of other kinds or names skipped."
    if summary.left_out:
        yield f"{summary.left_out} records left out by the mapping's `where`."
    if summary.unfilled:
        fields = ", ".join(summary.unfilled)
        yield f"No record gave anything for {fields}: if that surprises you, check the rules."
    if summary.interrupted:
        yield f"The platform stopped answering: {summary.interrupted}."
        yield "Run the same command again later: what went in already will be found unchanged."
    elif summary.refused:
        yield "Correct what is refused and import again: the others will be found unchanged."


def _say(console: Console, line: str) -> None:
    # unwrapped, so that each line can be searched and copied whole
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def write_report(summary: "ImportSummary", path: Path) -> None:
    """The whole import as one JSON object. Raises OSError."""
    counts = summary.counts()
    report = {
        "source": summary.source,
        "dry_run": summary.dry_run,
        "files": summary.files,
        "skipped_files": summary.skipped,
        "left_out": summary.left_out,
        "unfilled": summary.unfilled,
        "interrupted": str(summary.interrupted) if summary.interrupted else None,
        "counts": {outcome.value: counts[outcome] for outcome in Outcome} | {"not_confirmed": counts[None]},
        "rows": [_as_json(result, summary.noun) for result in summary.results],
    }
    path.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _as_json(result: "Result", noun: str) -> dict[str, Any]:
    return {
        "file": result.file,
        "place": result.place,
        "external_id": result.external_id,
        "outcome": result.outcome or "not_confirmed",
        f"{noun.removesuffix('s')}_id": result.item_id,
        "revision": result.revision,
        "code": result.code,
        "faults": [{"field": fault.field, "reason": fault.reason} for fault in result.faults],
    }
