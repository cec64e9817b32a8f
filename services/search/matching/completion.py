"""Completions of titles, from what was typed so far."""

from collections.abc import Iterable

from services.search.analysis import fold, surfaces
from services.search.contracts import Language, Suggestion, Suggestions
from services.search.matching.results import Found
from services.search.matching.weights import MOST_WORDS

CANDIDATES = 4  # asked of the engine for each completion wanted, as some may have the same title


def typed_words(q: str, language: Language) -> list[str]:
    """The words of which titles must have continuations."""
    return list(dict.fromkeys(surfaces(q, language)))[:MOST_WORDS]


def suggestions(candidates: Iterable[Found], limit: int) -> Suggestions:
    """The `limit` best, each title once: first those that begin with what was typed, then by title."""
    ordered = sorted(
        candidates, key=lambda found: (-found.score, fold(found.view["title"]), found.view["id"])
    )
    distinct: dict[str, Suggestion] = {}
    for _, view in ordered:
        made = Suggestion(title=view["title"], type=view["type"], slug=view["slug"])
        distinct.setdefault(fold(made.title), made)
    return Suggestions(items=tuple(distinct.values())[:limit])
