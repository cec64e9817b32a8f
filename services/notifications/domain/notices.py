"""The table of notices: what is said to whom, when, after which event, and what makes it void.

The service asks it what to say of a meeting; the back office and docs/operations.md show it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.notifications.contracts import FollowUp, NoticeKind
from services.notifications.contracts.consent import Purpose
from services.notifications.contracts.deliveries import NoticeEvent, NoticeRule, To
from services.notifications.domain.messages import Notice, kind_of


def _row(event: NoticeEvent, to: To, kind: NoticeKind, purpose: Purpose | None = None) -> NoticeRule:
    return NoticeRule(event=event, to=to, kind=kind, purpose=purpose)


def _of_activity(event: NoticeEvent, hours: int | None = None) -> NoticeRule:
    """Whoever registers may do and undo in a minute: what is not sent by then is overtaken, so that the last mail that
    somebody gets is what holds."""
    return NoticeRule(event=event, to="registrant", kind="activity", hours=hours, lapses=True)


_ALWAYS = (
    _row("code_issued", "asker", "code"),
    _row("person_invited", "invited", "invitation"),
    _row("verification_asked", "owner", "verification_due"),
    _row("meeting_booked", "company", "meeting"),
    _row("meeting_booked", "advisors", "advisor_meeting"),
    _row("meeting_moved", "company", "meeting"),
    _row("meeting_moved", "advisors", "advisor_meeting"),
    _row("meeting_cancelled", "company", "meeting"),
    _row("meeting_cancelled", "advisors", "advisor_meeting"),
    _row("meeting_declined", "advisors", "advisor_meeting"),
    _row("webhook_disabled", "webhook_owner", "webhook_stopped"),
    _row("key_made", "admins", "new_key"),
    _row("event_parked", "admins", "events_parked"),
    _row("mail_parked", "admins", "events_parked"),
    _row("time_offered", "company", "offer"),
    _row("calendar_asked", "company", "calendar"),
    _row("company_written", "company", "follow_up"),
    _row("company_asked", "company", "follow_up", "follow_up"),
    _row("result_asked", "asker", "result"),
    _row("personal_data_mailed", "asker", "personal_data"),
    _row("subscription_asked", "asker", "subscription"),
    _row("content_published", "subscriber", "digest", "digest"),
    _row("day_began", "advisor", "morning_list"),
    _row("week_began", "coordinators", "weekly_figures"),
    _row("comment_asked", "colleagues", "comment"),
    _row("comment_answered", "comment_writer", "comment"),
    _row("document_unreadable", "uploader", "unreadable_documents"),
    _of_activity("activity_joined"),
    _of_activity("activity_awaited"),
    _of_activity("place_gained"),
    _of_activity("activity_moved"),
    _of_activity("activity_called_off"),
    _of_activity("activity_left"),
    _of_activity("activity_ended"),
)
TEXT_HOURS = 2  # the form where somebody asks for it says so
_TEXTED: tuple[NoticeEvent, ...] = ("meeting_booked", "meeting_moved", "text_reminder_chosen")
_REMINDED: tuple[NoticeEvent, ...] = ("meeting_booked", "meeting_moved")
_REMINDED_OF_ACTIVITY: tuple[NoticeEvent, ...] = ("activity_joined", "place_gained", "activity_moved")


def table(reminder_hours: Sequence[int], *, texts: bool) -> tuple[NoticeRule, ...]:
    """All rows; a company is reminded each of these hours before its meeting, and where there are `texts`, by one if it
    asked for it; who has a place in an activity, as many hours before that."""
    reminders = [
        row
        for hours in sorted(reminder_hours, reverse=True)
        for row in (
            *(_meeting_row(event, hours) for event in _REMINDED),
            *(_of_activity(event, hours) for event in _REMINDED_OF_ACTIVITY),
        )
    ]
    if texts:
        reminders += [_text_row(event) for event in _TEXTED]
    order = list(dict.fromkeys((*(row.event for row in _ALWAYS), *_TEXTED)))
    return tuple(sorted((*_ALWAYS, *reminders), key=lambda row: order.index(row.event)))


def purpose_of(notice: Notice) -> Purpose | None:
    """For what its recipient must have agreed to be written to; None: it is part of what they asked us for."""
    if isinstance(notice, FollowUp) and notice.what == "plan":
        return None
    rows = (row for row in _ALWAYS if row.kind == kind_of(notice))
    return next((row.purpose for row in rows if row.purpose), None)


def _meeting_row(event: NoticeEvent, hours: int) -> NoticeRule:
    return NoticeRule(event=event, to="company", kind="meeting", hours=hours, lapses=True)


def _text_row(event: NoticeEvent) -> NoticeRule:
    return NoticeRule(
        event=event, to="company", kind="meeting_text", channel="text", hours=TEXT_HOURS, lapses=True
    )


def due_at(start: datetime, hours: int, zone: str) -> datetime:
    """So many hours before `start`; whole days by the clock on the wall, so that a meeting at nine is recalled at nine
    even when the clocks change between."""
    days, rest = divmod(hours, 24)
    local = start.astimezone(ZoneInfo(zone)) - timedelta(days=days)
    return local.astimezone(UTC) - timedelta(hours=rest)


def useful_until(start: datetime, hours: int, all_hours: Sequence[int], zone: str) -> datetime:
    """A reminder is of use until the next one is due, the last until the meeting."""
    later = [other for other in all_hours if other < hours]
    return due_at(start, max(later), zone) if later else start
