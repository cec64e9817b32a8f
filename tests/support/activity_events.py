"""What the meetings service tells of a registration, for the tests of notifications."""

from datetime import datetime, timedelta
from typing import Any

from services.meetings.contracts.registrations import ActivityMoved


def activity_event(kind: type[Any], revision: int, start: datetime, sealed: str, **more: Any) -> Any:
    """One about the registration `r1`, of an activity of two hours; its sequence rises with each revision from 2 on."""
    told: dict[str, Any] = {
        "id": "r1", "revision": revision, "sequence": revision - 2, "sector": "tic", "activity": "a1",
        "title": {"fr": "Embaucher sans frontières", "en": "Hiring without borders"}, "start": start,
        "end": start + timedelta(hours=2), "zone": "America/Toronto", "where": "Room A; 1, Stage Street",
        "language": "en", "sealed": sealed,
    }  # fmt: skip
    if kind is ActivityMoved:
        told["before"] = start
    return kind(**told | more)
