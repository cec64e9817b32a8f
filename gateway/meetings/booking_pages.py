"""To book a meeting: the need, then when and with whom, then who comes. No script, no account."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from gateway.i18n import translations
from gateway.links import MEET, MEETING, WAITING
from gateway.meetings import asked, views
from gateway.meetings.asked import Asked
from gateway.meetings.pages import VisitorPages
from gateway.meetings.texting import may_be_texted, unusable, wording_of
from gateway.people import forms
from gateway.people.forms import Fault
from gateway.people.visitor import Visitor, Visitors
from gateway.sectors import Language, Sector
from gateway.words import N_
from nexus.bus import Bus
from nexus.caller import LANGUAGES, Role
from nexus.errors import Conflict, InvalidInput, NexusError
from services.meetings.contracts.availability import ListAdvisors
from services.meetings.contracts.meetings import (
    ConfirmMeeting,
    Contact,
    FindSlots,
    HoldMeeting,
    Meeting,
    OpenOwnMeeting,
)
from services.meetings.contracts.types import GetMeetingType, ListMeetingTypes, MeetingType

WHEN = {"fr": "quand", "en": "when"}
WHO = {"fr": "vous", "en": "you"}
_STAFF = (Role.ADVISOR, Role.COORDINATOR, Role.ADMIN)
CONSENT = N_("Say that we may keep these details: without them there is no meeting.")
_ANSWER = N_("Answer this question.")
_EMAIL = N_("Give an e-mail address, such as marie@example.org.")
_PHONE = N_("Give the number at which we can call you.")
_TAKEN = {
    "slot_taken": N_("Somebody else has just taken this time. The nearest ones:"),
    "slot_not_offered": N_("No meeting can begin at this time. The nearest ones:"),
    "too_many_holds": N_("You hold several times already: fill in one of the forms, or wait ten minutes."),
}


def booking_router(sector: Sector, bus: Bus, base_url: str, visitors: Visitors, texts: bool) -> APIRouter:
    """The screens in both languages. `texts`: whether reminders by text message are offered."""
    router, pages = APIRouter(), _Booking(sector, bus, base_url, visitors, texts)
    for language in LANGUAGES:
        start = f"/{language}/{MEET[language]}"
        when, who = f"{start}/{WHEN[language]}", f"{start}/{WHO[language]}/{{token}}"
        for path, method, handle in (
            (start, "GET", pages.need),
            (when, "GET", pages.when),
            (when, "POST", pages.hold),
            (who, "GET", pages.who),
            (who, "POST", pages.confirm),
        ):
            router.add_api_route(path, pages.endpoint(language, handle), methods=[method])
    return router


class _Booking(VisitorPages):
    async def need(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """What the meeting is about."""
        types = await self._bus.call(ListMeetingTypes(every=visitor.has(*_STAFF)), visitor.caller)
        given = asked.of_request(request, language)
        query = f"?{request.query_params}" if request.query_params else ""
        paths = {one: f"/{one}/{MEET[one]}{query}" for one in LANGUAGES}
        kinds = [one for one in types.items if not one.archived]
        action = f"/{language}/{MEET[language]}/{WHEN[language]}"
        return self._page.html("meetings/need.html", language, paths, kinds=kinds, asked=given, action=action)

    async def when(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """When it can begin, and with whom."""
        given = asked.of_request(request, language)
        if not given.type:
            return RedirectResponse(f"/{language}/{MEET[language]}{given.query()}", 303)
        return await self._when(language, given, visitor)

    async def hold(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """Keep a time, and ask who comes."""
        sent = [(name, value) for name, value in (await forms.sent_of(request)).multi_items()]
        given = asked.read([(name, value) for name, value in sent if isinstance(value, str)], language)
        moment = views.moment_of(dict(sent).get("start"))
        if moment is None or not given.type or not given.place:
            return RedirectResponse(f"/{language}/{MEET[language]}/{WHEN[language]}{given.query()}", 303)
        command = HoldMeeting(
            type=given.type,
            place=given.place,
            start=moment,
            need=given.need,
            advisor=given.advisor or None,
        )
        try:
            held = await self._bus.call(command, visitor.caller)
        except (Conflict, InvalidInput) as error:
            if error.code not in _TAKEN:
                raise
            return await self._when(language, given, visitor, error)
        return RedirectResponse(f"/{language}/{MEET[language]}/{WHO[language]}/{held.token}", 303)

    async def who(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """The form of who comes; once it is sent, the page of the meeting."""
        token = str(request.path_params["token"])[:200]
        held = await self._bus.call(OpenOwnMeeting(token=token), visitor.caller)
        if held.expires_at is None:
            return RedirectResponse(f"/{language}/{MEETING[language]}/{token}", 303)
        return await self._who(language, token, held, visitor, known_of(visitor))

    async def confirm(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """Book what was held."""
        token = str(request.path_params["token"])[:200]
        held = await self._bus.call(OpenOwnMeeting(token=token), visitor.caller)
        given, words = await forms.fields_of(request), translations(language)
        contact = forms.read(Contact, contact_of(given, language), words)
        faults = contact if isinstance(contact, list) else []
        if given.get("consent") != "yes":
            faults = [*faults, Fault("consent", words.gettext(CONSENT))]
        if faults or isinstance(contact, list):
            return await self._who(language, token, held, visitor, given, faults, 400)
        try:
            answers = tuple(given.get(f"answers.{n}", "")[:1_000] for n in range(len(held.type.questions)))
            message = given.get("message", "")[:4_000] or None
            command = ConfirmMeeting(
                token=token,
                contact=contact,
                consent=True,
                text_consent=wording_of(language) if given.get("texts") == "yes" else None,
                answers=answers,
                message=message,
                base_url=self._base_url,
            )
            await self._bus.call(command, visitor.caller)
        except (InvalidInput, ValidationError) as error:
            fault = fault_of(error, words)
            return await self._who(language, token, held, visitor, given, [fault], 400)
        return RedirectResponse(f"/{language}/{MEETING[language]}/{token}?done=booked", 303)

    async def _when(
        self, language: Language, given: Asked, visitor: Visitor, error: NexusError | None = None
    ) -> Response:
        kind = await self._bus.call(GetMeetingType(id=given.type), visitor.caller)
        if given.place not in kind.content.places:
            given = _at(given, kind.content.places[0])
        slots = await self._bus.call(_find(given, kind), visitor.caller)
        if given.since is None and not slots.days and slots.next:  # begin where there is something
            given_day = slots.next.date()
            slots = await self._bus.call(_find(given, kind, since=given_day), visitor.caller)
        advisors = await self._bus.call(ListAdvisors(), visitor.caller)
        shown = given.since or slots.since
        paths = {one: f"/{one}/{MEET[one]}/{WHEN[one]}{given.query(shown)}" for one in LANGUAGES}
        values: dict[str, Any] = {
            "kind": kind,
            "asked": given,
            "week": views.week(slots, language),
            "advisors": [one for one in advisors.items if given.need.language in one.languages],
            "refused": translations(language).gettext(_TAKEN[error.code]) if error else "",
            "nearest": views.nearest(error, slots.zone, language),
            "action": f"/{language}/{MEET[language]}/{WHEN[language]}",
            "wait": f"/{language}/{MEET[language]}/{WAITING[language]}{given.query()}",
            "back": f"/{language}/{MEET[language]}{given.query()}",
        }
        status = error.status if error else 200
        return self._page.html("meetings/when.html", language, paths, status, **values)

    async def _who(
        self,
        language: Language,
        token: str,
        held: Meeting,
        visitor: Visitor,
        form: Mapping[str, str],
        faults: list[Fault] | None = None,
        status: int = 200,
    ) -> Response:
        kind = await self._bus.call(GetMeetingType(id=held.type.id), visitor.caller)
        paths = {one: f"/{one}/{MEET[one]}/{WHO[one]}/{token}" for one in LANGUAGES}
        values: dict[str, Any] = {
            "view": views.meeting(held, language, held.created_at),
            "kind": kind,
            "form": form,
            "faults": faults or [],
            "texts": wording_of(language) if may_be_texted(held, self._texts) else None,
        }
        return self._page.html("meetings/who.html", language, paths, status, **values)


def _find(given: Asked, kind: MeetingType, **more: Any) -> FindSlots:
    fields = {
        "type": kind.id,
        "place": given.place,
        "language": given.need.language,
        "advisor": given.advisor or None,
        "since": given.since,
        "days": views.WEEK,
    }
    return FindSlots.model_validate(fields | more)


def _at(given: Asked, place: str) -> Asked:
    return Asked(given.type, place, given.advisor, given.since, given.need)


def contact_of(given: Mapping[str, str], language: Language) -> dict[str, Any]:
    wanted: dict[str, Any] = {name: given.get(name, "") for name in ("name", "company", "email")}
    return wanted | {name: given.get(name) or None for name in ("phone", "neq")} | {"language": language}


def known_of(visitor: Visitor) -> dict[str, str]:
    """What is known of a member who is signed in; staff book for somebody else."""
    if visitor.session is None or visitor.has(*_STAFF):
        return {}
    person = visitor.person
    company = person.company
    return {
        "name": person.name or "",
        "email": person.email,
        "company": company.name if company else "",
        "neq": (company.neq if company else None) or "",
    }


def fault_of(error: InvalidInput | ValidationError, words: Any) -> Fault:
    field = error.details.get("field", "message") if isinstance(error, InvalidInput) else "message"
    if isinstance(error, InvalidInput) and error.code == "phone_unusable":
        return unusable(words)
    told = {"phone": _PHONE, "email": _EMAIL, "message": N_("Control characters are not allowed.")}.get(
        field, _ANSWER
    )
    return Fault(str(field), words.gettext(told))
