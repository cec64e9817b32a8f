"""The bus within one process. Requests and answers are written as JSON and read back, as on a wire."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

import orjson

from nexus.bus import DEFAULT_DEADLINE
from nexus.caller import Caller
from nexus.delivery.outbox import WaitingEvent
from nexus.errors import DeadlineExceeded, Unavailable
from nexus.host import ServiceHost
from nexus.messages import CloudEvent, Event, Request
from nexus.telemetry import traceparent

R = TypeVar("R")
Heard = Callable[[CloudEvent | None], Any]


class LocalBus:
    """Calls services in worker threads; hands their events to the handlers and to whoever listens."""

    def __init__(self, threads: int = 16) -> None:
        self._hosts: dict[str, ServiceHost] = {}
        self._listeners: dict[str, list[tuple[asyncio.AbstractEventLoop, Heard]]] = defaultdict(list)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="nexus-call")

    def add(self, host: ServiceHost) -> None:
        """Answer for this service from now on."""
        self._hosts[host.name] = host

    async def call(
        self,
        message: Request[R],
        caller: Caller,
        *,
        service: str | None = None,
        deadline: float = DEFAULT_DEADLINE,
    ) -> R:
        body = await self.call_raw(
            service or str(message.service), message.method, message.model_dump_json(), caller, deadline
        )
        result: R = message.result.validate_json(body)
        return result

    async def call_raw(
        self, service: str, method: str, body: str | bytes, caller: Caller, deadline: float
    ) -> bytes:
        """The answer as JSON to a request whose fields are the JSON object `body`."""
        host = self._hosts.get(service)
        if host is None:
            raise Unavailable("service_unavailable", service=service)
        work = asyncio.get_running_loop().run_in_executor(
            self._pool, copy_context().run, _answer, host, method, body, caller, traceparent()
        )
        try:
            return await asyncio.wait_for(work, deadline)
        except TimeoutError:
            raise DeadlineExceeded(service=service, method=method) from None

    def listen(self, events: tuple[type[Event], ...], heard: Heard) -> None:
        for event in events:
            self._listeners[event.type].append((asyncio.get_running_loop(), heard))

    def publish(self, events: Sequence[WaitingEvent]) -> None:
        """Have every handler treat `events`; called by the relays, in their own threads.

        Raises Unavailable when an engine of a handler is away."""
        by_type: dict[str, list[CloudEvent]] = defaultdict(list)
        for event in events:
            by_type[event.envelope.type].append(event.envelope)
        for host in self._hosts.values():
            for subscription in host.service.subscriptions:
                if wanted := by_type.get(subscription.event.type):
                    host.deliver(subscription, wanted)
        for event_type, envelopes in by_type.items():
            for loop, heard in self._listeners[event_type]:
                for envelope in envelopes:
                    loop.call_soon_threadsafe(heard, envelope)

    def close(self) -> None:
        """Wait for the calls under way and take no more."""
        self._hosts = {}
        self._pool.shutdown(wait=True, cancel_futures=True)


def _answer(host: ServiceHost, method: str, body: str | bytes, caller: Caller, parent: str | None) -> bytes:
    fields: Mapping[str, Any] = orjson.loads(body)
    return host.call(method, fields, caller, parent).to_json()
