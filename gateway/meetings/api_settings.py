"""The API's part about what meetings are made of, for systems with a key: who can be met when, types of meetings, and
the companies that are met. What is refused here and on the pages of the back office is the same."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import Field

from gateway.api import Parameters, keyed_refusals
from gateway.api_writes import IfMatch, Nothing, revision_of
from gateway.meetings.api import Body, IdempotencyKey, fresh
from gateway.meetings.api_office import Named, Office, body_of, revised
from nexus.caller import Caller, Scope
from services.meetings.contracts.availability import (
    Advisor,
    Advisors,
    AvailabilityContent,
    DaySlots,
    GetAvailability,
    ListAdvisors,
    PreviewSlots,
    SaveAvailability,
)
from services.meetings.contracts.busy import BusyCalendar, GetBusyCalendar, SetBusyCalendar
from services.meetings.contracts.companies import (
    Companies,
    Company,
    CompanyFile,
    GetCompany,
    ListCompanies,
    MergeCompanies,
    SaveCompany,
    UndoMerger,
)
from services.meetings.contracts.types import (
    ArchiveMeetingType,
    GetMeetingType,
    MeetingType,
    SaveMeetingType,
    TypeContent,
)
from services.meetings.contracts.words import Id


class CompanyParameters(Parameters):
    """All words of `text` are in a name, the NEQ, a mail domain or a contact."""

    text: str = Field("", max_length=200)


class Merger(Body):
    """Another company, at the revision that was seen."""

    other: Id
    other_revision: int = Field(ge=1, le=2**31 - 1)


def add_advisors(router: APIRouter, office: Office) -> None:
    """Who can be met, and when."""
    key = Annotated[Caller, Depends(office.key(Scope.MEETINGS_WRITE))]
    path, preview = "/advisors/{id}/availability", body_of(PreviewSlots, {"advisor"})

    @router.get("/advisors", response_model=Advisors, responses=keyed_refusals(), tags=["advisors"])
    async def advisors(key: key, _: Nothing) -> Response:
        """Who can be booked, by name."""
        found = await office.bus.call(ListAdvisors(), key)
        return fresh(found)

    @router.get(path, response_model=Advisor, responses=keyed_refusals(404), tags=["advisors"])
    async def availability(key: key, id: Named, _: Nothing) -> Response:
        """When an advisor can be met, with the ETag that a change of it must name."""
        found = await office.bus.call(GetAvailability(advisor=id), key)
        return revised(found)

    @router.put(path, response_model=Advisor, responses=keyed_refusals(404, 412), tags=["advisors"])
    async def save(key: key, id: Named, seen: IfMatch, content: AvailabilityContent, _: Nothing) -> Response:
        """Say anew when an advisor can be met; what is booked stays."""
        command = SaveAvailability(advisor=id, revision=revision_of(seen), content=content)
        found = await office.bus.call(command, key)
        return revised(found)

    @router.post(
        f"{path}/preview",
        response_model=tuple[DaySlots, ...],
        responses=keyed_refusals(404),
        tags=["advisors"],
    )
    async def slots(key: key, id: Named, wanted: preview, _: Nothing) -> Any:  # type: ignore[valid-type]
        """The beginnings that an availability would make, before it is saved."""
        return await office.bus.call(PreviewSlots(advisor=id, **dict(wanted)), key)

    busy, calendar = "/advisors/{id}/busy-calendar", body_of(SetBusyCalendar, {"advisor"})

    @router.get(busy, response_model=BusyCalendar, responses=keyed_refusals(404), tags=["advisors"])
    async def busy_calendar(key: key, id: Named, _: Nothing) -> Response:
        """What is known of the calendar that an advisor keeps elsewhere."""
        found = await office.bus.call(GetBusyCalendar(advisor=id), key)
        return fresh(found)

    @router.put(busy, response_model=BusyCalendar, responses=keyed_refusals(404), tags=["advisors"])
    async def read_calendar(
        key: key,
        id: Named,
        wanted: calendar,  # type: ignore[valid-type]
        _: Nothing,
    ) -> Response:
        """Offer no time at which that calendar is busy; `address` null: read none any more."""
        found = await office.bus.call(SetBusyCalendar(advisor=id, **dict(wanted)), key)
        return fresh(found)


def add_types(router: APIRouter, office: Office) -> None:
    """Types of meetings; those that anybody may book are listed without a key."""
    key = Annotated[Caller, Depends(office.key(Scope.MEETINGS_WRITE))]
    path = "/meeting-types/{id}"

    @router.post(
        "/meeting-types",
        response_model=MeetingType,
        status_code=201,
        responses=keyed_refusals(409),
        tags=["meetings"],
    )
    async def make(
        key: key, content: TypeContent, _: Nothing, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Make a type. A repetition with the same key is answered with the type of the first time."""
        found = await office.bus.call(SaveMeetingType(content=content, key=idempotency_key), key)
        return revised(found, 201)

    @router.get(path, response_model=MeetingType, responses=keyed_refusals(404), tags=["meetings"])
    async def show(key: key, id: Named, _: Nothing) -> Response:
        """One type, archived or not, with the ETag that a change of it must name."""
        found = await office.bus.call(GetMeetingType(id=id), key)
        return revised(found)

    @router.put(path, response_model=MeetingType, responses=keyed_refusals(404, 412), tags=["meetings"])
    async def save(key: key, id: Named, seen: IfMatch, content: TypeContent, _: Nothing) -> Response:
        """Change a type; meetings that are booked stay as they are."""
        command = SaveMeetingType(id=id, revision=revision_of(seen), content=content)
        found = await office.bus.call(command, key)
        return revised(found)

    archiving = body_of(ArchiveMeetingType, {"id"})

    @router.post(
        f"{path}/archive", response_model=MeetingType, responses=keyed_refusals(404, 412), tags=["meetings"]
    )
    async def archive(
        key: key,
        id: Named,
        seen: IfMatch,
        wanted: archiving,  # type: ignore[valid-type]
        _: Nothing,
    ) -> Response:
        """Offer a type no more, or again."""
        command = ArchiveMeetingType(id=id, revision=revision_of(seen), **dict(wanted))
        found = await office.bus.call(command, key)
        return revised(found)


def add_companies(router: APIRouter, office: Office) -> None:
    """Companies, found again and merged by hand."""
    key = Annotated[Caller, Depends(office.key(Scope.CASES_WRITE))]
    path, content = "/companies/{id}", body_of(SaveCompany, {"id"})

    @router.get("/companies", response_model=Companies, responses=keyed_refusals(), tags=["companies"])
    async def companies(key: key, given: Annotated[CompanyParameters, Query()]) -> Response:
        """The companies of the sector, by name."""
        found = await office.bus.call(ListCompanies(text=given.text), key)
        return fresh(found)

    @router.get(path, response_model=CompanyFile, responses=keyed_refusals(404), tags=["companies"])
    async def company(key: key, id: Named, _: Nothing) -> Response:
        """A company with its meetings, with the ETag that a change of it must name."""
        file = await office.bus.call(GetCompany(id=id), key)
        response = fresh(file)
        response.headers["ETag"] = f'"{file.company.revision}"'
        return response

    @router.put(path, response_model=Company, responses=keyed_refusals(404, 409, 412), tags=["companies"])
    async def save(
        key: key,
        id: Named,
        seen: IfMatch,
        wanted: content,  # type: ignore[valid-type]
        _: Nothing,
    ) -> Response:
        """Say what is known of a company."""
        command = SaveCompany(id=id, revision=revision_of(seen), **dict(wanted))
        found = await office.bus.call(command, key)
        return revised(found)

    for what, kind, summary in (
        ("merge", MergeCompanies, "Say that another company is this one; it can be undone"),
        ("part", UndoMerger, "Undo a merger: `other` is a company of its own again"),
    ):
        _add_merger(router, office, f"{path}/{what}", kind, summary)


def _add_merger(
    router: APIRouter, office: Office, path: str, kind: type[MergeCompanies | UndoMerger], summary: str
) -> None:
    key = Annotated[Caller, Depends(office.key(Scope.CASES_WRITE))]

    async def write(key: key, id: Named, seen: IfMatch, wanted: Merger, _: Nothing) -> Response:
        command = kind(keep=id, keep_revision=revision_of(seen), **dict(wanted))
        found = await office.bus.call(command, key)
        return revised(found)

    router.add_api_route(
        path,
        write,
        methods=["POST"],
        response_model=Company,
        responses=keyed_refusals(404, 412),
        tags=["companies"],
        summary=summary,
        name=kind.method,
    )
