"""Use cases of what was given up on: administrators are told by mail, at most once an hour."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from nexus.composition import service_names
from nexus.parking import EventParked, event_parked_in
from nexus.service import every, on
from services.notifications.contracts.staff import EventsParked
from services.notifications.domain.messages import Message
from services.notifications.domain.parking import MOST_SUMS, PAUSE, Parked, summed
from services.notifications.parked_store import ParkedStore, Telling
from services.notifications.postman import Postman
from services.notifications.store import MessageStore


class Administrators(Protocol):
    """Who administers a sector."""

    def administrators(self, sector: str) -> list[str]: ...


@dataclass(frozen=True)
class ParkedDesk:
    """`sectors` are all there are; what is of one cause is given up within `gather`, so the first mail waits for that
    long."""

    store: ParkedStore
    messages: MessageStore
    administrators: Administrators
    sectors: Iterable[str]
    sites: Mapping[str, str]
    clock: Callable[[], datetime]
    postman: Postman
    gather: timedelta

    def take(self, event: EventParked) -> None:
        """Keep it for the next mail of each sector whose it is."""
        one = Parked(id=event.id, handler=event.handler, code=event.code, at=event.at)
        for sector in self.sectors:
            if not event.sectors or sector in event.sectors:
                self._note(sector, one)

    def take_mails(self) -> None:
        """The same for mails that were given up."""
        for sector, message_id, one in self.messages.newly_parked():
            self._note(sector, one)
            self.messages.note_told(message_id, one.at)

    def tell_due(self) -> None:
        """Store every mail that is due, whatever process began one and never ended it."""
        while telling := self.store.take_due(self.clock()):
            self._tell(telling)

    def _note(self, sector: str, one: Parked) -> None:
        now = self.clock()
        self.store.note(sector, one, now, now + self.gather)

    def _tell(self, telling: Telling) -> None:
        now = self.clock()
        sums = summed(self.store.of(telling))
        if not sums:
            self.store.nothing_to_tell(telling, now + self.gather)
            return
        told = {"sums": sums[:MOST_SUMS], "more": sum(one.count for one in sums[MOST_SUMS:])}
        told |= {"site": self.sites.get(telling.sector)}
        for person in self.administrators.administrators(telling.sector):
            name = f"parked-{telling.sector}-{telling.until:%Y%m%d%H%M%S%f}-{person}"
            notice = EventsParked(person=person, **told)
            self.messages.add(Message(id=name, sector=telling.sector, notice=notice, created_at=now))
        self.store.told(telling, now + PAUSE)
        self.postman.wake()


class ParkedDoors:
    """What the service hears and does about it. It hears itself as well."""

    parked: ParkedDesk

    @on(*map(event_parked_in, service_names()))
    def note_parked(self, event: EventParked) -> None:
        self.parked.take(event)

    @every(seconds=5)
    def tell_of_parked(self) -> None:
        self.parked.take_mails()
        self.parked.tell_due()
