"""How much each kind of match counts, for every engine.

A word of the query scores the best of its matches, by BM25 times the weights here, plus a bonus for being
anywhere in the entry: so entries that match more of the words come before those that match one of them better.
The bonus is partly BM25, too: a constant alone let the words that every entry has outweigh the telling ones.
Chosen on the tuning half of bench/relevance.
"""

from typing import Final

FIELDS: Final = {"title": 2.5, "lead": 3.5, "provider": 2.0, "body": 1.0}  # lead: with the keywords

OTHER_LANGUAGE: Final = 0.5  # of texts in the language that the query does not ask for
SYNONYM: Final = 0.5
TYPO: Final = 0.3

TIE_BREAKER: Final = 0.2  # what the matches of a word in its lesser fields add to the best one
OWN_BONUS: Final = 1.0  # times BM25, for the word itself
OTHER_BONUS: Final = 1.3  # times BM25, for a synonym or a near spelling
OWN_PRESENCE: Final = 8.0  # on top, whatever BM25 says
OTHER_PRESENCE: Final = 4.0

# Of what is not stale, whatever matches: enough among its like; who asks for a title still finds it first.
FRESH: Final = 1.0
TITLE_START: Final = 5.0  # of an entry whose title begins with all that was typed

MOST_WORDS: Final = 24  # of a query; the rest is dropped, so that no query is too long for an engine
SIMILAR_WORDS: Final = 25  # that describe an entry when others like it are looked for
