"""What is set, what can be reached, what waits for a person."""

from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from nexus.bus import Bus
from nexus.caller import Caller
from nexus.client import platform
from nexus.composition import service_names
from nexus.errors import NexusError, NotFound
from nexus.operations import (
    CheckHealth,
    DiscardParkedEvent,
    ListParkedEvents,
    ParkedEvent,
    ResendParkedEvent,
)
from nexus.settings import Settings

_DEADLINE = 5.0  # seconds to wait for each service


@dataclass
class Report:
    """`engines` holds, for each service and engine, None or the code of what is wrong."""

    settings: dict[str, tuple[Any, str]]
    engines: dict[str, dict[str, str | None]] = field(default_factory=dict)
    parked: list[tuple[str, ParkedEvent]] = field(default_factory=list)

    @property
    def away(self) -> bool:
        return any(code for engines in self.engines.values() for code in engines.values())

    def as_json(self) -> dict[str, Any]:
        return {
            "settings": {name: value for name, (value, _) in self.settings.items()},
            "engines": self.engines,
            "parked": [
                {"service": service, **event.model_dump(mode="json")} for service, event in self.parked
            ],
        }


async def examine(settings: Settings) -> Report:
    """Look at everything; what is away is part of the report, not an error."""
    report = Report(_explained(settings))
    try:
        async with platform(settings) as client:
            for service in service_names():
                report.engines[service] = await _health(client.bus, client.caller, service)
                report.parked += await _parked(client.bus, client.caller, service)
    except NexusError as error:
        report.engines["platform"] = {settings.runtime: error.code}
    return report


async def parked_events(settings: Settings) -> list[tuple[str, ParkedEvent]]:
    """The parked events of all services. Raises NexusError when one cannot be asked."""
    async with platform(settings) as client:
        lists = [
            [(service, event) for event in (await _ask_parked(client.bus, client.caller, service))]
            for service in service_names()
        ]
    return [pair for one in lists for pair in one]


async def settle_event(settings: Settings, command: ResendParkedEvent | DiscardParkedEvent) -> None:
    """Send `command` to the service whose handler the event's key names. Raises NotFound."""
    service = command.key.split(".")[0]
    if service not in service_names():
        raise NotFound("parked_event_not_found", key=command.key)
    async with platform(settings) as client:
        await client.bus.call(command, client.caller, service=service)


def _explained(settings: Settings) -> dict[str, tuple[Any, str]]:
    return {
        f"NEXUS_{name.upper()}": (getattr(settings, name), info.description or "")
        for name, info in type(settings).model_fields.items()
    }


async def _health(bus: Bus, caller: Caller, service: str) -> dict[str, str | None]:
    try:
        health = await bus.call(CheckHealth(), caller, service=service, deadline=_DEADLINE)
    except NexusError as error:
        return {"service": error.code}
    return health.engines


async def _parked(bus: Bus, caller: Caller, service: str) -> list[tuple[str, ParkedEvent]]:
    try:
        return [(service, event) for event in await _ask_parked(bus, caller, service)]
    except NexusError:
        return []  # its health says why


async def _ask_parked(bus: Bus, caller: Caller, service: str) -> tuple[ParkedEvent, ...]:
    found = await bus.call(ListParkedEvents(), caller, service=service, deadline=_DEADLINE)
    return found.items


def print_report(report: Report, console: Console) -> None:
    """The report for a person."""
    settings = Table("setting", "value", "meaning", title="Settings", title_justify="left")
    for name, (value, meaning) in report.settings.items():
        settings.add_row(name, "–" if value is None else str(value), meaning)
    console.print(settings)
    engines = Table("service", "needs", "state", title="Engines", title_justify="left")
    for service, needs in report.engines.items():
        for need, code in needs.items():
            engines.add_row(service, need, f"[red]{code}[/red]" if code else "[green]reached[/green]")
    console.print(engines)
    if not report.parked:
        console.print("No event waits for a person.")
        return
    parked = Table("service", "key", "subject", "error", title="Parked events", title_justify="left")
    for service, event in report.parked:
        parked.add_row(service, event.key, event.subject, event.error)
    console.print(parked)
    console.print(
        "Mend the cause, then `nexus events resend KEY`; or give one up: `nexus events discard KEY`."
    )
