"""Counts what visitors open and search for, in front of the cache, without a cookie, an address or anything of theirs.

Counts wait in memory and go to the services that keep them a few seconds later; at a crash these are lost. Robots, and
browsers that ask not to be followed (DNT, Sec-GPC) or load pages ahead, are not counted."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import parse_qs

from gateway.cache import App, Receive, Scope, Send
from gateway.links import ACTIVITIES, BLOG, DOCUMENTS, PAGES, PROGRAMS, SEARCH
from nexus.bus import Bus
from nexus.caller import LANGUAGES, Language, anonymous
from nexus.errors import DeadlineExceeded, NexusError
from nexus.messages import Request
from nexus.telemetry import log
from services.content.contracts.editing import ItemKind
from services.content.contracts.openings import MOST_COUNTED, CountOpenings, Downloaded, Viewed
from services.search.contracts import MOST_LETTERS, CountSearches, Searched

PAUSE = 5.0  # seconds that counts wait
_MOST = 20_000  # different things counted between two rounds: more than any site has
_KINDS = {
    ItemKind.PROGRAM: PROGRAMS,
    ItemKind.DOCUMENT: DOCUMENTS,
    ItemKind.POST: BLOG,
    ItemKind.ACTIVITY: ACTIVITIES,
    ItemKind.PAGE: PAGES,
}
_PARTS = {
    f"/{language}/{parts[language]}/".encode(): (kind, language)
    for kind, parts in _KINDS.items()
    for language in LANGUAGES
}
_FILES = b"/files/"
_SLUG = re.compile(rb"[a-z0-9-]{1,200}")
_FILE = re.compile(rb"/files/([0-9a-f]{64})/(?!thumbnail\.png$)[^/]+")  # pages show thumbnails by themselves
_ROBOT = re.compile(
    rb"bot|crawl|spider|slurp|preview|monitor|scan|archiv|fetch|curl|wget|python|java/|go-http|okhttp|httpx|headless",
    re.IGNORECASE,
)
_FOLLOW_NOT = {b"dnt": b"1", b"sec-gpc": b"1"}
_AHEAD = {b"purpose", b"sec-purpose", b"x-moz"}
_SEARCHES: dict[bytes, Language] = {
    f"/{language}/{SEARCH[language]}".encode(): language for language in LANGUAGES
}
View = tuple[ItemKind, str, Language]
Words = tuple[Language, str]
_PREFIXES = (*_PARTS, *_SEARCHES, _FILES)
K = TypeVar("K")


class Tally:
    """An ASGI application around another one."""

    def __init__(self, app: App, sector: str, bus: Bus, pause: float = PAUSE) -> None:
        self._app = app
        self._sector = sector
        self._bus = bus
        self._pause = pause
        self._views: Counter[View] = Counter()
        self._downloads: Counter[str] = Counter()
        self._words: Counter[Words] = Counter()
        self._round: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, self._flushing(receive), send)
            return
        if (
            scope["type"] != "http"
            or not scope["raw_path"].startswith(_PREFIXES)
            or scope["method"] != "GET"
            or not _counts(scope["headers"])
        ):
            await self._app(scope, receive, send)
            return

        async def watched(message: Any) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 206, 304):
                self._note(scope["raw_path"], scope["query_string"])
            await send(message)

        await self._app(scope, receive, watched)

    async def flush(self) -> None:
        """Tell what was counted so far."""
        views, self._views = self._views, Counter()
        downloads, self._downloads = self._downloads, Counter()
        words, self._words = self._words, Counter()
        for some in _some(views):
            if not await self._tell(CountOpenings(views=tuple(_viewed(some)))):
                self._views.update(some)
        for files in _some(downloads):
            if not await self._tell(CountOpenings(downloads=tuple(_downloaded(files)))):
                self._downloads.update(files)
        for searched in _some(words):
            if not await self._tell(CountSearches(items=tuple(_searched(searched)))):
                self._words.update(searched)

    def _note(self, path: bytes, query: bytes) -> None:
        if len(self._views) + len(self._downloads) + len(self._words) >= _MOST:
            return
        if file := _FILE.fullmatch(path):
            self._downloads[file[1].decode()] += 1
        elif view := _view(path):
            self._views[view] += 1
        elif (language := _SEARCHES.get(path)) and (q := _words(query)):
            self._words[language, q] += 1
        else:
            return
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self._later())

    def _flushing(self, receive: Receive) -> Receive:
        """`receive`, which tells what was counted before the end."""

        async def received() -> Any:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self.flush()
            return message

        return received

    async def _later(self) -> None:
        while self._views or self._downloads or self._words:
            await asyncio.sleep(self._pause)
            await self.flush()

    async def _tell(self, command: Request[None]) -> bool:
        """False if it may be told again."""
        try:
            await self._bus.call(command, anonymous(self._sector))
        except DeadlineExceeded:  # it may have been counted: rather too little than too much
            log.warning("counts_lost", sector=self._sector)
        except NexusError as error:
            log.warning("counts_wait", sector=self._sector, error=error.code)
            return False
        return True


def _counts(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether somebody sent these who may be counted, for the first bytes of something."""
    agent = b""
    for name, value in headers:
        if name == b"user-agent":
            agent = value
        elif _FOLLOW_NOT.get(name) == value or name in _AHEAD:
            return False
        elif name == b"range" and not value.startswith(b"bytes=0-"):
            return False  # a viewer reads on in what it opened
    return not _is_robot(agent[:300])


@lru_cache(maxsize=2_048)
def _is_robot(agent: bytes) -> bool:
    return not agent or bool(_ROBOT.search(agent))


@lru_cache(maxsize=8_192)
def _view(path: bytes) -> View | None:
    part, _, slug = path.rpartition(b"/")
    kind = _PARTS.get(part + b"/")
    return (kind[0], slug.decode(), kind[1]) if kind and _SLUG.fullmatch(slug) else None


def _words(query: bytes) -> str:
    """What was searched for, before it is filtered or its results are paged through."""
    given = parse_qs(query[:1_000].decode("latin-1"))
    return given["q"][0].strip()[:MOST_LETTERS] if given.keys() == {"q"} else ""


def _some(counts: Mapping[K, int]) -> Iterator[dict[K, int]]:
    """As many as one message may hold, until all were given."""
    left = iter(counts.items())
    while some := dict(islice(left, MOST_COUNTED)):
        yield some


def _viewed(counts: Mapping[View, int]) -> Iterator[Viewed]:
    for (kind, ref, language), count in counts.items():
        yield Viewed(kind=kind, ref=ref, language=language, count=count)


def _downloaded(counts: Mapping[str, int]) -> Iterator[Downloaded]:
    for sha256, count in counts.items():
        yield Downloaded(sha256=sha256, count=count)


def _searched(counts: Mapping[Words, int]) -> Iterator[Searched]:
    for (language, q), count in counts.items():
        yield Searched(language=language, q=q, count=count)
