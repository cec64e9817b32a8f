"""Texts of PDF files: through the process with limits, beside the bare library on the same files; and hostile ones."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2

from bench.report import Figure
from services.content.extraction.limits import MEMORY, SECONDS
from services.content.extraction.outside import read
from tests.integration.test_extraction_limits import endless_pdf, pdf_bomb, zip_bomb

REAL = Path(os.environ.get("NEXUS_TEST_DATA", "../shared/data")) / "documents"
_LONG = 400  # pages
_TIMES = 3
_MB = 1024 * 1024


def measure() -> list[Figure]:
    """Pages a second, each as the median of some rounds; time and memory until a hostile file is marked."""
    with tempfile.TemporaryDirectory(prefix="nexus-bench-") as folder:
        files = [file for file in sorted(REAL.glob("*.pdf")) if read(file).pages]
        long = dense_pages(Path(folder) / "long.pdf", _LONG)
        return [
            _beside_bare(f"texts of {len(files)} real files", files, 0),
            _beside_bare(f"texts of one file of {_LONG} pages", [long], 0.5),
            *(figure for name, made in _HOSTILE.items() for figure in _hostile(name, made, Path(folder))),
        ]


_HOSTILE: dict[str, Callable[[], bytes]] = {
    "zip bomb (DOCX)": zip_bomb,
    "PDF that unpacks to gigabytes": pdf_bomb,
    "endless PDF": endless_pdf,
}


def dense_pages(target: Path, count: int, last: bytes | None = None) -> Path:
    """A PDF of `count` pages: four of dense text, again and again; at its end the page of the PDF `last`."""
    with pypdfium2.PdfDocument.new() as made, pypdfium2.PdfDocument(REAL / "pdflatex-4-pages.pdf") as source:
        for number in range(count - (last is not None)):
            made.import_pages(source, [number % len(source)])
        if last is not None:
            with pypdfium2.PdfDocument(last) as ending:
                made.import_pages(ending, [0])
        made.save(target)
    return target


def _beside_bare(what: str, files: list[Path], promised: float) -> Figure:
    pages = sum(read(file).pages or 0 for file in files)
    ours = pages / _median(lambda: [read(file) for file in files])
    bare = pages / _median(lambda: [_bare(file) for file in files])
    target = f"≥ {promised:.0%} of the bare library" if promised else "a process for each file"
    return Figure(what, ours, "pages/s", "pypdfium2 in this process", bare, target, ours >= promised * bare)


def _bare(file: Path) -> int:
    with pypdfium2.PdfDocument(file) as document:
        return sum(len(document[n].get_textpage().get_text_range()) for n in range(len(document)))


def _median(do: Callable[[], object]) -> float:
    taken = []
    for _ in range(_TIMES):
        start = time.perf_counter()
        do()
        taken.append(time.perf_counter() - start)
    return sorted(taken)[_TIMES // 2]


def _hostile(name: str, made: Callable[[], bytes], folder: Path) -> list[Figure]:
    """How long it took until the file was marked, and the most memory that its reader had meanwhile."""
    path = folder / "hostile"
    path.write_bytes(made())
    reading, taken, peak = _watched(path)
    what = f"{name} of {path.stat().st_size / 1000:,.0f} KB: {reading}"
    marked = reading in ("too_large", "too_slow")
    limit, kept = MEMORY / _MB, marked and peak <= MEMORY / _MB
    in_time = marked and taken < SECONDS + 1
    return [
        Figure(what, taken, "s", "limit", SECONDS, f"marked within {SECONDS} s", in_time),
        Figure(f"{name}: memory", peak, "MB", "limit", limit, f"≤ {limit:.0f} MB", kept),
    ]


def _watched(path: Path) -> tuple[str, float, float]:
    """What became of the file, after how many seconds, with how many MB at most.

    In a process of its own, whose only child is the reader: the peak that the system tells is the reader's."""
    done = subprocess.run(
        [sys.executable, "-c", _WATCH, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    reading, seconds, kilobytes = done.stdout.split()
    return reading, float(seconds), int(kilobytes) * 1024 / _MB


_WATCH = """
import resource, sys, time
from pathlib import Path
from services.content.extraction.outside import read
start = time.perf_counter()
found = read(Path(sys.argv[1]))
taken = time.perf_counter() - start
print(found.reading, taken, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
