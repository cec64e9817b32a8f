"""Meeting types in the back office: what can be booked, by whom, how long before."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from gateway.admin import fields
from gateway.admin.fields import Field
from gateway.admin.frame import MEETING_TYPES, admin_page, path_to
from gateway.i18n import translations
from gateway.people.desk import Desk, Signed
from gateway.reasons import reason
from gateway.words import AUDIENCES, MEETING_PLACES, N_
from nexus.caller import LANGUAGES
from nexus.errors import NotFound, StaleRevision
from services.meetings.contracts.types import (
    ArchiveMeetingType,
    ListMeetingTypes,
    MeetingType,
    SaveMeetingType,
    TypeContent,
)
from services.meetings.contracts.words import BothLines

_MINUTES = N_("In minutes; a multiple of five.")
_HOURS = N_("In hours.")
FIELDS = (
    Field("name", "line", N_("Name"), required=True),
    Field("lead", "paragraph", N_("What it is for"), N_("One sentence, for who chooses.")),
    Field("minutes", "text", N_("Length"), _MINUTES, required=True),
    Field("step", "text", N_("A meeting may begin every"), _MINUTES, required=True),
    Field("before", "text", N_("Kept free before it"), _MINUTES),
    Field("after", "text", N_("Kept free after it"), _MINUTES),
    Field("places", "checks", N_("Where"), options=MEETING_PLACES, required=True),
    Field(
        "video_url",
        "url",
        N_("Address of the video room"),
        N_("{meeting} becomes a part of each meeting’s own."),
    ),
    Field("advisors", "text", N_("How many advisors take part"), N_("All of them or none.")),
    Field("audience", "select", N_("Who may book it"), options=AUDIENCES, required=True),
    Field("notice_hours", "text", N_("Booked so long before, at the latest"), _HOURS),
    Field("horizon_days", "text", N_("Booked so long before, at the earliest"), N_("In days.")),
    Field("move_hours", "text", N_("The company may move it until so long before"), _HOURS),
    Field("cancel_hours", "text", N_("The company may cancel it until so long before"), _HOURS),
    Field(
        "questions",
        "rows",
        N_("Question"),
        fields=(Field("text", "line", N_("Question")), Field("required", "flag", N_("An answer is needed"))),
    ),
    Field("documents", "paragraph", N_("What to bring")),
)

_NEW = TypeContent(name=BothLines(fr="–", en="–"), places=("video",)).model_dump(
    mode="json", exclude={"name"}
)
_STALE = N_("Somebody else changed it meanwhile. Open it again, then save.")


def meeting_types_routes(router: APIRouter, desk: Desk) -> None:
    """Add the pages of types."""
    pages = _Types(desk)
    for language in LANGUAGES:
        start = path_to(language, MEETING_TYPES)
        for method, below, handle in (
            ("GET", "", pages.listed),
            ("GET", "/{id}", pages.show),
            ("POST", "/{id}", pages.save),
            ("POST", "/{id}/archive", pages.archive),
        ):
            desk.add(router, method, start + below, language, handle, MEETING_TYPES.roles)


class _Types:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listed(self, signed: Signed) -> Response:
        """All of the sector."""
        types = (await signed.call(ListMeetingTypes(every=True))).items
        values: dict[str, Any] = {"types": types, "done": signed.query("done"), "audiences": AUDIENCES}
        return admin_page(self._desk, signed, MEETING_TYPES, "meeting_types.html", **values)

    async def show(self, signed: Signed) -> Response:
        """The form of one; `new` is an empty one."""
        kind = await self._kind(signed)
        return await self._form(signed, kind, kind.content.model_dump(mode="json") if kind else _NEW)

    async def save(self, signed: Signed) -> Response:
        """Keep it."""
        kind, sent = await self._kind(signed), fields.read(FIELDS, await signed.sent())
        content = {name: value for name, value in sent.items() if fields.says_something(value)}
        try:
            wanted = TypeContent.model_validate(content)
        except ValidationError as error:
            words = translations(signed.language)
            faults = {
                ".".join(map(str, one["loc"])): reason(one["type"], one.get("ctx", {}), words)
                for one in error.errors()
            }
            return await self._form(signed, kind, content, faults, 400)
        revision = signed.form.get("revision", "")
        command = SaveMeetingType(
            id=kind.id if kind else None,
            revision=int(revision) if revision.isdecimal() and len(revision) < 9 else 0,
            content=wanted,
        )
        try:
            await signed.call(command)
        except StaleRevision:
            told = translations(signed.language).gettext(_STALE)
            return await self._form(signed, kind, content, {"name": told}, 409)
        return RedirectResponse(path_to(signed.language, MEETING_TYPES, "?done=saved"), 303)

    async def archive(self, signed: Signed) -> Response:
        """Offer it no more, or again."""
        kind = await self._kind(signed)
        if kind is not None:
            command = ArchiveMeetingType(id=kind.id, revision=kind.revision, archived=not kind.archived)
            await signed.call(command)
        return RedirectResponse(path_to(signed.language, MEETING_TYPES, "?done=saved"), 303)

    async def _kind(self, signed: Signed) -> MeetingType | None:
        wanted = str(signed.request.path_params["id"])
        if wanted == "new":
            return None
        for one in (await signed.call(ListMeetingTypes(every=True))).items:
            if one.id == wanted:
                return one
        raise NotFound("meeting_type_not_found")

    async def _form(
        self,
        signed: Signed,
        kind: MeetingType | None,
        content: Mapping[str, Any],
        faults: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        words, below = translations(signed.language), f"/{kind.id if kind else 'new'}"
        values: dict[str, Any] = {
            "kind": kind,
            "fields": fields.show(FIELDS, content, words, faults or {}),
            "faults": list((faults or {}).items()),
        }
        return admin_page(self._desk, signed, MEETING_TYPES, "meeting_type.html", status, below, **values)
