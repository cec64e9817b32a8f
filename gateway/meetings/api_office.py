"""The API's part for systems of a sector that have a key: the agenda, case files, referrals, figures of the goal.

A request about one thing is the service's own command: the body is what the command wants, without what the address,
`If-Match` and the gateway say. So what is refused here and on the pages of the back office is the same."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Security
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, Field, create_model

from gateway.api import Parameters, keyed_refusals
from gateway.api_writes import IfMatch, Nothing, revision_of
from gateway.bearer import KEY, Bearer
from gateway.meetings.api import Body, fresh
from gateway.meetings.api_own import BYTES
from gateway.meetings.documents import attachment
from nexus.bus import Bus
from nexus.caller import Caller, Scope
from nexus.messages import Command
from nexus.messages import Query as Question
from services.meetings.contracts.availability import Advisor
from services.meetings.contracts.cases import (
    AddTask,
    AnswerReferral,
    AssignCase,
    Case,
    CaseFile,
    Cases,
    CaseState,
    CloseCase,
    Closing,
    FinishStep,
    FinishTask,
    GetCase,
    ListCases,
    ListToDo,
    NoteConversation,
    ReferCase,
    Referral,
    ReopenCase,
    SaveNeed,
    SavePlan,
    SendPlan,
)
from services.meetings.contracts.companies import Company
from services.meetings.contracts.documents import (
    DocumentPart,
    ListMeetingDocuments,
    MeetingDocuments,
    ReadMeetingDocument,
)
from services.meetings.contracts.goal import (
    Breakdown,
    CaseFigure,
    CountedCases,
    CountedCompanies,
    CountedMeetings,
    GoalBoard,
    ListCountedCases,
    ListCountedCompanies,
    ListCountedMeetings,
    MeetingFigure,
    OpenGoal,
)
from services.meetings.contracts.meetings import (
    CancelMeeting,
    GetMeeting,
    ListMeetings,
    Meeting,
    Meetings,
    MoveMeeting,
    RecordOutcome,
)
from services.meetings.contracts.types import MeetingType
from services.meetings.contracts.words import Id

Find = Callable[[Request], Awaitable[Caller]]
Part = Callable[[APIRouter, "Office"], None]
Revised = Case | Meeting | Advisor | MeetingType | Company
Named = Annotated[Id, Path(description="Its id")]
_SAID_ELSEWHERE = {"id", "revision", "base_url"}

_MEETING_WRITES: tuple[tuple[str, type[Command[Meeting]], str], ...] = (
    ("/agenda/{id}/move", MoveMeeting, "Put a meeting at another time, whatever the limits of its type"),
    ("/agenda/{id}/cancel", CancelMeeting, "Cancel a meeting; the company is mailed why"),
    ("/agenda/{id}/outcome", RecordOutcome, "Say whether a meeting was held; may be corrected"),
)
_CASE_WRITES: tuple[tuple[str, str, type[Command[Case]], str], ...] = (
    ("PUT", "/cases/{id}/need", SaveNeed, "Write down what the company needs"),
    (
        "POST",
        "/cases/{id}/conversation",
        NoteConversation,
        "Add notes, and say what is recommended now, in place of before; a private note is for your system alone",
    ),
    ("PUT", "/cases/{id}/plan", SavePlan, "Say who does what by when, in place of before"),
    ("POST", "/cases/{id}/plan/send", SendPlan, "Mail the company the link of its plan"),
    ("POST", "/cases/{id}/plan/{entry}", FinishStep, "An entry of the plan is done, or is not after all"),
    ("POST", "/cases/{id}/tasks", AddTask, "Add something that the advisor is to do"),
    ("POST", "/cases/{id}/tasks/{task}", FinishTask, "A task is done, or is not after all"),
    ("POST", "/cases/{id}/assign", AssignCase, "Put another advisor in charge"),
    ("POST", "/cases/{id}/close", CloseCase, "Close a case, with what came of it"),
    ("POST", "/cases/{id}/reopen", ReopenCase, "Open a case again"),
    ("POST", "/cases/{id}/referrals", ReferCase, "Ask another sector to take the company, as it agreed"),
)


class AgendaParameters(Parameters):
    """From one moment to another, a hundred days at most."""

    since: AwareDatetime
    until: AwareDatetime
    advisor: Id | None = Field(None, description="One advisor's; without it, all of the sector")


class CaseParameters(Parameters):
    """Which of the sector's cases. Without `state`, all."""

    state: CaseState | None = None
    company: Id | None = None


class CompanyFigureParameters(Parameters):
    """All companies that count, or those with one `key` of a breakdown; a month is `2026-11`."""

    by: Breakdown | None = None
    key: str = Field("", max_length=200)


class MeetingFigureParameters(Parameters):
    """Which figure."""

    which: MeetingFigure


class CaseFigureParameters(Parameters):
    """Which figure; of closed ones, with `closing`, those that were closed so."""

    which: CaseFigure
    closing: Closing | None = None


class Referrals(BaseModel):
    """Companies that other sectors hand to this one, `waiting` for an answer; and those of this sector that were
    `escalated`, as nobody answered in time."""

    waiting: tuple[Referral, ...]
    escalated: tuple[Referral, ...]


def office_api_router(bus: Bus, bearer: Bearer, base_url: str, *parts: Part) -> APIRouter:
    """The routes of a sector's API that want a key of meetings, of cases or of the goal; with those of `parts`."""
    router = APIRouter(prefix="/api/v1", dependencies=[Security(KEY)])
    office = Office(bus, bearer, base_url)
    _add_agenda(router, office)
    _add_documents(router, office)
    _add_cases(router, office)
    _add_referrals(router, office)
    _add_goal(router, office)
    for add in parts:
        add(router, office)
    return router


class Office:
    """Hands what systems with a key ask for to the meetings service, which checks their scopes itself."""

    def __init__(self, bus: Bus, bearer: Bearer, base_url: str) -> None:
        self.bus = bus
        self._bearer = bearer
        self._base_url = base_url

    def key(self, scope: Scope) -> Find:
        """Finds whose key it is, before anything else of the request is judged."""

        async def found(request: Request) -> Caller:
            return await self._bearer.caller(request, scope)

        return found

    def add(self, router: APIRouter, method: str, path: str, kind: type[Command[Any]], summary: str) -> None:
        """A route that is a command about one thing at the revision that was seen."""
        scope = Scope.CASES_WRITE if path.startswith("/cases") else Scope.MEETINGS_WRITE
        in_path = {name for name in ("id", "entry", "task") if f"{{{name}}}" in path}
        body = body_of(kind, in_path)

        async def write(
            request: Request,
            key: Annotated[Caller, Depends(self.key(scope))],
            id: Named,
            seen: IfMatch,
            wanted: Annotated[Body, Depends(_nothing)],
            _: Nothing,
        ) -> Response:
            fields = {**dict(request.path_params), **dict(wanted), "revision": revision_of(seen)}
            if "base_url" in kind.model_fields:
                fields["base_url"] = self._base_url
            return revised(await self.bus.call(kind.read(fields), key))

        if body is not None:
            write.__annotations__["wanted"] = body
        router.add_api_route(
            path,
            write,
            methods=[method],
            response_model=Case if scope is Scope.CASES_WRITE else Meeting,
            responses=keyed_refusals(404, 409, 412),
            tags=[path.split("/")[1]],
            summary=summary,
            name=kind.method,
            openapi_extra={"parameters": [_parameter(name) for name in sorted(in_path - {"id"})]},
        )


def revised(one: Revised, status: int = 200) -> Response:
    """One thing, with the ETag that a change of it must name."""
    response = fresh(one, status)
    response.headers["ETag"] = f'"{one.revision}"'
    return response


def _nothing() -> Body:
    return Body()


def body_of(kind: type[Command[Any] | Question[Any]], in_path: set[str]) -> type[Body] | None:
    """What a command wants besides what is said elsewhere; None: nothing."""
    fields: dict[str, Any] = {
        name: (field.annotation, field)
        for name, field in kind.model_fields.items()
        if name not in _SAID_ELSEWHERE | in_path
    }
    return create_model(f"{kind.__name__}Body", __base__=Body, __doc__=None, **fields) if fields else None


def _parameter(name: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": "^[A-Za-z0-9-]{1,64}$"}
    return {"name": name, "in": "path", "required": True, "description": "Its id", "schema": schema}


def _add_agenda(router: APIRouter, office: Office) -> None:
    key = Annotated[Caller, Depends(office.key(Scope.MEETINGS_WRITE))]

    @router.get("/agenda", response_model=Meetings, responses=keyed_refusals(), tags=["agenda"])
    async def agenda(key: key, given: Annotated[AgendaParameters, Query()]) -> Response:
        """Meetings that were booked, by their beginning; without cancelled ones."""
        query = ListMeetings(**given.model_dump(), every=given.advisor is None)
        found = await office.bus.call(query, key)
        return fresh(found)

    @router.get("/agenda/{id}", response_model=Meeting, responses=keyed_refusals(404), tags=["agenda"])
    async def meeting(key: key, id: Named, _: Nothing) -> Response:
        """One meeting, with the ETag that a change of it must name."""
        found = await office.bus.call(GetMeeting(id=id), key)
        return revised(found)

    for path, kind, summary in _MEETING_WRITES:
        office.add(router, "POST", path, kind, summary)


def _add_documents(router: APIRouter, office: Office) -> None:
    key = Annotated[Caller, Depends(office.key(Scope.MEETINGS_WRITE))]
    path = "/agenda/{id}/documents"

    @router.get(path, response_model=MeetingDocuments, responses=keyed_refusals(404), tags=["agenda"])
    async def documents(key: key, id: Named, _: Nothing) -> Response:
        """What the company brings to a meeting."""
        found = await office.bus.call(ListMeetingDocuments(id=id), key)
        return fresh(found)

    @router.get(
        f"{path}/{{document}}",
        response_class=Response,
        responses=BYTES | keyed_refusals(404),
        tags=["agenda"],
    )
    async def document(key: key, id: Named, document: Named, _: Nothing) -> Response:
        """One of them."""

        async def part(offset: int) -> DocumentPart:
            query = ReadMeetingDocument(id=id, document=document, offset=offset)
            return await office.bus.call(query, key)

        return await attachment(part)


def _add_cases(router: APIRouter, office: Office) -> None:
    key = Annotated[Caller, Depends(office.key(Scope.CASES_WRITE))]

    @router.get("/cases", response_model=Cases, responses=keyed_refusals(), tags=["cases"])
    async def cases(key: key, given: Annotated[CaseParameters, Query()]) -> Response:
        """The cases of the sector, the newest first."""
        found = await office.bus.call(ListCases(**given.model_dump(), every=True), key)
        return fresh(found)

    @router.get("/cases/{id}", response_model=CaseFile, responses=keyed_refusals(404), tags=["cases"])
    async def case(key: key, id: Named, _: Nothing) -> Response:
        """All of a case, with the ETag that a change of it must name. Each reading is in the audit trail."""
        file = await office.bus.call(GetCase(id=id), key)
        response = fresh(file)
        response.headers["ETag"] = f'"{file.case.revision}"'
        return response

    for method, path, kind, summary in _CASE_WRITES:
        office.add(router, method, path, kind, summary)


def _add_referrals(router: APIRouter, office: Office) -> None:
    key = Annotated[Caller, Depends(office.key(Scope.CASES_WRITE))]
    answer = body_of(AnswerReferral, {"id"})

    @router.get("/referrals", response_model=Referrals, responses=keyed_refusals(), tags=["cases"])
    async def referrals(key: key, _: Nothing) -> Response:
        """Companies that are handed from sector to sector and wait for an answer."""
        found = await office.bus.call(ListToDo(), key)
        return fresh(Referrals(waiting=found.referrals, escalated=found.escalated))

    @router.post(
        "/referrals/{id}/answer",
        response_model=Referral,
        responses=keyed_refusals(404, 409),
        tags=["cases"],
    )
    async def answered(key: key, id: Named, wanted: answer, _: Nothing) -> Response:  # type: ignore[valid-type]
        """Take the company, which then has a case here, or do not."""
        found = await office.bus.call(AnswerReferral(id=id, **dict(wanted)), key)
        return fresh(found)


def _add_goal(router: APIRouter, office: Office) -> None:
    key = Annotated[Caller, Depends(office.key(Scope.GOAL_READ))]

    @router.get("/goal", response_model=GoalBoard, responses=keyed_refusals(), tags=["goal"])
    async def goal(key: key, _: Nothing) -> Response:
        """Every figure as of now, in all sectors and in the own one."""
        found = await office.bus.call(OpenGoal(), key)
        return fresh(found)

    @router.get("/goal/companies", response_model=CountedCompanies, responses=keyed_refusals(), tags=["goal"])
    async def companies(key: key, given: Annotated[CompanyFigureParameters, Query()]) -> Response:
        """The companies of the own sector behind a figure."""
        found = await office.bus.call(ListCountedCompanies(**given.model_dump()), key)
        return fresh(found)

    @router.get("/goal/meetings", response_model=CountedMeetings, responses=keyed_refusals(), tags=["goal"])
    async def meetings(key: key, given: Annotated[MeetingFigureParameters, Query()]) -> Response:
        """The meetings of the own sector behind a figure."""
        found = await office.bus.call(ListCountedMeetings(**given.model_dump()), key)
        return fresh(found)

    @router.get("/goal/cases", response_model=CountedCases, responses=keyed_refusals(), tags=["goal"])
    async def cases(key: key, given: Annotated[CaseFigureParameters, Query()]) -> Response:
        """The cases of the own sector behind a figure."""
        found = await office.bus.call(ListCountedCases(**given.model_dump()), key)
        return fresh(found)
