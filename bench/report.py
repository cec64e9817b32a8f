"""One figure beside its peer or limit."""

import json
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`, beside `peer` in the same unit (or a fixed limit). `target` is what was promised."""

    what: str
    value: float
    unit: str
    peer: str
    peer_value: float
    target: str
    kept: bool

    @property
    def ratio(self) -> float:
        return self.value / self.peer_value if self.peer_value else float("nan")


def median_ms(seconds: Iterable[float]) -> float:
    return statistics.median(seconds) * 1000


def p95_ms(seconds: Iterable[float]) -> float:
    taken = sorted(seconds)
    return taken[int(len(taken) * 0.95)] * 1000


def timed(do: Callable[[], object], times: int) -> list[float]:
    """Seconds that each of `times` calls took."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        do()
        taken.append(time.perf_counter() - start)
    return taken


def print_figures(figures: list[Figure]) -> None:
    """As a table for people, and as JSON under bench/results."""
    table = Table("what", "measured", "beside", "its figure", "ratio", "promised", "kept")
    for one in figures:
        table.add_row(
            one.what,
            f"{one.value:,.2f} {one.unit}",
            one.peer,
            f"{one.peer_value:,.2f} {one.unit}",
            f"{one.ratio:.2f}",
            one.target,
            "yes" if one.kept else "[red]no[/red]",
        )
    Console(width=180).print(table)
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    told = {
        "at": now.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "figures": [{**asdict(one), "ratio": one.ratio} for one in figures],
    }
    (RESULTS / f"{now:%Y-%m-%dT%H%M%SZ}.json").write_text(json.dumps(told, indent=2) + "\n")
