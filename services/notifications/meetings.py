"""What is said of a meeting: to who comes and to those who take part for us, at once and before it begins."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from services.meetings.contracts.meetings import (
    MeetingBooked,
    MeetingCancelled,
    MeetingDeclined,
    MeetingMoved,
    TextReminderChosen,
)
from services.notifications.appointments import AppointmentNotices
from services.notifications.contracts import MeetingForAdvisor, MeetingText, SendMeeting
from services.notifications.contracts.deliveries import NoticeRule
from services.notifications.domain.messages import About, Message, Notice
from services.notifications.domain.notices import due_at

MeetingEvent = MeetingBooked | MeetingMoved | MeetingCancelled | MeetingDeclined | TextReminderChosen
Change = Literal["booked", "moved", "cancelled", "declined", "text_reminder_chosen"]


class MeetingNotices(AppointmentNotices):
    """Those of a meeting."""

    def of(self, event: MeetingEvent, change: Change, now: datetime) -> list[Message]:
        """All of them; nothing where nobody may be mailed."""
        if event.sealed is None:
            return []
        told = self.seal.open(event.sealed)
        happened = change if change == "text_reminder_chosen" else f"meeting_{change}"
        rows = [row for row in self.rules(event.sector) if row.event == happened]
        made = [self._texts if row.channel == "text" else self._messages for row in rows]
        return [
            one for row, make in zip(rows, made, strict=True) for one in make(row, event, change, told, now)
        ]

    def _texts(
        self, row: NoticeRule, event: MeetingEvent, change: Change, told: dict[str, str | None], now: datetime
    ) -> Iterator[Message]:
        """That none is wanted any more is a message too, which ends without being sent: it overtakes the one that
        waits, and shows in the list why."""
        to = told.get("text_to")
        due = due_at(event.start, row.hours or 0, event.zone)
        if (change != "text_reminder_chosen" and to is None) or (to and due <= now):
            return
        facts = event.model_dump(include={"start", "end", "zone", "place", "sequence", "language"})
        facts |= {"meeting": event.id, "change": "reminder", "to": to, "link": told["link"]}
        yield Message(
            id=f"{event.id}-{event.revision}-text",
            sector=event.sector,
            notice=MeetingText.read(facts),
            created_at=now,
            about=About(event.id, event.revision, row.lapses),
            due=due if to else None,
            until=event.start,
        )

    def _messages(
        self, row: NoticeRule, event: MeetingEvent, change: Change, told: dict[str, str | None], now: datetime
    ) -> Iterator[Message]:
        sent = self.sent(row, event, now)
        if sent is None:
            return
        for name, notice in _notices(row, event, change, told):
            yield Message(
                id=f"{event.id}-{event.revision}{name}",
                sector=event.sector,
                notice=notice,
                created_at=now,
                about=About(event.id, 0 if change == "declined" else event.revision, row.lapses),
                due=sent.due,
                until=sent.until,
            )


def _notices(
    row: NoticeRule, event: MeetingEvent, change: Change, told: dict[str, str | None]
) -> Iterator[tuple[str, Notice]]:
    """Each with what its message's id ends with."""
    facts: dict[str, Any] = event.model_dump(include={"start", "end", "zone", "place", "sequence"})
    facts |= {"meeting": event.id, "where": told["where"], "change": "reminder" if row.hours else change}
    facts |= {"by_company": getattr(event, "by_company", False)}
    facts |= {"same_time": isinstance(event, MeetingMoved) and event.before == event.start}
    if row.to == "company":
        company = {name: told[name] for name in ("to", "name", "link", "people")}
        title = getattr(event.title, event.language)
        name = f"-{row.hours}h" if row.hours else ""
        yield name, SendMeeting.read({**facts, **company, "title": title, "language": event.language})
        return
    contact = {
        "company": told["company"],
        "contact": told["name"],
        "email": told["to"],
        "phone": told["phone"],
    }
    facts |= {**contact, "contact_language": event.language, "site": told["site"]}
    for advisor in event.advisors:
        title = event.title.model_dump()
        yield f"-{advisor}", MeetingForAdvisor.read({**facts, "person": advisor, "title": title})
