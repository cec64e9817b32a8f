"""`nexus gateway`: one sector's site on the broker. It imports no database driver.

It declares nothing but its own queues: least rights. The exchanges it listens to are made by the services;
until then it reconnects."""

from nexus.settings import Settings
from nexus.transports.amqp import AmqpBus
from nexus.web import serve, site


async def run_gateway(settings: Settings, sector: str) -> None:
    """Serve one sector on the broker until SIGTERM or Ctrl-C."""
    bus = AmqpBus(settings.need("rabbitmq_url"))
    await bus.connect()
    try:
        await serve([site(sector, bus, settings)], settings)
    finally:
        await bus.close()
