"""The page that a mail's link “still correct” leads to.

Looking at it changes nothing: programs that read mail look at it, too."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.links import ADMIN, STILL_CORRECT, entry_path
from gateway.people import forms
from gateway.rendering import Page, personal
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import LANGUAGES, Caller
from nexus.errors import NotFound
from nexus.messages import Request as Message
from services.content.contracts.verification import OpenVerification, Verification, VerifyByLink

_LONGEST = 2_000  # characters of a token


def still_correct_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The page in both languages, for whoever has the link: nobody needs to be signed in."""
    router, page = APIRouter(), Page(sector, base_url)

    async def ask(message: Message[Verification], request: Request, language: Language) -> Verification:
        origin = request.client.host if request.client else None
        return await bus.call(message, Caller(sector=sector.name, language=language, origin=origin))

    def shown(language: Language, found: Verification, token: str, *, thanked: bool = False) -> Response:
        values: dict[str, Any] = {
            "found": found,
            "token": token,
            "thanked": thanked,
            "public": entry_path(language, "program", getattr(found.slug, language)),
            "form": f"/{language}/{ADMIN[language]}/programs/{found.id}",
        }
        paths = {one: f"/{one}/{STILL_CORRECT[one]}?token={token}" for one in LANGUAGES}
        return personal(page.html("still_correct.html", language, paths, **values))

    def opened(language: Language) -> Any:
        async def endpoint(request: Request, token: str = "") -> Response:
            token = _checked(token)
            return shown(language, await ask(OpenVerification(token=token), request, language), token)

        return endpoint

    def confirmed(language: Language) -> Any:
        async def endpoint(request: Request) -> Response:
            token = _checked((await forms.fields_of(request)).get("token", ""))
            found = await ask(VerifyByLink(token=token), request, language)
            return shown(language, found, token, thanked=True)

        return endpoint

    for language in LANGUAGES:
        path = f"/{language}/{STILL_CORRECT[language]}"
        router.add_api_route(path, opened(language), methods=["GET"])
        router.add_api_route(path, confirmed(language), methods=["POST"])
    return router


def _checked(token: str) -> str:
    if not token or len(token) > _LONGEST:
        raise NotFound("verification_link_invalid")
    return token
