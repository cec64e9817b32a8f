"""How a file reaches the content service: in parts, so that no message is large."""

from base64 import b64encode
from collections.abc import AsyncIterator
from uuid import uuid4

from starlette.datastructures import UploadFile

from nexus.bus import Bus
from nexus.caller import Caller
from nexus.errors import InvalidInput
from services.content.contracts.exchange import Uploaded
from services.content.contracts.files import LARGEST_FILE, PART, FinishUpload, KeepPart, StoredFile

_READING = 60.0  # seconds: the service reads the text of a file before it answers
_LARGEST_PART = PART // 4 * 3  # bytes, which base64 makes a third longer


async def store(blocks: AsyncIterator[bytes], bus: Bus, caller: Caller) -> StoredFile:
    """The file that `blocks` are, stored. Raises InvalidInput(`file_too_large`, `upload_incomplete`)."""
    sent = await send(blocks, bus, caller)
    return await bus.call(FinishUpload(upload=sent.upload, parts=sent.parts), caller, deadline=_READING)


async def send(blocks: AsyncIterator[bytes], bus: Bus, caller: Caller) -> Uploaded:
    """`blocks`, sent and not yet stored. Raises InvalidInput(`file_too_large`)."""
    upload, number = uuid4().hex, 0
    async for part in parts_of(blocks, LARGEST_FILE):
        await bus.call(KeepPart(upload=upload, number=number, data=b64encode(part)), caller)
        number += 1
    return Uploaded(upload=upload, parts=max(number, 1))


def name_of(given: UploadFile) -> str:
    """The name under which people will save it."""
    return (given.filename or "").replace("/", "-").replace("\\", "-")[-150:]


async def parts_of(blocks: AsyncIterator[bytes], largest: int) -> AsyncIterator[bytes]:
    """`blocks` of any length as parts of the largest one. Raises InvalidInput(`file_too_large`) beyond `largest`
    bytes in all."""
    gathered, size = bytearray(), 0
    async for block in blocks:
        gathered += block
        size += len(block)
        if size > largest:
            raise InvalidInput("file_too_large", limit=largest)
        while len(gathered) >= _LARGEST_PART:
            yield bytes(gathered[:_LARGEST_PART])
            del gathered[:_LARGEST_PART]
    if gathered:
        yield bytes(gathered)
