"""The agenda in the back office: the meetings of a day or a week, one meeting, what came of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin.agenda_grid import grid_of
from gateway.admin.frame import AGENDA, admin_page, path_to
from gateway.i18n import full_date, translations
from gateway.meetings import case_views, documents, views
from gateway.people import forms
from gateway.people.desk import Desk, Signed
from gateway.sectors import Language
from gateway.times import ZONE
from nexus.caller import LANGUAGES, Role
from nexus.errors import Conflict, InvalidInput, NexusError
from nexus.messages import Command
from services.meetings.contracts.availability import ListAdvisors
from services.meetings.contracts.cases import CaseFile, GetCase
from services.meetings.contracts.documents import DocumentPart, ListMeetingDocuments, ReadMeetingDocument
from services.meetings.contracts.meetings import (
    CancelMeeting,
    FindMoves,
    GetMeeting,
    ListMeetings,
    ListWithoutAdvisor,
    ListWithoutOutcome,
    Meeting,
    MoveMeeting,
    RecordOutcome,
)
from services.meetings.contracts.words import told as in_language
from services.people.contracts.people import NamePeople

_SPANS = {"week": 7, "day": 1}


def agenda_routes(router: APIRouter, desk: Desk) -> None:
    """Add the pages of the agenda."""
    pages = _Agenda(desk)
    for language in LANGUAGES:
        start = path_to(language, AGENDA)
        for method, below, handle in (
            ("GET", "", pages.listed),
            ("GET", "/{id}", pages.show),
            ("POST", "/{id}/outcome", pages.record),
            ("POST", "/{id}/cancel", pages.cancel),
            ("GET", "/{id}/documents/{document}", pages.document),
            ("GET", "/{id}/move", pages.times),
            ("POST", "/{id}/move", pages.move),
        ):
            desk.add(router, method, start + below, language, handle, AGENDA.roles)


class _Agenda:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listed(self, signed: Signed) -> Response:
        """The week, or the day, of one advisor or of all; above it, what is to be closed."""
        span = signed.query("span") if signed.query("span") in _SPANS else "week"
        day = _first(_day(signed.query("day")) or datetime.now(ZONE).date(), span)
        leads = signed.visitor.has(Role.COORDINATOR, Role.ADMIN)
        whose = signed.query("whose")[:64] if leads else ""
        query = ListMeetings(
            since=_midnight(day),
            until=_midnight(day + timedelta(days=_SPANS[span])),
            advisor=whose if whose not in ("", "all") else None,
            every=whose == "all",
        )
        found = (await signed.call(query)).items
        waiting = (await signed.call(ListWithoutOutcome())).items
        advisors = (await signed.call(ListAdvisors())).items if leads else ()
        orphaned = (await signed.call(ListWithoutAdvisor())).items if leads else ()
        step = timedelta(days=_SPANS[span])
        values: dict[str, Any] = {
            "days": _by_day(found, signed.language),
            "grid": grid_of(found, day, _SPANS[span], signed.language),
            "waiting": [_shown(one, signed.language) for one in waiting],
            "orphaned": [_shown(one, signed.language) for one in orphaned],
            "span": span,
            "day": day,
            "whose": whose,
            "earlier": _query(span, day - step, whose),
            "later": _query(span, day + step, whose),
            "today": _query(span, None, whose),
            "other": _query("day" if span == "week" else "week", day, whose),
            "advisors": advisors,
            "leads": leads,
            "done": signed.query("done"),
        }
        return admin_page(self._desk, signed, AGENDA, "agenda.html", **values)

    async def show(self, signed: Signed) -> Response:
        """One meeting."""
        return await self._one(signed)

    async def record(self, signed: Signed) -> Response:
        """Say whether it was held."""
        wanted = {"outcome": signed.form.get("outcome", ""), "why": signed.form.get("why") or None}
        return await self._do(signed, RecordOutcome, wanted, "outcome")

    async def cancel(self, signed: Signed) -> Response:
        """Cancel it, with the reason."""
        return await self._do(signed, CancelMeeting, {"why": signed.form.get("why", "")}, "cancelled")

    async def document(self, signed: Signed) -> Response:
        """What the company brought."""
        named = str(signed.request.path_params["document"])
        wanted = "".join(ch for ch in named if ch.isalnum() and ch.isascii())[:64] or "-"

        async def read(offset: int) -> DocumentPart:
            return await signed.call(ReadMeetingDocument(id=_id(signed), document=wanted, offset=offset))

        return await documents.attachment(read)

    async def times(self, signed: Signed) -> Response:
        """When it could be instead."""
        return await self._times(signed, _day(signed.query("since")))

    async def move(self, signed: Signed) -> Response:
        """Move it."""
        start = views.moment_of(signed.form.get("start"))
        if start is None:
            return RedirectResponse(path_to(signed.language, AGENDA, f"/{_id(signed)}/move"), 303)
        revision = (await signed.call(GetMeeting(id=_id(signed)))).revision
        try:
            await signed.call(MoveMeeting(id=_id(signed), revision=revision, start=start))
        except (Conflict, InvalidInput) as error:
            return await self._times(signed, start.date(), error)
        if signed.form.get("from") == "agenda":  # it was dragged there
            day = start.astimezone(ZONE).date()
            back = _query(signed.form.get("span", ""), day, _whose(signed.form.get("whose", "")))
            return RedirectResponse(path_to(signed.language, AGENDA, f"{back}&done=moved"), 303)
        return RedirectResponse(path_to(signed.language, AGENDA, f"/{_id(signed)}?done=moved"), 303)

    async def _do(
        self, signed: Signed, kind: type[Command[Meeting]], wanted: dict[str, Any], done: str
    ) -> Response:
        fields = {"id": _id(signed), "revision": signed.form.get("revision", ""), **wanted}
        command = forms.read(kind, fields, translations(signed.language))
        if isinstance(command, list):
            return await self._one(signed, command, 400)
        try:
            await signed.call(command)
        except Conflict as error:
            return await self._one(signed, [forms.Fault("facts", _told(error, signed))], error.status)
        return RedirectResponse(path_to(signed.language, AGENDA, f"/{_id(signed)}?done={done}"), 303)

    async def _one(
        self, signed: Signed, faults: list[forms.Fault] | None = None, status: int = 200
    ) -> Response:
        found = await signed.call(GetMeeting(id=_id(signed)))
        people = tuple({step.by for step in found.steps if step.by != "company"})
        file: CaseFile | None = None
        if found.case:
            file = await signed.call(GetCase(id=found.case))
        need = file.case.need if file else found.need
        ticked = file.case.recommendations if file else ()
        before = [one for one in file.meetings if one.id != found.id] if file else []
        values: dict[str, Any] = {
            "view": _shown(found, signed.language),
            "need": _need(found, signed.language),
            "names": await signed.call(NamePeople(ids=people)) if people else {},
            "documents": (await signed.call(ListMeetingDocuments(id=found.id))).items,
            "begun": found.start <= datetime.now(UTC),
            "file": file,
            "history": [_shown(one, signed.language) for one in before],
            "proposed": await case_views.suggestions(signed, need, ticked),
            "typed": {},
            "faults": faults or [],
            "done": signed.query("done"),
        }
        return admin_page(self._desk, signed, AGENDA, "meeting.html", status, f"/{found.id}", **values)

    async def _times(self, signed: Signed, since: date | None, error: NexusError | None = None) -> Response:
        found = await signed.call(GetMeeting(id=_id(signed)))
        slots = await signed.call(FindMoves(id=found.id, since=since, days=views.WEEK))
        if since is None and not slots.days and slots.next:
            slots = await signed.call(FindMoves(id=found.id, since=slots.next.date(), days=views.WEEK))
        values: dict[str, Any] = {
            "view": _shown(found, signed.language),
            "week": views.week(slots, signed.language),
            "refused": _told(error, signed) if error else "",
            "nearest": views.nearest(error, slots.zone, signed.language),
        }
        status, below = (error.status if error else 200), f"/{found.id}/move"
        return admin_page(self._desk, signed, AGENDA, "meeting_move.html", status, below, **values)


def _told(error: NexusError, signed: Signed) -> str:
    return translations(signed.language).gettext(
        views.REFUSED.get(error.code, views.REFUSED["stale_revision"])
    )


def _id(signed: Signed) -> str:
    return (
        "".join(ch for ch in str(signed.request.path_params["id"]) if ch.isalnum() or ch == "-")[:64] or "-"
    )


def _whose(text: str) -> str:
    return "".join(ch for ch in text if ch.isalnum() or ch == "-")[:64]


def _shown(one: Meeting, language: Language) -> views.MeetingView:
    return views.meeting(one, language, datetime.now(UTC))


def _by_day(found: Sequence[Meeting], language: Language) -> list[tuple[str, list[views.MeetingView]]]:
    days = groupby(found, key=lambda one: one.start.astimezone(ZONE).date())
    return [(full_date(day, language), [_shown(one, language) for one in meetings]) for day, meetings in days]


def _need(meeting: Meeting, language: Language) -> list[tuple[str, str]]:
    """The need in words, and the answers to the type's own questions."""
    asked = zip(meeting.type.questions, meeting.answers, strict=False)
    own = [(in_language(question, language), answer) for question, answer in asked if answer]
    return case_views.need_in_words(meeting.need, language) + own


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _first(day: date, span: str) -> date:
    near = min(max(day, date(2000, 1, 1)), date(2100, 1, 1))
    return near - timedelta(days=near.weekday()) if span == "week" else near


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def _query(span: str, day: date | None, whose: str) -> str:
    span = span if span in _SPANS else "week"
    told = {"span": span, "day": day.isoformat() if day else "", "whose": whose}
    return "?" + "&".join(f"{name}={value}" for name, value in told.items() if value)
