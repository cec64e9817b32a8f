"""From the questions to an answer with its reasons, in a real browser."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.test_every_page import Open

RESULT = "size=5-24&activity=ict&organization=company&region=06&status=permanent_resident&job=first_in_field"


@pytest.mark.parametrize(
    ("home", "link", "size", "status", "see", "reason"),
    [
        (
            "/fr/",
            "Ce qui nous convient",
            "De 5 à 24 employés",
            "Résidence permanente",
            "Voir ce qui",
            "Correspond",
        ),
        ("/en/", "What fits us", "5 to 24 employees", "Permanent resident", "See what fits us", "Matches"),
    ],
)
def test_a_few_answers_lead_to_programs_with_reasons_without_scripts(
    open_page: Open, home: str, link: str, size: str, status: str, see: str, reason: str
):
    page = open_page(home, java_script_enabled=False)
    page.get_by_role("link", name=link, exact=True).click()
    page.get_by_role("radio", name=size).check()
    page.get_by_role("checkbox", name=status).check()
    page.get_by_role("button", name=see).click()
    expect(page.locator(".fit-counts li")).to_have_count(3)
    priime = page.locator(".fit-check .card", has_text="PRIIME").first
    status_reason = priime.locator(".fit-reasons li.fit-fits", has_text=status)
    expect(status_reason).to_contain_text(reason)
    unanswered = priime.locator(".fit-reasons li.fit-check")
    expect(unanswered.first.locator("strong")).not_to_be_empty()
    expect(page.get_by_role("radio", name=size)).to_be_checked()
    expect(page.get_by_role("checkbox", name=status)).to_be_checked()
    priime.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("PRIIME")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/fr/trouver", "/en/find", f"/fr/trouver?{RESULT}", f"/en/find?{RESULT}", "/en/find?size=12"]
)
def test_axe_finds_nothing_on_the_questions_and_the_answer(
    open_page: Open, path: str, scheme: Literal["light", "dark"]
):
    page = open_page(path, color_scheme=scheme, bypass_csp=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", ["/fr/trouver", f"/fr/trouver?{RESULT}", f"/en/find?{RESULT}"])
def test_a_screen_of_320_pixels_needs_no_sideways_scroll(open_page: Open, path: str):
    page = open_page(path, viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_on_paper_the_answer_stands_without_the_questions(open_page: Open):
    page = open_page(f"/fr/trouver?{RESULT}")
    page.emulate_media(media="print")
    expect(page.locator(".fit-form")).to_be_hidden()
    expect(page.locator(".fit-address")).to_be_visible()
    expect(page.locator(".fit-reasons").first).to_be_visible()


def test_what_does_not_fit_is_folded_on_the_screen_and_open_on_paper(open_page: Open):
    page = open_page("/en/find?size=5-24&status=permanent_resident")
    folded = page.locator(".fit-does_not_fit .card").first
    expect(folded).to_be_hidden()
    page.emulate_media(media="print")
    expect(folded).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_text("Show them, with the reasons").click()
    expect(folded).to_be_visible()


def test_the_link_to_an_answer_is_copied_and_the_next_question_is_one_click_away(open_page: Open):
    page = open_page("/fr/trouver?size=5-24", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copier le lien").click()
    expect(page.get_by_role("button", name="Copié")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.get_by_role("navigation", name="répondez aussi").get_by_role("link").first.click()
    expect(page.locator("fieldset:target legend")).to_be_in_viewport()
