"""The audit trail in the back office: who did what, with filters, as a page and as a table to take along."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from gateway.admin.frame import AUDIT, SERVICES, admin_page, path_to
from gateway.admin.tables import MARK, csv_line
from gateway.i18n import translations
from gateway.people.desk import Desk, Signed
from gateway.times import ZONE
from gateway.trail_words import AUDITED_KINDS, COMMANDS
from nexus.caller import LANGUAGES
from nexus.operations import AuditEntry, AuditPage, AuditState, CheckAudit, ListAudit, NotedValue
from services.people.contracts.people import NamePeople

_SHOWN = 50
_EXPORTED = 500  # entries asked for at once
_DEADLINE = 30.0  # seconds: an engine without indexes may walk far

Cursor = dict[str, int | None]  # where each service goes on; None: it has told all


def audit_routes(router: APIRouter, desk: Desk) -> None:
    """Add the page and its export."""
    pages = _Audit(desk)
    for language in LANGUAGES:
        start = path_to(language, AUDIT)
        desk.add(router, "GET", start, language, pages.listed, AUDIT.roles)
        desk.add(router, "POST", start, language, pages.check, AUDIT.roles)
        desk.add(router, "GET", f"{start}/export", language, pages.export, AUDIT.roles)


class _Audit:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listed(self, signed: Signed) -> Response:
        """Latest first."""
        return await self._page(signed)

    async def check(self, signed: Signed) -> Response:
        """Follow the whole trail, and say whether it is as it was written."""
        states = await asyncio.gather(
            *(
                signed.bus.call(CheckAudit(), signed.visitor.caller, service=service, deadline=_DEADLINE)
                for service in SERVICES
            )
        )
        return await self._page(signed, dict(zip(SERVICES, states, strict=True)))

    async def export(self, signed: Signed) -> Response:
        """All that the filters leave, as CSV."""
        name = f"audit-{self._desk.sector.name}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(_lines(signed), media_type="text/csv; charset=utf-8", headers=headers)

    async def _page(self, signed: Signed, states: dict[str, AuditState] | None = None) -> Response:
        entries, cursor = await _latest(signed, _cursor(signed), _SHOWN)
        asked = {name: signed.query(name) for name in ("person", "kind", "subject", "since", "until")}
        values: dict[str, Any] = {
            "entries": entries,
            "names": await _names(signed, entries),
            "asked": asked,
            "filters": urlencode({name: value for name, value in asked.items() if value}),
            "following": _written(cursor) if any(cursor.values()) else None,
            "kinds": AUDITED_KINDS,
            "commands": COMMANDS,
            "states": states,
        }
        return admin_page(self._desk, signed, AUDIT, "audit.html", **values)


async def _latest(signed: Signed, cursor: Cursor, limit: int) -> tuple[list[AuditEntry], Cursor]:
    """The latest entries of all services, and where each goes on."""
    open_ones = [service for service in SERVICES if cursor[service] is not None]
    pages = await asyncio.gather(*(_ask(signed, service, cursor[service], limit) for service in open_ones))
    told = dict(zip(open_ones, pages, strict=True))
    found = sorted((one for page in pages for one in page.items), key=lambda one: one.at, reverse=True)
    shown = found[:limit]
    return shown, cursor | {service: _rest(page, shown) for service, page in told.items()}


def _rest(page: AuditPage, shown: list[AuditEntry]) -> int | None:
    """Where to go on after `shown`, which may hold only the first of a page."""
    seen = {(one.service, one.number) for one in shown}
    left = [one for one in page.items if (one.service, one.number) not in seen]
    return left[0].number + 1 if left else page.next


async def _ask(signed: Signed, service: str, before: int | None, limit: int) -> AuditPage:
    query = ListAudit(
        person=signed.query("person")[:100] or None,
        kind=kind if (kind := signed.query("kind")) in AUDITED_KINDS else None,
        subject=signed.query("subject")[:100] or None,
        since=_day(signed.query("since")),
        until=_day(signed.query("until"), days=1),
        before=before or None,
        limit=limit,
    )
    return await signed.bus.call(query, signed.visitor.caller, service=service, deadline=_DEADLINE)


def _day(text: str, days: int = 0) -> datetime | None:
    """The first moment of a day here, or of one `days` later; None if `text` is no date."""
    try:
        day = datetime.fromisoformat(text).date()
        return datetime.combine(day + timedelta(days=days), time(), ZONE)
    except (ValueError, OverflowError):
        return None


def _cursor(signed: Signed) -> Cursor:
    """Where the page before ended: `content.12_people.0`; 0: from the latest on. What it omits has ended."""
    given = dict(part.partition(".")[::2] for part in signed.query("from").split("_") if part)
    if not given:
        return dict.fromkeys(SERVICES, 0)
    return {service: _number(given.get(service, "")) for service in SERVICES}


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 12 else None


def _written(cursor: Cursor) -> str:
    return "_".join(f"{service}.{number}" for service, number in cursor.items() if number is not None)


async def _names(signed: Signed, entries: list[AuditEntry]) -> dict[str, str]:
    about = {change.id for one in entries for change in one.changes if change.kind == "person"}
    people = tuple(about | {one.person for one in entries})
    return await signed.call(NamePeople(ids=people[:200])) if people else {}


async def _lines(signed: Signed) -> AsyncIterator[bytes]:
    words = translations(signed.language)
    heads = ("at", "service", "command", "person", "roles", "from", "refused", "what", "id", "name")
    yield MARK + csv_line([*heads, "field", "before", "after"])
    cursor = _cursor(signed)
    while any(number is not None for number in cursor.values()):
        entries, cursor = await _latest(signed, cursor, _EXPORTED)
        names = await _names(signed, entries)
        for entry in entries:
            for row in _rows(entry, names, words.gettext):
                yield csv_line(row)


def _rows(entry: AuditEntry, names: dict[str, str], _: Any) -> list[list[str]]:
    """A row for each field that changed, one at least."""
    head = [
        entry.at.astimezone(ZONE).isoformat(timespec="seconds"),
        entry.service,
        _(COMMANDS.get(entry.command, entry.command)),
        names.get(entry.person, entry.person),
        " ".join(entry.roles),
        entry.origin or "",
        entry.refused or "",
    ]
    rows = [
        [*head, _(AUDITED_KINDS.get(one.kind, one.kind)), one.id, one.label, *_values(value)]
        for one in entry.changes
        for value in one.fields or (None,)
    ]
    return rows or [head]


def _values(value: NotedValue | None) -> list[str]:
    return [value.field, _cell(value.before), _cell(value.after)] if value else []


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
