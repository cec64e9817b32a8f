"""Gateway → nameko service → back, beside a bare blocking pika client and nameko's own proxy on the same service."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import orjson
import pika

from bench.echo_contract import Echo
from bench.report import Figure, median_ms
from nexus.caller import anonymous
from nexus.delivery.topology import RPC_EXCHANGE
from nexus.transports.amqp import AmqpBus

ROUNDS, CALLS = 5, 200
_TEXT = "x" * 200
_PROXY = """
import sys, time, warnings
warnings.simplefilter("ignore")
from nameko.standalone.rpc import ClusterRpcProxy
with ClusterRpcProxy({"AMQP_URI": sys.argv[1]}, timeout=10) as services:
    for line in sys.stdin:
        taken = []
        for _ in range(int(line)):
            start = time.perf_counter()
            services.bench.echo(text=sys.argv[2])
            taken.append(time.perf_counter() - start)
        print(taken, flush=True)
"""


class BlockingClient:
    """As little as a client can be."""

    def __init__(self, url: str) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(url))
        self._channel = self._connection.channel()
        self._queue = f"bench-{uuid4().hex}"
        self._channel.queue_declare(self._queue, exclusive=True)
        self._channel.queue_bind(self._queue, RPC_EXCHANGE, self._queue)
        self._channel.basic_consume(self._queue, self._replied, auto_ack=True)
        self._reply: bytes | None = None

    def _replied(self, *arguments: object) -> None:
        self._reply = arguments[-1]  # type: ignore[assignment]

    def call(self) -> None:
        self._reply = None
        properties = pika.BasicProperties(
            content_type="application/json",
            reply_to=self._queue,
            correlation_id="1",
            content_encoding="utf-8",
        )
        body = orjson.dumps({"args": [], "kwargs": {"text": _TEXT}})
        self._channel.basic_publish(RPC_EXCHANGE, "bench.echo", body, properties)
        while self._reply is None:
            self._connection.process_data_events(1)


@contextmanager
def _echo_service(environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.echo"], env=os.environ | environment, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


async def _ours(bus: AmqpBus, times: int) -> list[float]:
    caller, taken = anonymous("tic"), []
    for _ in range(times):
        start = time.perf_counter()
        await bus.call(Echo(text=_TEXT), caller)
        taken.append(time.perf_counter() - start)
    return taken


async def _at_once(bus: AmqpBus, workers: int, times: int) -> float:
    start = time.perf_counter()
    await asyncio.gather(*(_ours(bus, times) for _ in range(workers)))
    return workers * times / (time.perf_counter() - start)


async def _measure(url: str) -> tuple[list[float], list[float], list[float], float]:
    bus, client = AmqpBus(url), BlockingClient(url)
    await bus.connect()
    proxy = subprocess.Popen(
        [sys.executable, "-c", _PROXY, url, _TEXT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert proxy.stdin
    assert proxy.stdout
    ours: list[float] = []
    blocking: list[float] = []
    proxied: list[float] = []
    await _ours(bus, CALLS)
    for _ in range(ROUNDS):
        ours += await _ours(bus, CALLS)
        for _ in range(CALLS):
            start = time.perf_counter()
            client.call()
            blocking.append(time.perf_counter() - start)
        proxy.stdin.write(f"{CALLS}\n")
        proxy.stdin.flush()
        proxied += orjson.loads(proxy.stdout.readline())
    rates = [await _at_once(bus, 16, 200) for _ in range(3)]
    proxy.stdin.close()
    proxy.wait(10)
    await bus.close()
    return ours, blocking, proxied, sorted(rates)[1]


def measure(environment: dict[str, str]) -> list[Figure]:
    """The figures, against the engines of `environment`."""
    with _echo_service(environment):
        ours, blocking, proxied, rate = asyncio.run(_measure(environment["NEXUS_RABBITMQ_URL"]))
    mine, bare, proxy = median_ms(ours), median_ms(blocking), median_ms(proxied)
    return [
        Figure("RPC, median", mine, "ms", "blocking pika client", bare, "≤ 1.25 ×", mine <= 1.25 * bare),
        Figure("RPC, median", mine, "ms", "nameko ClusterRpcProxy", proxy, "below it", mine < proxy),
        Figure("RPC, 16 at once", rate, "calls/s", "limit", 1500, "≥ 1,500", rate >= 1500),
    ]
