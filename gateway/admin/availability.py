"""Availability in the back office: an advisor's hours, absences and limits, with the slots that they make."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from gateway.admin.frame import AVAILABILITY, admin_page, path_to
from gateway.i18n import full_date, translations
from gateway.links import CALENDAR
from gateway.meetings import views
from gateway.people.desk import Desk, Signed
from gateway.questions import JOBS
from gateway.reasons import reason
from gateway.refusals import REFUSALS
from gateway.times import ZONE
from gateway.words import MEETING_PLACES, N_, THEMES
from nexus.caller import LANGUAGES, Role
from nexus.errors import InvalidInput, NotFound, StaleRevision
from services.meetings.contracts.availability import (
    Advisor,
    AvailabilityContent,
    GetAvailability,
    GetFeedToken,
    ListAdvisors,
    PreviewSlots,
    RenewFeed,
    SaveAvailability,
)
from services.meetings.contracts.busy import GetBusyCalendar, SetBusyCalendar
from services.meetings.contracts.types import ListMeetingTypes

DAYS = {
    "MO": N_("Monday"),
    "TU": N_("Tuesday"),
    "WE": N_("Wednesday"),
    "TH": N_("Thursday"),
    "FR": N_("Friday"),
    "SA": N_("Saturday"),
    "SU": N_("Sunday"),
}
_WEEKLY = re.compile(r"FREQ=WEEKLY(?:;INTERVAL=([1-4]))?;BYDAY=([A-Z]{2}(?:,[A-Z]{2})*)")
_NO_RULE = {
    **dict.fromkeys(("opens", "closes", "since", "until")),
    **dict.fromkeys(("places", "types", "except_on", "also_on"), ()),
}
_NO_ABSENCE = dict.fromkeys(("starts", "ends", "note"))
_MOST_RULES, _MOST_ABSENCES = 40, 200
_PREVIEWED = 14  # days
_NO_ADDRESS = N_("Give the whole address of the calendar: it begins with https.")
_STALE = N_("Somebody else changed this meanwhile. Open the page again, then save.")


def availability_routes(router: APIRouter, desk: Desk) -> None:
    """Add the page, the address of the calendar feed, and that of the calendar kept elsewhere."""
    pages = _Availability(desk)
    for language in LANGUAGES:
        start = path_to(language, AVAILABILITY)
        desk.add(router, "GET", start, language, pages.show, AVAILABILITY.roles)
        desk.add(router, "POST", start, language, pages.save, AVAILABILITY.roles)
        desk.add(router, "POST", f"{start}/feed", language, pages.renew, AVAILABILITY.roles)
        desk.add(router, "POST", f"{start}/calendar", language, pages.set_calendar, AVAILABILITY.roles)


class _Availability:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, signed: Signed) -> Response:
        """The caller's own, or, for who may, another one's."""
        advisor = await signed.call(GetAvailability(advisor=_whose(signed)))
        content = advisor.content.model_dump(mode="json")
        if advisor.revision == 0:
            person = signed.visitor.person
            content |= {"name": person.name or "", "languages": ["fr"]}
        return await self._form(signed, advisor, content)

    async def save(self, signed: Signed) -> Response:
        """Keep it, or show what it would make."""
        advisor = await signed.call(GetAvailability(advisor=_whose(signed)))
        sent = await _content(signed)
        try:
            content = AvailabilityContent.model_validate(sent)
            if signed.form.get("do") == "preview":
                return await self._form(signed, advisor, sent, preview=await self._preview(signed, content))
            revision = signed.form.get("revision", "")
            command = SaveAvailability(
                content=content,
                revision=int(revision) if revision.isdecimal() and len(revision) < 9 else 0,
                advisor=_whose(signed),
            )
            await signed.call(command)
        except (ValidationError, InvalidInput, StaleRevision) as error:
            faults = _faults(error, signed)
            status = 409 if isinstance(error, StaleRevision) else 400
            return await self._form(signed, advisor, sent, faults, status)
        other = f"&advisor={_whose(signed)}" if _whose(signed) else ""
        return RedirectResponse(path_to(signed.language, AVAILABILITY, f"?done=saved{other}"), 303)

    async def renew(self, signed: Signed) -> Response:
        """Another secret for the calendar feed."""
        await signed.call(RenewFeed())
        return RedirectResponse(path_to(signed.language, AVAILABILITY, "?done=renewed"), 303)

    async def set_calendar(self, signed: Signed) -> Response:
        """Read the busy times of another calendar, or of none any more."""
        address = None if signed.form.get("do") == "forget" else signed.form.get("calendar", "")
        try:
            await signed.call(SetBusyCalendar(address=address, advisor=_whose(signed)))
        except ValidationError:
            advisor = await signed.call(GetAvailability(advisor=_whose(signed)))
            faults = {"calendar": translations(signed.language).gettext(_NO_ADDRESS)}
            return await self._form(signed, advisor, advisor.content.model_dump(mode="json"), faults, 400)
        other = f"&advisor={_whose(signed)}" if _whose(signed) else ""
        return RedirectResponse(
            path_to(signed.language, AVAILABILITY, f"?done=calendar{other}#elsewhere"), 303
        )

    async def _preview(
        self, signed: Signed, content: AvailabilityContent
    ) -> list[tuple[str, list[views.Start]]]:
        query = PreviewSlots(
            content=content,
            type=signed.form.get("preview_type", "-")[:64] or "-",
            since=datetime.now(ZONE).date(),
            days=_PREVIEWED,
            advisor=_whose(signed),
        )
        found = await signed.call(query)
        return [
            (
                full_date(day.day, signed.language),
                [views.start(at, content.zone, signed.language) for at in day.starts],
            )
            for day in found
        ]

    async def _form(
        self,
        signed: Signed,
        advisor: Advisor,
        content: Mapping[str, Any],
        faults: Mapping[str, str] | None = None,
        status: int = 200,
        preview: list[tuple[str, list[views.Start]]] | None = None,
    ) -> Response:
        types = [one for one in (await signed.call(ListMeetingTypes(every=True))).items if not one.archived]
        leads = signed.visitor.has(Role.COORDINATOR, Role.ADMIN)
        advisors = (await signed.call(ListAdvisors())).items if leads else ()
        values: dict[str, Any] = {
            "advisor": advisor,
            "content": content,
            "rules": [*map(_row, content.get("rules", ())), _row({})],
            "absences": [*content.get("absences", ()), _NO_ABSENCE],
            "faults": faults or {},
            "preview": preview,
            "types": types,
            "advisors": [one for one in advisors if one.id != signed.visitor.caller.person],
            "whose": _whose(signed) or "",
            "feed": await self._feed(signed) if not _whose(signed) else "",
            "elsewhere": await self._elsewhere(signed),
            "done": signed.query("done"),
            "days": DAYS,
            "places": MEETING_PLACES,
            "partners": [one.name for one in self._desk.sector.partners],
            "expertise": {**THEMES, **JOBS},
            "today": datetime.now(ZONE).date(),
            "preview_type": signed.form.get("preview_type", ""),
        }
        return admin_page(self._desk, signed, AVAILABILITY, "availability.html", status, **values)

    async def _elsewhere(self, signed: Signed) -> dict[str, Any]:
        """The calendar kept elsewhere, and what is wrong with it in words."""
        try:
            found = await signed.call(GetBusyCalendar(advisor=_whose(signed)))
        except NotFound:
            return {}
        words = translations(signed.language)
        told = REFUSALS.get(found.code or "", REFUSALS["calendar_unreadable"])
        return {"known": found, "wrong": f"{words.gettext(told.title)}. {words.gettext(told.advice)}"}

    async def _feed(self, signed: Signed) -> str:
        try:
            token = (await signed.call(GetFeedToken())).token
        except NotFound:
            return ""
        return self._desk.base_url + CALENDAR.format(token=token)


def _whose(signed: Signed) -> str | None:
    """Another one's than the caller's own."""
    named = signed.query("advisor")
    return named if re.fullmatch(r"[A-Za-z0-9-]{1,64}", named) else None


async def _content(signed: Signed) -> dict[str, Any]:
    """What the form says, as the service wants it."""
    form = signed.form
    return {
        "name": form.get("name", ""),
        "presentation": form.get("presentation", "").replace("\r\n", "\n") or None,
        "accepting": form.get("accepting") == "yes",
        "zone": form.get("zone") or "America/Toronto",
        "languages": [*await signed.values("languages"), *_words(form.get("other_languages", ""))],
        "expertise": await signed.values("expertise"),
        "office": form.get("office") or None,
        "partner": form.get("partner") or None,
        "daily_maximum": form.get("daily_maximum") or None,
        "weekly_maximum": form.get("weekly_maximum") or None,
        "rules": [rule for n in range(_MOST_RULES) if (rule := await _rule(signed, f"rules.{n}."))],
        "absences": [one for n in range(_MOST_ABSENCES) if (one := _absence(form, f"absences.{n}."))],
    }


async def _rule(signed: Signed, path: str) -> dict[str, Any] | None:
    form, days = signed.form, await signed.values(f"{path}days")
    rrule = form.get(f"{path}rrule", "")
    if days:
        every = form.get(f"{path}interval", "1")
        interval = f";INTERVAL={every}" if every in ("2", "3", "4") else ""
        rrule = f"FREQ=WEEKLY{interval};BYDAY={','.join(day for day in DAYS if day in days)}"
    if not rrule or form.get(f"{path}remove") == "yes":
        return None
    return {
        "rrule": rrule,
        "since": form.get(f"{path}since") or datetime.now(ZONE).date().isoformat(),
        "until": form.get(f"{path}until") or None,
        "opens": form.get(f"{path}opens", ""),
        "closes": form.get(f"{path}closes", ""),
        "places": await signed.values(f"{path}places"),
        "types": await signed.values(f"{path}types"),
        "except_on": _words(form.get(f"{path}except_on", "")),
        "also_on": _words(form.get(f"{path}also_on", "")),
    }


def _absence(form: Mapping[str, str], path: str) -> dict[str, Any] | None:
    given = {name: form.get(f"{path}{name}") or None for name in ("starts", "ends", "note")}
    if form.get(f"{path}remove") == "yes" or not (given["starts"] or given["ends"]):
        return None
    return given


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,;]+", text) if word]


def _row(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as the form shows it: its days of the week, or, for others, its text."""
    found = _WEEKLY.fullmatch(rule.get("rrule", ""))
    return {
        **_NO_RULE,
        **rule,
        "days": found[2].split(",") if found else [],
        "interval": (found[1] or "1") if found else "1",
        "text": "" if found else rule.get("rrule", ""),
        "new": not rule,
    }


def _faults(error: ValidationError | InvalidInput | StaleRevision, signed: Signed) -> dict[str, str]:
    """What is wrong, by field; the fields of rules and absences by the number of their row."""
    words = translations(signed.language)
    if isinstance(error, ValidationError):
        return {
            ".".join(map(str, one["loc"][:3])): reason(one["type"], one.get("ctx", {}), words)
            for one in error.errors()
        }
    if isinstance(error, StaleRevision):
        return {"name": words.gettext(_STALE)}
    told = REFUSALS.get(error.code, REFUSALS["invalid_input"])
    field = str(error.details.get("field", "name"))
    return {field: f"{words.gettext(told.title)}. {words.gettext(told.advice)}"}
