"""Turns a service's declaration into a nameko service. The only place that imports nameko or eventlet.

Importing it patches the standard library for eventlet, so it must come before pymongo and the like."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # eventlet says at import that it is deprecated; nameko 2 needs it
    import eventlet

    eventlet.monkey_patch()
    from nameko.events import EventHandler
    from nameko.exceptions import serialize
    from nameko.rpc import Rpc, RpcConsumer
    from nameko.runners import ServiceRunner
    from nameko.timer import Timer

import gc
import logging
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar
from wsgiref.types import StartResponse, WSGIEnvironment

import kombu.connection
import kombu.serialization
import orjson
from amqp.exceptions import AMQPError
from eventlet import wsgi
from prometheus_client import make_wsgi_app

from nexus.composition import (
    Resources,
    composition,
    database_of,
    declaration,
    service_names,
)
from nexus.delivery.relay import Relay
from nexus.delivery.topology import RPC_EXCHANGE, check, declare, subscriptions
from nexus.errors import InvalidInput, NexusError, Unavailable
from nexus.host import ServiceHost
from nexus.messages import CloudEvent
from nexus.mongo import connect
from nexus.service import Subscription
from nexus.settings import Settings
from nexus.telemetry import log
from nexus.transports.publisher import EventPublisher
from nexus.transports.wire import (
    CALLER_HEADER,
    EVENT_TYPE,
    JSON_TYPE,
    TRACE_HEADER,
    read_caller,
    refusal_arguments,
)

T = TypeVar("T")

_BROKER_AWAY = (OSError, AMQPError)
_WORKERS = (
    200  # calls under way at once; also how many messages a consumer may hold: the largest batch of events
)
_GRACE = 10.0  # seconds for calls under way at the end
_PAUSE = 2.0  # seconds before trying again while an engine is away


class _Replies:
    """Sends all replies of a process on one channel, which is opened again when it was lost.

    nameko's own responder takes a connection from a pool, declares the exchange and writes the JSON twice for
    each reply: more than half of the time of a small call. A reply that finds no broker is lost, and whoever
    asked meets the deadline: an error here would end the service."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._turn = threading.Lock()  # a frame must be written whole before another green thread writes
        self._channel: Any = None

    def send(self, request: Any, body: bytes) -> None:
        """Send `body` to whoever asked `request`."""
        with self._turn:
            for _ in range(2):  # the first may find the connection dead, the second opens one
                try:
                    self._publish(request, body)
                    return
                except _BROKER_AWAY as error:
                    self._channel = None
                    reason = repr(error)
        log.warning("reply_lost", method=request.delivery_info["routing_key"], reason=reason)

    def _publish(self, request: Any, body: bytes) -> None:
        if self._channel is None:
            self._channel = kombu.connection.Connection(self._url, heartbeat=0).channel()  # type: ignore[no-untyped-call]
        properties = {"correlation_id": request.properties.get("correlation_id")}
        message = self._channel.prepare_message(body, 0, JSON_TYPE, "utf-8", None, properties)
        self._channel.basic_publish(
            message, exchange=RPC_EXCHANGE, routing_key=request.properties["reply_to"]
        )


def _acknowledge(message: Any) -> None:
    """Tell the broker that `message` is done with. When the connection it came on has gone, the broker has
    taken it back already, and gives it again."""
    if message.channel.connection:
        with suppress(*_BROKER_AWAY):
            message.ack()


class _Answers(RpcConsumer):  # type: ignore[misc]
    """nameko's consumer of requests, with replies sent as above."""

    _replies: _Replies | None = None

    def handle_message(self, body: Any, message: Any) -> None:
        """Drops what cannot be answered: an error here would end nameko's consumer for good."""
        if message.properties.get("reply_to"):
            super().handle_message(body, message)
        else:
            log.error("call_unanswerable", method=message.delivery_info["routing_key"])
            _acknowledge(message)

    def handle_result(self, message: Any, result: bytes | None, exc_info: Any) -> tuple[Any, Any]:
        if self._replies is None:
            self._replies = _Replies(self.container.config["AMQP_URI"])
        error = orjson.dumps(serialize(exc_info[1]), default=str) if exc_info else b"null"
        self._replies.send(message, b'{"result":' + (result or b"null") + b',"error":' + error + b"}")
        _acknowledge(message)
        return result, exc_info


class _Call(Rpc):  # type: ignore[misc]
    """An RPC entrypoint that gives its method the decoded fields and the message's own properties."""

    rpc_consumer = _Answers()

    def handle_message(self, body: Any, message: Any) -> None:
        fields = body.get("kwargs") if isinstance(body, dict) else None
        if not isinstance(fields, dict) or body.get("args"):
            raise _refused(InvalidInput("invalid_message", reason="fields are given by name, in `kwargs`"))
        arguments = (fields, message.headers or {}, message.properties.get("user_id"))
        done = partial(self.handle_result, message)
        self.container.spawn_worker(self, arguments, {}, context_data={}, handle_result=done)


class _Events(EventHandler):  # type: ignore[misc]
    """An event entrypoint that hands its events to the inbox, as many at a time as have come.

    It uses no worker: while an engine is away its events wait, and calls are still answered."""

    def __init__(self, subscription: Subscription, host: ServiceHost, **kwargs: Any) -> None:
        super().__init__(subscription.event.source, subscription.event.type, **kwargs)
        self._subscription = subscription
        self._host = host
        self._held: deque[tuple[CloudEvent, Any]] = deque()
        self._arrived = threading.Event()

    def start(self) -> None:
        super().start()
        self.container.spawn_managed_thread(self._run, identifier=self._subscription.queue)

    def handle_message(self, body: Any, message: Any) -> None:
        try:
            event = CloudEvent.model_validate(body)
        except ValueError:
            log.error("event_unreadable", queue=self._subscription.queue, body=repr(body)[:500])
            _acknowledge(message)
            return
        self._held.append((event, message))
        self._arrived.set()

    def _run(self) -> None:
        while True:
            self._arrived.wait()
            self._arrived.clear()
            while self._held:
                held = [self._held.popleft() for _ in range(len(self._held))]
                self._deliver([event for event, _ in held])
                for _, message in held:
                    _acknowledge(message)

    def _deliver(self, events: list[CloudEvent]) -> None:
        while True:
            try:
                self._host.deliver(self._subscription, events)
                return
            except Unavailable as error:
                log.warning("engine_away", handler=self._subscription.name, code=error.code)
            except Exception:
                log.exception("delivery_failed", handler=self._subscription.name)
            time.sleep(_PAUSE)


def _refused(error: NexusError) -> NexusError:
    error.args = refusal_arguments(error)
    return error


def _answering(host: ServiceHost, method: str) -> Callable[..., Any]:
    def answer(self: object, fields: Mapping[str, Any], headers: Mapping[str, Any], user: str | None) -> Any:
        try:
            caller = read_caller(headers.get(CALLER_HEADER), user)
            return host.call(method, fields, caller, headers.get(TRACE_HEADER)).to_json()
        except NexusError as error:
            raise _refused(error) from None

    answer.__name__ = method
    return answer


def nameko_service(host: ServiceHost) -> type:
    """The nameko service class whose entrypoints are the doors of `host`."""
    members: dict[str, Any] = {"name": host.name}
    for method in host.methods:
        call = _answering(host, method)
        members[method] = _Call.decorator(expected_exceptions=NexusError)(call)
    for subscription in host.service.subscriptions:
        handler = members.setdefault(subscription.method, _event_handler(subscription.method))
        _Events.decorator(subscription, host)(handler)  # a method may handle several events
    for interval, tick in host.ticks:
        members |= _timer_entrypoint(interval, tick, len(members))
    return type(host.name, (), members)


def _event_handler(method: str) -> Callable[..., None]:
    def handler(self: object, event: Any) -> None:
        """Never called: the entrypoints deliver by themselves. nameko names their queues after this method."""

    handler.__name__ = method
    return handler


def _timer_entrypoint(interval: float, tick: Callable[[], None], number: int) -> dict[str, Any]:
    def run(self: object) -> None:
        tick()

    run.__name__ = f"tick_{number}"
    return {run.__name__: Timer.decorator(interval=interval)(run)}


def start_runner(host: ServiceHost, url: str) -> ServiceRunner:
    """Answer calls and events of `host` on the broker at `url` from now on; `stop` of the result ends it."""
    _speak_json()
    logging.getLogger("nameko.containers").setLevel(logging.ERROR)  # a refusal is an answer, not a warning
    accepted = ["json", "cloudevents"]
    runner = ServiceRunner(
        {"AMQP_URI": url, "max_workers": _WORKERS, "serializer": "json", "ACCEPT": accepted}
    )
    runner.add_service(nameko_service(host))
    runner.start()
    return runner


def serve(name: str, settings: Settings) -> None:
    """Serve one service until SIGTERM or Ctrl-C. Waits for the engines, and says so."""
    url = settings.need("rabbitmq_url")
    database = connect(settings.need("mongodb_url"), name)[database_of(name, settings)]
    relays: list[Relay] = []

    def wake() -> None:
        for one in relays:
            one.wake()

    resources = Resources(settings, database, embedded=False, wake=wake)
    host = _waiting(lambda: _compose(name, resources, url))
    declarations = [declaration(one) for one in service_names()]
    _waiting(lambda: declare(url, declarations))
    publisher = EventPublisher(url, frozenset(one.event.type for one in subscriptions(declarations)))
    relay = host.relay(publisher.publish)
    relays.append(relay)
    runner = start_runner(host, url)
    _serve_health(host, settings)
    relaying = threading.Thread(target=relay.run, daemon=True)
    relaying.start()
    gc.collect()
    gc.freeze()  # what was loaded stays: later collections need not walk it
    log.info("service_started", service=name)
    died = _wait_for_end(runner)
    log.info("service_stopping", service=name)
    with eventlet.Timeout(_GRACE, False):  # nameko waits for as long as the broker is away
        runner.stop()
    relay.stop()
    relaying.join(10)
    publisher.close()
    host.close()
    if died:
        sys.exit(1)  # whoever started it starts it again


def _compose(name: str, resources: Resources, url: str) -> ServiceHost:
    host = ServiceHost(composition(name)(resources), resources, {"broker": partial(check, url)})
    host.prepare()
    return host


def _waiting(attempt: Callable[[], T]) -> T:
    while True:
        try:
            return attempt()
        except Unavailable as error:
            log.warning("engine_away", code=error.code, pause=_PAUSE)
        time.sleep(_PAUSE)


def _speak_json() -> None:
    """orjson for nameko's messages: the same JSON, several times as fast."""
    for serializer, content_type in (("json", JSON_TYPE), ("cloudevents", EVENT_TYPE)):
        kombu.serialization.register(  # type: ignore[no-untyped-call]
            serializer, _dump, orjson.loads, content_type=content_type, content_encoding="utf-8"
        )


def _dump(value: Any) -> str:
    return orjson.dumps(value).decode()


def _wait_for_end(runner: ServiceRunner) -> bool:
    """Wait for a signal, or for nameko to give up; whether it was the latter."""
    stop = threading.Event()
    serving = eventlet.spawn(runner.wait)
    serving.link(lambda _: stop.set())
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    while not stop.wait(0.5):
        pass
    if serving.dead:
        log.error("service_died")
    return bool(serving.dead)


def _serve_health(host: ServiceHost, settings: Settings) -> None:
    metrics = make_wsgi_app()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        match environ["PATH_INFO"]:
            case "/metrics":
                return metrics(environ, start_response)
            case "/healthz":
                return _reply(start_response, "200 OK", {"status": "alive"})
            case "/readyz":
                health = host.health()
                status = "200 OK" if health.ready else "503 Service Unavailable"
                return _reply(start_response, status, health.model_dump())
        return _reply(start_response, "404 Not Found", {"code": "not_found"})

    listener = eventlet.listen((settings.host, settings.health_port))
    eventlet.spawn(wsgi.server, listener, application, log_output=False)


def _reply(start_response: StartResponse, status: str, body: object) -> list[bytes]:
    start_response(status, [("Content-Type", JSON_TYPE)])
    return [orjson.dumps(body)]
