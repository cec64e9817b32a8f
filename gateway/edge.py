"""What every answer of a gateway has: security headers, a trace, its time in the metrics; a limit to requests."""

import time
from typing import Any

from prometheus_client import Histogram
from starlette.exceptions import HTTPException

from gateway.cache import App, Headers, Receive, Scope, Send
from gateway.links import ADMIN, MEETING
from gateway.problems import MEDIA_TYPE, preferred, problem
from nexus.caller import LANGUAGES
from nexus.telemetry import SpanKind, span
from services.content.contracts.files import LARGEST_FILE
from services.meetings.contracts.documents import LARGEST_DOCUMENT

REQUEST_SECONDS = Histogram(
    "nexus_http_request_seconds", "Time to make an answer", ["sector", "method", "route", "status"]
)

LARGEST_BODY = 1_000_000  # bytes
LARGEST_UPLOAD = 2 * LARGEST_FILE + LARGEST_BODY  # bytes: a file in each language, and the form around them
_UPLOADS = (
    *(
        f"/{language}/{ADMIN[language]}/{kind}"
        for language in LANGUAGES
        for kind in ("documents", "posts", "partners", "import")
    ),
    "/api/v1/files",
)
_BRINGING = tuple(f"/{language}/{MEETING[language]}/" for language in LANGUAGES)
_API_MEETINGS = "/api/v1/meetings/"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def policy(frame_ancestors: str = "'none'") -> str:
    """The content security policy; `frame_ancestors` are the sites that may show a page in a frame."""
    return (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
        f"frame-ancestors {frame_ancestors}; img-src 'self' data:"
    )


class Edge:
    """An ASGI application around another one."""

    def __init__(self, app: App, sector: str, base_url: str) -> None:
        self._app = app
        self._sector = sector
        self._base_url = base_url
        self._headers: Headers = [
            (b"content-security-policy", policy().encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"strict-origin-when-cross-origin"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
            (b"cross-origin-opener-policy", b"same-origin"),
        ]
        if base_url.startswith("https:"):
            self._headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"])
        largest = _largest(scope["path"])
        if _length(given) > largest:
            await self._refuse(given, send)
            return
        parent = given.get(b"traceparent", b"").decode("latin-1") or None
        with span(f"{scope['method']} {self._sector}", SpanKind.SERVER, parent):
            await self._timed(scope, _counted(receive, largest), send)

    async def _timed(self, scope: Scope, receive: Receive, send: Send) -> None:
        start, status, complete = time.perf_counter(), 500, False

        async def watched(message: Any) -> None:
            nonlocal status, complete
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._guarded(message["headers"])
            elif message["type"] == "http.response.body":
                complete = not message.get("more_body")
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if not complete:
                raise
            # Starlette raises again what it has already answered and we have logged: the answer stands
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            labels = (self._sector, method, _route(scope), str(status))
            REQUEST_SECONDS.labels(*labels).observe(time.perf_counter() - start)

    def _guarded(self, headers: Headers) -> Headers:
        """`headers` and the guarding ones; a route that needs another policy (what others embed) sets its own."""
        own = {name for name, _ in headers}
        return [*headers, *(pair for pair in self._headers if pair[0] not in own)]

    async def _refuse(self, given: dict[bytes, bytes], send: Send) -> None:
        language = preferred(given.get(b"accept-language", b"").decode("latin-1"))
        body = problem(self._base_url, 413, "body_too_large", language).model_dump_json().encode()
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),  # what follows is not read
            *self._headers,
        ]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _largest(path: str) -> int:
    """How many bytes may be sent there."""
    if path.startswith(_UPLOADS):
        return LARGEST_UPLOAD
    brings = path.startswith(_BRINGING) or (path.startswith(_API_MEETINGS) and path.endswith("/documents"))
    return LARGEST_DOCUMENT + LARGEST_BODY if brings else LARGEST_BODY


def _counted(receive: Receive, largest: int) -> Receive:
    """`receive`, which refuses more than `largest` bytes also of a body that does not say its length."""
    seen = 0

    async def counting() -> Any:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > largest:
            raise HTTPException(413)
        return message

    return counting


def _route(scope: Scope) -> str:
    route = scope.get("route")
    return getattr(route, "path", "other")


def _length(headers: dict[bytes, bytes]) -> int:
    try:
        return int(headers.get(b"content-length", b"0"))
    except ValueError:
        return 0
