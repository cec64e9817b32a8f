"""The bus over RabbitMQ, through pika's asyncio adapter: nameko's RPC wire, CloudEvents for events."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import uuid4

import pika
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel
from pika.spec import Basic, BasicProperties

from nexus.bus import DEFAULT_DEADLINE
from nexus.caller import Caller
from nexus.delivery.topology import RPC_EXCHANGE, events_exchange
from nexus.errors import DeadlineExceeded, Unavailable
from nexus.messages import CloudEvent, Event, Request
from nexus.telemetry import log, traceparent
from nexus.transports.wire import CALLER_HEADER, JSON_TYPE, TRACE_HEADER, read_answer, request_body

R = TypeVar("R")
Heard = Callable[[CloudEvent | None], Any]

_RECONNECT_PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)  # seconds; the last one repeats


class _Connection(AsyncioConnection):  # type: ignore[misc]
    """pika's own sends the frames of a message one by one: three packets, for each of which the broker wakes up."""

    def _output_marshaled_frames(self, marshaled_frames: Sequence[bytes]) -> None:
        super()._output_marshaled_frames([b"".join(marshaled_frames)])


class AmqpBus:
    """One connection, one channel, one reply queue; it reconnects by itself until `close`."""

    def __init__(self, url: str) -> None:
        self._parameters = pika.URLParameters(url)
        self._user = self._parameters.credentials.username
        self._reply_queue = f"rpc.reply-nexus-{uuid4().hex}"
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self._listeners: list[tuple[tuple[type[Event], ...], Heard]] = []
        self._channel: Channel | None = None
        self._connected = asyncio.Event()
        self._lost = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    async def connect(self, wait: float = 10.0) -> None:
        """Start; returns when connected or after `wait` seconds, and goes on trying in the latter case."""
        self._task = asyncio.create_task(self._stay_connected())
        try:
            await asyncio.wait_for(self._connected.wait(), wait)
        except TimeoutError:
            log.warning("broker_unavailable", waited=wait)

    async def close(self) -> None:
        """Stop; calls under way fail."""
        self._closing = True
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._channel and self._channel.connection.is_open:
            self._channel.connection.close()
            await asyncio.wait_for(self._lost.wait(), 5)

    async def call(
        self,
        message: Request[R],
        caller: Caller,
        *,
        service: str | None = None,
        deadline: float = DEFAULT_DEADLINE,
    ) -> R:
        name = service or str(message.service)
        body = request_body(message.model_dump_json())
        answer = await self._ask(f"{name}.{message.method}", body, caller, deadline)
        result: R = message.result.validate_json(answer)
        return result

    def listen(self, events: tuple[type[Event], ...], heard: Heard) -> None:
        self._listeners.append((events, heard))
        if self._channel is not None:
            self._hear(self._channel, events, heard)

    async def _ask(self, key: str, body: bytes, caller: Caller, deadline: float) -> bytes:
        channel = self._channel
        if channel is None:
            raise Unavailable("broker_unavailable")
        correlation_id = uuid4().hex
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[bytes] = loop.create_future()
        self._waiting[correlation_id] = reply
        timer = loop.call_later(deadline, _expire, reply, key)
        try:
            channel.basic_publish(
                RPC_EXCHANGE, key, body, self._properties(correlation_id, caller, deadline), mandatory=True
            )
            return read_answer(await reply)
        finally:
            timer.cancel()
            del self._waiting[correlation_id]

    def _properties(self, correlation_id: str, caller: Caller, deadline: float) -> BasicProperties:
        headers = {CALLER_HEADER: caller.model_dump_json(), TRACE_HEADER: traceparent()}
        return BasicProperties(
            content_type=JSON_TYPE,
            content_encoding="utf-8",
            reply_to=self._reply_queue,
            correlation_id=correlation_id,
            user_id=self._user,
            expiration=str(int(deadline * 1000)),  # nobody waits any more: do not do it
            headers={name: value for name, value in headers.items() if value is not None},
        )

    async def _stay_connected(self) -> None:
        failures = 0
        while True:
            self._lost.clear()
            try:
                await self._open()
            except Exception as error:
                pause = _RECONNECT_PAUSES[min(failures, len(_RECONNECT_PAUSES) - 1)]
                failures += 1
                log.warning("broker_connection_failed", error=repr(error), pause=pause)
                await asyncio.sleep(pause)
                continue
            failures = 0
            await self._lost.wait()
            await asyncio.sleep(_RECONNECT_PAUSES[0])

    async def _open(self) -> None:
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def failed(_: Any, error: BaseException) -> None:
            self._disconnected(error)
            if not opened.done():
                opened.set_exception(error)

        def with_channel(channel: Channel) -> None:
            channel.add_on_close_callback(lambda ch, _: ch.connection.is_open and ch.connection.close())
            channel.add_on_return_callback(self._returned)
            channel.queue_declare(
                self._reply_queue, exclusive=True, callback=lambda _: self._consume_replies(channel, opened)
            )

        _Connection(
            self._parameters,
            on_open_callback=lambda connection: connection.channel(on_open_callback=with_channel),
            on_open_error_callback=failed,
            on_close_callback=failed,
        )
        await opened

    def _consume_replies(self, channel: Channel, opened: "asyncio.Future[None]") -> None:
        channel.queue_bind(self._reply_queue, RPC_EXCHANGE, self._reply_queue)
        for events, heard in self._listeners:
            self._hear(channel, events, heard)

        def ready(_: Any) -> None:
            self._channel = channel
            self._connected.set()
            if not opened.done():
                opened.set_result(None)

        channel.basic_consume(self._reply_queue, self._replied, auto_ack=True, callback=ready)

    def _hear(self, channel: Channel, events: tuple[type[Event], ...], heard: Heard) -> None:
        queue = f"evt-gateway-{uuid4().hex}"

        def received(_: Channel, __: Basic.Deliver, ___: BasicProperties, body: bytes) -> None:
            heard(CloudEvent.model_validate_json(body))

        channel.queue_declare(queue, exclusive=True)
        for event in events:
            channel.queue_bind(queue, events_exchange(event.source), event.type)
        channel.basic_consume(queue, received, auto_ack=True)
        heard(None)  # what came before this moment was not heard

    def _replied(self, _: Channel, __: Basic.Deliver, properties: BasicProperties, body: bytes) -> None:
        reply = self._waiting.get(properties.correlation_id)
        if reply is not None and not reply.done():
            reply.set_result(body)

    def _returned(self, _: Channel, method: Basic.Return, properties: BasicProperties, __: bytes) -> None:
        reply = self._waiting.get(properties.correlation_id)
        if reply is not None and not reply.done():
            reply.set_exception(Unavailable("service_unavailable", service=method.routing_key.split(".")[0]))

    def _disconnected(self, error: BaseException) -> None:
        self._channel = None
        self._connected.clear()
        self._lost.set()
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_exception(Unavailable("broker_unavailable"))
        for _, heard in self._listeners:
            heard(None)
        if not self._closing:
            log.warning("broker_connection_lost", error=repr(error))


def _expire(reply: "asyncio.Future[bytes]", key: str) -> None:
    if not reply.done():
        reply.set_exception(DeadlineExceeded(service=key.split(".")[0], method=key.split(".")[1]))
