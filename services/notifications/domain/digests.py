"""When a digest is due, and what belongs into it."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from nexus.messages import Message
from services.notifications.contracts import Language
from services.notifications.contracts.consent import Frequency, NewsType, Topic

HOUR = 7  # of the morning, on the person's clock
LIFE = {"daily": timedelta(days=1), "weekly": timedelta(days=3)}  # what came later would meet the next one
MOST_ITEMS = 30  # of a digest
PATHS: dict[NewsType, dict[Language, str]] = {  # of the pages of every gateway
    "program": {"fr": "programmes", "en": "programs"},
    "activity": {"fr": "activites", "en": "activities"},
}
_ABBREVIATED = 3  # letters: PAC is not PACA, nor CIR wax
_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(
    {"avec", "aux", "dans", "des", "les", "par", "pour", "sur", "une"} | {"and", "for", "from", "the"}
)


class News(Message):
    """Something that became public, as it stands. `until`: from then on it is of no use."""

    id: str
    revision: int
    type: NewsType
    title: dict[Language, str | None]
    lead: dict[Language, str | None]
    slug: dict[Language, str]
    themes: tuple[str, ...]
    kind: str
    sectors: tuple[str, ...]
    words: str
    begins: AwareDatetime | None = None
    until: AwareDatetime | None = None

    def shown(self, texts: dict[Language, str | None], language: Language) -> str:
        """A text in `language`, else in the other one."""
        return texts[language] or texts["en" if language == "fr" else "fr"] or ""


def next_due(frequency: Frequency, zone: str, after: datetime) -> datetime:
    """The next morning; weekly the next Monday's. By the clock on the wall, also when it changes."""
    local = after.astimezone(ZoneInfo(zone))
    due = datetime.combine(local.date(), time(HOUR), ZoneInfo(zone))
    if due <= local:
        due += timedelta(days=1)
    if frequency == "weekly":
        due += timedelta(days=(7 - due.weekday()) % 7)
    return due.astimezone(UTC)


def searchable(texts: Iterable[str | None]) -> str:
    """The words of `texts` as `wanted` looks for them: without accents, capitals and the ends of plurals."""
    return " ".join(dict.fromkeys(word for text in texts if text for word in _folded(text)))


def wanted(topics: Sequence[Topic], news: News, now: datetime) -> bool:
    """Whether somebody with these topics wants to hear of it."""
    return (news.until is None or news.until > now) and any(_is_of(topic, news) for topic in topics)


def _is_of(topic: Topic, news: News) -> bool:
    return (
        (not topic.themes or not set(topic.themes).isdisjoint(news.themes))
        and (not topic.types or news.type in topic.types)
        and (not topic.kinds or news.kind in topic.kinds)
        and _has_words(topic.words, news.words)
    )


def _has_words(asked: str, said: str) -> bool:
    """Every word begins one that is said, or is of the same family; small ones do not count."""
    wanted = [word for word in _folded(asked) if len(word) > 2 and word not in _SMALL]
    return all(f" {word}" in f" {said}" or _is_akin(word, said) for word in wanted)


def _is_akin(word: str, said: str) -> bool:
    """Whether `word` has its stem in common with one of `said`, in either language: nobody says in which they ask."""
    ours = _stems(word)
    return any(not ours.isdisjoint(_stems(other)) for other in said.split())


@lru_cache(maxsize=50_000)
def _stems(word: str) -> frozenset[tuple[str, str]]:
    """Of a word without accents, by the rules of each language (Porter's Snowball); none of what is mostly an
    abbreviation."""
    from snowballstemmer import stemmer  # other processes, which load all declarations, do without

    if len(word) <= _ABBREVIATED:
        return frozenset()
    return frozenset((name, stemmer(name).stemWord(word)) for name in ("french", "english"))


def _folded(text: str) -> list[str]:
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return [_singular(word) for word in _WORD.findall(plain.casefold())]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word
