"""Sends requests to strangers' servers: to the public Internet alone, following nothing, reading little."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector

from nexus.addresses import MayReach, guarded
from services.notifications.contracts.webhooks import Trouble
from services.notifications.domain.webhooks import Answer

_AGENT = "EmploiNEXUS-webhooks/1.0"
_AT_ONCE = 2  # requests of one webhook
_SECONDS = 15.0  # for one request, as Standard Webhooks advises
_READ = 1_000  # bytes of an answer
_READING = 2.0  # seconds for them
_SHOWN = 200  # characters

Tell = Callable[[Answer], None]


class Asking:
    """One run: few requests of each webhook at a time, and no more once it is silent or wants a pause; none at all once
    nobody `listens`."""

    def __init__(
        self, may_reach: MayReach, seconds: float = _SECONDS, listens: Callable[[], bool] = lambda: True
    ) -> None:
        self._may_reach = may_reach
        self._listens = listens
        self._time = ClientTimeout(total=seconds, sock_connect=min(seconds, 10))

    async def ask(self, requests: Sequence[dict[str, Any]], tell: Tell) -> None:
        """Tell what became of each as soon as it is known; those that were not sent are not told."""
        by_webhook: dict[str, deque[dict[str, Any]]] = {}
        for request in requests:
            by_webhook.setdefault(request["webhook"], deque()).append(request)
        hands = [left for left in by_webhook.values() for _ in range(_AT_ONCE)]
        await asyncio.gather(*(self._work(left, tell) for left in hands))

    async def _work(self, left: deque[dict[str, Any]], tell: Tell) -> None:
        while left and self._listens():
            answer = await self._answer(left.popleft())
            if answer.is_silent:
                left.clear()
            tell(answer)

    async def _answer(self, request: dict[str, Any]) -> Answer:
        """A connection of its own for each, so that it is known whose address was refused."""
        refusals: list[None] = []
        connector = TCPConnector(
            socket_factory=guarded(self._may_reach, lambda: refusals.append(None)),
            force_close=True,
            use_dns_cache=False,
        )
        headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity", **request["headers"]}
        async with ClientSession(
            connector=connector, headers=headers, timeout=self._time, auto_decompress=False
        ) as session:
            try:
                return await _sent(session, request)
            except (ClientError, OSError, TimeoutError, ValueError) as error:
                return Answer(request["id"], trouble="not_public" if refusals else _trouble(error))


async def _sent(session: ClientSession, request: dict[str, Any]) -> Answer:
    data = request["body"].encode()
    async with session.post(request["url"], data=data, allow_redirects=False) as answer:
        return Answer(
            request["id"],
            status=answer.status,
            trouble=_of_status(answer.status),
            excerpt=await _excerpt(answer),
            wait=answer.headers.get("Retry-After"),
        )


def _of_status(status: int) -> Trouble | None:
    if 200 <= status < 300:
        return None
    return "redirected" if 300 <= status < 400 else "refused"


async def _excerpt(answer: ClientResponse) -> str | None:
    """How the body begins, in printable characters; an answer that never ends is left where it stands."""
    read = bytearray()
    try:
        async with asyncio.timeout(_READING):
            while len(read) < _READ and (chunk := await answer.content.read(_READ - len(read))):
                read += chunk
    except (ClientError, OSError, TimeoutError):
        pass  # its status is known, which is what counts
    text = "".join(one if one.isprintable() else " " for one in read.decode("utf-8", "replace"))
    return " ".join(text.split())[:_SHOWN] or None


def _trouble(error: Exception) -> Trouble:
    match error:
        case aiohttp.ClientSSLError():
            return "certificate"
        case aiohttp.ClientConnectorDNSError():
            return "no_host"
        case TimeoutError():
            return "too_slow"
        case _:
            return "no_answer"
