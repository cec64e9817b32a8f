"""A small identity provider that really is one: OpenID Connect over HTTP on loopback, codes that are good once, PKCE,
client authentication, ID tokens signed with RS256. It can be told to misbehave."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

_PAGE = """<!doctype html><html lang="en"><title>Provider</title><h1>Sign in at the provider</h1>
<form method="post"><button name="answer" value="yes">Continue</button>
<button name="answer" value="no">Refuse</button></form>"""


def _key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(8), "use": "sig", "alg": "RS256"})


_FIRST_KEY = cache(_key)  # making one takes a while


@dataclass
class OpenIdProvider:
    """Whoever comes is `claims`. `replies` replaces the answer at a path with what it returns: (status, type, body)."""

    client_id: str = "nexus-tic"
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    replies: dict[str, Callable[[], tuple[int, str, bytes]]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=_FIRST_KEY)
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def start(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def proves(self, email: str, verified: object = True) -> None:
        """From now on whoever comes has this address."""
        self.claims = {"email": email, "email_verified": verified}

    def rotate(self) -> None:
        """Sign with another key, as providers do every now and then."""
        self.key = _key()

    def visited(self, address: str, answer: str = "yes") -> str:
        """What a person does there who was sent to `address`; the address that they are sent back to."""
        with httpx2.Client(timeout=5) as client:
            assert "Sign in at the provider" in client.get(address).text
            return client.post(address, data={"answer": answer}).headers["location"]

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            **self.metadata,
        }

    def keys(self) -> dict[str, Any]:
        return dict(KeySet([self.key]).as_dict(private=False))

    def decided(self, asked: dict[str, str], answer: str) -> str:
        """Where to send the browser after its person decided."""
        assert asked["client_id"] == self.client_id
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert "openid" in asked["scope"].split()
        told = {"state": asked["state"], "iss": self.issuer}
        if answer == "yes":
            told["code"] = secrets.token_urlsafe(16)
            self._codes[told["code"]] = asked
        else:
            told["error"] = "access_denied"
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def redeemed(self, given: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The answer of the token endpoint."""
        pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if authorization != f"Basic {pair}":
            return 401, {"error": "invalid_client"}
        asked = self._codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or asked["redirect_uri"] != given.get("redirect_uri")
            or asked["code_challenge"] != proof
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": self._signed(asked)}

    def _signed(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        standard = {"iss": self.issuer, "sub": "248289761001", "aud": self.client_id, "iat": now}
        claims = standard | {"exp": now + 300, "nonce": asked["nonce"]} | self.claims
        told = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid} | self.header, told, self.key)


def _handler(provider: OpenIdProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            provider.asked.append(path)
            if path in provider.replies:
                self._send(*provider.replies[path]())
            elif path == "/.well-known/openid-configuration":
                self._json(200, provider.document())
            elif path == "/keys":
                self._json(200, provider.keys())
            elif path == "/authorize":
                self._send(200, "text/html; charset=utf-8", _PAGE.encode())
            else:
                self._send(404, "text/plain", b"")

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            given = dict(parse_qsl(body))
            if parts.path in provider.replies:
                self._send(*provider.replies[parts.path]())
            elif parts.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(303)
                self.send_header("Location", provider.decided(asked, given["answer"]))
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._json(*provider.redeemed(given, self.headers.get("authorization", "")))

        def _json(self, status: int, told: dict[str, Any]) -> None:
            self._send(status, "application/json", json.dumps(told).encode())

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
