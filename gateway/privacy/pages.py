"""Pages of who wants their data or to be erased: they need no account, but who reads the mail of the address.

Looking at the page of a link changes nothing: programs that read mail look at it, too."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from gateway.i18n import translations
from gateway.links import DATA_REQUEST, MY_DATA
from gateway.meetings.pages import LinkPages, VisitorPages, token_of
from gateway.people import forms
from gateway.people.visitor import Visitor, Visitors
from gateway.privacy.exporting import Documents, blocks, packed
from gateway.privacy.words import DATA_KINDS, HOLDERS, REASONS
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import LANGUAGES, Caller
from services.people.contracts.privacy import (
    AskPersonalData,
    ConfirmOwnRequest,
    OpenOwnRequest,
    ReadOwnExport,
)


def privacy_router(sector: Sector, bus: Bus, base_url: str, visitors: Visitors) -> APIRouter:
    """All of them in both languages."""
    router = APIRouter()
    asking, own = _Asking(sector, bus, base_url, visitors), _Own(sector, bus, base_url)
    for language in LANGUAGES:
        start, link = f"/{language}/{MY_DATA[language]}", f"/{language}/{DATA_REQUEST[language]}/{{token}}"
        router.add_api_route(start, asking.endpoint(language, asking.show), methods=["GET"])
        router.add_api_route(start, asking.endpoint(language, asking.ask), methods=["POST"])
        router.add_api_route(link, own.endpoint(language, own.show), methods=["GET"])
        router.add_api_route(link, own.endpoint(language, own.confirm), methods=["POST"])
        router.add_api_route(f"{link}/data.zip", own.endpoint(language, own.take), methods=["GET"])
    return router


class _Asking(VisitorPages):
    async def show(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """The form, or that a link was mailed."""
        return self._shown(language, visitor, done=request.query_params.get("done") == "sent")

    async def ask(self, language: Language, request: Request, visitor: Visitor) -> Response:
        """Have the link mailed."""
        typed = await forms.fields_of(request)
        given = {name: typed.get(name, "") for name in ("email", "kind")}
        command = forms.read(
            AskPersonalData,
            {**given, "base_url": self._base_url, "language": language},
            translations(language),
        )
        if isinstance(command, list):
            return self._shown(language, visitor, faults=command, typed=typed)
        await self._bus.call(command, visitor.caller)
        return RedirectResponse(f"/{language}/{MY_DATA[language]}?done=sent", 303)

    def _shown(
        self,
        language: Language,
        visitor: Visitor,
        *,
        done: bool = False,
        faults: list[forms.Fault] | None = None,
        typed: dict[str, str] | None = None,
    ) -> Response:
        paths = {one: f"/{one}/{MY_DATA[one]}" for one in LANGUAGES}
        values: dict[str, Any] = {
            "done": done,
            "faults": faults or [],
            "typed": typed or {},
            "visitor": visitor,
        }
        return self._page.html("privacy/ask.html", language, paths, 400 if faults else 200, **values)


class _Own(LinkPages):
    async def show(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """How far the request is, and what came of it."""
        found = await self._bus.call(OpenOwnRequest(token=token), caller)
        values: dict[str, Any] = {
            "found": found,
            "kinds": DATA_KINDS,
            "holders": HOLDERS,
            "reasons": REASONS,
        }
        paths = {one: _path(one, token) for one in LANGUAGES}
        return self._page.html("privacy/request.html", language, paths, **values)

    async def confirm(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """It begins."""
        await self._bus.call(ConfirmOwnRequest(token=token), caller)
        return RedirectResponse(_path(language, token), 303)

    async def take(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """The file."""
        export = await self._bus.call(ReadOwnExport(token=token_of(request)), caller)
        whole = await packed(export, Documents(self._bus, caller, export.grant), self._page, language)
        name = f"emploi-nexus-{self._sector.name}.zip"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Robots-Tag": "noindex",
        }
        return StreamingResponse(blocks(whole), headers=headers, media_type="application/zip")


def _path(language: Language, token: str) -> str:
    return f"/{language}/{DATA_REQUEST[language]}/{token}"
