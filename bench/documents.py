"""From a file in a folder to a word of its last page found: read, stored, extracted, published, indexed."""

import asyncio
import tempfile
import time
from pathlib import Path

from rich.console import Console

from bench.changes import a_word, settings_of, wait_until_found
from bench.extraction import dense_pages
from bench.report import Figure, p95_ms
from nexus.bus import Bus
from nexus.caller import operator
from nexus.client import platform as client_of
from services.content.importing.documents import TABLE, DocumentOptions, import_documents
from tests.support.files import a_pdf
from tests.support.platforms import RunningPlatform

TIMES = 20
PAGES = 20
LIMIT = 3_000.0  # ms
_ROW = "- {{external_id: {word}, title: {{fr: Carnet}}, date: 2026-11-23, files: {{fr: {{file: carnet.pdf}}}}}}\n"


def measure(runtime: str, platform: RunningPlatform) -> list[Figure]:
    """Imports one after the other, each of a new PDF of 20 dense pages."""
    taken = asyncio.run(_measure(platform))
    found = p95_ms(taken)
    what = f"PDF of {PAGES} pages imported → found, p95 of {TIMES}, {runtime}"
    return [Figure(what, found, "ms", "limit", LIMIT, f"≤ {LIMIT:,.0f} ms", found <= LIMIT)]


async def _measure(platform: RunningPlatform) -> list[float]:
    async with client_of(settings_of(platform)) as client:
        return [await _imported_to_found(client.bus, platform) for _ in range(TIMES)]


async def _imported_to_found(bus: Bus, platform: RunningPlatform) -> float:
    word = a_word()
    with tempfile.TemporaryDirectory(prefix="nexus-bench-") as name:
        folder = Path(name)
        dense_pages(folder / "carnet.pdf", PAGES, a_pdf(f"Le mot {word} y est."))
        (folder / TABLE).write_text(_ROW.format(word=word))
        start = time.perf_counter()
        options = DocumentOptions(folder, source="bench", publish=True)
        summary = await import_documents(bus, operator("bench"), options, Console(quiet=True))
        assert summary.exit_code == 0, summary.results
        await asyncio.to_thread(wait_until_found, platform, word)
        return time.perf_counter() - start
