"""Signs people in through a sector's identity provider: OpenID Connect Core 1.0, authorization code flow with PKCE.

The gateway keeps nothing of a sign-in that is under way: the browser holds a random challenge in a cookie, from which
`state`, `nonce` and the code verifier follow. An answer is therefore good in that browser alone, and once: the provider
takes each code once. Why the token is verified here: docs/decisions/0016."""

import asyncio
import base64
import hashlib
import hmac
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.sectors import IdentityProvider, is_safe_address
from nexus.errors import Forbidden, Unavailable
from nexus.telemetry import log

CALLBACK = "/openid/callback"  # what the operator registers at the provider, after the site's address
_PATIENCE = 5.0  # seconds for one answer of the provider
_LARGEST = 500_000  # bytes of one answer
_KEPT = 600.0  # seconds for which the provider's addresses and keys are believed
_FRESH = 5.0  # seconds for which they are not asked for again, whatever they fail at
_LEEWAY = 60  # seconds by which clocks may differ
_ALGORITHMS = (
    "RS256",
    "PS256",
    "ES256",
    "RS384",
    "PS384",
    "ES384",
    "RS512",
    "PS512",
    "ES512",
    "EdDSA",
    "Ed25519",
)

T = TypeVar("T")


class OpenId:
    """One sector's provider, as one of its clients. `base_url` is the sector's site."""

    def __init__(self, provider: IdentityProvider, secret: str, base_url: str) -> None:
        self._provider = provider
        self._secret = secret
        self._callback = base_url + CALLBACK
        self._tls = httpx2.create_ssl_context(trust_env=False)  # once: it reads all authorities
        self._metadata = _Remembered(self._fetch_metadata)
        self._keys = _Remembered(self._fetch_keys)

    @property
    def may_join(self) -> bool:
        """Whether somebody without an account gets one."""
        return self._provider.new_members

    async def begin(self, challenge: str) -> str:
        """Where to send the browser that holds `challenge`. Raises Unavailable(`provider_away`)."""
        metadata = await self._metadata()
        async with self._client(metadata) as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=_derived(challenge, "state"),
                nonce=_derived(challenge, "nonce"),
                code_verifier=_derived(challenge, "verifier"),
            )
        return str(address)

    async def finish(self, challenge: str, answer: Mapping[str, str]) -> str:
        """The e-mail address that the provider has proven, after it sent the browser back with `answer`.

        Raises Unavailable(`provider_away`), and Forbidden: `sign_in_expired`, `provider_refused`,
        `identity_unproven`, `email_unproven`, `address_not_allowed`."""
        if not challenge or not hmac.compare_digest(
            answer.get("state", "").encode(), _derived(challenge, "state").encode()
        ):
            raise Forbidden("sign_in_expired")
        if "error" in answer or not answer.get("code"):
            raise self._refused("provider_refused", answer.get("error", "no code")[:100])
        if answer.get("iss", self._provider.issuer) != self._provider.issuer:
            raise self._refused("identity_unproven", "another issuer answered")  # RFC 9207
        metadata = await self._metadata()
        async with self._client(metadata) as client, self._asking():
            try:
                token = await client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=answer["code"],
                    redirect_uri=self._callback,
                    code_verifier=_derived(challenge, "verifier"),
                )
            except AuthlibBaseError as error:
                raise self._refused("provider_refused", str(error.error)) from None
        return self._address(await self._claims(token, _derived(challenge, "nonce")))

    async def _claims(self, token: Mapping[str, Any], nonce: str) -> CodeIDToken:
        """What the ID token says, once it is proven (OpenID Connect Core 1.0 §3.1.3.7)."""
        given = token.get("id_token")
        if not isinstance(given, str):
            raise self._refused("identity_unproven", "no ID token")
        try:
            signed = await self._opened(given)
            params = {
                "nonce": nonce,
                "client_id": self._provider.client_id,
                "access_token": token.get("access_token"),
            }
            expected: Any = {
                "iss": {"essential": True, "value": self._provider.issuer},
                "aud": {"essential": True, "value": self._provider.client_id},
            }
            claims = CodeIDToken(signed.claims, signed.header, expected, params)
            claims.validate(leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise self._refused("identity_unproven", repr(error)) from None
        return claims

    async def _opened(self, token: str) -> jwt.Token:
        """Its signature verified, with the keys of now where those that are remembered do not do: they change."""
        try:
            return jwt.decode(token, await self._keys(), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            if self._keys.is_fresh:
                raise
            self._keys.forget()
            return jwt.decode(token, await self._keys(), algorithms=_ALGORITHMS)

    def _address(self, claims: Mapping[str, Any]) -> str:
        email = claims.get("email")
        if claims.get("email_verified") is not True or not isinstance(email, str) or not email:
            raise self._refused("email_unproven", "no verified address")
        domains = self._provider.domains
        if domains and email.rpartition("@")[2].lower() not in domains:
            raise self._refused("address_not_allowed", "another domain")
        return email

    async def _fetch_metadata(self) -> dict[str, Any]:
        """OpenID Connect Discovery 1.0 §4: of this very issuer, its addresses as safe as its own."""
        found = await self._fetch(self._provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != self._provider.issuer:
            raise self._away("the discovery document is another issuer's")
        if not all(is_safe_address(str(found.get(name, ""))) for name in needed):
            raise self._away("the discovery document lacks an address, or has an unsafe one")
        return found

    async def _fetch_keys(self) -> KeySet:
        found = await self._fetch((await self._metadata())["jwks_uri"])
        try:
            return KeySet.import_key_set({"keys": [key for key in found["keys"] if key.get("use") != "enc"]})
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise self._away(repr(error)) from None

    async def _fetch(self, address: str) -> dict[str, Any]:
        async with self._client({}) as client, self._asking():
            reply = await client.request("GET", address, withhold_token=True)
            reply.raise_for_status()
            found = reply.json()
        if not isinstance(found, dict):
            raise self._away("not a JSON object")
        return found

    def _client(self, metadata: Mapping[str, Any]) -> AsyncOAuth2Client:
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic = "client_secret_basic" in methods
        return AsyncOAuth2Client(
            self._provider.client_id,
            self._secret,
            token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",
            scope="openid email",
            redirect_uri=self._callback,
            code_challenge_method="S256",
            transport=_Bounded(self._tls),
            timeout=_PATIENCE,
            trust_env=False,
        )

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(_PATIENCE):
                yield
        except (httpx2.HTTPError, TimeoutError, ValueError) as error:
            raise self._away(repr(error)) from None

    def _away(self, reason: str) -> Unavailable:
        log.warning("provider_away", issuer=self._provider.issuer, reason=reason[:300])
        return Unavailable("provider_away")

    def _refused(self, code: str, reason: str) -> Forbidden:
        """The person is told what it means for them; the operator, in the log, what happened."""
        log.warning(code, issuer=self._provider.issuer, reason=reason[:300])
        return Forbidden(code)


class _Remembered(Generic[T]):
    """What a provider publishes, asked for again once it is old."""

    def __init__(self, fetch: Callable[[], Awaitable[T]]) -> None:
        self._fetch = fetch
        self._held: tuple[T, float] | None = None

    async def __call__(self) -> T:
        if self._held is None or self._age > _KEPT:
            self._held = await self._fetch(), time.monotonic()
        return self._held[0]

    @property
    def is_fresh(self) -> bool:
        """So new that asking again would bring nothing else."""
        return self._age < _FRESH

    @property
    def _age(self) -> float:
        return time.monotonic() - self._held[1] if self._held else float("inf")

    def forget(self) -> None:
        self._held = None


class _Bounded(httpx2.AsyncBaseTransport):
    """Carries requests to safe addresses alone, and of the answers no more than `_LARGEST` bytes."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._inner = httpx2.AsyncHTTPTransport(verify=tls)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if not is_safe_address(str(request.url)):
            raise httpx2.UnsupportedProtocol("neither https nor this machine", request=request)
        request.headers["Accept-Encoding"] = "identity"  # what is small on the wire must be small in memory
        response = await self._inner.handle_async_request(request)
        body = bytearray()
        try:
            async for part in response.aiter_raw():
                body += part
                if len(body) > _LARGEST:
                    raise httpx2.ReadError("the answer is too long", request=request)
        finally:
            await response.aclose()
        if response.headers.get("content-encoding", "identity") != "identity":
            raise httpx2.ReadError("the answer is compressed", request=request)
        return httpx2.Response(response.status_code, headers=response.headers, content=bytes(body))

    async def aclose(self) -> None:
        await self._inner.aclose()


def _derived(challenge: str, purpose: str) -> str:
    """43 characters that only who holds `challenge` can tell, and that do not tell `challenge`."""
    digest = hashlib.sha256(f"{purpose}:{challenge}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
