"""The waiting list: to ask for a time that gets free, and to answer what is offered. No script, no account."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from gateway.i18n import translations
from gateway.links import MEET, MEETING, WAITING
from gateway.meetings import asked, views
from gateway.meetings.booking_pages import CONSENT, WHEN, contact_of, fault_of, known_of
from gateway.meetings.pages import VisitorPages, token_of
from gateway.people import forms
from gateway.people.forms import Fault
from gateway.people.visitor import Visitor, Visitors
from gateway.refusals import REFUSALS
from gateway.sectors import Language, Sector
from gateway.times import ZONE
from gateway.words import N_
from nexus.bus import Bus
from nexus.caller import LANGUAGES
from nexus.errors import Conflict, InvalidInput, NexusError
from services.meetings.contracts.meetings import Contact
from services.meetings.contracts.types import GetMeetingType, MeetingType
from services.meetings.contracts.waiting import (
    AcceptOffer,
    AskForTime,
    DeclineOffer,
    LeaveWaiting,
    OpenWish,
    Wish,
)

_A_MONTH = timedelta(days=30)
_UNTIL = N_("Choose a day from today on, within a year.")


def waiting_router(sector: Sector, bus: Bus, base_url: str, visitors: Visitors) -> APIRouter:
    """The pages in both languages."""
    router, pages = APIRouter(), _Waiting(sector, bus, base_url, visitors)
    for language in LANGUAGES:
        ask = f"/{language}/{MEET[language]}/{WAITING[language]}"
        place = f"/{language}/{WAITING[language]}/{{token}}"
        for path, method, handle in (
            (ask, "GET", pages.form),
            (ask, "POST", pages.ask),
            (place, "GET", pages.show),
            (place, "POST", pages.answer),
        ):
            router.add_api_route(path, pages.endpoint(language, handle), methods=[method])
    return router


class _Waiting(VisitorPages):
    async def form(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """Who waits, for which meeting, until when."""
        if not asked.of_request(request, language).type:
            return RedirectResponse(f"/{language}/{MEET[language]}", 303)
        return await self._form(language, request, visitor, known_of(visitor))

    async def ask(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """A place on the list."""
        given, words = await forms.fields_of(request), translations(language)
        wanted = asked.of_request(request, language)
        contact = forms.read(Contact, contact_of(given, language), words)
        faults = contact if isinstance(contact, list) else []
        if given.get("consent") != "yes":
            faults = [*faults, Fault("consent", words.gettext(CONSENT))]
        until = _day(given.get("until", ""))
        if until is None:
            faults = [Fault("until", words.gettext(_UNTIL)), *faults]
        if faults or isinstance(contact, list) or until is None:
            return await self._form(language, request, visitor, given, faults, 400)
        kind = await self._bus.call(GetMeetingType(id=wanted.type), visitor.caller)
        try:
            wished = await self._bus.call(self._command(wanted, given, kind, contact, until), visitor.caller)
        except (InvalidInput, Conflict, ValidationError) as error:
            fault = _fault(error, language)
            return await self._form(language, request, visitor, given, [fault], 400)
        return RedirectResponse(f"/{language}/{WAITING[language]}/{wished.token}?done=waiting", 303)

    async def show(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """The place, and what is offered."""
        wish = await self._bus.call(OpenWish(token=token_of(request)), visitor.caller)
        return self._wish(language, request, wish, request.query_params.get("done", ""))

    async def answer(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """Take the time, leave it to others, or leave the list."""
        token, do = token_of(request), (await forms.fields_of(request)).get("do", "")
        try:
            if do == "accept":
                taken = await self._bus.call(AcceptOffer(token=token), visitor.caller)
                path = f"/{language}/{MEETING[language]}/{taken.token}"
                return RedirectResponse(
                    f"{path}?done={'moved' if taken.meeting.revision > 1 else 'booked'}", 303
                )
            if do == "decline":
                await self._bus.call(DeclineOffer(token=token), visitor.caller)
            if do == "leave":
                await self._bus.call(LeaveWaiting(token=token), visitor.caller)
        except (Conflict, InvalidInput) as error:
            wish = await self._bus.call(OpenWish(token=token), visitor.caller)
            return self._wish(language, request, wish, "", error)
        done = do if do in ("decline", "leave") else ""
        return RedirectResponse(f"/{language}/{WAITING[language]}/{token}?done={done}", 303)

    def _command(
        self,
        wanted: asked.Asked,
        given: Mapping[str, str],
        kind: MeetingType,
        contact: Contact,
        until: date,
    ) -> AskForTime:
        answers = tuple(given.get(f"answers.{n}", "")[:1_000] for n in range(len(kind.content.questions)))
        message = given.get("message", "")[:4_000] or None
        return AskForTime(
            type=kind.id,
            place=_place(wanted, kind),
            until=until,
            contact=contact,
            consent=True,
            need=type(wanted.need)(**dict(wanted.need) | {"message": message}),
            answers=answers,
            advisor=wanted.advisor or None,
            base_url=self._base_url,
        )

    def _wish(
        self, language: Language, request: Request, wish: Wish, done: str, error: NexusError | None = None
    ) -> Response:
        token = token_of(request)
        paths = {one: f"/{one}/{WAITING[one]}/{token}" for one in LANGUAGES}
        values: dict[str, Any] = {
            "view": views.wish(wish, language),
            "done": done,
            "refused": _words(error.code, language) if error else "",
            "again": f"/{language}/{MEET[language]}",
        }
        return self._page.html(
            "meetings/waiting.html", language, paths, error.status if error else 200, **values
        )

    async def _form(
        self,
        language: Language,
        request: Request,
        visitor: Visitor,
        form: Mapping[str, str],
        faults: list[Fault] | None = None,
        status: int = 200,
    ) -> Response:
        given = asked.of_request(request, language)
        kind = await self._bus.call(GetMeetingType(id=given.type), visitor.caller)
        paths = {one: f"/{one}/{MEET[one]}/{WAITING[one]}{given.query()}" for one in LANGUAGES}
        today = datetime.now(ZONE).date()
        values: dict[str, Any] = {
            "kind": kind,
            "place": _place(given, kind),
            "form": {"until": (today + _A_MONTH).isoformat(), **form},
            "today": today,
            "faults": faults or [],
            "back": f"/{language}/{MEET[language]}/{WHEN[language]}{given.query()}",
        }
        return self._page.html("meetings/wait.html", language, paths, status, **values)


def _place(given: asked.Asked, kind: MeetingType) -> Any:
    return given.place if given.place in kind.content.places else kind.content.places[0]


def _words(code: str, language: Language) -> str:
    if code in views.REFUSED:
        return translations(language).gettext(views.REFUSED[code])
    told = REFUSALS.get(code, REFUSALS["invalid_input"])
    return f"{translations(language).gettext(told.title)}. {translations(language).gettext(told.advice)}"


def _fault(error: InvalidInput | Conflict | ValidationError, language: Language) -> Fault:
    if isinstance(error, ValidationError):
        return fault_of(error, translations(language))
    if error.code == "date_out_of_range":
        return Fault("until", _words(error.code, language))
    if isinstance(error, InvalidInput):
        return fault_of(error, translations(language))
    return Fault("email", _words(error.code, language))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
