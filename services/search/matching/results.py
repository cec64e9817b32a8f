"""Hits out of what an engine found, and what is told beside them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from services.search.contracts import Hit, Language
from services.search.matching.documents import hit
from services.search.matching.plan import Plan
from services.search.matching.snippets import snippet
from services.search.matching.spelling import corrected


class Found(NamedTuple):
    """An entry and its score; `view` is read."""

    score: float
    view: dict[str, Any]


def hits(found: Iterable[Found], asked: Plan) -> tuple[Hit, ...]:
    """Results with their snippets, in the order of `found`."""
    return tuple(
        hit(
            view,
            snippet(view["lead"], view["body"], asked.marks.get(view["text_lang"], ()), view["text_lang"]),
            score,
        )
        for score, view in found
    )


def spelling_suggestion(
    q: str, near: Mapping[str, Sequence[str]], total: int, found: Iterable[Found]
) -> str | None:
    """`q` better spelled, if that has results."""
    texts = (str(view[name]) for _, view in found for name in ("title", "lead", "body"))
    return corrected(q, near, texts) if near and total else None


def similar_texts(views: Iterable[dict[str, Any]]) -> Iterator[tuple[Language, str]]:
    """What an entry is about, in each of its languages, the telling texts first."""
    read = list(views)
    for name in ("title", "keywords", "lead"):
        for view in read:
            yield view["text_lang"], view[name]
