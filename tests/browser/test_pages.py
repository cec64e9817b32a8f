"""What people do on the pages, in a real browser: with a keyboard, without scripts, on a small screen."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.support.platforms import RunningPlatform

Open = Callable[..., Page]


@pytest.mark.parametrize(
    ("home", "label", "search", "words", "title"),
    [
        ("/fr/", "De quoi avez-vous besoin ?", "Chercher", "priime", "intégration des immigrants"),
        ("/en/", "What do you need?", "Search", "priime", "Employment Integration Program"),
    ],
)
def test_a_search_leads_to_a_program_without_scripts(
    open_page: Open, home: str, label: str, search: str, words: str, title: str
):
    page = open_page(home, java_script_enabled=False)
    page.get_by_label(label.replace(" ?", "\xa0?")).fill(words)
    page.get_by_role("button", name=search).click()
    expect(page.get_by_role("status")).to_contain_text(words)
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)


def test_filters_work_without_scripts(open_page: Open):
    page = open_page("/fr/recherche?q=salaire", java_script_enabled=False)
    page.get_by_role("checkbox", name="Subvention salariale").check()
    page.get_by_role("button", name="Appliquer").click()
    expect(page.get_by_role("checkbox", name="Subvention salariale")).to_be_checked()
    expect(page.locator(".found .badge").first).to_have_text("Subvention salariale")
    page.get_by_role("link", name="Subvention salariale (retirer ce filtre)").click()
    expect(page.get_by_role("checkbox", name="Subvention salariale")).not_to_be_checked()
    expect(page.get_by_label("De quoi avez-vous besoin")).to_have_value("salaire")


def test_the_language_switch_stays_on_the_same_program(open_page: Open):
    page = open_page("/fr/programmes/priime")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Employment Integration Program")
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Programme d’aide à l’intégration")


def test_the_keyboard_alone_is_enough(open_page: Open):
    page = open_page("/fr/", java_script_enabled=False)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("De quoi avez-vous besoin")).to_be_focused()
    page.keyboard.type("priime")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("priime")
    first = page.locator(".card-title a").first
    tab_to(page, first.get_attribute("href") or "")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("PRIIME")


def test_completions_can_be_chosen_with_the_keyboard(open_page: Open):
    page = open_page("/fr/")
    box = page.get_by_role("combobox", name="De quoi avez-vous besoin")
    box.press_sequentially("programme d’aide")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    title = chosen.inner_text()
    expect(box).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_escape_closes_the_completions_and_the_words_stay(open_page: Open):
    page = open_page("/fr/")
    box = page.get_by_role("combobox", name="De quoi avez-vous besoin")
    box.press_sequentially("programme")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("programme")


@pytest.mark.parametrize("sector", ["svts", "aero"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_agrees_with_the_colours_of_each_sector(
    open_page: Open, sector: str, scheme: Literal["light", "dark"]
):
    page = open_page("/fr/recherche?q=formation", sector, color_scheme=scheme, bypass_csp=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", ["/fr/", "/fr/recherche?q=salaire", "/fr/programmes/priime"])
def test_on_a_small_screen_whatever_is_not_in_a_sentence_is_big_enough_to_touch(open_page: Open, path: str):
    page = open_page(path, viewport={"width": 360, "height": 800}, has_touch=True)
    small = page.evaluate(
        """targets => [...document.querySelectorAll(targets)]
            .filter(one => one.offsetParent && one.getBoundingClientRect().height < 44)
            .map(one => one.outerHTML.slice(0, 120))""",
        "button, .search input, .choice, .chip, .menu a, .need, .sorts a, summary",
    )
    assert small == []


def tab_to(page: Page, address: str) -> None:
    """Press Tab until the link to `address` has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == address:
            return
    raise AssertionError(f"{address} cannot be reached with Tab")


def test_filters_change_the_results_in_place_and_keep_history_and_focus(open_page: Open):
    page = open_page("/fr/recherche?q=salaire")
    page.evaluate("window.stayed = true")
    status = page.get_by_role("status")
    before = status.inner_text()
    box = page.get_by_role("checkbox", name="Subvention salariale")
    box.check()
    expect(page.get_by_role("link", name="Subvention salariale (retirer ce filtre)")).to_be_visible()
    expect(box).to_be_focused()
    expect(page).to_have_url(re.compile(r"kind=wage_subsidy"))
    assert status.inner_text() != before
    page.go_back()
    expect(box).not_to_be_checked()
    expect(status).to_have_text(before)
    page.go_forward()
    expect(box).to_be_checked()
    page.get_by_role("link", name="Subvention salariale (retirer ce filtre)").click()
    expect(box).not_to_be_checked()
    expect(status).to_be_focused()
    assert page.evaluate("window.stayed")


def test_the_node_that_announces_the_number_of_results_is_never_replaced(open_page: Open):
    page = open_page("/en/search?q=wage")
    page.evaluate("window.region = document.querySelector('[role=status]')")
    page.get_by_role("checkbox", name="Wage subsidy").check()
    expect(page.get_by_role("link", name="Wage subsidy (remove this filter)")).to_be_visible()
    assert page.evaluate(
        "window.region.isConnected && window.region === document.querySelector('[role=status]')"
    )


def test_after_filters_changed_in_place_the_language_switch_keeps_them(open_page: Open):
    page = open_page("/fr/recherche?q=salaire")
    page.get_by_role("checkbox", name="Subvention salariale").check()
    expect(page.get_by_role("link", name="Subvention salariale (retirer ce filtre)")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("checkbox", name="Wage subsidy")).to_be_checked()


def test_a_program_is_cited_with_its_provider_its_date_and_its_address(open_page: Open):
    page = open_page("/fr/programmes/priime", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copier").click()
    expect(page.get_by_role("button", name="Copié")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#citation").evaluate("one => one.textContent.replace(/\\s+/g, ' ').trim()")
    for part in ("PRIIME", "Services Québec", "23 novembre 2026", "/fr/programmes/priime"):
        assert part in copied


def test_without_scripts_the_citation_stands_there_without_a_button(open_page: Open):
    page = open_page("/en/programs/priime", java_script_enabled=False)
    expect(page.locator("#citation")).to_contain_text("Facts gathered on November 23, 2026, to be verified.")
    expect(page.locator(".cite button")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
def test_a_partner_shows_the_search_on_its_own_site(
    chromium: Browser, embedded: RunningPlatform, tmp_path: Path, script: bool
):
    address = embedded.url("tic", "").rstrip("/")
    options = 'data-language="en" data-theme="hiring" data-height="700"'
    by_script = f'<script src="{address}/embed/search.js" {options}></script>'
    by_frame = f'<iframe src="{address}/embed/en/search?theme=hiring" title="Search programs"></iframe>'
    host = f"<!doctype html><title>Partner</title><body>{by_script if script else by_frame}</body>"
    with (
        closing(chromium.new_context(java_script_enabled=script)) as context,
        other_site(tmp_path, host) as url,
    ):
        page = context.new_page()
        page.goto(url)
        frame = page.frame_locator("iframe")
        frame.get_by_label("What do you need?").fill("wage subsidy")
        frame.get_by_role("button", name="Search").click()
        expect(frame.get_by_role("status")).to_contain_text("wage subsidy")
        with context.expect_page() as opened:
            frame.get_by_role("link", name="Wage Subsidy (new tab)").first.click()
        expect(opened.value.get_by_role("heading", level=1)).to_contain_text("Wage Subsidy")
        assert context.cookies() == []
        if script:
            expect(page.locator("iframe")).to_have_attribute("height", "700")


def test_no_other_page_can_be_framed(chromium: Browser, embedded: RunningPlatform, tmp_path: Path):
    host = f'<!doctype html><title>Thief</title><iframe src="{embedded.url("tic", "/fr/")}"></iframe>'
    with closing(chromium.new_context()) as context, other_site(tmp_path, host) as url:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(url, wait_until="networkidle")
        assert any("frame-ancestors" in text for text in said)


@contextmanager
def other_site(folder: Path, html: str) -> Iterator[str]:
    """The address of a page on another origin."""
    (folder / "index.html").write_text(html)
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
