"""What a list shows, as a file: CSV and JSON as they are read, XLSX once it is whole."""

import tempfile
from collections.abc import AsyncIterator

import orjson
from fastapi.responses import Response, StreamingResponse

from gateway.admin.kinds import Kind
from gateway.admin.tables import MARK, Workbook, chunks, csv_line
from gateway.people.desk import Signed
from gateway.words import N_
from nexus.errors import NotFound
from services.content.contracts.editing import ListItems, Order
from services.content.contracts.exchange import Exported, ExportItems

FORMATS = {"xlsx": N_("Excel"), "csv": "CSV", "json": "JSON"}
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
_AT_ONCE = 200
_IN_MEMORY = 2_000_000  # bytes of a workbook; larger ones are on disk
_DEADLINE = 30.0  # seconds


async def export(kind: Kind, wanted: ListItems, signed: Signed) -> Response:
    """Everything that `wanted` leaves, whatever its page. Raises NotFound for another format."""
    form = signed.query("format")
    if form not in FORMATS:
        raise NotFound
    headers = {"Content-Disposition": f'attachment; filename="{kind.path[1:]}.{form}"'}
    pages = _pages(wanted, "tree" if form == "json" else "table", signed)
    first = await anext(pages)  # a refusal is an answer still
    writers = {"csv": _csv, "xlsx": _xlsx, "json": _json}
    return StreamingResponse(writers[form](first, pages), media_type=MEDIA_TYPES[form], headers=headers)


async def _pages(wanted: ListItems, shape: str, signed: Signed) -> AsyncIterator[Exported]:
    filters = wanted.model_dump(include={"kind", "q", "status", "theme", "missing", "freshness"})
    number, total = 0, 1
    while number * _AT_ONCE < total:
        number += 1
        query = ExportItems(**filters, shape=shape, order=Order.TITLE, page=number, per_page=_AT_ONCE)
        page = await signed.call(query, deadline=_DEADLINE)
        total = page.total
        yield page


async def _csv(first: Exported, others: AsyncIterator[Exported]) -> AsyncIterator[bytes]:
    yield MARK + csv_line(first.columns)
    async for page in _all(first, others):
        yield b"".join(map(csv_line, page.items))


async def _json(first: Exported, others: AsyncIterator[Exported]) -> AsyncIterator[bytes]:
    before = b"["
    async for page in _all(first, others):
        for item in page.items:
            yield before + b"\n" + orjson.dumps(item, option=orjson.OPT_INDENT_2)
            before = b","
    yield (b"[" if before == b"[" else b"\n") + b"]\n"


async def _xlsx(first: Exported, others: AsyncIterator[Exported]) -> AsyncIterator[bytes]:
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        book = Workbook(file, first.columns)
        async for page in _all(first, others):
            for row in page.items:
                book.add(row)
        book.close()
        for part in chunks(file):
            yield part


async def _all(first: Exported, others: AsyncIterator[Exported]) -> AsyncIterator[Exported]:
    yield first
    async for page in others:
        yield page
