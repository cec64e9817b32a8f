"""From the page of a need to a subscription, its preferences, and out of it again, in a real browser."""

import re
from typing import Any
from uuid import uuid4

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_consent import eventually, path_in
from tests.e2e.test_own_languages import mails
from tests.support.platforms import RunningPlatform


def is_usable(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_somebody_subscribes_on_the_page_of_a_need_and_chooses_when_nothing_comes(
    chromium: Browser, site: RunningPlatform
) -> None:
    address = f"reader-{uuid4().hex[:8]}@example.org"
    size: Any = {"width": 320, "height": 640}
    context = chromium.new_context(viewport=size, bypass_csp=True)
    try:
        page = context.new_page()
        page.goto(site.url("tic", "/fr/besoins/embaucher"))
        page.get_by_text("Recevoir les nouveautés sur ce besoin").click()
        is_usable(page)
        page.get_by_label("Votre adresse courriel").fill(address)
        page.get_by_label("Chaque matin au plus").check()
        page.get_by_role("button", name="M’abonner").click()
        expect(page.get_by_role("status")).to_contain_text("Un courriel est en route.")
        page.goto(site.url("tic", path_in(eventually(lambda: mails(site, address))[0], "abonnement")))
        expect(page.get_by_text("Embaucher", exact=True)).to_be_visible()
        is_usable(page)
        page.get_by_role("button", name="Confirmer").click()
        expect(page.get_by_label("Chaque matin au plus")).to_be_checked()
        is_usable(page)
        page.get_by_label("Début").select_option("21")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("Début").select_option("21")
        page.get_by_label("Fin").select_option("7")
        page.get_by_label("Jamais").check()
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_role("status")).to_contain_text("Vos préférences sont enregistrées.")
        expect(page.get_by_text(re.compile("retiré le"))).to_be_visible()
        expect(page.get_by_label("Fin")).to_have_value("7")
        is_usable(page)
    finally:
        context.close()
