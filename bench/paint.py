"""How soon a page shows something, in headless Chromium with its CPU slowed four times."""

import os
import shutil

from playwright.sync_api import Browser, sync_playwright

from bench.report import Figure
from tests.browser.addresses import PAGES
from tests.support.platforms import RunningPlatform

SLOWER, LIMIT, TIMES = 4, 1.0, 5  # times, seconds, visits
_FIRST_PAINT = """() => new Promise(told => new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (one.name === "first-contentful-paint") told(one.startTime);
}).observe({ type: "paint", buffered: true }))"""


def measure(platform: RunningPlatform) -> list[Figure]:
    """The median of some first visits, for the slowest kind of page and the middle one."""
    program = os.environ.get("NEXUS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        taken = {path: _median(browser, platform.url("tic", path)) for path in PAGES}
        browser.close()
    ranked = sorted(taken, key=taken.__getitem__)
    kinds = {"slowest": ranked[-1], "middle": ranked[len(ranked) // 2]}
    return [
        Figure(
            f"first contentful paint, {name}: {path}",
            taken[path],
            "s",
            "limit",
            LIMIT,
            "≤ 1 s",
            taken[path] <= LIMIT,
        )
        for name, path in kinds.items()
    ]


def _median(browser: Browser, url: str) -> float:
    return sorted(_visit(browser, url) for _ in range(TIMES))[TIMES // 2]


def _visit(browser: Browser, url: str) -> float:
    """Seconds to the first contentful paint, with nothing kept from before."""
    context = browser.new_context()
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(url)
    painted = page.evaluate(_FIRST_PAINT)
    context.close()
    return float(painted) / 1000
