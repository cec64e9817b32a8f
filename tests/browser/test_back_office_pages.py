"""Every page of the back office, looked at by axe, by the HTML checker, and on a narrow screen."""

import re
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.office import Enter, editor_state, open_admin
from tests.browser.test_every_page import faults, vnu

__all__ = ["editor_state", "open_admin", "vnu"]

ADMIN_PAGES = (
    "",
    "/programs",
    "/programs?q=xylophone",
    "/programs?freshness=due",
    "/programs/new",
    "/documents",
    "/documents/new",
    "/documents/upload",
    "/posts",
    "/posts/new",
    "/activities",
    "/activities/new",
    "/pages",
    "/pages/new",
    "/partners",
    "/partners/new",
    "/sector",
    "/sector/history",
    "/import",
    "/opened",
    "/opened?days=365",
    "/personal-data",
    "/personal-data/retention",
    "/links",
    "/goal",
    "/goal/companies",
    "/goal/meetings?which=held",
    "/goal/cases?which=closed",
    "/meetings",
    "/meetings?span=day&whose=all",
    "/cases",
    "/cases?whose=all&state=all",
    "/companies",
    "/companies?q=xylophone",
    "/availability",
    "/meeting-types",
    "/meeting-types/new",
    "/searches",
    "/people",
    "/webhooks",
    "/messages",
    "/messages/notices",
    "/mail-templates",
    "/mail-templates/meeting",
    "/mail-templates/verification_due",
    "/mail-templates/code/history",
    "/audit",
    "/audit?kind=program&since=2026-01-01",
    "/parked",
)


_OWN_PAGES = ("/fr/compte", "/fr/connexion", "/en/sign-in/code", "/fr/trouver/recevoir?size=5-24")


def test_axe_finds_nothing_to_object_to_in_a_preview(open_admin: Enter, tmp_path: Path) -> None:
    page = open_admin("/fr/admin/import", bypass_csp=True)
    file = tmp_path / "aides.csv"
    file.write_text("title.fr,kind\nAide au tambour,grant\nSans genre,\n", encoding="utf-8")
    page.get_by_label("Fichier").set_input_files(file)
    page.get_by_role("button", name="Voir ce qui changerait").click()
    expect(page.get_by_role("status")).to_contain_text("Rien n’est encore écrit.", timeout=30_000)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_axe_finds_nothing_to_object_to(
    open_admin: Enter, path: str, language: str, scheme: Literal["light", "dark"]
) -> None:
    page = open_admin(f"/{language}/admin{path}", color_scheme=scheme, bypass_csp=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(
    "path",
    [
        "/fr/compte",
        "/en/account",
        "/fr/connexion",
        "/en/sign-in/code",
        "/fr/connexion/lien",
        "/fr/trouver/recevoir?size=5-24",
        "/en/find/receive?done=sent",
    ],
)
def test_axe_finds_nothing_to_object_to_on_the_pages_of_an_account(open_admin: Enter, path: str) -> None:
    page = open_admin(path, bypass_csp=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_nothing_to_object_to_where_something_is_wrong(open_admin: Enter) -> None:
    page = open_admin("/fr/admin/activities/new", bypass_csp=True)
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("alert")).to_contain_text("Donnez un titre")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(
    "path",
    [
        *ADMIN_PAGES[:4],
        "/goal",
        "/partners/new",
        "/sector",
        "/import",
        "/opened",
        "/people",
        "/audit",
        "/parked",
    ],
)
def test_a_screen_of_320_pixels_needs_no_sideways_scroll(open_admin: Enter, path: str) -> None:
    page = open_admin(f"/fr/admin{path}", viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_html_checker_finds_no_error_on_any_page(
    open_admin: Enter, vnu: list[str], tmp_path: Path
) -> None:
    names = {}
    page = open_admin("/fr/admin")
    paths = [f"/{language}/admin{path}" for language in ("fr", "en") for path in ADMIN_PAGES]
    for number, path in enumerate([*paths, *_OWN_PAGES]):
        reply = page.request.get(re.sub("/fr/admin$", path, page.url.rstrip("/")))
        file = tmp_path / f"{number}.html"
        file.write_bytes(reply.body())
        names[file.name] = path
    assert faults(vnu, tmp_path, names) == []
