"""A document found by what one of its pages says, and opened there in the browser's own viewer."""

import re
from hashlib import sha256

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from tests.browser.test_every_page import Open
from tests.support.files import a_pdf
from tests.support.platforms import RunningPlatform, fetch

TABLE = """
- external_id: notebook
  title: {fr: Carnet de l’atelier, en: Workshop notebook}
  date: 2026-11-23
  files:
    fr: {file: carnet.pdf}
"""
PAGES = (
    "Le carnet explique comment recevoir une nouvelle personne.",
    "La semaine commence par une visite des lieux.",
    "Le mentor garde son tournevis dans le tiroir violet.",
    "La saison finit par une rencontre.",
)
SENTENCE = PAGES[2]
NOTEBOOK = a_pdf(*PAGES)


@pytest.fixture(scope="session")
def notebook(site: RunningPlatform, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A PDF of four pages, published and searchable."""
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "documents.yaml").write_text(TABLE)
    (folder / "carnet.pdf").write_bytes(NOTEBOOK)
    site.nexus("import", "documents", str(folder), "--source", "notebook", "--publish")
    site.eventually_finds(f'"{SENTENCE}"')


def card_of_the_passage(page: Page) -> Locator:
    """The notebook among the results, once its sentence was searched."""
    page.get_by_role("search").locator("input").fill(SENTENCE)
    page.get_by_role("button", name="Chercher").click()
    return page.locator(".card", has_text="Carnet de l’atelier")


def viewer_in(page: Page) -> Frame:
    """Chromium's viewer of PDF files, an extension of its own. Skips where the browser has none."""
    if not page.evaluate("navigator.pdfViewerEnabled"):
        pytest.skip("this Chromium has no viewer of PDF files")
    for _ in range(100):
        for frame in page.frames:
            if frame.url.startswith("chrome-extension://"):
                return frame
        page.wait_for_timeout(100)
    raise AssertionError(f"the viewer did not start: {[frame.url for frame in page.frames]}")


def test_a_pdf_found_by_a_sentence_of_its_page_3_is_opened_there(open_page: Open, notebook: None):
    page = open_page("/fr/")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    card = card_of_the_passage(page)
    expect(card.locator(".snippet")).to_contain_text("tournevis dans le tiroir violet")
    with page.expect_response(re.compile(r"/files/")) as answered:
        card.get_by_role("link", name="Ouvrir à la page 3").click()
    page.wait_for_url(f"**/files/{sha256(NOTEBOOK).hexdigest()}/carnet.pdf#page=3")
    assert answered.value.status == 200
    assert not [text for text in said if re.search("Content Security Policy|Refused", text)]


def test_our_headers_let_the_viewer_start_and_it_shows_page_3(open_page: Open, notebook: None):
    page = open_page("/fr/")
    card_of_the_passage(page).get_by_role("link", name="Ouvrir à la page 3").click()
    page.wait_for_url("**/carnet.pdf#page=3")
    viewer = viewer_in(page)
    expect(viewer.locator("#pagelength")).to_have_text(str(len(PAGES)))
    expect(viewer.locator("#pageSelector")).to_have_value("3")


def test_without_scripts_the_passage_opens_too(open_page: Open, notebook: None):
    page = open_page("/fr/", java_script_enabled=False)
    link = card_of_the_passage(page).get_by_role("link", name="Ouvrir à la page 3")
    with page.expect_response(re.compile(r"/files/.+/carnet\.pdf")):
        link.click()


def test_the_file_is_shown_rather_than_saved_and_given_in_ranges(site: RunningPlatform, notebook: None):
    url = site.url("tic", f"/files/{sha256(NOTEBOOK).hexdigest()}/carnet.pdf")
    whole, part = fetch(url), fetch(url, Range="bytes=100-199")
    assert (whole.status, whole.headers["content-type"]) == (200, "application/pdf")
    assert whole.headers["content-disposition"].startswith("inline; ")
    assert "sandbox" not in whole.headers["content-security-policy"]  # no viewer starts in one
    assert (part.status, part.body) == (206, NOTEBOOK[100:200])
