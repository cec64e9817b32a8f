"""Case files in the back office: what is to be done, the list, one case and everything that is written into it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin.frame import CASES, admin_page, path_to
from gateway.i18n import translations
from gateway.links import PLAN
from gateway.meetings import case_views, plan_pdf, views
from gateway.people import forms
from gateway.people.desk import Desk, Signed
from gateway.questions import QUESTIONS
from gateway.refusals import REFUSALS
from gateway.times import ZONE
from gateway.words import CASE_STATES, CLOSINGS, N_
from nexus.caller import LANGUAGES, Role
from nexus.errors import Conflict, InvalidInput, NexusError
from nexus.messages import Command
from services.meetings.contracts.availability import ListAdvisors
from services.meetings.contracts.cases import (
    AddTask,
    AnswerReferral,
    AssignCase,
    CaseFile,
    CaseState,
    CloseCase,
    FinishStep,
    FinishTask,
    GetCase,
    ListCases,
    ListToDo,
    NoteConversation,
    ReferCase,
    ReopenCase,
    SaveNeed,
    SavePlan,
    SendPlan,
)

_MOST_ENTRIES = 40
_BLANK_ENTRIES = 2  # of the plan, to be filled in
_NO_ENTRY = dict.fromkeys(("id", "title", "of", "ref", "reason", "due", "who"))
_TEXTS = ("jobs", "positions", "tried", "blocks", "message")  # of the need
_BUSY = N_("Somebody else changed this case meanwhile. What you typed is below; look at it, then save again.")
_DONE = {
    "need": N_("The need is written down."),
    "conversation": N_("Notes and recommendations are saved."),
    "plan": N_("The plan is saved."),
    "sent": N_("The plan is on its way to the company."),
    "task": N_("The tasks are saved."),
    "assigned": N_("Somebody else is in charge."),
    "referred": N_("The other sector is asked. It has five days to answer."),
    "answered": N_("Your answer is noted."),
    "closed": N_("The case is closed."),
    "reopened": N_("The case is open again."),
}


def cases_routes(router: APIRouter, desk: Desk) -> None:
    """Add the pages of cases."""
    pages = _Cases(desk)
    for language in LANGUAGES:
        start = path_to(language, CASES)
        for method, below, handle in (
            ("GET", "", pages.listed),
            ("POST", "/referrals", pages.answer),
            ("GET", "/{id}", pages.show),
            ("GET", "/{id}/plan.pdf", pages.paper),
            ("POST", "/{id}/need", pages.need),
            ("POST", "/{id}/conversation", pages.conversation),
            ("POST", "/{id}/plan", pages.plan),
            ("POST", "/{id}/step", pages.step),
            ("POST", "/{id}/task", pages.task),
            ("POST", "/{id}/charge", pages.charge),
            ("POST", "/{id}/refer", pages.refer),
            ("POST", "/{id}/state", pages.state),
        ):
            desk.add(router, method, start + below, language, handle, CASES.roles)


@dataclass(frozen=True)
class _Wrong:
    """A form that was refused: what is wrong, and what was typed."""

    faults: list[forms.Fault]
    status: int
    typed: Mapping[str, str]


class _Cases:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listed(self, signed: Signed) -> Response:
        """What is to be done, and the cases."""
        return await self._list(signed)

    async def answer(self, signed: Signed) -> Response:
        """Take a company that another sector hands over, or not."""
        wanted = {
            "id": signed.form.get("id", ""),
            "accept": signed.form.get("answer") == "accept",
            "why": signed.form.get("why") or None,
        }
        command = forms.read(AnswerReferral, wanted, translations(signed.language))
        if isinstance(command, list):
            return await self._list(signed, command, 400)
        try:
            await signed.call(command)
        except Conflict as error:
            return await self._list(signed, [_fault(error, signed)], error.status)
        return RedirectResponse(path_to(signed.language, CASES, "?done=answered"), 303)

    async def show(self, signed: Signed) -> Response:
        """One case."""
        return await self._one(signed)

    async def paper(self, signed: Signed) -> Response:
        """The plan as it stands, on paper."""
        file = await signed.call(GetCase(id=_id(signed)))
        lines = await case_views.plan_lines(
            signed.bus, signed.visitor.caller, file.case.plan, signed.language
        )
        advisor = file.case.advisor.name if file.case.advisor else None
        made = await plan_pdf.make(lines, file.company.name, advisor, self._desk.sector, signed.language)
        return plan_pdf.response(made)

    async def need(self, signed: Signed) -> Response:
        """What the company needs."""
        told: dict[str, Any] = {name: signed.form.get(name) or None for name in _TEXTS}
        told["themes"] = await signed.values("themes")
        asked = {one.parameter: await signed.values(one.parameter) for one in QUESTIONS}
        told["answers"] = {
            name: [one for one in values if one] for name, values in asked.items() if any(values)
        }
        return await self._do(signed, SaveNeed, {"need": told}, "need")

    async def conversation(self, signed: Signed) -> Response:
        """Notes, and what is recommended."""
        wanted = {
            "shared": signed.form.get("shared") or None,
            "private": signed.form.get("private") or None,
            "recommendations": await _recommended(signed),
        }
        return await self._do(signed, NoteConversation, wanted, "conversation")

    async def plan(self, signed: Signed) -> Response:
        """Keep the plan; with its other button, send it too."""
        saved = await self._do(signed, SavePlan, {"entries": _entries(signed.form)}, "plan")
        if saved.status_code != 303 or signed.form.get("do") != "send":
            return saved
        current = (await signed.call(GetCase(id=_id(signed)))).case.revision
        wanted = {"base_url": self._desk.base_url, "revision": current}
        return await self._do(signed, SendPlan, wanted, "sent")

    async def step(self, signed: Signed) -> Response:
        """Tick a step of the plan."""
        wanted = {"entry": signed.form.get("entry", ""), "done": signed.form.get("done") == "yes"}
        return await self._do(signed, FinishStep, wanted, "plan")

    async def task(self, signed: Signed) -> Response:
        """Add a task, or tick one."""
        if task := signed.form.get("task"):
            return await self._do(
                signed, FinishTask, {"task": task, "done": signed.form.get("done") == "yes"}, "task"
            )
        wanted = {"text": signed.form.get("text", ""), "due": signed.form.get("due", "")}
        return await self._do(signed, AddTask, wanted, "task")

    async def charge(self, signed: Signed) -> Response:
        """Put somebody else in charge."""
        return await self._do(signed, AssignCase, {"advisor": signed.form.get("advisor", "")}, "assigned")

    async def refer(self, signed: Signed) -> Response:
        """Ask another sector to take the company."""
        wanted = {
            "to": signed.form.get("to", ""),
            "reason": signed.form.get("refer_reason", ""),
            "consent": signed.form.get("consent") == "yes",
            "consent_by": signed.form.get("consent_by", ""),
        }
        return await self._do(signed, ReferCase, wanted, "referred")

    async def state(self, signed: Signed) -> Response:
        """Close it, or open it again."""
        if signed.form.get("do") == "reopen":
            return await self._do(signed, ReopenCase, {}, "reopened")
        wanted = {"closing": signed.form.get("closing", ""), "why": signed.form.get("closing_why") or None}
        return await self._do(signed, CloseCase, wanted, "closed")

    async def _do(
        self, signed: Signed, kind: type[Command[Any]], wanted: dict[str, Any], done: str
    ) -> Response:
        fields = {"id": _id(signed), "revision": signed.form.get("revision", ""), **wanted}
        command = forms.read(kind, fields, translations(signed.language))
        if isinstance(command, list):
            return await self._one(signed, _Wrong(command, 400, signed.form))
        try:
            await signed.call(command)
        except (Conflict, InvalidInput) as error:
            return await self._one(signed, _Wrong([_fault(error, signed)], error.status, signed.form))
        return RedirectResponse(path_to(signed.language, CASES, f"/{_id(signed)}?done={done}"), 303)

    async def _list(
        self, signed: Signed, faults: list[forms.Fault] | None = None, status: int = 200
    ) -> Response:
        leads = signed.visitor.has(Role.COORDINATOR, Role.ADMIN)
        every = leads and signed.query("whose") == "all"
        state = signed.query("state") if signed.query("state") in (*CASE_STATES, "all") else "open"
        query = ListCases(state=None if state == "all" else CaseState(state), every=every)
        found, to_do = await asyncio.gather(signed.call(query), signed.call(ListToDo()))
        values: dict[str, Any] = {
            "cases": found,
            "to_do": to_do,
            "leads": leads,
            "every": every,
            "state": state,
            "states": CASE_STATES,
            "today": datetime.now(ZONE).date(),
            "sectors": _short_names(self._desk, signed),
            "faults": faults or [],
            "done": _DONE.get(signed.query("done"), ""),
        }
        return admin_page(self._desk, signed, CASES, "cases.html", status, **values)

    async def _one(self, signed: Signed, wrong: _Wrong | None = None) -> Response:
        file = await signed.call(GetCase(id=_id(signed)))
        case, caller = file.case, signed.visitor.caller
        leads = signed.visitor.has(Role.COORDINATOR, Role.ADMIN)
        proposed, told, lines, advisors, names = await asyncio.gather(
            case_views.suggestions(signed, case.need, case.recommendations),
            case_views.timeline(signed, file.timeline, _short_names(self._desk, signed)),
            case_views.plan_lines(signed.bus, caller, case.plan, signed.language),
            signed.call(ListAdvisors()),
            case_views.names_of(signed, (one.by for one in case.notes)),
        )
        values: dict[str, Any] = {
            "file": file,
            "case": case,
            "leads": leads,
            "proposed": proposed,
            "timeline": told,
            "lines": lines,
            "rows": _rows(file),
            "advisors": advisors.items,
            "names": names,
            "meetings": [views.meeting(one, signed.language, datetime.now(ZONE)) for one in file.meetings],
            "questions": QUESTIONS,
            "closings": CLOSINGS,
            "others": {
                name: short for name, short in _short_names(self._desk, signed).items() if name != case.sector
            },
            "plan_address": f"{self._desk.base_url}/{signed.language}/{PLAN[signed.language]}/{file.plan_token}",
            "today": datetime.now(ZONE).date(),
            "faults": wrong.faults if wrong else [],
            "typed": wrong.typed if wrong else {},
            "done": _DONE.get(signed.query("done"), ""),
        }
        return admin_page(
            self._desk, signed, CASES, "case.html", wrong.status if wrong else 200, f"/{case.id}", **values
        )


def _rows(file: CaseFile) -> list[dict[str, Any]]:
    """The plan as its form has it: what it holds, what is recommended and not in it, and blank rows."""
    held = {(one.of, one.ref) for one in file.case.plan}
    rows = [one.model_dump(mode="json") | {"is": "held"} for one in file.case.plan]
    rows += [
        _NO_ENTRY
        | {"title": one.title, "of": one.kind, "ref": one.id, "reason": one.reason, "is": "proposed"}
        for one in file.case.recommendations
        if (one.kind, one.id) not in held
    ]
    return rows[:_MOST_ENTRIES] + [_NO_ENTRY | {"is": "new"}] * _BLANK_ENTRIES


def _entries(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of the form that are to be in the plan."""
    rows = []
    for n in range(_MOST_ENTRIES + _BLANK_ENTRIES):
        row = {name: form.get(f"entries.{n}.{name}") or None for name in _NO_ENTRY}
        kept = form.get(f"entries.{n}.keep") == "yes" or form.get(f"entries.{n}.is") == "new"
        if row["title"] and kept:
            rows.append(row | {"id": row["id"] or uuid4().hex, "who": row["who"] or "company"})
    return rows


async def _recommended(signed: Signed) -> list[dict[str, Any]]:
    told = []
    for value in await signed.values("recommend"):
        kind, _, ref = value.partition(":")
        reason = signed.form.get(f"reason.{value}") or None
        told.append(
            {"kind": kind, "id": ref, "title": signed.form.get(f"title.{value}", ""), "reason": reason}
        )
    return told


def _fault(error: NexusError, signed: Signed) -> forms.Fault:
    text = _BUSY if error.code == "stale_revision" else REFUSALS[error.code].title
    return forms.Fault("case", translations(signed.language).gettext(text))


def _short_names(desk: Desk, signed: Signed) -> dict[str, str]:
    return {name: short[signed.language] for name, short in desk.sector.known.items()}


def _id(signed: Signed) -> str:
    return (
        "".join(ch for ch in str(signed.request.path_params["id"]) if ch.isalnum() or ch == "-")[:64] or "-"
    )
