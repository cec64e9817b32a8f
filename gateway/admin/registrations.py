"""Registrations for activities, for staff: who comes and who waits, who came, what they thought of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from gateway.admin.frame import REGISTRATIONS, admin_page, number_in, path_to
from gateway.admin.tables import MARK, csv_line
from gateway.i18n import translations
from gateway.people.desk import Desk, Signed
from gateway.registration_pages import when_of
from gateway.sectors import Language
from gateway.times import ZONE
from gateway.words import LANGUAGES as TONGUES
from gateway.words import N_, REGISTRATION_STATES, USEFUL, named
from nexus.caller import LANGUAGES
from nexus.errors import Conflict, NotFound, StaleRevision
from services.meetings.contracts.registrations import (
    HostedActivity,
    ListHosted,
    ListRegistrations,
    NoteAttendance,
    Registration,
    RegistrationPage,
    RemoveRegistration,
    Scores,
)

_PER_PAGE = 100
_IN_FILE = 200  # asked for at once
_CAME = {"": None, "yes": True, "no": False}
_SAID = {None: "", True: N_("yes"), False: N_("no")}
_COLUMNS = (
    N_("Name"),
    N_("Company"),
    N_("E-mail address"),
    N_("Language"),
    N_("What they need"),
    N_("State"),
    N_("Number in line"),
    N_("Registered on"),
    N_("Came"),
    N_("How useful it was"),
    N_("Remark"),
)


@dataclass(frozen=True)
class Row:
    """An activity of the list, and when it is, in words."""

    activity: HostedActivity
    when: str


def registrations_routes(router: APIRouter, desk: Desk) -> None:
    """Add the list, and the pages of each activity."""
    pages = _Registrations(desk)
    for language in LANGUAGES:
        add = partial(desk.add, router, language=language, roles=REGISTRATIONS.roles)
        start = path_to(language, REGISTRATIONS)
        for method, below, handle in (
            ("GET", "", pages.hosted),
            ("GET", "/{id}", pages.show),
            ("POST", "/{id}", pages.note),
            ("POST", "/{id}/remove", pages.remove),
            ("GET", "/{id}/export", pages.export),
        ):
            add(method, start + below, handle=handle)


class _Registrations:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def hosted(self, signed: Signed) -> Response:
        """The activities for which one registers here."""
        found = await signed.call(ListHosted(page=_page(signed), per_page=_PER_PAGE))
        rows = [Row(one, when_of(one, signed.language)) for one in found.items]
        return admin_page(self._desk, signed, REGISTRATIONS, "registrations.html", rows=rows, found=found)

    async def show(self, signed: Signed) -> Response:
        """Who registered for one."""
        return await self._shown(signed, done=signed.query("done"))

    async def note(self, signed: Signed) -> Response:
        """Who came, of all whose line was changed."""
        refused = 0
        for name, said in signed.form.items():
            kind, _, registration = name.partition(".")
            if kind != "came" or said not in _CAME or said == signed.form.get(f"was.{registration}"):
                continue
            try:
                await signed.call(NoteAttendance(id=registration[:64], came=_CAME[said]))
            except (Conflict, NotFound, StaleRevision):
                refused += 1
        if refused:
            return await self._shown(signed, 409, refused=refused)
        return self._back(signed, "noted")

    async def remove(self, signed: Signed) -> Response:
        """Take a place back."""
        try:
            await signed.call(RemoveRegistration(id=signed.form.get("id", "-")[:64] or "-"))
        except Conflict:
            return await self._shown(signed, 409, refused=1)
        return self._back(signed, "removed")

    async def export(self, signed: Signed) -> Response:
        """All of them, as a file."""
        first = await self._ask(signed, 1, _IN_FILE)
        headers = {"Content-Disposition": 'attachment; filename="registrations.csv"'}
        return StreamingResponse(
            self._csv(signed, first), media_type="text/csv; charset=utf-8", headers=headers
        )

    async def _csv(self, signed: Signed, page: RegistrationPage) -> AsyncIterator[bytes]:
        words = translations(signed.language)
        yield MARK + csv_line([words.gettext(one) for one in _COLUMNS])
        while page.items:
            yield b"".join(csv_line(_cells(one, signed.language)) for one in page.items)
            if page.page * _IN_FILE >= page.total:
                return
            page = await self._ask(signed, page.page + 1, _IN_FILE)

    async def _shown(self, signed: Signed, status: int = 200, done: str = "", refused: int = 0) -> Response:
        found = await self._ask(signed, _page(signed), _PER_PAGE)
        values: dict[str, Any] = {
            "found": found,
            "answers": sum(found.scores.counts),
            "average": _average(found.scores),
            "useful": USEFUL,
            "done": done,
            "refused": refused,
        }
        below = f"/{_id(signed)}"
        return admin_page(self._desk, signed, REGISTRATIONS, "registrations_of.html", status, below, **values)

    async def _ask(self, signed: Signed, page: int, per_page: int) -> RegistrationPage:
        return await signed.call(ListRegistrations(activity=_id(signed), page=page, per_page=per_page))

    def _back(self, signed: Signed, done: str) -> Response:
        query = f"?done={done}" + (f"&page={page}" if (page := _page(signed)) > 1 else "")
        return RedirectResponse(path_to(signed.language, REGISTRATIONS, f"/{_id(signed)}{query}"), 303)


def _id(signed: Signed) -> str:
    """That of the address, or one that nothing has."""
    given = str(signed.request.path_params["id"])
    return "".join(ch for ch in given if ch.isascii() and (ch.isalnum() or ch == "-"))[:64] or "-"


def _page(signed: Signed) -> int:
    return min(max(number_in(signed.query("page")) or 1, 1), 1_000)


def _average(scores: Scores) -> float | None:
    """Of those who answered, to a tenth; None: nobody did."""
    answers = sum(scores.counts)
    return round(sum(n * count for n, count in enumerate(scores.counts, 1)) / answers, 1) if answers else None


def _cells(one: Registration, language: Language) -> list[str]:
    """A row of the file, in the order of its columns. Whose data are erased has no name there."""
    words, who = translations(language), one.registrant
    said = _SAID[one.came]
    return [
        who.name if who else "",
        (who.company if who else None) or "",
        who.email if who else "",
        named(TONGUES, who.language, words) if who else "",
        (who.needs if who else None) or "",
        named(REGISTRATION_STATES, one.state, words),
        str(one.line or ""),
        one.created_at.astimezone(ZONE).isoformat(" ", "minutes")[:16],
        words.gettext(said) if said else "",
        str(one.score or ""),
        one.remark or "",
    ]
