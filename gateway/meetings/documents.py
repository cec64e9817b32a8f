"""Documents of meetings on their way through a gateway: sent part by part, and passed on as attachments."""

from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from starlette.datastructures import UploadFile

from gateway.files import POLICY, file_name
from gateway.people import forms
from gateway.uploading import name_of, parts_of
from nexus.bus import Bus
from nexus.caller import Caller
from nexus.errors import InvalidInput
from services.meetings.contracts.documents import (
    LARGEST_DOCUMENT,
    AddDocument,
    DocumentPart,
    KeepDocumentPart,
    MeetingDocuments,
)

ReadPart = Callable[[int], Awaitable[DocumentPart]]


async def bring(request: Request, token: str, bus: Bus, caller: Caller) -> None:
    """Store the document that a form sent with a meeting. Raises InvalidInput(`upload_incomplete`: there is none;
    `file_too_large`, and what the service refuses)."""
    given = (await forms.sent_of(request)).get("document")
    if not isinstance(given, UploadFile) or not given.filename:
        raise InvalidInput("upload_incomplete", arrived=0, parts=1)
    name = "".join(ch if ch.isprintable() else " " for ch in name_of(given)).strip() or "document"
    try:
        await send(_blocks(given), name, uuid4().hex, token, bus, caller)
    finally:
        await given.close()


async def send(
    blocks: AsyncIterator[bytes], name: str, upload: str, token: str, bus: Bus, caller: Caller
) -> MeetingDocuments:
    """The documents of the meeting of a link, with the one that `blocks` are. Raises InvalidInput(`file_too_large`,
    and what the service refuses)."""
    number = 0
    async for part in parts_of(blocks, LARGEST_DOCUMENT):
        await bus.call(
            KeepDocumentPart(token=token, upload=upload, number=number, data=b64encode(part)), caller
        )
        number += 1
    return await bus.call(AddDocument(token=token, upload=upload, parts=max(number, 1), name=name), caller)


async def attachment(read: ReadPart) -> Response:
    """The document, which no browser opens by itself. The first bytes are asked for at once: a refusal is an
    answer still."""
    first = await read(0)

    async def passed_on() -> AsyncIterator[bytes]:
        part, offset = first.data, 0
        while part:
            yield part
            offset += len(part)
            part = (await read(offset)).data if offset < first.document.size else b""

    headers = {
        "Content-Disposition": f"attachment; {file_name(first.document.name)}",
        "Content-Length": str(first.document.size),
        "Content-Security-Policy": f"{POLICY}; sandbox",
        "X-Robots-Tag": "noindex",
    }
    return StreamingResponse(passed_on(), headers=headers, media_type=first.document.media_type)


async def _blocks(given: UploadFile) -> AsyncIterator[bytes]:
    while block := await given.read(65_536):
        yield block
