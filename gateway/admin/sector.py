"""The settings of a sector in the back office: its names, texts, colours and contact, with previews and history."""

from collections.abc import Mapping
from functools import partial
from gettext import NullTranslations
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from gateway.admin import fields
from gateway.admin.differences import Said, clashing, differences, said
from gateway.admin.fields import Field
from gateway.admin.frame import SECTOR, admin_page, number_in, path_to
from gateway.admin.looks import PAGES, look
from gateway.following import settings_of, with_settings
from gateway.i18n import decimal, translations
from gateway.people.desk import Desk, Signed
from gateway.reasons import reason
from gateway.sectors import Colours, Language
from gateway.stylesheet import style_sheet
from gateway.words import COLOURS, LANGUAGES, N_
from nexus.caller import LANGUAGES as BOTH
from nexus.errors import InvalidInput, NotFound, StaleRevision
from services.content.contracts.sectors import (
    CheckColours,
    ColourChecks,
    GetSector,
    GetSectorHistory,
    SaveSector,
    SectorColours,
    SectorSettings,
)
from services.people.contracts.people import NamePeople

_FIELDS = (
    Field("short", "line", N_("Short name"), N_("Beside “Emploi NEXUS”, at the top."), required=True),
    Field("title", "line", N_("Whole name"), N_("At the bottom, and where links are shared."), required=True),
    Field("tagline", "paragraph", N_("First sentence"), N_("Large, on the first page."), required=True),
    Field("lead", "paragraph", N_("Introduction"), N_("Below it. Empty: what all sectors say.")),
    Field(
        "colours",
        "group",
        N_("Colours"),
        fields=(
            Field("accent", "colour", COLOURS["accent"], N_("Links, buttons and titles, on white.")),
            Field("on_accent", "colour", COLOURS["on_accent"], N_("On buttons, over the accent.")),
            Field("accent_dark", "colour", COLOURS["accent_dark"], N_("Where a device shows pages dark.")),
        ),
    ),
    Field(
        "contact",
        "group",
        N_("Whom to ask"),
        fields=(
            Field("name", "text", N_("Name"), required=True),
            Field("url", "url", N_("Web address")),
            Field("email", "text", N_("E-mail address")),
            Field("phone", "text", N_("Phone"), N_("As in 514 555-0199, poste 12.")),
            Field(
                "address",
                "text",
                N_("Address"),
                N_("By post; at the end of each mail. The anti-spam law asks for it in news by e-mail."),
            ),
            Field("languages", "checks", N_("Languages of service"), options=LANGUAGES),
        ),
    ),
    Field(
        "reminders",
        "hours",
        N_("Reminders of meetings"),
        N_(
            "How many hours before a meeting its company is reminded by e-mail, such as 48, 2: at most four, each from "
            "1 to 168. 0: never. Empty: as the platform has it. A change is for meetings booked or moved from then on; "
            "those already booked keep theirs."
        ),
    ),
)
_RULES = {
    "contact.url": N_("Give a web address that begins with https:// or http://."),
    "contact.phone": N_("Give a phone number, such as 514 555-0199."),
    "reminders": N_("Write at most four whole numbers of hours from 1 to 168, such as 48, 2."),
    **dict.fromkeys(
        ("colours.accent", "colours.accent_dark", "colours.on_accent"),
        N_("Write a colour as # and six signs, 0 to 9 or a to f."),
    ),
}
_TOO_WEAK = N_(
    "The contrast is %(ratio)s to 1; %(needed)s are needed. The nearest that passes is %(nearest)s."
)


def sector_routes(router: APIRouter, desk: Desk) -> None:
    """Add the pages."""
    pages = _Settings(desk)
    for language in BOTH:
        start = path_to(language, SECTOR)
        add = partial(desk.add, router, language=language, roles=SECTOR.roles)
        for method, below, handle in (
            ("GET", "", pages.show),
            ("POST", "", pages.save),
            ("GET", "/colours", pages.colours),
            ("GET", "/style.css", pages.style),
            ("GET", "/history", pages.history),
            ("POST", "/history", pages.restore),
        ):
            add(method, start + below, handle=handle)


class _Settings:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, signed: Signed) -> Response:
        """The form, as the site is now."""
        state = await signed.call(GetSector())
        return await self._form(
            signed, self._content(state.settings), state.revision, done=signed.query("done")
        )

    async def save(self, signed: Signed) -> Response:
        """Keep what the form has; or show how the site would look; or take colours that pass."""
        content, revision = _read(await signed.sent()), (number_in(signed.form.get("revision")) or 0)
        do = signed.form.get("do", "save")
        if do == "file":
            return await self._keep(signed, None, revision, "file")
        words = translations(signed.language)
        if do == "nearest":
            nearest = await self._nearest(signed, content["colours"])
            return await self._form(signed, {**content, "colours": nearest}, revision)
        try:
            settings = SectorSettings.model_validate(content)
        except ValidationError as error:
            return await self._form(signed, content, revision, _faults(error, words), 400)
        if do in PAGES:
            return await self._look(signed, settings, do)
        try:
            return await self._keep(signed, settings, revision, "save")
        except StaleRevision:
            return await self._merge(signed, settings, revision)
        except InvalidInput as error:
            if error.code != "contrast_too_low":
                raise
            return await self._form(signed, content, revision, _too_weak(error, signed.language), 400)

    async def colours(self, signed: Signed) -> Response:
        """The checks of the colours in the address, as a part of the page, for the script."""
        given = {name: signed.query(name) for name in COLOURS}
        return self._desk.html(
            "admin/_colours.html", signed, {}, checks=await self._checks(signed, given), colours=given
        )

    async def style(self, signed: Signed) -> Response:
        """A style sheet in the colours of the address, for previews."""
        try:
            given = SectorColours.model_validate({name: signed.query(name) for name in COLOURS})
        except ValidationError:
            raise NotFound from None
        return style_sheet(Colours.model_validate(given.model_dump()), {})

    async def history(self, signed: Signed) -> Response:
        """Every revision, and what each changed."""
        told = await signed.call(GetSectorHistory())
        names = await signed.call(NamePeople(ids=tuple({one.by for one in told.revisions})[:200]))
        words = translations(signed.language)
        contents = [self._content(one.settings) for one in told.revisions]
        before = [*contents[1:], settings_of(self._desk.file)]
        values: dict[str, Any] = {
            "revisions": [
                (one, differences(_FIELDS, old, new, words))
                for one, new, old in zip(told.revisions, contents, before, strict=False)
            ],
            "names": names,
        }
        return admin_page(self._desk, signed, SECTOR, "sector_history.html", below="/history", **values)

    async def restore(self, signed: Signed) -> Response:
        """Make earlier settings the newest ones; nothing of what came after is lost."""
        wanted = number_in(signed.form.get("to"))
        told = (await signed.call(GetSectorHistory())).revisions
        found = [one for one in told if one.revision == wanted]
        if not found:
            raise NotFound
        try:
            return await self._keep(
                signed, found[0].settings, (number_in(signed.form.get("revision")) or 0), "restore"
            )
        except StaleRevision:
            return RedirectResponse(path_to(signed.language, SECTOR, "/history"), 303)

    async def _keep(
        self, signed: Signed, settings: SectorSettings | None, revision: int, done: str
    ) -> Response:
        await signed.call(SaveSector(revision=revision, settings=settings))
        return RedirectResponse(path_to(signed.language, SECTOR, f"?done={done}"), 303)

    async def _look(self, signed: Signed, settings: SectorSettings, page: str) -> Response:
        colours = urlencode(settings.colours.model_dump())
        style = path_to(signed.language, SECTOR, f"/style.css?{colours}")
        partners = self._desk.sector.partners
        sector = with_settings(self._desk.file, settings).model_copy(update={"partners": partners})
        return await look(page, sector, self._desk.base_url, style, signed)

    async def _merge(self, signed: Signed, settings: SectorSettings, seen: int) -> Response:
        """Somebody saved meanwhile: both edits in one form, and where they clash what the other one wrote."""
        told = (await signed.call(GetSectorHistory())).revisions
        base = self._content(next((one.settings for one in told if one.revision == seen), None))
        theirs = self._content(told[0].settings if told else None)
        content, clashes = fields.merged(base, settings.model_dump(mode="json"), theirs)
        named = said(_FIELDS, theirs, translations(signed.language))
        revision = told[0].revision if told else 0
        told_clashes = {path: clashing(named, path) for path in clashes}
        return await self._form(signed, content, revision, status=409, clashes=told_clashes)

    async def _form(
        self,
        signed: Signed,
        content: Mapping[str, Any],
        revision: int,
        faults: Mapping[str, str] | None = None,
        status: int = 200,
        clashes: Mapping[str, Said] | None = None,
        done: str = "",
    ) -> Response:
        words = translations(signed.language)
        values: dict[str, Any] = {
            "fields": fields.show(_FIELDS, content, words, faults or {}),
            "faults": list((faults or {}).items()),
            "revision": revision,
            "merging": clashes is not None,
            "clashes": clashes or {},
            "colours": content["colours"],
            "checks": await self._checks(signed, content["colours"]),
            "is_file": content == settings_of(self._desk.file),
            "done": done,
        }
        return admin_page(self._desk, signed, SECTOR, "sector.html", status, **values)

    async def _checks(self, signed: Signed, colours: Mapping[str, Any]) -> ColourChecks | None:
        """None: one of them is no colour."""
        try:
            asked = CheckColours(colours=SectorColours.model_validate(colours))
        except ValidationError:
            return None
        return await signed.call(asked)

    async def _nearest(self, signed: Signed, colours: Mapping[str, Any]) -> dict[str, Any]:
        checks = await self._checks(signed, colours)
        return {one.colour: one.nearest for one in checks.items} if checks else dict(colours)

    def _content(self, settings: SectorSettings | None) -> dict[str, Any]:
        return settings.model_dump(mode="json") if settings else settings_of(self._desk.file)


def _read(sent: fields.Sent) -> dict[str, Any]:
    content = fields.read(_FIELDS, sent)
    lead = content["lead"]
    empty = dict.fromkeys(COLOURS, "")
    return {
        **content,
        "lead": lead if lead["fr"] or lead["en"] else None,
        "colours": empty | content.get("colours", {}),
        "contact": content.get("contact", {}),
    }


def _faults(error: ValidationError, words: NullTranslations) -> dict[str, str]:
    found = {}
    for one in error.errors():
        path = ".".join(map(str, one["loc"][:1] if one["loc"][0] == "reminders" else one["loc"]))
        rule = _RULES.get(path)
        is_text = one["type"] == "too_long" and isinstance(one["input"], str)
        found[path] = (
            words.gettext(rule)
            if rule
            else reason("string_too_long" if is_text else one["type"], one.get("ctx", {}), words)
        )
    return found


def _too_weak(error: InvalidInput, language: Language) -> dict[str, str]:
    words = translations(language)
    found = {}
    for one in error.details["checks"]:
        told = {name: decimal(one[name], language) for name in ("ratio", "needed")}
        found[f"colours.{one['colour']}"] = words.gettext(_TOO_WEAK) % {"nearest": one["nearest"], **told}
    return found
