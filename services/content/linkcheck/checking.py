"""Asks about links, politely: one request at a time of each site, with a pause; no more than is needed to know."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import aiohttp
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector

from nexus.addresses import MayReach, guarded, is_public
from services.content.domain.links import Outcome, Result

AGENT = "EmploiNEXUS-links"  # what a robots.txt calls us
_SITES_AT_ONCE = 8
_REDIRECTS = 3
_ANSWER = ClientTimeout(total=20, sock_connect=10)  # seconds
_LARGEST_ROBOTS = 100_000  # bytes
_MOVED = {301, 302, 303, 307, 308}
_GONE = {404, 410}
_WITHHELD = {401, 402, 403, 407, 429, 451, 999}  # it answers, and not to programs: a person may fare better
_PART = {"Range": "bytes=0-0"}


@dataclass
class _Site:
    """Whom one request at a time is sent to. `may_ask_at` is a time of the loop's clock."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    may_ask_at: float = 0.0
    robots: RobotFileParser | None = None


class Checker:
    """`contact` tells site owners whom to write to. `pause` is in seconds, between two requests to one site."""

    def __init__(self, contact: str, may_reach: MayReach = is_public, pause: float = 2.0) -> None:
        self._agent = f"{AGENT}/1.0 (+{contact})" if contact else f"{AGENT}/1.0"
        self._may_reach = may_reach
        self._pause = pause
        self._sites: dict[str, _Site] = {}

    async def check(self, urls: Iterable[str], tell: Callable[[str, Result], None]) -> None:
        """Tell what became of each of `urls` as soon as it is known, whatever servers answer."""
        by_site: dict[str, list[str]] = {}
        for url in urls:
            by_site.setdefault(_host(url), []).append(url)
        slots = asyncio.Semaphore(_SITES_AT_ONCE)

        async def of_site(links: list[str]) -> None:
            async with slots:
                for url in links:
                    tell(url, await self._checked(url))

        await asyncio.gather(*(of_site(links) for links in by_site.values()))

    async def _checked(self, url: str) -> Result:
        """A connection of its own for each link, so that it is known whose address was refused."""
        refusals: list[None] = []
        connector = TCPConnector(
            socket_factory=guarded(self._may_reach, lambda: refusals.append(None)),
            force_close=True,
            use_dns_cache=False,
        )
        headers = {"User-Agent": self._agent, "Accept": "*/*"}
        async with ClientSession(
            connector=connector, headers=headers, timeout=_ANSWER, auto_decompress=False
        ) as session:
            try:
                return await self._followed(session, url)
            except (ClientError, OSError, TimeoutError, ValueError) as error:
                return Result(Outcome.PRIVATE if refusals else _failure(error))

    async def _followed(self, session: ClientSession, url: str) -> Result:
        for _ in range(_REDIRECTS + 1):
            if urlsplit(url).scheme not in ("http", "https") or not _host(url):
                return Result(Outcome.NO_ADDRESS)
            if not await self._is_welcome(session, url):
                return Result(Outcome.WITHHELD)
            status, place = await self._asked(session, "HEAD", url)
            if status >= 400 and status != 429:  # many servers do not know HEAD, and say so in many ways
                status, place = await self._asked(session, "GET", url)
            if status not in _MOVED or not place:
                return _result(status)
            url = urljoin(url, place).partition("#")[0]
        return Result(Outcome.REDIRECTS)

    async def _asked(self, session: ClientSession, method: str, url: str) -> tuple[int, str | None]:
        headers = _PART if method == "GET" else {}
        async with self._turn(url), _request(session, method, url, headers) as answer:
            return answer.status, answer.headers.get("Location")

    async def _is_welcome(self, session: ClientSession, url: str) -> bool:
        """What the site's robots.txt says (RFC 9309); where there is none that can be read, it says nothing."""
        site = self._site(url)
        if site.robots is None:
            site.robots = RobotFileParser()
            site.robots.parse(await self._robots(session, urljoin(url, "/robots.txt")))
        return site.robots.can_fetch(AGENT, url)

    async def _robots(self, session: ClientSession, url: str) -> list[str]:
        try:
            async with self._turn(url), _request(session, "GET", url, {}) as answer:
                if answer.status != 200:
                    return []
                return (await _start_of(answer)).decode("utf-8", "replace").splitlines()
        except (ClientError, OSError, TimeoutError):
            return []  # the link itself will tell

    def _turn(self, url: str) -> "_Turn":
        return _Turn(self._site(url), self._pause)

    def _site(self, url: str) -> _Site:
        return self._sites.setdefault(_host(url), _Site())


class _Turn:
    """The right to send one request to a site."""

    def __init__(self, site: _Site, pause: float) -> None:
        self._site = site
        self._pause = pause

    async def __aenter__(self) -> None:
        await self._site.turn.acquire()
        await asyncio.sleep(self._site.may_ask_at - asyncio.get_running_loop().time())

    async def __aexit__(self, *_: object) -> None:
        self._site.may_ask_at = asyncio.get_running_loop().time() + self._pause
        self._site.turn.release()


def _request(
    session: ClientSession, method: str, url: str, headers: Mapping[str, str]
) -> "aiohttp.client._RequestContextManager":
    return session.request(method, url, headers=headers, allow_redirects=False)


async def _start_of(answer: ClientResponse) -> bytes:
    read = bytearray()
    async for chunk in answer.content.iter_chunked(16_384):
        read += chunk
        if len(read) >= _LARGEST_ROBOTS:
            break
    return bytes(read)


def _result(status: int) -> Result:
    if status in _GONE:
        return Result(Outcome.GONE, status)
    if status in _WITHHELD:
        return Result(Outcome.WITHHELD, status)
    is_there = status < 400 or status == 416  # a page without a first byte
    return Result(Outcome.THERE if is_there else Outcome.REFUSED, status)


def _failure(error: Exception) -> Outcome:
    match error:
        case aiohttp.ClientSSLError():
            return Outcome.CERTIFICATE
        case aiohttp.ClientConnectorDNSError():
            return Outcome.NO_HOST
        case aiohttp.InvalidURL() | UnicodeError():
            return Outcome.NO_ADDRESS
        case _:
            return Outcome.NO_ANSWER


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
