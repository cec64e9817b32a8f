"""The goal in the back office: the board, the lists behind its figures, files and a report to take along."""

import asyncio
import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from gateway.admin.exports import FORMATS, MEDIA_TYPES
from gateway.admin.frame import AGENDA, CASES, COMPANIES, GOAL, admin_page, path_to
from gateway.admin.goal_chart import chart
from gateway.admin.goal_figures import BREAKDOWNS, CASE_FIGURES, MEETING_FIGURES, Figures
from gateway.admin.goal_report import report
from gateway.admin.tables import MARK, Workbook, chunks, csv_line
from gateway.i18n import translations
from gateway.people import forms
from gateway.people.desk import Desk, Signed
from gateway.refusals import REFUSALS
from gateway.times import ZONE
from gateway.words import CLOSINGS, N_, named
from nexus.caller import LANGUAGES
from nexus.errors import InvalidInput, NotFound, StaleRevision
from services.meetings.contracts.goal import (
    CountedCompanies,
    ListCountedCases,
    ListCountedCompanies,
    ListCountedMeetings,
    OpenGoal,
    SetGoal,
)

_STALE = N_("Somebody else has set the goal meanwhile. Look at it, then set it again.")
_IN_MEMORY = 1_000_000  # bytes of a workbook
_TABLES = ("figures", "companies")


def goal_routes(router: APIRouter, desk: Desk) -> None:
    """Add the pages of the goal."""
    pages = _Goal(desk)
    for language in LANGUAGES:
        start = path_to(language, GOAL)
        for method, below, handle in (
            ("GET", "", pages.board),
            ("POST", "", pages.set),
            ("GET", "/companies", pages.companies),
            ("GET", "/meetings", pages.meetings),
            ("GET", "/cases", pages.cases),
            ("GET", "/export", pages.export),
            ("GET", "/report.pdf", pages.report),
        ):
            desk.add(router, method, start + below, language, handle, GOAL.roles)


class _Goal:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def board(self, signed: Signed) -> Response:
        """All figures."""
        return await self._board(signed)

    async def set(self, signed: Signed) -> Response:
        """Say anew how many, and in which time."""
        sent = {name: signed.form.get(name, "") for name in ("number", "since", "until", "revision")}
        words = translations(signed.language)
        command = forms.read(SetGoal, sent, words)
        if isinstance(command, list):
            return await self._board(signed, command, sent, 400)
        try:
            await signed.call(command)
        except InvalidInput as error:
            told = REFUSALS.get(error.code, REFUSALS["invalid_input"])
            field = str(error.details.get("field", "until"))
            fault = forms.Fault(field, f"{words.gettext(told.title)}. {words.gettext(told.advice)}")
            return await self._board(signed, [fault], sent, error.status)
        except StaleRevision as error:
            return await self._board(
                signed, [forms.Fault("number", words.gettext(_STALE))], None, error.status
            )
        return RedirectResponse(path_to(signed.language, GOAL, "?done=saved"), 303)

    async def companies(self, signed: Signed) -> Response:
        """The companies behind a figure."""
        by, key = signed.query("by"), signed.query("key")
        found = await self._companies(signed, by, key)
        figures = await self._figures(signed)
        values: dict[str, Any] = {
            "found": found,
            "figures": figures,
            "what": figures.label(by, key) if by else "",
            "company_path": path_to(signed.language, COMPANIES),
            "meeting_path": path_to(signed.language, AGENDA),
        }
        return admin_page(self._desk, signed, GOAL, "goal_companies.html", 200, "/companies", **values)

    async def meetings(self, signed: Signed) -> Response:
        """The meetings behind a figure."""
        which = signed.query("which")
        if which not in MEETING_FIGURES:
            raise NotFound
        values: dict[str, Any] = {
            "found": await signed.call(ListCountedMeetings.read({"which": which})),
            "what": MEETING_FIGURES[which],
            "meeting_path": path_to(signed.language, AGENDA),
        }
        return admin_page(self._desk, signed, GOAL, "goal_meetings.html", 200, "/meetings", **values)

    async def cases(self, signed: Signed) -> Response:
        """The cases behind a figure."""
        which, closing = signed.query("which"), signed.query("closing")
        if which not in CASE_FIGURES or (closing and closing not in CLOSINGS):
            raise NotFound
        values: dict[str, Any] = {
            "found": await signed.call(ListCountedCases.read({"which": which, "closing": closing or None})),
            "what": CLOSINGS[closing] if closing else CASE_FIGURES[which],
            "case_path": path_to(signed.language, CASES),
        }
        return admin_page(self._desk, signed, GOAL, "goal_cases.html", 200, "/cases", **values)

    async def export(self, signed: Signed) -> Response:
        """The figures, or the companies of the own sector, as CSV or XLSX."""
        what, form = signed.query("what"), signed.query("format")
        if what not in _TABLES or form not in ("csv", "xlsx"):
            raise NotFound
        rows = await (self._figure_rows(signed) if what == "figures" else self._company_rows(signed))
        name = f"{'goal' if what == 'figures' else 'goal-companies'}-{self._desk.sector.name}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        body = csv_of(rows) if form == "csv" else xlsx_of(rows)
        return StreamingResponse(body, media_type=MEDIA_TYPES[form], headers=headers)

    async def report(self, signed: Signed) -> Response:
        """The report to the funder, in the language of the page."""
        figures = await self._figures(signed)
        body = await asyncio.to_thread(report, figures)
        name = f"emploi-nexus-{figures.board.today}-{signed.language}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return Response(body, media_type="application/pdf", headers=headers)

    async def _board(
        self,
        signed: Signed,
        faults: Sequence[forms.Fault] = (),
        sent: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        figures = await self._figures(signed)
        goal = figures.board.goal
        values: dict[str, Any] = {
            "board": figures.board,
            "figures": figures,
            "chart": chart(figures.board),
            "faults": faults,
            "sent": sent or goal.model_dump(mode="json", include={"number", "since", "until", "revision"}),
            "formats": {name: FORMATS[name] for name in ("xlsx", "csv")},
            "done": signed.query("done"),
        }
        return admin_page(self._desk, signed, GOAL, "goal.html", status, **values)

    async def _figures(self, signed: Signed) -> Figures:
        return Figures(await signed.call(OpenGoal()), self._desk.sector, signed.language)

    async def _companies(self, signed: Signed, by: str = "", key: str = "") -> CountedCompanies:
        if by and (by not in BREAKDOWNS or len(key) > 200):
            raise NotFound
        return await signed.call(ListCountedCompanies.read({"by": by or None, "key": key}))

    async def _figure_rows(self, signed: Signed) -> list[list[str]]:
        figures = await self._figures(signed)
        words, board, own = figures.words, figures.board, self._desk.sector.short[signed.language]
        heads = [words.gettext(N_("Figures")), "", words.gettext(N_("All sectors")), own]
        goal = words.gettext(N_("Goal"))
        rows = [
            heads,
            [goal, words.gettext(N_("Companies to be met")), str(board.goal.number), ""],
            [goal, words.gettext(N_("From")), board.goal.since.isoformat(), ""],
            [goal, words.gettext(N_("Until")), board.goal.until.isoformat(), ""],
            [goal, words.gettext(N_("Different companies met")), str(board.met.all), str(board.met.own)],
            [goal, words.gettext(N_("Planned by today")), figures.number(board.planned), ""],
            [goal, words.gettext(N_("Expected at the end")), figures.expected(), ""],
        ]
        for table in figures.tables():
            rows += [[table.title, line.label, line.all, line.own] for line in table.lines]
        title = named(BREAKDOWNS, "month", words)
        return rows + [[title, line.label, line.all, line.own] for line, _, _ in figures.months()]

    async def _company_rows(self, signed: Signed) -> list[list[str]]:
        figures, found = await self._figures(signed), await self._companies(signed)
        heads = (N_("Company"), N_("First held meeting"), N_("Size"), N_("Needs"), N_("Partner"))
        rows = [[figures.words.gettext(head) for head in heads]]
        for one in found.items:
            needs = "; ".join(figures.label("theme", theme) for theme in one.themes)
            partners = "; ".join(figures.partner(partner) for partner in one.partners)
            day = one.start.astimezone(ZONE).date().isoformat()
            rows.append([one.name, day, figures.label("size", one.size) if one.size else "", needs, partners])
        return rows


def csv_of(rows: Iterable[Sequence[str]]) -> Iterable[bytes]:
    """Rows as a CSV file, no cell of which is a formula."""
    yield MARK
    yield from map(csv_line, rows)


def xlsx_of(rows: Sequence[Sequence[str]]) -> Iterable[bytes]:
    """Rows as a workbook; the first are the heads."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        book = Workbook(file, rows[0])
        for row in rows[1:]:
            book.add(row)
        book.close()
        yield from chunks(file)
