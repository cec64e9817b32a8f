"""What holds for every page: it can be used by all, is valid, light, self-contained, and fits a small screen."""

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests import engines
from tests.browser.addresses import MISSING, PAGES
from tests.support.platforms import RunningPlatform, fetch

HEAVIEST = 60_000  # bytes over the wire, without images
Open = Callable[..., Page]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, *MISSING])
def test_axe_finds_nothing_to_object_to(open_page: Open, path: str, scheme: Literal["light", "dark"]):
    # axe is a script of the test, not the site's
    page = open_page(path, color_scheme=scheme, bypass_csp=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", [*PAGES, *MISSING])
def test_a_screen_of_320_pixels_needs_no_sideways_scroll(open_page: Open, path: str):
    page = open_page(path, viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_nobody_else_for_anything_sets_no_cookie_and_keeps_its_policy(
    open_page: Open, embedded: RunningPlatform, path: str
):
    page = open_page("/healthz").context.new_page()  # the first one also asked for an icon
    own, asked, said = urlsplit(embedded.url("tic", "/")).netloc, set[str](), list[str]()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: said.append(message.text))
    page.goto(embedded.url("tic", path), wait_until="networkidle")
    assert (asked, said, page.context.cookies()) == ({own}, [], [])


@pytest.mark.parametrize("path", PAGES)
def test_a_page_weighs_at_most_60_kilobytes_over_the_wire(
    open_page: Open, embedded: RunningPlatform, path: str
):
    page = open_page("/healthz").context.new_page()  # the first one also asked for an icon
    needed: list[str] = []
    page.on("request", lambda one: needed.append(one.url) if one.resource_type != "image" else None)
    page.goto(embedded.url("tic", path), wait_until="networkidle")
    weights = {url: weight(url) for url in needed}
    assert sum(weights.values()) <= HEAVIEST, weights


def weight(url: str) -> int:
    """The bytes of an answer as a browser receives it: headers, and the compressed body."""
    with urlopen(Request(url, headers={"Accept-Encoding": "gzip", "Accept": "text/html,*/*"})) as reply:  # noqa: S310
        return len(reply.read()) + len(str(reply.headers))


@pytest.fixture(scope="session")
def vnu() -> list[str]:
    """The Nu HTML checker: NEXUS_VNU names its jar; else a program `vnu` on the path."""
    jar, program = os.environ.get("NEXUS_VNU"), shutil.which("vnu")
    if jar and shutil.which("java"):
        return ["java", "-jar", jar]
    if program:
        return [program]
    reason = "NEXUS_VNU is not set (vnu.jar of the npm package vnu-jar, with java); there is no program vnu"
    engines.missing["the HTML checker"] = reason
    if os.environ.get("NEXUS_ENGINES") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def test_the_html_checker_finds_no_error_on_any_page(
    vnu: list[str], embedded: RunningPlatform, tmp_path: Path
):
    names = {}
    for number, path in enumerate([*PAGES, *MISSING]):
        file = tmp_path / f"{number}.html"
        file.write_bytes(fetch(embedded.url("tic", path), Accept="text/html").body)
        names[file.name] = path
    assert faults(vnu, tmp_path, names) == []


def test_the_html_checker_does_object(vnu: list[str], tmp_path: Path):
    (tmp_path / "0.html").write_text("<!doctype html><html lang=fr><title>A</title><p><div>b</p>")
    assert faults(vnu, tmp_path, {"0.html": "/broken"})


def faults(vnu: list[str], folder: Path, names: dict[str, str]) -> list[str]:
    files = [str(folder / name) for name in names]
    done = subprocess.run(
        [*vnu, "--format", "json", "--exit-zero-always", *files], capture_output=True, timeout=120, check=True
    )
    told = json.loads(done.stderr or done.stdout)["messages"]
    return [
        f"{names[one['url'].rpartition('/')[2]]}:{one.get('lastLine')}: {one['message']} {one.get('extract', '')}"
        for one in told
        if one["type"] == "error"
    ]


def test_compressed_and_plain_answers_say_the_same(embedded: RunningPlatform):
    url = embedded.url("tic", "/fr/")
    plain, small = fetch(url), fetch(url, Accept_Encoding="gzip")
    assert gzip.decompress(small.body) == plain.body
    assert plain.headers["etag"] != small.headers["etag"]
    assert len(small.body) < len(plain.body) / 2
