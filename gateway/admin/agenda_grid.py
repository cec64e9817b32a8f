"""The agenda as a grid of days and half hours, onto which meetings are dragged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from gateway.i18n import full_date
from gateway.meetings import views
from gateway.sectors import Language
from gateway.times import ZONE
from services.meetings.contracts.meetings import Meeting

_FIRST, _LAST = 16, 34  # half hours: from eight to five at least
_ROW = timedelta(minutes=30)
_LONGEST = 16  # rows that a block is drawn over


@dataclass(frozen=True)
class Block:
    """A meeting, and over how many half hours it goes."""

    view: views.MeetingView
    rows: int


@dataclass(frozen=True)
class Cell:
    """Half an hour of a day: the `start` that a meeting dropped there gets, and that in words."""

    start: str
    label: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Grid:
    """`days` head the columns; each row has its hour, and a cell a day."""

    days: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def grid_of(found: Sequence[Meeting], first: date, days: int, language: Language) -> Grid:
    """The grid of some days, with more hours than usual where a meeting wants them."""
    blocks: dict[tuple[date, int], list[Block]] = {}
    begin, end = _FIRST, _LAST
    for one in found:
        local = one.start.astimezone(ZONE)
        row = local.hour * 2 + local.minute // 30
        rows = max(1, -(-(one.end - one.start) // _ROW))
        begin, end = min(begin, row), max(end, min(row + rows, 48))
        block = Block(views.meeting(one, language, datetime.now(UTC)), min(rows, _LONGEST))
        blocks.setdefault((local.date(), row), []).append(block)
    shown = [first + timedelta(days=n) for n in range(days)]
    if days > 1:
        busy = {day for day, _ in blocks}
        shown = [day for day in shown if day.weekday() < 5 or day in busy]

    def cell(day: date, row: int) -> Cell:
        moment = datetime.combine(day, time(row // 2, row % 2 * 30), ZONE)
        told = views.start(moment, ZONE.key, language)
        return Cell(told.value, told.label, tuple(blocks.get((day, row), ())))

    lines = tuple(_row(row, [cell(day, row) for day in shown], language) for row in range(begin, end))
    return Grid(tuple(full_date(day, language) for day in shown), lines)


def _row(row: int, cells: list[Cell], language: Language) -> tuple[str, tuple[Cell, ...]]:
    moment = datetime(2026, 1, 5, row // 2, row % 2 * 30, tzinfo=UTC)
    return views.start(moment, "UTC", language).hour, tuple(cells)
