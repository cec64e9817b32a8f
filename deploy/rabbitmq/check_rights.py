"""Tries, with the rights of the process in whose environment it runs, what a gateway must not be able to do.

Exit code 1 when something is allowed that must be refused, or the other way round."""

# ruff: noqa: T201 - what it says is for the person who runs it

import os
from collections.abc import Callable
from uuid import uuid4

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

REPLIES = f"rpc.reply-nexus-{uuid4().hex}"
HEARD = f"evt-gateway-{uuid4().hex}"
PUBLISHED = "ca.emploinexus.content.program_published.v1"
WAITING = f"evt-content-{PUBLISHED}--search.index_programs"
CALL = "content.check_health"

Attempt = Callable[[BlockingChannel], object]


def listening(exchange: str, key: str, queue: str = REPLIES) -> Attempt:
    def attempt(channel: BlockingChannel) -> None:
        channel.queue_declare(queue, exclusive=True)
        channel.queue_bind(queue, exchange, key)

    return attempt


def publishing(exchange: str, key: str, user: str | None = None) -> Attempt:
    def attempt(channel: BlockingChannel) -> None:
        channel.confirm_delivery()
        properties = pika.BasicProperties(user_id=user, content_type="application/json", reply_to=REPLIES)
        channel.basic_publish(exchange, key, b'{"args": [], "kwargs": {}}', properties)

    return attempt


ALLOWED: dict[str, Attempt] = {
    "receive own answers": listening("nameko-rpc", REPLIES),
    "hear events": listening("content.events", PUBLISHED, HEARD),
    "call a service": publishing("nameko-rpc", CALL),
}
REFUSED: dict[str, Attempt] = {
    "listen to calls": listening("nameko-rpc", "content.*"),
    "listen to everything": listening("nameko-rpc", "#"),
    "listen to all answers": listening("nameko-rpc", "rpc.*"),
    "take calls": lambda channel: channel.basic_get("rpc-content"),
    "take events of a service": lambda channel: channel.basic_get(WAITING),
    "empty a queue": lambda channel: channel.queue_purge(WAITING),
    "delete a queue": lambda channel: channel.queue_delete(WAITING),
    "delete an exchange": lambda channel: channel.exchange_delete("nameko-rpc"),
    "make a queue": lambda channel: channel.queue_declare("anything"),
    "forge an answer": publishing("nameko-rpc", REPLIES),
    "forge an event": publishing("content.events", PUBLISHED),
    "reach a queue directly": publishing("", WAITING),
    "have mail sent": publishing("nameko-rpc", "notifications.send_code"),
    "speak as another user": publishing("nameko-rpc", CALL, "gateway-other"),
}


def is_allowed(attempt: Attempt) -> bool:
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["NEXUS_RABBITMQ_URL"]))
    try:
        attempt(connection.channel())
    except ChannelClosedByBroker as error:
        print("  ", error.reply_text)
        return False
    finally:
        if connection.is_open:
            connection.close()
    return True


def main() -> None:
    for expected, attempts in ((True, ALLOWED), (False, REFUSED)):
        for what, attempt in attempts.items():
            print(what, flush=True)
            if is_allowed(attempt) != expected:
                raise SystemExit(f"{what}: must be {'allowed' if expected else 'refused'}")
    print(f"{len(REFUSED)} attempts refused")


main()
