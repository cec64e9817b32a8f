"""The pages of signing in and out: an address, then the code or the link that was mailed to it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from gateway.i18n import translations
from gateway.links import ACCOUNT, SIGN_IN, SIGN_IN_LINK, SIGN_OUT
from gateway.people import forms
from gateway.people.visitor import TOKEN_FIELD, Cookies, Visitors, require_token
from gateway.rendering import Page, personal
from gateway.sectors import Language, Sector
from gateway.words import N_
from nexus.bus import Bus
from nexus.caller import LANGUAGES
from nexus.errors import Forbidden
from services.people.contracts.signin import ConfirmCode, ConfirmLink, EndSession, RequestCode, SignedIn

_EXPIRED = N_("This code is no longer good. Ask for a new one.")
_LAST_TRY = N_("That is not the code. One try is left.")
_TRIES = N_("That is not the code. %(tries)s tries are left.")


def signin_router(sector: Sector, bus: Bus, base_url: str, visitors: Visitors, cookies: Cookies) -> APIRouter:
    """Sign-in on a sector's site, in both languages."""
    pages = _SignIn(sector, bus, base_url, visitors, cookies)
    router = APIRouter()
    for language in LANGUAGES:
        start, link = f"/{language}/{SIGN_IN[language]}", f"/{language}/{SIGN_IN_LINK[language]}"
        for path, method, handler in (
            (start, "GET", pages.ask),
            (start, "POST", pages.asked),
            (f"{start}/code", "GET", pages.enter),
            (f"{start}/code", "POST", pages.entered),
            (link, "GET", pages.follow),
            (link, "POST", pages.followed),
            (f"/{language}/{SIGN_OUT[language]}", "POST", pages.leave),
        ):
            router.add_api_route(path, handler(language), methods=[method])
    return router


class _SignIn:
    def __init__(self, sector: Sector, bus: Bus, base_url: str, visitors: Visitors, cookies: Cookies) -> None:
        self._bus = bus
        self._base_url = base_url
        self._visitors = visitors
        self._cookies = cookies
        self._page = Page(sector, base_url)

    def ask(self, language: Language) -> Any:
        async def page(request: Request, next: str = "") -> Response:
            return self._form(language, "ask", next=next)

        return page

    def asked(self, language: Language) -> Any:
        async def page(request: Request) -> Response:
            given = await forms.fields_of(request)
            wanted = {
                "email": given.get("email", ""),
                "next": given.get("next") or None,
                "base_url": self._base_url,
                "language": language,
            }
            command = forms.read(RequestCode, wanted, translations(language))
            if isinstance(command, list):
                return self._form(language, "ask", command, 400, email=wanted["email"])
            visitor = await self._visitors(request, language)
            issued = await self._bus.call(command, visitor.caller)
            response = RedirectResponse(f"/{language}/{SIGN_IN[language]}/code", 303)
            self._cookies.remember(response, issued.challenge, issued.expires_at)
            return personal(response)

        return page

    def enter(self, language: Language) -> Any:
        async def page(request: Request) -> Response:
            return self._form(language, "enter")

        return page

    def entered(self, language: Language) -> Any:
        async def page(request: Request) -> Response:
            given, words = await forms.fields_of(request), translations(language)
            wanted = {
                "challenge": self._cookies.challenge(request),
                "code": given.get("code", ""),
                "device": _device(request),
            }
            command = forms.read(ConfirmCode, wanted, words)
            if isinstance(command, list):
                return self._form(language, "enter", command, 400)
            visitor = await self._visitors(request, language)
            try:
                return self._welcome(language, await self._bus.call(command, visitor.caller))
            except Forbidden as error:
                told = _told(error, words)
                return self._form(language, "enter", [forms.Fault("code", told)], 403)

        return page

    def follow(self, language: Language) -> Any:
        async def page(request: Request, token: str = "") -> Response:
            return self._form(language, "follow", token=token)

        return page

    def followed(self, language: Language) -> Any:
        async def page(request: Request) -> Response:
            given = await forms.fields_of(request)
            wanted = {"token": given.get("token", ""), "device": _device(request)}
            command = forms.read(ConfirmLink, wanted, translations(language))
            if isinstance(command, list):
                raise Forbidden("link_expired")
            visitor = await self._visitors(request, language)
            return self._welcome(language, await self._bus.call(command, visitor.caller))

        return page

    def leave(self, language: Language) -> Any:
        async def page(request: Request) -> Response:
            given = await forms.fields_of(request)
            visitor = await self._visitors(request, language)
            response = RedirectResponse(f"/{language}/", 303)
            if visitor.session:
                require_token(visitor, given.get(TOKEN_FIELD, ""))
                await self._bus.call(EndSession(id=visitor.session.id), visitor.caller)
            self._cookies.end(response)
            return personal(response)

        return page

    def _welcome(self, language: Language, signed_in: SignedIn) -> Response:
        response = RedirectResponse(signed_in.next or f"/{language}/{ACCOUNT[language]}", 303)
        self._cookies.begin(response, signed_in.token, signed_in.expires_at)
        return personal(response)

    def _form(
        self,
        language: Language,
        step: str,
        faults: list[forms.Fault] | None = None,
        status: int = 200,
        **values: Any,
    ) -> Response:
        below = "/code" if step == "enter" else ""
        paths = {one: f"/{one}/{SIGN_IN[one]}{below}" for one in LANGUAGES}
        shown = {"next": "", "token": "", "email": "", **values}
        return personal(
            self._page.html("signin.html", language, paths, status, step=step, faults=faults or [], **shown)
        )


def _told(error: Forbidden, words: Any) -> str:
    left = error.details.get("tries_left", 0)
    if error.code != "code_wrong":
        return str(words.gettext(_EXPIRED))
    return str(words.gettext(_LAST_TRY if left == 1 else _TRIES)) % {"tries": left}


def _device(request: Request) -> str:
    return request.headers.get("user-agent", "")[:300]
