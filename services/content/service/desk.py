"""What editors and visitors do with publications of one kind. The doors of the service lead here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller, Role, Scope
from nexus.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleRevision
from services.content.contracts.publications import (
    ImportedRow,
    ImportReport,
    Outcome,
    SourceRow,
    Status,
)
from services.content.contracts.texts import SlugText
from services.content.domain import lifecycle
from services.content.domain.freshness import day_of
from services.content.domain.lifecycle import Act, Change, Content, Item, Kind, Note, Record

EDITORS = (Role.EDITOR, Role.ADMIN)
_DUE_AT_ONCE = 50


class Publications(Protocol):
    """Where publications of one kind are kept."""

    def by_ref(self, ref: str) -> Record | None: ...
    def by_source_keys(self, keys: Sequence[str]) -> dict[str, Record]: ...
    def slugs_in_use(self, slugs: Sequence[str]) -> dict[str, str]: ...
    def page(
        self, status: Status, sector: str | None, after: str | None, limit: int
    ) -> tuple[list[Item], int]: ...
    def by_date(
        self,
        wanted: Mapping[str, Any],
        sector: str | None,
        ending_after: datetime | None,
        skip: int,
        limit: int,
    ) -> tuple[list[Item], int]: ...
    def history(
        self, item_id: str, before: int | None = None, limit: int | None = None
    ) -> list[tuple[Note, Any]]: ...
    def save(self, changes: Sequence[Change]) -> dict[str, str]: ...


class Attachments(Protocol):
    """What publications of a kind name and others keep: their files."""

    def problem(self, content: Any) -> str | None:
        """The code of the refusal if `content` names what is not there."""
        ...

    def complete(self, change: Change, caller: Caller) -> Change:
        """`change`, by `caller`, with what its item and its events tell about what they name."""
        ...


class NoAttachments:
    """A kind that stands for itself."""

    def problem(self, content: Any) -> str | None:
        return None

    def complete(self, change: Change, caller: Caller) -> Change:
        return change


class Desk:
    """The use cases of one kind. Each checks role and sector of the caller itself."""

    def __init__(
        self,
        kind: Kind,
        kept: Publications,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
        attachments: Attachments | None = None,
    ) -> None:
        self.writers: tuple[Role | Scope, ...] = (*EDITORS, kind.scope) if kind.scope else EDITORS
        self._kind = kind
        self._attachments = attachments or NoAttachments()
        self._kept = kept
        self._clock = clock
        self._wake = wake

    def get(self, ref: str, caller: Caller) -> Any:
        """One that the caller may see. Raises NotFound(`<kind>_not_found`, `<kind>_retired`)."""
        item = self._visible(ref, caller).item
        if item.status is Status.RETIRED and not caller.has(*self.writers):
            raise NotFound(f"{self._kind.name}_retired", title=item.content.title.model_dump())
        return self._shown(item, caller)

    def page(self, status: Status, after: str | None, limit: int, caller: Caller) -> dict[str, Any]:
        """The fields of a PublicationPage. Others than published ones are for editors."""
        if status is not Status.PUBLISHED:
            caller.require(*EDITORS)
        items, total = self._kept.page(status, caller.sector, after, limit + 1)
        shown = [self._shown(item, caller) for item in items[:limit]]
        more = len(items) > limit
        return {"items": tuple(shown), "total": total, "next": shown[-1].slug.fr if more else None}

    def by_date(
        self, query: Any, caller: Caller, wanted: Mapping[str, Any], *, upcoming: bool = False
    ) -> dict[str, Any]:
        """The fields of a page of what has a date, latest first; `upcoming`: what has not ended, next first.

        `wanted` narrows by `theme` and `tag`, where they are not None. Others than published ones are for
        editors."""
        if query.status is not Status.PUBLISHED:
            caller.require(*EDITORS)
        items, total = self._kept.by_date(
            {"status": query.status, **wanted},
            caller.sector,
            self._clock() if upcoming else None,
            (query.page - 1) * query.per_page,
            query.per_page,
        )
        return {"items": tuple(items), "total": total, "page": query.page, "per_page": query.per_page}

    def publish_due(self, find: Callable[[datetime, int], Iterable[str]], caller: Caller) -> None:
        """Publish the drafts whose moment has come; `find` knows up to so many by then. Whoever else does the same
        meanwhile: one of us writes."""
        act = self._act(caller)
        found = find(act.at, _DUE_AT_ONCE)
        records = [record for item_id in found if (record := self._kept.by_ref(item_id))]
        due = [change for record in records if (change := lifecycle.publish_if_due(record, act))]
        if due:
            self._kept.save([self._completed(change, caller) for change in due])
            self._wake()

    def history(
        self, ref: str, caller: Caller, before: int | None = None, limit: int | None = None
    ) -> tuple[str, list[dict[str, Any]]]:
        """The id, and the fields of a Revision for each, newest first: up to `limit` of those `before` one. For
        editors."""
        caller.require(*EDITORS)
        item_id = self._visible(ref, caller).item.id
        revisions = self._kept.history(item_id, before, limit)
        return item_id, [_revision(note, content) for note, content in revisions]

    def revisions(self, item_id: str) -> list[tuple[Note, Any]]:
        """Every revision of one that the caller was shown, newest first."""
        return self._kept.history(item_id)

    def create(self, content: Content, caller: Caller, item_id: str | None = None) -> Any:
        """A new draft. One that has `item_id` already was made by this very command, before a crash."""
        self.require_writable(content, caller)
        if item_id and (made := self._kept.by_ref(item_id)):
            return made.item
        slug = self._free_slugs(lifecycle.wished_slugs(self._kind, content, None), None)
        change = lifecycle.create(
            self._kind, item_id or uuid4().hex, content, slug, Status.DRAFT, self._act(caller)
        )
        return self._save(change, None, caller, content)

    def edit(self, item_id: str, revision: int, content: Content, caller: Caller) -> Any:
        """Another content for what stood at `revision`. Raises StaleRevision with both versions."""
        record = self._editable(item_id, caller)
        self.require_writable(content, caller)
        lifecycle.require_revision(record, revision, content)
        slug = self._free_slugs(lifecycle.wished_slugs(self._kind, content, record.item), record.item.id)
        change = lifecycle.edit(record, content, slug, self._act(caller))
        return self._save(change, record, caller, content) if change else record.item

    def publish(self, item_id: str, revision: int | None, caller: Caller) -> Any:
        """Show it to everybody."""
        return self._turn(lifecycle.publish, item_id, revision, caller)

    def retire(self, item_id: str, revision: int | None, caller: Caller) -> Any:
        """Take it away."""
        return self._turn(lifecycle.retire, item_id, revision, caller)

    def revise(
        self, item_id: str, revision: int | None, change: Callable[[Any], Content], caller: Caller
    ) -> Any:
        """What `change` makes of the content that stands (at `revision`, unless None). Raises StaleRevision."""
        record = self._editable(item_id, caller)
        lifecycle.require_revision(record, revision)
        edited = lifecycle.edit(record, change(record.item.content), record.item.slug, self._act(caller))
        return self._save(edited, record, caller) if edited else record.item

    def bring_in(
        self, source: str, rows: Sequence[SourceRow[Any]], caller: Caller, *, publish: bool, dry_run: bool
    ) -> ImportReport:
        """Each row on its own: one that is refused does not keep the others out."""
        caller.require(*EDITORS)
        keys = [f"{source}:{row.external_id}" for row in rows]
        known = self._kept.by_source_keys(keys)
        changes, report = self._plan(list(zip(keys, rows, strict=True)), known, publish, caller, dry_run)
        if not dry_run and changes:
            refused = self._kept.save([self._completed(one, caller) for one in changes.values()])
            self._wake()
            report = [_unless_refused(row, refused) for row in report]
            note(f"{self._kind.name}_import", source, source, after=_brought_in(report))
        return ImportReport(rows=tuple(report))

    def _plan(
        self,
        keyed: Sequence[tuple[str, SourceRow[Any]]],
        known: dict[str, Record],
        publish: bool,
        caller: Caller,
        dry_run: bool,
    ) -> tuple[dict[str, Change], list[ImportedRow]]:
        act = self._act(caller)
        wishes = {key: self._wish(row.content, known.get(key)) for key, row in keyed}
        taken = self._kept.slugs_in_use([slug for wish in wishes.values() for slug in _both(wish)])
        changes: dict[str, Change] = {}
        report: list[ImportedRow] = []
        for key, row in keyed:
            record = known.get(key)
            problem = self._problem(row, record, key in changes, caller)
            if not problem and not dry_run:  # what it names is sent only when it is meant
                problem = self._attachments.problem(row.content)
            if problem:
                report.append(_refused(row, problem))
                continue
            slug = _claimed_slugs(wishes[key], taken, record, key)
            show = publish and lifecycle.may_show(row.content, act.at)
            change = (
                lifecycle.import_again(record, row.content, slug, show, act)
                if record
                else lifecycle.import_as_new(self._kind, uuid4().hex, key, row.content, slug, show, act)
            )
            if change:
                changes[key] = change
                taken |= dict.fromkeys(change.after.slugs, change.after.item.id)
            report.append(_planned(row, record, change))
        return changes, report

    def _wish(self, content: Content, record: Record | None) -> SlugText:
        return lifecycle.wished_slugs(self._kind, content, record.item if record else None)

    def _problem(
        self, row: SourceRow[Any], record: Record | None, repeated: bool, caller: Caller
    ) -> str | None:
        if repeated:
            return "external_id_repeated"
        if not caller.may_touch(row.content.sectors):
            return "sector_forbidden"
        if record and not caller.may_touch(record.item.content.sectors):
            return "sector_forbidden"
        return None

    def _free_slugs(self, wish: SlugText, own: str | None) -> SlugText:
        candidates = [slug if n == 1 else f"{slug}-{n}" for slug in _both(wish) for n in range(1, 21)]
        in_use = self._kept.slugs_in_use(candidates)
        return lifecycle.free_slugs(wish, {slug for slug, owner in in_use.items() if owner != own})

    def _shown(self, item: Item, caller: Caller) -> Any:
        return self._kind.public(item) if caller.roles.isdisjoint(EDITORS) else item

    def _visible(self, ref: str, caller: Caller) -> Record:
        record = self._kept.by_ref(ref)
        hidden = record is None or not caller.may_touch(record.item.content.sectors)
        if record is None or hidden or (_is_draft(record) and not caller.has(*self.writers)):
            raise NotFound(f"{self._kind.name}_not_found", ref=ref)
        return record

    def _editable(self, ref: str, caller: Caller) -> Record:
        caller.require(*self.writers)
        return self._visible(ref, caller)

    def require_writable(self, content: Content, caller: Caller) -> None:
        """Raises Forbidden, or NotFound if `content` names what is not there."""
        caller.require(*self.writers)
        if not caller.may_touch(content.sectors):
            raise Forbidden("sector_forbidden", sectors=list(content.sectors))
        if problem := self._attachments.problem(content):
            raise NotFound(problem) if problem == "file_not_found" else InvalidInput(problem)

    def _turn(
        self,
        turn: Callable[[Record, Act], Change | None],
        item_id: str,
        revision: int | None,
        caller: Caller,
    ) -> Any:
        record = self._editable(item_id, caller)
        lifecycle.require_revision(record, revision)
        change = turn(record, self._act(caller))
        return self._save(change, record, caller) if change else record.item

    def today(self) -> date:
        """The day that it is in Montréal."""
        return day_of(self._clock())

    def _act(self, caller: Caller) -> Act:
        return Act(by=caller.person, at=self._clock())

    def _completed(self, change: Change, caller: Caller) -> Change:
        return lifecycle.with_shown_files(self._attachments.complete(change, caller))

    def _save(
        self, change: Change, before: Record | None, caller: Caller, wanted: Content | None = None
    ) -> Any:
        change = self._completed(change, caller)
        item = change.after.item
        refused = self._kept.save([change])
        self._wake()
        match refused.get(item.id):
            case "stale_revision":
                current = self._kept.by_ref(item.id)
                if current:
                    lifecycle.require_revision(current, change.before, wanted)
                raise StaleRevision(id=item.id)
            case "slug_taken":
                raise Conflict("slug_taken", slug=item.slug.model_dump())
        title = item.content.title
        label = title.fr or title.en or item.slug.fr
        note(self._kind.name, item.id, label, _noted(before.item) if before else None, _noted(item))
        return item


def _noted(item: Any) -> dict[str, Any]:
    """What the audit trail compares: without whose address is named, which could not be taken out of it again."""
    return {
        "status": item.status.value,
        "slug": item.slug.model_dump(),
        **item.content.model_dump(mode="json", exclude_defaults=True, exclude={"owner"}),
    }


def _brought_in(report: Sequence[ImportedRow]) -> dict[str, list[str]]:
    """The ids of what an import changed."""
    return {
        outcome.value: ids
        for outcome in (Outcome.CREATED, Outcome.UPDATED)
        if (ids := [row.item_id for row in report if row.outcome is outcome and row.item_id])
    }


def _is_draft(record: Record) -> bool:
    return record.item.status is Status.DRAFT


def _both(slug: SlugText) -> tuple[str, str]:
    return slug.fr, slug.en


def _claimed_slugs(wish: SlugText, taken: dict[str, str], record: Record | None, key: str) -> SlugText:
    """`wish`, or with a mark of the row's own behind a slug that another one has: no further look is needed."""
    own = record.item.id if record else None
    others = {slug for slug in _both(wish) if taken.get(slug, own) != own}
    return lifecycle.marked_slugs(wish, others, key) if others else wish


def _revision(note: Note, content: Any) -> dict[str, Any]:
    return {
        "revision": note.revision,
        "at": note.at,
        "by": note.by,
        "status": note.status,
        "changed": note.changed,
        "content": content,
    }


def _refused(row: SourceRow[Any], code: str) -> ImportedRow:
    return ImportedRow(external_id=row.external_id, outcome=Outcome.REFUSED, code=code)


def _planned(row: SourceRow[Any], record: Record | None, change: Change | None) -> ImportedRow:
    item = change.after.item if change else (record.item if record else None)
    outcome = Outcome.UNCHANGED if change is None else Outcome.UPDATED if record else Outcome.CREATED
    return ImportedRow(
        external_id=row.external_id,
        outcome=outcome,
        item_id=item.id if item else None,
        revision=item.revision if item else None,
    )


def _unless_refused(row: ImportedRow, refused: dict[str, str]) -> ImportedRow:
    code = refused.get(row.item_id or "")
    return row.model_copy(update={"outcome": Outcome.REFUSED, "code": code}) if code else row
