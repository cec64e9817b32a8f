"""Serves gateways: ASGI applications, one per sector, found through entry points.

[project.entry-points."nexus.gateway"]
sectors = "gateway.sectors:load_sectors"      # (folder | None) -> {name: sector}, in the order of their ports
app = "gateway.app:create_app"                # (sector, bus, base_url=…, embedded=…, rate_limit=…, …)
"""

import asyncio
import gc
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from nexus.bus import Bus
from nexus.composition import load_entry_point
from nexus.errors import Conflict, InvalidInput
from nexus.settings import Settings
from nexus.sites import sectors_of, site_url


@dataclass(frozen=True)
class Site:
    """A gateway about to be served."""

    name: str
    title: str
    port: int
    url: str
    app: Any


def sector_names(settings: Settings) -> list[str]:
    """The sectors, in the order of their ports."""
    return list(sectors_of(settings))


def site(name: str, bus: Bus, settings: Settings, offset: int = 0, *, embedded: bool = False) -> Site:
    """The gateway of a sector, `offset` ports beyond the one set. Raises InvalidInput(`sector_unknown`)."""
    sectors = sectors_of(settings)
    if name not in sectors:
        raise InvalidInput("sector_unknown", sector=name, known=list(sectors))
    port = settings.port + offset
    url = site_url(settings, offset)
    create_app = load_entry_point("nexus.gateway", "app")
    app = create_app(
        sectors[name],
        bus,
        base_url=url,
        embedded=embedded,
        rate_limit=settings.rate_limit,
        oidc_secret=settings.oidc_secrets.get(name),
        texts=settings.texts,
    )
    return Site(name, str(sectors[name].title.fr), port, url, app)


async def serve(sites: Sequence[Site], settings: Settings, ready: asyncio.Event | None = None) -> None:
    """Serve `sites` until SIGTERM or Ctrl-C; sets `ready` when all of them answer."""
    servers = [_server(one, settings) for one in sites]
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop)
    sockets = [_listen(one, settings) for one in sites]
    tasks = [
        asyncio.create_task(server.serve(sockets=[bound]))
        for server, bound in zip(servers, sockets, strict=True)
    ]
    while not all(server.started for server in servers) and not any(task.done() for task in tasks):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    gc.collect()
    gc.freeze()  # what was loaded stays: later collections need not walk it, which makes answers a tenth quicker
    if ready is not None:
        ready.set()
    await asyncio.gather(*tasks)


class _Server(uvicorn.Server):
    """Leaves the signals to us: several servers share this process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listen(one: Site, settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol must be named: only then is TCP_NODELAY set, without which each answer waits 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, one.port))
        bound.listen(2048)
        return bound
    except OSError as error:
        bound.close()
        raise Conflict("port_in_use", sector=one.name, port=one.port, reason=str(error)) from None


def _server(one: Site, settings: Settings) -> _Server:
    return _Server(
        uvicorn.Config(
            one.app,
            host=settings.host,
            port=one.port,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
            h11_max_incomplete_event_size=64 * 1024,
        )
    )
