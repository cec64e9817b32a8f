"""What notices of meetings and of activities have in common: the rows of the table, and when a reminder is of use."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from services.notifications.contracts.deliveries import NoticeRule
from services.notifications.directory import Opens
from services.notifications.domain.notices import due_at, table, useful_until


class Begins(Protocol):
    """Something that begins, by the clock on a wall."""

    @property
    def sector(self) -> str: ...
    @property
    def start(self) -> datetime: ...
    @property
    def zone(self) -> str: ...


class Sent(NamedTuple):
    """From when on a message is sent, and until when; None: at once, as long as what it brings is of use."""

    due: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class AppointmentNotices:
    """Makes messages of events, as the table of notices has it. `reminder_hours` are those of a sector as they are set
    now: what is stored by then keeps its own."""

    seal: Opens
    reminder_hours: Callable[[str | None], Sequence[int]]
    texts: bool = False  # whether there is a way out for them

    def rules(self, sector: str | None) -> tuple[NoticeRule, ...]:
        """The table that is in force in a sector; None: in one that set nothing of its own."""
        return table(self.reminder_hours(sector), texts=self.texts)

    def sent(self, row: NoticeRule, event: Begins, now: datetime) -> Sent | None:
        """When the mail of a row goes out; None: it is too late for it."""
        if not row.hours:
            return Sent()
        due = due_at(event.start, row.hours, event.zone)
        until = useful_until(event.start, row.hours, self.reminder_hours(event.sector), event.zone)
        return Sent(due, until) if due > now else None
