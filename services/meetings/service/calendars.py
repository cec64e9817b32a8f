"""Use cases of the calendars that advisors keep elsewhere: name one, read it again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from nexus.audit import note
from nexus.caller import Caller
from nexus.errors import InvalidInput, NotFound
from nexus.service import every, rpc
from nexus.telemetry import log
from services.meetings.contracts.availability import MONTREAL
from services.meetings.contracts.busy import BusyCalendar, GetBusyCalendar, SetBusyCalendar
from services.meetings.domain.times import Span, tick
from services.meetings.service.availability import whose
from services.meetings.service.offers import LONGEST_LOOK
from services.meetings.store.advisors import AdvisorStore
from services.meetings.store.calendars import CalendarStore, Due

AGAIN = timedelta(minutes=15)  # between two readings
_LEASE = timedelta(minutes=5)  # a reading is over long before, unless its process died
_AT_ONCE = 10  # of one tick
_BEFORE = timedelta(days=1)

ReadCalendar = Callable[[str, str, Span], list[Span]]  # the busy times at an address; a zone, and within what


class Seals(Protocol):
    """Keeps addresses from whoever reads the database."""

    def close(self, fields: dict[str, str | None]) -> str: ...
    def open(self, sealed: str) -> dict[str, str | None]: ...


@dataclass(frozen=True)
class BusyDesk:
    """What advisors do with their other calendar, and coordinators with those of their sector."""

    calendars: CalendarStore
    advisors: AdvisorStore
    read: ReadCalendar
    seal: Seals
    clock: Callable[[], datetime]

    def get(self, query: GetBusyCalendar, caller: Caller) -> BusyCalendar:
        """Raises NotFound(`advisor_not_found`)."""
        return self.calendars.get(self._whose(query.advisor, caller))

    def set(self, command: SetBusyCalendar, caller: Caller) -> BusyCalendar:
        """Raises NotFound(`advisor_not_found`)."""
        advisor = self._whose(command.advisor, caller)
        before = self.calendars.get(advisor).shown
        if command.address is None:
            self.calendars.forget(advisor)
        else:
            sealed = self.seal.close({"address": command.address})
            self.calendars.set(advisor, sealed, _shown(command.address), self.clock())
        after = self.calendars.get(advisor)
        note("busy_calendar", advisor, advisor, {"at": before}, {"at": after.shown, "set": True})
        return after

    def forget(self, advisor: str) -> None:
        """Nobody asks for the calendar of who has left."""
        self.calendars.forget(advisor)

    def read_due(self) -> None:
        """Read the calendars whose turn it is, each in one process alone."""
        for due in self.calendars.due(self.clock(), _AT_ONCE):
            if self.calendars.take(due, self.clock() + _LEASE):
                self._read(due)

    def _read(self, due: Due) -> None:
        advisor = self.advisors.by_id(None, due.advisor)
        zone = advisor.content.zone if advisor else MONTREAL
        now = self.clock()
        within = tick(now - _BEFORE), tick(now + LONGEST_LOOK)
        try:
            busy = self.read(str(self.seal.open(due.sealed)["address"]), zone, within)
        except InvalidInput as error:
            log.warning("busy_calendar_unread", advisor=due.advisor, code=error.code)
            self.calendars.fail(due, error.code, now, self.clock() + AGAIN)
        else:
            self.calendars.keep(due, busy, now, self.clock() + AGAIN)

    def _whose(self, named: str | None, caller: Caller) -> str:
        found = whose(named, caller)
        if found != caller.person and self.advisors.by_id(caller.sector, found) is None:
            raise NotFound("advisor_not_found", id=found)
        return found


def _shown(address: str) -> str:
    """The site alone: the rest of such an address is its secret."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}/…"


class BusyDoors:
    """What the service answers about advisors' other calendars."""

    calendars: BusyDesk

    @rpc
    def get_busy_calendar(self, query: GetBusyCalendar, caller: Caller) -> BusyCalendar:
        return self.calendars.get(query, caller)

    @rpc
    def set_busy_calendar(self, command: SetBusyCalendar, caller: Caller) -> BusyCalendar:
        return self.calendars.set(command, caller)

    @every(minutes=1)
    def read_busy_calendars(self) -> None:
        """What advisors have elsewhere is offered to nobody."""
        self.calendars.read_due()
