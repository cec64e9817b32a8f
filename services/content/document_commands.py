"""The command `nexus import documents`, and the sample documents."""

import sys
from pathlib import Path

import click
from rich.console import Console

from nexus.bus import Bus
from nexus.caller import Caller
from services.content.commands import check_report, on_platform, write_import_report
from services.content.contracts.documents import ListDocuments
from services.content.contracts.publications import Status
from services.content.importing.documents import DocumentOptions, import_documents
from services.content.importing.output import print_summary
from services.content.importing.run import NothingToImport

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_REPORT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command("documents")
@click.argument("folder", type=_FOLDER, metavar="DIR")
@click.option(
    "--source", default=DocumentOptions.source, show_default=True, metavar="NAME",
    help="Whose documents they are: rows are known again by this name and their external id.",
)  # fmt: skip
@click.option(
    "--publish", is_flag=True, help="Show new documents to everybody at once; else they are drafts."
)
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@click.option("--report", type=_REPORT, metavar="FILE.json", help="Write what became of each row there.")
def import_documents_command(
    folder: Path, source: str, publish: bool, dry_run: bool, report: Path | None
) -> None:
    """Bring in the documents that DIR/documents.yaml lists, with their files.

    Each row gives titles, themes, version and date, and for each language a file: one that lies in DIR, or a
    Markdown source of which a PDF or DOCX is made (docs/importing.md). Importing again changes only what has
    changed.

    Exit code 0 when all went in or was there already, 1 when rows were refused, 2 for a wrong folder or table, 3
    when the platform is away.
    """
    options = DocumentOptions(folder, source, publish, dry_run)
    check_report(report)
    console = Console()
    try:
        summary = on_platform(lambda bus, caller: import_documents(bus, caller, options, console))
    except NothingToImport as error:
        raise click.UsageError(str(error)) from None
    print_summary(summary, console)
    if report:
        write_import_report(summary, report)
    sys.exit(summary.exit_code)


async def bring_samples(bus: Bus, caller: Caller) -> int:
    """Import and publish the sample documents if there is no document at all; how many were brought in.

    Under the command's own source: whoever imports their folder by hand finds them unchanged."""
    for status in Status:
        if (await bus.call(ListDocuments(status=status, limit=1), caller)).total:
            return 0
    if not SAMPLES.is_dir():
        return 0
    options = DocumentOptions(SAMPLES, publish=True)
    summary = await import_documents(bus, caller, options, Console(quiet=True))
    if summary.interrupted:
        raise summary.interrupted
    return len(summary.results) - len(summary.refused)
