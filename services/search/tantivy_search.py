"""One question to a state of the index."""

import datetime
from collections.abc import Mapping, Sequence
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter

from tantivy import DocAddress, Occur, Order, Query, Schema, Searcher

from services.search.analysis import stem
from services.search.contracts import (
    FACETS,
    FacetName,
    Language,
    MoreLikeThis,
    Search,
    SearchResults,
    SimilarEntries,
    Suggest,
    Suggestions,
)
from services.search.matching.completion import CANDIDATES, suggestions, typed_words
from services.search.matching.documents import WORDS, read_view
from services.search.matching.facets import COUNTED, MOST_VALUES, Filters, filters
from services.search.matching.plan import Plan, plan, similar_plan
from services.search.matching.results import Answer, Found, search_results, similar_entries, similar_texts
from services.search.matching.spelling import nearest
from services.search.tantivy_index import id_of
from services.search.tantivy_queries import Translator, all_of, scored

Ranked = list[tuple[float, DocAddress]]

_TIES = 256  # hits fetched beyond the page, in the hope that what equals its last one is among them


class Reader:
    """Answers from one state of the index, for those who see what `sector` shows on the day `today`."""

    def __init__(self, schema: Schema, searcher: Searcher, sector: str | None, today: datetime.date) -> None:
        self._searcher = searcher
        self._queries = Translator(schema)
        self._sector = sector
        self._visible = self._queries.visible(sector, today)
        self._fresh = self._queries.fresh(today)

    def search(self, query: Search) -> SearchResults:
        asked = plan(query.q, query.lang)
        near = self._near(asked, query.lang)
        if near:
            asked = plan(query.q, query.lang, near)
        matching = [*self._visible, *self._queries.matching(asked)]
        counted, total = self._count(matching, query)
        answer = Answer(
            found=self._views(self._page(matching, asked, query, total), query.lang),
            total=total,
            counted=counted,
            labels=self._labels(query.provider, counted["provider"]),
        )
        return search_results(query, asked, near, self._sector, answer)

    def suggest(self, query: Suggest) -> Suggestions:
        typed = typed_words(query.q, query.lang)
        if not typed:
            return Suggestions(items=())
        for mistyped in (False, True):
            found = self._completions(query, typed, mistyped=mistyped)
            if found:
                break
        return suggestions(self._views(found, query.lang), query.limit)

    def similar(self, query: MoreLikeThis) -> SimilarEntries:
        itself = self._queries.term("id", query.id)
        place = self._searcher.search(all_of([*self._visible, itself]), limit=1).hits
        if not place:
            return SimilarEntries(items=())
        views = [self._views(place, language)[0].view for language in ("fr", "en")]
        asked = similar_plan(similar_texts(views))
        required = [*self._visible, *self._queries.matching(asked), self._queries.but(itself)]
        best = self._best(scored(required, self._queries.scoring(asked)), 0, query.limit)
        return similar_entries(self._views(best, query.lang))

    def _completions(self, query: Suggest, typed: list[str], *, mistyped: bool) -> Ranked:
        field = f"complete_{query.lang}"
        required = [*self._visible, *self._queries.prefixes(field, typed, mistyped=mistyped)]
        begins = self._queries.begins(f"start_{query.lang}", " ".join(typed_words(query.q, query.lang)))
        return self._best(scored(required, [begins]), 0, query.limit * CANDIDATES)

    def _page(self, matching: list[Query], asked: Plan, query: Search, total: int) -> Ranked:
        offset = (query.page - 1) * query.per_page
        if offset >= total:
            return []
        if query.sort == "relevance" and not asked.everything:
            return self._best(self._scored(asked, filters(query)), offset, query.per_page)
        order = "newest" if query.sort == "date" else "id"
        narrowed = all_of([*matching, *self._queries.filters(filters(query))])
        ordered = self._searcher.search(
            narrowed, limit=query.per_page, count=False, order_by_field=order, offset=offset, order=Order.Asc
        )
        return [(0.0, address) for _, address in ordered.hits]

    def _scored(self, asked: Plan, chosen: Filters) -> Query:
        required = [
            *self._visible,
            *self._queries.filters(chosen),
            *([] if asked.plain else self._queries.matching(asked)),
        ]
        found = scored(required, self._queries.scoring(asked), least=1 if asked.plain else 0)
        return Query.boolean_query([(Occur.Must, found), (Occur.Should, self._fresh)])

    def _best(self, wanted: Query, offset: int, limit: int) -> Ranked:
        """The hits from `offset` on, best first, equal ones in the order of their ids.

        tantivy lists equal ones segment by segment, in the order of ids within each: what is left is to merge
        these lists, for which all that are equal to the last hit must be known."""
        end = offset + limit
        asked = end + (_TIES if self._searcher.num_segments > 1 else 0)
        found: Ranked = self._searcher.search(wanted, limit=asked, count=False).hits
        while len(found) == asked > end and found[-1][0] == found[end - 1][0]:
            asked *= 16
            found = self._searcher.search(wanted, limit=asked, count=False).hits
        ordered: Ranked = []
        for _, group in groupby(found, key=itemgetter(0)):
            tied = list(group)
            shown = len(ordered) < end and len(ordered) + len(tied) > offset
            ordered += self._by_id(tied, end - len(ordered)) if shown and len(tied) > 1 else tied
        return ordered[offset:end]

    def _by_id(self, tied: Ranked, most: int) -> Ranked:
        segments: dict[int, Ranked] = {}
        for ranked in tied:
            segments.setdefault(ranked[1].segment_ord, []).append(ranked)
        if len(segments) == 1:
            return tied
        return list(islice(merge(*segments.values(), key=lambda each: id_of(self._searcher, each[1])), most))

    def _views(self, ranked: Ranked, language: Language) -> list[Found]:
        return [
            Found(score, read_view(self._searcher.doc(address)[f"view_{language}"][0]))
            for score, address in ranked
        ]

    def _near(self, asked: Plan, language: Language) -> dict[str, list[str]]:
        """For each word that no entry has, those that may have been meant."""
        near = {
            word: nearest(word, self._searcher.terms_with_prefix(WORDS, word[0]), language)
            for word in asked.spelled
            if not self._known(word, language)
        }
        return {word: others for word, others in near.items() if others}

    def _known(self, word: str, language: Language) -> bool:
        """Whether an entry has `word` in this or another form."""
        as_stem = stem(word, language)
        return bool(
            self._searcher.doc_freq(WORDS, word) or self._searcher.doc_freq(f"all_{language}", as_stem)
        )

    def _count(self, matching: list[Query], query: Search) -> tuple[dict[FacetName, dict[str, int]], int]:
        """What each facet counts, and the number of results."""
        chosen = filters(query)
        open_facets = [name for name in FACETS if name not in chosen]
        counts, total = self._aggregate([*matching, *self._queries.filters(chosen)], open_facets)
        for name in chosen:
            counts |= self._aggregate([*matching, *self._queries.filters(chosen, but=name)], [name])[0]
        return counts, total

    def _aggregate(
        self, required: list[Query], names: Sequence[FacetName]
    ) -> tuple[dict[FacetName, dict[str, int]], int]:
        wanted: dict[str, dict[str, object]] = {
            name: {"terms": {"field": COUNTED[name], "size": MOST_VALUES}} for name in names
        }
        told = self._searcher.aggregate(
            all_of(required), {**wanted, "total": {"value_count": {"field": "expires"}}}
        )
        counts = {
            name: {bucket["key"]: bucket["doc_count"] for bucket in told[name]["buckets"]} for name in names
        }
        return counts, int(told["total"]["value"])

    def _labels(self, chosen: Sequence[str], counted: Mapping[str, int]) -> Mapping[str, int]:
        """The names of chosen providers that have no result."""
        if not chosen or {value.split("\t")[0] for value in counted} >= set(chosen):
            return {}
        named = [*self._visible, self._queries.values("provider", chosen)]
        return self._aggregate(named, ["provider"])[0]["provider"]
