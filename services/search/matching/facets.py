"""Which filters apply to what, and how counts are told.

Values of one facet widen each other, facets narrow each other: so the counts of a facet are taken with the
filters of all others and without its own, and a facet in which nothing is chosen is counted with all of them.
"""

from collections.abc import Mapping
from typing import Any

from services.search.contracts import FACETS, FacetName, Language, Search
from services.search.matching.documents import SHARED, provider_name

Filters = Mapping[FacetName, tuple[str, ...]]

COUNTED: dict[FacetName, str] = {name: "provider_name" if name == "provider" else name for name in FACETS}
MOST_VALUES = 1000  # of one facet; more than any of ours has


def filters(query: Search) -> Filters:
    """The values to find for each facet in which some are chosen."""
    chosen: dict[FacetName, tuple[str, ...]] = {name: getattr(query, name) for name in FACETS}
    if chosen["sector"]:
        chosen["sector"] = (*chosen["sector"], SHARED)
    return {name: values for name, values in chosen.items() if values}


def facet_counts(
    name: FacetName, counted: Mapping[str, int], query: Search, sector: str | None, labels: Mapping[str, int]
) -> list[dict[str, Any]]:
    """A FacetCount as a dict for each value of `name`, most frequent first, chosen ones even without results.

    `counted` is what the engine counted in the field COUNTED[name]; `labels` holds the `provider_name` values
    of chosen providers."""
    chosen = getattr(query, name)
    counts, names = _told(name, counted, query.lang)
    if name == "sector":
        counts = _with_shared(counts, sector)
    if name == "provider":
        names = {**_told(name, labels, query.lang)[1], **names}
    for value in chosen:
        counts.setdefault(value, counted.get(SHARED, 0) if name == "sector" else 0)
    return [
        {"value": value, "count": count, "label": names.get(value), "selected": value in chosen}
        for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _told(
    name: FacetName, counted: Mapping[str, int], language: Language
) -> tuple[dict[str, int], dict[str, str]]:
    """Counts and labels by value; differing names of one provider are one value."""
    if name != "provider":
        return dict(counted), {}
    counts: dict[str, int] = {}
    names: dict[str, str] = {}
    for value, count in counted.items():
        slug, label = provider_name(value, language)
        counts[slug] = counts.get(slug, 0) + count
        names.setdefault(slug, label)
    return counts, names


def _with_shared(counts: dict[str, int], sector: str | None) -> dict[str, int]:
    """What is shared with all counts for each sector."""
    shared = counts.pop(SHARED, 0)
    if sector and shared:
        counts.setdefault(sector, 0)
    return {value: count + shared for value, count in counts.items()}
