"""A way to an engine that can be cut and mended, as if the engine had gone and come back."""

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit


class Severable:
    """Passes connections on to the engine at `url`; `url` of this object leads through it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        self._engine = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._address = self._listener.getsockname()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        credentials = parts.netloc.rpartition("@")
        place = f"{credentials[0]}{credentials[1]}127.0.0.1:{self._address[1]}"
        self.url = urlunsplit(parts._replace(netloc=place))
        self._accept(self._listener)

    def cut(self) -> None:
        """End every connection and take no more."""
        with self._lock:
            for one in (self._listener, *self._open):
                _shut(one)  # wakes whoever waits for it
            self._listener.close()

    def mend(self) -> None:
        """Take connections again, at the same address."""
        self._listener = socket.create_server(self._address)
        self._accept(self._listener)

    def _accept(self, listener: socket.socket) -> None:
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                client, _ = listener.accept()
                self._join(client)

    def _join(self, client: socket.socket) -> None:
        try:
            engine = socket.create_connection(self._engine)
        except OSError:
            client.close()
            return
        with self._lock:
            self._open |= {client, engine}
        for one in (client, engine):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self._pass_both, args=(client, engine), daemon=True).start()

    def _pass_both(self, client: socket.socket, engine: socket.socket) -> None:
        back = threading.Thread(target=_pass_on, args=(engine, client), daemon=True)
        back.start()
        _pass_on(client, engine)
        back.join()
        with self._lock:
            self._open -= {client, engine}
        client.close()
        engine.close()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while sent := source.recv(65_536):
            sink.sendall(sent)
    _shut(source)
    _shut(sink)


def _shut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
