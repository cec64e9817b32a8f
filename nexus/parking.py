"""That an event was parked is news itself: whose it is, which handler gave it up and why; never what it said."""

from datetime import datetime
from functools import cache

from pydantic import AwareDatetime, Field, create_model

from nexus.errors import Defect, NexusError
from nexus.messages import EVERY_SECTOR, CloudEvent, Event


class EventParked(Event):
    """A handler gave an event up: a person must decide. `id` names it to `resend` and `discard`."""

    id: str
    handler: str
    code: str = Field(description="Of the refusal; `internal_error` where it was none of ours")
    at: AwareDatetime
    sectors: tuple[str, ...] = Field(description="Whose the parked event is; none: of all of them")

    @property
    def subject(self) -> str:
        return self.id

    @property
    def belongs_to(self) -> tuple[str, ...]:
        return self.sectors


@cache
def event_parked_in(service: str) -> type[EventParked]:
    """What `service` tells of its own handlers: each service has an exchange of its own."""
    return create_model("EventParked", __base__=EventParked, __cls_kwargs__={"service": service})


def news_of_parking(handler: str, event: CloudEvent, error: Exception, at: datetime) -> EventParked | None:
    """What to tell of `event`, which `handler` gave up. None: it names no sector, so nobody but an operator sees it; or
    it tells of parking itself, and would without end."""
    if not event.sectors or event.type.split(".")[-2:-1] == ["event_parked"]:
        return None
    return event_parked_in(handler.partition(".")[0])(
        id=f"{handler}:{event.id}",
        handler=handler,
        code=error.code if isinstance(error, NexusError) else Defect.default_code,
        at=at,
        sectors=() if event.sectors == EVERY_SECTOR else tuple(event.sectors.split()),
    )
