"""What became of each message to people, and the table of what is said when."""

from typing import Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin.frame import AGENDA, DELIVERIES, SECTOR, admin_page, path_to
from gateway.i18n import translations
from gateway.people import forms
from gateway.people.desk import Desk, Signed
from gateway.trail_words import (
    DELIVERY_REASONS,
    DELIVERY_STATES,
    NOTICE_CHANNELS,
    NOTICE_EVENTS,
    NOTICE_KINDS,
    NOTICE_RECIPIENTS,
)
from gateway.words import BASES, PURPOSES
from nexus.caller import LANGUAGES
from services.notifications.contracts.deliveries import Deliveries, ListDeliveries, ListNotices, SendAgain
from services.notifications.contracts.mornings import RoutineKind
from services.people.contracts.people import NamePeople

_TABLE = "/notices"


def deliveries_routes(router: APIRouter, desk: Desk) -> None:
    """Add both pages."""
    pages = _Deliveries(desk)
    for language in LANGUAGES:
        start = path_to(language, DELIVERIES)
        desk.add(router, "GET", start, language, pages.listed, DELIVERIES.roles)
        desk.add(router, "POST", start, language, pages.send_again, DELIVERIES.roles)
        desk.add(router, "GET", start + _TABLE, language, pages.table, DELIVERIES.roles)


class _Deliveries:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listed(self, signed: Signed) -> Response:
        """Latest first."""
        asked = {name: signed.query(name).strip() for name in ("state", "kind", "address")}
        given: dict[str, Any] = {name: text for name, text in asked.items() if text}
        if after := signed.query("after"):
            given["after"] = after
        query = forms.read(ListDeliveries, given, translations(signed.language))
        wrong = isinstance(query, list)
        page = Deliveries(items=(), next=None) if isinstance(query, list) else await signed.call(query)
        values: dict[str, Any] = {
            "page": page,
            "names": await _names(signed, page),
            "asked": asked,
            "wrong": wrong,
            "filters": urlencode({name: text for name, text in asked.items() if text}),
            "states": DELIVERY_STATES,
            "kinds": NOTICE_KINDS,
            "reasons": DELIVERY_REASONS,
            "bases": BASES,
            "channels": NOTICE_CHANNELS,
            "agenda": path_to(signed.language, AGENDA),
            "done": signed.query("done"),
        }
        return admin_page(self._desk, signed, DELIVERIES, "deliveries.html", 400 if wrong else 200, **values)

    async def send_again(self, signed: Signed) -> Response:
        """Try one again."""
        await signed.call(SendAgain(id=signed.form.get("id", "")[:200] or "-"))
        return RedirectResponse(path_to(signed.language, DELIVERIES, "?done=again"), 303)

    async def table(self, signed: Signed) -> Response:
        """What is said to whom, when."""
        rules = await signed.call(ListNotices())
        hours = [rule.hours for rule in rules if rule.hours and rule.channel == "mail"]
        values: dict[str, Any] = {
            "rules": rules,
            "reminders": list(dict.fromkeys(hours)),
            "settings_page": path_to(signed.language, SECTOR) if signed.visitor.has(*SECTOR.roles) else None,
            "events": NOTICE_EVENTS,
            "recipients": NOTICE_RECIPIENTS,
            "kinds": NOTICE_KINDS,
            "purposes": PURPOSES,
            "channels": NOTICE_CHANNELS,
            "routine": get_args(RoutineKind),
        }
        return admin_page(self._desk, signed, DELIVERIES, "notices.html", below=_TABLE, **values)


async def _names(signed: Signed, page: Deliveries) -> dict[str, str]:
    people = tuple({one.person for one in page.items if one.person})
    return await signed.call(NamePeople(ids=people)) if people else {}
