"""The publications of a kind, one line each, kept in memory: filters over ten thousand of them in milliseconds.

What this process writes is told to it. Where others may write as well, the store is asked before each answer what
changed since; clocks differ a little, so that the last moments are looked at again each time. Embedded there are
no others, and the question would cost more than the answer: SecantusDB walks the whole collection for it."""

import threading
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from services.content.contracts.editing import (
    Freshness,
    ItemFilter,
    ItemKind,
    ItemList,
    ItemSummary,
    Order,
)
from services.content.contracts.publications import Status
from services.content.contracts.texts import LineText, MarkdownText, ParagraphText, missing_languages
from services.content.domain.cells import lengths
from services.content.domain.freshness import is_reached
from services.content.domain.lifecycle import Item

_AGAIN = timedelta(seconds=10)


class Changes(Protocol):
    """Where publications of one kind are kept."""

    def changed_since(self, moment: datetime | None) -> Iterable[Item]:
        """Those that changed at `moment` or later; all of them, without one."""
        ...


@dataclass(frozen=True)
class _Line:
    summary: ItemSummary
    words: str  # of both titles, without accents and capitals
    lengths: Mapping[str, int]  # of its lists of objects

    @property
    def title(self) -> str:
        return _folded(self.summary.title.fr or self.summary.title.en or "")


class Selection(NamedTuple):
    """A page of ids, how many there are in all, and how many entries the lists of objects of all have at most."""

    ids: list[str]
    total: int
    most: dict[str, int]


class Catalogue:
    """The publications of one kind, one line each."""

    def __init__(self, kind: ItemKind, kept: Changes, *, shared: bool = True) -> None:
        """`shared`: other processes write to `kept` too."""
        self._kind = kind
        self._kept = kept
        self._shared = shared
        self._lines: dict[str, _Line] = {}
        self._until: datetime | None = None
        self._loaded = False
        self._turn = threading.Lock()

    def find(self, query: ItemFilter, sector: str | None, today: date) -> ItemList:
        """The lines that `query` asks for, of those within `sector` (None: of all)."""
        found = self._found(query, sector, today)
        counts = {status: sum(one.summary.status is status for one in found) for status in Status}
        found = _in_order(found, query, today)
        shown = tuple(line.summary for line in _page(found, query))
        return ItemList(
            items=shown, total=len(found), page=query.page, per_page=query.per_page, counts=counts
        )

    def select(self, query: ItemFilter, sector: str | None, today: date) -> Selection:
        """The ids of the same."""
        found = _in_order(self._found(query, sector, today), query, today)
        most: dict[str, int] = {}
        for line in found:
            most |= {name: max(length, most.get(name, 0)) for name, length in line.lengths.items()}
        return Selection([line.summary.id for line in _page(found, query)], len(found), most)

    def summaries(self, ids: Iterable[str], sector: str | None) -> dict[str, ItemSummary]:
        """Those of `ids` that are within `sector`."""
        self._refresh()
        lines = (self._lines.get(one) for one in ids)
        return {line.summary.id: line.summary for line in lines if line and _within(line.summary, sector)}

    def published(self, sector: str | None, limit: int) -> tuple[dict[str, int], int]:
        """The revision of up to `limit` published ones by id, by French slug, and how many there are in all."""
        self._refresh()
        found = [
            line.summary
            for line in self._lines.values()
            if line.summary.status is Status.PUBLISHED and _within(line.summary, sector)
        ]
        found.sort(key=lambda one: one.slug.fr)
        return {one.id: one.revision for one in found[:limit]}, len(found)

    def unverified(self, today: date, limit: int) -> list[ItemSummary]:
        """Published ones that are to be verified again, the longest due first."""
        self._refresh()
        found = [line.summary for line in self._lines.values() if _is(line.summary, Freshness.DUE, today)]
        return sorted(found, key=lambda one: (one.due_on or today, one.id))[:limit]

    def due(self, now: datetime, limit: int) -> list[str]:
        """The ids of up to `limit` drafts that were to be published by `now`, the longest due first."""
        self._refresh()
        found = [
            (line.summary.publish_at, line.summary.id)
            for line in self._lines.values()
            if line.summary.publish_at and line.summary.publish_at <= now
        ]
        return [item_id for _, item_id in sorted(found)[:limit]]

    def note(self, items: Iterable[Item]) -> None:
        """What this process has just written."""
        with self._turn:
            if self._loaded:
                self._take(items)

    def _found(self, query: ItemFilter, sector: str | None, today: date) -> list[_Line]:
        """In any state, in no order."""
        self._refresh()
        words = _folded(query.q).split()
        return [
            line
            for line in self._lines.values()
            if _within(line.summary, sector) and _wanted(line, query, words, today)
        ]

    def _refresh(self) -> None:
        with self._turn:
            if self._shared or not self._loaded:
                self._take(self._kept.changed_since(self._until - _AGAIN if self._until else None))
                self._loaded = True

    def _take(self, items: Iterable[Item]) -> None:
        lines = dict(self._lines)  # another one than somebody may be reading
        for item in items:
            known = lines.get(item.id)
            if known is None or known.summary.revision < item.revision:
                lines[item.id] = _line(self._kind, item)
            if self._until is None or item.updated_at > self._until:
                self._until = item.updated_at
        self._lines = lines


def _line(kind: ItemKind, item: Item) -> _Line:
    content = item.content
    summary = ItemSummary(
        id=item.id,
        kind=kind,
        title=content.title,
        slug=item.slug,
        status=item.status,
        revision=item.revision,
        updated_at=item.updated_at,
        publish_at=content.publish_at if item.status is Status.DRAFT else None,
        themes=getattr(content, "themes", ()),
        sectors=content.sectors,
        missing=missing_languages(_texts(content)),
        due_on=getattr(item, "due_on", None),
        stale_on=getattr(item, "stale_on", None),
        logo=logo.sha256 if (logo := getattr(content, "logo", None)) else None,
        place=getattr(content, "place", None) if kind is ItemKind.PARTNER else None,
    )
    return _Line(summary, _folded(f"{content.title.fr or ''} {content.title.en or ''}"), lengths(content))


def _texts(content: Any) -> list[LineText | ParagraphText | MarkdownText]:
    values = (getattr(content, name) for name in type(content).model_fields)
    return [value for value in values if isinstance(value, LineText | ParagraphText | MarkdownText)]


def _in_order(found: list[_Line], query: ItemFilter, today: date) -> list[_Line]:
    wanted = [line for line in found if query.status in (None, line.summary.status)]
    if query.order is Order.TITLE:
        return sorted(wanted, key=lambda line: (line.title, line.summary.id))
    if query.freshness:
        return sorted(wanted, key=lambda line: line.summary.due_on or today)
    return sorted(wanted, key=lambda line: line.summary.updated_at, reverse=True)


def _page(found: list[_Line], query: ItemFilter) -> list[_Line]:
    start = (query.page - 1) * query.per_page
    return found[start : start + query.per_page]


def _within(summary: ItemSummary, sector: str | None) -> bool:
    return sector is None or not summary.sectors or sector in summary.sectors


def _is(summary: ItemSummary, wanted: Freshness, today: date) -> bool:
    day = summary.stale_on if wanted is Freshness.STALE else summary.due_on
    return summary.status is Status.PUBLISHED and is_reached(day, today)


def _wanted(line: _Line, query: ItemFilter, words: list[str], today: date) -> bool:
    summary = line.summary
    return (
        all(word in line.words for word in words)
        and (query.theme is None or query.theme in summary.themes)
        and (query.missing is None or query.missing in summary.missing)
        and (query.freshness is None or _is(summary, query.freshness, today))
    )


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
