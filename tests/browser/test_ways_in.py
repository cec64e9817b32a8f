"""Passkeys and an identity provider in a real browser: Chromium's virtual authenticator, a provider that is one."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from nexus.caller import Role
from tests.browser.test_every_page import faults, vnu
from tests.support.openid_provider import OpenIdProvider
from tests.support.platforms import RunningPlatform
from tests.support.ways_in import address, embedded_with

__all__ = ["vnu"]

_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
Open = Callable[..., Page]


def an_address() -> str:
    return f"somebody-{uuid4().hex[:8]}@example.org"


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    running = OpenIdProvider()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def own_site(provider: OpenIdProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    with embedded_with(provider, tmp_path_factory.mktemp("ways-in")) as platform:
        yield platform


@pytest.fixture
def window(chromium: Browser, own_site: RunningPlatform) -> Iterator[Open]:
    """Opens a window of somebody new; `verified` is whether the authenticator finds its owner."""
    contexts = []

    def opened(path: str, verified: bool = True, **options: object) -> Page:
        context = chromium.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        tools = context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        options = {**_AUTHENTICATOR, "isUserVerified": verified}
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        page.goto(address(own_site) + path)
        return page

    yield opened
    for context in contexts:
        context.close()


def enter(page: Page, site: RunningPlatform, email: str, *roles: Role) -> None:
    """Sign in by an invitation's link."""
    wanted = [option for role in roles for option in ("--role", role.value)]
    page.goto(site.nexus("invite", "tic", email, "--url", address(site), *wanted).stdout.strip())
    page.get_by_role("main").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compte")


def make_passkey(page: Page) -> None:
    page.get_by_label("Nom de la clé d’accès").fill("Portable")
    page.get_by_role("button", name="Ajouter une clé d’accès").click()


def add_passkey(page: Page) -> None:
    make_passkey(page)
    expect(page.get_by_role("status").first).to_have_text("La clé d’accès est ajoutée.")


def test_staff_adds_a_passkey_signs_in_with_it_and_removes_it(
    window: Open, own_site: RunningPlatform
) -> None:
    page, email = window("/fr/connexion"), an_address()
    enter(page, own_site, email, Role.EDITOR)
    add_passkey(page)
    page.get_by_role("button", name="Se déconnecter").first.click()
    page.goto(address(own_site) + "/fr/admin")
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    expect(page).to_have_url(address(own_site) + "/fr/admin")
    page.goto(address(own_site) + "/fr/compte")
    expect(page.get_by_role("main")).to_contain_text(email)
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_role("status").first).to_have_text("La clé d’accès est retirée.")
    page.get_by_role("button", name="Se déconnecter").first.click()
    page.goto(address(own_site) + "/fr/connexion")
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    expect(page.get_by_role("alert")).to_contain_text("Cette clé d’accès n’a pas été acceptée")
    expect(page.get_by_label("Adresse courriel")).to_be_visible()


def test_one_authenticator_holds_one_passkey_of_an_account(window: Open, own_site: RunningPlatform) -> None:
    page = window("/fr/connexion")
    enter(page, own_site, an_address(), Role.ADVISOR)
    add_passkey(page)
    make_passkey(page)
    expect(page.locator("form[data-passkey] [role=status]")).to_contain_text(
        "Aucune clé d’accès n’a été créée"
    )
    expect(page.get_by_role("button", name="Retirer")).to_have_count(1)


def test_a_passkey_of_one_sector_opens_no_other(window: Open, own_site: RunningPlatform) -> None:
    page = window("/fr/connexion")
    enter(page, own_site, an_address(), Role.EDITOR)
    add_passkey(page)
    page.goto(address(own_site, "aero") + "/fr/connexion")  # the same name, and so the same passkeys offered
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    expect(page.get_by_role("alert")).to_contain_text("passkey_refused")


def test_where_the_owner_is_not_found_nobody_signs_in(window: Open) -> None:
    page = window("/en/sign-in", verified=False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("form[data-passkey] [role=status]")).to_contain_text("No passkey was used")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()


def test_without_javascript_there_is_no_button_for_passkeys(window: Open, own_site: RunningPlatform) -> None:
    page = window("/fr/connexion", java_script_enabled=False)
    expect(page.get_by_role("button", name="Se connecter avec une clé d’accès")).to_be_hidden()
    enter(page, own_site, an_address(), Role.EDITOR)
    expect(page.get_by_role("button", name="Ajouter une clé d’accès")).to_be_hidden()
    expect(page.get_by_role("main")).to_contain_text("avec JavaScript")


@pytest.mark.parametrize("javascript", [True, False])
def test_somebody_invited_signs_in_through_the_provider(
    window: Open, own_site: RunningPlatform, provider: OpenIdProvider, javascript: bool
) -> None:
    email = an_address()
    own_site.nexus("invite", "tic", email, "--url", address(own_site), "--role", "editor")
    provider.proves(email)
    page = window("/fr/admin", java_script_enabled=javascript)
    page.get_by_role("link", name="Se connecter avec l’Alliance").click()
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(address(own_site) + "/fr/admin")


def test_who_refuses_at_the_provider_is_told_and_has_the_other_ways(
    window: Open, provider: OpenIdProvider
) -> None:
    provider.proves(an_address())
    page = window("/en/sign-in")
    page.get_by_role("link", name="Sign in with the Alliance").click()
    page.get_by_role("button", name="Refuse").click()
    expect(page.get_by_role("alert")).to_contain_text("did not let you in")
    expect(page.get_by_role("alert")).to_contain_text("provider_refused")
    page.get_by_label("E-mail address").fill(an_address())
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter the code")


PAGES = ("/fr/compte", "/fr/connexion", "/en/account", "/en/sign-in", "/openid/callback?state=x")


@pytest.fixture
def with_passkey(window: Open, own_site: RunningPlatform) -> Open:
    """A window of somebody who has a passkey."""

    def opened(**options: object) -> Page:
        page = window("/fr/connexion", bypass_csp=True, **options)
        enter(page, own_site, an_address(), Role.EDITOR)
        add_passkey(page)
        return page

    return opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_object_to_and_a_small_screen_needs_no_sideways_scroll(
    with_passkey: Open, own_site: RunningPlatform, scheme: str
) -> None:
    page = with_passkey(color_scheme=scheme, viewport={"width": 320, "height": 640})
    for path in PAGES:
        page.goto(address(own_site) + path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_html_checker_finds_no_error(
    with_passkey: Open, own_site: RunningPlatform, vnu: list[str], tmp_path: Path
) -> None:
    page, names = with_passkey(), {}
    for path in PAGES:
        file = tmp_path / f"{re.sub('[^a-z]', '-', path)}.html"
        file.write_bytes(page.request.get(address(own_site) + path).body())
        names[file.name] = path
    assert faults(vnu, tmp_path, names) == []
