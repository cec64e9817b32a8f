"""A small HTTP load generator for loopback: keep-alive connections, each asking again when it has its answer.

    python -m bench.load PORT CONNECTIONS SECONDS PATH [PATH …]      prints answers per second
"""

import asyncio
import itertools
import subprocess
import sys
import time


class _Asker(asyncio.Protocol):
    """Asks for the next path until the time is over."""

    def __init__(self, requests: "itertools.cycle[bytes]", until: float, finished: "asyncio.Future[int]") -> None:
        self._requests = requests
        self._until = until
        self._finished = finished
        self._held = b""
        self._left = 0
        self._count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._held += data
        if self._left == 0:
            head, found, rest = self._held.partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 200"), head[:100]
            start = head.lower().index(b"content-length: ") + 16
            self._left = int(head[start:].split(b"\r\n", 1)[0])
            self._held = rest
        if len(self._held) >= self._left:
            self._held, self._left = b"", 0
            self._count += 1
            self._next()

    def _next(self) -> None:
        if time.perf_counter() < self._until:
            self._transport.write(next(self._requests))
            return
        self._transport.close()
        if not self._finished.done():
            self._finished.set_result(self._count)


async def _run(port: int, connections: int, seconds: float, paths: list[str]) -> float:
    loop = asyncio.get_running_loop()
    asks = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for path in paths]
    start = time.perf_counter()
    waiting = []
    for number in range(connections):
        finished: asyncio.Future[int] = loop.create_future()
        mine = itertools.cycle(asks[number::connections] or asks)
        await loop.create_connection(lambda: _Asker(mine, start + seconds, finished), "127.0.0.1", port)  # noqa: B023
        waiting.append(finished)
    counts = await asyncio.gather(*waiting)
    return sum(counts) / (time.perf_counter() - start)


def answers_per_second(port: int, paths: list[str], connections: int = 8, seconds: float = 4.0) -> float:
    """Load 127.0.0.1:`port` from a process of its own."""
    command = [sys.executable, "-m", "bench.load", str(port), str(connections), str(seconds), *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60)
    return float(done.stdout)


if __name__ == "__main__":
    import uvloop

    port, connections, seconds, *paths = sys.argv[1:]
    print(uvloop.run(_run(int(port), int(connections), float(seconds), paths)))
