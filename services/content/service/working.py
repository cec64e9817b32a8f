"""What editors have typed and not saved: kept for whoever typed it, and for nobody else.

None of this is told to the audit trail: nobody else ever sees it, and what becomes of it is told when it is saved."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import orjson

from nexus.caller import Caller
from nexus.errors import Conflict, InvalidInput, NotFound
from nexus.service import every, on, rpc
from services.content.contracts.editing import ItemKind
from services.content.contracts.working import (
    DiscardWork,
    KeepWork,
    ListWork,
    OpenWork,
    Work,
    WorkList,
    WorkNote,
)
from services.content.service.desk import EDITORS
from services.people.contracts.people import PersonChanged

_LARGEST = 500_000  # bytes of one content


class WorkingCopies(Protocol):
    """Where working copies are kept."""

    def keep(self, person: str, work: Work) -> bool: ...
    def of(self, person: str, kind: ItemKind) -> list[WorkNote]: ...
    def get(self, person: str, work: str) -> Work | None: ...
    def finish(self, person: str, work: str, now: datetime) -> None: ...
    def tidy(self, now: datetime) -> None: ...
    def forget(self, person: str) -> None: ...


class WorkDesk:
    """The use cases of working copies. Each reaches the caller's own alone."""

    def __init__(self, kept: WorkingCopies, clock: Callable[[], datetime]) -> None:
        self._kept = kept
        self._clock = clock

    def keep(self, command: KeepWork, caller: Caller) -> WorkNote:
        """Raises Conflict(`work_finished`), InvalidInput(`work_too_large`)."""
        caller.require(*EDITORS)
        if len(orjson.dumps(command.content)) > _LARGEST:
            raise InvalidInput("work_too_large", limit=_LARGEST)
        work = Work(**dict(command), title=_title(command.content), at=self._clock())
        if not self._kept.keep(caller.person, work):
            raise Conflict("work_finished", work=command.work)
        return WorkNote(**work.model_dump(exclude={"content"}))

    def of(self, kind: ItemKind, caller: Caller) -> WorkList:
        """All of a kind."""
        caller.require(*EDITORS)
        return WorkList(items=tuple(self._kept.of(caller.person, kind)))

    def get(self, work: str, caller: Caller) -> Work:
        """Raises NotFound(`work_not_found`)."""
        caller.require(*EDITORS)
        if (found := self._kept.get(caller.person, work)) is None:
            raise NotFound("work_not_found", work=work)
        return found

    def finish(self, work: str, caller: Caller) -> None:
        """It was saved, or is not wanted any more."""
        caller.require(*EDITORS)
        self._kept.finish(caller.person, work, self._clock())

    def tidy(self) -> None:
        """Forget what nobody came back to."""
        self._kept.tidy(self._clock())

    def forget(self, person: str) -> None:
        """Somebody's account was removed: nobody could come back to what they typed."""
        self._kept.forget(person)


class WorkingDoors:
    """What the service answers about working copies."""

    working: WorkDesk

    @rpc
    def keep_work(self, command: KeepWork, caller: Caller) -> WorkNote:
        return self.working.keep(command, caller)

    @rpc
    def list_work(self, query: ListWork, caller: Caller) -> WorkList:
        return self.working.of(query.kind, caller)

    @rpc
    def open_work(self, query: OpenWork, caller: Caller) -> Work:
        return self.working.get(query.work, caller)

    @rpc
    def discard_work(self, command: DiscardWork, caller: Caller) -> None:
        self.working.finish(command.work, caller)

    @on(PersonChanged)
    def forget_work(self, event: PersonChanged) -> None:
        if not event.roles:  # the account was removed
            self.working.forget(event.id)

    @every(minutes=60)
    def forget_old_work(self) -> None:
        """What nobody came back to."""
        self.working.tidy()


def _title(content: dict[str, Any]) -> str | None:
    """What a list calls it, if anything was typed there."""
    given = content.get("title")
    texts = [given.get("fr"), given.get("en")] if isinstance(given, dict) else []
    return next((text[:400] for text in texts if text and isinstance(text, str)), None)
