"""A small HTTP load generator for loopback: keep-alive connections, each asking again when it has its answer.

    python -m bench.load PORT CONNECTIONS SECONDS < requests        prints answers per second

`requests` is a JSON list of `[path, body]`; a body is sent along where it is not empty."""

import asyncio
import itertools
import json
import subprocess
import sys
import time
from typing import cast


class _Asker(asyncio.Protocol):
    """Asks for the next path until the time is over."""

    def __init__(
        self, requests: "itertools.cycle[bytes]", until: float, finished: "asyncio.Future[int]"
    ) -> None:
        self._requests = requests
        self._until = until
        self._finished = finished
        self._held = b""
        self._count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one, without saying so
        self._transport.write(next(self._requests))

    def connection_lost(self, error: Exception | None) -> None:
        if not self._finished.done():
            self._finished.set_exception(error or ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, found, body = self._held.partition(b"\r\n\r\n")
        if found and not head.startswith(b"HTTP/1.1 200"):
            self._finished.set_exception(RuntimeError(repr(head[:200])))
            self._transport.close()
        elif found and _is_whole(head.lower(), body):
            self._held = b""
            self._count += 1
            self._next()

    def _next(self) -> None:
        if time.perf_counter() < self._until:
            self._transport.write(next(self._requests))
            return
        self._transport.close()
        if not self._finished.done():
            self._finished.set_result(self._count)


def _is_whole(head: bytes, body: bytes) -> bool:
    _, told, rest = head.partition(b"content-length: ")
    if told:
        return len(body) >= int(rest.split(b"\r\n", 1)[0])
    return body.endswith(b"0\r\n\r\n")  # in chunks, the last of which is empty


def _request(path: str, body: str) -> bytes:
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n"
    return f"{head}\r\n{body}".encode()


async def _run(port: int, connections: int, seconds: float, asks: list[bytes]) -> float:
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    waiting = []
    for number in range(connections):
        finished: asyncio.Future[int] = loop.create_future()
        asker = _Asker(itertools.cycle(asks[number::connections] or asks), start + seconds, finished)
        await loop.create_connection(lambda asker=asker: asker, "127.0.0.1", port)  # type: ignore[misc]
        waiting.append(finished)
    counts = await asyncio.gather(*waiting)
    return sum(counts) / (time.perf_counter() - start)


def answers_per_second(
    port: int, requests: list[tuple[str, str]], connections: int = 8, seconds: float = 4.0
) -> float:
    """Load 127.0.0.1:`port` with (path, body) in turn, from a process of its own."""
    command = [sys.executable, "-m", "bench.load", str(port), str(connections), str(seconds)]
    done = subprocess.run(
        command, input=json.dumps(requests), capture_output=True, text=True, timeout=seconds + 60
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


if __name__ == "__main__":
    import uvloop

    asks = [_request(path, body) for path, body in json.load(sys.stdin)]
    print(uvloop.run(_run(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), asks)))
