"""What a mail asks of its recipient's calendar: iTIP (RFC 5546), one entry for a meeting from booking to end.

A booking and a move are requests, a cancellation is one; each with the same UID and a higher SEQUENCE, so that
calendars change the entry that they have."""

from datetime import timedelta

from icalendar import Alarm, Event, vCalAddress

from nexus.calendars import Entry, calendar_of, event_of
from services.notifications.contracts import Language, MeetingForAdvisor, SendMeeting
from services.notifications.domain.messages import CalendarPart, Message, Recipient, Sender
from services.notifications.writing.words import ADVISOR_PLACES, PLACES, translations

_ALARM = timedelta(minutes=-30)


def calendar_part(
    message: Message, recipient: Recipient, sender: Sender, organiser: str
) -> CalendarPart | None:
    """None for what changes no entry. `organiser` stays the same for all of a meeting's life: RFC 5546, 2.1.4."""
    notice = message.notice
    if not isinstance(notice, SendMeeting | MeetingForAdvisor):
        return None
    if notice.meeting is None or notice.change in ("reminder", "declined"):
        return None
    event = event_of(_entry(message, notice, notice.meeting, recipient, sender))
    event.add("organizer", _address(organiser, sender.site, recipient.language))
    for who in _attendees(notice, recipient):
        event.add("attendee", _attendee(who))
    if notice.change == "cancelled":
        return CalendarPart("CANCEL", calendar_of([event], "CANCEL"))
    event.add_component(_alarm(event))
    return CalendarPart("REQUEST", calendar_of([event], "REQUEST"))


def _entry(
    message: Message,
    notice: SendMeeting | MeetingForAdvisor,
    meeting: str,
    recipient: Recipient,
    sender: Sender,
) -> Entry:
    title, about, link = _told(notice, recipient.language, sender)
    return Entry(
        id=meeting,
        sector=message.sector,
        sequence=notice.sequence,
        stamp=message.created_at,
        start=notice.start,
        end=notice.end,
        zone=notice.zone,
        cancelled=notice.change == "cancelled",
        title=title,
        about="\n".join(line for line in about if line),
        link=link,
        where=notice.where,
    )


def _told(
    notice: SendMeeting | MeetingForAdvisor, language: Language, sender: Sender
) -> tuple[str, list[str], str | None]:
    """What the entry is called, its other lines, and where it leads."""
    words = translations(language)
    if isinstance(notice, SendMeeting):
        place = words.gettext(PLACES[notice.place])
        return f"{notice.title} – {sender.site}", [place, notice.people], notice.link
    place = words.gettext(ADVISOR_PLACES[notice.place])
    about = [place, notice.contact, notice.phone or "", notice.email]
    return f"{notice.company} – {notice.title[language]}", about, notice.page(language)


def _attendees(notice: SendMeeting | MeetingForAdvisor, recipient: Recipient) -> list[Recipient]:
    """The recipient; to us also who comes. Companies are not told our people's addresses."""
    if isinstance(notice, SendMeeting):
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
