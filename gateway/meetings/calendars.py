"""Meetings as calendars read them: iCalendar (RFC 5545), for one meeting or all of an advisor's."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.i18n import translations
from gateway.links import ADMIN, AGENDA, CALENDAR, COMPANY_FEED, MEETING
from gateway.problems import language_of
from gateway.rendering import personal
from gateway.sectors import Language, Sector
from gateway.words import MEETING_PLACES
from nexus.bus import Bus
from nexus.calendars import Entry, calendar_of, event_of
from nexus.caller import anonymous
from services.meetings.contracts.feeds import ReadCompanyFeed
from services.meetings.contracts.meetings import Meeting, ReadFeed, State
from services.meetings.contracts.words import told

_CANCELLED = (State.CANCELLED_BY_COMPANY, State.CANCELLED_BY_US)


def calendars_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The feeds of a sector's advisors and of those who come: who knows the address reads it."""
    router = APIRouter()

    @router.get(CALENDAR)
    async def feed(request: Request, token: str) -> Response:
        language = language_of(request)
        content = await bus.call(ReadFeed(token=token[:200]), anonymous(sector.name, language))

        def entry(one: Meeting) -> Entry:
            link = f"{base_url}/{language}/{ADMIN[language]}{AGENDA}/{one.id}"
            return _entry(one, _for_advisor(one, language), _about(one, language), link)

        name = f"{content.name} – Emploi NEXUS {sector.short[language]}"
        return personal(calendar_response(_calendar(content.items, entry, name), "emploi-nexus.ics"))

    @router.get(COMPANY_FEED)
    async def company_feed(request: Request, token: str) -> Response:
        language = language_of(request)
        content = await bus.call(ReadCompanyFeed(token=token[:200]), anonymous(sector.name, language))
        secrets = {one.meeting.id: one.token for one in content.items}

        def entry(one: Meeting) -> Entry:
            link = f"{base_url}/{language}/{MEETING[language]}/{secrets[one.id]}"
            return _entry(one, _for_company(one, language), _people(one), link)

        meetings = [one.meeting for one in content.items]
        name = f"Emploi NEXUS {sector.short[language]}"
        return personal(calendar_response(_calendar(meetings, entry, name), "emploi-nexus.ics"))

    return router


def one_meeting(meeting: Meeting, language: Language, link: str) -> bytes:
    """A meeting for the calendar of the company."""
    title = _for_company(meeting, language)

    def entry(one: Meeting) -> Entry:
        return _entry(one, title, _people(one), link)

    return _calendar([meeting], entry, title)


def calendar_response(calendar: bytes, name: str) -> Response:
    """As a file that calendars open."""
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Robots-Tag": "noindex"}
    return Response(calendar, headers=headers, media_type="text/calendar; charset=utf-8")


def _calendar(meetings: Sequence[Meeting], entry: Callable[[Meeting], Entry], name: str) -> bytes:
    return calendar_of([event_of(entry(one)) for one in meetings], "PUBLISH", name)


def _entry(meeting: Meeting, title: str, about: str, link: str) -> Entry:
    return Entry(
        id=meeting.id,
        sector=meeting.sector,
        sequence=meeting.sequence,
        stamp=meeting.steps[-1].at if meeting.steps else meeting.created_at,
        start=meeting.start,
        end=meeting.end,
        zone=meeting.zone,
        cancelled=meeting.state in _CANCELLED,
        title=title,
        about=about,
        link=link,
        where=meeting.where,
    )


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
