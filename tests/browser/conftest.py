"""A real browser on the embedded platform."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import engines


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
