"""The command `nexus`.

Commands of services are found through entry points: "publish" is `nexus publish`, "import.programs" is
`nexus import programs`.

Exit codes: 0 done; 1 done in part, or not as it should be; 2 wrong usage; 3 the platform or an engine is
away."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from importlib.metadata import entry_points
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from nexus.errors import InvalidInput, NexusError, Unavailable
from nexus.settings import Settings

EXIT_PARTLY, EXIT_USAGE, EXIT_AWAY = 1, 2, 3

_ADVICE = {
    "data_in_use": "Another command uses this data folder. Wait for it, or set NEXUS_DATA to another one.",
    "port_in_use": "Another program listens there. Stop it, or choose another first port with --port.",
    "setting_missing": "Set this variable; `nexus doctor` lists all of them.",
    "broker_unavailable": "Is RabbitMQ running, and NEXUS_RABBITMQ_URL right? `nexus doctor` tries it.",
    "database_unavailable": "Is the database running? `nexus doctor` tries it.",
    "search_unavailable": "Is the search engine running? `nexus doctor` tries it.",
    "service_unavailable": "Start that service with `nexus serve`.",
    "deadline_exceeded": "No answer in time; what was asked may still happen. Look, then ask again.",
}


def _fail(error: NexusError) -> None:
    click.echo(f"nexus: {error}", err=True)
    if advice := _ADVICE.get(error.code):
        click.echo(advice, err=True)
    if isinstance(error, Unavailable):
        sys.exit(EXIT_AWAY)
    sys.exit(EXIT_USAGE if isinstance(error, InvalidInput) else EXIT_PARTLY)


class _Commands(click.Group):
    """A group whose further commands come from entry points, and whose refusals are told in words."""

    prefix = ""

    def list_commands(self, ctx: click.Context) -> list[str]:
        found = {name.removeprefix(self.prefix).split(".")[0] for name in _plugins(self.prefix)}
        return sorted({*super().list_commands(ctx), *found})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if command := super().get_command(ctx, name):
            return command
        plugins = _plugins(self.prefix)
        if point := plugins.get(f"{self.prefix}{name}"):
            loaded: click.Command = point.load()
            return loaded
        return None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except NexusError as error:
            _fail(error)


class _ImportCommands(_Commands):
    prefix = "import."


def _plugins(prefix: str) -> dict[str, Any]:
    found = {point.name: point for point in entry_points(group="nexus.commands")}
    return {
        name: point
        for name, point in found.items()
        if name.startswith(prefix) and (prefix or "." not in name)
    }


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="emploi-nexus", prog_name="nexus")
def main() -> None:
    """Emploi NEXUS: helps companies in Montréal hire qualified immigrants.

    Settings are environment variables named NEXUS_…; `nexus doctor` explains them.
    """


def _run_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` on uvloop where there is one: it doubles what a gateway answers."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


def _with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        return command(Settings(), *args, **kwargs)

    return run


@main.command()
@click.option(
    "--port", type=click.IntRange(1, 65_000), help="Port of the first gateway (8001); the others follow."
)
@click.option(
    "--samples/--no-samples", default=True, help="Bring in the sample content when there is none yet."
)
@_with_settings
def run(settings: Settings, port: int | None, samples: bool) -> None:
    """Run the whole platform in this process, on one data folder (NEXUS_DATA).

    Ctrl-C stops it cleanly. Made for trying, developing and small single hosts.
    """
    from nexus.runtimes.run import run_platform

    if port:
        settings = settings.model_copy(update={"port": port})
    _run_loop(run_platform(settings, samples))


@main.command()
@click.argument("service")
@_with_settings
def serve(settings: Settings, service: str) -> None:
    """Serve SERVICE (content, search, …) on the broker, until SIGTERM or Ctrl-C."""
    from nexus.runtimes import nameko  # first: it patches the standard library
    from nexus.telemetry import configure

    configure(service, settings)
    nameko.serve(service, settings)


@main.command()
@click.argument("sector")
@_with_settings
def gateway(settings: Settings, sector: str) -> None:
    """Serve the public site and API of SECTOR (tic, svts, aero, …)."""
    from nexus.runtimes.gateway import run_gateway
    from nexus.telemetry import configure

    configure(f"gateway-{sector}", settings)
    _run_loop(run_gateway(settings, sector))


@main.group("import", cls=_ImportCommands)
def import_() -> None:
    """Bring content in from files."""


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@_with_settings
def doctor(settings: Settings, as_json: bool) -> None:
    """Explain the settings, try what can be reached, list the events that wait for a person.

    Exit code 0 when all is well, 1 when something needs attention, 3 when something is away.
    """
    from nexus.doctor import examine, print_report

    report = asyncio.run(examine(settings))
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2, default=str))
    else:
        print_report(report, Console())
    if report.away:
        sys.exit(EXIT_AWAY)
    if report.parked:
        sys.exit(EXIT_PARTLY)


@main.group()
def events() -> None:
    """Events that a handler refused for good."""


@events.command("list")
@_with_settings
def list_events(settings: Settings) -> None:
    """List the parked events of all services."""
    from nexus.doctor import parked_events

    found = asyncio.run(parked_events(settings))
    table = Table("service", "key", "type", "subject", "attempts", "error")
    for service, event in found:
        table.add_row(service, event.key, event.type, event.subject, str(event.attempts), event.error)
    Console().print(table if found else "No event waits for a person.")


@events.command()
@click.argument("key")
@_with_settings
def resend(settings: Settings, key: str) -> None:
    """Try the parked event KEY again."""
    from nexus.doctor import settle_event
    from nexus.operations import ResendParkedEvent

    asyncio.run(settle_event(settings, ResendParkedEvent(key=key)))
    click.echo(f"{key} will be tried again.")


@events.command()
@click.argument("key")
@click.confirmation_option(prompt="Give this event up for good?")
@_with_settings
def discard(settings: Settings, key: str) -> None:
    """Give the parked event KEY up."""
    from nexus.doctor import settle_event
    from nexus.operations import DiscardParkedEvent

    asyncio.run(settle_event(settings, DiscardParkedEvent(key=key)))
    click.echo(f"{key} was given up.")


def cli() -> None:
    """The entry point: refusals of the settings themselves are told in words too."""
    from pydantic import ValidationError

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # until a process has its own way to stop
    try:
        main()
    except ValidationError as error:
        for item in error.errors(include_url=False, include_context=False, include_input=False):
            click.echo(f"nexus: NEXUS_{str(item['loc'][0]).upper()}: {item['msg']}", err=True)
        sys.exit(EXIT_USAGE)
