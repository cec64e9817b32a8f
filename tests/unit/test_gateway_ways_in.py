"""The ways to sign in stand on the page where they can be taken, and nowhere else."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr, ValidationError

from gateway.app import create_app
from gateway.people.openid import OpenId
from gateway.sectors import IdentityProvider, load_sectors
from nexus.errors import Unavailable
from tests.support.fake_bus import FakeBus
from tests.unit.test_gateway_pages import BASE

TIC = load_sectors()["tic"]
PROVIDER: dict[str, Any] = {
    "issuer": "https://login.example",
    "client_id": "nexus",
    "name": {"fr": "l’Alliance", "en": "the Alliance"},
}
HTML = {"Accept": "text/html"}


def site(provider: bool = False, base_url: str = BASE, rate_limit: int = 0) -> TestClient:
    given = IdentityProvider.model_validate(PROVIDER) if provider else None
    app = create_app(
        TIC.model_copy(update={"provider": given}),
        FakeBus(),
        base_url,
        rate_limit=rate_limit,
        oidc_secret=SecretStr("3f6c1b2a9d8e7f405162738495a6b7c8"),
    )
    return TestClient(app, base_url=base_url, headers=HTML, follow_redirects=False)


@pytest.fixture(scope="module")
def with_provider() -> TestClient:
    return site(provider=True)


def test_the_provider_stands_on_the_page_where_there_is_one(with_provider: TestClient) -> None:
    assert "Se connecter avec l’Alliance" in with_provider.get("/fr/connexion").text
    assert "Sign in with the Alliance" in with_provider.get("/en/sign-in").text
    without = site()
    assert "/openid/" not in without.get("/fr/connexion").text
    assert without.get("/openid/start").status_code == 404


def test_passkeys_stand_hidden_until_a_script_shows_them_where_they_can_be_had() -> None:
    page = site(base_url="https://tic.example.org").get("/fr/connexion").text
    form = page[page.index("data-passkey") :].partition(">")[0]
    assert form.endswith(" hidden")
    assert "/static/site/passkeys.js" in page
    for other in ("http://127.0.0.1:8001", "http://tic.example.org"):
        page = site(base_url=other).get("/fr/connexion").text
        assert "passkey" not in page
        assert "Recevoir un code" in page


def test_a_provider_that_is_away_is_told_and_the_code_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> str:
        raise Unavailable("provider_away")

    monkeypatch.setattr(OpenId, "begin", away)
    page = site(provider=True).get("/openid/start?lang=en")
    assert page.status_code == 503
    for told in ("sign-in does not answer", "provider_away", "Send me a code", "Sign in with the Alliance"):
        assert told in page.text


@pytest.mark.parametrize(
    "query", ["", "?state=x", "?code=x&state=", "?error=access_denied", "?code=" + "x" * 5000 + "&state=%ff"]
)
@pytest.mark.parametrize("cookie", ["", "x", "x.en.", "..", "é.fr./", "x" * 3000])
def test_an_answer_that_belongs_to_no_sign_in_is_a_refusal_in_words(
    with_provider: TestClient, query: str, cookie: str
) -> None:
    headers = {"accept": b"text/html", "cookie": f"nexus-tic-provider={cookie}".encode()}
    page = with_provider.get(f"/openid/callback{query}", headers=headers)
    assert page.status_code == 403
    assert "sign_in_expired" in page.text
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("query", ["?lang=de", "?lang="])
def test_a_strange_language_is_no_error_of_ours(with_provider: TestClient, query: str) -> None:
    assert with_provider.get(f"/openid/start{query}").status_code == 400


def test_going_to_the_provider_counts_as_a_try_to_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    async def begun(*_: object) -> str:
        return "https://login.example/authorize"

    monkeypatch.setattr(OpenId, "begin", begun)
    client = site(provider=True, rate_limit=60)
    assert [client.get(f"/openid/start?next=/{n}").status_code for n in range(4)] == [303, 303, 303, 429]


@pytest.mark.parametrize(
    "fields",
    [
        {"issuer": "http://login.example"},
        {"issuer": "login.example"},
        {"issuer": "https://login.example?x=1"},
        {"issuer": "ftp://127.0.0.1"},
        {"issuer": "https://[bad"},
        {"client_id": ""},
        {"domains": ["@example.org"]},
        {"domains": ["Example.org"]},
        {"secret": "never here"},
        {"name": {"fr": "l’Alliance"}},
    ],
    ids=repr,
)
def test_a_provider_that_is_not_right_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        IdentityProvider.model_validate(PROVIDER | fields)


def test_the_provider_that_the_manual_describes_is_right() -> None:
    manual = (Path(__file__).parents[2] / "docs/operations.md").read_text()
    (table,) = re.findall(r"```toml\n(\[provider\].*?)```", manual, re.S)
    for text in (table, table.replace("# domains", "domains").replace("# new_members", "new_members")):
        given = IdentityProvider.model_validate(tomllib.loads(text)["provider"])
        assert given.client_id == "nexus"
    assert (given.domains, given.new_members) == (("example.org",), True)


def test_a_provider_lets_no_stranger_in_unless_it_is_said() -> None:
    given = IdentityProvider.model_validate(PROVIDER | {"issuer": "http://127.0.0.1:5556/dex"})
    assert (given.new_members, given.domains) == (False, ())
