"""Commands on a small bus that keeps programs as the content service does."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from nexus.caller import operator
from nexus.cli import main
from nexus.errors import NotFound, StaleRevision
from services.content import commands
from services.content.contracts import (
    EditProgram,
    GetProgram,
    GetProgramHistory,
    ImportedRow,
    ImportPrograms,
    ImportReport,
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

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class KeptPrograms:
    """A bus with the content service's rules for revisions, imports and refusals, in a dict.

    Messages are written as JSON and read back, as on a wire."""

    def __init__(self) -> None:
        self.programs: dict[str, Program] = {}
        self.imported: dict[str, tuple[str, ProgramContent]] = {}  # source key → id, content
        self.notes: dict[str, list[RevisionNote]] = {}
        self.chunks: list[int] = []
        self.fails: list[Exception] = []

    async def call(
        self, message: Any, caller: Any, *, service: str | None = None, deadline: float = 10
    ) -> Any:
        if self.fails:
            raise self.fails.pop(0)
        heard = type(message).model_validate_json(message.model_dump_json())
        answer = getattr(self, f"_{message.method}")(heard)
        return message.result.validate_json(message.result.dump_json(answer))

    def listen(self, events: Any, heard: Any) -> None:
        """Nothing happens behind this bus."""

    def _keep(self, program: Program, *changed: str) -> Program:
        self.programs[program.id] = program
        note = RevisionNote(
            revision=program.revision,
            at=NOW,
            by="ana",
            status=program.status,
            changed=changed,
            content=program.content,
        )
        self.notes.setdefault(program.id, []).insert(0, note)
        return program

    def revise(self, program: Program, *changed: str, **fields: Any) -> Program:
        if all(getattr(program, name) == value for name, value in fields.items()):
            return program
        return self._keep(program.model_copy(update={"revision": program.revision + 1, **fields}), *changed)

    def create(self, content: ProgramContent, status: Status) -> Program:
        program_id = f"p{len(self.programs) + 1}"
        slug = SlugText(fr=program_id + "-fr", en=program_id + "-en")
        return self._keep(
            Program(
                id=program_id,
                revision=1,
                status=status,
                slug=slug,
                content=content,
                created_at=NOW,
                updated_at=NOW,
            )
        )

    def _get_program(self, query: GetProgram) -> Program:
        for program in self.programs.values():
            if query.ref in (program.id, program.slug.fr, program.slug.en):
                return program
        raise NotFound("program_not_found", ref=query.ref)

    def _list_programs(self, query: ListPrograms) -> ProgramPage:
        found = tuple(program for program in self.programs.values() if program.status is query.status)
        return ProgramPage(items=found[: query.limit], total=len(found))

    def _get_program_history(self, query: GetProgramHistory) -> ProgramHistory:
        program = self._get_program(GetProgram(ref=query.ref))
        return ProgramHistory(program_id=program.id, revisions=tuple(self.notes[program.id]))

    def _publish_program(self, command: PublishProgram) -> Program:
        return self.revise(self.programs[command.id], "status", status=Status.PUBLISHED)

    def _retire_program(self, command: RetireProgram) -> Program:
        return self.revise(self.programs[command.id], "status", status=Status.RETIRED)

    def _edit_program(self, command: EditProgram) -> Program:
        program = self.programs[command.id]
        if command.revision != program.revision:
            raise StaleRevision(id=program.id)
        return self.revise(program, "content", content=command.content)

    def _import_programs(self, command: ImportPrograms) -> ImportReport:
        self.chunks.append(len(command.rows))
        return ImportReport(rows=tuple(self._import(command, row) for row in command.rows))

    def _import(self, command: ImportPrograms, row: Any) -> ImportedRow:
        key = f"{command.source}:{row.external_id}"
        known = self.imported.get(key)
        outcome = Outcome.UPDATED if known else Outcome.CREATED
        if known and known[1] == row.content:
            outcome = Outcome.UNCHANGED
        if "taken" in (row.content.title.fr or ""):
            return ImportedRow(external_id=row.external_id, outcome=Outcome.REFUSED, code="slug_taken")
        if command.dry_run or outcome is Outcome.UNCHANGED:
            return ImportedRow(external_id=row.external_id, outcome=outcome)
        if known:
            program = self.revise(self.programs[known[0]], "content", content=row.content)
        else:
            program = self.create(row.content, Status.PUBLISHED if command.publish else Status.DRAFT)
        self.imported[key] = (program.id, row.content)
        return ImportedRow(
            external_id=row.external_id, outcome=outcome, item_id=program.id, revision=program.revision
        )


def kept_programs_as_platform(monkeypatch: pytest.MonkeyPatch) -> KeptPrograms:
    """A new bus, which commands find where they look for the platform."""
    kept = KeptPrograms()

    @asynccontextmanager
    async def platform() -> AsyncIterator[Any]:
        yield SimpleNamespace(bus=kept, caller=operator("ana"))

    client = ModuleType("nexus.client")
    client.platform = platform  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nexus.client", client)
    return kept


def nexus(*arguments: str) -> Result:
    """What the command prints, through the group that tells refusals in words."""
    group = type(main)("nexus")
    for command in (commands.publish, commands.retire, commands.show, commands.edit, commands.history):
        group.add_command(command)
    group.add_command(click.Group("import", commands=[commands.import_programs]))
    return CliRunner().invoke(group, arguments, env={"COLUMNS": "200"})
