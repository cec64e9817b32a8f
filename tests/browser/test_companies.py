"""Two companies are merged and parted again on their page, in a real browser."""

from playwright.sync_api import Page, expect

from nexus.caller import Role, anonymous
from services.meetings.contracts.meetings import BookMeeting, Contact, FindSlots
from services.meetings.contracts.types import ListMeetingTypes
from tests.browser.office import Enter, enter
from tests.browser.test_cases import kind, let_pass
from tests.browser.test_every_page import vnu
from tests.browser.test_meetings import looked_at
from tests.support.platforms import RunningPlatform

__all__ = ["enter", "kind", "looked_at", "vnu"]


def known(site: RunningPlatform, kind: str, company: str, domain: str) -> None:
    """A company that has had a meeting."""
    offered = site.ask(ListMeetingTypes(), anonymous("tic")).items
    wanted = {"type": next(one.id for one in offered if one.content.name.fr == kind), "place": "video"}
    start = site.ask(FindSlots(**wanted), anonymous("tic")).next
    contact = Contact(name="Ann", company=company, email=f"ann@{domain}")
    command = BookMeeting(**wanted, start=start, contact=contact, consent=True)
    let_pass(site, site.ask(command, anonymous("tic")).meeting.id)


def people(page: Page) -> list[str]:
    return page.locator("a[href^='mailto:ann@']").all_inner_texts()


def test_a_merger_is_undone_where_it_was_made(
    enter: Enter, site: RunningPlatform, kind: str, looked_at
) -> None:
    known(site, kind, "Verrerie du Nord", "verrerie-nord.ca")
    known(site, kind, "Verrerie Nordique", "verrerie-nordique.ca")
    page = enter(Role.COORDINATOR, bypass_csp=True)
    page.goto(site.url("tic", "/fr/admin/companies?q=verrerie"))
    page.get_by_role("main").get_by_role("link", name="Verrerie du Nord", exact=True).click()
    page.get_by_label("Nom, NEQ, domaine de courriel ou personne").fill("nordique")
    page.get_by_role("button", name="Afficher").click()
    page.get_by_role("button", name="Fusionner Verrerie Nordique").click()
    expect(page.get_by_role("status")).to_contain_text("n’en font plus qu’une")
    assert people(page) == ["ann@verrerie-nord.ca", "ann@verrerie-nordique.ca"]
    merged = page.get_by_role("region", name="Fusionnées avec elle")
    expect(merged).to_contain_text("reste à Verrerie du Nord")
    looked_at(page, "a company with a merged one")
    merged.get_by_role("button", name="Défaire la fusion de Verrerie Nordique").click()
    expect(page.get_by_role("status")).to_contain_text("de nouveau distinctes")
    assert people(page) == ["ann@verrerie-nord.ca"]
    page.goto(site.url("tic", "/en/admin/companies?q=nordique"))
    page.get_by_role("main").get_by_role("link", name="Verrerie Nordique", exact=True).click()
    assert people(page) == ["ann@verrerie-nordique.ca"]
