"""How an editor asks a colleague about a program, and the colleague answers; with and without scripts."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from nexus.caller import Role
from tests.browser.office import Enter, enter
from tests.browser.test_every_page import faults, vnu
from tests.support.platforms import RunningPlatform

__all__ = ["enter", "vnu"]


def write(page: Page, site: RunningPlatform, title: str) -> str:
    """The address of the form of a new draft."""
    page.goto(site.url("tic", "/fr/admin/pages/new"))
    page.get_by_label("Titre, en français").fill(title)
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_role("status").first).to_contain_text("Enregistré.")
    return page.url.partition("?")[0]


@pytest.mark.parametrize("scripts", [True, False])
def test_an_editor_asks_and_a_colleague_answers(enter: Enter, site: RunningPlatform, scripts: bool) -> None:
    anne, bob = (enter(Role.EDITOR, java_script_enabled=scripts) for _ in range(2))
    bob.goto(site.url("tic", "/fr/compte"))
    address = bob.get_by_text("@example.org").first.inner_text().split()[-1]
    path = write(anne, site, "Page à relire")
    anne.get_by_text("Demander à des collègues de le relire").click()
    anne.get_by_role("button", name="Demander par courriel").click()
    expect(anne.get_by_role("alert")).to_contain_text("Choisissez au moins une personne.")
    anne.get_by_label(address).check()
    anne.get_by_label("Ce qu’il faut regarder").fill("Le titre convient-il ?")
    anne.get_by_role("button", name="Demander par courriel").click()
    told = anne.get_by_role("status").filter(has_text="Vos collègues reçoivent votre demande")
    expect(told).to_be_in_viewport()

    bob.goto(path)
    bob.get_by_role("link", name="1 commentaire ouvert").click()
    bob.get_by_label("Votre réponse").fill("Oui.")
    bob.get_by_role("button", name="Répondre").click()
    expect(bob.get_by_role("status").filter(has_text="Votre réponse est conservée")).to_be_in_viewport()

    anne.goto(path)
    expect(anne.locator(".comments")).to_contain_text("Oui.")
    anne.get_by_role("button", name="C’est réglé").click()
    expect(anne.locator(".comments")).to_contain_text("1 commentaire réglé")


def test_the_panel_is_sound_and_fits_a_narrow_screen(
    enter: Enter, site: RunningPlatform, vnu: list[str], tmp_path: Path
) -> None:
    page = enter(Role.EDITOR, Role.ADMIN, bypass_csp=True)
    enter(Role.EDITOR)
    path = write(page, site, "Page à relire de près")
    for text in ("Première question", "Question réglée"):
        page.get_by_text("Demander à des collègues de le relire").click()
        page.locator("#people").get_by_role("checkbox").last.check()
        page.get_by_label("Ce qu’il faut regarder").fill(text)
        page.get_by_role("button", name="Demander par courriel").click()
    page.get_by_label("Votre réponse").first.fill("Bien vu.")
    page.get_by_role("button", name="C’est réglé").first.click()
    page.get_by_text("1 commentaire réglé").click()
    page.get_by_text("Demander à des collègues de le relire").click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    names = {"item.html": path, "comments.html": f"{path}/comments"}
    for name, address in names.items():
        (tmp_path / name).write_text(page.request.get(address).text(), encoding="utf-8")
    assert faults(vnu, tmp_path, names) == []
    page.set_viewport_size({"width": 320, "height": 640})
    page.locator("#people .choice > span").last.evaluate("(name) => { name.textContent = 'x'.repeat(80); }")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("Ce qu’il faut regarder").fill("")
    page.get_by_role("button", name="Demander par courriel").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.url == f"{path}/comments"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
