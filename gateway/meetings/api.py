"""The API's part of meetings: types, free times, bookings."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from gateway.api import Parameters, refusals
from gateway.links import MEETING
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import Caller
from services.meetings.contracts.availability import AdvisorInBrief, ListAdvisors
from services.meetings.contracts.meetings import (
    Answer,
    BookMeeting,
    CancelOwnMeeting,
    Contact,
    FindSlots,
    Meeting,
    MoveOwnMeeting,
    Need,
    OpenOwnMeeting,
    Slots,
    State,
    TextConsent,
)
from services.meetings.contracts.types import ListMeetingTypes, TypeContent
from services.meetings.contracts.words import BothLines, Id, Key, Paragraph, Place, Secret, Tongue


class Body(BaseModel):
    """What is sent. Fields that are not known are refused."""

    model_config = ConfigDict(extra="forbid")


class TypeAnswer(BaseModel):
    """What can be booked."""

    id: str
    content: TypeContent


class TypesAnswer(BaseModel):
    """What can be booked, and with whom."""

    types: tuple[TypeAnswer, ...]
    advisors: tuple[AdvisorInBrief, ...]


class SlotParameters(Parameters):
    """Which meeting, and from when on."""

    type: Id = Field(description="The id of a meeting type")
    place: Place
    spoken: Tongue = Field("fr", description="The language of the meeting, as ISO 639 has it")
    advisor: Id | None = Field(None, description="One advisor; without it, whoever is free")
    since: date | None = Field(None, description="The first day; without it, the first that can be booked")
    days: int = Field(7, ge=1, le=62)


class Booking(Body):
    """Who books which meeting. `consent`: these details may be kept for the meeting and its follow-up."""

    type: Id
    place: Place
    start: AwareDatetime
    contact: Contact
    consent: Literal[True]
    text_consent: TextConsent = None
    need: Need = Need()
    answers: tuple[Answer, ...] = Field((), max_length=10, description="In the order of the type's questions")
    advisor: Id | None = None


class Move(Body):
    """When it is to begin instead."""

    start: AwareDatetime


class Cancellation(Body):
    """Why, if there is something to say."""

    why: Paragraph | None = None


class MeetingAnswer(BaseModel):
    """A meeting. `token` is the secret of its address: who has it can move and cancel the meeting."""

    token: str
    url: str
    revision: int
    state: State
    type: str
    name: BothLines
    place: Place
    where: str | None
    start: AwareDatetime
    end: AwareDatetime
    zone: str
    advisors: tuple[str, ...]


Token = Annotated[Secret, Path(description="The secret of a booking")]
IdempotencyKey = Annotated[
    Key | SkipJsonSchema[None],
    Header(
        description="Chosen by you, of 8 to 100 printable characters; a repetition with it books nothing more"
    ),
]


def meetings_api_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The routes of a sector's API that book meetings."""
    router = APIRouter(prefix="/api/v1", tags=["meetings"])

    def caller(request: Request, language: Language = "fr") -> Caller:
        return visitor(sector, request, language)

    def told(one: Meeting, token: str, status: int = 200) -> Response:
        return meeting_answer(one, token, base_url, status)

    @router.get("/meeting-types", response_model=TypesAnswer, responses=refusals())
    async def types(request: Request) -> Response:
        """What can be booked on the site, and the advisors who can be met."""
        found = await bus.call(ListMeetingTypes(), caller(request))
        advisors = await bus.call(ListAdvisors(), caller(request))
        items = tuple(TypeAnswer(id=one.id, content=one.content) for one in found.items)
        return fresh(TypesAnswer(types=items, advisors=advisors.items))

    @router.get("/meeting-slots", response_model=Slots, responses=refusals(404))
    async def slots(request: Request, parameters: Annotated[SlotParameters, Query()]) -> Response:
        """When a meeting can begin."""
        fields = parameters.model_dump(exclude={"spoken"}) | {"language": parameters.spoken}
        found = await bus.call(FindSlots(**fields), caller(request))
        return fresh(found)

    @router.post("/meetings", response_model=MeetingAnswer, status_code=201, responses=refusals(404, 409))
    async def book(request: Request, booking: Booking, idempotency_key: IdempotencyKey = None) -> Response:
        """Book a meeting. Where somebody was quicker, the refusal names the nearest free times."""
        command = BookMeeting(key=idempotency_key, base_url=base_url, **dict(booking))
        done = await bus.call(command, caller(request, booking.contact.language))
        return told(done.meeting, done.token, 201)

    @router.get("/meetings/{token}", response_model=MeetingAnswer, responses=refusals(404, 409))
    async def get(request: Request, token: Token) -> Response:
        """One booking."""
        return told(await bus.call(OpenOwnMeeting(token=token), caller(request)), token)

    @router.post("/meetings/{token}/move", response_model=MeetingAnswer, responses=refusals(404, 409))
    async def move(request: Request, token: Token, wanted: Move) -> Response:
        """Put it at another time, with the same advisors."""
        command = MoveOwnMeeting(token=token, start=wanted.start)
        return told(await bus.call(command, caller(request)), token)

    @router.post("/meetings/{token}/cancel", response_model=MeetingAnswer, responses=refusals(404, 409))
    async def cancel(request: Request, token: Token, wanted: Cancellation) -> Response:
        """Cancel it."""
        command = CancelOwnMeeting(token=token, why=wanted.why)
        return told(await bus.call(command, caller(request)), token)

    return router


def visitor(sector: Sector, request: Request, language: Language = "fr") -> Caller:
    """Who comes without a key: what they may do follows from the secrets that they have."""
    origin = request.client.host if request.client else None
    return Caller(sector=sector.name, language=language, origin=origin)


def meeting_answer(one: Meeting, token: str, base_url: str, status: int = 200) -> Response:
    """A meeting for who has its secret."""
    language = one.contact.language if one.contact else "fr"
    return fresh(_answer(one, token, f"{base_url}/{language}/{MEETING[language]}/{token}"), status)


def fresh(body: BaseModel, status: int = 200) -> Response:
    """An answer that nobody keeps: it changes with each booking, or is for one reader alone."""
    headers = {"Cache-Control": "no-store"}
    return Response(body.model_dump_json(), status, headers, media_type="application/json")


def _answer(one: Meeting, token: str, url: str) -> MeetingAnswer:
    same = {
        name: getattr(one, name) for name in ("revision", "state", "place", "where", "start", "end", "zone")
    }
    return MeetingAnswer(
        token=token,
        url=url,
        type=one.type.id,
        name=one.type.name,
        advisors=tuple(advisor.name for advisor in one.advisors),
        **same,
    )
