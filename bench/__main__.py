"""Runs the measurements: `python -m bench [PART …]`, all of them by default.

Engines are found as the tests find them. Everything stays on loopback and ends by itself."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from bench import (
    cache,
    changes,
    documents,
    extraction,
    mails,
    meetings,
    office,
    paint,
    rpc,
    search,
    signin,
    slots,
    start,
    webhooks,
)
from bench.relevance import measure as relevance
from bench.report import Figure, print_figures
from tests import engines
from tests.support.broker import Broker
from tests.support.platforms import DistributedPlatform, EmbeddedPlatform

P = TypeVar("P", EmbeddedPlatform, DistributedPlatform)
_GATEWAY_MS = 2.0  # what the way through a gateway adds to a search, at most (see the figures of `search`)


class _Bench:
    """The engines, and platforms on them as long as a measurement takes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started = {name: engines.find(name) for name in engines.ENGINES}
        rabbitmq = self._started["rabbitmq"]
        self._broker = Broker(rabbitmq.url, rabbitmq.management_url)
        self._number = 0

    def folder(self) -> Path:
        self._number += 1
        folder = self._folder / str(self._number)
        folder.mkdir()
        return folder

    @contextmanager
    def embedded(self) -> Iterator[EmbeddedPlatform]:
        yield from _running(EmbeddedPlatform(self.folder()))

    @contextmanager
    def distributed(self) -> Iterator[DistributedPlatform]:
        urls = (self._broker.make_vhost(), self.url("mongodb"), self.url("elasticsearch"))
        yield from _running(DistributedPlatform(self.folder(), *urls))

    def url(self, name: str) -> str:
        return self._started[name].url

    def close(self) -> None:
        self._broker.remove_all()
        for engine in self._started.values():
            engine.stop()


def _running(platform: P) -> Iterator[P]:
    platform.start()
    try:
        platform.import_samples()
        yield platform
    finally:
        platform.stop()


def _rpc(bench: _Bench) -> list[Figure]:
    return rpc.measure(
        {"NEXUS_RABBITMQ_URL": bench.url("rabbitmq"), "NEXUS_MONGODB_URL": bench.url("mongodb")}
    )


def _cache(bench: _Bench) -> list[Figure]:
    with bench.embedded() as platform:
        return cache.measure(platform)


def _search(bench: _Bench) -> list[Figure]:
    with bench.embedded() as platform:
        figures = search.embedded(platform, bench.folder() / "index")
    with bench.distributed() as platform:
        return figures + search.distributed(platform)


def _changes(bench: _Bench) -> list[Figure]:
    with bench.embedded() as platform:
        figures = changes.measure("embedded", platform)
    with bench.distributed() as platform:
        return figures + changes.measure("distributed", platform)


def _documents(bench: _Bench) -> list[Figure]:
    with bench.embedded() as platform:
        figures = documents.measure("embedded", platform)
    with bench.distributed() as platform:
        return figures + documents.measure("distributed", platform)


def _office(bench: _Bench) -> list[Figure]:
    with bench.embedded() as platform:
        return office.measure(platform)


def _signin(bench: _Bench) -> list[Figure]:
    with bench.embedded() as platform:
        figures = signin.measure("embedded", platform)
    with bench.distributed() as platform:
        return figures + signin.measure("distributed", platform)


def _start(bench: _Bench) -> list[Figure]:
    return start.measure(bench.folder())


def _paint(bench: _Bench) -> list[Figure]:
    with bench.embedded() as platform:
        return paint.measure(platform)


def _growth(bench: _Bench) -> list[Figure]:
    return search.growth(bench.url("elasticsearch"), bench.folder(), _GATEWAY_MS)


def _relevance(bench: _Bench) -> list[Figure]:
    return relevance.measure(bench.url("elasticsearch"), bench.folder())


PARTS: dict[str, Callable[[_Bench], list[Figure]]] = {
    "rpc": _rpc,
    "cache": _cache,
    "search": _search,
    "changes": _changes,
    "documents": _documents,
    "office": _office,
    "signin": _signin,
    "start": _start,
    "paint": _paint,
    "growth": _growth,
    "relevance": _relevance,
    "extraction": lambda _: extraction.measure(),
    "mails": lambda bench: mails.measure(bench.url("mongodb")),
    "webhooks": lambda bench: webhooks.measure(bench.url("mongodb")),
    "slots": lambda _: slots.measure(),
    "meetings": lambda bench: meetings.measure(bench.url("mongodb")),
}


def main() -> None:
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - PARTS.keys():
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory(prefix="nexus-bench-") as folder:
        bench = _Bench(Path(folder))
        try:
            print_figures([figure for name in wanted for figure in PARTS[name](bench)])
        finally:
            bench.close()


if __name__ == "__main__":
    main()
