"""What the pages of meetings show, in words and hours of the meeting's own zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gateway.i18n import clock, full_date
from gateway.sectors import Language
from gateway.words import N_
from nexus.errors import NexusError
from services.meetings.contracts.meetings import Meeting, Slots, State
from services.meetings.contracts.waiting import Wish

WEEK = 7  # days shown at once
REFUSED = {
    "slot_taken": N_("Somebody else has just taken this time. The nearest ones:"),
    "slot_not_offered": N_("No meeting can begin at this time. The nearest ones:"),
    "too_late": N_("It is too late to change this meeting here. Call or write to us instead."),
    "meeting_over": N_("This meeting is over or cancelled."),
    "date_out_of_range": N_("Choose a day from today on, within a year."),
    "offer_expired": N_("This time is kept for you no longer. You stay on the waiting list."),
    "phone_unusable": N_(
        "Give the number of a mobile phone of Canada or the United States, such as 514 555-0123."
    ),
    "texts_not_offered": N_("No text messages are sent at present."),
    "upload_incomplete": N_("Choose a document first."),
    "file_too_large": N_("This document is larger than 10 MB, the most that is taken."),
    "document_type_refused": N_(
        "This kind of file is not taken: send a PDF, a Word, Excel or PowerPoint document, a text or a picture."
    ),
    "too_many_documents": N_("Five documents are there already: take one back first."),
    "stale_revision": N_("This meeting was changed meanwhile. Look at it again."),
}


@dataclass(frozen=True)
class Start:
    """A beginning to choose: its `value` in a form, its hour, and both day and hour for who hears one alone."""

    value: str
    hour: str
    label: str


@dataclass(frozen=True)
class Week:
    """The days that have something, and the weeks before and after, where something may be."""

    days: tuple[tuple[str, tuple[Start, ...]], ...]
    next: Start | None
    first_day: str
    earlier: date | None
    later: date | None
    nowhere: bool


@dataclass(frozen=True)
class MeetingView:
    """A meeting as a page tells it."""

    meeting: Meeting
    day: str
    hours: str
    until: str
    may_cancel: bool
    may_move: bool

    @property
    def is_ahead(self) -> bool:
        return self.meeting.state is State.CONFIRMED


@dataclass(frozen=True)
class WishView:
    """A place on the waiting list in words: the day and the hours of each time, and until when an offer stands."""

    wish: Wish
    until: str
    booked: str
    day: str
    hours: str
    expires: str


def _hour(moment: datetime, language: Language) -> str:
    """A time of day that no line breaks."""
    return "\xa0".join(clock(moment, language).split())


def start(moment: datetime, zone: str, language: Language) -> Start:
    """A beginning in words."""
    local = moment.astimezone(ZoneInfo(zone))
    hour = _hour(local, language)
    value = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return Start(value, hour, f"{full_date(local.date(), language)}, {hour}")


def week(slots: Slots, language: Language) -> Week:
    """The slots of a page."""
    days = tuple(
        (full_date(day.day, language), tuple(start(one, slots.zone, language) for one in day.starts))
        for day in slots.days
    )
    earlier = max(slots.first, slots.since - timedelta(days=WEEK))
    later = slots.until + timedelta(days=1)
    return Week(
        days=days,
        next=start(slots.next, slots.zone, language) if slots.next else None,
        first_day=full_date(slots.since, language),
        earlier=earlier if earlier < slots.since else None,
        later=later if later <= slots.last else None,
        nowhere=slots.next is None,
    )


def meeting(one: Meeting, language: Language, now: datetime) -> MeetingView:
    """A meeting at this moment."""
    zone = ZoneInfo(one.zone)
    begin, end = one.start.astimezone(zone), one.end.astimezone(zone)
    ahead = one.state is State.CONFIRMED
    until = one.expires_at.astimezone(zone) if one.expires_at else begin
    return MeetingView(
        meeting=one,
        day=full_date(begin.date(), language),
        hours=f"{_hour(begin, language)} – {_hour(end, language)}",
        until=_hour(until, language),
        may_cancel=ahead and one.start - now >= timedelta(hours=one.type.cancel_hours),
        may_move=ahead and one.start - now >= timedelta(hours=one.type.move_hours),
    )


def wish(one: Wish, language: Language) -> WishView:
    """A place on the waiting list at this moment."""
    zone, offer = ZoneInfo(one.zone), one.offer
    last = (one.until - timedelta(seconds=1)).astimezone(zone).date()
    begin, end = (offer.start.astimezone(zone), offer.end.astimezone(zone)) if offer else (None, None)
    return WishView(
        wish=one,
        until=full_date(last, language),
        booked=start(one.booked, one.zone, language).label if one.booked else "",
        day=full_date(begin.date(), language) if begin else "",
        hours=f"{_hour(begin, language)} – {_hour(end, language)}" if begin and end else "",
        expires=start(offer.expires_at, one.zone, language).label if offer else "",
    )


def nearest(error: NexusError | None, zone: str, language: Language) -> list[Start]:
    """The other beginnings that a refusal names."""
    found = (moment_of(text) for text in (error.details.get("nearest", ()) if error else ()))
    return [start(moment, zone, language) for moment in found if moment]


def moment_of(text: Any) -> datetime | None:
    """The beginning that a button sends; None if it is none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None
