"""From the questionnaire over a meeting that is moved and held to a plan that the company ticks, in a real browser;
each screen is looked at by axe, by the HTML checker, and on a screen of 320 pixels."""

from datetime import date, time, timedelta
from time import monotonic, sleep
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from nexus.caller import Caller, Role, anonymous, operator
from nexus.links import Links
from nexus.seal import derived_key
from services.meetings.contracts.availability import AvailabilityContent, Rule, SaveAvailability
from services.meetings.contracts.cases import GetCase
from services.meetings.contracts.meetings import BookMeeting, Contact, FindSlots, GetMeeting, RecordOutcome
from services.meetings.contracts.types import ListMeetingTypes, SaveMeetingType, TypeContent
from services.meetings.contracts.words import BothLines
from tests.browser.office import Enter, enter
from tests.browser.test_every_page import Open, vnu
from tests.browser.test_meetings import looked_at
from tests.support.platforms import RunningPlatform

__all__ = ["enter", "looked_at", "vnu"]
LEAD = Caller(sector="tic", person="lead", roles=frozenset({Role.COORDINATOR}))
COMPANY = "Fonderie du navigateur"


@pytest.fixture(scope="module")
def kind(site: RunningPlatform) -> str:
    """The name of a type that somebody can hold at any hour; each module that books has one of its own."""
    own = uuid4().hex[:6]
    content = TypeContent(
        name=BothLines(fr=f"Rencontre à suivre {own}", en=f"Meeting to follow up {own}"),
        places=("video",),
        notice_hours=0,
        move_hours=0,
    )
    made = site.ask(SaveMeetingType(content=content, sector="tic"), operator("root"))
    rule = Rule(
        rrule="FREQ=DAILY", since=date(2026, 1, 1), opens=time(0), closes=time(23, 55), types=(made.id,)
    )
    advisor = AvailabilityContent(name="Inès Suivi", languages=("fr", "en"), rules=(rule,))
    site.ask(SaveAvailability(content=advisor, advisor=uuid4().hex, sector="tic"), operator("root"))
    return content.name.fr


def book(page: Page, kind: str, company: str = COMPANY, email: str = "paul@fonderie-navigateur.ca") -> str:
    """The address of a meeting that is booked from the questionnaire, then moved."""
    page.get_by_role("link", name="Choisir un moment").click()
    page.get_by_role("radio", name=kind).check()
    page.get_by_role("checkbox", name="Embaucher").check()
    page.get_by_role("button", name="Choisir un moment").click()
    page.locator(".starts button").nth(5).click()
    page.get_by_label("Votre nom").fill("Paul Roy")
    page.get_by_label("Nom de l’entreprise").fill(company)
    page.get_by_label("Adresse courriel").fill(email)
    page.get_by_role("checkbox", name="J’accepte").check()
    page.get_by_role("button", name="Réserver cette rencontre").click()
    page.get_by_role("link", name="Choisir un autre moment").click()
    page.locator(".starts button").nth(8).click()
    expect(page.get_by_role("status").first).to_have_text("Votre rencontre est déplacée.")
    return page.url.partition("?")[0]


def let_pass(site: RunningPlatform, meeting_id: str) -> str:
    """A week passes in the database; the id of the meeting's case."""
    deadline = monotonic() + 20
    while (found := site.ask(GetMeeting(id=meeting_id), LEAD)).case is None:
        assert monotonic() < deadline, "it was not taken in"
        sleep(0.1)
    past = {name: getattr(found, name) - timedelta(days=7) for name in ("start", "end")}
    with site.documents() as client:
        client[site.database("meetings")]["meetings"].update_one({"_id": meeting_id}, {"$set": past})
    return found.case


def test_from_the_questions_to_a_plan_that_is_ticked(
    open_page: Open, enter: Enter, site: RunningPlatform, kind: str, looked_at
) -> None:
    visitor = open_page("/fr/trouver?size=5-24&activity=ict&job=technology", bypass_csp=True)
    meeting = book(visitor, kind).rpartition("/")[2].partition(".")[0]
    case = let_pass(site, meeting)
    page = enter(Role.COORDINATOR, Role.ADVISOR, bypass_csp=True)
    page.goto(site.url("tic", f"/fr/admin/meetings/{meeting}"))
    expect(page.get_by_role("main")).to_contain_text("De 5 à 24 employés")
    looked_at(page, "the meeting, with what fits")
    page.get_by_role("button", name="Elle a eu lieu").click()
    page.get_by_label("Notes, pour le personnel").fill("Deux postes d’ici mars")
    page.locator("input[name=recommend]").first.check()
    page.get_by_role("button", name="Enregistrer les notes").click()
    expect(page.get_by_role("status")).to_contain_text("enregistrées")
    expect(page.get_by_role("main")).to_contain_text("Deux postes d’ici mars")

    page.get_by_role("checkbox", name="Fait partie du plan").check()
    page.locator("[id='entries.0.due']").fill("2026-12-31")
    page.locator("[id='entries.1.title']").fill("Envoyer l’offre d’emploi")
    page.locator("[id='entries.2.title']").fill("Relire l’offre")
    page.locator("[id='entries.2.who']").select_option("advisor")
    page.get_by_role("button", name="L’enregistrer et l’envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("en route vers l’entreprise")
    page.get_by_label("Ce que vous avez à faire").fill("Rappeler Paul")
    page.locator("#due").fill("2026-11-20")
    page.get_by_role("button", name="Ajouter la tâche").click()
    looked_at(page, "the case")
    address = page.locator(".address").last.inner_text()
    page.goto(site.url("tic", "/fr/admin/cases"))
    looked_at(page, "the cases and what is to be done")
    page.goto(site.url("tic", "/fr/admin/companies?q=fonderie"))
    looked_at(page, "the companies")
    page.get_by_role("main").get_by_role("link", name=COMPANY).first.click()
    looked_at(page, "one company")

    visitor.goto(address)
    looked_at(visitor, "the plan")
    visitor.get_by_role("checkbox", name="Envoyer l’offre d’emploi").check()
    visitor.get_by_role("button", name="Enregistrer ce que j’ai coché").click()
    expect(visitor.get_by_role("status")).to_contain_text("Merci, c’est noté.")
    visitor.get_by_role("link", name="English").click()
    expect(visitor.get_by_role("checkbox", name="Envoyer l’offre d’emploi")).to_be_checked()
    page.goto(site.url("tic", f"/fr/admin/cases/{case}"))
    expect(page.get_by_role("main")).to_contain_text("Étapes du plan cochées")


@pytest.fixture
def asked(site: RunningPlatform, kind: str) -> dict[str, str]:
    """The pages of what a company is asked about a meeting that was held; mails have their addresses."""
    offered = site.ask(ListMeetingTypes(), anonymous("tic")).items
    wanted = {"type": next(one.id for one in offered if one.content.name.fr == kind), "place": "video"}
    start = site.ask(FindSlots(**wanted), anonymous("tic")).next
    contact = Contact(name="Ann", company="Atelier interrogé", email="ann@interroge.ca")
    made = site.ask(
        BookMeeting(**wanted, start=start, contact=contact, consent=True), anonymous("tic")
    ).meeting
    case = let_pass(site, made.id)
    site.ask(RecordOutcome(id=made.id, revision=made.revision, outcome="held"), LEAD)
    deadline = monotonic() + 20
    while not site.ask(GetCase(id=case), LEAD).case.asks:
        assert monotonic() < deadline, "nothing is asked"
        sleep(0.1)
    secret = (site.folder / "data" / "sealing-secret").read_text()
    links = Links(derived_key(secret, "meeting-links"), "ask")
    return {name: f"/fr/suivi/{links.token(f'{made.id}-{name}')}" for name in ("feedback", "outcome")}


def test_a_company_says_whether_the_meeting_was_useful_and_what_came_of_it(
    open_page: Open, looked_at, asked: dict[str, str]
) -> None:
    page = open_page(asked["feedback"], bypass_csp=True)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("alert")).to_contain_text("de 1 à 5")
    looked_at(page, "the two questions, with a fault")
    page.get_by_role("radio", name="4").check()
    page.get_by_label("Que manque-t-il").fill("Un exemple de lettre")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("Votre réponse est notée")
    looked_at(page, "thanks")
    page = open_page(asked["outcome"], bypass_csp=True)
    page.get_by_label("Combien de personnes").fill("2")
    looked_at(page, "what came of it")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("Votre réponse est notée")
