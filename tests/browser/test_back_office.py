"""The back office in a real browser: from a sign-in by code to an edit that the site shows; valid and accessible."""

import csv
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from gateway.articles import ZONE
from nexus.caller import Role
from nexus.i18n import long_date
from nexus.messages import CloudEvent
from services.content.contracts import ProgramRetired
from services.people.contracts.signin import CodeIssued
from tests.browser.office import Enter, an_address, editor_state, enter, open_admin
from tests.e2e.test_freshness import stale_program
from tests.support.files import a_pdf
from tests.support.platforms import EmbeddedPlatform, RunningPlatform
from tests.support.surfer import Surfer

__all__ = ["editor_state", "enter", "open_admin"]


def test_somebody_signs_in_with_the_code_of_the_mail_page(chromium: Browser, site: RunningPlatform) -> None:
    page, address = chromium.new_context().new_page(), an_address()
    page.goto(site.url("tic", "/fr/"))
    page.get_by_role("link", name="Compte").click()
    page.get_by_label("Adresse courriel").fill(address)
    page.get_by_role("button", name="Recevoir un code").click()
    mails = page.context.new_page()
    mails.goto(site.url("tic", "/fr/courriels"))
    while not mails.get_by_text(address).count():
        mails.reload()
    mails.get_by_role("listitem").filter(has_text=address).get_by_role("link").click()
    code = re.findall(r"\b\d{6}\b", mails.get_by_role("main").inner_text())[0]
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("main")).to_contain_text(address)
    page.context.close()


def test_an_owner_says_with_one_click_of_a_mail_that_a_program_is_still_correct(
    chromium: Browser, site: RunningPlatform
) -> None:
    owner = an_address()
    Surfer(site).sign_in_as(owner, Role.EDITOR).client.close()
    program = stale_program(site, owner)
    page = chromium.new_context(bypass_csp=True).new_page()  # of nobody who is signed in
    page.goto(site.url("tic", "/fr/courriels"))
    mail = page.get_by_role("listitem").filter(has_text=owner).filter(has_text="vérifier").get_by_role("link")
    while not mail.count():
        page.wait_for_timeout(200)
        page.reload()
    mail.first.click()
    title = program.content["title"]["fr"]  # editors are mailed what has no owner, too
    after = f"//text()[contains(., '{title}')]/following::a[contains(@href, 'toujours-exact')]"
    page.get_by_role("main").locator(f"xpath={after}").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Toujours exact ?")
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Oui, c’est toujours exact").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci")
    page.get_by_role("link", name=title).click()
    verified = page.locator("dt", has_text="Dernière vérification").locator("+ dd")
    while not verified.count():  # the cache has forgotten the page from before within moments
        page.reload()
    expect(verified).to_have_text(long_date(datetime.now(ZONE).date(), "fr"))
    page.context.close()


def test_from_an_edit_over_a_preview_to_the_public_site(enter: Enter, site: RunningPlatform) -> None:
    page = enter(Role.EDITOR)
    page.get_by_role("link", name="Gestion du site").click()
    page.get_by_role("navigation", name="Gestion du site").get_by_role("link", name="Programmes").click()
    page.get_by_role("link", name="Nouveau programme").click()
    page.get_by_label("Titre, en français").fill("Aide au vibraphone")
    page.locator("#kind").select_option("grant")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Aperçu").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Aide au vibraphone")
    expect(opened.value.get_by_role("main")).to_contain_text("Ceci est un aperçu.")
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("status").first).to_have_text("Publié.")
    site.eventually_finds("vibraphone")
    page.get_by_role("link", name="Page publique").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aide au vibraphone")


def test_a_pdf_that_is_uploaded_is_found_by_a_sentence_inside(
    enter: Enter, site: RunningPlatform, tmp_path: Path
) -> None:
    file = tmp_path / "guide.pdf"
    file.write_bytes(a_pdf("Première page", "Le glockenspiel se prête sans frais."))
    page = enter(Role.EDITOR)
    page.goto(site.url("tic", "/fr/admin/documents/new"))
    page.get_by_label("Titre, en français").fill("Guide des instruments")
    page.get_by_label("Fichier en français").set_input_files(file)
    page.locator("#date").fill("2026-11-23")
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("status").first).to_have_text("Publié.")
    site.eventually_finds("glockenspiel")


def test_two_editors_at_once_get_both_edits_in_one_form(enter: Enter, site: RunningPlatform) -> None:
    anne, paul = enter(Role.EDITOR), enter(Role.EDITOR)
    anne.goto(site.url("tic", "/fr/admin/pages/new"))
    anne.get_by_label("Titre, en français").fill("Page à deux")
    anne.get_by_role("button", name="Enregistrer le brouillon").click()
    paul.goto(anne.url.partition("?")[0])
    for page, text in ((anne, "Le texte d’Anne"), (paul, "Le texte de Paul")):
        page.get_by_label("Texte, en français").fill(text)
        page.get_by_role("button", name="Enregistrer").first.click()
    expect(paul.get_by_role("alert")).to_contain_text("Quelqu’un d’autre a enregistré entre-temps")
    expect(paul.locator(".theirs")).to_contain_text("Le texte d’Anne")
    expect(paul.get_by_label("Texte, en français")).to_have_value("Le texte de Paul")
    paul.get_by_role("button", name="Enregistrer").first.click()
    expect(paul.get_by_role("status").first).to_have_text("Enregistré.")
    paul.get_by_role("link", name="Historique").click()
    paul.get_by_role("listitem").filter(has_text="Révision 2").get_by_role("button").click()
    expect(paul.get_by_role("status").first).to_have_text("L’état antérieur est rétabli.")
    expect(paul.get_by_label("Texte, en français")).to_have_value("Le texte d’Anne")


def test_an_earlier_state_is_made_the_newest_again(enter: Enter, site: RunningPlatform) -> None:
    page = enter(Role.EDITOR)
    page.goto(site.url("tic", "/fr/admin/pages/new"))
    title = page.get_by_label("Titre, en français")
    title.fill("Avant l’ondioline")
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("status").first).to_have_text("Publié.")
    title.fill("Après l’ondioline")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name="Historique").click()
    expect(page.locator("del").first).to_have_text("Avant")
    page.get_by_role("button", name="Rétablir cet état").first.click()
    expect(page.get_by_role("status").first).to_have_text("L’état antérieur est rétabli.")
    expect(title).to_have_value("Avant l’ondioline")
    page.get_by_role("link", name="Page publique").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Avant l’ondioline")


def test_an_editor_who_was_invited_can_do_just_that(enter: Enter, site: RunningPlatform) -> None:
    admin, address = enter(Role.ADMIN), an_address()
    admin.goto(site.url("tic", "/fr/admin/people"))
    admin.get_by_label("Adresse courriel", exact=True).fill(address)
    admin.get_by_role("checkbox", name="Rédaction").check()
    admin.get_by_role("button", name="Envoyer l’invitation").click()
    expect(admin.get_by_role("status").first).to_have_text("L’invitation est en route.")
    page = admin.context.browser.new_context().new_page()  # type: ignore[union-attr]
    page.goto(site.url("tic", "/fr/courriels"))
    while not page.get_by_text(address).count():
        page.reload()
    page.get_by_role("listitem").filter(has_text=address).get_by_role("link").click()
    page.locator("main a[href*='connexion/lien']").click()
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("link", name="Gestion du site").click()
    menu = page.get_by_role("navigation", name="Gestion du site")
    expect(menu.get_by_role("link", name="Programmes")).to_be_visible()
    expect(menu.get_by_role("link", name="Personnes")).to_have_count(0)
    page.goto(site.url("tic", "/fr/admin/people"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre rôle ne le permet pas")
    page.context.close()


def parked(site: RunningPlatform, service: str, handler: str, kind: str, number: int) -> str:
    """The key of an event that `handler` gave up on, though by now it could take it in."""
    assert isinstance(site, EmbeddedPlatform)
    data = {"id": "x", "revision": 1, "title": {}}
    event = CloudEvent(source="/content", type=kind, subject=f"perdu-{number}", data=data)
    key, now = f"{service}.{handler}:{event.id}", datetime.now(UTC)
    record = {"_id": key, "handler": f"{service}.{handler}", "body": event.model_dump_json(), "since": now}
    record["sectors"] = ["tic"]
    failed = {"state": "parked", "attempts": 8, "error": "KeyError: 'title'", "next_attempt": now}
    with site.documents() as client:
        client[f"nexus_{service}"]["inbox"].insert_one(record | failed)
    return key


@pytest.mark.parametrize(
    ("service", "handler", "kind", "told"),
    [
        ("search", "remove_programs", ProgramRetired.type, "Un programme a été retiré"),
        ("notifications", "mail_code", CodeIssued.type, "Quelqu’un a demandé un code de connexion"),
    ],
)
def test_an_administrator_sends_a_parked_event_again_and_discards_another(
    open_admin: Enter, site: RunningPlatform, service: str, handler: str, kind: str, told: str
) -> None:
    again, gone = (parked(site, service, handler, kind, number) for number in (1, 2))
    page = open_admin("/fr/admin/parked", bypass_csp=True)
    events = page.get_by_role("main").get_by_role("listitem")
    expect(events.filter(has_text="perdu-1")).to_contain_text(told)
    assert Axe().run(page).violations_count == 0
    events.filter(has_text="perdu-1").get_by_role("button", name="Envoyer de nouveau").click()
    expect(page.get_by_role("status")).to_contain_text("Nouvel essai")
    expect(events.filter(has_text="perdu-1")).to_have_count(0)
    events.filter(has_text="perdu-2").get_by_text("Écarter", exact=True).click()
    events.filter(has_text="perdu-2").get_by_role("button", name="Écarter pour de bon").click()
    expect(page.get_by_role("status").first).to_have_text("L’événement est écarté.")
    page.goto(site.url("tic", "/fr/admin/audit?kind=parked_event"))
    for key in (again, gone):
        expect(page.get_by_role("main")).to_contain_text(key)
    assert isinstance(site, EmbeddedPlatform)
    with site.documents() as client:
        inbox = client[f"nexus_{service}"]["inbox"]
        assert inbox.find_one({"_id": gone})["state"] == "discarded"  # type: ignore[index]
        assert inbox.find_one({"_id": again})["state"] in ("failing", "handled")  # type: ignore[index]
        inbox.delete_one({"_id": again})


@pytest.mark.parametrize("javascript", [True, False])
def test_a_list_is_exported_changed_and_brought_in_again_but_for_its_bad_row(
    enter: Enter, site: RunningPlatform, tmp_path: Path, javascript: bool
) -> None:
    word = "marimba" if javascript else "balafon"
    page = enter(Role.EDITOR, java_script_enabled=javascript)
    for number in (1, 2):
        page.goto(site.url("tic", "/fr/admin/programs/new"))
        page.get_by_label("Titre, en français").fill(f"Aide {number} au {word}")
        page.locator("#kind").select_option("grant")
        page.get_by_role("button", name="Publier").click()
    page.goto(site.url("tic", f"/fr/admin/programs?q={word}"))
    with page.expect_download() as given:
        page.get_by_role("link", name="CSV").click()
    with given.value.path().open(encoding="utf-8-sig", newline="") as exported:
        rows = list(csv.DictReader(exported))
    rows[0] |= {"promise.fr": f"Un {word} pour tous"}
    rows[1] |= {"valid_until": "bientôt"}
    file = tmp_path / "programmes.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        written = csv.DictWriter(out, rows[0].keys())
        written.writeheader()
        written.writerows(rows)
    page.get_by_role("link", name="Importation", exact=True).click()
    page.get_by_label("Fichier").set_input_files(file)
    page.get_by_role("button", name="Voir ce qui changerait").click()
    expect(page.get_by_role("status")).to_contain_text("Rien n’est encore écrit.", timeout=30_000)
    expect(page.get_by_role("main")).to_contain_text(
        "Dernier jour – Écrivez une date sous la forme 2027-03-31."
    )
    page.get_by_role("link", name="Modifié (1)").click()
    expect(page.locator("ins")).to_have_text(f"Un {word} pour tous")
    page.get_by_role("button", name="Importer maintenant").click()
    expect(page.get_by_role("status").first).to_have_text("L’importation est terminée.", timeout=30_000)
    expect(page.get_by_role("link", name="Refusé (1)")).to_be_visible()
    site.eventually_finds(f"Un {word} pour tous")


def test_an_invitation_waits_in_a_list_and_is_withdrawn(enter: Enter, site: RunningPlatform) -> None:
    admin, address = enter(Role.ADMIN, bypass_csp=True), an_address()
    admin.goto(site.url("tic", "/fr/admin/people"))
    admin.get_by_label("Adresse courriel", exact=True).fill(address)
    admin.get_by_role("checkbox", name="Rédaction").check()
    admin.get_by_role("button", name="Envoyer l’invitation").click()
    found = Axe().run(admin)
    assert found.violations_count == 0, found.generate_report()
    admin.get_by_role("button", name=f"Envoyer de nouveau – {address}").click()
    expect(admin.get_by_role("status").first).to_have_text("L’invitation est en route.")
    admin.get_by_role("button", name=f"Retirer – {address}").click()
    expect(admin.get_by_role("status").first).to_have_text(
        "L’invitation est retirée : son lien ne vaut plus."
    )
    expect(admin.get_by_text(address)).to_have_count(0)


def test_a_member_names_the_company_and_invites_a_colleague(enter: Enter, site: RunningPlatform) -> None:
    page, colleague = (
        enter(Role.MEMBER, bypass_csp=True, viewport={"width": 360, "height": 740}),
        an_address(),
    )
    page.get_by_label("Nom de l’entreprise").fill("Atelier Nord")
    page.get_by_label("NEQ").fill("12345")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("Donnez les dix chiffres du NEQ")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_label("NEQ").fill("11 4567 8901")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_label("Adresse courriel d’une ou d’un collègue").fill(colleague)
    page.get_by_role("button", name="Inviter").click()
    expect(page.get_by_role("heading", name="Invités, pas encore ici")).to_be_visible()
    expect(page.get_by_text(colleague).first).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name=f"Retirer – {colleague}").click()
    expect(page.get_by_text(colleague)).to_have_count(0)
    expect(page.get_by_text("Chrome sur Linux")).to_be_visible()


def test_an_administrator_gives_the_site_another_look(chromium: Browser, site: RunningPlatform) -> None:
    page = chromium.new_context(bypass_csp=True).new_page()
    url = site.url("svts", "/").rstrip("/")  # other tests look at the others
    page.goto(site.nexus("invite", "svts", an_address(), "--url", url, "--role", "admin").stdout.strip())
    page.get_by_role("main").get_by_role("button").click()
    page.get_by_role("link", name="Gestion du site").click()
    page.get_by_role("navigation", name="Gestion du site").get_by_role("link", name="Réglages").click()
    page.get_by_label("Nom court, en français").fill("Vie et santé")
    page.locator("[id='colours.accent']").fill("#ffcc00")
    expect(page.locator("#checks")).to_contain_text("1,3 pour 1 – trop faible")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("La couleur la plus proche qui convient est #856a00.")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("button", name="Prendre les couleurs lisibles").click()
    expect(page.locator("[id='colours.accent']")).to_have_value("#856a00")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Page d’accueil").click()
    expect(opened.value.locator(".brand")).to_contain_text("Vie et santé")
    expect(opened.value.get_by_role("main")).to_contain_text("Ceci est un aperçu.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").first).to_have_text("Enregistré. Le site le montre dès maintenant.")
    page.goto(f"{url}/fr/")
    while not page.locator(".brand").filter(has_text="Vie et santé").count():
        page.reload()
    for path in ("/fr/", "/en/partners", "/fr/trouver?show=all"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(url + path)
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
    page.goto(f"{url}/fr/admin/sector")
    page.get_by_role("button", name="Revenir au site tel qu’il a été installé").click()
    expect(page.get_by_role("status").first).to_have_text("Le site est de nouveau tel qu’il a été installé.")
    page.context.close()
