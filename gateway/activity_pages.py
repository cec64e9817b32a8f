"""Activities: what is announced, what was, and the page of each, where one registers. No script, no account."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway import views
from gateway.articles import ActivityView, activity_path, activity_view, activity_views
from gateway.cache import ABOUT
from gateway.i18n import translations
from gateway.links import ACTIVITIES, REGISTRATION
from gateway.people import forms
from gateway.people.forms import Fault
from gateway.problems import problem
from gateway.rendering import Page, for_now, hits, if_there, personal
from gateway.sectors import Language, Sector
from gateway.times import ZONE
from gateway.words import N_
from nexus.bus import Bus
from nexus.caller import LANGUAGES, Caller, anonymous
from nexus.errors import Conflict, NotFound
from nexus.messages import CloudEvent
from services.content.contracts import Activity, ActivityPage, GetActivity, ListActivities
from services.meetings.contracts.registrations import (
    ActivityAwaited,
    ActivityCalledOff,
    ActivityJoined,
    ActivityLeft,
    PlaceGained,
    Places,
    PlacesLeft,
    Register,
    Registered,
    Registrant,
)
from services.search.contracts import MoreLikeThis

PLACES_CHANGE = (ActivityJoined, ActivityAwaited, PlaceGained, ActivityLeft, ActivityCalledOff)
_PER_PAGE = 20
_Slug = Annotated[str, Path(max_length=200)]
_CONSENT = N_("Say that we may keep these details: without them there is no place.")
_NEEDS = N_("Say it in at most 4,000 characters.")
_SOON = N_("Registration opens in a minute. Send the form again then.")


class ActivitiesQuery(BaseModel):
    """The parameters of the list of activities; others are ignored."""

    model_config = ConfigDict(extra="ignore")

    page: int = Field(1, ge=1, le=10_000)


_Asked = Annotated[ActivitiesQuery, Query()]


@dataclass(frozen=True)
class Form:
    """The form of a page: what was typed, and what is wrong with it. `again`: somebody who is registered already was
    mailed once more."""

    typed: Mapping[str, str]
    faults: Sequence[Fault] = ()
    again: bool = False


def activities_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The list, and the page of each activity, in both languages."""
    router, pages = APIRouter(), _Activities(sector, bus, base_url)

    @router.get("/fr/activites")
    async def activities_fr(asked: _Asked) -> Response:
        return await pages.listed("fr", asked)

    @router.get("/en/activities")
    async def activities_en(asked: _Asked) -> Response:
        return await pages.listed("en", asked)

    @router.get("/fr/activites/{slug}")
    async def activity_fr(slug: _Slug, request: Request) -> Response:
        return await pages.one("fr", slug, request)

    @router.get("/en/activities/{slug}")
    async def activity_en(slug: _Slug, request: Request) -> Response:
        return await pages.one("en", slug, request)

    @router.post("/fr/activites/{slug}")
    async def register_fr(slug: _Slug, request: Request) -> Response:
        return personal(await pages.register("fr", slug, request))

    @router.post("/en/activities/{slug}")
    async def register_en(slug: _Slug, request: Request) -> Response:
        return personal(await pages.register("en", slug, request))

    return router


def follow_places(bus: Bus, forget: Callable[[str], None]) -> None:
    """Call `forget` with what a page is about whenever other places are left there."""

    def heard(news: CloudEvent | None) -> None:
        if news is not None:
            forget(_about(news.data["activity"]))

    bus.listen(PLACES_CHANGE, heard)


def _about(activity: str) -> str:
    return f"activity {activity}"


class _Activities:
    def __init__(self, sector: Sector, bus: Bus, base_url: str) -> None:
        self._sector = sector
        self._bus = bus
        self._base_url = base_url
        self._page = Page(sector, base_url)

    async def listed(self, language: Language, asked: ActivitiesQuery) -> Response:
        """What is announced, and what was."""
        caller, now = anonymous(self._sector.name, language), datetime.now(UTC)
        query = ListActivities(upcoming=True, page=asked.page, per_page=_PER_PAGE)
        found: ActivityPage = await self._bus.call(query, caller)
        if asked.page > 1 and not found.items:
            raise NotFound("page_not_found")
        every = await self._bus.call(ListActivities(per_page=_PER_PAGE), caller)
        past = [one for one in activity_views(every.items, language, self._base_url, now) if one.past]
        shown = f"?page={asked.page}" if asked.page > 1 else ""
        return self._page.html(
            "activities.html",
            language,
            {one: f"/{one}/{ACTIVITIES[one]}{shown}" for one in LANGUAGES},
            activities=activity_views(found.items, language, self._base_url, now),
            past=past,
            number=asked.page,
            more=asked.page * _PER_PAGE < found.total,
        )

    async def one(self, language: Language, slug: str, request: Request) -> Response:
        """An activity, with its form if one registers here."""
        found = await self._bus.call(GetActivity(ref=slug), anonymous(self._sector.name, language))
        if slug != getattr(found.slug, language):
            return RedirectResponse(self._base_url + activity_path(language, found), 301)
        return await self._shown(language, found, Form({}, again=request.query_params.get("done") == "again"))

    async def register(self, language: Language, slug: str, request: Request) -> Response:
        """A place, or a turn: the page of the registration. To whose address is registered already it is mailed."""
        origin = request.client.host if request.client else None
        caller = Caller(sector=self._sector.name, language=language, origin=origin)
        found = await self._bus.call(GetActivity(ref=slug), caller)
        typed = await forms.fields_of(request)
        answer = await self._registered(language, found, typed, caller)
        if isinstance(answer, Fault):
            answer = [answer]
        if isinstance(answer, list):
            return await self._shown(language, found, Form(typed, answer), 400)
        if answer.token:
            done = answer.registration.state if answer.registration else ""
            return RedirectResponse(
                f"/{language}/{REGISTRATION[language]}/{answer.token}?done={done}#content", 303
            )
        return RedirectResponse(f"{activity_path(language, found)}?done=again#register", 303)

    async def _registered(
        self, language: Language, found: Activity, typed: Mapping[str, str], caller: Caller
    ) -> Registered | Fault | list[Fault]:
        """What became of it, or what is wrong with the form."""
        words = translations(language)
        given: dict[str, Any] = {name: typed.get(name, "") for name in ("name", "email")}
        given |= {name: typed.get(name) or None for name in ("company", "needs")} | {"language": language}
        who = forms.read(Registrant, given, words)
        faults = [_worded(one, words) for one in who] if isinstance(who, list) else []
        if typed.get("consent") != "yes":
            faults = [*faults, Fault("consent", words.gettext(_CONSENT))]
        if faults or isinstance(who, list):
            return faults
        key = {"key": key} if (key := typed.get("key")) and 8 <= len(key) <= 64 and key.isalnum() else {}
        command = Register(activity=found.id, registrant=who, consent=True, base_url=self._base_url, **key)
        try:
            return await self._bus.call(command, caller)
        except NotFound:
            return Fault("email", words.gettext(_SOON))
        except Conflict as error:
            told = problem(self._base_url, error.status, error.code, language)
            return Fault("email", f"{told.title}. {told.detail}")

    async def _shown(self, language: Language, found: Activity, form: Form, status: int = 200) -> Response:
        caller, now = anonymous(self._sector.name, language), datetime.now(UTC)
        view = activity_view(found, language, self._base_url, now)
        takes = _takes(view)
        places = await self._places(found, caller) if takes else None
        similar = await hits(self._bus.call(MoreLikeThis(id=found.id, lang=language), caller))
        shown = self._page.html(
            "activity.html",
            language,
            {one: activity_path(one, found) for one in LANGUAGES},
            status,
            view=view,
            cards=[views.card(hit, language) for hit in similar or ()],
            takes=takes,
            places=places,
            form=form,
        )
        if similar is None or (takes and places is None):
            return for_now(shown)
        if places and _closes_today(places, now):
            return personal(shown)  # what is kept is kept for the day
        shown.headers[ABOUT] = _about(found.id)
        return shown

    async def _places(self, found: Activity, caller: Caller) -> Places | None:
        """What is left of it; None while that is not known of what was just published."""
        try:
            places = await if_there(self._bus.call(PlacesLeft(activity=found.id), caller))
        except NotFound:
            return None
        return places if places and places.news >= found.revision else None


def _takes(view: ActivityView) -> bool:
    """Whether a page speaks of registration."""
    content = view.activity.content
    return content.registration is not None and not content.cancelled and not view.past


def _closes_today(places: Places, now: datetime) -> bool:
    return places.is_open and places.closes_at.astimezone(ZONE).date() <= now.astimezone(ZONE).date()


def _worded(fault: Fault, words: Any) -> Fault:
    return Fault("needs", words.gettext(_NEEDS)) if fault.field == "needs" else fault
