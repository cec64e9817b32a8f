"""`nexus reindex`."""

import asyncio
import sys

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from nexus.bus import Bus
from nexus.caller import Caller
from nexus.client import platform
from services.search.contracts import GetReindex, Reindex, ReindexProgress

_LOOK = 0.2  # seconds between looks at the progress


@click.command()
def reindex() -> None:
    """Rebuild the search index beside the one in use, then put it in its place; searches go on meanwhile."""
    progress = asyncio.run(_reindex())
    if progress.state == "failed":
        click.echo(
            f"nexus: the rebuild failed ({progress.error}); the index in use was left as it was.", err=True
        )
        sys.exit(1)
    click.echo(f"Rebuilt: {progress.total} entries in {progress.seconds:.1f} s.")


async def _reindex() -> ReindexProgress:
    async with platform() as client:
        started = await client.bus.call(Reindex(), client.caller)
        return await _follow(client.bus, client.caller, started.id)


async def _follow(bus: Bus, caller: Caller, reindex_id: str) -> ReindexProgress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Rebuilding", total=None)
        while True:
            progress = await bus.call(GetReindex(id=reindex_id), caller)
            bar.update(task, total=progress.total, completed=progress.done)
            if progress.state != "running":
                return progress
            await asyncio.sleep(_LOOK)
