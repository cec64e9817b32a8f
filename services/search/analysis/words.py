"""Tokens, folding and stems."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import islice

from services.search.analysis import english, french
from services.search.contracts import Language

Span = tuple[int, int]

LONGEST_WORD = 64  # letters; engines refuse terms of tens of kilobytes, and nobody looks for them
CACHED_WORDS = 50_000  # about 8 MB for each cache
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


def spans(text: str, sequences: Mapping[str, Iterable[tuple[str, ...]]], language: Language) -> list[Span]:
    """Where the words of a sequence of stems stand together in `text`, as offsets of `str`, in no order.

    `sequences` are listed under their first stem. Only the words in question are looked at one by one: most of
    the time of a search went into reading every word of its results."""
    stemmed = _STEMMERS[language]
    read = set(_TOKEN[language].findall(text))
    asked = {word: found for word in read if (found := stemmed(word)) in sequences}
    return [
        (start, end)
        for word, first in asked.items()
        for start in _starts(text, word)
        for sequence in sequences[first]
        if (end := _end(text, start, word, sequence, language))
    ]


def _starts(text: str, word: str) -> Iterator[int]:
    """The places where `word` stands as a word of its own."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (text[start - 1 : start].isalnum() or (word[-1].isalnum() and text[end : end + 1].isalnum())):
            yield start
        start = text.find(word, end)


def _end(text: str, start: int, word: str, sequence: tuple[str, ...], language: Language) -> int:
    """Where `sequence`, whose first word stands at `start`, ends; 0 if it does not stand there."""
    if len(sequence) == 1:
        return start + len(_bare(word))
    stemmed = _STEMMERS[language]
    read = (found for found in _TOKEN[language].finditer(text, start) if stemmed(found[0]))
    standing = list(islice(read, len(sequence)))
    if tuple(stemmed(found[0]) for found in standing) != sequence:
        return 0
    return standing[-1].start() + len(_bare(standing[-1][0]))
