"""Where in a document the words stand that were looked for.

An engine finds a document by all its pages at once. Which of them has the passage is told afterwards, for the
few documents of one page of results."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from services.search.analysis import spans
from services.search.contracts import Hit, Language, Search, SearchResults
from services.search.domain import Page
from services.search.matching.plan import Clause, Plan, plan
from services.search.matching.snippets import LENGTH, snippet


class Pages(Protocol):
    """Where pages are kept."""

    def of(self, entries: Sequence[str]) -> dict[str, list[Page]]: ...


def with_passages(query: Search, results: SearchResults, pages: Pages) -> SearchResults:
    """`results` in which each document says on which page it has the words, where that says more than
    its title and summary do."""
    documents = [hit.id for hit in results.items if hit.type == "document"]
    if not documents or not query.q:
        return results
    asked = plan(results.suggestion or query.q, query.lang)
    kept = pages.of(documents)
    items = tuple(_with_passage(hit, kept.get(hit.id, ()), asked) for hit in results.items)
    return results.model_copy(update={"items": items})


def _with_passage(hit: Hit, pages: Sequence[Page], asked: Plan) -> Hit:
    best = _best(pages, hit.text_lang, asked)
    title = _told(asked, f"{hit.title}\n{hit.lead}", hit.text_lang)
    if best is None or _told(asked, best.text, best.language) <= title:
        return hit
    passage = snippet("", best.text, asked.marks.get(best.language, ()), best.language)
    return hit.model_copy(update={"snippet": passage, "page": best.number, "page_lang": best.language})


def _best(pages: Sequence[Page], language: Language, asked: Plan) -> Page | None:
    """The page that says most, in `language` unless none there says anything; of equals the first."""
    for group in (True, False):
        told = [
            (_told(asked, page.text, page.language), page)
            for page in pages
            if (page.language == language) is group
        ]
        best = max(told, key=lambda one: one[0], default=None)
        if best and any(best[0]):
            return best[1]
    return None


def _told(asked: Plan, text: str, language: Language) -> tuple[int, int]:
    """How many of the words asked for stand in `text`, and how many of them, or of their synonyms, close together."""
    concepts = (*asked.required, *asked.optional)
    own = sum(_stands(concept.own, text, language) for concept in concepts)
    return own, _together(asked, text, language)


def _stands(clauses: Iterable[Clause], text: str, language: Language) -> bool:
    wanted = [clause.stems for clause in clauses if clause.field == f"all_{language}"]
    return bool(spans(text, wanted, language))


def _together(asked: Plan, text: str, language: Language) -> int:
    """The most marks, each counted once, within the length of a passage."""
    starts = sorted(
        (start, mark) for mark in asked.marks.get(language, ()) for start, _ in spans(text, (mark,), language)
    )
    most = first = 0
    for last in range(len(starts)):
        while starts[last][0] - starts[first][0] > LENGTH:
            first += 1
        most = max(most, len({mark for _, mark in starts[first : last + 1]}))
    return most
