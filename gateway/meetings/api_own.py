"""The API's part for who has the secret of a booking: the waiting list, documents, the calendar of all meetings."""

import hashlib
from datetime import date
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, Field

from gateway.api import Parameters, refusals
from gateway.api_writes import blocks_of, require_type
from gateway.links import COMPANY_FEED, WAITING
from gateway.meetings.api import (
    Body,
    IdempotencyKey,
    MeetingAnswer,
    Token,
    fresh,
    meeting_answer,
    visitor,
)
from gateway.meetings.documents import attachment, send
from gateway.sectors import Sector
from nexus.bus import Bus
from nexus.errors import NotFound
from services.meetings.contracts.documents import (
    LARGEST_DOCUMENT,
    DocumentPart,
    FileName,
    ListOwnDocuments,
    MeetingDocuments,
    ReadOwnDocument,
    RemoveOwnDocument,
)
from services.meetings.contracts.feeds import AskCalendar, RenewCompanyFeed
from services.meetings.contracts.meetings import Answer, Contact, Need
from services.meetings.contracts.waiting import (
    AcceptOffer,
    AskEarlier,
    AskForTime,
    DeclineOffer,
    FindOwnWish,
    LeaveWaiting,
    Offer,
    OpenWish,
    Wish,
    WishState,
)
from services.meetings.contracts.words import BothLines, Id, Place, Secret

_BINARY = "application/octet-stream"
BYTES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The document, as an attachment",
        "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class TimeWish(Body):
    """Who would come when a time gets free, by which day. `consent`: these details may be kept for that."""

    type: Id
    place: Place
    until: date = Field(description="The last day that would suit")
    contact: Contact
    consent: Literal[True]
    need: Need = Need()
    answers: tuple[Answer, ...] = Field((), max_length=10, description="In the order of the type's questions")
    advisor: Id | None = None


class EarlierWish(Body):
    """The last day that would suit."""

    until: date


class WishAnswer(BaseModel):
    """A place on the waiting list. `token` is the secret of its address: who has it answers offers."""

    token: str
    url: str
    revision: int
    state: WishState
    name: BothLines
    place: Place
    zone: str
    booked: AwareDatetime | None = Field(description="When the meeting is now; null: there is none yet")
    until: AwareDatetime = Field(description="It begins before that")
    offer: Offer | None
    created_at: AwareDatetime


class FeedAnswer(BaseModel):
    """The address of a calendar, for programs that subscribe to it. The one before is good no more."""

    token: str
    url: str


class DocumentParameters(Parameters):
    """What is sent."""

    name: FileName = Field(
        description="The name under which people will save it", examples=["organigramme.pdf"]
    )


_Wish = Annotated[Secret, Path(description="The secret of a place on the waiting list")]
_Feed = Annotated[Secret, Path(description="The secret of a calendar, which was mailed")]
_Document = Annotated[Id, Path(description="The id of a document")]
_Nothing = Annotated[Parameters, Query()]


def own_api_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The routes of a sector's API that want a secret, and no key."""
    router = APIRouter(prefix="/api/v1", tags=["meetings"])
    _add_waiting(router, sector, bus, base_url)
    _add_answers(router, sector, bus, base_url)
    _add_documents(router, sector, bus)
    _add_calendars(router, sector, bus, base_url)
    return router


def _add_waiting(router: APIRouter, sector: Sector, bus: Bus, base_url: str) -> None:
    @router.post("/waiting", response_model=WishAnswer, status_code=201, responses=refusals(404, 409))
    async def ask(request: Request, wish: TimeWish, idempotency_key: IdempotencyKey = None) -> Response:
        """Be mailed when a time gets free, if none suits now. Nothing is booked before an offer is accepted."""
        command = AskForTime(key=idempotency_key, base_url=base_url, **dict(wish))
        done = await bus.call(command, visitor(sector, request, wish.contact.language))
        return _told(done.wish, done.token, base_url, 201)

    @router.post("/meetings/{token}/waiting", response_model=WishAnswer, responses=refusals(404, 409))
    async def ask_earlier(request: Request, token: Token, wish: EarlierWish) -> Response:
        """Be mailed when an earlier time gets free. Who asks again changes the day."""
        command = AskEarlier(token=token, until=wish.until, base_url=base_url)
        done = await bus.call(command, visitor(sector, request))
        return _told(done.wish, done.token, base_url)

    @router.get("/meetings/{token}/waiting", response_model=WishAnswer, responses=refusals(404, 409))
    async def earlier(request: Request, token: Token, _: _Nothing) -> Response:
        """The place on the waiting list of a booking."""
        found = (await bus.call(FindOwnWish(token=token), visitor(sector, request))).found
        if found is None:
            raise NotFound("wish_not_found")
        return _told(found.wish, found.token, base_url)


def _add_answers(router: APIRouter, sector: Sector, bus: Bus, base_url: str) -> None:
    @router.get("/waiting/{token}", response_model=WishAnswer, responses=refusals(404))
    async def look(request: Request, token: _Wish, _: _Nothing) -> Response:
        """A place on the waiting list, with the time that is offered, if one is."""
        return _told(await bus.call(OpenWish(token=token), visitor(sector, request)), token, base_url)

    @router.post("/waiting/{token}/accept", response_model=MeetingAnswer, responses=refusals(404, 409))
    async def accept(request: Request, token: _Wish, _: _Nothing) -> Response:
        """Take the time that is offered: the meeting moves there, or is booked."""
        done = await bus.call(AcceptOffer(token=token), visitor(sector, request))
        return meeting_answer(done.meeting, done.token, base_url)

    @router.post("/waiting/{token}/decline", response_model=WishAnswer, responses=refusals(404, 409, 412))
    async def decline(request: Request, token: _Wish, _: _Nothing) -> Response:
        """Leave the time to the next one, and wait for another."""
        return _told(await bus.call(DeclineOffer(token=token), visitor(sector, request)), token, base_url)

    @router.post("/waiting/{token}/leave", response_model=WishAnswer, responses=refusals(404, 412))
    async def leave(request: Request, token: _Wish, _: _Nothing) -> Response:
        """Wait no longer. The meeting stays as it is."""
        return _told(await bus.call(LeaveWaiting(token=token), visitor(sector, request)), token, base_url)


def _add_documents(router: APIRouter, sector: Sector, bus: Bus) -> None:
    path = "/meetings/{token}/documents"

    @router.get(path, response_model=MeetingDocuments, responses=refusals(404, 409))
    async def documents(request: Request, token: Token, _: _Nothing) -> Response:
        """What the company brings to its meeting."""
        found = await bus.call(ListOwnDocuments(token=token), visitor(sector, request))
        return fresh(found)

    @router.post(
        path,
        response_model=MeetingDocuments,
        status_code=201,
        responses=refusals(404, 409, 413, 415),
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {_BINARY: {"schema": {"type": "string", "format": "binary", "minLength": 1}}},
            }
        },
    )
    async def bring(
        request: Request,
        token: Token,
        given: Annotated[DocumentParameters, Query()],
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Bring a document of at most 10 megabytes, five in all, whose type is told by its content. A repetition with
        the same key brings nothing more."""
        require_type(request, _BINARY)
        upload = hashlib.sha256(idempotency_key.encode()).hexdigest()[:32] if idempotency_key else uuid4().hex
        blocks = blocks_of(request, LARGEST_DOCUMENT)
        return fresh(await send(blocks, given.name, upload, token, bus, visitor(sector, request)), 201)

    @router.get(f"{path}/{{document}}", response_class=Response, responses=BYTES | refusals(404, 409))
    async def document(request: Request, token: Token, document: _Document, _: _Nothing) -> Response:
        """One of them."""

        async def part(offset: int) -> DocumentPart:
            query = ReadOwnDocument(token=token, document=document, offset=offset)
            return await bus.call(query, visitor(sector, request))

        return await attachment(part)

    @router.delete(f"{path}/{{document}}", response_model=MeetingDocuments, responses=refusals(404, 409))
    async def remove(request: Request, token: Token, document: _Document, _: _Nothing) -> Response:
        """Take one back, until the meeting begins. The answer is what remains."""
        command = RemoveOwnDocument(token=token, document=document)
        found = await bus.call(command, visitor(sector, request))
        return fresh(found)


def _add_calendars(router: APIRouter, sector: Sector, bus: Bus, base_url: str) -> None:
    @router.post("/meetings/{token}/calendar", status_code=202, responses=refusals(404, 409))
    async def calendar(request: Request, token: Token, _: _Nothing) -> Response:
        """Mail the address of the calendar with all their meetings to who comes. It is told by mail alone: whoever
        booked need not be who reads it."""
        await bus.call(AskCalendar(token=token, base_url=base_url), visitor(sector, request))
        return Response("null", 202, {"Cache-Control": "no-store"}, media_type="application/json")

    @router.post("/calendars/{token}/renew", response_model=FeedAnswer, responses=refusals(404))
    async def renew(request: Request, token: _Feed, _: _Nothing) -> Response:
        """Another address for a calendar."""
        made = await bus.call(RenewCompanyFeed(token=token), visitor(sector, request))
        return fresh(FeedAnswer(token=made.token, url=base_url + COMPANY_FEED.format(token=made.token)))


def _told(wish: Wish, token: str, base_url: str, status: int = 200) -> Response:
    same = {name: getattr(wish, name) for name in WishAnswer.model_fields if name in type(wish).model_fields}
    return fresh(WishAnswer(token=token, url=f"{base_url}/fr/{WAITING['fr']}/{token}", **same), status)
