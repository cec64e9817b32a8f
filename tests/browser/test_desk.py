"""Writing in the back office: previews, what is kept by itself, several files at once, criteria tried at once."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from nexus.caller import Role
from tests.browser.office import editor_state, enter, open_admin
from tests.browser.test_every_page import faults, vnu
from tests.support.files import a_pdf
from tests.support.platforms import RunningPlatform

__all__ = ["editor_state", "enter", "open_admin", "vnu"]

Enter = Callable[..., Page]


def is_kept(page: Page) -> None:
    expect(page.locator("#kept")).to_contain_text("Modifications gardées à")


def test_markdown_is_shown_beside_the_field_while_it_is_typed(open_admin: Enter) -> None:
    page = open_admin("/fr/admin/posts/new")
    page.get_by_label("Texte, en français").fill("## Un titre\n\nDu **gras** <script>alert(1)</script>")
    shown = page.get_by_role("group", name="Tel que le site le montrera – Texte (fr)")
    expect(shown.get_by_role("heading", level=2)).to_have_text("Un titre")
    expect(shown.locator("strong")).to_have_text("gras")
    expect(shown).to_contain_text("<script>")
    assert shown.locator("script").count() == 0


def test_what_was_typed_survives_a_crash_and_can_be_gone_on_with(
    enter: Enter, chromium: Browser, site: RunningPlatform
) -> None:
    page = enter(Role.EDITOR)
    page.goto(site.url("tic", "/fr/admin/pages/new"))
    page.get_by_label("Titre, en français").fill("Page commencée")
    page.get_by_label("Texte, en français").fill("Une phrase à ne pas perdre.")
    is_kept(page)
    state = page.context.storage_state()
    page.context.browser.contexts[-1].close()  # type: ignore[union-attr] - the browser is gone
    again = chromium.new_context(storage_state=state).new_page()
    again.goto(site.url("tic", "/fr/admin/pages"))
    expect(again.get_by_role("region", name="Vous avez des modifications")).to_contain_text("Page commencée")
    again.get_by_role("link", name="Les reprendre").click()
    expect(again.get_by_role("status").first).to_contain_text("Ce formulaire contient vos modifications")
    expect(again.get_by_label("Texte, en français")).to_have_value("Une phrase à ne pas perdre.")
    again.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(again.get_by_role("status").first).to_have_text("Enregistré.")
    again.goto(site.url("tic", "/fr/admin/pages"))
    expect(again.get_by_role("region", name="Vous avez des modifications")).to_have_count(0)
    again.context.close()


def test_what_was_typed_in_something_public_is_seen_by_nobody_and_can_be_discarded(
    enter: Enter, site: RunningPlatform
) -> None:
    page = enter(Role.EDITOR)
    page.goto(site.url("tic", "/fr/admin/pages/new"))
    page.get_by_label("Titre, en français").fill("Page publique")
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("status").first).to_have_text("Publié.")
    page.get_by_label("Texte, en français").fill("À moitié écr")
    is_kept(page)
    page.get_by_role("link", name="Page publique", exact=True).click()
    expect(page.get_by_role("main")).not_to_contain_text("À moitié")
    page.go_back()
    page.get_by_role("button", name="Écarter").click()
    expect(page.get_by_role("status").first).to_have_text("Abandonné.")
    expect(page.get_by_role("link", name="Les reprendre")).to_have_count(0)


def test_who_leaves_at_once_loses_nothing(enter: Enter, site: RunningPlatform) -> None:
    page = enter(Role.EDITOR)
    page.goto(site.url("tic", "/fr/admin/pages/new"))
    page.get_by_label("Titre, en français").fill("Aussitôt partie")
    page.goto(site.url("tic", "/fr/"))
    for _ in range(10):  # it is sent while the page is left, and may arrive a moment later
        page.goto(site.url("tic", "/fr/admin/pages"))
        if page.get_by_text("Aussitôt partie").count():
            return
        page.wait_for_timeout(200)
    pytest.fail("what was typed is lost")


def test_a_session_that_ended_is_told_and_the_text_is_saved_after_another_sign_in(
    enter: Enter, site: RunningPlatform
) -> None:
    page = enter(Role.EDITOR)
    page.goto(site.url("tic", "/fr/admin/pages/new"))
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_label("Titre, en français").fill("Sans session")
    expect(page.locator("#kept")).to_contain_text("Vous n’êtes plus connecté.")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.locator("#kept")).to_be_focused()
    expect(page.get_by_label("Titre, en français")).to_have_value("Sans session")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_role("status").first).to_have_text("Enregistré.")


def test_two_files_become_drafts_with_what_was_found_in_them(
    enter: Enter, site: RunningPlatform, tmp_path: Path
) -> None:
    sentence = "Le trombone est pour les personnes qui aiment la musique dans une salle."
    files = [tmp_path / name for name in ("guide_des-cuivres.pdf", "vide.pdf", "brass.txt")]
    files[0].write_bytes(a_pdf(sentence, "Fin", title="Guide des cuivres"))
    files[1].write_bytes(b"")
    files[2].write_text("This is the guide for the people of the brass section, and for their friends.")
    page = enter(Role.EDITOR)
    page.goto(site.url("tic", "/fr/admin/documents"))
    drop(page, files)
    rows = page.locator("#uploaded > li")
    expect(rows).to_have_count(3)
    expect(page.locator("#drop-status")).to_have_text("Tous les fichiers sont traités.")
    expect(rows.nth(0)).to_contain_text("guide_des-cuivres.pdf · PDF · 1 ko · 2 pages · Français")
    expect(rows.nth(0)).to_contain_text(sentence)
    expect(rows.nth(1)).to_contain_text("Ce fichier est vide")
    expect(rows.nth(2)).to_contain_text("Anglais (d’après son texte)")
    page.get_by_role("link", name="Guide des cuivres").click()
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("status").first).to_have_text("Publié.")
    site.eventually_finds("trombone")


def drop(page: Page, files: list[Path]) -> None:
    """Drop files on the zone, as a hand does."""
    given = [{"name": one.name, "bytes": list(one.read_bytes())} for one in files]
    page.locator("#drop").evaluate(
        """(zone, given) => {
            const dataTransfer = new DataTransfer();
            for (const { name, bytes } of given) dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
            zone.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        given,
    )


def test_criteria_are_tried_on_companies_as_they_are_ticked(open_admin: Enter) -> None:
    page = open_admin("/en/admin/programs/new")
    page.locator("#eligibility > summary").click()
    page.locator("#fitting > summary").click()
    studio = page.get_by_role("row", name="Video game studio")
    expect(studio).to_contain_text("To check")
    page.locator("#eligibility").get_by_role("checkbox", name="5 to 24 employees").first.check()
    expect(studio).to_contain_text("Matches: 5 to 24 employees.")
    expect(studio.locator(".verdict")).to_have_text("Fits")
    expect(page.get_by_role("row", name="Neighbourhood restaurant").locator(".verdict")).to_have_text(
        "Does not fit"
    )


def test_without_scripts_files_and_criteria_have_buttons(open_admin: Enter, tmp_path: Path) -> None:
    page = open_admin("/fr/admin/programs/new", java_script_enabled=False)
    page.get_by_label("Titre, en français").fill("Aide à garder")
    page.locator("#fitting > summary").click()
    page.get_by_role("button", name="Essayer").click()
    expect(page.get_by_role("row", name="Studio de jeux vidéo")).to_contain_text("À vérifier")
    expect(page.get_by_label("Titre, en français")).to_have_value("Aide à garder")
    file = tmp_path / "notes.txt"
    file.write_text("Les notes de la réunion des équipes pour les mois qui viennent.")
    page.goto(re.sub("/programs.*", "/documents", page.url))
    page.get_by_label("Fichiers").set_input_files([file, file])
    page.get_by_role("button", name="Téléverser").click()
    expect(page.get_by_role("status").first).to_have_text("2 fichiers traités.")
    expect(page.get_by_role("link", name="Notes")).to_have_count(2)


def test_one_box_ticks_all_of_a_page(open_admin: Enter) -> None:
    page = open_admin("/fr/admin/programs")
    page.get_by_role("checkbox", name="Cocher toute la page").check()
    boxes = page.locator("td.tick input")
    assert boxes.count() > 1
    assert all(boxes.nth(n).is_checked() for n in range(boxes.count()))


def a_merge(enter: Enter, site: RunningPlatform) -> Page:
    """The screen with both edits of a page, and two revisions behind it."""
    anne, paul = (enter(Role.EDITOR, bypass_csp=True) for _ in range(2))
    anne.goto(site.url("tic", "/fr/admin/pages/new"))
    anne.get_by_label("Titre, en français").fill("Page mêlée")
    anne.get_by_role("button", name="Enregistrer le brouillon").click()
    anne.wait_for_url("**done=save")
    paul.goto(anne.url.partition("?")[0])
    for page, text in ((anne, "Le texte d’Anne"), (paul, "Le texte de Paul")):
        page.get_by_label("Texte, en français").fill(text)
        page.get_by_role("button", name="Enregistrer").first.click()
    expect(paul.get_by_role("alert")).to_be_focused()
    expect(paul.get_by_role("alert").get_by_role("link")).to_have_text("Texte, en français")
    return paul


def test_pages_of_something_are_valid_and_accessible_also_with_two_edits_or_a_history(
    enter: Enter, site: RunningPlatform, vnu: list[str], tmp_path: Path
) -> None:
    page = a_merge(enter, site)
    item = page.url.partition("?")[0]
    looked_at(page, tmp_path, "merge")
    page.get_by_role("button", name="Enregistrer").first.click()
    expect(page.get_by_role("status").first).to_have_text("Enregistré.")
    page.get_by_label("Texte, en français").fill("Encore autre chose")
    is_kept(page)
    page.goto(item)
    looked_at(page, tmp_path, "item")
    page.goto(f"{item}/history")
    expect(page.locator("ins").first).to_have_text("de Paul")
    looked_at(page, tmp_path, "history")
    page.goto(site.url("tic", "/en/admin/activities/new"))
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert")).to_be_focused()
    looked_at(page, tmp_path, "faults")
    page.goto(site.url("tic", "/en/admin/programs/new"))
    page.locator("#fitting > summary").click()
    expect(page.get_by_role("row", name="Video game studio")).to_be_visible()
    looked_at(page, tmp_path, "fitting")
    names = {file.name: file.stem for file in tmp_path.glob("*.html")}
    assert len(names) == 5
    assert faults(vnu, tmp_path, names) == []


def looked_at(page: Page, folder: Path, name: str) -> None:
    """Nothing to object to for axe, no sideways scroll, and its HTML into `folder` for the checker."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    (folder / f"{name}.html").write_text(
        "<!doctype html>" + page.evaluate("document.documentElement.outerHTML")
    )


@pytest.mark.parametrize("path", ["/documents", "/programs/new", "/documents/upload"])
def test_a_screen_of_320_pixels_needs_no_sideways_scroll(open_admin: Enter, path: str) -> None:
    page = open_admin(f"/fr/admin{path}", viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
