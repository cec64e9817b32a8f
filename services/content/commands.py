"""The commands of content: import programs, publish, retire, show, edit, history.

Exit codes: 0 done; 1 some rows or programs were refused; 2 wrong usage, mapping or path; 3 the platform
is away."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click
import yaml
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from nexus.bus import Bus
from nexus.caller import Caller
from nexus.errors import NexusError, NotFound, StaleRevision, Unavailable
from services.content.contracts import (
    EditProgram,
    GetProgram,
    GetProgramHistory,
    ListPrograms,
    Program,
    ProgramContent,
    ProgramHistory,
    PublishProgram,
    RetireProgram,
    Status,
)
from services.content.importing.decoding import decode, load_yaml
from services.content.importing.files import FileError, read_bytes
from services.content.importing.mapping import faults_in
from services.content.importing.output import print_summary, printable, write_report
from services.content.importing.run import ImportOptions, NothingToImport, run_import
from services.content.importing.spec import MappingError, load_mapping, shipped_names

R = TypeVar("R")
Work = Callable[[Bus, Caller], Awaitable[R]]

SAMPLES = Path(__file__).parents[2] / "samples" / "programs"
_ABOUT = ("id", "revision", "status", "external_id")  # what `show` and samples say besides the content
_EXISTING = click.Path(exists=True, path_type=Path)
_EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_REPORT = click.Path(dir_okay=False, writable=True, path_type=Path)


def on_platform(work: Work[R]) -> R:
    """The result of `work` on the platform of this machine. Raises NexusError."""
    from nexus.client import platform  # only when a command runs: it brings the runtimes with it

    async def run() -> R:
        async with platform() as client:
            return await work(client.bus, client.caller)

    return asyncio.run(run())


@click.command("programs")
@click.argument("paths", nargs=-1, required=True, type=_EXISTING, metavar="PATH...")
@click.option(
    "--mapping", "-m", "mapping_name", required=True, metavar="FILE",
    help=f"A mapping file, or the name of a shipped one: {', '.join(shipped_names())}.",
)  # fmt: skip
@click.option("--publish", is_flag=True, help="Show new programs to everybody at once; else they are drafts.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@click.option("--report", type=_REPORT, metavar="FILE.json", help="Write what became of each row there.")
def import_programs(
    paths: tuple[Path, ...], mapping_name: str, publish: bool, dry_run: bool, report: Path | None
) -> None:
    """Bring in programs from YAML, JSON, CSV or XLSX files, or from folders of them.

    A mapping says how their records become programs (docs/importing.md). Importing again changes only
    what has changed in the files.

    Exit code 0 when all went in or was there already, 1 when rows were refused, 2 for a wrong path or
    mapping, 3 when the platform is away.
    """
    options = ImportOptions(paths, _mapping(mapping_name), publish, dry_run)
    check_report(report)
    console = Console()
    try:
        summary = on_platform(lambda bus, caller: run_import(bus, caller, options, console))
    except NothingToImport as error:
        raise click.UsageError(str(error)) from None
    print_summary(summary, console)
    if report:
        write_import_report(summary, report)
    sys.exit(summary.exit_code)


def _mapping(name: str) -> Any:
    try:
        return load_mapping(name)
    except MappingError as error:
        raise click.BadParameter(str(error), param_hint="--mapping") from None


def check_report(report: Path | None) -> None:
    if report and not report.parent.is_dir():  # told before the import rather than after it
        raise click.BadParameter(f"there is no folder {str(report.parent)!r}", param_hint="--report")


def write_import_report(summary: Any, report: Path) -> None:
    try:
        write_report(summary, report)
    except OSError as error:
        raise click.ClickException(
            f"The import is done, but not its report {report}: {error.strerror}"
        ) from None


async def bring_samples(bus: Bus, caller: Caller) -> int:
    """Import and publish the sample programs if there is no program at all; how many were brought in."""
    for status in Status:
        if (await bus.call(ListPrograms(status=status, limit=1), caller)).total:
            return 0
    if not SAMPLES.is_dir():
        return 0
    options = ImportOptions((SAMPLES,), load_mapping("nexus"), publish=True)
    summary = await run_import(bus, caller, options, Console(quiet=True))
    if summary.interrupted:
        raise summary.interrupted
    return len(summary.results) - len(summary.refused)


@click.command()
@click.argument("refs", nargs=-1, required=True, metavar="REF...")
def publish(refs: tuple[str, ...]) -> None:
    """Show programs to everybody; REF is an id or a slug."""
    _change_each(refs, "is published", lambda program: PublishProgram(id=program.id))


@click.command()
@click.argument("refs", nargs=-1, required=True, metavar="REF...")
def retire(refs: tuple[str, ...]) -> None:
    """Take programs from the sites; their history and addresses stay. REF is an id or a slug."""
    _change_each(refs, "is retired", lambda program: RetireProgram(id=program.id))


def _change_each(
    refs: tuple[str, ...], done: str, command: Callable[[Program], PublishProgram | RetireProgram]
) -> None:
    async def work(bus: Bus, caller: Caller) -> int:
        refused = 0
        for ref in refs:
            try:
                program = await bus.call(GetProgram(ref=ref), caller)
                changed = await bus.call(command(program), caller)
                click.echo(f"{ref} {done} (id {changed.id}, revision {changed.revision}).")
            except Unavailable:
                raise
            except NexusError as error:
                refused += 1
                click.echo(_refusal(error, ref), err=True)
        return refused

    if on_platform(work):
        sys.exit(1)


def _refusal(error: NexusError, ref: str) -> str:
    if isinstance(error, NotFound):
        return f"There is no program {ref!r}: give its id, or its slug as in the address of its page."
    return f"{ref}: {error}"


def _asked(ref: str, work: Work[R]) -> R:
    """As on_platform, a missing program told in words."""
    try:
        return on_platform(work)
    except NotFound as error:
        raise click.ClickException(_refusal(error, ref)) from None


@click.command()
@click.argument("ref")
def show(ref: str) -> None:
    """Print the program REF (id or slug) as YAML, in the shape that `edit` takes."""
    program = _asked(ref, lambda bus, caller: bus.call(GetProgram(ref=ref), caller))
    click.echo(_as_yaml(program), nl=False)


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, so that a person can edit them."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _as_yaml(program: Program) -> str:
    about = {"id": program.id, "revision": program.revision, "status": program.status.value}
    content = program.content.model_dump(mode="json", exclude_defaults=True)
    shown: str = yaml.dump(
        {**about, **content}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100
    )
    return shown


@click.command()
@click.argument("ref")
@click.argument("file", type=_EXISTING_FILE)
@click.option(
    "--revision", type=click.IntRange(min=1), help="The revision that you saw; else the one in FILE."
)
def edit(ref: str, file: Path, revision: int | None) -> None:
    """Replace the content of the program REF by that in FILE, which has the shape that `show` prints.

    If somebody saved a later revision, nothing is written and the differences are shown.
    """
    about, content = _content_in(file)
    seen = revision or about.get("revision")
    if not isinstance(seen, int):
        raise click.UsageError("Say which revision you edited: --revision N, or `revision: N` in the file.")
    console = Console()

    async def work(bus: Bus, caller: Caller) -> Program:
        program = await bus.call(GetProgram(ref=ref), caller)
        if about.get("id", program.id) != program.id:
            raise click.UsageError(f"{file} is about the program {about['id']}, and {ref} is {program.id}.")
        try:
            return await bus.call(EditProgram(id=program.id, revision=seen, content=content), caller)
        except StaleRevision:
            current = await bus.call(GetProgram(ref=program.id), caller)
            _print_conflict(console, content, seen, current)
            raise click.ClickException(
                f"Nothing was written. Put your changes into what `nexus show {ref}` prints, and edit again."
            ) from None

    program = _asked(ref, work)
    click.echo(
        f"{ref} is at revision {program.revision}"
        + (" (nothing changed)." if program.revision == seen else ".")
    )


def _content_in(file: Path) -> tuple[dict[str, Any], ProgramContent]:
    """What FILE says about the program, and its content. Raises UsageError with every fault."""
    try:
        documents = load_yaml(decode(read_bytes(file), None))
    except FileError as error:
        raise click.UsageError(f"{file} {error.reason} {error.place}".rstrip()) from None
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise click.UsageError(f"{file} does not hold one program in the shape that `nexus show` prints.")
    about = {key: documents[0][key] for key in _ABOUT if key in documents[0]}
    content = {key: value for key, value in documents[0].items() if key not in _ABOUT and value is not None}
    try:
        return about, ProgramContent.model_validate(content)
    except ValidationError as error:
        told = "".join(f"\n  {fault.field}: {printable(fault.reason)}" for fault in faults_in(error))
        raise click.UsageError(f"{file} is not a program:{told}") from None


def _print_conflict(console: Console, yours: ProgramContent, seen: int, current: Program) -> None:
    mine, theirs = (dict(_leaves(content.model_dump(mode="json"))) for content in (yours, current.content))
    table = Table("field", f"yours (on revision {seen})", f"current (revision {current.revision})")
    for name in [*mine, *(name for name in theirs if name not in mine)]:
        if mine.get(name) != theirs.get(name):
            table.add_row(name, *(_shown(side.get(name)) for side in (mine, theirs)))
    console.print(table if table.row_count else "Both versions say the same.", markup=False)


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else None
    )
    if inner is None:
        yield name, value
        return
    for key, item in inner:
        yield from _leaves(item, f"{name}.{key}" if name else str(key))


def _shown(value: Any) -> str:
    return "" if value is None else printable(str(value))


@click.command()
@click.argument("ref")
def history(ref: str) -> None:
    """List the revisions of the program REF (id or slug), newest first."""
    found: ProgramHistory = _asked(ref, lambda bus, caller: bus.call(GetProgramHistory(ref=ref), caller))
    table = Table("revision", "when", "who", "status", "changed", title=f"Program {found.program_id}")
    for note in found.revisions:
        when = note.at.astimezone().strftime("%Y-%m-%d %H:%M")
        changed = ", ".join(note.changed)
        table.add_row(str(note.revision), when, printable(note.by), note.status.value, changed)
    Console().print(table)
