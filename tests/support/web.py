"""A real web server on the loopback, which answers as it is told to and remembers what it was asked."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request, and when it began and ended."""

    method: str
    path: str
    headers: dict[str, str]
    began: float
    ended: float = 0.0
    body: bytes = b""


@dataclass
class Web:
    """`pages` has a status for a path, a place to lead to, or what to do with the request."""

    port: int = 0
    pages: dict[str, int | str | Callable[[Any], None]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self, *methods: str) -> list[str]:
        """What was asked for, but robots.txt."""
        return [f"{one.method} {one.path}" for one in self.asked if one.path != "/robots.txt"]


@contextmanager
def serving(tls: ssl.SSLContext | None = None, **pages: int | str | Callable[[Any], None]) -> Iterator[Web]:
    """A server whose pages are at the names given."""
    web = Web(pages={f"/{name}": page for name, page in pages.items()})

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            asked = Asked(self.command, self.path, dict(self.headers), time.monotonic())
            asked.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            web.asked.append(asked)
            self.asked = asked  # for pages that look at what came
            page = web.pages.get(self.path, 404)
            if callable(page):
                page(self)
            elif isinstance(page, str):
                self.send_response(302)
                self.send_header("Location", page)
                self.end_headers()
            else:
                self.send_response(page)
                self.end_headers()
            asked.ended = time.monotonic()

        do_GET = do_HEAD = do_POST = answer

        def log_message(self, *_: object) -> None:
            """In silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.port = server.server_address[1]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
