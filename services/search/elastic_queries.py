"""Plans, filters and counts in Elasticsearch's query language."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.search.analysis import stem
from services.search.contracts import FACETS, FacetName, Language, Search
from services.search.matching import weights
from services.search.matching.completion import CANDIDATES
from services.search.matching.documents import SHARED, WORDS
from services.search.matching.facets import COUNTED, MOST_VALUES, Filters, filters
from services.search.matching.plan import SHORTEST_MISTYPED, Clause, Concept, Plan
from services.search.matching.spelling import allowed_edits

Json = dict[str, Any]

LONGEST_PREFIX = 15  # letters of the prefixes that titles are indexed by
IDENTITY: Json = {
    "stored_fields": "_none_",
    "docvalue_fields": ["id", "revision"],
}  # of a hit, and no text of it
BEST_FIRST = [{"_score": "desc"}, {"id": "asc"}]
_NEAR_WORDS = 10  # asked of Elasticsearch; which of them is nearest is decided here


def visible(sector: str | None, today: datetime.date) -> list[Json]:
    """What `sector` shows on the day `today`."""
    alive: Json = {"range": {"expires": {"gte": today.toordinal()}}}
    return [alive] if sector is None else [alive, {"terms": {"sector": [sector, SHARED]}}]


def fresh(today: datetime.date) -> Json:
    """Entries whose facts were verified lately, or need no verification."""
    return {"range": {"stale": {"gt": today.toordinal()}}}


def search_body(asked: Plan, query: Search, shown: list[Json], today: datetime.date) -> Json:
    """One request for a page of results, their number and all facets, and near words of unknown ones."""
    chosen = filters(query)
    return {
        "query": _fresh_first(_scored(asked, shown), today)
        if _is_ranked(asked, query)
        else _scored(asked, shown),
        "post_filter": {"bool": {"filter": _filters(chosen)}},
        "aggs": _counts(chosen, query.provider, shown),
        "sort": _order(asked, query),
        "from": (query.page - 1) * query.per_page,
        "size": query.per_page,
        "track_total_hits": True,
        **IDENTITY,
        **({"suggest": _spelling(asked)} if asked.spelled else {}),
    }


def matching(asked: Plan) -> list[Json]:
    """What an entry must fulfil to be found by `asked`, without scores."""
    if asked.everything:
        return []
    found = [_anywhere(concept) for concept in asked.required]
    if asked.least or not found:
        optional = [_anywhere(concept) for concept in asked.optional]
        least = max(asked.least, 1)
        found.append(
            {"bool": {"should": optional, "minimum_should_match": least}} if optional else {"match_none": {}}
        )
    return found


def scoring(asked: Plan) -> list[Json]:
    """What adds up to the score."""
    found = [_best(concept) for concept in asked.required]  # they all match: a bonus would change nothing
    for concept in asked.optional:
        found.append(_best(concept))
        if concept.own:
            found += [_bonus(concept), _presence(concept)]
    if asked.start:
        found.append(_begins(*asked.start, weights.TITLE_START))
    return found


def suggest_body(
    typed: Sequence[str], language: Language, limit: int, shown: list[Json], *, mistyped: bool
) -> Json:
    """Titles in which a word begins with each of `typed`; with one typo in the longer ones if `mistyped`."""
    words = [_prefix(f"complete_{language}", word, mistyped=mistyped) for word in typed]
    begins = _begins(f"start_{language}", " ".join(typed), 1.0)
    return {
        "query": {"bool": {"filter": [*shown, *words], "should": [begins]}},
        "sort": BEST_FIRST,
        "size": limit * CANDIDATES,
        **IDENTITY,
    }


def similar_body(asked: Plan, id: str, limit: int, shown: list[Json]) -> Json:
    """Entries that `asked` finds, but for `id`."""
    others = {
        "filter": [*shown, *matching(asked)],
        "must_not": [{"term": {"id": id}}],
        "should": scoring(asked),
    }
    return {"query": {"bool": others}, "sort": BEST_FIRST, "size": limit, **IDENTITY}


def known_body(words: Iterable[str], language: Language) -> Json:
    """Counts for each of `words` the entries that have it in another form."""
    forms: Json = {word: {"term": {f"all_{language}": stem(word, language)}} for word in words}
    return {"size": 0, "aggs": {"known": {"filters": {"filters": forms}}}}


def counts(told: Json, query: Search) -> dict[FacetName, dict[str, int]]:
    """What each facet counted, by value, out of a response's aggregations."""
    chosen = filters(query)
    return {
        name: _buckets(told[name][name] if name in chosen else (told["open"] if chosen else told)[name])
        for name in FACETS
    }


def labels(told: Json) -> dict[str, int]:
    """The names of chosen providers, out of a response's aggregations."""
    return _buckets(told["labels"]["chosen"]["provider"]) if "labels" in told else {}


def _begins(field: str, typed: str, score: float) -> Json:
    return {"prefix": {field: {"value": typed, "boost": score}}}


def _scored(asked: Plan, shown: list[Json]) -> Json:
    if asked.plain:
        return {"bool": {"filter": shown, "should": scoring(asked), "minimum_should_match": 1}}
    return {"bool": {"filter": [*shown, *matching(asked)], "should": scoring(asked)}}


def _is_ranked(asked: Plan, query: Search) -> bool:
    return query.sort == "relevance" and not asked.everything


def _fresh_first(scored: Json, today: datetime.date) -> Json:
    bonus = {"constant_score": {"filter": fresh(today), "boost": weights.FRESH}}
    return {"bool": {"must": [scored], "should": [bonus]}}


def _prefix(field: str, word: str, *, mistyped: bool) -> Json:
    if mistyped and len(word) >= SHORTEST_MISTYPED:
        return {"fuzzy": {f"{field}.prefixes": {"value": word[:LONGEST_PREFIX], "fuzziness": 1}}}
    return {"prefix": {field: {"value": word}}}


def _order(asked: Plan, query: Search) -> list[Json]:
    if query.sort == "date":
        return [{"newest": "asc"}]
    return [{"id": "asc"}] if asked.everything else BEST_FIRST


def _spelling(asked: Plan) -> Json:
    return {
        word: {
            "text": word,
            "term": {
                "field": WORDS,
                "suggest_mode": "missing",
                "max_edits": allowed_edits(word),
                "min_word_length": SHORTEST_MISTYPED,
                "prefix_length": 1,
                "size": _NEAR_WORDS,
            },
        }
        for word in asked.spelled
    }


def _counts(chosen: Filters, providers: Sequence[str], shown: list[Json]) -> Json:
    untouched: Json = {name: _values(name) for name in FACETS if name not in chosen}
    if not chosen:
        return untouched
    told: Json = {"open": {"filter": {"bool": {"filter": _filters(chosen)}}, "aggs": untouched}}
    for name in chosen:
        told[name] = {
            "filter": {"bool": {"filter": _filters(chosen, but=name)}},
            "aggs": {name: _values(name)},
        }
    if providers:
        named = {"bool": {"filter": [*shown, {"terms": {"provider": list(providers)}}]}}
        told["labels"] = {
            "global": {},
            "aggs": {"chosen": {"filter": named, "aggs": {"provider": _values("provider")}}},
        }
    return told


def _values(name: FacetName) -> Json:
    return {"terms": {"field": COUNTED[name], "size": MOST_VALUES}}


def _buckets(told: Json) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in told["buckets"]}


def _filters(chosen: Mapping[FacetName, tuple[str, ...]], but: FacetName | None = None) -> list[Json]:
    return [{"terms": {name: list(values)}} for name, values in chosen.items() if name != but]


def _best(concept: Concept) -> Json:
    each = [_clause(clause, clause.weight) for clause in concept.scored]
    return {"dis_max": {"queries": each, "tie_breaker": weights.TIE_BREAKER}}


def _bonus(concept: Concept) -> Json:
    each = [_clause(clause, weights.OWN_BONUS) for clause in concept.own]
    each += [_clause(clause, weights.OTHER_BONUS) for clause in concept.others]
    return {"dis_max": {"queries": each}}


def _presence(concept: Concept) -> Json:
    own = _constant(concept.own, weights.OWN_PRESENCE)
    if not concept.others:
        return own
    return {"dis_max": {"queries": [own, _constant(concept.others, weights.OTHER_PRESENCE)]}}


def _constant(clauses: Sequence[Clause], score: float) -> Json:
    return {"constant_score": {"filter": _any_of(clauses), "boost": score}}


def _anywhere(concept: Concept) -> Json:
    return _any_of((*concept.own, *concept.others) or concept.scored)


def _any_of(clauses: Sequence[Clause]) -> Json:
    return {"bool": {"should": [_clause(clause, 1.0) for clause in clauses]}}


def _clause(clause: Clause, boost: float) -> Json:
    if len(clause.stems) == 1:
        return {"term": {clause.field: {"value": clause.stems[0], "boost": boost}}}
    return {"match_phrase": {clause.field: {"query": " ".join(clause.stems), "boost": boost}}}
