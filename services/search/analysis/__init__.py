"""Texts to words, the same for every engine: what one finds, the other finds.

Accents are folded, elisions and possessives dropped, words reduced to stems here, and the engines index and
look for the ready words. Each engine's own French analyzer was tried first: Elasticsearch's `light_french`
makes `francisation` and `France` one word, Snowball makes `formation` and `format` one and parts
`embauchée` from `embauche` once accents are folded, and two engines never agree on all of them.
"""

from services.search.analysis.words import (
    Span,
    content_stems,
    content_stems_of,
    fold,
    spans,
    stem,
    stems,
    stems_of,
    surface,
    surfaces,
    tokenize,
)

__all__ = [
    "Span",
    "content_stems",
    "content_stems_of",
    "fold",
    "spans",
    "stem",
    "stems",
    "stems_of",
    "surface",
    "surfaces",
    "tokenize",
]
