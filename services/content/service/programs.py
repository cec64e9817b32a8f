"""The doors of programs."""

from nexus.caller import Caller
from nexus.service import rpc
from services.content.contracts.programs import (
    CreateProgram,
    EditProgram,
    GetProgram,
    GetProgramHistory,
    ImportPrograms,
    ListPrograms,
    Program,
    ProgramHistory,
    ProgramPage,
    PublishProgram,
    RetireProgram,
    RevisionNote,
)
from services.content.contracts.publications import ImportReport
from services.content.service.desk import Desk


class ProgramDoors:
    """What the service answers about programs."""

    programs: Desk

    @rpc
    def get_program(self, query: GetProgram, caller: Caller) -> Program:
        found: Program = self.programs.get(query.ref, caller)
        return found

    @rpc
    def list_programs(self, query: ListPrograms, caller: Caller) -> ProgramPage:
        return ProgramPage(**self.programs.page(query.status, query.after, query.limit, caller))

    @rpc
    def get_program_history(self, query: GetProgramHistory, caller: Caller) -> ProgramHistory:
        program_id, revisions = self.programs.history(query.ref, caller)
        return ProgramHistory(
            program_id=program_id, revisions=tuple(RevisionNote(**one) for one in revisions)
        )

    @rpc
    def create_program(self, command: CreateProgram, caller: Caller) -> Program:
        made: Program = self.programs.create(command.content, caller)
        return made

    @rpc
    def edit_program(self, command: EditProgram, caller: Caller) -> Program:
        edited: Program = self.programs.edit(command.id, command.revision, command.content, caller)
        return edited

    @rpc
    def publish_program(self, command: PublishProgram, caller: Caller) -> Program:
        published: Program = self.programs.publish(command.id, command.revision, caller)
        return published

    @rpc
    def retire_program(self, command: RetireProgram, caller: Caller) -> Program:
        retired: Program = self.programs.retire(command.id, command.revision, caller)
        return retired

    @rpc
    def import_programs(self, command: ImportPrograms, caller: Caller) -> ImportReport:
        return self.programs.bring_in(
            command.source, command.rows, caller, publish=command.publish, dry_run=command.dry_run
        )
