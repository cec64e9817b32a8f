"""Use cases of meeting types: list, save, archive."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller, Role, Scope
from nexus.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleRevision
from nexus.service import rpc
from services.meetings.contracts.types import (
    ArchiveMeetingType,
    GetMeetingType,
    ListMeetingTypes,
    MeetingType,
    MeetingTypes,
    SaveMeetingType,
)
from services.meetings.service.repeats import id_of
from services.meetings.store.advisors import TypeStore

LEADERS = (Role.COORDINATOR, Role.ADMIN)
STAFF = (Role.ADVISOR, *LEADERS)
# A system with such a key does for its sector what coordinators do: it is nobody's advisor.
MEETING_LEADERS = (*LEADERS, Scope.MEETINGS_WRITE)
MEETING_STAFF = (*STAFF, Scope.MEETINGS_WRITE)
CASE_LEADERS = (*LEADERS, Scope.CASES_WRITE)
CASE_STAFF = (*STAFF, Scope.CASES_WRITE)
GOAL_READERS = (*LEADERS, Scope.GOAL_READ)


def sector_of(caller: Caller, named: str | None) -> str:
    """The sector that a command is about. Raises InvalidInput(`sector_missing`), Forbidden."""
    if caller.sector is None:
        if named is None:
            raise InvalidInput("sector_missing")
        return named
    if named not in (None, caller.sector):
        raise Forbidden("sector_forbidden", sectors=[named])
    return caller.sector


@dataclass(frozen=True)
class TypeDesk:
    """What coordinators do with the types of their sector, and what everybody sees of them."""

    types: TypeStore
    clock: Callable[[], datetime]

    def listed(self, query: ListMeetingTypes, caller: Caller) -> MeetingTypes:
        """Those that may be booked, or all."""
        if query.every:
            caller.require(*MEETING_STAFF)
        shown = [
            one
            for one in self.types.of_sector(caller.sector)
            if query.every or (one.content.audience == "public" and not one.archived)
        ]
        shown.sort(key=lambda one: (one.archived, one.content.name.fr.casefold(), one.id))
        return MeetingTypes(items=tuple(shown))

    def get(self, type_id: str, caller: Caller) -> MeetingType:
        """One that exists; archived ones, and those for staff, are for staff. Raises NotFound."""
        found = self.types.by_id(caller.sector, type_id)
        hidden = found is None or found.archived or found.content.audience == "staff"
        if found is None or (hidden and not caller.has(*MEETING_STAFF)):
            raise NotFound("meeting_type_not_found", id=type_id)
        return found

    def bookable(self, type_id: str, caller: Caller) -> MeetingType:
        """One that `caller` may book. Raises NotFound(`meeting_type_not_found`)."""
        found = self.get(type_id, caller)
        if found.archived:
            raise NotFound("meeting_type_not_found", id=type_id)
        return found

    def save(self, command: SaveMeetingType, caller: Caller) -> MeetingType:
        """Raises StaleRevision, NotFound."""
        caller.require(*MEETING_LEADERS)
        if command.id is None:
            return self._new(command, caller)
        before = self._one(command.id, command.revision, caller)
        return self._save(before, before.model_copy(update={"content": command.content}))

    def archive(self, command: ArchiveMeetingType, caller: Caller) -> MeetingType:
        """Raises StaleRevision, NotFound."""
        caller.require(*MEETING_LEADERS)
        before = self._one(command.id, command.revision, caller)
        return self._save(before, before.model_copy(update={"archived": command.archived}))

    def _new(self, command: SaveMeetingType, caller: Caller) -> MeetingType:
        """Raises Conflict(`key_reused`)."""
        type_id = id_of(f"type:{command.key}", caller) if command.key else uuid4().hex
        before = self.types.by_id(caller.sector, type_id) if command.key else None
        if before is None:
            sector, now = sector_of(caller, command.sector), self.clock()
            new = MeetingType(id=type_id, sector=sector, revision=1, content=command.content, updated_at=now)
            return self._save(None, new)
        if before.content != command.content:
            raise Conflict("key_reused")
        return before

    def _one(self, type_id: str, revision: int, caller: Caller) -> MeetingType:
        found = self.types.by_id(caller.sector, type_id)
        if found is None:
            raise NotFound("meeting_type_not_found", id=type_id)
        if found.revision != revision:
            raise StaleRevision(id=type_id, yours=revision, current=found.revision)
        return found

    def _save(self, before: MeetingType | None, after: MeetingType) -> MeetingType:
        revision = before.revision if before else 0
        after = after.model_copy(update={"revision": revision + 1, "updated_at": self.clock()})
        if not self.types.save(after, revision):
            raise StaleRevision(id=after.id, yours=revision)
        note(
            "meeting_type",
            after.id,
            after.content.name.fr,
            _noted(before),
            _noted(after),
            sector=after.sector,
        )
        return after


def _noted(one: MeetingType | None) -> dict[str, object] | None:
    return one.model_dump(mode="json", include={"archived", "content"}) if one else None


class TypeDoors:
    """What the service answers about types of meetings."""

    types: TypeDesk

    @rpc
    def list_meeting_types(self, query: ListMeetingTypes, caller: Caller) -> MeetingTypes:
        return self.types.listed(query, caller)

    @rpc
    def get_meeting_type(self, query: GetMeetingType, caller: Caller) -> MeetingType:
        return self.types.get(query.id, caller)

    @rpc
    def save_meeting_type(self, command: SaveMeetingType, caller: Caller) -> MeetingType:
        return self.types.save(command, caller)

    @rpc
    def archive_meeting_type(self, command: ArchiveMeetingType, caller: Caller) -> MeetingType:
        return self.types.archive(command, caller)
