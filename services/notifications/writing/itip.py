"""What a mail asks of its recipient's calendar: iTIP (RFC 5546), one entry for a meeting, or a place in an activity,
from beginning to end.

A booking and a move are requests, a cancellation is one; each with the same UID and a higher SEQUENCE, so that
calendars change the entry that they have."""

from datetime import timedelta
from typing import Literal

from icalendar import Alarm, Event, vCalAddress

from nexus.calendars import Entry, calendar_of, event_of
from services.notifications.contracts import Language, MeetingForAdvisor, SendMeeting
from services.notifications.contracts.activities import ActivityTold
from services.notifications.domain.messages import CalendarPart, Message, Recipient, Sender
from services.notifications.writing.words import ADVISOR_PLACES, PLACES, activity_place, translations

Entered = SendMeeting | MeetingForAdvisor | ActivityTold  # what may change an entry
Method = Literal["REQUEST", "CANCEL"]
_METHODS: dict[str, Method] = {  # by what happened; all else leaves the entry as it is
    **dict.fromkeys(("booked", "joined", "gained", "moved"), "REQUEST"),
    **dict.fromkeys(("cancelled", "called_off", "left"), "CANCEL"),
}
_ALARM = timedelta(minutes=-30)


def calendar_part(
    message: Message, recipient: Recipient, sender: Sender, organiser: str
) -> CalendarPart | None:
    """None for what changes no entry. `organiser` stays the same for all of an entry's life: RFC 5546, 2.1.4."""
    notice = message.notice
    if not isinstance(notice, Entered) or notice.entry is None:
        return None
    if (method := _METHODS.get(notice.change)) is None:
        return None
    event = event_of(_entry(message, notice, notice.entry, recipient, sender))
    event.add("organizer", _address(organiser, sender.site, recipient.language))
    for who in _attendees(notice, recipient):
        event.add("attendee", _attendee(who))
    if method == "REQUEST":
        event.add_component(_alarm(event))
    return CalendarPart(method, calendar_of([event], method))


def _entry(message: Message, notice: Entered, name: str, recipient: Recipient, sender: Sender) -> Entry:
    title, about, link = _told(notice, recipient.language, sender)
    return Entry(
        id=name,
        sector=message.sector,
        sequence=notice.sequence,
        stamp=message.created_at,
        start=notice.start,
        end=notice.end,
        zone=notice.zone,
        cancelled=_METHODS[notice.change] == "CANCEL",
        title=title,
        about="\n".join(line for line in about if line),
        link=link,
        where=notice.where,
    )


def _told(notice: Entered, language: Language, sender: Sender) -> tuple[str, list[str], str | None]:
    """What the entry is called, its other lines, and where it leads."""
    words = translations(language)
    if isinstance(notice, ActivityTold):
        place = activity_place(notice.where, notice.online, language)
        return f"{notice.title} – {sender.site}", [place], notice.link
    if isinstance(notice, SendMeeting):
        place = words.gettext(PLACES[notice.place])
        return f"{notice.title} – {sender.site}", [place, notice.people], notice.link
    place = words.gettext(ADVISOR_PLACES[notice.place])
    about = [place, notice.contact, notice.phone or "", notice.email]
    return f"{notice.company} – {notice.title[language]}", about, notice.page(language)


def _attendees(notice: Entered, recipient: Recipient) -> list[Recipient]:
    """The recipient; to us also who comes. Companies are not told our people's addresses."""
    if not isinstance(notice, MeetingForAdvisor):
        return [recipient]
    return [recipient, Recipient(notice.email, notice.contact_language, notice.contact)]


def _attendee(who: Recipient) -> vCalAddress:
    """Somebody whose coming is agreed upon: nothing is asked of them."""
    address = _address(who.to, who.name or who.to, who.language)
    for name, value in (("role", "REQ-PARTICIPANT"), ("partstat", "ACCEPTED"), ("rsvp", "FALSE")):
        address.params[name] = value
    return address


def _address(to: str, name: str, language: Language) -> vCalAddress:
    address = vCalAddress(f"mailto:{to}")
    address.params["cn"] = name.replace('"', "")  # RFC 5545 has no way to write it in a parameter
    address.params["language"] = f"{language}-CA"
    return address


def _alarm(event: Event) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", event["summary"])
    alarm.add("trigger", _ALARM)
    return alarm
