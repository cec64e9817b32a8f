"""How a file reaches the content service: in parts, so that no message is large."""

from base64 import b64encode
from collections.abc import AsyncIterator
from uuid import uuid4

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
    upload, number, size = uuid4().hex, 0, 0
    async for part in _parts(blocks):
        size += len(part)
        if size > LARGEST_FILE:
            raise InvalidInput("file_too_large", limit=LARGEST_FILE)
        await bus.call(KeepPart(upload=upload, number=number, data=b64encode(part)), caller)
        number += 1
    return Uploaded(upload=upload, parts=max(number, 1))


async def _parts(blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """`blocks` of any length as parts of the largest one."""
    gathered = bytearray()
    async for block in blocks:
        gathered += block
        while len(gathered) >= _LARGEST_PART:
            yield bytes(gathered[:_LARGEST_PART])
            del gathered[:_LARGEST_PART]
    if gathered:
        yield bytes(gathered)
