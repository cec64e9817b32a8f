"""Publishes events to RabbitMQ with publisher confirms, many under way at once, from a thread of its own.

pika's blocking connection waits for each confirm; on a quorum queue that is one disk write an event."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import pika
from pika.adapters.select_connection import SelectConnection
from pika.channel import Channel
from pika.frame import Method
from pika.spec import PERSISTENT_DELIVERY_MODE, Basic, BasicProperties

from nexus.delivery.outbox import WaitingEvent
from nexus.delivery.topology import events_exchange
from nexus.errors import Unavailable
from nexus.telemetry import log
from nexus.transports.wire import EVENT_TYPE

_TIMEOUT = 30.0  # seconds for the broker to confirm a batch


@dataclass
class _Batch:
    """Events under way. `tags` are the delivery tags not confirmed yet."""

    events: Sequence[WaitingEvent]
    done: threading.Event = field(default_factory=threading.Event)
    tags: set[int] = field(default_factory=set)
    failure: str | None = None

    def fail(self, reason: str) -> None:
        self.failure = reason
        self.done.set()


class EventPublisher:
    """`publish` returns when the broker has taken responsibility for every event given.

    `subscribed` are the event types that some queue waits for: such an event that no queue takes is a
    failure, not a loss."""

    def __init__(self, url: str, subscribed: frozenset[str]) -> None:
        self._parameters = pika.URLParameters(url)
        self._subscribed = subscribed
        self._connection: SelectConnection | None = None
        self._channel: Channel | None = None
        self._ready = threading.Event()
        self._batch: _Batch | None = None
        self._last_tag = 0
        self._closing = False

    def publish(self, events: Sequence[WaitingEvent]) -> None:
        """Raises Unavailable when the broker is away or did not confirm them all; all may be sent again."""
        self._ensure_connected()
        batch = _Batch(events)
        connection = self._connection
        if connection is None:
            raise Unavailable("broker_unavailable")
        connection.ioloop.add_callback_threadsafe(lambda: self._send(batch))
        if not batch.done.wait(_TIMEOUT):
            batch.fail("timeout")
        if batch.failure:
            raise Unavailable("broker_unavailable", reason=batch.failure)

    def close(self) -> None:
        """Disconnect."""
        self._closing = True
        connection = self._connection
        if connection is not None:
            connection.ioloop.add_callback_threadsafe(lambda: connection.is_open and connection.close())

    def _ensure_connected(self) -> None:
        if self._channel is not None:
            return
        self._ready.clear()
        threading.Thread(target=self._run, name="nexus-publisher", daemon=True).start()
        if not self._ready.wait(_TIMEOUT) or self._channel is None:
            raise Unavailable("broker_unavailable")

    def _run(self) -> None:
        self._connection = connection = SelectConnection(
            self._parameters,
            on_open_callback=lambda opened: opened.channel(on_open_callback=self._opened),
            on_open_error_callback=self._closed,
            on_close_callback=self._closed,
        )
        connection.ioloop.start()

    def _opened(self, channel: Channel) -> None:
        self._last_tag = 0
        channel.add_on_return_callback(self._returned)
        channel.add_on_close_callback(lambda _, error: self._fail(repr(error)))
        channel.confirm_delivery(self._confirmed, callback=lambda _: self._go(channel))

    def _go(self, channel: Channel) -> None:
        self._channel = channel
        self._ready.set()

    def _send(self, batch: _Batch) -> None:
        channel = self._channel
        if channel is None or not channel.is_open:
            batch.fail("disconnected")
            return
        self._batch = batch
        for event in batch.events:
            self._last_tag += 1
            batch.tags.add(self._last_tag)
            self._send_one(channel, event)

    def _send_one(self, channel: Channel, event: WaitingEvent) -> None:
        envelope = event.envelope
        channel.basic_publish(
            events_exchange(envelope.service),
            envelope.type,
            event.body.encode(),
            BasicProperties(
                content_type=EVENT_TYPE,
                content_encoding="utf-8",
                delivery_mode=PERSISTENT_DELIVERY_MODE,
                message_id=event.id,
            ),
            mandatory=envelope.type in self._subscribed,
        )

    def _confirmed(self, frame: Method) -> None:
        batch, confirm = self._batch, frame.method
        if batch is None:
            return
        if isinstance(confirm, Basic.Nack):
            batch.fail("refused by the broker")
            return
        if confirm.multiple:
            batch.tags = {tag for tag in batch.tags if tag > confirm.delivery_tag}
        else:
            batch.tags.discard(confirm.delivery_tag)
        if not batch.tags:
            batch.done.set()

    def _returned(self, _: Channel, method: Basic.Return, __: BasicProperties, ___: bytes) -> None:
        self._fail(f"no queue takes {method.routing_key}")

    def _closed(self, connection: SelectConnection, error: BaseException | str) -> None:
        if not self._closing:
            log.warning("broker_connection_lost", error=repr(error))
        self._fail(repr(error))
        self._channel = None
        self._connection = None
        self._ready.set()
        connection.ioloop.stop()

    def _fail(self, reason: str) -> None:
        if self._batch is not None and not self._batch.done.is_set():
            self._batch.fail(reason)
