"""Use cases of programs."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from nexus.caller import Caller, Role
from nexus.errors import Conflict, Forbidden, NotFound, StaleRevision
from nexus.service import Service, rpc
from services.content import domain
from services.content.contracts import (
    CreateProgram,
    EditProgram,
    GetProgram,
    GetProgramHistory,
    ImportedRow,
    ImportPrograms,
    ImportReport,
    ImportRow,
    ListPrograms,
    Outcome,
    Program,
    ProgramContent,
    ProgramHistory,
    ProgramPage,
    PublishProgram,
    RetireProgram,
    RevisionNote,
    SlugText,
    Status,
)
from services.content.domain import Act, Change, Note, Record

_EDITORS = (Role.EDITOR, Role.ADMIN)


class Programs(Protocol):
    """Where programs are kept."""

    def by_ref(self, ref: str) -> Record | None: ...
    def by_source_keys(self, keys: Sequence[str]) -> dict[str, Record]: ...
    def slugs_in_use(self, slugs: Sequence[str]) -> dict[str, str]: ...
    def page(
        self, status: Status, sector: str | None, after: str | None, limit: int
    ) -> tuple[list[Program], int]: ...
    def history(self, program_id: str) -> list[tuple[Note, ProgramContent]]: ...
    def save(self, changes: Sequence[Change]) -> dict[str, str]: ...


class Content(Service):
    """What a sector's site says: programs."""

    name = "content"

    def __init__(self, programs: Programs, clock: Callable[[], datetime], wake: Callable[[], None]) -> None:
        self._programs = programs
        self._clock = clock
        self._wake = wake

    @rpc
    def get_program(self, query: GetProgram, caller: Caller) -> Program:
        program = self._visible(query.ref, caller).program
        if program.status is Status.RETIRED and caller.roles.isdisjoint(_EDITORS):
            raise NotFound("program_retired", title=program.content.title.model_dump())
        return program

    @rpc
    def list_programs(self, query: ListPrograms, caller: Caller) -> ProgramPage:
        if query.status is not Status.PUBLISHED:
            caller.require(*_EDITORS)
        items, total = self._programs.page(query.status, caller.sector, query.after, query.limit + 1)
        more = len(items) > query.limit
        shown = items[: query.limit]
        return ProgramPage(items=tuple(shown), total=total, next=shown[-1].slug.fr if more else None)

    @rpc
    def get_program_history(self, query: GetProgramHistory, caller: Caller) -> ProgramHistory:
        caller.require(*_EDITORS)
        program_id = self._visible(query.ref, caller).program.id
        revisions = tuple(_revision(note, content) for note, content in self._programs.history(program_id))
        return ProgramHistory(program_id=program_id, revisions=revisions)

    @rpc
    def create_program(self, command: CreateProgram, caller: Caller) -> Program:
        self._may_write(command.content, caller)
        slug = self._free_slugs(domain.wished_slugs(command.content, None), None)
        change = domain.create(uuid4().hex, command.content, slug, Status.DRAFT, self._act(caller))
        return self._save(change, command.content)

    @rpc
    def edit_program(self, command: EditProgram, caller: Caller) -> Program:
        record = self._editable(command.id, caller)
        self._may_write(command.content, caller)
        domain.require_revision(record, command.revision, command.content)
        slug = self._slugs_for(command.content, record)
        change = domain.edit(record, command.content, slug, self._act(caller))
        return self._save(change, command.content) if change else record.program

    @rpc
    def publish_program(self, command: PublishProgram, caller: Caller) -> Program:
        record = self._editable(command.id, caller)
        domain.require_revision(record, command.revision)
        change = domain.publish(record, self._act(caller))
        return self._save(change) if change else record.program

    @rpc
    def retire_program(self, command: RetireProgram, caller: Caller) -> Program:
        record = self._editable(command.id, caller)
        domain.require_revision(record, command.revision)
        change = domain.retire(record, self._act(caller))
        return self._save(change) if change else record.program

    @rpc
    def import_programs(self, command: ImportPrograms, caller: Caller) -> ImportReport:
        """Each row on its own: one that is refused does not keep the others out."""
        caller.require(*_EDITORS)
        keys = [f"{command.source}:{row.external_id}" for row in command.rows]
        known = self._programs.by_source_keys(keys)
        changes, report = self._plan(command, keys, known, caller)
        if not command.dry_run and changes:
            refused = self._programs.save(list(changes.values()))
            self._wake()
            report = [_unless_refused(row, refused) for row in report]
        return ImportReport(rows=tuple(report))

    def _plan(
        self, command: ImportPrograms, keys: list[str], known: dict[str, Record], caller: Caller
    ) -> tuple[dict[str, Change], list[ImportedRow]]:
        act = self._act(caller)
        wishes = {
            key: domain.wished_slugs(row.content, known[key].program if key in known else None)
            for key, row in zip(keys, command.rows, strict=True)
        }
        taken = self._programs.slugs_in_use([slug for wish in wishes.values() for slug in _both(wish)])
        changes: dict[str, Change] = {}
        report: list[ImportedRow] = []
        for key, row in zip(keys, command.rows, strict=True):
            record = known.get(key)
            if problem := self._problem(row, record, key in changes, caller):
                report.append(_refused(row, problem))
                continue
            slug = _claimed_slugs(wishes[key], taken, record, key)
            change = (
                domain.import_again(record, row, slug, command.publish, act)
                if record
                else domain.import_as_new(uuid4().hex, key, row, slug, command.publish, act)
            )
            if change:
                changes[key] = change
                taken |= dict.fromkeys(change.after.slugs, change.after.program.id)
            report.append(_planned(row, record, change))
        return changes, report

    def _problem(self, row: ImportRow, record: Record | None, repeated: bool, caller: Caller) -> str | None:
        if repeated:
            return "external_id_repeated"
        if not caller.may_touch(row.content.sectors):
            return "sector_forbidden"
        if record and not caller.may_touch(record.program.content.sectors):
            return "sector_forbidden"
        return None

    def _slugs_for(self, content: ProgramContent, record: Record) -> SlugText:
        return self._free_slugs(domain.wished_slugs(content, record.program), record.program.id)

    def _free_slugs(self, wish: SlugText, own: str | None) -> SlugText:
        candidates = [slug if n == 1 else f"{slug}-{n}" for slug in _both(wish) for n in range(1, 21)]
        in_use = self._programs.slugs_in_use(candidates)
        return domain.free_slugs(wish, {slug for slug, owner in in_use.items() if owner != own})

    def _visible(self, ref: str, caller: Caller) -> Record:
        record = self._programs.by_ref(ref)
        if record is None or not caller.may_touch(record.program.content.sectors):
            raise NotFound("program_not_found", ref=ref)
        if record.program.status is Status.DRAFT and caller.roles.isdisjoint(_EDITORS):
            raise NotFound("program_not_found", ref=ref)
        return record

    def _editable(self, ref: str, caller: Caller) -> Record:
        caller.require(*_EDITORS)
        return self._visible(ref, caller)

    def _may_write(self, content: ProgramContent, caller: Caller) -> None:
        caller.require(*_EDITORS)
        if not caller.may_touch(content.sectors):
            raise Forbidden("sector_forbidden", sectors=list(content.sectors))

    def _act(self, caller: Caller) -> Act:
        return Act(by=caller.person, at=self._clock())

    def _save(self, change: Change, wanted: ProgramContent | None = None) -> Program:
        program = change.after.program
        refused = self._programs.save([change])
        self._wake()
        match refused.get(program.id):
            case "stale_revision":
                current = self._programs.by_ref(program.id)
                if current:
                    domain.require_revision(current, change.before, wanted)
                raise StaleRevision(id=program.id)
            case "slug_taken":
                raise Conflict("slug_taken", slug=program.slug.model_dump())
        return program


def _both(slug: SlugText) -> tuple[str, str]:
    return slug.fr, slug.en


def _claimed_slugs(wish: SlugText, taken: dict[str, str], record: Record | None, key: str) -> SlugText:
    """`wish`, or with a mark of the row's own behind a slug that another program has: no further look is needed."""
    own = record.program.id if record else None
    others = {slug for slug in _both(wish) if taken.get(slug, own) != own}
    return domain.marked_slugs(wish, others, key) if others else wish


def _revision(note: Note, content: ProgramContent) -> RevisionNote:
    return RevisionNote(
        revision=note.revision,
        at=note.at,
        by=note.by,
        status=note.status,
        changed=note.changed,
        content=content,
    )


def _refused(row: ImportRow, code: str) -> ImportedRow:
    return ImportedRow(external_id=row.external_id, outcome=Outcome.REFUSED, code=code)


def _planned(row: ImportRow, record: Record | None, change: Change | None) -> ImportedRow:
    program = change.after.program if change else (record.program if record else None)
    outcome = Outcome.UNCHANGED if change is None else Outcome.UPDATED if record else Outcome.CREATED
    return ImportedRow(
        external_id=row.external_id,
        outcome=outcome,
        program_id=program.id if program else None,
        revision=program.revision if program else None,
    )


def _unless_refused(row: ImportedRow, refused: dict[str, str]) -> ImportedRow:
    code = refused.get(row.program_id or "")
    return row.model_copy(update={"outcome": Outcome.REFUSED, "code": code}) if code else row
