"""Sign-in at an identity provider: what it proves is believed, what it does not prove is not, whatever it answers."""

import asyncio
import base64
import gzip
import hmac
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from joserfc.jwk import RSAKey

from gateway.people import openid
from gateway.people.openid import OpenId
from gateway.sectors import Bilingual, IdentityProvider
from nexus.errors import Forbidden, NexusError, Unavailable
from tests.support.openid_provider import OpenIdProvider

SITE = "http://localhost:8001"
CHALLENGE = "a-random-challenge-of-one-browser-0123456789"
ANNE = "anne@partenaire.example"


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    running = OpenIdProvider()
    running.start()
    running.proves(ANNE)
    yield running
    running.stop()


@pytest.fixture
def client(provider: OpenIdProvider) -> OpenId:
    return client_of(provider)


def client_of(provider: OpenIdProvider, **fields: object) -> OpenId:
    name = Bilingual(fr="Partenaire", en="Partner")
    settings = {"issuer": provider.issuer, "client_id": "nexus-tic", "name": name} | fields
    return OpenId(IdentityProvider.model_validate(settings), provider.client_secret, SITE)


def begun(client: OpenId, challenge: str = CHALLENGE) -> str:
    return asyncio.run(client.begin(challenge))


def finished(client: OpenId, back: str, challenge: str = CHALLENGE) -> str:
    return asyncio.run(client.finish(challenge, dict(parse_qsl(urlsplit(back).query))))


def refused(client: OpenId, back: str, challenge: str = CHALLENGE) -> str:
    with pytest.raises(Forbidden) as caught:
        finished(client, back, challenge)
    return caught.value.code


def test_what_the_provider_has_proven_is_believed(provider: OpenIdProvider, client: OpenId) -> None:
    assert finished(client, provider.visited(begun(client))) == ANNE


def test_the_browser_is_sent_with_all_that_binds_the_answer_to_it(client: OpenId) -> None:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun(client)).query).items()}
    assert asked["redirect_uri"] == f"{SITE}/openid/callback"
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    others = dict(parse_qsl(urlsplit(begun(client, "another-browser")).query))
    for one in ("state", "nonce", "code_challenge"):
        assert asked[one] != others[one]
        assert CHALLENGE not in asked[one]


def test_an_answer_is_good_once(provider: OpenIdProvider, client: OpenId) -> None:
    back = provider.visited(begun(client))
    finished(client, back)
    assert refused(client, back) == "provider_refused"


@pytest.mark.parametrize("challenge", ["another-browser", ""])
def test_an_answer_is_nothing_in_another_browser(
    provider: OpenIdProvider, client: OpenId, challenge: str
) -> None:
    back = provider.visited(begun(client))
    assert refused(client, back, challenge) == "sign_in_expired"
    assert finished(client, back) == ANNE


def test_an_answer_without_the_state_is_nothing(client: OpenId) -> None:
    assert refused(client, f"{SITE}/openid/callback?code=x") == "sign_in_expired"
    assert refused(client, f"{SITE}/openid/callback?code=x&state=%C3%A9") == "sign_in_expired"


def test_a_code_for_another_browser_is_refused_by_the_provider(
    provider: OpenIdProvider, client: OpenId
) -> None:
    stolen = dict(parse_qsl(urlsplit(provider.visited(begun(client))).query))["code"]
    own = dict(parse_qsl(urlsplit(begun(client, "eve")).query))["state"]
    assert refused(client, f"{SITE}?code={stolen}&state={own}", "eve") == "provider_refused"


def test_who_refuses_at_the_provider_is_told_so(provider: OpenIdProvider, client: OpenId) -> None:
    assert refused(client, provider.visited(begun(client), "no")) == "provider_refused"


def test_an_answer_of_another_issuer_is_refused(provider: OpenIdProvider, client: OpenId) -> None:
    back = provider.visited(begun(client)).replace("iss=http", "iss=https")
    assert refused(client, back) == "identity_unproven"


def test_a_wrong_client_secret_is_refused(provider: OpenIdProvider, client: OpenId) -> None:
    provider.client_secret = "another"
    assert refused(client, provider.visited(begun(client))) == "provider_refused"


NOW = time.time()


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"aud": ["nexus-tic", "somebody-else"], "azp": "somebody-else"},
        {"exp": int(NOW) - 120},
        {"iat": int(NOW) + 3600},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": None},
        {"sub": None},
        {"aud": None},
        {"iss": None},
    ],
    ids=repr,
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    provider: OpenIdProvider, client: OpenId, claims: dict[str, object]
) -> None:
    provider.claims |= claims
    assert refused(client, provider.visited(begun(client))) == "identity_unproven"


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_the_provider_did_not_verify_is_refused(
    provider: OpenIdProvider, client: OpenId, verified: object
) -> None:
    provider.proves(ANNE, verified)
    assert refused(client, provider.visited(begun(client))) == "email_unproven"


def test_only_addresses_of_the_domains_named_are_taken(provider: OpenIdProvider) -> None:
    client = client_of(provider, domains=["partenaire.example"])
    assert finished(client, provider.visited(begun(client))) == ANNE
    for other in ("anne@evil.example", "anne@evil-partenaire.example", "anne@x.partenaire.example"):
        provider.proves(other)
        assert refused(client, provider.visited(begun(client))) == "address_not_allowed"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unsigned(token: str) -> str:
    _, claims, _ = token.split(".")
    return f"eyJhbGciOiJub25lIn0.{claims}."


def forged(token: str) -> str:
    head, claims, signature = token.split(".")
    return f"{head}.{claims[:-2]}{'AA' if claims[-2:] != 'AA' else 'BB'}.{signature}"


@pytest.mark.parametrize("change", [unsigned, forged, lambda _: "", lambda _: "a.b.c", lambda _: None])
def test_a_token_whose_signature_is_not_the_provider_s_is_refused(
    provider: OpenIdProvider,
    client: OpenId,
    change: Callable[[str], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signed = provider._signed
    monkeypatch.setattr(provider, "_signed", lambda asked: change(signed(asked)))
    assert refused(client, provider.visited(begun(client))) == "identity_unproven"


def test_a_token_signed_with_a_strangers_key_or_with_a_public_one_is_refused(
    provider: OpenIdProvider, client: OpenId, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = provider.keys()
    provider.replies["/keys"] = lambda: (200, "application/json", json.dumps(published).encode())
    kid, own = provider.key.kid, provider.key
    provider.key = RSAKey.generate_key(2048, {"kid": kid})
    assert refused(client, provider.visited(begun(client))) == "identity_unproven"

    def confused(asked: dict[str, str]) -> str:  # HMAC with what everybody knows
        head = _b64(json.dumps({"alg": "HS256", "kid": kid}).encode())
        signed = f"{head}.{own_signed(asked).split('.')[1]}"
        return f"{signed}.{_b64(hmac.digest(own.as_pem(private=False), signed.encode(), 'sha256'))}"

    provider.key = own
    own_signed = provider._signed
    monkeypatch.setattr(provider, "_signed", confused)
    assert refused(client, provider.visited(begun(client))) == "identity_unproven"


def test_keys_that_the_provider_changed_are_asked_for_again(
    provider: OpenIdProvider, client: OpenId, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(client, provider.visited(begun(client)))
    monkeypatch.setattr(openid, "_FRESH", 0.0)
    provider.rotate()
    assert finished(client, provider.visited(begun(client))) == ANNE
    assert provider.asked.count("/keys") == 2
    assert provider.asked.count("/.well-known/openid-configuration") == 1


def hold() -> tuple[int, str, bytes]:
    time.sleep(1.0)
    return 200, "application/json", b"{}"


@pytest.mark.parametrize(
    "reply",
    [
        lambda: (500, "text/html", b"oh"),
        lambda: (200, "application/json", b"{"),
        lambda: (200, "application/json", b"[]"),
        lambda: (200, "application/json", b'{"keys": 5}'),
        lambda: (200, "application/json", b'"' + b"x" * 600_000 + b'"'),
        lambda: (302, "text/html", b""),
        hold,
    ],
    ids=["fails", "no JSON", "no object", "other JSON", "too large", "redirects", "too slow"],
)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
def test_a_provider_that_does_not_answer_as_it_should_is_away(
    provider: OpenIdProvider,
    client: OpenId,
    path: str,
    reply: Callable[[], tuple[int, str, bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(openid, "_PATIENCE", 0.3)
    provider.replies[path] = reply
    with pytest.raises(NexusError) as caught:
        finished(client, provider.visited(begun(client)))
    assert caught.value.code in ("provider_away", "identity_unproven")
    assert isinstance(caught.value, Unavailable) or path == "/token"


def test_a_small_answer_that_would_be_large_in_memory_is_not_opened(
    provider: OpenIdProvider, client: OpenId
) -> None:
    bomb = gzip.compress(b"[" * 50_000_000)
    kind = "application/json\r\nContent-Encoding: gzip"
    provider.replies["/.well-known/openid-configuration"] = lambda: (200, kind, bomb)
    tracemalloc.start()
    with pytest.raises(Unavailable, match="provider_away"):
        begun(client)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://provider.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
    ],
    ids=repr,
)
def test_a_discovery_document_of_another_issuer_or_with_an_unsafe_address_is_none(
    provider: OpenIdProvider, client: OpenId, metadata: dict[str, str]
) -> None:
    provider.metadata = metadata
    with pytest.raises(Unavailable, match="provider_away"):
        begun(client)


def test_a_provider_that_is_not_there_is_away() -> None:
    gone = OpenIdProvider()
    gone.start()
    gone.stop()
    with pytest.raises(Unavailable, match="provider_away"):
        begun(client_of(gone))


def test_the_client_secret_is_in_no_log(
    provider: OpenIdProvider, client: OpenId, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = provider.client_secret
    provider.client_secret = "another"
    refused(client, provider.visited(begun(client)))
    told = "".join(capsys.readouterr())
    assert "provider_refused" in told
    assert secret not in told
