"""How often one address, or one key, may ask for what costs something: answers from the cache are not counted."""

import hashlib

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from gateway.cache import App, Receive, Scope, Send
from gateway.links import SIGN_IN
from gateway.problems import MEDIA_TYPE, preferred, problem
from nexus.caller import LANGUAGES

_SIGN_IN_SHARE = 20  # of what is allowed in all, one in so many may be an attempt to sign in
_FREE = ("/healthz", "/readyz", "/metrics", "/static/")
_SIGN_IN = tuple(f"/{language}/{SIGN_IN[language]}" for language in LANGUAGES)


class RateLimit:
    """An ASGI application around another one. `per_minute` requests of one address pass, and as many with one key
    from however many addresses; 0: any number.

    Each process counts for itself: behind several, so many times as much passes."""

    def __init__(self, app: App, base_url: str, per_minute: int) -> None:
        self._app = app
        self._base_url = base_url
        self._all = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._sign_in = RateLimitItemPerMinute(max(per_minute // _SIGN_IN_SHARE, 1))
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._all is None or scope["path"].startswith(_FREE):
            await self._app(scope, receive, send)
            return
        for kind, limit, who in self._limits(scope, self._all):
            if not self._limiter.hit(limit, kind, who):
                await self._refuse(scope, _wait(limit), send)
                return
        await self._app(scope, receive, send)

    def _limits(self, scope: Scope, every: RateLimitItem) -> list[tuple[str, RateLimitItem, str]]:
        """What counts, each with its limit and whose it is."""
        address = scope["client"][0] if scope.get("client") else ""
        limits = [("all", every, address)]
        path = scope["path"]
        if path.startswith("/openid/") or (scope["method"] == "POST" and path.startswith(_SIGN_IN)):
            limits.insert(0, ("sign-in", self._sign_in, address))
        if path.startswith("/api/") and (given := dict(scope["headers"]).get(b"authorization")):
            limits.append(("key", every, hashlib.sha256(given).hexdigest()))
        return limits

    async def _refuse(self, scope: Scope, wait: int, send: Send) -> None:
        accepted = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
        body = (
            problem(self._base_url, 429, "too_many_requests", preferred(accepted)).model_dump_json().encode()
        )
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"retry-after", str(wait).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _wait(limit: RateLimitItem) -> int:
    """Seconds until one more may pass, about: a window frees its places evenly."""
    return max(1, round(limit.get_expiry() / limit.amount))
