"""Signing in through an identity provider and with a passkey, on the site of a sector. In both runtimes."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from nexus.caller import Role
from tests.support.authenticator import Authenticator
from tests.support.openid_provider import OpenIdProvider
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer
from tests.support.ways_in import address, embedded_with, gateway_with, surfer_of

Surf = Callable[[], Surfer]
PROVIDER = "Se connecter avec l’Alliance"


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    running = OpenIdProvider()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module", params=["embedded", "distributed"])
def site(
    request: pytest.FixtureRequest, provider: OpenIdProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningPlatform]:
    folder = tmp_path_factory.mktemp(f"ways-in-{request.param}")
    if request.param == "embedded":
        started = embedded_with(provider, folder)
    else:
        started = gateway_with(provider, folder, request.getfixturevalue("distributed"))
    with started as platform:
        yield platform


@pytest.fixture
def surf(site: RunningPlatform) -> Iterator[Surf]:
    surfers: list[Surfer] = []

    def somebody() -> Surfer:
        surfers.append(surfer_of(site))
        return surfers[-1]

    yield somebody
    for surfer in surfers:
        surfer.client.close()


def an_address() -> str:
    return f"somebody-{uuid4().hex[:8]}@example.org"


def invited(site: RunningPlatform, email: str, role: Role) -> None:
    site.nexus("invite", "tic", email, "--url", address(site), "--role", role.value)


def through(surfer: Surfer, provider: OpenIdProvider, start: str = "/openid/start?lang=fr") -> Any:
    """The page after somebody went to the provider and back."""
    there = surfer.get(start)
    assert there.status_code == 200, there.text
    return surfer.get(provider.visited(str(there.url)))


def token_of(page: str) -> str:
    return unescape(re.findall(r'name="csrf" value="([^"]+)"', page)[0])


def with_new_passkey(surfer: Surfer, site: RunningPlatform) -> Authenticator:
    key = Authenticator(address(site))
    csrf = token_of(surfer.get("/fr/compte").text)
    options = surfer.send("/fr/compte/passkeys/options", csrf=csrf).json()
    page = surfer.send("/fr/compte/passkeys", csrf=csrf, name="Portable", credential=key.make(options))
    assert "La clé d’accès est ajoutée." in page.text
    return key


def with_passkey(surfer: Surfer, key: Authenticator, **fields: str) -> Any:
    """The page after somebody showed a passkey."""
    options = surfer.send("/fr/connexion/cle/options").json()
    return surfer.send("/fr/connexion/cle", credential=key.use(options), **fields)


def test_who_was_invited_signs_in_through_the_provider(
    site: RunningPlatform, surf: Surf, provider: OpenIdProvider
) -> None:
    email, surfer = an_address(), surf()
    invited(site, email, Role.EDITOR)
    provider.proves(email)
    assert PROVIDER in surfer.get("/fr/connexion").text
    page = through(surfer, provider, "/openid/start?lang=fr&next=/fr/admin")
    assert (str(page.url), page.status_code) == (f"{address(site)}/fr/admin", 200)
    assert email in surfer.get("/fr/compte").text


def test_a_stranger_is_told_so_with_a_code_and_may_have_one_mailed(
    surf: Surf, provider: OpenIdProvider
) -> None:
    provider.proves(an_address())
    page = through(surf(), provider, "/openid/start?lang=en")
    assert page.status_code == 403
    for told in ("Nobody has invited this e-mail address yet", "account_needed", "Send me a code"):
        assert told in page.text


def test_an_address_that_is_not_verified_is_told_so(surf: Surf, provider: OpenIdProvider) -> None:
    provider.proves(an_address(), False)
    page = through(surf(), provider)
    assert (page.status_code, "email_unproven" in page.text) == (403, True)


def test_the_answer_of_a_provider_is_good_once_and_in_one_browser(
    site: RunningPlatform, surf: Surf, provider: OpenIdProvider
) -> None:
    email, anne, eve = an_address(), surf(), surf()
    invited(site, email, Role.MEMBER)
    provider.proves(email)
    there = anne.get("/openid/start?lang=fr")
    back = provider.visited(str(there.url))
    for other in (eve, surf()):
        refused = other.get(back)
        assert (refused.status_code, "sign_in_expired" in refused.text) == (403, True)
        eve.get("/openid/start?lang=fr")  # with a sign-in of her own under way
    assert str(anne.get(back).url).endswith("/fr/compte")
    assert anne.get(back).status_code == 403
    assert str(anne.get("/fr/compte").url).endswith("/fr/compte")


def test_a_sign_in_through_a_provider_never_leads_to_another_site(
    site: RunningPlatform, surf: Surf, provider: OpenIdProvider
) -> None:
    provider.proves(an_address())
    for wanted in ("https://evil.example/", "//evil.example", "/%5Cevil.example"):
        page = through(surf(), provider, f"/openid/start?lang=fr&next={wanted}")
        assert str(page.url).startswith(address(site))
        assert page.status_code == 403


def test_a_planted_session_is_not_signed_in_and_each_sign_in_has_its_own(
    site: RunningPlatform, surf: Surf, provider: OpenIdProvider
) -> None:
    email, anne, eve = an_address(), surf(), surf()
    invited(site, email, Role.EDITOR)
    provider.proves(email)
    for surfer in (anne, eve):
        surfer.client.cookies.set("nexus-tic", "planted", domain="localhost.local")
    through(anne, provider)
    assert anne.client.cookies.get("nexus-tic", domain="localhost.local") != "planted"
    assert "/fr/connexion" in str(eve.get("/fr/compte").url)


def test_staff_signs_in_with_a_passkey_and_the_trail_tells_it(site: RunningPlatform, surf: Surf) -> None:
    email, anne, again = an_address(), surf(), surf()
    key = with_new_passkey(anne.sign_in_as(email, Role.ADMIN), site)
    page = with_passkey(again, key, next="/fr/admin")
    assert (str(page.url), page.status_code) == (f"{address(site)}/fr/admin", 200)
    assert "dernière utilisation" in again.get("/fr/compte").text
    assert "Ajout d’une clé d’accès" in again.get("/fr/admin/audit?kind=passkey").text
    sessions = again.get("/fr/admin/audit?kind=session").text
    assert "Connexion par une clé d’accès" in sessions
    assert email in sessions


def test_a_passkey_that_is_not_good_is_told_with_the_other_ways(site: RunningPlatform, surf: Surf) -> None:
    stranger = Authenticator(address(site), owner="eHg")
    page = with_passkey(surf(), stranger)
    assert page.status_code == 403
    for told in ("Cette clé d’accès n’a pas été acceptée", "passkey_refused", "Recevoir un code"):
        assert told in page.text


def test_a_passkey_is_removed_by_its_owner(site: RunningPlatform, surf: Surf) -> None:
    anne = surf().sign_in_as(an_address(), Role.EDITOR)
    key = with_new_passkey(anne, site)
    (listed,) = re.findall(r'id="passkey-([0-9a-f]{32})"', anne.get("/fr/compte").text)
    page = anne.post("/fr/compte/passkeys/remove", "/fr/compte", id=listed)
    assert "La clé d’accès est retirée." in page.text
    assert with_passkey(surf(), key).status_code == 403


def test_members_neither_see_nor_make_passkeys(surf: Surf) -> None:
    member = surf().sign_in_as(an_address(), Role.MEMBER)
    page = member.get("/fr/compte").text
    assert "Clés d’accès" not in page
    refused = member.send("/fr/compte/passkeys/options", csrf=token_of(page))
    assert refused.status_code == 403
    assert "Votre rôle ne le permet pas" in refused.text


def test_a_passkey_without_a_name_or_a_credential_is_told_beside_the_field(surf: Surf) -> None:
    anne = surf().sign_in_as(an_address(), Role.EDITOR)
    for fields in ({"name": ""}, {"name": "Portable", "credential": "{"}, {"name": "x" * 200}):
        told = anne.post("/fr/compte/passkeys", "/fr/compte", **fields)
        assert told.status_code in (400, 403)
        assert 'id="passkey-name-fault"' in told.text
