"""Use cases of mornings: an advisor's day and a sector's week, as the meetings service tells them, become mails."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import orjson

from nexus.audit import note
from nexus.caller import Caller, Role
from nexus.service import on, rpc
from services.meetings.contracts.mornings import DayBegan, WeekBegan
from services.notifications.contracts.mornings import (
    ChooseOwnRoutine,
    GetOwnRoutine,
    MorningList,
    OwnRoutine,
    RoutineKind,
    WeeklyFigures,
)
from services.notifications.directory import Opens
from services.notifications.domain.messages import Message
from services.notifications.postman import Postman
from services.notifications.store import MessageStore

_STAFF = (Role.ADVISOR, Role.EDITOR, Role.COORDINATOR, Role.ADMIN)
_KINDS: tuple[RoutineKind, ...] = ("morning_list", "weekly_figures")


class Readers(Protocol):
    """Who gets what comes regularly."""

    def coordinators(self, sector: str) -> list[str]: ...
    def refused(self, person: str) -> frozenset[RoutineKind]: ...
    def refuse(self, person: str, kinds: frozenset[RoutineKind]) -> None: ...


@dataclass(frozen=True)
class MorningDesk:
    """Whoever has turned a mail off gets none made: there is nothing to suppress."""

    store: MessageStore
    readers: Readers
    seal: Opens
    sites: Mapping[str, str]
    clock: Callable[[], datetime]
    postman: Postman

    def day(self, event: DayBegan) -> None:
        """Mail an advisor their list."""
        if "morning_list" in self.readers.refused(event.advisor):
            return
        told = orjson.loads(self.seal.open(event.sealed)["list"] or "{}")
        told |= {"person": event.advisor, "site": self.sites.get(event.sector)}
        notice = MorningList.read({**told, "day": event.day, "zone": event.zone})
        self._say(notice, event.sector, event.id, event.until)

    def week(self, event: WeekBegan) -> None:
        """Mail those who coordinate a sector its figures."""
        told = event.figures.model_dump() | {"week": event.week, "site": self.sites.get(event.sector)}
        told |= {"parked": self.store.count_parked(event.sector)}
        for person in self.readers.coordinators(event.sector):
            if "weekly_figures" not in self.readers.refused(person):
                notice = WeeklyFigures.read({**told, "person": person})
                self._say(notice, event.sector, f"{event.id}-{person}", event.until)

    def chosen(self, caller: Caller) -> OwnRoutine:
        """What somebody gets."""
        caller.require(*_STAFF)
        refused = self.readers.refused(caller.person)
        return OwnRoutine(**{kind: kind not in refused for kind in _KINDS})

    def choose(self, command: ChooseOwnRoutine, caller: Caller) -> OwnRoutine:
        """What they get from now on."""
        before = self.chosen(caller)
        after = before.model_copy(update=command.model_dump(exclude_none=True))
        self.readers.refuse(caller.person, frozenset(kind for kind in _KINDS if not getattr(after, kind)))
        note("routine", caller.person, caller.person, before.model_dump(), after.model_dump())
        return after

    def _say(
        self, notice: MorningList | WeeklyFigures, sector: str, message_id: str, until: datetime
    ) -> None:
        """Store it; what came too late ends as any message does, and shows so."""
        now = self.clock()
        self.store.add(Message(id=message_id, sector=sector, notice=notice, created_at=now, until=until))
        self.postman.wake()


class MorningDoors:
    """What the service hears of mornings, and what the staff says of them."""

    mornings: MorningDesk

    @on(DayBegan)
    def mail_morning_list(self, event: DayBegan) -> None:
        self.mornings.day(event)

    @on(WeekBegan)
    def mail_weekly_figures(self, event: WeekBegan) -> None:
        self.mornings.week(event)

    @rpc
    def get_own_routine(self, query: GetOwnRoutine, caller: Caller) -> OwnRoutine:
        return self.mornings.chosen(caller)

    @rpc
    def choose_own_routine(self, command: ChooseOwnRoutine, caller: Caller) -> OwnRoutine:
        return self.mornings.choose(command, caller)
