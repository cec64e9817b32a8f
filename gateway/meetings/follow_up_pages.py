"""What a company is asked after a meeting, for who has the link: whether it was useful, and what came of it.

Looking at it changes nothing: programs that read mail look at it, too."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from gateway.i18n import translations
from gateway.links import FOLLOW_UP
from gateway.meetings.pages import LinkPages
from gateway.people import forms
from gateway.sectors import Language, Sector
from gateway.words import N_, USEFUL
from nexus.bus import Bus
from nexus.caller import LANGUAGES, Caller
from nexus.errors import InvalidInput
from services.meetings.contracts.cases import AnswerOwnAsk, OpenOwnAsk

_MISSING = {
    "useful": N_("Say how useful the meeting was, from 1 to 5."),
    "hired": N_("Say how many people you hired: 0 if nobody."),
}


def follow_up_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The page in both languages."""
    router, pages = APIRouter(), _FollowUps(sector, bus, base_url)
    for language in LANGUAGES:
        path = f"/{language}/{FOLLOW_UP[language]}/{{token}}"
        router.add_api_route(path, pages.endpoint(language, pages.show), methods=["GET"])
        router.add_api_route(path, pages.endpoint(language, pages.answer), methods=["POST"])
    return router


class _FollowUps(LinkPages):
    async def show(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """The questions, or thanks."""
        return await self._shown(language, token, caller, thanked=request.query_params.get("done") == "yes")

    async def answer(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """Keep the answers."""
        given = await forms.fields_of(request)
        fields = {name: given.get(name) or None for name in ("useful", "missing", "hired", "programs")}
        command = forms.read(AnswerOwnAsk, {"token": token, **fields}, translations(language))
        if isinstance(command, list):
            return await self._shown(language, token, caller, faults=command, typed=given)
        try:
            await self._bus.call(command, caller)
        except InvalidInput as error:
            field = str(error.details.get("field", "useful"))
            fault = forms.Fault(
                field, translations(language).gettext(_MISSING.get(field, _MISSING["useful"]))
            )
            return await self._shown(language, token, caller, faults=[fault], typed=given)
        return RedirectResponse(f"{_path(language, token)}?done=yes", 303)

    async def _shown(
        self,
        language: Language,
        token: str,
        caller: Caller,
        *,
        thanked: bool = False,
        faults: list[forms.Fault] | None = None,
        typed: dict[str, str] | None = None,
    ) -> Response:
        ask = await self._bus.call(OpenOwnAsk(token=token), caller)
        paths = {one: _path(one, token) for one in LANGUAGES}
        values: dict[str, Any] = {
            "ask": ask,
            "useful": USEFUL,
            "thanked": thanked and ask.answered,
            "faults": faults or [],
            "typed": typed or {},
        }
        return self._page.html("meetings/follow_up.html", language, paths, 400 if faults else 200, **values)


def _path(language: Language, token: str) -> str:
    return f"/{language}/{FOLLOW_UP[language]}/{token}"
