"""A real browser on the embedded platform."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from nexus.caller import system
from tests import engines
from tests.support.mails import code, invitation
from tests.support.platforms import SAMPLES, RunningPlatform


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, from NEXUS_CHROMIUM or this machine's own."""
    path = os.environ.get("NEXUS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        reason = "NEXUS_CHROMIUM is not set; there is no program chromium"
        engines.missing["browser"] = reason
        if os.environ.get("NEXUS_ENGINES") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(embedded: RunningPlatform) -> RunningPlatform:
    """The platform with sample content of every kind."""
    for kind in ("documents", "posts", "pages"):
        embedded.nexus("import", kind, str(SAMPLES.with_name(kind)), "--publish")
    activities = SAMPLES.with_name("activities") / "activities.yaml"
    embedded.nexus("import", "activities", str(activities), "--publish")
    long = f"{'ab' * 30}@{'example' * 7}.org"  # nothing in it lets a line end
    for notice in (invitation("en"), code("fr"), code("fr", to=long)):
        embedded.ask(notice, system("people", "tic"))
    embedded.eventually_finds("Par où commencer")
    embedded.eventually_finds("Pas de service RH")
    return embedded


@pytest.fixture
def open_page(chromium: Browser, site: RunningPlatform) -> Iterator[Callable[..., Page]]:
    """Opens a path of the platform in a window of its own."""
    contexts = []

    def opened(path: str, sector: str = "tic", **options: Any) -> Page:
        context = chromium.new_context(**options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(site.url(sector, path))
        return page

    yield opened
    for context in contexts:
        context.close()
