"""Refuses what other sites make a browser send: forms carry a token besides, where somebody is signed in."""

from urllib.parse import urlsplit

from gateway.cache import App, Receive, Scope, Send
from gateway.links import UNSUBSCRIBE
from gateway.problems import MEDIA_TYPE, preferred, problem

_SAFE = {"GET", "HEAD", "OPTIONS"}
_OPEN = ("/api/", *(f"/{language}/{word}/" for language, word in UNSUBSCRIBE.items()))  # they take no cookies
_FROM_HERE = {b"same-origin", b"none"}


class SameOrigin:
    """An ASGI application around another one. What changes something must come from a page of this site.

    Browsers say so themselves: https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site, older ones
    in `Origin`. What takes no cookies needs no such guard: the API, and where mail programs unsubscribe people."""

    def __init__(self, app: App, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _SAFE or scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if self._is_ours(headers):
            await self._app(scope, receive, send)
            return
        language = preferred(headers.get(b"accept-language", b"").decode("latin-1"))
        body = problem(self._base_url, 403, "cross_site_request", language).model_dump_json().encode()
        start = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 403, "headers": start})
        await send({"type": "http.response.body", "body": body})

    def _is_ours(self, headers: dict[bytes, bytes]) -> bool:
        site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
        if site is not None:
            return site in _FROM_HERE
        if origin is None:
            return True  # no browser: it sends no cookies that somebody else could use
        own = {urlsplit(self._base_url).netloc, headers.get(b"host", b"").decode("latin-1")}
        return urlsplit(origin.decode("latin-1")).netloc in own
