"""What a file can be found to be. Apart from the code that finds it out: every process loads the services'
declarations, and few have the libraries that read files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.content.contracts.files import FileTold, Reading
from services.content.contracts.texts import Language

_OPENING = 240  # characters
_READ = 20_000  # characters: enough to tell the language
_FRENCH = re.compile(
    r"\b(le|la|les|des|du|et|est|une|pour|dans|que|qui|sur|au|aux|vous|votre|nous|avec|par)\b", re.I
)
_ENGLISH = re.compile(
    r"\b(the|and|of|to|is|are|for|with|that|this|you|your|we|in|by|from|at|be|or|as)\b", re.I
)
_MADE_BY_PROGRAMS = re.compile(
    r"^(untitled|sans titre|document ?\d*|pr[ée]sentation ?(powerpoint)?|powerpoint presentation|slide 1|\W*)$",
    re.I,
)
_PREFIX = re.compile(r"^microsoft (word|powerpoint|excel) - ", re.I)
_FILE_NAME = re.compile(r"\.\w{2,5}$")


@dataclass(frozen=True)
class Found:
    """What a file was found to be. `pages` None: it has none, or they could not be counted."""

    media_type: str
    reading: Reading
    pages: int | None = None
    texts: tuple[str, ...] = ()
    title: str | None = None
    thumbnail: bytes | None = None


def told(title: str | None, texts: Sequence[str]) -> FileTold:
    """What a file says of itself, of its stored title and texts."""
    text = " ".join(texts)[:_READ]
    words = " ".join(text[: 2 * _OPENING].split())
    opening = words if len(words) <= _OPENING else words[:_OPENING].rpartition(" ")[0] + "…"
    return FileTold(title=_worthy(title), language=language_of(text), opening=opening)


def language_of(text: str) -> Language | None:
    """French or English, by the small words that each is full of; None where they do not tell."""
    french, english = len(_FRENCH.findall(text)), len(_ENGLISH.findall(text))
    if max(french, english) < 3 or max(french, english) < 2 * min(french, english):
        return None
    return "fr" if french > english else "en"


def _worthy(title: str | None) -> str | None:
    """A title that a person gave; programs put names of files and empty phrases there."""
    text = _PREFIX.sub("", " ".join((title or "").split()))[:400]
    return None if _MADE_BY_PROGRAMS.match(text) or _FILE_NAME.search(text) else text
