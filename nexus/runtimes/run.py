"""`nexus run`: the embedded platform with its gateways, in one process."""

import asyncio
import time
from collections.abc import Sequence

import click

from nexus.caller import operator
from nexus.composition import first_run_names, load_entry_point, sample_names
from nexus.runtimes.embedded import Platform
from nexus.settings import Settings
from nexus.telemetry import configure
from nexus.transports.socket import ControlServer
from nexus.web import Site, sector_names, serve, site


async def run_platform(settings: Settings, samples: bool) -> None:
    """Run the embedded platform with the gateways of all sectors until SIGTERM or Ctrl-C."""
    started = time.monotonic()
    configure("embedded", settings)
    platform = Platform(settings)
    try:
        platform.launch()
        load_entry_point("nexus.gateway", "app")
        platform.start()
        control = ControlServer(platform.bus, settings.data)
        await control.start()
        try:
            await _serve_sites(platform, settings, samples, started)
        finally:
            await control.stop()
    finally:
        platform.stop()
    click.echo("Stopped; everything is kept.")


async def _serve_sites(platform: Platform, settings: Settings, samples: bool, started: float) -> None:
    sites = [
        site(name, platform.bus, settings, n, embedded=True) for n, name in enumerate(sector_names(settings))
    ]
    ready = asyncio.Event()
    serving = asyncio.create_task(serve(sites, settings, ready))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        click.echo(
            f"Emploi NEXUS is ready ({time.monotonic() - started:.1f} s). Data: {settings.data.resolve()}"
        )
        for one in sites:
            click.echo(f"  {one.title:<70} {one.url}/")
        if samples:
            await _bring_samples(platform)
        await _welcome(platform, sites)
        click.echo("Press Ctrl-C to stop.")
    await serving


async def _bring_samples(platform: Platform) -> None:
    for name in sample_names():
        bring = load_entry_point("nexus.samples", name)
        if brought := await bring(platform.bus, operator("samples")):
            click.echo(f"Brought in {brought} sample {name}, to be verified before real use.")


async def _welcome(platform: Platform, sites: Sequence[Site]) -> None:
    """What a first run has to tell: `(bus, caller, {sector: address}) -> lines`."""
    addresses = {one.name: one.url for one in sites}
    for name in first_run_names():
        tell = load_entry_point("nexus.first_run", name)
        for line in await tell(platform.bus, operator("first-run"), addresses):
            click.echo(line)
