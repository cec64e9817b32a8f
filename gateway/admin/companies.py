"""Companies in the back office: found again by any word, looked at, put right by hand, merged."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin.frame import CASES, COMPANIES, admin_page, number_in, path_to
from gateway.i18n import translations
from gateway.meetings.case_views import names_of
from gateway.people import forms
from gateway.people.desk import Desk, Signed
from gateway.questions import ACTIVITIES
from gateway.refusals import REFUSALS
from gateway.words import N_, SIZES
from nexus.caller import LANGUAGES, Role
from nexus.errors import Conflict, InvalidInput, NexusError
from services.meetings.contracts.cases import ListCases
from services.meetings.contracts.companies import (
    GetCompany,
    ListCompanies,
    MergeCompanies,
    SaveCompany,
    UndoMerger,
)

_LONGEST = 200  # characters of a search
_BUSY = N_("Somebody else changed this company meanwhile. Look at it again, then save.")


def companies_routes(router: APIRouter, desk: Desk) -> None:
    """Add the pages of companies."""
    pages = _Companies(desk)
    for language in LANGUAGES:
        start = path_to(language, COMPANIES)
        for method, below, handle in (
            ("GET", "", pages.listed),
            ("GET", "/{id}", pages.show),
            ("POST", "/{id}", pages.save),
            ("POST", "/{id}/merge", pages.merge),
            ("POST", "/{id}/undo", pages.undo),
        ):
            desk.add(router, method, start + below, language, handle, COMPANIES.roles)


class _Companies:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listed(self, signed: Signed) -> Response:
        """Those with all words of the search."""
        text = signed.query("q")[:_LONGEST]
        found = await signed.call(ListCompanies(text=text))
        values: dict[str, Any] = {"found": found, "q": text, "cases": path_to(signed.language, CASES)}
        return admin_page(self._desk, signed, COMPANIES, "companies.html", **values)

    async def show(self, signed: Signed) -> Response:
        """One company; one that was merged leads to what it is."""
        found = await signed.call(GetCompany(id=_id(signed)))
        if found.company.id != _id(signed):
            return RedirectResponse(
                path_to(signed.language, COMPANIES, f"/{found.company.id}?done=merged"), 303
            )
        return await self._one(signed)

    async def save(self, signed: Signed) -> Response:
        """Put right by hand."""
        given = {name: signed.form.get(name) or None for name in ("name", "neq", "size", "activity")}
        languages = (signed.form.get("languages") or "").replace(";", ",").split(",")
        fields = {
            "id": _id(signed),
            "revision": signed.form.get("revision", ""),
            "languages": [one.strip() for one in languages if one.strip()],
            **given,
        }
        command = forms.read(SaveCompany, fields, translations(signed.language))
        if isinstance(command, list):
            return await self._one(signed, command, 400)
        try:
            await signed.call(command)
        except Conflict as error:
            return await self._one(signed, [_fault(error, signed)], error.status)
        return RedirectResponse(path_to(signed.language, COMPANIES, f"/{_id(signed)}?done=saved"), 303)

    async def merge(self, signed: Signed) -> Response:
        """Another company turned out to be this one."""
        return await self._both(signed, MergeCompanies, "merged")

    async def undo(self, signed: Signed) -> Response:
        """It did not: both are on their own again."""
        return await self._both(signed, UndoMerger, "parted")

    async def _both(self, signed: Signed, kind: type[MergeCompanies | UndoMerger], done: str) -> Response:
        command = kind(
            keep=_id(signed),
            keep_revision=number_in(signed.form.get("revision")) or 0,
            other="".join(ch for ch in signed.form.get("other", "") if ch.isalnum())[:64] or "-",
            other_revision=number_in(signed.form.get("other_revision")) or 0,
        )
        try:
            await signed.call(command)
        except (Conflict, InvalidInput) as error:
            return await self._one(signed, [_fault(error, signed)], error.status)
        return RedirectResponse(path_to(signed.language, COMPANIES, f"/{_id(signed)}?done={done}"), 303)

    async def _one(
        self, signed: Signed, faults: list[forms.Fault] | None = None, status: int = 200
    ) -> Response:
        found = await signed.call(GetCompany(id=_id(signed)))
        leads = signed.visitor.has(Role.COORDINATOR, Role.ADMIN)
        cases = await signed.call(ListCases(state=None, company=found.company.id, every=leads))
        text = signed.query("q")[:_LONGEST]
        alike = (await signed.call(ListCompanies(text=text))).items if leads and text else ()
        values: dict[str, Any] = {
            "company": found.company,
            "meetings": found.meetings,
            "merged": found.merged,
            "names": await names_of(signed, (one.merged_by for one in found.merged if one.merged_by)),
            "cases": cases.items,
            "alike": [one.company for one in alike if one.company.id != found.company.id][:10],
            "q": text,
            "leads": leads,
            "sizes": SIZES,
            "activities": ACTIVITIES,
            "faults": faults or [],
            "typed": signed.form if faults else {},
            "done": signed.query("done"),
        }
        return admin_page(
            self._desk, signed, COMPANIES, "company.html", status, f"/{found.company.id}", **values
        )


def _fault(error: NexusError, signed: Signed) -> forms.Fault:
    text = _BUSY if error.code == "stale_revision" else REFUSALS[error.code].title
    return forms.Fault("company", translations(signed.language).gettext(text))


def _id(signed: Signed) -> str:
    return "".join(ch for ch in str(signed.request.path_params["id"]) if ch.isalnum())[:64] or "-"
