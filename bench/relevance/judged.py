"""The judged queries, and what they are asked of."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Literal

import yaml

from bench.programs import real_rows, sample_rows
from services.content.contracts import Program, ProgramContent, SlugText, Status
from services.search.contracts import Language
from services.search.domain import Entry
from services.search.projections import program_entry
from tests.support.contents import NOON

DEPTH = 10  # results looked at
HELPFUL = 2  # the least grade of an answer that helps: 3 exactly it, 2 very helpful, 1 somewhat related

_FILE = Path(__file__).with_name("queries.yaml")


@dataclass(frozen=True)
class Judged:
    """What somebody types, and the grade of every program that answers it at all."""

    q: str
    lang: Language
    kind: str
    relevant: dict[str, int]
    set: Literal["tune", "held_out"]
    traits: Sequence[str] = ()


@dataclass(frozen=True)
class Scores:
    """Means over queries: nDCG@10 with gains 2^grade - 1 (Järvelin and Kekäläinen, 2002), the reciprocal rank of
    the first helpful answer, and the share of queries without any answer."""

    ndcg: float
    mrr: float
    unanswered: float


def judged_queries() -> list[Judged]:
    """All of them."""
    return [Judged(**one) for one in yaml.safe_load(_FILE.read_text())]


def collection() -> list[Entry]:
    """The sample programs and the real ones, under the ids that the judgements name."""
    named = [("samples", row) for row in sample_rows()] + [("aid-programs-fr", row) for row in real_rows()]
    return [_entry(f"{source}/{row.external_id}", row.content) for source, row in named]


def _entry(id: str, content: ProgramContent) -> Entry:
    slug = SlugText(fr="p", en="p")
    content = content.model_copy(update={"valid_until": None})
    program = Program(
        id=id,
        revision=1,
        status=Status.PUBLISHED,
        slug=slug,
        content=content,
        created_at=NOON,
        updated_at=NOON,
    )
    return program_entry(program)


def score(queries: Iterable[Judged], ask: Callable[[Judged], Sequence[str]]) -> Scores:
    """`ask` gives the ids of the results, best first."""
    answers = [(one, list(ask(one))[:DEPTH]) for one in queries]
    return Scores(
        ndcg=fmean(_ndcg(one.relevant, found) for one, found in answers),
        mrr=fmean(_reciprocal_rank(one.relevant, found) for one, found in answers),
        unanswered=fmean(not found for _, found in answers),
    )


def _ndcg(relevant: dict[str, int], found: Sequence[str]) -> float:
    ideal = sorted(relevant.values(), reverse=True)[:DEPTH]
    return _gain([relevant.get(id, 0) for id in found]) / _gain(ideal)


def _gain(grades: Iterable[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))


def _reciprocal_rank(relevant: dict[str, int], found: Sequence[str]) -> float:
    helpful = (rank for rank, id in enumerate(found, 1) if relevant.get(id, 0) >= HELPFUL)
    return 1 / next(helpful, math.inf)
