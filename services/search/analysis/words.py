"""Tokens, folding and stems."""

import re
import unicodedata
from array import array
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import NamedTuple

from services.search.analysis import english, french
from services.search.contracts import Language

Span = tuple[int, int]

LONGEST_WORD = 64  # letters; engines refuse terms of tens of kilobytes, and nobody looks for them
CACHED_WORDS = 50_000  # about 8 MB for each cache
READ_TEXTS = 1_000  # of results, about 6 kB each
ACRONYMS = {"TI": "tic", "IT": "ict"}  # capitals tell them from everyday words

_APOSTROPHES = "'’ʼ‘"
_ENDS = tuple(_APOSTROPHES)
_ELIDED = frozenset(
    ["c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "presqu", "puisqu", "quelqu", "quoiqu"]
)
# What is cut off in `_bare` stays attached here: one simple pattern reads a text twice as fast.
_TOKEN: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(rf"[^\W_]+(?:[{_APOSTROPHES}](?=[^\W_]))?"),
    "en": re.compile(rf"[^\W_]+(?:[{_APOSTROPHES}][sS](?![^\W_]))?"),
}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})
_SUFFIXES: dict[Language, tuple[tuple[str, str, int], ...]] = {"fr": french.SUFFIXES, "en": english.SUFFIXES}
_STEMS: dict[Language, dict[str, str]] = {"fr": french.STEMS, "en": english.STEMS}
STOP_WORDS: dict[Language, frozenset[str]] = {"fr": french.STOP_WORDS, "en": english.STOP_WORDS}


@lru_cache(maxsize=CACHED_WORDS)
def fold(text: str) -> str:
    """`text` in small letters without accents: Œuvre → oeuvre."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    return "".join(ch for ch in decomposed if not unicodedata.combining(ch))


def stem(word: str, language: Language) -> str:
    """What `word`, as it stands in a text, is looked up by; "" for an elided article and the like."""
    return _STEMMERS[language](word)


def _stem(language: Language, word: str) -> str:
    word = _bare(word)
    if word in ACRONYMS:
        return ACRONYMS[word]
    folded = fold(word)[:LONGEST_WORD]
    if len(folded) < 4 or folded in STOP_WORDS[language] or not folded.isalpha():
        return folded
    known = _STEMS[language]
    singular = _singular(folded, language)
    if found := known.get(folded) or known.get(singular):
        return found
    return _shorten(singular, language)


# One cache for each language: with the word alone as the key it answers twice as fast.
_STEMMERS: dict[Language, Callable[[str], str]] = {
    "fr": lru_cache(maxsize=CACHED_WORDS)(partial(_stem, "fr")),
    "en": lru_cache(maxsize=CACHED_WORDS)(partial(_stem, "en")),
}


def _bare(word: str) -> str:
    """`word` without a possessive; nothing of an elision."""
    if word.endswith(_ENDS):
        return "" if word[:-1].lower() in _ELIDED else word[:-1]
    return word[:-2] if word[:-1].endswith(_ENDS) else word


def _singular(word: str, language: Language) -> str:
    if language == "en" and word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if language == "fr" and re.search(r".{5}(?<!i|s|n|z|l)ons$", word):
        return word[:-3]  # recrutons, but not formations, maisons, compagnons
    if word.endswith(("ss", "us", "is")) and not (language == "fr" and word.endswith(("eus", "is"))):
        return word
    if language == "fr" and word.endswith("ais"):
        return word
    if word.endswith("s") or (language == "fr" and word.endswith(("eux", "eaux")) and len(word) < 8):
        return word[:-1]
    return word


_BY_ENDING: dict[Language, dict[str, tuple[str, int]]] = {
    language: {suffix: (instead, least) for suffix, instead, least in rules}
    for language, rules in _SUFFIXES.items()
}
_LONGEST_SUFFIX = max(len(suffix) for table in _BY_ENDING.values() for suffix in table)


def _shorten(word: str, language: Language) -> str:
    endings = _BY_ENDING[language]
    for length in range(min(_LONGEST_SUFFIX, len(word) - 1), 0, -1):
        rule = endings.get(word[-length:])
        if rule and len(word) - length >= rule[1]:
            word = word[:-length] + rule[0]
            break
    doubled = "lnmtprfc" if language == "fr" else "nmtpbdgr"
    if len(word) > 3 and word[-1] == word[-2] and word[-1] in doubled:
        return word[:-1]
    return word


def _clean(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).replace("\u00ad", "")


def tokenize(text: str, language: Language) -> list[str]:
    """The words of `text`, elisions and possessives still attached: `stem` and `surface` know what to do."""
    found: list[str] = _TOKEN[language].findall(_clean(text))
    return found


def stems_of(tokens: Iterable[str], language: Language) -> list[str]:
    """The stems of `tokens` in order, stop words too: phrases need them."""
    return [found for found in map(_STEMMERS[language], tokens) if found]


def stems(text: str, language: Language) -> list[str]:
    """The stems of all words of `text` in order."""
    return stems_of(tokenize(text, language), language)


def content_stems(text: str, language: Language) -> list[str]:
    """The stems of the words of `text` that carry a subject, in order."""
    stop = STOP_WORDS[language]
    return [stem(word, language) for word in words(text, language) if not is_stop(word, stop)]


def content_stems_of(tokens: Iterable[str], language: Language) -> list[str]:
    """As `stems_of`, without the stop words, whose stems are themselves."""
    stop = STOP_WORDS[language]
    return [found for found in map(_STEMMERS[language], tokens) if found and found not in stop]


def is_stop(word: str, stop: frozenset[str]) -> bool:
    """Whether `word` only joins others. Capitals make `IT` a subject."""
    return word not in ACRONYMS and fold(word) in stop


def words(text: str, language: Language) -> list[str]:
    """The words of `text` as written, without elisions and possessives."""
    return [word for word in map(_bare, tokenize(text, language)) if word]


@lru_cache(maxsize=CACHED_WORDS)
def surface(token: str) -> str:
    """`token` folded but whole, for spelling and completion; "" for an elided article and the like."""
    return fold(_bare(token))[:LONGEST_WORD]


def surfaces(text: str, language: Language) -> list[str]:
    """The words of `text` folded but whole."""
    return [found for found in map(surface, tokenize(text, language)) if found]


class _Reading(NamedTuple):
    """The stems of a text between spaces (one at each end, too), and where the word of each starts and ends."""

    stems: str
    starts: "array[int]"
    ends: "array[int]"


@lru_cache(maxsize=READ_TEXTS)
def _read(text: str, language: Language) -> _Reading:
    stemmed = _STEMMERS[language]
    found, starts, ends = [""], array("I"), array("I")
    for token in _TOKEN[language].finditer(text):
        word = token[0]
        if as_stem := stemmed(word):
            found.append(as_stem)
            starts.append(token.start())
            ends.append(token.start() + len(_bare(word)))
    return _Reading(" ".join([*found, ""]), starts, ends)


def spans(text: str, sequences: Iterable[tuple[str, ...]], language: Language) -> list[Span]:
    """Where the words of a sequence of stems stand together in `text`, as offsets of `str`, in no order.

    Texts read before are remembered: most of the time of a search went into reading its results."""
    stems, starts, ends = _read(text, language)
    found: list[Span] = []
    for sequence in sequences:
        wanted = f" {' '.join(sequence)} "
        at, counted, first = stems.find(wanted), 0, 0
        while at >= 0:
            first += stems.count(" ", counted, at)  # the number of the word at which it stands
            found.append((starts[first], ends[first + len(sequence) - 1]))
            at, counted = stems.find(wanted, at + 1), at
    return found
