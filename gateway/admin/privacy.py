"""Requests for personal data in the back office: what is asked, how far it is, by when; and what is kept how long."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin.frame import PERSONAL_DATA, admin_page, path_to
from gateway.i18n import translations
from gateway.people import forms
from gateway.people.desk import Desk, Signed
from gateway.privacy.words import DATA_KINDS, HOLDERS, REASONS, REQUEST_KINDS, REQUEST_STATES, SINCE
from gateway.refusals import REFUSALS, documented
from nexus.caller import LANGUAGES
from nexus.errors import Conflict
from services.people.contracts.people import NamePeople
from services.people.contracts.privacy import (
    DataRequest,
    GetDataRequest,
    ListDataRequests,
    ListRetention,
    RecordDataRequest,
)

_RETENTION = "/retention"


def privacy_routes(router: APIRouter, desk: Desk) -> None:
    """Add the pages."""
    pages = _Requests(desk)
    for language in LANGUAGES:
        start, roles = path_to(language, PERSONAL_DATA), PERSONAL_DATA.roles
        desk.add(router, "GET", start, language, pages.listed, roles)
        desk.add(router, "POST", start, language, pages.record, roles)
        desk.add(router, "GET", start + _RETENTION, language, pages.retention, roles)
        desk.add(router, "GET", f"{start}/{{id}}", language, pages.one, roles)


class _Requests:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listed(self, signed: Signed) -> Response:
        """The latest first, and the form for one that came otherwise."""
        return await self._page(signed)

    async def record(self, signed: Signed) -> Response:
        """One that somebody made by phone, by letter or in person."""
        given = {
            name: signed.form.get(name, "") for name in ("email", "kind", "reason", "verified", "language")
        }
        command = forms.read(
            RecordDataRequest, {**given, "base_url": self._desk.base_url}, translations(signed.language)
        )
        if isinstance(command, list):
            return await self._page(signed, command, 400)
        try:
            made = await signed.call(command)
        except Conflict as error:
            told = translations(signed.language).gettext(REFUSALS[documented(409, error.code)].title)
            return await self._page(signed, [forms.Fault("email", told)], 409)
        return RedirectResponse(path_to(signed.language, PERSONAL_DATA, f"/{made.id}?done=recorded"), 303)

    async def one(self, signed: Signed) -> Response:
        """What each service did."""
        found = await signed.call(GetDataRequest(id=str(signed.request.path_params["id"])[:64]))
        values = _values([found]) | {
            "found": found,
            "names": await _names(signed, [found]),
            "done": signed.query("done"),
        }
        return admin_page(
            self._desk, signed, PERSONAL_DATA, "data_request.html", below=f"/{found.id}", **values
        )

    async def retention(self, signed: Signed) -> Response:
        """What is kept how long, and what the last night removed."""
        values: dict[str, Any] = {
            "rows": await signed.call(ListRetention()),
            "kinds": DATA_KINDS,
            "holders": HOLDERS,
            "since": SINCE,
        }
        return admin_page(self._desk, signed, PERSONAL_DATA, "retention.html", below=_RETENTION, **values)

    async def _page(
        self, signed: Signed, faults: list[forms.Fault] | None = None, status: int = 200
    ) -> Response:
        found = (await signed.call(ListDataRequests())).items
        values = _values(found) | {
            "requests": found,
            "faults": faults or [],
            "form": signed.form,
        }
        return admin_page(self._desk, signed, PERSONAL_DATA, "data_requests.html", status, **values)


def _values(found: Any) -> dict[str, Any]:
    """Words, and which of some requests are late."""
    now = datetime.now(UTC)
    late = {one.id for one in found if one.state == "open" and one.due_at and one.due_at < now}
    return {
        "late": late,
        "request_kinds": REQUEST_KINDS,
        "states": REQUEST_STATES,
        "kinds": DATA_KINDS,
        "holders": HOLDERS,
        "reasons": REASONS,
    }


async def _names(signed: Signed, found: list[DataRequest]) -> dict[str, str]:
    people = tuple({one.recorded_by for one in found if one.recorded_by})
    return await signed.call(NamePeople(ids=people)) if people else {}
