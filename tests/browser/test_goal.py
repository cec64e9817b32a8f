"""From the questionnaire to one more company on the board of the goal, in a real browser; each screen is looked at by
axe, by the HTML checker, and on a screen of 320 pixels."""

from playwright.sync_api import Page, expect

from nexus.caller import Role, anonymous
from services.meetings.contracts.goal import OpenGoal
from services.meetings.contracts.meetings import BookMeeting, Contact, FindSlots
from services.meetings.contracts.types import ListMeetingTypes
from tests.browser.office import Enter, enter
from tests.browser.test_cases import LEAD, book, kind, let_pass
from tests.browser.test_every_page import Open, vnu
from tests.browser.test_meetings import looked_at
from tests.support.platforms import RunningPlatform

__all__ = ["enter", "kind", "looked_at", "vnu"]
COMPANY, EMAIL = "Fraisage du but", "paul@fraisage-du-but.ca"


def met(site: RunningPlatform) -> int:
    """Different companies met so far, by all sectors."""
    return site.ask(OpenGoal(), LEAD).met.all


def hold(page: Page, site: RunningPlatform, meeting: str) -> str:
    """The meeting was a week ago, and took place; the id of its case."""
    case = let_pass(site, meeting)
    page.goto(site.url("tic", f"/fr/admin/meetings/{meeting}"))
    page.get_by_role("button", name="Elle a eu lieu").click()
    expect(page.get_by_role("main")).to_contain_text("a eu lieu")
    return case


def second_meeting(site: RunningPlatform, kind: str) -> str:
    """Somebody else of the same company books."""
    offered = site.ask(ListMeetingTypes(), anonymous("tic")).items
    wanted = {"type": next(one.id for one in offered if one.content.name.fr == kind), "place": "video"}
    start = site.ask(FindSlots(**wanted), anonymous("tic")).next
    contact = Contact(name="Ann", company=f"{COMPANY} inc.", email=EMAIL.replace("paul", "ann"))
    command = BookMeeting(**wanted, start=start, contact=contact, consent=True)
    return str(site.ask(command, anonymous("tic")).meeting.id)


def test_a_held_meeting_is_one_more_company_on_the_board_and_a_second_one_is_not(
    open_page: Open, enter: Enter, site: RunningPlatform, kind: str, looked_at
) -> None:
    before = met(site)
    visitor = open_page("/fr/trouver?size=5-24&activity=ict&job=technology", bypass_csp=True)
    meeting = book(visitor, kind, COMPANY, EMAIL).rpartition("/")[2].partition(".")[0]
    page = enter(Role.COORDINATOR, Role.ADVISOR, bypass_csp=True)
    case = hold(page, site, meeting)
    page.goto(site.url("tic", f"/fr/admin/cases/{case}"))
    page.locator("[id='entries.0.title']").fill("Envoyer l’offre d’emploi")
    page.get_by_role("button", name="L’enregistrer et l’envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("en route vers l’entreprise")

    board = site.url("tic", "/fr/admin/goal")
    page.goto(board)
    figure = page.locator(".goal-facts strong").first
    expect(figure).to_contain_text(f"{before + 1} sur ")
    chart = page.get_by_role("img", name="Entreprises rencontrées")
    expect(chart).to_be_visible()
    assert chart.locator("desc").first.text_content()
    page.get_by_text("Chiffres de chaque mois").first.click()
    numbers = page.get_by_role("region", name="Chiffres de chaque mois")
    expect(numbers.get_by_role("row").nth(1)).to_contain_text(str(before + 1))
    looked_at(page, "the board")
    page.get_by_role("link", name="– De 5 à 24 employés").click()
    expect(page.get_by_role("main")).to_contain_text(COMPANY)
    looked_at(page, "the companies behind a figure")
    page.get_by_role("main").get_by_role("link", name=COMPANY).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(COMPANY)

    hold(page, site, second_meeting(site, kind))
    page.goto(board)
    expect(page.locator(".goal-facts strong").first).to_contain_text(f"{before + 1} sur ")
    page.goto(f"{board}/meetings?which=held")
    expect(page.get_by_role("main")).to_contain_text(f"{COMPANY} inc.")
