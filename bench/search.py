"""Search through a gateway, not cached, beside the engine's own query; and as data grow."""

import datetime
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from elasticsearch import Elasticsearch, OrjsonSerializer

from bench.load import answers_per_second
from bench.programs import documents
from bench.report import Figure, median_ms, timed
from services.search.contracts import Search
from services.search.elastic_engine import ElasticEngine
from services.search.elastic_queries import IDENTITY, search_body, visible
from services.search.engine import SearchEngine
from services.search.matching.plan import plan
from services.search.tantivy_engine import TantivyEngine
from tests.support.platforms import DistributedPlatform, RunningPlatform

QUERIES = ("francisation", "subvention salariale", "aide pour embaucher un immigrant", "crédit d’impôt stage")
TIMES = 60
SMALL, LARGE = 1_000, 100_000
_TODAY = datetime.date(2026, 11, 23)
_numbers = count(1)


def _path(q: str) -> str:
    """An address that no cache has seen: spaces at the end change nothing for the search."""
    more, most = divmod(next(_numbers), 400)
    return f"/api/v1/search?lang=fr&q={quote(q)}" + "+" * most + "%20" * more


def _through_gateway(platform: RunningPlatform) -> float:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", platform.ports["tic"])

    def ask(q: str) -> None:
        connection.request("GET", _path(q))
        reply = connection.getresponse()
        assert reply.read()
        assert reply.status == 200

    taken = [second for q in QUERIES for second in timed(lambda q=q: ask(q), TIMES)]  # type: ignore[misc]
    connection.close()
    return median_ms(taken)


def _with_texts(q: str) -> dict[str, Any]:
    """The whole of what Elasticsearch could be asked for: with the texts that our search service remembers."""
    body = search_body(plan(q, "fr"), Search(q=q), visible("tic", _TODAY), _TODAY)
    return {name: value for name, value in body.items() if name not in IDENTITY} | {"_source": ["view_fr"]}


def distributed(platform: DistributedPlatform) -> list[Figure]:
    """Elasticsearch asked by its own client with the same bodies, then through a gateway."""
    url = platform.environment["NEXUS_ELASTICSEARCH_URL"]
    index = f"{platform.environment['NEXUS_DATABASE_PREFIX']}-search"
    client = Elasticsearch(url)
    bodies = [_with_texts(q) for q in QUERIES]
    taken = [s for body in bodies for s in timed(lambda b=body: client.search(index=index, **b), TIMES)]  # type: ignore[misc]
    own, ours = median_ms(taken), _through_gateway(platform)
    port = int(url.rstrip("/").rsplit(":", 1)[1])
    raw = [(f"/{index}/_search", orjson.dumps(body).decode()) for body in bodies]
    own_rate = answers_per_second(port, raw)
    our_rate = answers_per_second(
        platform.ports["tic"], [(_path(q), "") for _ in range(2_000) for q in QUERIES]
    )
    return [
        Figure(
            "search, distributed", ours, "ms", "Elasticsearch's own", own, "≤ its own + 4 ms", ours <= own + 4
        ),
        Figure(
            "search, 8 clients",
            our_rate,
            "req/s",
            "Elasticsearch's own",
            own_rate,
            "≥ 0.50 ×",
            our_rate >= own_rate / 2,
        ),
    ]


class _Clock:
    """Adds up the time of the calls that go through what it stands before: tantivy's query, built and run."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def before(self, real: Any) -> Any:
        """Stands before `real`."""
        clock = self

        class Timed:
            def __getattr__(self, name: str) -> Any:
                value = getattr(real, name)
                return clock._timed(value) if callable(value) else value

        return Timed()

    def _timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self.seconds += time.perf_counter() - start

        return run


def embedded(platform: RunningPlatform, folder: Path) -> list[Figure]:
    """tantivy asked directly on the same entries, then through a gateway."""
    from bench.programs import sample_documents

    engine = TantivyEngine(folder)
    engine.write(sample_documents())
    own = []
    for q in QUERIES * TIMES:
        reader = engine._reader("tic", _TODAY)
        clock = _Clock()
        reader._searcher, reader._queries = clock.before(reader._searcher), clock.before(reader._queries)
        reader.search(Search(q=q))
        own.append(clock.seconds)
    engine.close()
    mine, bare = _through_gateway(platform), median_ms(own)
    return [
        Figure("search, embedded", mine, "ms", "tantivy's own", bare, "≤ its own + 2 ms", mine <= bare + 2)
    ]


def growth(elasticsearch_url: str, folder: Path, overhead_ms: float) -> list[Figure]:
    """The same searches over 1,000 and 100,000 programs; `overhead_ms` is what the way through a gateway adds."""

    def client() -> Elasticsearch:
        return Elasticsearch(elasticsearch_url, serializer=OrjsonSerializer(), request_timeout=120)

    engines: dict[str, Callable[[int], SearchEngine]] = {
        "tantivy": lambda n: TantivyEngine(folder / f"t{n}"),
        "Elasticsearch": lambda n: ElasticEngine(client(), f"nexus-bench-{n}"),
    }
    figures = []
    for name, make in engines.items():
        medians = {}
        for size in (SMALL, LARGE):
            engine = make(size)
            engine.rebuild(documents(size), lambda _: None)
            medians[size] = overhead_ms + _median(engine)
            engine.close()
        small, large = medians[SMALL], medians[LARGE]
        figures.append(
            Figure(
                f"search, 100,000 programs, {name}",
                large,
                "ms",
                "1,000 programs",
                small,
                "≤ 4 ×",
                large <= 4 * small,
            )
        )
    client().indices.delete(index="nexus-bench-*", ignore_unavailable=True)
    return figures


def _median(engine: Any) -> float:
    for q in QUERIES:
        engine.search(Search(q=q), "tic", _TODAY)
    taken: Iterator[float] = (
        s
        for q in QUERIES
        for s in timed(lambda q=q: engine.search(Search(q=q), "tic", _TODAY), 15)  # type: ignore[misc]
    )
    return statistics.median(taken) * 1000
