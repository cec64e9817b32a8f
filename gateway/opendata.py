"""Open data: all published programs of a sector as one file, sent as it is read."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import date
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from gateway.api import PublicProgram, public, refusals
from gateway.hsds import service
from gateway.licence import LICENCE, LICENCE_URL
from gateway.listing import program_parts
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import LANGUAGES
from services.content.contracts import Program, ProgramPage

_ANYBODY = {"Access-Control-Allow-Origin": "*"}  # open data may be read by the scripts of any site
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # https://owasp.org/www-community/attacks/CSV_Injection
_BOM = "\ufeff"  # without it Excel takes UTF-8 for the code page of the machine, and breaks every accent


class _Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _InLanguage(_Nothing):
    lang: Language = Field("fr", description="The language of the main fields; attributes carry both")


class OpenProgram(PublicProgram):
    """A program with what its reuse needs: licence, source, and when it was last compared with its source."""

    licence: str = LICENCE
    source: str | None
    last_verified: date | None


class OpenPrograms(BaseModel):
    """All published programs of the sector."""

    licence: str
    licence_url: str
    publisher: str
    total: int
    items: tuple[OpenProgram, ...]


def open_data_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The open data of a sector, publicly at `base_url`."""
    router = APIRouter(prefix="/api/v1/open-data", tags=["open data"])

    async def file(
        head: Callable[[int], str], rows: Callable[[int, Program], str], tail: str, kind: str
    ) -> Response:
        parts = program_parts(sector, bus)
        first = await anext(parts)  # a service that is away is refused before anything was sent
        name = kind.partition("/")[2].partition(";")[0]
        headers = {**_ANYBODY, "Content-Disposition": f'inline; filename="programs-{sector.name}.{name}"'}
        return StreamingResponse(_text(first, parts, head, rows, tail), 200, headers, media_type=kind)

    @router.get("/programs.json", response_model=OpenPrograms, responses=refusals())
    async def programs_json(_: Annotated[_Nothing, Query()]) -> Response:
        """All published programs in one file, with every field in both languages."""
        opening = {"licence": LICENCE, "licence_url": LICENCE_URL, "publisher": sector.title.fr}

        def head(total: int) -> str:
            return orjson.dumps({**opening, "total": total}).decode()[:-1] + ',"items":['

        def row(number: int, program: Program) -> str:
            return _comma(number) + _open(program, base_url).model_dump_json()

        return await file(head, row, "]}\n", "application/json")

    @router.get("/programs.csv", responses={200: {"content": {"text/csv": {}}}, **refusals()})
    async def programs_csv(_: Annotated[_Nothing, Query()]) -> Response:
        """One line a program: UTF-8 with a byte order mark, commas, lists joined by “; ”.

        A cell that a spreadsheet would take for a formula begins with an apostrophe."""
        return await file(
            lambda _: _BOM, lambda n, program: _lines(n, program, base_url), "", "text/csv; charset=utf-8"
        )

    @router.get("/hsds/services.json", responses=refusals())
    async def services_json(asked: Annotated[_InLanguage, Query()]) -> Response:
        """All published programs as services in full of Open Referral HSDS 3, as the one page of their list."""

        def head(total: int) -> str:
            page = {"total_items": total, "total_pages": 1, "page_number": 1, "size": total}
            flags = {"first_page": True, "last_page": True, "empty": total == 0}
            return orjson.dumps({**page, **flags}).decode()[:-1] + ',"contents":['

        def row(number: int, program: Program) -> str:
            return _comma(number) + orjson.dumps(service(program, asked.lang, base_url)).decode()

        return await file(head, row, "]}\n", "application/json")

    return router


async def _text(
    first: ProgramPage,
    others: AsyncIterator[ProgramPage],
    head: Callable[[int], str],
    row: Callable[[int, Program], str],
    tail: str,
) -> AsyncIterator[str]:
    number = 0
    yield head(first.total)
    part: ProgramPage | None = first
    while part is not None:
        rows = [row(number + n, program) for n, program in enumerate(part.items)]
        number += len(rows)
        yield "".join(rows)
        part = await anext(others, None)
    yield tail


def _comma(number: int) -> str:
    return "," if number else ""


def _open(program: Program, base_url: str) -> OpenProgram:
    told = public(program, base_url).model_dump()
    content = program.content
    return OpenProgram(**told, source=content.source_url, last_verified=content.source_checked)


def _lines(number: int, program: Program, base_url: str) -> str:
    cells = dict(_cells(_open(program, base_url).model_dump(mode="json")))
    out = io.StringIO()
    writer = csv.writer(out)  # RFC 4180: commas, CRLF
    if number == 0:
        writer.writerow(cells)
    writer.writerow(_harmless(value) for value in cells.values())
    return out.getvalue()


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def _cells(fields: dict[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    """A column for each field, whatever is in it: `title_fr`, `eligibility_regions`."""
    for name, value in fields.items():
        if isinstance(value, dict):
            inner = _cells(value, "" if name == "content" else f"{prefix}{name}_")
            yield from inner
        else:
            yield prefix + name, _cell(value)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_cell(one) for one in value)
    if isinstance(value, dict):  # a step: its text in French or else English, and its address
        texts = [value.get("text") or {}, value.get("url")]
        said = [
            next((text[one] for one in LANGUAGES if text.get(one)), "") if isinstance(text, dict) else text
            for text in texts
        ]
        return " ".join(part for part in said if part)
    return "" if value is None else str(value)
