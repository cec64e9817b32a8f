"""Rows of an imported file become publications, or say what they would change."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import ValidationError
from slugify import slugify

from nexus.caller import Caller
from nexus.errors import NexusError
from nexus.messages import field_errors
from services.content.contracts.exchange import CellChange, RowFault, RowReport
from services.content.contracts.publications import ImportedRow, Outcome, SourceRow
from services.content.domain.cells import as_column, cells, tree, unknown
from services.content.domain.lifecycle import Item, Kind
from services.content.service.desk import Desk

_ABOUT = ("id", "revision", "status", "external_id")  # what a row says besides the content
_LONGEST = 400  # characters of a text in a report
_ESCAPED = ("'=", "'+", "'-", "'@", "'\t", "'\r", "''")


class Items(Protocol):
    """Where publications are read."""

    def by_ids(self, ids: Sequence[str]) -> list[Item]: ...


class Recording(Protocol):
    """The audit trail: what is noted within is written down as done by a command."""

    def __call__(self, command: str, caller: Caller) -> AbstractContextManager[None]: ...


@dataclass
class Bringing:
    """One import of one kind. `seen` are the rows that it has met: a second one of the same is refused."""

    kind: Kind
    desk: Desk
    kept: Items
    recording: Recording
    caller: Caller
    source: str
    publish: bool
    dry_run: bool
    seen: set[str] = field(default_factory=set)

    def skip(self, rows: Iterable[dict[str, Any]]) -> None:
        """Rows that were treated before."""
        for row in rows:
            self._is_repeated(_key(row))

    def bring(self, rows: Sequence[dict[str, Any]]) -> list[RowReport]:
        """What becomes of each, in their order."""
        known = self._known(rows)
        reports: dict[int, RowReport] = {}
        others: dict[int, SourceRow[Any]] = {}
        for number, row in enumerate(rows):
            told = self._treated(row, known)
            if isinstance(told, SourceRow):
                others[number] = told
            else:
                reports[number] = told
        reports |= self._from_elsewhere(rows, others)
        return [reports[number] for number in range(len(rows))]

    def _known(self, rows: Sequence[dict[str, Any]]) -> dict[str, Item]:
        ids = [str(row_id) for row in rows if (row_id := _about(row).get("id"))]
        found = self.kept.by_ids(ids) if ids else []
        return {item.id: item for item in found if self.caller.may_touch(item.content.sectors)}

    def _treated(self, row: dict[str, Any], known: dict[str, Item]) -> RowReport | SourceRow[Any]:
        """What became of it; or what has to go the way of things from elsewhere."""
        if "faults" in row:
            return _refused(row, faults=tuple(RowFault(**one) for one in row["faults"]))
        if self._is_repeated(_key(row)):
            return _refused(row, "row_repeated")
        about = _about(row)
        try:
            if item_id := about.get("id"):
                item = known.get(str(item_id))
                return self._edited(row, item) if item else _refused(row, f"{self.kind.name}_not_found")
            made = self._row_from(row, about)
            if _key(row) is None and self._is_repeated(made.external_id):
                return _refused(row, "row_repeated")
            return made
        except ValidationError as error:
            return _refused(row, faults=_faults(error))

    def _is_repeated(self, key: str | None) -> bool:
        repeated = key in self.seen
        if key is not None:
            self.seen.add(key)
        return repeated

    def _edited(self, row: dict[str, Any], item: Item) -> RowReport:
        """A row that names what it edits, and the revision of it that its author saw."""
        content = self._content(row, item.content)
        changes = _changes(item.content, content)
        told: dict[str, Any] = {"label": _label(item.content), "item_id": item.id}
        if not changes:
            return RowReport(place=row["place"], outcome=Outcome.UNCHANGED, **told)
        seen = _number(_about(row).get("revision"))
        if seen is None:
            return _refused(row, "revision_missing", **told)
        if seen != item.revision:
            if self._changed_nothing(row, item, seen):
                return RowReport(place=row["place"], outcome=Outcome.UNCHANGED, **told)
            return _refused(row, "stale_revision", changes=changes, **told)
        try:
            self._write(item, content)
        except NexusError as error:
            return _refused(row, error.code, **told)
        return RowReport(place=row["place"], outcome=Outcome.UPDATED, changes=changes, **told)

    def _write(self, item: Item, content: Any) -> None:
        self.desk.require_writable(content, self.caller)
        if not self.dry_run:
            with self.recording("run_import", self.caller):
                self.desk.edit(item.id, item.revision, content, self.caller)

    def _changed_nothing(self, row: dict[str, Any], item: Item, seen: int) -> bool:
        """Whether the row is as its author found it: what others wrote since is not touched then."""
        then = next(
            (content for note, content in self.desk.revisions(item.id) if note.revision == seen), None
        )
        return then is not None and not _changes(then, self._content(row, then))

    def _content(self, row: dict[str, Any], below: Any | None) -> Any:
        """What a row describes; what it does not mention is as in `below`. Raises ValidationError."""
        of = self.kind.content
        if "cells" in row:
            given = {name: _plain(text) for name, text in row["cells"].items() if name not in _ABOUT}
            values = tree(of, (cells(below) if below else {}) | given)
            values |= {name: given[name] for name in unknown(of, given) if given[name]}  # is refused
        else:
            values = below.model_dump(mode="json") if below else {}
            values |= {name: value for name, value in row["tree"].items() if name not in _ABOUT}
            values = {name: value for name, value in values.items() if value is not None}
        return of.model_validate(values)

    def _row_from(self, row: dict[str, Any], about: dict[str, Any]) -> SourceRow[Any]:
        if "content" in row:
            return SourceRow[Any](
                external_id=row["external_id"], content=self.kind.content.model_validate(row["content"])
            )
        content = self._content(row, None)
        return SourceRow[Any](external_id=self._identity(about, content), content=content)

    def _identity(self, about: dict[str, Any], content: Any) -> str:
        """By what a new one is known next time: what its row says, or else its title, in this sector."""
        title = content.title.fr or content.title.en or ""
        return str(about.get("external_id") or f"{self.caller.sector or ''}/{slugify(title)}")

    def _from_elsewhere(
        self, rows: Sequence[dict[str, Any]], others: dict[int, SourceRow[Any]]
    ) -> dict[int, RowReport]:
        if not others:
            return {}
        given = list(others.values())
        planned = self._bring_in(given, dry_run=True)
        before = self._standing(planned)
        report = planned if self.dry_run else self._bring_in(given, dry_run=False)
        return {
            number: self._told(rows[number]["place"], row, answer, before.get(answer.item_id or ""))
            for number, row, answer in zip(others, given, report, strict=True)
        }

    def _bring_in(self, given: Sequence[SourceRow[Any]], *, dry_run: bool) -> tuple[ImportedRow, ...]:
        with self.recording("run_import", self.caller):
            return self.desk.bring_in(
                self.source, given, self.caller, publish=self.publish, dry_run=dry_run
            ).rows

    def _standing(self, planned: Sequence[ImportedRow]) -> dict[str, Any]:
        """The contents that stand now, by the ids of what the rows would change."""
        ids = [row.item_id for row in planned if row.outcome is Outcome.UPDATED and row.item_id]
        return {item.id: item.content for item in self.kept.by_ids(ids)} if ids else {}

    def _told(self, place: str, row: SourceRow[Any], answer: ImportedRow, before: Any | None) -> RowReport:
        is_there = answer.outcome is not Outcome.CREATED or not self.dry_run
        return RowReport(
            place=place,
            label=_label(row.content),
            outcome=answer.outcome,
            item_id=answer.item_id if is_there else None,
            faults=(RowFault(field="", code=answer.code, reason=""),) if answer.code else (),
            changes=_changes(before, row.content) if before and answer.outcome is Outcome.UPDATED else (),
        )


def _about(row: dict[str, Any]) -> dict[str, Any]:
    given = row.get("cells") or row.get("tree") or {}
    return {name: given.get(name) for name in _ABOUT}


def _key(row: dict[str, Any]) -> str | None:
    """By what two rows of one file are the same."""
    about = _about(row)
    if about.get("id"):
        return str(about["id"])
    named = row.get("external_id") or about.get("external_id")
    return str(named) if named else None


def _plain(text: str) -> str:
    """A cell without the apostrophe that kept spreadsheets from taking it for a formula."""
    return text[1:] if text.startswith(_ESCAPED) else text


def _number(value: Any) -> int | None:
    text = str(value or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _label(content: Any) -> str:
    return str(content.title.fr or content.title.en or "")[:_LONGEST]


def _changes(before: Any, after: Any) -> tuple[CellChange, ...]:
    old, new = cells(before), cells(after)
    return tuple(
        CellChange(field=name, before=_cut(old.get(name, "")), after=_cut(new.get(name, "")))
        for name in dict.fromkeys((*old, *new))
        if _lines(old.get(name, "")) != _lines(new.get(name, ""))
    )


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")  # spreadsheets have ends of lines of their own


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _column(told: dict[str, str]) -> str:
    path, unknown_here = told["field"], told["type"] == "extra_forbidden"  # named as the table names it
    return path if unknown_here else as_column(path)


def _faults(error: ValidationError) -> tuple[RowFault, ...]:
    return tuple(
        RowFault(field=_column(told), code=told["type"], reason=told["reason"])
        for told in field_errors(error)[:20]
    )


def _refused(
    row: dict[str, Any], code: str = "", faults: tuple[RowFault, ...] = (), **told: Any
) -> RowReport:
    label = str(row.get("external_id") or _about(row).get("external_id") or _title(row))[:_LONGEST]
    faults = faults or (RowFault(field="", code=code, reason=""),)
    return RowReport(
        **{"place": row["place"], "label": label, "outcome": Outcome.REFUSED, "faults": faults, **told}
    )


def _title(row: dict[str, Any]) -> str:
    if "cells" in row:
        return row["cells"].get("title.fr") or row["cells"].get("title.en") or ""
    title = row.get("tree", {}).get("title")
    return str(title.get("fr") or title.get("en") or "") if isinstance(title, dict) else ""
