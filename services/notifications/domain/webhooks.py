"""Rules of webhooks: which addresses may be told, what a telling says, when it is tried again, when it is given up."""

import base64
import hashlib
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

from nexus.addresses import is_public
from nexus.errors import InvalidInput
from nexus.messages import EVENT_NAMESPACE, CloudEvent
from services.notifications.contracts.webhooks import PublicEvent, Trouble

MOST_WEBHOOKS = 20  # of a sector
OVERLAP = timedelta(days=1)  # how long the secret before a rotation signs as well
GIVEN_UP_AFTER = timedelta(days=3)
LEASE = timedelta(minutes=3)  # what a process took and never finished is free again after this
KEPT = timedelta(days=90)
REPEATED = timedelta(days=1)  # how long a repetition of what made a secret is told it again
_PAUSES = (  # seconds; the schedule that Standard Webhooks proposes, as far as it lies within three days
    5,
    5 * 60,
    30 * 60,
    2 * 3600,
    5 * 3600,
    10 * 3600,
    14 * 3600,
    20 * 3600,
    19 * 3600,
)
_LONGEST_WAIT = timedelta(days=1)  # that a receiver may ask for
_REST = timedelta(minutes=5)  # at most, of a receiver that is silent
_BUSY = {429, 503}
_GONE = 410
_AT_HOME = ("localhost", "local", "internal", "lan", "home.arpa", "test", "invalid")  # RFC 6761, 6762, 8375
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class News:
    """Something that others may be told. `sectors`: whose it is; none: of all of them."""

    event: PublicEvent | Literal["webhook.test"]
    subject: str
    revision: int
    sectors: tuple[str, ...]
    told: Mapping[str, Any]  # besides what every event has

    @property
    def id(self) -> str:
        """The same whenever it is heard again."""
        return _digest(self.event, self.subject, str(self.revision))


@dataclass(frozen=True)
class Answer:
    """What a receiver answered, or what went wrong; `wait` is its header Retry-After."""

    id: str
    status: int | None = None
    trouble: Trouble | None = None
    excerpt: str | None = None
    wait: str | None = None

    @property
    def accepted(self) -> bool:
        return self.trouble is None

    @property
    def is_gone(self) -> bool:
        return self.status == _GONE

    @property
    def asks_to_wait(self) -> bool:
        return self.status in _BUSY and self.wait is not None

    @property
    def is_silent(self) -> bool:
        """Whether what else is for the same receiver would hardly fare better now."""
        return self.asks_to_wait or self.is_gone or self.trouble not in (None, "refused")


def checked_url(url: str, loopback: bool = False) -> str:
    """`url`, if it can be the address of a webhook: of https, without credentials, of no private network as far as its
    text tells. What its name leads to is looked at whenever it is connected to. `loopback`: this machine may be told,
    without TLS as well.

    Raises InvalidInput(`webhook_url_invalid`, `webhook_url_not_https`, `webhook_url_credentials`,
    `webhook_url_not_public`)."""
    parts = _parts(url)
    host = (parts.hostname or "").rstrip(".")
    if loopback and host in LOOPBACK and parts.scheme in ("http", "https"):
        return url
    if parts.scheme != "https":
        raise InvalidInput("webhook_url_not_https")
    if parts.username is not None or parts.password is not None:
        raise InvalidInput("webhook_url_credentials")
    if not host or parts.fragment:
        raise InvalidInput("webhook_url_invalid")
    if not _may_be_public(host):
        raise InvalidInput("webhook_url_not_public")
    return url


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise InvalidInput("webhook_url_invalid") from None
    if not (url.isascii() and url.isprintable()) or " " in url or "\\" in url:
        raise InvalidInput("webhook_url_invalid")
    return parts


def _may_be_public(host: str) -> bool:
    number = _number(host)
    if number is not None:
        return is_public(number)
    return "." in host and not any(host == name or host.endswith(f".{name}") for name in _AT_HOME)


def _number(host: str) -> str | None:
    """The address that `host` writes in numbers, in any of the ways that systems read (`0x7f.1`, `2130706433`)."""
    if ":" in host:
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def new_secret() -> str:
    """A secret of 256 random bits, written as Standard Webhooks has it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def repeated_id(*parts: str) -> str:
    """What is known by the key with which somebody asked for it: the same when it is asked for again."""
    return _digest(*parts)


def delivery_id(event: str, webhook: str) -> str:
    """The `webhook-id` of an event for one webhook: the same whenever it is sent."""
    return f"msg_{_digest(event, webhook)}"


def body(news: News, sector: str, site: str | None, at: datetime) -> str:
    """A CloudEvent 1.0 in JSON. `site` is the address of the sector's site, if it is known."""
    event = CloudEvent(
        id=news.id,
        source=site or f"/{sector}",
        type=f"{EVENT_NAMESPACE}.{news.event}.v1",
        subject=news.subject,
        time=at,
        data={
            "id": news.subject,
            "revision": news.revision,
            "sector": sector,
            **({"url": f"{site}{path}"} if site and (path := _path(news)) else {}),
            **news.told,
        },
    )
    return event.model_dump_json(exclude_none=True)


def _path(news: News) -> str | None:
    """Where the API tells more of what is public."""
    kind, _, what = news.event.partition(".")
    return (
        f"/api/v1/{kind}s/{news.subject}" if kind in ("program", "document") and what == "published" else None
    )


def next_attempt(
    created_at: datetime, attempts: int, now: datetime, answer: Answer, luck: float
) -> datetime | None:
    """When a telling that failed so often is tried again; None: it is given up. Up to a tenth is added by `luck`
    (0 to 1), so that many do not come back at once; what the receiver asks for is honoured."""
    if attempts > len(_PAUSES):
        return None
    at = now + timedelta(seconds=_PAUSES[attempts - 1] * (1 + luck / 10))
    if answer.asks_to_wait:
        at = max(at, waited_for(answer.wait or "", now))
    return at if at <= created_at + GIVEN_UP_AFTER else None


def rest_until(answer: Answer, at: datetime, now: datetime) -> datetime | None:
    """Until when nothing at all is sent to who gave this `answer`, which is to be tried again at `at`."""
    if answer.asks_to_wait:
        return at
    return min(at, now + _REST) if answer.is_silent else None


def waited_for(header: str, now: datetime) -> datetime:
    """Until when a header Retry-After (RFC 9110, 10.2.3) asks to wait, a day at most; `now` if it says nothing."""
    if header.isascii() and header.isdigit():
        return now + min(timedelta(seconds=int(header[:9])), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return now
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at, now), now + _LONGEST_WAIT)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
