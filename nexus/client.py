"""Where a command finds the platform: on the broker, in the process that runs on the data folder, or, when
none runs, in a platform of its own for as long as the command takes."""

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from nexus.bus import Bus
from nexus.caller import Caller, operator
from nexus.settings import Settings


@dataclass(frozen=True)
class Client:
    """A bus, and who the person at the command line is on it."""

    bus: Bus
    caller: Caller


@asynccontextmanager
async def platform(settings: Settings | None = None) -> AsyncIterator[Client]:
    """The platform that `settings` (the environment's, by default) speak of. Raises NexusError."""
    settings = settings or Settings()
    opened = _distributed(settings) if settings.runtime == "distributed" else _embedded(settings)
    async with opened as bus:
        yield Client(bus, operator(_person()))


@asynccontextmanager
async def _distributed(settings: Settings) -> AsyncIterator[Bus]:
    from nexus.transports.amqp import AmqpBus

    bus = AmqpBus(settings.need("rabbitmq_url"))
    await bus.connect()
    try:
        yield bus
    finally:
        await bus.close()


@asynccontextmanager
async def _embedded(settings: Settings) -> AsyncIterator[Bus]:
    from nexus.transports.socket import SocketBus

    if running := await SocketBus.open(settings.data):
        try:
            yield running
        finally:
            await running.close()
        return

    from nexus.runtimes.embedded import Platform

    own = Platform(settings)
    own.start()
    try:
        yield own.bus
        own.settle()
    finally:
        own.stop()


def _person() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "operator"
