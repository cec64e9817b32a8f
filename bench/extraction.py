"""Texts of PDF files: through the process with limits, beside the bare library on the same files; and hostile ones."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2

from bench.report import Figure
from services.content.extraction.limits import SECONDS
from services.content.extraction.outside import read
from tests.integration.test_extraction_limits import endless_pdf, pdf_bomb, zip_bomb

REAL = Path(os.environ.get("NEXUS_TEST_DATA", "../shared/data")) / "documents"
_LONG = 400  # pages
_TIMES = 3


def measure() -> list[Figure]:
    """Pages a second, each as the median of some rounds; seconds until a hostile file is marked."""
    with tempfile.TemporaryDirectory(prefix="nexus-bench-") as folder:
        files = [file for file in sorted(REAL.glob("*.pdf")) if read(file).pages]
        long = _long_document(Path(folder) / "long.pdf")
        return [
            _beside_bare(f"texts of {len(files)} real files", files, 0),
            _beside_bare(f"texts of one file of {_LONG} pages", [long], 0.5),
            *(_hostile(name, made, Path(folder)) for name, made in _HOSTILE.items()),
        ]


_HOSTILE: dict[str, Callable[[], bytes]] = {
    "zip bomb (DOCX)": zip_bomb,
    "PDF that unpacks to gigabytes": pdf_bomb,
    "endless PDF": endless_pdf,
}


def _long_document(target: Path) -> Path:
    """Four pages of dense text, again and again."""
    with pypdfium2.PdfDocument.new() as made, pypdfium2.PdfDocument(REAL / "pdflatex-4-pages.pdf") as source:
        for _ in range(_LONG // 4):
            made.import_pages(source)
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


def _hostile(name: str, made: Callable[[], bytes], folder: Path) -> Figure:
    path = folder / "hostile"
    path.write_bytes(made())
    start = time.perf_counter()
    found = read(path)
    taken = time.perf_counter() - start
    kept = taken < SECONDS + 1 and found.reading in ("too_large", "too_slow")
    what = f"{name} of {path.stat().st_size / 1000:,.0f} KB: {found.reading}"
    return Figure(what, taken, "s", "limit", SECONDS, f"marked within {SECONDS} s", kept)
