"""Stored files over HTTP: whole or a range (RFC 9110 §14), passed on part by part, never held whole."""

import re
from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response, StreamingResponse

from gateway.problems import language_of, problem, problem_response
from gateway.sectors import Sector
from nexus.bus import Bus
from nexus.caller import Caller, anonymous
from nexus.errors import NotFound
from services.content.contracts.files import PART, GetFile, ReadFile, StoredFile

_SHA256 = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_TEXTS = {"text/plain", "text/markdown", "text/csv"}  # shown as plain text: no browser runs it
_SHOWN = {"application/pdf", "image/png", "image/jpeg", "image/webp", "image/gif"}
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_YEAR = 31_536_000  # seconds


def files_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """`/files/{sha256}/{name}`: the bytes of what something public in the sector names."""
    router = APIRouter()

    @router.api_route("/files/{sha256}", methods=["GET", "HEAD"])
    async def unnamed(request: Request, sha256: str) -> Response:
        return await file(request, sha256, sha256[:16])

    @router.api_route("/files/{sha256}/{name}", methods=["GET", "HEAD"])
    async def file(
        request: Request, sha256: str, name: Annotated[str, Path(max_length=150)], download: str = ""
    ) -> Response:
        if not _SHA256.fullmatch(sha256):
            raise NotFound("file_not_found")
        caller = anonymous(sector.name)
        found = await bus.call(GetFile(sha256=sha256), caller)
        headers = _headers(found, name, as_attachment=download == "1")
        if _names(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        wanted = _range(request, found.size, headers["ETag"])
        if wanted is None:
            told = problem(base_url, 416, "range_not_satisfiable", language_of(request))
            return problem_response(told, {"Content-Range": f"bytes */{found.size}"})
        start, end = wanted
        headers["Content-Length"] = str(end - start)
        status = 200
        if end - start < found.size:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
            status = 206
        if request.method == "HEAD" or start == end:
            return Response(status_code=status, headers=headers)
        return StreamingResponse(await _parts(bus, caller, sha256, start, end), status, headers)

    return router


async def _parts(bus: Bus, caller: Caller, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes from `start` up to `end`. The first are asked for at once: a refusal is an answer still."""

    async def read(offset: int) -> bytes:
        query = ReadFile(sha256=sha256, offset=offset, length=min(PART, end - offset))
        return (await bus.call(query, caller)).data

    first = await read(start)

    async def passed_on() -> AsyncIterator[bytes]:
        part, offset = first, start
        while part:
            yield part
            offset += len(part)
            part = await read(offset) if offset < end else b""

    return passed_on()


def _headers(file: StoredFile, name: str, *, as_attachment: bool) -> dict[str, str]:
    shown = (file.media_type in _TEXTS or file.media_type in _SHOWN) and not as_attachment
    # The viewers of browsers do not start in a sandbox; what they show of a PDF runs in one of their own.
    sandbox = "" if file.media_type == "application/pdf" else "; sandbox"
    return {
        "Content-Type": "text/plain; charset=utf-8" if file.media_type in _TEXTS else file.media_type,
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; {file_name(name)}",
        "Content-Security-Policy": POLICY + sandbox,
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.sha256}"',
        "Cache-Control": f"public, max-age={_YEAR}, immutable",
    }


def file_name(name: str) -> str:
    """The parameters of RFC 6266: in ASCII for old readers, and as it is written (RFC 8187)."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _names(etags: str, etag: str) -> bool:
    return etags.strip() == "*" or etag in [one.strip().removeprefix("W/") for one in etags.split(",")]


def _range(request: Request, size: int, etag: str) -> tuple[int, int] | None:
    """The bytes to send, end not included; None if the range asked for lies behind the end.

    Several ranges, another unit, and a range of what is no longer this file (If-Range) mean all of it."""
    found = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    condition = request.headers.get("if-range")
    if found is None or not any(found.groups()) or (condition and condition.strip() != etag):
        return 0, size
    first, last = found.groups()
    if not first:  # the last so many
        return (max(size - int(last), 0), size) if int(last) and size else None
    if last and int(last) < int(first):
        return 0, size  # no range at all, §14.1.1
    return (int(first), min(int(last) + 1 if last else size, size)) if int(first) < size else None
