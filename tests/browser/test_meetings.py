"""From the questions over a booking to the agenda, in a real browser; each screen is looked at by axe, by the HTML
checker, and on a screen of 320 pixels."""

import re
from datetime import date, time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from nexus.caller import Role, operator
from services.meetings.contracts.availability import AvailabilityContent, Rule, SaveAvailability
from services.meetings.contracts.types import Question, SaveMeetingType, TypeContent
from services.meetings.contracts.words import BothLines, BothTexts
from tests.browser.office import Enter, enter
from tests.browser.test_every_page import Open, faults, vnu
from tests.support.platforms import RunningPlatform

__all__ = ["enter", "vnu"]


@pytest.fixture(scope="module")
def kind(site: RunningPlatform) -> str:
    """The name of a type that somebody can hold at any hour."""
    content = TypeContent(
        name=BothLines(fr="Rencontre au navigateur", en="Browser meeting"),
        lead=BothTexts(fr="Une heure.", en="One hour."),
        places=("video", "phone"),
        notice_hours=0,
        move_hours=0,
        questions=(Question(text=BothLines(fr="Quels postes\xa0?", en="Which jobs?")),),
        documents=BothTexts(fr="Une offre d’emploi.", en="A job posting."),
        video_url="https://video.example.org/{meeting}",
    )
    made = site.ask(SaveMeetingType(content=content, sector="tic"), operator("root"))
    rule = Rule(
        rrule="FREQ=DAILY", since=date(2026, 1, 1), opens=time(0), closes=time(23, 55), types=(made.id,)
    )
    advisor = AvailabilityContent(name="Anne Navigateur", languages=("fr", "en"), rules=(rule,))
    site.ask(SaveAvailability(content=advisor, advisor="navigateur", sector="tic"), operator("root"))
    return content.name.fr


@pytest.fixture
def looked_at(vnu: list[str], tmp_path: Path):
    """Checks a screen, and names it in what is found."""
    seen: dict[str, str] = {}

    def look(page: Page, name: str) -> None:
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        size = page.viewport_size
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        page.set_viewport_size(size or {"width": 1280, "height": 720})
        file = tmp_path / f"{len(seen)}.html"
        file.write_text(page.content(), encoding="utf-8")
        seen[file.name] = name

    yield look
    assert faults(vnu, tmp_path, seen) == []


def test_from_the_questions_to_a_meeting_that_is_moved(open_page: Open, kind: str, looked_at) -> None:
    page = open_page("/fr/trouver?size=5-24&job=technology", bypass_csp=True)
    page.get_by_role("link", name="Choisir un moment").click()
    expect(page.get_by_role("main")).to_contain_text("Vos réponses à «\xa0Ce qui nous convient\xa0» suivent")
    page.get_by_role("radio", name=kind).check()
    page.get_by_role("checkbox", name="Embaucher").check()
    looked_at(page, "the need")
    page.get_by_role("button", name="Choisir un moment").click()
    looked_at(page, "when")
    page.get_by_role("link", name="Être averti quand un autre se libère").click()
    page.get_by_role("button", name="M’inscrire sur la liste d’attente").click()
    expect(page.get_by_role("alert")).to_contain_text("Donnez une adresse courriel")
    looked_at(page, "the waiting list, with faults")
    page.get_by_role("link", name="Revoir les moments libres").click()
    page.locator(".starts button").nth(5).click()
    page.get_by_role("button", name="Réserver cette rencontre").click()
    expect(page.get_by_role("alert")).to_contain_text("Donnez une adresse courriel")
    looked_at(page, "who, with faults")
    page.get_by_label("Votre nom").fill("Paul Roy")
    page.get_by_label("Nom de l’entreprise").fill("Atelier du navigateur")
    page.get_by_label("Adresse courriel").fill("paul.navigateur@example.org")
    page.get_by_label("Quels postes").fill("Deux développeuses")
    page.get_by_role("checkbox", name="J’accepte").check()
    page.get_by_role("button", name="Réserver cette rencontre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre rencontre est réservée")
    looked_at(page, "booked")
    page.get_by_label("Un document à lire").set_input_files(
        {"name": "offre.txt", "mimeType": "text/plain", "buffer": "Deux développeuses".encode()}
    )
    page.get_by_role("button", name="Envoyer le document").click()
    expect(page.get_by_role("status").first).to_have_text("Le document est arrivé.")
    expect(page.get_by_role("link", name="offre.txt")).to_be_visible()
    looked_at(page, "with a document")
    page.get_by_label("Le dernier jour").fill(date.today().isoformat())
    page.get_by_role("button", name="Attendre un moment plus tôt").click()
    expect(page.get_by_role("status")).to_contain_text("C’est noté")
    page.get_by_role("link", name="Voir ou quitter la liste").click()
    looked_at(page, "on the waiting list")
    page.get_by_role("button", name="Quitter la liste").click()
    expect(page.get_by_role("main")).to_contain_text("Vous n’êtes plus sur la liste d’attente.")
    page.go_back()
    page.go_back()
    page.get_by_role("link", name="Choisir un autre moment").click()
    looked_at(page, "another time")
    page.locator(".starts button").nth(8).click()
    expect(page.get_by_role("status").first).to_have_text("Votre rencontre est déplacée.")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Browser meeting")


def test_who_wants_a_text_message_asks_for_it_and_takes_it_back(
    open_page: Open, kind: str, looked_at
) -> None:
    page = open_page("/fr/rencontrer", bypass_csp=True)
    page.get_by_role("radio", name=kind).check()
    page.get_by_role("button", name="Choisir un moment").click()
    page.locator(".starts button").nth(20).click()
    for label, words in (
        ("Votre nom", "Anne"),
        ("Nom de l’entreprise", "Textos inc."),
        ("Adresse courriel", "t@example.org"),
    ):
        page.get_by_label(label).fill(words)
    page.get_by_label("Téléphone").fill("+33 6 12 34 56 78")
    page.get_by_role("checkbox", name="par message texte").check()
    page.get_by_role("checkbox", name="J’accepte").check()
    page.get_by_role("button", name="Réserver cette rencontre").click()
    page.get_by_role("alert").get_by_role("link", name="Donnez le numéro d’un téléphone cellulaire").click()
    expect(page.get_by_label("Téléphone")).to_be_focused()
    looked_at(page, "a number that cannot be texted")
    page.get_by_label("Téléphone").fill("514 555-0123")
    page.get_by_role("button", name="Réserver cette rencontre").click()
    expect(page.get_by_role("main")).to_contain_text("vers le numéro qui se termine par 0123.")
    page.get_by_role("button", name="Ne pas m’envoyer de message texte").click()
    expect(page.get_by_role("status")).to_contain_text("aucun message texte n’arrivera")
    page.get_by_label("Votre téléphone cellulaire").fill("12")
    page.get_by_role("button", name="Oui, me le rappeler").click()
    expect(page.get_by_label("Votre téléphone cellulaire")).to_have_attribute("aria-invalid", "true")
    looked_at(page, "no text message, with a fault")


def test_a_coordinator_finds_it_in_the_agenda_and_an_advisor_sees_what_hours_make(
    enter: Enter, site: RunningPlatform, kind: str, looked_at
) -> None:
    page = enter(Role.COORDINATOR, Role.ADVISOR, bypass_csp=True)
    page.goto(site.url("tic", "/fr/admin/meetings?whose=all"))
    later = page.get_by_role("link", name="Après")
    for _ in range(2):
        if not page.get_by_role("link", name="Atelier du navigateur").count():
            later.click()
    looked_at(page, "the agenda")
    whole = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": 1280, "height": whole})  # a scroll on the way would drag what lies below
    block = page.locator("[data-move]", has_text="Atelier du navigateur").first
    block.drag_to(page.locator("td[data-start]").last)
    expect(page.get_by_role("dialog")).to_contain_text("Atelier du navigateur")
    page.get_by_role("button", name="Ne rien changer").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("link", name="Atelier du navigateur").first.click()
    expect(page.get_by_role("main")).to_contain_text("Deux développeuses")
    expect(page.get_by_role("main")).to_contain_text("De 5 à 24 employés")
    looked_at(page, "one meeting")
    page.get_by_role("link", name="Choisir un autre moment").click()
    looked_at(page, "its other times")
    page.goto(site.url("tic", "/fr/admin/availability"))
    page.get_by_label("Nom, tel que les entreprises le voient").fill("Léa Navigateur")
    page.get_by_role("checkbox", name="Mercredi").check()
    page.get_by_label("De cette heure").fill("13:00")
    page.get_by_label("À cette heure").fill("12:00")
    preview = page.get_by_role("button", name="Voir les moments")
    preview.click()
    expect(page.get_by_role("alert")).to_contain_text("La fin vient avant le début")
    page.get_by_label("À cette heure").first.fill("16:00")
    page.locator("#preview_type").select_option(label=kind)
    preview.click()
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"mercredi .*13\sh\s30"))
    looked_at(page, "availability with its preview")
    page.get_by_role("checkbox", name="On peut réserver").uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").first).to_have_text("Enregistré.")
    looked_at(page, "availability saved")
    page.get_by_label("Son adresse secrète").fill("https:calendrier")
    page.get_by_role("button", name="Lire ce calendrier").click()
    expect(page.get_by_role("alert")).to_contain_text("Donnez l’adresse complète du calendrier")
    page.get_by_label("Son adresse secrète").fill("webcal://calendar.example.org/private-abc/basic.ics")
    page.get_by_role("button", name="Lire ce calendrier").click()
    expect(page.get_by_role("status")).to_contain_text("lu d’ici une minute")
    expect(page.get_by_role("main")).to_contain_text("https://calendar.example.org/…")
    assert "private-abc" not in page.content()
    looked_at(page, "another calendar is read")
    page.get_by_role("button", name="Ne plus le lire").click()
    expect(page.get_by_role("status")).to_contain_text("Aucun autre calendrier")
