"""Hits out of what an engine found, and what is told beside them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.search.contracts import FACETS, FacetName, Language, Search, SearchResults, SimilarEntries
from services.search.matching.documents import HIDDEN
from services.search.matching.facets import facet_counts
from services.search.matching.plan import Plan
from services.search.matching.snippets import snippet
from services.search.matching.spelling import corrected


class Found(NamedTuple):
    """An entry and its score; `view` is read."""

    score: float
    view: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine found: one page of `total`, and the counts of `facet_counts`."""

    found: Sequence[Found]
    total: int
    counted: Mapping[FacetName, Mapping[str, int]]
    labels: Mapping[str, int]


def search_results(
    query: Search, asked: Plan, near: Mapping[str, Sequence[str]], sector: str | None, answer: Answer
) -> SearchResults:
    """`answer` in the words of the contract. Made in one step: object by object would take twice as long."""
    return SearchResults.model_validate(
        {
            "total": answer.total,
            "page": query.page,
            "per_page": query.per_page,
            "items": _hits(answer.found, asked),
            "facets": {
                name: facet_counts(name, answer.counted[name], query, sector, answer.labels)
                for name in FACETS
            },
            "suggestion": _suggestion(query.q, near, answer),
        }
    )


def similar_entries(found: Iterable[Found]) -> SimilarEntries:
    """`found` in the words of the contract."""
    return SimilarEntries.model_validate({"items": _hits(found, Plan())})


def _hits(found: Iterable[Found], asked: Plan) -> list[dict[str, Any]]:
    """The fields of hits, with their snippets, in the order of `found`."""
    return [
        {name: value for name, value in view.items() if name not in HIDDEN}
        | {"snippet": _snippet(view, asked), "score": score}
        for score, view in found
    ]


def _snippet(view: Mapping[str, Any], asked: Plan) -> str:
    language = view["text_lang"]
    return snippet(view["lead"], view["body"], asked.marks.get(language, ()), language)


def _suggestion(q: str, near: Mapping[str, Sequence[str]], answer: Answer) -> str | None:
    """`q` better spelled, if that has results."""
    texts = (str(view[name]) for _, view in answer.found for name in ("title", "lead", "body"))
    return corrected(q, near, texts) if near and answer.total else None


def similar_texts(views: Iterable[dict[str, Any]]) -> Iterator[tuple[Language, str]]:
    """What an entry is about, in each of its languages, the telling texts first."""
    read = list(views)
    for name in ("title", "keywords", "lead"):
        for view in read:
            yield view["text_lang"], view[name]
