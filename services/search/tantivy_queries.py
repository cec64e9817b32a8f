"""Plans and filters as tantivy queries."""

import datetime
from collections.abc import Iterable, Mapping

from tantivy import FieldType, Occur, Query, Schema

from services.search.contracts import FacetName
from services.search.matching import weights
from services.search.matching.documents import NEVER, SHARED
from services.search.matching.plan import SHORTEST_MISTYPED, Clause, Concept, Plan


class Translator:
    """Builds queries against one schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def term(self, field: str, value: str) -> Query:
        return Query.term_query(self._schema, field, value)

    def values(self, field: str, values: Iterable[str]) -> Query:
        """Entries that have any of `values`."""
        return any_of([self.term(field, value) for value in values])

    def visible(self, sector: str | None, today: datetime.date) -> list[Query]:
        """What `sector` shows on the day `today`."""
        alive = Query.range_query(self._schema, "expires", FieldType.Integer, today.toordinal(), NEVER)
        return [alive] if sector is None else [alive, self.values("sector", (sector, SHARED))]

    def fresh(self, today: datetime.date) -> Query:
        """Adds to the score of entries whose facts were verified lately, or need no verification."""
        fresh = Query.range_query(self._schema, "stale", FieldType.Integer, today.toordinal() + 1, NEVER)
        return Query.const_score_query(fresh, weights.FRESH)

    def filters(
        self, chosen: Mapping[FacetName, tuple[str, ...]], but: FacetName | None = None
    ) -> list[Query]:
        """The filters of all facets, those of `but` left out."""
        return [self.values(name, values) for name, values in chosen.items() if name != but]

    def matching(self, plan: Plan) -> list[Query]:
        """What an entry must fulfil to be found by `plan`, cheaply and without scores."""
        if plan.everything:
            return []
        found = [self._anywhere(concept) for concept in plan.required]
        optional = [self._anywhere(concept) for concept in plan.optional]
        if plan.least or not found:
            found.append(at_least(optional, plan.least))
        return found

    def scoring(self, plan: Plan) -> list[Query]:
        """What adds up to the score."""
        # The required ones all match: a bonus would change nothing.
        found = [self._best(concept.scored) for concept in plan.required]
        for concept in plan.optional:
            found.append(self._best(concept.scored))
            if concept.own:
                found += [self._bonus(concept), self._presence(concept)]
        if plan.start:
            found.append(Query.const_score_query(self.begins(*plan.start), weights.TITLE_START))
        return found

    def prefixes(self, field: str, typed: list[str], *, mistyped: bool = False) -> list[Query]:
        """Titles in which a word begins with each of `typed`; `mistyped`: with a typo in the longer ones."""
        return [
            Query.fuzzy_term_query(self._schema, field, word, distance=1, prefix=True)
            if mistyped and len(word) >= SHORTEST_MISTYPED
            else Query.regex_query(self._schema, field, f"{word}.*")
            for word in typed
        ]

    def begins(self, field: str, typed: str) -> Query:
        """Titles that begin with `typed`."""
        return Query.regex_query(self._schema, field, f"{typed}.*")

    def but(self, query: Query) -> Query:
        """Everything else."""
        return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, query)])

    def _best(self, clauses: tuple[Clause, ...]) -> Query:
        each = [Query.boost_query(self._clause(clause), clause.weight) for clause in clauses]
        return Query.disjunction_max_query(each, weights.TIE_BREAKER)

    def _bonus(self, concept: Concept) -> Query:
        each = [(clause, weights.OWN_BONUS) for clause in concept.own]
        each += [(clause, weights.OTHER_BONUS) for clause in concept.others]
        return Query.disjunction_max_query(
            [Query.boost_query(self._clause(clause), weight) for clause, weight in each]
        )

    def _presence(self, concept: Concept) -> Query:
        own = self._constant(concept.own, weights.OWN_PRESENCE)
        if not concept.others:
            return own
        return Query.disjunction_max_query([own, self._constant(concept.others, weights.OTHER_PRESENCE)])

    def _constant(self, clauses: tuple[Clause, ...], score: float) -> Query:
        return Query.const_score_query(any_of([self._clause(clause) for clause in clauses]), score)

    def _anywhere(self, concept: Concept) -> Query:
        return any_of([self._clause(clause) for clause in (*concept.own, *concept.others) or concept.scored])

    def _clause(self, clause: Clause) -> Query:
        if len(clause.stems) == 1:
            return self.term(clause.field, clause.stems[0])
        return Query.phrase_query(self._schema, clause.field, list(clause.stems))


def any_of(queries: list[Query]) -> Query:
    return (
        queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, query) for query in queries])
    )


def at_least(queries: list[Query], least: int) -> Query:
    if not queries:
        return Query.empty_query()
    if least < 2:
        return any_of(queries)
    return Query.boolean_query([(Occur.Should, query) for query in queries], least)


def all_of(queries: list[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def scored(required: list[Query], optional: list[Query], least: int = 0) -> Query:
    """What `required` and `least` of `optional` find, in the order that `optional` gives."""
    must = (Occur.Must, Query.const_score_query(all_of(required), 0.0))
    return Query.boolean_query([must, *((Occur.Should, query) for query in optional)], least)
