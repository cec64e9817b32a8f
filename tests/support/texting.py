"""A provider of text messages on the loopback, which keeps what it takes and refuses when told to."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote


class Provider:
    """`status` is what it answers; `taken` holds each number with its words, oldest first."""

    def __init__(self) -> None:
        self.status = 200
        self.taken: list[tuple[str, str]] = []
        self.asked = 0
        provider = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                provider.asked += 1
                if provider.status == 200:
                    provider.taken.append((unquote(self.path.rpartition("/")[2]), told["message"]))
                self.send_response(provider.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """As NEXUS_TEXT_URL has it."""
        return f"json://127.0.0.1:{self._server.server_port}/sent/{{to}}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
