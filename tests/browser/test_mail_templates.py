"""How a coordinator changes the words of a mail."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from nexus.caller import Role
from tests.browser.office import Enter, enter
from tests.support.platforms import RunningPlatform

__all__ = ["enter"]


def test_a_coordinator_writes_looks_is_refused_and_saves(enter: Enter, site: RunningPlatform) -> None:
    page = enter(Role.COORDINATOR, bypass_csp=False)
    page.goto(site.url("tic", "/fr/admin/mail-templates"))
    page.get_by_role("link", name="Adresse d’un calendrier").click()
    body = page.get_by_label("Texte, en français")
    body.fill("Voici **votre calendrier**.\n\n[Ajouter]({{ lien }})")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("Ligne 3\xa0: il n’y a pas de champ «\xa0lien\xa0».")
    page.get_by_label("Texte, en français").fill("Voici **votre calendrier**.\n\n[Ajouter]({{ link }})")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Voir le courriel dans les deux langues").click()
    look = opened.value
    french = look.frame_locator("iframe").first
    expect(french.get_by_role("link", name="Ajouter")).to_have_css("display", "inline-block")
    expect(french.locator("strong")).to_have_text("votre calendrier")
    expect(look.get_by_role("status")).to_contain_text("exemples inventés")
    look.set_viewport_size({"width": 320, "height": 640})
    assert look.evaluate("document.documentElement.scrollWidth") <= 320
    look.close()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status")).to_contain_text("Enregistré.")
    page.get_by_role("link", name="Historique").click()
    expect(page.get_by_role("main")).to_contain_text("votre calendrier")
    page.go_back()
    page.get_by_role("button", name="Revenir aux textes d’origine").click()
    expect(page.get_by_role("status")).to_contain_text("Les textes d’origine s’appliquent de nouveau.")


def test_axe_finds_nothing_to_object_to_in_a_look(enter: Enter, site: RunningPlatform) -> None:
    page = enter(Role.COORDINATOR, bypass_csp=True)
    page.goto(site.url("tic", "/en/admin/mail-templates/meeting"))
    page.get_by_label("In which situation").select_option("moved")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Look at the mail in both languages").click()
    found = Axe().run(opened.value)
    assert found.violations_count == 0, found.generate_report()
