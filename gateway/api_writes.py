"""The API's writes: partners' systems make, change, publish and retire what they answer for."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import APIRouter, Header, Path, Query, Request, Security
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import StringConstraints, ValidationError
from starlette.requests import ClientDisconnect

from gateway.api import Parameters, keyed_refusals
from gateway.bearer import KEY, Bearer
from gateway.managed import MANAGED, POSTS, ManagedKind, told
from gateway.uploading import store
from nexus.bus import Bus
from nexus.caller import Scope
from nexus.errors import InvalidInput
from nexus.messages import Message
from services.content.contracts import Status
from services.content.contracts.editing import OpenItem, SaveItem, TurnItem
from services.content.contracts.files import LARGEST_FILE, StoredFile

M = TypeVar("M", bound=Message)

_FILE_TYPE = "application/octet-stream"
_JSON = "application/json"
_BYTES = {"type": "string", "format": "binary", "minLength": 1}
_Etag = Annotated[str, StringConstraints(pattern=r'^(W/)?"[\x21\x23-\x7e]{0,100}"$')]
_OnceKey = Annotated[str, StringConstraints(pattern=r'^("[\x21\x23-\x7e]{1,255}"|[\x21\x23-\x7e]{1,255})$')]

Ref = Annotated[str, Path(min_length=1, max_length=200, description="Its id, or its slug in either language")]
Nothing = Annotated[Parameters, Query()]
IfMatch = Annotated[
    _Etag,
    Header(alias="If-Match", description="The ETag of what was seen", examples=['"3"']),
]
IfMatchOrAny = Annotated[
    _Etag,
    Header(
        alias="If-Match",
        description="The ETag of what was seen; without it, whatever stands",
        examples=['"3"'],
    ),
]
Once = Annotated[
    _OnceKey,
    Header(
        alias="Idempotency-Key",
        description="Any text of your own: the same request under the same key is done once within 24 hours, "
        "and answered each time as it was the first",
        examples=['"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
    ),
]


class Writer:
    """Hands what systems with a key ask for to the content service, which checks their scopes itself."""

    def __init__(self, bus: Bus, bearer: Bearer, base_url: str) -> None:
        self._bus = bus
        self._bearer = bearer
        self._base_url = base_url

    async def show(self, request: Request, kind: ManagedKind, ref: str) -> Response:
        """One, in whichever state."""
        caller = await self._bearer.caller(request, kind.scope)
        item = await self._bus.call(OpenItem(kind=kind.item, ref=ref), caller)
        return self._answer(item)

    async def create(self, request: Request, kind: ManagedKind, once: str) -> Response:
        """A new draft."""
        caller = await self._bearer.caller(request, kind.scope)
        content = await _read(request, kind.content)
        item = await self._bus.call(SaveItem(kind=kind.item, content=content, once=_bare(once)), caller)
        response = self._answer(item, 201)
        response.headers["Location"] = f"{self._base_url}/api/v1/{kind.plural}/{item.id}"
        return response

    async def replace(self, request: Request, kind: ManagedKind, ref: str, seen: str, once: str) -> Response:
        """Another content."""
        caller = await self._bearer.caller(request, kind.scope)
        content = await _read(request, kind.content)
        command = SaveItem(
            kind=kind.item, id=ref, revision=revision_of(seen), content=content, once=_bare(once)
        )
        return self._answer(await self._bus.call(command, caller))

    async def turn(
        self, request: Request, kind: ManagedKind, ref: str, to: Status, seen: str, once: str
    ) -> Response:
        """Published, or retired."""
        caller = await self._bearer.caller(request, kind.scope)
        revision = revision_of(seen) if seen else None
        command = TurnItem(kind=kind.item, id=ref, revision=revision, to=to, once=_bare(once))
        return self._answer(await self._bus.call(command, caller))

    async def keep_file(self, request: Request) -> StoredFile:
        """A file, as it comes."""
        caller = await self._bearer.caller(request, Scope.DOCUMENTS_WRITE, Scope.POSTS_WRITE)
        require_type(request, _FILE_TYPE)
        return await store(blocks_of(request, LARGEST_FILE), self._bus, caller)

    def _answer(self, item: Any, status: int = 200) -> Response:
        headers = {"ETag": f'"{item.revision}"', "Cache-Control": "no-store"}
        return Response(orjson.dumps(told(item, self._base_url)), status, headers, media_type=_JSON)


def writes_router(writer: Writer) -> APIRouter:
    """The routes of a sector's API that need a key."""
    router = APIRouter(prefix="/api/v1", dependencies=[Security(KEY)])
    for kind in MANAGED:
        _add_making(router, writer, kind)
        _add_changing(router, writer, kind)
        _add_turning(router, writer, kind, "publish", Status.PUBLISHED)
        _add_turning(router, writer, kind, "retire", Status.RETIRED)
    _add_reading(router, writer, POSTS)  # those of the others answer without a key as well
    _add_files(router, writer)
    return router


def _add_making(router: APIRouter, writer: Writer, kind: ManagedKind) -> None:
    @router.post(
        f"/{kind.plural}",
        status_code=201,
        response_model=kind.answer,
        responses=keyed_refusals(404, 409, 413, 415, 422),
        tags=[kind.plural],
        summary=f"Make a {kind.item.value}",
        openapi_extra=_body(kind),
    )
    async def create(request: Request, _: Nothing, once: Once = "") -> Response:
        """A new draft, which nobody sees before it is published."""
        return await writer.create(request, kind, once)


def _add_changing(router: APIRouter, writer: Writer, kind: ManagedKind) -> None:
    @router.put(
        f"/{kind.plural}/{{ref}}",
        response_model=kind.answer,
        responses=keyed_refusals(404, 409, 412, 413, 415, 422),
        tags=[kind.plural],
        summary=f"Replace a {kind.item.value}",
        openapi_extra=_body(kind),
    )
    async def replace(request: Request, ref: Ref, _: Nothing, seen: IfMatch, once: Once = "") -> Response:
        """All of its content anew: what is left out is empty from then on. What is published changes at once."""
        return await writer.replace(request, kind, ref, seen, once)


def _add_turning(router: APIRouter, writer: Writer, kind: ManagedKind, verb: str, to: Status) -> None:
    @router.post(
        f"/{kind.plural}/{{ref}}/{verb}",
        response_model=kind.answer,
        responses=keyed_refusals(404, 409, 412, 422),
        tags=[kind.plural],
        summary=f"{verb.capitalize()} a {kind.item.value}",
        description=f"No body is needed. What is {to.value} already stays as it is.",
        name=verb,
    )
    async def turn(
        request: Request, ref: Ref, _: Nothing, seen: IfMatchOrAny = "", once: Once = ""
    ) -> Response:
        return await writer.turn(request, kind, ref, to, seen, once)


def _add_reading(router: APIRouter, writer: Writer, kind: ManagedKind) -> None:
    @router.get(
        f"/{kind.plural}/{{ref}}",
        response_model=kind.answer,
        responses=keyed_refusals(404),
        tags=[kind.plural],
        summary=f"Read a {kind.item.value}",
    )
    async def show(request: Request, ref: Ref, _: Nothing) -> Response:
        """In whichever state, with the ETag that a change of it must name."""
        return await writer.show(request, kind, ref)


def _add_files(router: APIRouter, writer: Writer) -> None:
    @router.post(
        "/files",
        status_code=201,
        response_model=StoredFile,
        responses=keyed_refusals(413, 415),
        tags=["documents"],
        summary="Upload a file",
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {_FILE_TYPE: {"schema": _BYTES}},
            }
        },
    )
    async def upload(request: Request, _: Nothing) -> Response:
        """The bytes of a file of at most 50 megabytes, whose type is told by its content. A document or the cover of
        a post names it by its `sha256`; the same bytes again are the same file."""
        stored = await writer.keep_file(request)
        return Response(stored.model_dump_json(), 201, {"Cache-Control": "no-store"}, media_type=_JSON)


def _body(kind: ManagedKind) -> dict[str, Any]:
    """The description of a content, which is read by hand so that who has no key is refused before."""
    schema = {"$ref": f"#/components/schemas/{kind.content.__name__}"}
    return {
        "requestBody": {"required": True, "content": {_JSON: {"schema": schema, "example": kind.example}}}
    }


async def _read(request: Request, content: type[M]) -> dict[str, Any]:
    """The content that was sent, as a JSON object without what was left out.

    Raises InvalidInput(`unsupported_media_type`), RequestValidationError."""
    require_type(request, _JSON)
    try:
        sent = content.model_validate_json(await request.body())
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in faults]) from None
    return sent.model_dump(mode="json", exclude_unset=True)


def require_type(request: Request, wanted: str) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != wanted:
        raise InvalidInput("unsupported_media_type", wanted=wanted)


async def blocks_of(request: Request, largest: int) -> AsyncIterator[bytes]:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > largest:
        raise InvalidInput("file_too_large", limit=largest)
    try:
        async for block in request.stream():
            yield block
    except ClientDisconnect:
        raise InvalidInput("upload_incomplete") from None


def revision_of(etag: str) -> int:
    """The revision that an ETag of ours names. 0, which nothing has, for any other."""
    named = etag.removeprefix("W/").strip('"')
    return int(named) if named.isdecimal() and named.isascii() and len(named) < 10 else 0


def _bare(once: str) -> str | None:
    """The draft of the IETF has the header's value in quotes; not everybody writes them."""
    return once.strip('"') if once else None
