"""How much each kind of match counts, for every engine.

A word of the query scores the best of its matches, by BM25 times the weights here, plus a bonus for matching
at all: so entries that match more of the words come before those that match one of them better.
"""

from typing import Final

FIELDS: Final = {"title": 3.0, "lead": 2.0, "provider": 1.4, "body": 1.0}  # lead: with the keywords

OTHER_LANGUAGE: Final = 0.5  # of texts in the language that the query does not ask for
SYNONYM: Final = 0.5
TYPO: Final = 0.3

TIE_BREAKER: Final = 0.1  # what the matches of a word in its lesser fields add to the best one
BONUS: Final = 3.0  # for a word that matches in any way
OWN_BONUS: Final = 2.0  # on top, when it is the word itself and not a synonym or a near spelling

MOST_WORDS: Final = 24  # of a query; the rest is dropped, so that no query is too long for an engine
SIMILAR_WORDS: Final = 25  # that describe an entry when others like it are looked for
