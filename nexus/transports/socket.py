"""The door of a running embedded platform for commands on the same host: a socket only its owner may open.

One JSON object a line: `{"service", "method", "fields", "caller", "deadline"}` is answered by `{"result"}` or
`{"error": {"family", "code", "details"}}`. The socket is in a folder of its own, named in the data folder,
because the path of a socket may have some hundred characters only."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import orjson

from nexus.bus import DEFAULT_DEADLINE
from nexus.caller import Caller
from nexus.errors import DeadlineExceeded, InvalidInput, NexusError, Unavailable, error_from
from nexus.messages import CloudEvent, Event, Request
from nexus.transports.local import LocalBus

R = TypeVar("R")

_POINTER = "control"  # the file in the data folder that holds the socket's path
_LINE = 64 * 1024 * 1024  # bytes


class ControlServer:
    """Answers calls of the command line on the bus of a running platform."""

    def __init__(self, bus: LocalBus, data: Path) -> None:
        self._bus = bus
        self._pointer = data / _POINTER
        self._folder = Path(tempfile.mkdtemp(prefix="nexus-"))  # only its owner may enter
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        path = self._folder / "control.sock"
        self._server = await asyncio.start_unix_server(self._serve, path, limit=_LINE)
        self._pointer.write_text(str(path))

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        self._pointer.unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(await self._answer(line) + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            pass  # the other side left, or sent a line beyond the limit
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> bytes:
        try:
            ask = orjson.loads(line)
            caller = Caller.model_validate(ask["caller"])
            body = orjson.dumps(ask["fields"])
            result = await self._bus.call_raw(ask["service"], ask["method"], body, caller, ask["deadline"])
        except NexusError as error:
            told = {"family": type(error).__name__, "code": error.code, "details": error.details}
            return orjson.dumps({"error": told}, default=str)
        return b'{"result":' + result + b"}"


class SocketBus:
    """Calls a platform that runs in another process of this host."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, data: Path) -> "SocketBus | None":
        """A bus to the platform that runs on this data folder; None when none does."""
        try:
            path = (data / _POINTER).read_text()
            return cls(*await asyncio.open_unix_connection(path, limit=_LINE))
        except OSError:
            return None

    async def close(self) -> None:
        self._writer.close()

    async def call(
        self,
        message: Request[R],
        caller: Caller,
        *,
        service: str | None = None,
        deadline: float = DEFAULT_DEADLINE,
    ) -> R:
        ask = {
            "service": service or message.service,
            "method": message.method,
            "fields": message.model_dump(mode="json"),
            "caller": caller.model_dump(mode="json"),
            "deadline": deadline,
        }
        reply = orjson.loads(await self._ask(orjson.dumps(ask), deadline))
        if error := reply.get("error"):
            raise error_from(error["family"], error["code"], error["details"])
        result: R = message.result.validate_python(reply["result"])
        return result

    def listen(self, events: tuple[type[Event], ...], heard: Callable[[CloudEvent | None], Any]) -> None:
        raise InvalidInput("no_events_here")

    async def _ask(self, line: bytes, deadline: float) -> bytes:
        async with self._turn:
            try:
                self._writer.write(line + b"\n")
                await self._writer.drain()
                answer = await asyncio.wait_for(self._reader.readline(), deadline + 5)
            except TimeoutError:
                raise DeadlineExceeded() from None
            except (ConnectionError, ValueError) as error:
                raise Unavailable("platform_unavailable") from error
        if not answer:
            raise Unavailable("platform_unavailable")
        return answer
