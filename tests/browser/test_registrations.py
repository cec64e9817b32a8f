"""To register for an activity in a real browser: a place, a turn, and a place that is given up."""

import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from nexus.caller import Language, anonymous
from services.content.contracts.activities import GetActivity
from tests.browser.test_every_page import vnu
from tests.browser.test_meetings import looked_at
from tests.e2e.test_activity_mails import published
from tests.support.platforms import RunningPlatform

__all__ = ["looked_at", "vnu"]

WORDS: dict[Language, dict[str, str]] = {
    "fr": {
        "place": "1 place libre sur 1",
        "waiting": "liste d’attente",
        "leave": "Renoncer à ma place",
        "list": "activites",
    },
    "en": {
        "place": "1 place left of 1",
        "waiting": "waiting list",
        "leave": "Give up my place",
        "list": "activities",
    },
}
Open = Callable[..., Page]


def activity_path(site: RunningPlatform, language: Language) -> str:
    """The page of a new activity with one seat."""
    found = site.ask(GetActivity(ref=published(site, f"Forum {uuid4().hex[:6]}")), anonymous("tic"))
    return f"/{language}/{WORDS[language]['list']}/{getattr(found.slug, language)}"


def opened(open_page: Open, path: str, **options: object) -> Page:
    """The page, as soon as it shows the form: the service of meetings hears of an activity a moment later."""
    page = open_page(path, **options)
    for _ in range(40):
        if page.locator("#email").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    return page


def register(page: Page, name: str) -> None:
    page.locator("#name").fill(name)
    page.locator("#email").fill(f"{uuid4().hex[:12]}@example.org")
    page.locator("#consent").check()
    page.locator("#register button").click()


def give_up(page: Page, words: dict[str, str]) -> None:
    page.get_by_role("link", name=words["leave"]).click()
    page.get_by_role("button", name=words["leave"]).click()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_whoever_waits_has_the_place_that_somebody_gives_up(
    site: RunningPlatform, open_page: Open, language: Language, scripts: bool
) -> None:
    path, words = activity_path(site, language), WORDS[language]
    first = opened(open_page, path, java_script_enabled=scripts)
    expect(first.locator("#register")).to_contain_text(words["place"])
    register(first, "Aline Roy")
    expect(first.locator(".badge-registered")).to_be_visible()

    second = opened(open_page, path, java_script_enabled=scripts)
    expect(second.locator("#register")).to_contain_text(re.compile(words["waiting"], re.IGNORECASE))
    register(second, "Paul Roy")
    expect(second.locator(".badge-waiting")).to_be_visible()

    give_up(first, words)
    expect(first.locator(".badge-left")).to_be_visible()
    second.reload()
    expect(second.locator(".badge-registered")).to_be_visible()
    with second.expect_download() as download:
        second.locator("a.button-plain").first.click()
    assert b"BEGIN:VEVENT" in Path(download.value.path()).read_bytes()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_missing_is_said_beside_its_field_and_leads_there(
    site: RunningPlatform, open_page: Open, language: Language
) -> None:
    page = opened(open_page, activity_path(site, language))
    page.locator("#email").fill("nobody")
    page.locator("#register button").click()
    for field in ("name", "email", "consent"):
        expect(page.locator(f"a[href='#{field}']")).to_be_visible()
        expect(page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
    page.locator("a[href='#email']").click()
    expect(page.locator("#email")).to_be_focused()
    assert page.locator("#email").input_value() == "nobody"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_step_is_accessible_valid_and_narrow(
    site: RunningPlatform, open_page: Open, looked_at, language: Language, scheme: str
) -> None:
    page = opened(open_page, activity_path(site, language), color_scheme=scheme, bypass_csp=True)
    looked_at(page, "the form")
    page.locator("#register button").click()
    looked_at(page, "with faults")
    register(page, "Aline Roy")
    expect(page.locator(".badge-registered")).to_be_visible()
    looked_at(page, "a place")
    page.get_by_role("link", name=WORDS[language]["leave"]).click()
    looked_at(page, "to give it up")
    page.get_by_role("button", name=WORDS[language]["leave"]).click()
    looked_at(page, "given up")
