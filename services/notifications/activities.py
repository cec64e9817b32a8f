"""What is said of a registration for an activity, to who registered: at once, before it begins, and once it is over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nexus.service import on
from services.meetings.contracts.registrations import (
    ActivityAwaited,
    ActivityCalledOff,
    ActivityEnded,
    ActivityJoined,
    ActivityLeft,
    ActivityMoved,
    PlaceGained,
)
from services.notifications.appointments import AppointmentNotices
from services.notifications.contracts.activities import ActivityTold
from services.notifications.contracts.deliveries import NoticeEvent
from services.notifications.domain.messages import About, Message
from services.notifications.postman import Postman
from services.notifications.store import MessageStore

ActivityEvent = (
    ActivityJoined
    | ActivityAwaited
    | PlaceGained
    | ActivityMoved
    | ActivityCalledOff
    | ActivityLeft
    | ActivityEnded
)
_NAMES: dict[type[ActivityEvent], NoticeEvent] = {
    ActivityJoined: "activity_joined",
    ActivityAwaited: "activity_awaited",
    PlaceGained: "place_gained",
    ActivityMoved: "activity_moved",
    ActivityCalledOff: "activity_called_off",
    ActivityLeft: "activity_left",
    ActivityEnded: "activity_ended",
}
_FACTS = {"start", "end", "zone", "where", "online", "sequence", "language", "line", "waits", "by_us"}


class ActivityNotices(AppointmentNotices):
    """Those of a registration."""

    def of(self, event: ActivityEvent, now: datetime) -> Iterator[Message]:
        """All of them; who only waits is not reminded."""
        told = self._told(event)
        for row in self.rules(event.sector):
            sent = self.sent(row, event, now)
            if row.event != _NAMES[type(event)] or sent is None or (row.hours and told["waits"]):
                continue
            change = {"change": "reminder", "before": None} if row.hours else {}
            yield Message(
                id=f"{event.id}-{event.revision}" + (f"-{row.hours}h" if row.hours else ""),
                sector=event.sector,
                notice=ActivityTold.read({**told, **change}),
                created_at=now,
                about=About(event.id, event.revision, row.lapses),
                due=sent.due,
                until=sent.until,
            )

    def _told(self, event: ActivityEvent) -> dict[str, Any]:
        name = _NAMES[type(event)]
        waits = isinstance(event, ActivityAwaited) or getattr(event, "waits", False)
        before = event.before if isinstance(event, ActivityMoved) else None
        opened = self.seal.open(event.sealed)
        return {
            **event.model_dump(include=_FACTS),
            **{name: opened[name] for name in ("to", "name", "link")},
            "registration": event.id,
            "change": name.removeprefix("activity_").removeprefix("place_"),
            "title": getattr(event.title, event.language),
            "before": before if before != event.start else None,
            "waits": waits,
        }


@dataclass(frozen=True)
class ActivityDesk:
    """Keeps them, to be sent."""

    notices: ActivityNotices
    messages: MessageStore
    clock: Callable[[], datetime]
    postman: Postman

    def tell(self, event: ActivityEvent) -> None:
        """What this event says, in place of what earlier ones said and is not sent yet."""
        now = self.clock()
        self.messages.add_latest(event.id, self.notices.of(event, now), now)
        self.postman.wake()


class ActivityDoors:
    """What the service hears of registrations."""

    activities: ActivityDesk

    @on(*_NAMES)
    def mail_registration(self, event: ActivityEvent) -> None:
        self.activities.tell(event)
