"""What a mistyped word may have meant."""

import re
from collections.abc import Iterable, Mapping, Sequence

from services.search.analysis import fold, stem
from services.search.contracts import Language
from services.search.matching.plan import SHORTEST_MISTYPED

MOST_NEAR = 3  # spellings considered for one word
_LONG = 10  # letters from which a word may have two typos


def allowed_edits(word: str) -> int:
    """How many letters of `word` may be wrong; none of a short one."""
    return 0 if len(word) < SHORTEST_MISTYPED else 2 if len(word) >= _LONG else 1


def nearest(word: str, known: Iterable[tuple[str, int]], language: Language) -> list[str]:
    """Of the `known` words (and how many entries use them) those that `word` may stand for, best first.

    Empty when one of them is another form of `word`, which is then spelled well."""
    edits = allowed_edits(word)
    near = sorted(
        (distance, -entries, other)
        for other, entries in known
        if _alike(word, other, edits)
        and (distance := edit_distance(word, other, edits)) <= edits
        and not (
            distance > 1 and (word.startswith(other) or other.startswith(word))
        )  # another word of its family
    )
    if not near or any(stem(other, language) == stem(word, language) for _, _, other in near):
        return []
    best = near[0][0]
    return [other for distance, _, other in near if distance == best][:MOST_NEAR]


def _alike(word: str, other: str, edits: int) -> bool:
    """Whether `other` may be within `edits` of `word`, told quickly: an edit changes two letters at most."""
    return (
        other[0] == word[0]
        and abs(len(word) - len(other)) <= edits
        and len(set(word).symmetric_difference(other)) <= 2 * edits
        and word != other
    )


def edit_distance(one: str, other: str, most: int) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours from `one` to `other`; `most` + 1 if more.

    Optimal string alignment: Boytsov, Indexing methods for approximate dictionary searching, 2011, §2.2."""
    before, last = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i] + [0] * len(other)
        for j, b in enumerate(other, 1):
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], before[j - 2] + 1)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]


def corrected(q: str, near: Mapping[str, Sequence[str]], texts: Iterable[str]) -> str | None:
    """`q` with its mistyped words as `near` spells them, accented as in `texts`; None if none is mistyped."""
    meant = {word: others[0] for word, others in near.items() if others}
    if not meant:
        return None
    accented = _as_written(set(meant.values()), texts)

    def replace(match: re.Match[str]) -> str:
        found = meant.get(fold(match[0]))
        return accented.get(found, found) if found else match[0]

    return re.sub(r"[^\W_]+", replace, q)


def _as_written(wanted: set[str], texts: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        for word in re.findall(r"[^\W_]+", text):
            if (folded := fold(word)) in wanted:
                found.setdefault(folded, word.lower())
        if len(found) == len(wanted):
            break
    return found
