"""Meetings as calendars read them: iCalendar (RFC 5545), for one meeting or all of an advisor's."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response
from icalendar import Calendar, Event

from gateway.i18n import translations
from gateway.links import ADMIN, AGENDA, CALENDAR, COMPANY_FEED, MEETING
from gateway.problems import language_of
from gateway.rendering import personal
from gateway.sectors import Language, Sector
from gateway.words import MEETING_PLACES
from nexus.bus import Bus
from nexus.caller import anonymous
from services.meetings.contracts.feeds import ReadCompanyFeed
from services.meetings.contracts.meetings import Meeting, ReadFeed, State
from services.meetings.contracts.words import told

_CANCELLED = (State.CANCELLED_BY_COMPANY, State.CANCELLED_BY_US)
_ASKED_AGAIN = timedelta(minutes=30)  # how often calendars are asked to look
_MARGIN = timedelta(days=370)  # so that the rules of each zone hold both changes of the clock


def calendars_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The feeds of a sector's advisors and of those who come: who knows the address reads it."""
    router = APIRouter()

    @router.get(CALENDAR)
    async def feed(request: Request, token: str) -> Response:
        language = language_of(request)
        content = await bus.call(ReadFeed(token=token[:200]), anonymous(sector.name, language))

        def event(one: Meeting) -> Event:
            link = f"{base_url}/{language}/{ADMIN[language]}{AGENDA}/{one.id}"
            return _event(one, _for_advisor(one, language), _about(one, language), link, sector)

        name = f"{content.name} – Emploi NEXUS {sector.short[language]}"
        return personal(calendar_response(_calendar(content.items, event, name), "emploi-nexus.ics"))

    @router.get(COMPANY_FEED)
    async def company_feed(request: Request, token: str) -> Response:
        language = language_of(request)
        content = await bus.call(ReadCompanyFeed(token=token[:200]), anonymous(sector.name, language))
        secrets = {one.meeting.id: one.token for one in content.items}

        def event(one: Meeting) -> Event:
            link = f"{base_url}/{language}/{MEETING[language]}/{secrets[one.id]}"
            return _event(one, _for_company(one, language), _people(one), link, sector)

        meetings = [one.meeting for one in content.items]
        name = f"Emploi NEXUS {sector.short[language]}"
        return personal(calendar_response(_calendar(meetings, event, name), "emploi-nexus.ics"))

    return router


def one_meeting(meeting: Meeting, language: Language, sector: Sector, link: str) -> Calendar:
    """A meeting for the calendar of the company."""
    title = _for_company(meeting, language)

    def event(one: Meeting) -> Event:
        return _event(one, title, _people(one), link, sector)

    return _calendar([meeting], event, title)


def calendar_response(calendar: Calendar, name: str) -> Response:
    """As a file that calendars open."""
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Robots-Tag": "noindex"}
    return Response(calendar.to_ical(), headers=headers, media_type="text/calendar; charset=utf-8")


def _calendar(meetings: Sequence[Meeting], event: Callable[[Meeting], Event], name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Emploi NEXUS//meetings//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)  # RFC 7986
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _ASKED_AGAIN, parameters={"value": "DURATION"})
    for one in meetings:
        calendar.add_component(event(one))
    if meetings:
        days = [one.start.date() for one in meetings]
        calendar.add_missing_timezones(min(days) - _MARGIN, max(days) + _MARGIN)
    return calendar


def _event(meeting: Meeting, title: str, about: str, link: str, sector: Sector) -> Event:
    zone, event = ZoneInfo(meeting.zone), Event()
    event.add("uid", f"{meeting.id}@{sector.name}.emploi-nexus")
    event.add("sequence", meeting.revision)
    event.add("dtstamp", meeting.steps[-1].at if meeting.steps else meeting.created_at)
    event.add("dtstart", meeting.start.astimezone(zone))
    event.add("dtend", meeting.end.astimezone(zone))
    event.add("status", "CANCELLED" if meeting.state in _CANCELLED else "CONFIRMED")
    event.add("summary", title)
    event.add("description", f"{about}\n{link}")
    event.add("url", link)
    if meeting.where:
        event.add("location", meeting.where)
    return event


def _for_company(meeting: Meeting, language: Language) -> str:
    return f"{told(meeting.type.name, language)} – Emploi NEXUS"


def _people(meeting: Meeting) -> str:
    """Who takes part for us, and where."""
    people = ", ".join(one.name for one in meeting.advisors)
    return f"{people}\n{meeting.where or ''}".strip()


def _for_advisor(meeting: Meeting, language: Language) -> str:
    company = meeting.contact.company if meeting.contact else ""
    return f"{company} – {told(meeting.type.name, language)}".removeprefix(" – ")


def _about(meeting: Meeting, language: Language) -> str:
    """Where it is and who comes, as an advisor needs it on the way."""
    lines = [translations(language).gettext(MEETING_PLACES[meeting.place])]
    if contact := meeting.contact:
        lines += [contact.name, contact.phone or "", contact.email]
    return "\n".join(line for line in lines if line)
