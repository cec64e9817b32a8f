"""Public answers, kept until an event says that something changed.

It stands in front of everything else and answers from finished bytes. A kept answer is good for one day
in Montréal (programs expire at midnight) and until `clear`, or `forget` of what it is about; one that was being made
when that came is old already, and none is kept that is for somebody in particular (`no-store`, `private`, a cookie,
a key). Who asks for what is being made already waits for that. While a service is away, the last whole answer serves
until the end of the next day: better yesterday's page than none (RFC 5861, `stale-if-error`)."""

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from prometheus_client import Counter

from gateway.links import (
    ACCOUNT,
    ADMIN,
    COMPANY_CALENDAR,
    MAILS,
    MEET,
    MEETING,
    REGISTRATION,
    SIGN_IN,
    STILL_CORRECT,
    WAITING,
)
from gateway.problems import preferred, takes_html
from gateway.times import ZONE
from nexus.caller import LANGUAGES

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Key = tuple[bytes, bytes, bytes]

ANSWERS = Counter("nexus_cache_answers_total", "Answers by where they came from", ["sector", "source"])

_KEPT_STATUS = {200, 301, 308, 404, 410}
_NEVER = (
    *(b"/healthz", b"/readyz", b"/metrics"),
    b"/files/",  # they are large, and browsers keep them
    b"/mail",  # who asks decides
    b"/calendars/",
    b"/openid/",
    *(
        f"/{language}/{part[language]}".encode()
        for part in (
            *(ACCOUNT, ADMIN, SIGN_IN, STILL_CORRECT, MAILS),
            *(MEET, MEETING, WAITING, COMPANY_CALENDAR, REGISTRATION),
        )
        for language in LANGUAGES
    ),
)  # what is personal must not wait for somebody else's answer either
_LARGEST = 4_000_000  # bytes of one answer, before it is compressed
_SMALLEST = 500  # bytes; compressing fewer saves nothing
_LEVEL = 6  # of gzip: 9 takes twice as long for 1 % less
_IN_THREAD = 100_000  # bytes from which compressing would hold up other requests
_TEXTS = (
    b"text/",
    b"application/json",
    b"application/problem+json",
    b"application/xml",
    b"image/svg+xml",
    b"application/atom+xml",
    b"application/rss+xml",
    b"application/javascript",
)
_GZIP = b" gzip"
_OVERHEAD = 1_000  # bytes that an entry costs besides its body, about
ABOUT = "surrogate-key"  # a header for this cache alone, as Varnish and others name it: what `forget` is told
_ABOUT = ABOUT.encode()
_RECHECK = b"no-cache"  # a browser keeps the answer, and asks each time whether it is still the one


@dataclass(frozen=True, slots=True)
class _Answer:
    start: dict[str, Any]
    body: dict[str, Any]
    etag: bytes
    not_modified: dict[str, Any]
    about: bytes
    may_be_kept: bool
    makeshift: bool  # something was away: a refusal, or a page that lacks a part

    @property
    def may_be_shared(self) -> bool:
        """With those who ask at the same moment: they would fare no better on their own."""
        return self.may_be_kept or self.start["status"] >= 500

    @property
    def size(self) -> int:
        return len(self.body["body"]) + _OVERHEAD


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, and when it was made: before how many changes of all and of a part, and on which day."""

    answer: _Answer
    generation: int
    part: int
    day: int


_EMPTY = {"type": "http.response.body", "body": b""}


class Cache:
    """An ASGI application around another one. At most `limit` bytes are kept, the least used leave first."""

    def __init__(self, app: App, sector: str, limit: int = 32_000_000) -> None:
        self._app = app
        self._limit = limit
        self._answers: OrderedDict[Key, _Kept] = OrderedDict()
        self._size = 0
        self._generation = 0
        self._part = 0
        self._forgotten: dict[bytes, int] = {}
        self._flights: dict[Key, asyncio.Future[_Answer | None]] = {}
        self._sources = {
            source: ANSWERS.labels(sector, source) for source in ("cache", "shared", "made", "stale")
        }

    def clear(self) -> None:
        """Make everything anew: something changed. Answers under way go to who asked for them before."""
        self._generation += 1
        self._forgotten.clear()
        self._flights.clear()

    def forget(self, about: str) -> None:
        """Make anew what says in its header ABOUT that it is about this: that changed, and nothing else."""
        self._part += 1
        self._forgotten[about.encode()] = self._part
        self._flights.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or scope["method"] not in ("GET", "HEAD")
            or scope["raw_path"].startswith(_NEVER)
            or _has_key(scope)
        ):
            await self._app(scope, receive, send)
            return
        etags, variant = _wanted(scope)
        key = (scope["raw_path"], _in_order(scope["query_string"]), variant)
        source, answer = "cache", self._fresh(key)
        if answer is None and (answer := await self._shared(key)) is not None:
            source = "shared"
        elif answer is None:
            source, answer = "made", await self._make(key, scope, receive, send)
        if answer is not None and answer.makeshift and (whole := self._last(key)) is not None:
            source, answer = "stale", whole
        self._sources[source].inc()
        if answer is not None:
            await _reply(answer, scope["method"] == "HEAD", etags, send)

    def _fresh(self, key: Key) -> _Answer | None:
        """The answer that is kept, if nothing changed since it was made."""
        kept = self._answers.get(key)
        if kept is None or (kept.generation, kept.day) != (self._generation, _day()):
            return None
        if kept.part < self._forgotten.get(kept.answer.about, 0):
            return None
        self._answers.move_to_end(key)
        return kept.answer

    def _last(self, key: Key) -> _Answer | None:
        """The last whole answer, unless it is older than yesterday."""
        kept = self._answers.get(key)
        return kept.answer if kept and kept.day >= _day() - 1 else None

    async def _shared(self, key: Key) -> _Answer | None:
        """The answer that somebody else waits for already; None if nobody does or it could not be had."""
        flight = self._flights.get(key)
        return await asyncio.shield(flight) if flight else None

    async def _make(self, key: Key, scope: Scope, receive: Receive, send: Send) -> _Answer | None:
        """The answer of the application, kept if it may be; None if it was too long and has been sent on."""
        generation, part, day, answer = self._generation, self._part, _day(), None
        flight = self._flights[key] = asyncio.get_running_loop().create_future()
        try:
            answer = await self._recorded(scope, receive, send, key[2].endswith(_GZIP))
            held = self._answers.get(key)
            # What changed meanwhile makes it old, not useless: it serves while a service is away.
            is_newer = held is None or (held.generation, held.part) <= (generation, part)
            if answer and answer.may_be_kept and is_newer:
                self._keep(key, _Kept(answer, generation, part, day))
            return answer
        finally:
            flight.set_result(answer if answer and answer.may_be_shared else None)
            if self._flights.get(key) is flight:
                del self._flights[key]

    async def _recorded(self, scope: Scope, receive: Receive, send: Send, compress: bool) -> _Answer | None:
        recorder = _Recorder(send)
        await self._app(dict(scope) | {"method": "GET"}, receive, recorder)
        return None if recorder.overflowed else await _finished(recorder, compress)

    def _keep(self, key: Key, kept: _Kept) -> None:
        if (replaced := self._answers.pop(key, None)) is not None:
            self._size -= replaced.answer.size
        self._answers[key] = kept
        self._size += kept.answer.size
        while self._size > self._limit:
            _, dropped = self._answers.popitem(last=False)
            self._size -= dropped.answer.size


def _wanted(scope: Scope) -> tuple[bytes, bytes]:
    """The header If-None-Match, and what other headers decide: the words of refusals, whether one is a page,
    and whether it may be compressed.

    Pages name their language in their address, and the API's refusals are never pages."""
    etags, accept, languages, codings = b"", b"", b"", b""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            etags = value
        elif name == b"accept-encoding":
            codings = value
        elif name == b"accept":
            accept = value
        elif name == b"accept-language":
            languages = value
    path = scope["raw_path"]
    language = b"" if path.startswith((b"/fr/", b"/en/")) else _language(languages[:100])
    form = b"" if path.startswith(b"/api/") or takes_html(accept.decode("latin-1")) else b" data"
    return etags, language + form + (_GZIP if _takes_gzip(codings) else b"")


def _has_key(scope: Scope) -> bool:
    """Whether the API is asked with a key: what it answers is for that key alone."""
    return scope["raw_path"].startswith(b"/api/") and any(
        name == b"authorization" for name, _ in scope["headers"]
    )


def _takes_gzip(codings: bytes) -> bool:
    """Whether Accept-Encoding (RFC 9110) allows gzip; `gzip;q=0` forbids it."""
    for coding in codings.replace(b" ", b"").split(b",")[:20]:
        name, _, quality = coding.partition(b";q=")
        if name == b"gzip":
            return quality.strip(b"0.") != b"" or not quality
    return False


@lru_cache(maxsize=512)
def _language(languages: bytes) -> bytes:
    return preferred(languages.decode("latin-1")).encode()


def _in_order(query: bytes) -> bytes:
    """The parameters of a query by name, so that their order makes no other answer; values of one name stay."""
    if b"&" not in query:
        return query
    parts = sorted(query.split(b"&"), key=lambda part: part.partition(b"=")[0])
    return b"&".join(parts)


def _day() -> int:
    return datetime.now(ZONE).toordinal()


class _Recorder:
    """Collects an answer; passes it on as it comes once it has grown beyond what is kept."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.start: MutableMapping[str, Any] = {}
        self.body = bytearray()
        self.overflowed = False

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif self.overflowed:
            await self._send(message)
        else:
            self.body += message.get("body", b"")
            if len(self.body) > _LARGEST and message.get("more_body"):
                self.overflowed = True
                await self._send(self.start)
                await self._send({**message, "body": bytes(self.body)})


async def _finished(recorder: _Recorder, compress: bool) -> _Answer:
    body = bytes(recorder.body)
    status = recorder.start["status"]
    coded: Headers = []
    if len(body) >= _SMALLEST and _is_text(recorder.start["headers"]):
        coded.append((b"vary", b"Accept-Encoding"))
        if compress:
            coded.append((b"content-encoding", b"gzip"))
            body = await _compressed(body)
    own = (b"content-length", b"etag", b"last-modified", _ABOUT)
    headers: Headers = [pair for pair in recorder.start["headers"] if pair[0] not in own] + coded
    may_be_kept = status in _KEPT_STATUS and not any(_personal(*pair) for pair in headers)
    etag = b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"' if status == 200 else b""
    if may_be_kept and not any(name == b"cache-control" for name, _ in headers):
        headers.append((b"cache-control", _RECHECK))
    if etag:
        headers.append((b"etag", etag))
    full = [*headers, (b"content-length", str(len(body)).encode())]
    return _Answer(
        start={"type": "http.response.start", "status": status, "headers": full},
        body={"type": "http.response.body", "body": body},
        etag=etag,
        about=dict(recorder.start["headers"]).get(_ABOUT, b""),
        not_modified={"type": "http.response.start", "status": 304, "headers": headers},
        may_be_kept=may_be_kept,
        makeshift=status in (200, 503) and any(name == b"retry-after" for name, _ in headers),
    )


def _is_text(headers: Headers) -> bool:
    given = dict(headers)
    kind = given.get(b"content-type", b"")
    return kind.startswith(_TEXTS) and b"content-encoding" not in given and b"content-range" not in given


async def _compressed(body: bytes) -> bytes:
    if len(body) < _IN_THREAD:
        return gzip.compress(body, _LEVEL, mtime=0)  # without a time: the same text has the same ETag
    return await asyncio.to_thread(gzip.compress, body, _LEVEL, mtime=0)


def _personal(name: bytes, value: bytes) -> bool:
    forbids = name == b"cache-control" and (b"no-store" in value or b"private" in value)
    return forbids or name == b"set-cookie"


async def _reply(answer: _Answer, head: bool, etags: bytes, send: Send) -> None:
    if answer.etag and etags and (answer.etag in etags or etags == b"*"):
        await send(answer.not_modified)
        await send(_EMPTY)
        return
    await send(answer.start)
    await send(_EMPTY if head else answer.body)
