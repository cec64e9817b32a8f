"""Mails as their readers see them: narrow and wide, light and dark, and with everything in its place."""

from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from services.notifications.domain.messages import Letter
from tests.support.mails import (
    NOW,
    WAY_OUT,
    activity,
    code,
    comment,
    confirmation,
    digest,
    events_parked,
    invitation,
    meeting,
    meeting_for_advisor,
    morning_list,
    unreadable_documents,
    verification,
    weekly_figures,
    written,
)

MAILS: dict[str, Callable[[], Letter]] = {
    "code": lambda: written(code("fr")),
    "invitation": lambda: written(invitation("en", organisation="ACME")),
    "verification": lambda: written(verification("fr")),
    "meeting": lambda: written(meeting("fr")),
    "cancelled": lambda: written(meeting("en", "cancelled")),
    "reminder": lambda: written(meeting("en", "reminder")),
    "confirmation": lambda: written(confirmation("fr")),
    "digest": lambda: written(digest("fr", more=2), way_out=WAY_OUT),
    "advisor": lambda: written(meeting_for_advisor("moved")),
    "morning": lambda: written(morning_list()),
    "week": lambda: written(weekly_figures(), "en"),
    "parked": lambda: written(events_parked()),
    "comment": lambda: written(comment(), "en"),
    "joined": lambda: written(activity("fr", online=True)),
    "awaited": lambda: written(activity("en", "awaited", waits=True, line=3)),
    "activity moved": lambda: written(activity("fr", "moved", before=NOW)),
    "called off": lambda: written(activity("en", "called_off")),
    "ended": lambda: written(activity("fr", "ended")),
    "unreadable": lambda: written(unreadable_documents()),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_can_be_read_on_every_screen(
    chromium: Browser, name: str, scheme: Literal["light", "dark"]
) -> None:
    letter = MAILS[name]()
    page = chromium.new_page(viewport={"width": 375, "height": 600}, color_scheme=scheme)
    try:
        page.set_content(letter.html)
        for width in (375, 700):
            page.set_viewport_size({"width": width, "height": 600})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(
            page,
            options={"rules": {name: {"enabled": False} for name in ("landmark-one-main", "region",
                "page-has-heading-one", "heading-order")}},  # a mail stands in a page of its reader's program
        )  # fmt: skip
        assert found.violations_count == 0, found.generate_report()
        assert not page.locator(".preview").is_visible()
    finally:
        page.close()
