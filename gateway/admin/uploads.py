"""Files that editors send with a form: stored first, then named by the content."""

from collections.abc import AsyncIterator
from typing import Any

from starlette.datastructures import UploadFile

from gateway.admin.fields import Sent
from gateway.admin.kinds import DOCUMENTS, PARTNERS, POSTS, Kind
from gateway.people.desk import Signed
from gateway.uploading import name_of, send, store
from nexus.caller import LANGUAGES
from nexus.errors import InvalidInput
from services.content.contracts.exchange import Uploaded
from services.content.contracts.files import LARGEST_FILE, PART, StoredFile


async def with_uploads(kind: Kind, content: dict[str, Any], sent: Sent, signed: Signed) -> dict[str, Any]:
    """`content` with the files that came with the form, or that it named before."""
    if kind is DOCUMENTS:
        files = {language: await _file(sent, f"files.{language}", signed) for language in LANGUAGES}
        return {**content, "files": files}
    if kind is POSTS:
        return {**content, "cover": await _picture(sent, "cover", signed)}
    if kind is PARTNERS:
        return {**content, "logo": await _picture(sent, "logo", signed)}
    return content


async def _picture(sent: Sent, path: str, signed: Signed) -> dict[str, Any] | None:
    file = await _file(sent, path, signed)
    alt = {language: sent.get(f"{path}.alt.{language}") or None for language in LANGUAGES}
    return {"sha256": file["sha256"], "alt": alt} if file else None


async def _file(sent: Sent, path: str, signed: Signed) -> dict[str, str] | None:
    given = sent.get(path)
    if isinstance(given, UploadFile) and given.filename:
        stored = await store_upload(given, signed)
        return {"sha256": stored.sha256, "name": name_of(given)}
    kept = sent.get(f"{path}.sha256")
    if not kept or sent.get(f"{path}.remove") == "yes":
        return None
    return {"sha256": kept, "name": sent.get(f"{path}.name") or "document"}


async def store_upload(given: UploadFile, signed: Signed) -> StoredFile:
    """What the platform found a file to be; it has it when this returns. Raises InvalidInput(`file_too_large`,
    `upload_incomplete`)."""
    return await store(_blocks_of(given, LARGEST_FILE), signed.bus, signed.visitor.caller)


async def send_upload(given: UploadFile, signed: Signed, largest: int) -> Uploaded:
    """A file that the platform does not store for good. Raises InvalidInput(`file_too_large`)."""
    return await send(_blocks_of(given, largest), signed.bus, signed.visitor.caller)


def _blocks_of(given: UploadFile, largest: int) -> AsyncIterator[bytes]:
    if (given.size or 0) > largest:
        raise InvalidInput("file_too_large", name=given.filename, largest=largest)
    return _blocks(given)


async def _blocks(given: UploadFile) -> AsyncIterator[bytes]:
    while block := await given.read(PART):
        yield block
