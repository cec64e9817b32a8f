"""What people do on the pages, in a real browser: with a keyboard, without scripts, on a small screen."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.support.platforms import RunningPlatform

PAGES = [
    "/fr/",
    "/en/",
    "/fr/recherche?q=salaire",
    "/en/search?theme=hiring&kind=grant",
    "/fr/recherche?q=xylophone",
    "/en/search?q=xylophone",
    "/fr/programmes/priime",
    "/en/programs/priime",
    "/fr/programmes/rien",
    "/en/programs/nothing",
    "/fr/problemes/program_retired",
    "/en/problems/invalid_input",
]
Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, embedded: RunningPlatform) -> Iterator[Open]:
    """Opens a path of the platform in a window of its own."""
    contexts = []

    def opened(path: str, sector: str = "tic", **options: Any) -> Page:
        context = chromium.new_context(**options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(embedded.url(sector, path))
        return page

    yield opened
    for context in contexts:
        context.close()


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_to_object_to(open_page: Open, path: str, scheme: Literal["light", "dark"]):
    page = open_page(
        path, color_scheme=scheme, bypass_csp=True
    )  # axe is a script of the test, not the site's
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("sector", ["svts", "aero"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_agrees_with_the_colours_of_each_sector(
    open_page: Open, sector: str, scheme: Literal["light", "dark"]
):
    page = open_page("/fr/recherche?q=formation", sector, color_scheme=scheme, bypass_csp=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", PAGES)
def test_a_screen_of_320_pixels_needs_no_sideways_scroll(open_page: Open, path: str):
    page = open_page(path, viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


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


@pytest.mark.parametrize("path", PAGES[:8])
def test_a_page_breaks_none_of_its_own_security_policy(
    chromium: Browser, embedded: RunningPlatform, path: str
):
    with closing(chromium.new_context()) as context:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(embedded.url("tic", path))
        assert said == []


def tab_to(page: Page, address: str) -> None:
    """Press Tab until the link to `address` has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == address:
            return
    raise AssertionError(f"{address} cannot be reached with Tab")
