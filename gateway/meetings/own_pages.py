"""The page of a meeting, for who has its link: what is booked, and how to move or cancel it."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from gateway.i18n import translations
from gateway.links import MEET, MEETING, WAITING
from gateway.meetings import documents, texting, views
from gateway.meetings.booking_pages import WHO
from gateway.meetings.calendars import calendar_response, one_meeting
from gateway.meetings.pages import VisitorPages, token_of
from gateway.people import forms
from gateway.people.visitor import Visitor, Visitors
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import LANGUAGES
from nexus.errors import Conflict, InvalidInput, NexusError
from services.meetings.contracts.documents import (
    MOST_DOCUMENTS,
    DocumentPart,
    ListOwnDocuments,
    ReadOwnDocument,
    RemoveOwnDocument,
)
from services.meetings.contracts.feeds import AskCalendar
from services.meetings.contracts.meetings import (
    CancelOwnMeeting,
    ChooseTextReminder,
    FindOwnMoves,
    Meeting,
    MoveOwnMeeting,
    OpenOwnMeeting,
)
from services.meetings.contracts.waiting import AskEarlier, FindOwnWish

MOVE = {"fr": "deplacer", "en": "move"}
CANCEL = {"fr": "annuler", "en": "cancel"}
ASK_CALENDAR = {"fr": "calendrier", "en": "calendar"}
TEXTS = {"fr": "textos", "en": "texts"}
DOCUMENTS = "documents"
EARLIER = {"fr": "plus-tot", "en": "earlier"}
ICS = "meeting.ics"


def own_router(sector: Sector, bus: Bus, base_url: str, visitors: Visitors, texts: bool) -> APIRouter:
    """The pages in both languages. `texts`: whether reminders by text message are offered."""
    router, pages = APIRouter(), _Own(sector, bus, base_url, visitors, texts)
    for language in LANGUAGES:
        path = f"/{language}/{MEETING[language]}/{{token}}"
        for below, method, handle in (
            ("", "GET", pages.show),
            (f"/{MOVE[language]}", "GET", pages.times),
            (f"/{MOVE[language]}", "POST", pages.move),
            (f"/{CANCEL[language]}", "POST", pages.cancel),
            (f"/{EARLIER[language]}", "POST", pages.ask_earlier),
            (f"/{ASK_CALENDAR[language]}", "POST", pages.ask_calendar),
            (f"/{TEXTS[language]}", "POST", pages.choose_texts),
            (f"/{DOCUMENTS}", "POST", pages.bring),
            (f"/{DOCUMENTS}/{{document}}", "GET", pages.document),
            (f"/{DOCUMENTS}/{{document}}/remove", "POST", pages.take_back),
            (f"/{ICS}", "GET", pages.calendar),
        ):
            router.add_api_route(path + below, pages.endpoint(language, handle), methods=[method])
    return router


class _Own(VisitorPages):
    async def show(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """The meeting, with what was just done."""
        token = token_of(request)
        found = await self._bus.call(OpenOwnMeeting(token=token), visitor.caller)
        if found.expires_at is not None:
            return RedirectResponse(f"/{language}/{MEET[language]}/{WHO[language]}/{token}", 303)
        return await self._meeting(language, visitor, found, token, request.query_params.get("done", ""))

    async def times(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """When it could be instead."""
        token = token_of(request)
        since = _day(request.query_params.get("since", ""))
        return await self._times(language, visitor, token, since)

    async def move(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """Move it."""
        token = token_of(request)
        given = await forms.fields_of(request)
        start = views.moment_of(given.get("start"))
        if start is None:
            return RedirectResponse(f"{_path(language, token)}/{MOVE[language]}", 303)
        try:
            await self._bus.call(MoveOwnMeeting(token=token, start=start), visitor.caller)
        except (Conflict, InvalidInput) as error:
            if error.code not in views.REFUSED:
                raise
            return await self._times(language, visitor, token, start.date(), error)
        return RedirectResponse(f"{_path(language, token)}?done=moved", 303)

    async def cancel(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """Cancel it."""
        token = token_of(request)
        given = await forms.fields_of(request)
        command = forms.read(
            CancelOwnMeeting,
            {"token": token, "why": given.get("why") or None},
            translations(language),
        )
        if isinstance(command, list):
            return RedirectResponse(_path(language, token), 303)
        try:
            await self._bus.call(command, visitor.caller)
        except Conflict as error:
            if error.code not in views.REFUSED:
                raise
            found = await self._bus.call(OpenOwnMeeting(token=token), visitor.caller)
            return await self._meeting(language, visitor, found, token, "", error)
        return RedirectResponse(f"{_path(language, token)}?done=cancelled", 303)

    async def ask_earlier(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """Wait for an earlier time."""
        token = token_of(request)
        until = _day((await forms.fields_of(request)).get("until", ""))
        found = await self._bus.call(OpenOwnMeeting(token=token), visitor.caller)
        command = AskEarlier(
            token=token,
            until=until or found.start.astimezone(ZoneInfo(found.zone)).date(),
            base_url=self._base_url,
        )
        try:
            await self._bus.call(command, visitor.caller)
        except (Conflict, InvalidInput) as error:
            if error.code not in views.REFUSED:
                raise
            return await self._meeting(language, visitor, found, token, "", error)
        return RedirectResponse(f"{_path(language, token)}?done=waiting#earlier", 303)

    async def ask_calendar(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """Mail the address of the calendar of all their meetings to who comes."""
        token = token_of(request)
        await self._bus.call(AskCalendar(token=token, base_url=self._base_url), visitor.caller)
        return RedirectResponse(f"{_path(language, token)}?done=calendar#calendar", 303)

    async def choose_texts(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """Have a reminder by text message, or none any more."""
        token, given = token_of(request), await forms.fields_of(request)
        command = forms.read(
            ChooseTextReminder, texting.chosen(token, given, language), translations(language)
        )
        try:
            if isinstance(command, list):
                raise InvalidInput("phone_unusable")
            await self._bus.call(command, visitor.caller)
        except (Conflict, InvalidInput) as error:
            if error.code not in views.REFUSED:
                raise
            found = await self._bus.call(OpenOwnMeeting(token=token), visitor.caller)
            return await self._meeting(language, visitor, found, token, "", error, given.get("phone"))
        return RedirectResponse(f"{_path(language, token)}?done=texts#texts", 303)

    async def bring(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """A document for the meeting."""
        token = token_of(request)
        try:
            await documents.bring(request, token, self._bus, visitor.caller)
        except (Conflict, InvalidInput) as error:
            if error.code not in views.REFUSED:
                raise
            found = await self._bus.call(OpenOwnMeeting(token=token), visitor.caller)
            return await self._meeting(language, visitor, found, token, "", error)
        return RedirectResponse(f"{_path(language, token)}?done=document#documents", 303)

    async def take_back(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """Not this document."""
        token = token_of(request)
        command = RemoveOwnDocument(token=token, document=_document(request))
        await self._bus.call(command, visitor.caller)
        return RedirectResponse(f"{_path(language, token)}?done=removed#documents", 303)

    async def document(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """One of them, for who brought it."""
        token = token_of(request)
        wanted = _document(request)

        async def read(offset: int) -> DocumentPart:
            query = ReadOwnDocument(token=token, document=wanted, offset=offset)
            return await self._bus.call(query, visitor.caller)

        return await documents.attachment(read)

    async def calendar(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """The meeting for the calendar of who comes."""
        token = token_of(request)
        found = await self._bus.call(OpenOwnMeeting(token=token), visitor.caller)
        link = f"{self._base_url}{_path(language, token)}"
        return calendar_response(one_meeting(found, language, link), ICS)

    async def _meeting(
        self,
        language: Language,
        visitor: Visitor,
        found: Meeting,
        token: str,
        done: str,
        error: NexusError | None = None,
        phone: str | None = None,
    ) -> Response:
        """`phone`: as it was typed for text messages."""
        view = views.meeting(found, language, datetime.now(UTC))
        wished = None
        if view.is_ahead:
            wished = (await self._bus.call(FindOwnWish(token=token), visitor.caller)).found
        brought = await self._bus.call(ListOwnDocuments(token=token), visitor.caller)
        paths = {one: _path(one, token) for one in LANGUAGES}
        values: dict[str, Any] = {
            "view": view,
            "documents": brought.items,
            "bring": f"{_path(language, token)}/{DOCUMENTS}",
            "most": MOST_DOCUMENTS,
            "wish": views.wish(wished.wish, language) if wished else None,
            "waiting": f"/{language}/{WAITING[language]}/{wished.token}" if wished else "",
            "ask_calendar": f"{_path(language, token)}/{ASK_CALENDAR[language]}",
            "earlier": f"{_path(language, token)}/{EARLIER[language]}",
            "until": found.start.astimezone(ZoneInfo(found.zone)).date(),
            "texts": texting.texts_of(found, language, self._texts, phone),
            "choose_texts": f"{_path(language, token)}/{TEXTS[language]}",
            "done": done,
            "refused": translations(language).gettext(views.REFUSED[error.code]) if error else "",
            "refused_phone": error is not None and error.code == "phone_unusable",
            "move": f"{_path(language, token)}/{MOVE[language]}",
            "cancel": f"{_path(language, token)}/{CANCEL[language]}",
            "calendar": f"{_path(language, token)}/{ICS}",
            "again": f"/{language}/{MEET[language]}",
            "address": f"{self._base_url}{_path(language, token)}",
        }
        status = error.status if error else 200
        return self._page.html("meetings/meeting.html", language, paths, status, **values)

    async def _times(
        self,
        language: Language,
        visitor: Visitor,
        token: str,
        since: date | None,
        error: NexusError | None = None,
    ) -> Response:
        found = await self._bus.call(OpenOwnMeeting(token=token), visitor.caller)
        query = FindOwnMoves(token=token, since=since, days=views.WEEK)
        slots = await self._bus.call(query, visitor.caller)
        if since is None and not slots.days and slots.next:
            query = FindOwnMoves(token=token, since=slots.next.date(), days=views.WEEK)
            slots = await self._bus.call(query, visitor.caller)
        paths = {one: f"{_path(one, token)}/{MOVE[one]}?since={slots.since}" for one in LANGUAGES}
        values: dict[str, Any] = {
            "view": views.meeting(found, language, datetime.now(UTC)),
            "week": views.week(slots, language),
            "refused": translations(language).gettext(views.REFUSED[error.code]) if error else "",
            "nearest": views.nearest(error, slots.zone, language),
            "action": f"{_path(language, token)}/{MOVE[language]}",
            "back": _path(language, token),
        }
        status = error.status if error else 200
        return self._page.html("meetings/move.html", language, paths, status, **values)


def _path(language: Language, token: str) -> str:
    return f"/{language}/{MEETING[language]}/{token}"


def _document(request: Request) -> str:
    named = str(request.path_params["document"])
    return "".join(ch for ch in named if ch.isalnum() and ch.isascii())[:64] or "-"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
