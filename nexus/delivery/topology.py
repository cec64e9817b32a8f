"""Exchanges, queues and bindings of all subscriptions, so that no event is published into nothing.

Derived from the services' declarations and declared by whichever process starts first, with the names
and properties that nameko itself uses."""

from collections.abc import Iterable

import pika
from pika.exceptions import AMQPError

from nexus.errors import Unavailable
from nexus.service import Service, Subscription

RPC_EXCHANGE = "nameko-rpc"


def events_exchange(service: str) -> str:
    """The exchange of a service's events."""
    return f"{service}.events"


def subscriptions(services: Iterable[type[Service]]) -> list[Subscription]:
    """All subscriptions of `services`."""
    return [subscription for service in services for subscription in service.subscriptions]


def check(url: str) -> None:
    """Raise Unavailable unless the broker at `url` answers."""
    _connect(url).close()


def _connect(url: str) -> pika.BlockingConnection:
    try:
        return pika.BlockingConnection(pika.URLParameters(url))
    except (AMQPError, OSError) as error:
        raise Unavailable("broker_unavailable") from error


def declare(url: str, services: list[type[Service]]) -> None:
    """Make what is missing on the broker at `url`. Raises Unavailable when it does not answer."""
    connection = _connect(url)
    try:
        channel = connection.channel()
        channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True)
        for service in services:
            channel.exchange_declare(events_exchange(service.name), "topic", durable=True)
        for wanted in subscriptions(services):
            channel.queue_declare(wanted.queue, durable=True)
            channel.queue_bind(wanted.queue, events_exchange(wanted.event.source), wanted.event.type)
    except AMQPError as error:
        raise Unavailable("broker_refused", reason=str(error)) from error
    finally:
        if connection.is_open:
            connection.close()
