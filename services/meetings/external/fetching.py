"""Fetches a calendar: from the public Internet alone, so many bytes and seconds at most."""

from urllib.parse import urljoin, urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector

from nexus.addresses import MayReach, guarded, is_public
from nexus.errors import InvalidInput

LARGEST = 10_000_000  # bytes
_AGENT = "EmploiNEXUS-calendars/1.0"
_REDIRECTS = 3
_MOVED = {301, 302, 303, 307, 308}
_TIME = ClientTimeout(total=30, sock_connect=10)  # seconds


async def fetched(address: str, may_reach: MayReach = is_public) -> bytes:
    """What is at `address`. Raises InvalidInput(`calendar_unreachable`, `calendar_not_public`,
    `calendar_too_large`)."""
    refusals: list[None] = []
    connector = TCPConnector(
        socket_factory=guarded(may_reach, lambda: refusals.append(None)),
        force_close=True,
        use_dns_cache=False,
    )
    headers = {"User-Agent": _AGENT, "Accept": "text/calendar", "Accept-Encoding": "identity"}
    async with ClientSession(
        connector=connector, headers=headers, timeout=_TIME, auto_decompress=False
    ) as session:
        try:
            return await _followed(session, address)
        except (ClientError, OSError, TimeoutError, ValueError):
            raise InvalidInput("calendar_not_public" if refusals else "calendar_unreachable") from None


async def _followed(session: ClientSession, address: str) -> bytes:
    for _ in range(_REDIRECTS + 1):
        if urlsplit(address).scheme not in ("http", "https"):
            break
        async with session.get(address, allow_redirects=False) as answer:
            place = answer.headers.get("Location")
            if answer.status not in _MOVED or not place:
                return await _body(answer)
        address = urljoin(address, place)
    raise InvalidInput("calendar_unreachable")


async def _body(answer: ClientResponse) -> bytes:
    if answer.status != 200:
        raise InvalidInput("calendar_unreachable", status=answer.status)
    read = bytearray()
    async for chunk in answer.content.iter_chunked(65_536):
        read += chunk
        if len(read) > LARGEST:
            raise InvalidInput("calendar_too_large", bytes=LARGEST)
    return bytes(read)
