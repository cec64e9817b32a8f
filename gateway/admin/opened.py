"""What visitors opened and searched for: numbers, bars beside them, and a table to take along."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.admin.frame import EDITORS, ITEMS, OPENED, admin_page, path_to
from gateway.admin.tables import MARK, csv_line
from gateway.i18n import long_date
from gateway.people.desk import Desk, Signed
from gateway.rendering import if_there
from gateway.sectors import Language
from gateway.times import ZONE
from nexus.caller import LANGUAGES
from services.content.contracts.openings import ListOpenings, OpenedDay, OpenedItem
from services.search.contracts import ListSearches

_SPANS = (7, 30, 90, 365)  # days
_SHOWN, _EXPORTED = 50, 2_000
_WORDS, _WORDS_KEPT = 25, 90  # shown at most; days that they are kept
_LONG = 90  # days from which a bar stands for a week


class Bar(NamedTuple):
    """What was opened on a day, or in the week from it on; `height` in hundredths of the highest."""

    day: str
    views: int
    downloads: int
    height: int


def opened_routes(router: APIRouter, desk: Desk) -> None:
    """Add the page and its table."""

    async def shown(signed: Signed) -> Response:
        days = _days(signed)
        found = await signed.call(ListOpenings(days=days, limit=_SHOWN))
        words = ListSearches(days=min(days, _WORDS_KEPT), limit=_WORDS)
        searched = await if_there(signed.call(words))
        values: dict[str, Any] = {
            "items": found.items,
            "most": max((_opened(one) for one in found.items), default=1),
            "bars": bars(found.days, days, datetime.now(ZONE).date(), signed.language),
            "weekly": days > _LONG,
            "views": sum(day.views for day in found.days),
            "downloads": sum(day.downloads for day in found.days),
            "searched": searched.items if searched else (),
            "days": days,
            "spans": _SPANS,
            "edits": signed.visitor.has(*EDITORS),
            "admin_paths": {kind: path_to(signed.language, one) for kind, one in ITEMS.items()},
        }
        return admin_page(desk, signed, OPENED, "opened.html", **values)

    async def export(signed: Signed) -> Response:
        days = _days(signed)
        found = await signed.call(ListOpenings(days=days, limit=_EXPORTED))
        heads = ("kind", "id", "title.fr", "title.en", "views.fr", "views.en", "downloads.fr", "downloads.en")
        body = MARK + b"".join(map(csv_line, (heads, *map(_row, found.items))))
        name = f"opened-{desk.sector.name}-{days}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(body, media_type="text/csv; charset=utf-8", headers=headers)

    for language in LANGUAGES:
        start = path_to(language, OPENED)
        desk.add(router, "GET", start, language, shown, OPENED.roles)
        desk.add(router, "GET", f"{start}/export", language, export, OPENED.roles)


def _days(signed: Signed) -> int:
    asked = signed.query("days")
    return int(asked) if asked in {str(span) for span in _SPANS} else 30


def _opened(item: OpenedItem) -> int:
    return sum(item.views.values()) + sum(item.downloads.values())


def _row(item: OpenedItem) -> list[str]:
    titles = (item.title.fr or "", item.title.en or "")
    counts = (item.views["fr"], item.views["en"], item.downloads["fr"], item.downloads["en"])
    return [item.kind, item.id, *titles, *map(str, counts)]


def bars(found: tuple[OpenedDay, ...], days: int, today: date, language: Language) -> list[Bar]:
    """A bar for each of the last `days`, also those on which nothing was opened; of a long time for each week."""
    known = {one.day: one for one in found}
    step = 7 if days > _LONG else 1
    moments = [today - timedelta(days=ago) for ago in range(days - 1, -1, -1)]
    told = []
    for _, some in groupby(enumerate(moments), lambda pair: pair[0] // step):
        span = [day for _, day in some]
        within = [known[day] for day in span if day in known]
        told.append((span[0], sum(one.views for one in within), sum(one.downloads for one in within)))
    highest = max((views + downloads for _, views, downloads in told), default=0) or 1
    return [
        Bar(long_date(day, language), views, downloads, -(-100 * (views + downloads) // highest))
        for day, views, downloads in told
    ]
