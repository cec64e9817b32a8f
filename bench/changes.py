"""From a change to its search result, with every guarantee: publication, import, rebuild."""

import asyncio
import http.client
import json
import time
from pathlib import Path
from uuid import uuid4

from elasticsearch import Elasticsearch, OrjsonSerializer
from elasticsearch.helpers import bulk

from bench.programs import documents, real_contents
from bench.report import Figure, p95_ms, timed
from nexus.bus import Bus
from nexus.caller import operator
from nexus.client import platform as client_of
from nexus.settings import Settings
from services.content.contracts import CreateProgram, ImportPrograms, ImportRow, LineText, PublishProgram
from services.search.contracts import GetReindex, Reindex, Search
from services.search.elastic_index import source
from services.search.tantivy_index import WRITER_HEAP, bare_index, tantivy_document
from tests.support.platforms import RunningPlatform

TIMES = 40
RATE = 150.0
LIMITS = {"embedded": 100.0, "distributed": 1000.0}
_PATIENCE = 60.0  # seconds
_ME = operator("bench")


def settings_of(platform: RunningPlatform) -> Settings:
    """The settings of a platform under test."""
    fields = {name.removeprefix("NEXUS_").lower(): value for name, value in platform.environment.items()}
    return Settings(**fields)  # type: ignore[arg-type]


def measure(runtime: str, platform: RunningPlatform) -> list[Figure]:
    """All of it in one runtime."""
    return asyncio.run(_measure(runtime, platform))


async def _measure(runtime: str, platform: RunningPlatform) -> list[Figure]:
    async with client_of(settings_of(platform)) as client:
        found = p95_ms([await _published_to_found(client.bus, platform) for _ in range(TIMES)])
        rate = await _import_to_found(client.bus)
        reindex = await _reindex_rate(client.bus)
    limit = LIMITS[runtime]
    return [
        Figure(
            f"published → found, p95, {runtime}",
            found,
            "ms",
            "limit",
            limit,
            f"≤ {limit:,.0f} ms",
            found <= limit,
        ),
        Figure(f"import until found, {runtime}", rate, "programs/s", "limit", RATE, "≥ 150", rate >= RATE),
        _against_bulk(runtime, platform, reindex),
    ]


async def _published_to_found(bus: Bus, platform: RunningPlatform) -> float:
    """Seconds from the command that publishes to the first answer of a gateway that has the program."""
    word = a_word()
    content = real_contents()[0].model_copy(update={"title": LineText(fr=word), "valid_until": None})
    draft = await bus.call(CreateProgram(content=content), _ME)
    start = time.perf_counter()
    await bus.call(PublishProgram(id=draft.id), _ME)
    await asyncio.to_thread(wait_until_found, platform, word)
    return time.perf_counter() - start


def a_word() -> str:
    """A word that no other text has."""
    return "zq" + uuid4().hex[:10].translate(str.maketrans("0123456789", "ghijklmnop"))


def wait_until_found(platform: RunningPlatform, word: str) -> None:
    """Return once a gateway's search knows `word`."""
    connection = http.client.HTTPConnection("127.0.0.1", platform.ports["tic"])
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        connection.request("GET", f"/api/v1/search?q={word}")
        if json.loads(connection.getresponse().read())["total"]:
            connection.close()
            return
        time.sleep(0.003)
    raise TimeoutError(f"{word} was not found within {_PATIENCE:.0f} s")


async def _import_to_found(bus: Bus, copies: int = 8) -> float:
    """Programs a second, from the first row sent to the last one found: the real ones, several times."""
    run = uuid4().hex[:8]
    rows = [
        ImportRow(external_id=f"{run}-{copy}-{n}", content=content.model_copy(update={"valid_until": None}))
        for copy in range(copies)
        for n, content in enumerate(real_contents())
    ]
    before = (await bus.call(Search(), _ME)).total
    start = time.perf_counter()
    for first in range(0, len(rows), 100):
        command = ImportPrograms(source=run, rows=tuple(rows[first : first + 100]), publish=True)
        await bus.call(command, _ME, deadline=60)
    while (await bus.call(Search(per_page=1), _ME)).total < before + len(rows):
        await asyncio.sleep(0.05)
    return len(rows) / (time.perf_counter() - start)


async def _reindex_rate(bus: Bus) -> float:
    started = await bus.call(Reindex(), _ME)
    while (progress := await bus.call(GetReindex(id=started.id), _ME)).state == "running":
        await asyncio.sleep(0.05)
    assert progress.state == "finished", progress.error
    return progress.total / progress.seconds


def _against_bulk(runtime: str, platform: RunningPlatform, rate: float) -> Figure:
    """Beside the engine's bare bulk of as many ready documents as the last rebuild had, about."""
    bare = (
        _bare_elasticsearch(platform) if runtime == "distributed" else _bare_tantivy(platform.folder / "bare")
    )
    return Figure(
        f"reindex, {runtime}",
        rate,
        "entries/s",
        "bare bulk, same documents",
        bare,
        "≥ 0.60 ×",
        rate >= 0.6 * bare,
    )


def _bare_elasticsearch(platform: RunningPlatform) -> float:
    client = Elasticsearch(
        platform.environment["NEXUS_ELASTICSEARCH_URL"], serializer=OrjsonSerializer(), request_timeout=60
    )
    alias = f"{platform.environment['NEXUS_DATABASE_PREFIX']}-search"
    current = next(iter(client.indices.get_alias(name=alias)))
    described = client.indices.get(index=current)[current]
    settings = {"analysis": described["settings"]["index"].get("analysis", {}), "number_of_replicas": 0}
    bare = f"{alias}-bare"
    client.indices.create(index=bare, mappings=described["mappings"], settings=settings)
    ready = [one for batch in documents(2_000) for one in batch]
    actions = [{"_index": bare, "_id": one.id, "_source": source(one)} for one in ready]
    (seconds,) = timed(lambda: (bulk(client, actions, chunk_size=500), client.indices.refresh(index=bare)), 1)
    client.indices.delete(index=bare)
    return len(actions) / seconds


def _bare_tantivy(folder: Path) -> float:
    """The same documents, made beforehand, given to a bare writer of the same size for an index of the same kind."""
    ready = [tantivy_document(one) for batch in documents(2_000) for one in batch]
    folder.mkdir(exist_ok=True)
    writer = bare_index(folder).writer(WRITER_HEAP, 1)

    def write() -> None:
        for one in ready:
            writer.add_document(one)
        writer.commit()

    (seconds,) = timed(write, 1)
    return len(ready) / seconds
