"""The commands of posts, activities and pages: import them, preview a post. And their samples.

Exit codes: 0 done; 1 some were refused; 2 wrong usage; 3 the platform is away."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from nexus.bus import Bus
from nexus.caller import Caller
from nexus.errors import NotFound
from nexus.messages import Command, Query
from nexus.settings import Settings
from services.content.commands import on_platform
from services.content.contracts import (
    ActivityRow,
    ImportActivities,
    ImportedRow,
    ImportPages,
    ImportPosts,
    ImportReport,
    ListActivities,
    ListPages,
    ListPosts,
    MakePreview,
    Outcome,
    PageRow,
    PostRow,
    SourceRow,
    Status,
)
from services.content.importing.articles import Article, read_articles, read_list
from services.content.importing.files import read_bytes
from services.content.importing.output import told_faults
from services.content.importing.upload import store_file

SAMPLES = Path(__file__).parents[2] / "samples"
_SOURCE = "emploi-nexus"
_AT_ONCE = 20  # rows in a message: two languages of 20,000 characters each stay far below what brokers take
_DEADLINE = 60.0  # seconds for one
_EXISTING = click.Path(exists=True, path_type=Path)
_EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_WHY = {
    "slug_taken": "another one has this address: give it a slug of its own",
    "stale_revision": "somebody edited it at the same moment: import again",
    "sector_forbidden": "it belongs to a sector that you may not write for",
    "file_not_found": "its cover is not stored: name a picture that lies beside the text",
    "cover_not_a_picture": "its cover is not a picture that browsers show: give a PNG, JPEG, WebP or GIF",
    "external_id_repeated": "another one of this import has the same external id",
}


@dataclass(frozen=True)
class _Kind:
    """What can be brought in: its name for people, its row, how it is read and sent, how it is listed."""

    name: str
    row: type[SourceRow[Any]]
    read: Callable[[Path, type[SourceRow[Any]]], list[Article]]
    command: Callable[..., Command[ImportReport]]
    listed: Callable[[Status], Query[Any]]


_POSTS = _Kind("posts", PostRow, read_articles, ImportPosts, lambda status: ListPosts(status=status))
_PAGES = _Kind("pages", PageRow, read_articles, ImportPages, lambda status: ListPages(status=status))
_ACTIVITIES = _Kind(
    "activities", ActivityRow, read_list, ImportActivities, lambda status: ListActivities(status=status)
)


def _import(kind: _Kind, path: Path, publish: bool, dry_run: bool) -> None:
    articles = kind.read(path, kind.row)
    if not articles:
        raise click.UsageError(f"There is nothing to import in {path}.")
    good = [one for one in articles if one.row]
    answers = on_platform(lambda bus, caller: _send(bus, caller, kind, good, publish, dry_run))
    refused = [line for one in articles if one.faults for line in told_faults(one.where, one.faults)]
    refused += [
        f"{one.where}: {_WHY.get(told.code or '', told.code)}"
        for one, told in zip(good, answers, strict=True)
        if told.outcome is Outcome.REFUSED
    ]
    _tell(kind, answers, len(articles) - len(good), refused, dry_run)


async def _send(
    bus: Bus, caller: Caller, kind: _Kind, articles: Sequence[Article], publish: bool, dry_run: bool
) -> list[ImportedRow]:
    answers: list[ImportedRow] = []
    for picture in [] if dry_run else [one.picture for one in articles if one.picture]:
        await store_file(bus, caller, read_bytes(picture))
    for start in range(0, len(articles), _AT_ONCE):
        rows = tuple(one.row for one in articles[start : start + _AT_ONCE])
        command = kind.command(source=_SOURCE, rows=rows, publish=publish, dry_run=dry_run)
        report: ImportReport = await bus.call(command, caller, deadline=_DEADLINE)
        answers += report.rows
    return answers


def _tell(
    kind: _Kind, answers: Sequence[ImportedRow], unreadable: int, refused: Sequence[str], dry_run: bool
) -> None:
    for line in refused:
        click.echo(line, err=True)
    counts = Counter(told.outcome for told in answers)
    counts[Outcome.REFUSED] += unreadable
    told = ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome)
    click.echo(f"{'Dry run of' if dry_run else 'Import of'} {kind.name}: {told}.")
    if refused:
        sys.exit(1)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    shown = click.option("--publish", is_flag=True, help="Show new ones at once; else they are drafts.")
    dry = click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
    return shown(dry(command))


@click.command("posts")
@click.argument("path", type=_EXISTING)
@_options
def import_posts(path: Path, publish: bool, dry_run: bool) -> None:
    """Bring in posts from a folder of Markdown files, or one: NAME.fr.md and NAME.en.md are one post.

    Importing again changes only what has changed in the files. A post with `publish_at` is published then.
    """
    _import(_POSTS, path, publish, dry_run)


@click.command("pages")
@click.argument("path", type=_EXISTING)
@_options
def import_pages(path: Path, publish: bool, dry_run: bool) -> None:
    """Bring in pages (about, privacy …) from Markdown files: NAME.fr.md and NAME.en.md are one page."""
    _import(_PAGES, path, publish, dry_run)


@click.command("activities")
@click.argument("file", type=_EXISTING_FILE)
@_options
def import_activities(file: Path, publish: bool, dry_run: bool) -> None:
    """Bring in activities from a YAML or JSON list."""
    _import(_ACTIVITIES, file, publish, dry_run)


async def bring_posts(bus: Bus, caller: Caller) -> int:
    """Import and publish the sample posts if there is no post at all; how many were brought in."""
    return await _bring(bus, caller, _POSTS)


async def bring_pages(bus: Bus, caller: Caller) -> int:
    """Import and publish the sample pages if there is no page at all; how many were brought in."""
    return await _bring(bus, caller, _PAGES)


async def bring_activities(bus: Bus, caller: Caller) -> int:
    """Import and publish the sample activities if there is no activity at all; how many were brought in."""
    return await _bring(bus, caller, _ACTIVITIES, "activities.yaml")


async def _bring(bus: Bus, caller: Caller, kind: _Kind, file: str = "") -> int:
    path = SAMPLES / kind.name / file
    for status in Status:
        if (await bus.call(kind.listed(status), caller)).total:
            return 0
    articles = kind.read(path, kind.row) if path.exists() else []
    answers = await _send(bus, caller, kind, [one for one in articles if one.row], True, False)
    return sum(told.outcome is not Outcome.REFUSED for told in answers)


@click.group()
def preview() -> None:
    """Make signed links that show a draft to whoever has them, for two weeks."""


@preview.command("post")
@click.argument("ref")
@click.option(
    "--site", metavar="URL", help="Address of the sector's site; else NEXUS_BASE_URL, or this host."
)
def preview_post(ref: str, site: str | None) -> None:
    """Print the addresses that show the post REF (id or slug) as it stands, published or not."""
    settings = Settings()
    base = (site or settings.base_url or f"http://{settings.host}:{settings.port}").rstrip("/")
    try:
        made = on_platform(lambda bus, caller: bus.call(MakePreview(ref=ref), caller))
    except NotFound:
        raise click.ClickException(f"There is no post {ref!r}: give its id or its slug.") from None
    click.echo(f"{base}/fr/apercu/{made.token}")
    click.echo(f"{base}/en/preview/{made.token}")
    click.echo(f"Good until {made.expires:%Y-%m-%d %H:%M} UTC, on each site that the post is for.", err=True)
