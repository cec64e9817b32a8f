"""The page of a registration, for who has its link: what stands, how to give the place up, and afterwards what one
thought of it.

Looking at it changes nothing: programs that read mail look at it, too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from gateway.i18n import clock, full_date, translations
from gateway.links import ACTIVITIES, REGISTRATION
from gateway.meetings.calendars import calendar_response
from gateway.meetings.pages import LinkPages
from gateway.people import forms
from gateway.people.forms import Fault
from gateway.problems import problem
from gateway.sectors import Language, Sector
from gateway.words import N_, USEFUL
from nexus.bus import Bus
from nexus.calendars import Entry, calendar_of, event_of
from nexus.caller import LANGUAGES, Caller
from nexus.errors import Conflict
from services.meetings.contracts.registrations import (
    LeaveActivity,
    OpenRegistration,
    RateActivity,
    Registration,
)
from services.meetings.contracts.words import told

LEAVE = {"fr": "renoncer", "en": "give-up"}
ICS = "activity.ics"
_SCORE = N_("Say how useful it was, from 1 to 5.")
_WRONG = {"score": _SCORE, "remark": N_("Say it in at most 4,000 characters.")}


@dataclass(frozen=True)
class RegistrationView:
    """A registration in words, and what can be done with it."""

    registration: Registration
    title: str
    when: str
    where: str
    is_ahead: bool
    has_place: bool
    may_rate: bool


def registration_view(one: Registration, language: Language, now: datetime) -> RegistrationView:
    """A registration at this moment, in the hours of its activity."""
    is_over = one.end <= now
    return RegistrationView(
        registration=one,
        title=told(one.title, language),
        when=when_of(one, language),
        where=told(one.where, language) if one.where else "",
        is_ahead=one.state in ("registered", "waiting") and not is_over,
        has_place=one.state == "registered",
        may_rate=one.state == "registered" and is_over,
    )


class Timed(Protocol):
    """What has a beginning and an end, in the hours of a zone."""

    @property
    def start(self) -> datetime: ...

    @property
    def end(self) -> datetime: ...

    @property
    def zone(self) -> str: ...


def when_of(one: Timed, language: Language) -> str:
    """From when until when it is, in words."""
    zone = ZoneInfo(one.zone)
    begin, end = one.start.astimezone(zone), one.end.astimezone(zone)
    first = f"{full_date(begin.date(), language)}, {_hour(begin, language)}"
    if begin.date() == end.date():
        return f"{first} – {_hour(end, language)}"
    return f"{first} – {full_date(end.date(), language)}, {_hour(end, language)}"


def _hour(moment: datetime, language: Language) -> str:
    """A time of day that no line breaks."""
    return "\xa0".join(clock(moment, language).split())


def registration_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The pages in both languages."""
    router, pages = APIRouter(), _Registrations(sector, bus, base_url)
    for language in LANGUAGES:
        path = f"/{language}/{REGISTRATION[language]}/{{token}}"
        for below, method, handle in (
            ("", "GET", pages.show),
            ("", "POST", pages.rate),
            (f"/{LEAVE[language]}", "GET", pages.ask),
            (f"/{LEAVE[language]}", "POST", pages.leave),
            (f"/{ICS}", "GET", pages.calendar),
        ):
            router.add_api_route(path + below, pages.endpoint(language, handle), methods=[method])
    return router


class _Registrations(LinkPages):
    async def show(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """What stands."""
        return await self._shown(language, token, caller, done=request.query_params.get("done", ""))

    async def ask(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """Whether they mean it."""
        view = await self._view(language, token, caller)
        if not view.is_ahead:
            return RedirectResponse(_path(language, token), 303)
        paths = {one: f"{_path(one, token)}/{LEAVE[one]}" for one in LANGUAGES}
        back = _path(language, token)
        return self._page.html("registrations/leave.html", language, paths, view=view, back=back)

    async def leave(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """Give the place to others."""
        try:
            await self._bus.call(LeaveActivity(token=token), caller)
        except Conflict as error:
            return await self._shown(language, token, caller, refused=self._words(error, language))
        return RedirectResponse(f"{_path(language, token)}?done=left", 303)

    async def rate(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """Say what one thought of it."""
        given, words = await forms.fields_of(request), translations(language)
        fields = {name: given.get(name) or None for name in ("score", "remark")}
        command = forms.read(RateActivity, {"token": token, **fields}, words)
        if isinstance(command, list):
            faults = [Fault(one.field, words.gettext(_WRONG.get(one.field, _SCORE))) for one in command]
            return await self._shown(language, token, caller, faults=faults, typed=given)
        try:
            await self._bus.call(command, caller)
        except Conflict as error:
            return await self._shown(language, token, caller, refused=self._words(error, language))
        return RedirectResponse(f"{_path(language, token)}?done=rated", 303)

    async def calendar(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """The activity for a calendar."""
        view = await self._view(language, token, caller)
        one = view.registration
        entry = Entry(
            id=one.id,
            sector=one.sector,
            sequence=one.sequence,
            stamp=datetime.now(UTC),
            start=one.start,
            end=one.end,
            zone=one.zone,
            cancelled=one.state in ("left", "called_off"),
            title=view.title,
            about="",
            link=self._base_url + _path(language, token),
            where=view.where or None,
        )
        return calendar_response(calendar_of([event_of(entry)], "PUBLISH", view.title), ICS)

    async def _view(self, language: Language, token: str, caller: Caller) -> RegistrationView:
        found = await self._bus.call(OpenRegistration(token=token), caller)
        return registration_view(found, language, datetime.now(UTC))

    async def _shown(
        self,
        language: Language,
        token: str,
        caller: Caller,
        *,
        done: str = "",
        refused: str = "",
        faults: Sequence[Fault] = (),
        typed: Mapping[str, str] | None = None,
    ) -> Response:
        view = await self._view(language, token, caller)
        rated = view.registration
        before = {"score": str(rated.score or ""), "remark": rated.remark or ""}
        values: dict[str, Any] = {
            "view": view,
            "done": done,
            "refused": refused,
            "faults": faults,
            "typed": typed or before,
            "useful": USEFUL,
            "leave": f"{_path(language, token)}/{LEAVE[language]}",
            "calendar": f"{_path(language, token)}/{ICS}",
            "activities": f"/{language}/{ACTIVITIES[language]}",
        }
        paths = {one: _path(one, token) for one in LANGUAGES}
        status = 400 if faults else 409 if refused else 200
        return self._page.html("registrations/registration.html", language, paths, status, **values)

    def _words(self, error: Conflict, language: Language) -> str:
        one = problem(self._base_url, error.status, error.code, language)
        return f"{one.title}. {one.detail}"


def _path(language: Language, token: str) -> str:
    return f"/{language}/{REGISTRATION[language]}/{token}"
