"""Public answers, kept until an event says that something changed.

It stands in front of everything else and answers from finished bytes. A kept answer is good for one day
in Montréal (programs expire at midnight) and until `clear`; one that was being made when `clear` came is not kept."""

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from prometheus_client import Counter

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Key = tuple[bytes, bytes, bytes, int]

ANSWERS = Counter("nexus_cache_answers_total", "Answers by where they came from", ["sector", "source"])

_ZONE = ZoneInfo("America/Toronto")
_KEPT_STATUS = {200, 301, 308}
_NEVER = (b"/healthz", b"/readyz", b"/metrics")
_LARGEST = 1_000_000  # bytes of one answer
_OVERHEAD = 1_000  # bytes that an entry costs besides its body, about
_RECHECK = b"no-cache"  # a browser keeps the page, and asks each time whether it is still the one


@dataclass(frozen=True, slots=True)
class _Answer:
    start: dict[str, Any]
    body: dict[str, Any]
    etag: bytes
    not_modified: dict[str, Any]

    @property
    def size(self) -> int:
        return len(self.body["body"]) + _OVERHEAD


_EMPTY = {"type": "http.response.body", "body": b""}


class Cache:
    """An ASGI application around another one. At most `limit` bytes are kept, the least used leave first."""

    def __init__(self, app: App, sector: str, limit: int = 32_000_000) -> None:
        self._app = app
        self._limit = limit
        self._answers: OrderedDict[Key, _Answer] = OrderedDict()
        self._size = 0
        self._generation = 0
        self._hit = ANSWERS.labels(sector, "cache")
        self._miss = ANSWERS.labels(sector, "made")
        self._midnight = 0.0

    def clear(self) -> None:
        """Forget everything: something changed."""
        self._generation += 1
        self._answers.clear()
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope["raw_path"] in _NEVER:
            await self._app(scope, receive, send)
            return
        wanted = _headers(scope)
        key = (scope["raw_path"], scope["query_string"], wanted.language_if_asked(scope), _day())
        answer = self._answers.get(key)
        if answer is None:
            self._miss.inc()
            answer = await self._make(key, scope, receive, send)
            if answer is None:
                return
        else:
            self._hit.inc()
            self._answers.move_to_end(key)
        await _reply(answer, scope["method"] == "HEAD", wanted.etags, send)

    async def _make(self, key: Key, scope: Scope, receive: Receive, send: Send) -> _Answer | None:
        """The answer of the application, kept if it may be; None if it was too long and has been sent on."""
        generation = self._generation
        recorder = _Recorder(send)
        await self._app(dict(scope) | {"method": "GET"}, receive, recorder)
        if recorder.overflowed:
            return None
        answer = _finished(recorder)
        if answer.start["status"] in _KEPT_STATUS and generation == self._generation:
            self._keep(key, answer)
        return answer

    def _keep(self, key: Key, answer: _Answer) -> None:
        if (replaced := self._answers.pop(key, None)) is not None:
            self._size -= replaced.size
        self._answers[key] = answer
        self._size += answer.size
        while self._size > self._limit:
            _, dropped = self._answers.popitem(last=False)
            self._size -= dropped.size


class _Wanted:
    """What of a request's headers matters here."""

    __slots__ = ("etags", "language")

    def __init__(self) -> None:
        self.etags = b""
        self.language = b""

    def language_if_asked(self, scope: Scope) -> bytes:
        """The language header where it decides the answer: `/` and errors' words follow it, pages do not."""
        path = scope["raw_path"]
        return (
            b"" if path.startswith((b"/fr/", b"/en/")) or b"lang=" in scope["query_string"] else self.language
        )


def _headers(scope: Scope) -> _Wanted:
    wanted = _Wanted()
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            wanted.etags = value
        elif name == b"accept-language":
            wanted.language = value[:100]
    return wanted


def _day() -> int:
    return datetime.now(_ZONE).toordinal()


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


def _finished(recorder: _Recorder) -> _Answer:
    body = bytes(recorder.body)
    status = recorder.start["status"]
    own = (b"content-length", b"etag", b"last-modified")
    headers: Headers = [pair for pair in recorder.start["headers"] if pair[0] not in own]
    etag = b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'
    if status == 200:
        headers += [(b"etag", etag), (b"cache-control", _RECHECK)]
    full = [*headers, (b"content-length", str(len(body)).encode())]
    return _Answer(
        start={"type": "http.response.start", "status": status, "headers": full},
        body={"type": "http.response.body", "body": body},
        etag=etag if status == 200 else b"",
        not_modified={"type": "http.response.start", "status": 304, "headers": headers},
    )


async def _reply(answer: _Answer, head: bool, etags: bytes, send: Send) -> None:
    if answer.etag and etags and (answer.etag in etags or etags == b"*"):
        await send(answer.not_modified)
        await send(_EMPTY)
        return
    await send(answer.start)
    await send(_EMPTY if head else answer.body)
