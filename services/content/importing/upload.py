"""A file sent to the platform in parts, unless it is there already."""

import base64
import hashlib
from uuid import uuid4

from nexus.bus import Bus
from nexus.caller import Caller
from nexus.errors import NotFound
from services.content.contracts.files import PART, FinishUpload, GetFile, KeepPart, StoredFile

_DEADLINE = 90.0  # seconds: its text is read meanwhile


async def store_file(bus: Bus, caller: Caller, data: bytes) -> StoredFile:
    """What the platform found `data` to be; it has them when this returns. Raises NexusError."""
    try:
        return await bus.call(GetFile(sha256=hashlib.sha256(data).hexdigest()), caller)
    except NotFound:
        return await _upload(bus, caller, data)


async def _upload(bus: Bus, caller: Caller, data: bytes) -> StoredFile:
    upload, parts = uuid4().hex, range(0, len(data), PART)
    for number, at in enumerate(parts):
        part = base64.b64encode(data[at : at + PART])
        await bus.call(KeepPart(upload=upload, number=number, data=part), caller)
    return await bus.call(FinishUpload(upload=upload, parts=len(parts)), caller, deadline=_DEADLINE)
