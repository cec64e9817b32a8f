"""The pages of signing in and out: an address, then the code or the link that was mailed to it."""

from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from gateway.i18n import translations
from gateway.links import ACCOUNT, SIGN_IN, SIGN_IN_LINK, SIGN_OUT
from gateway.people import forms
from gateway.people.visitor import TOKEN_FIELD, Cookies, Visitors, require_token
from gateway.refusals import REFUSALS, documented
from gateway.rendering import Page, personal
from gateway.sectors import Language, Sector
from gateway.words import N_
from nexus.bus import Bus
from nexus.caller import LANGUAGES
from nexus.errors import Forbidden, NexusError
from nexus.messages import Request as Message
from services.people.contracts.passkeys import passkey_host
from services.people.contracts.signin import ConfirmCode, ConfirmLink, EndSession, RequestCode, SignedIn

R = TypeVar("R")

_EXPIRED = N_("This code is no longer good. Ask for a new one.")
_LAST_TRY = N_("That is not the code. One try is left.")
_TRIES = N_("That is not the code. %(tries)s tries are left.")


def signin_router(pages: "SignInPages") -> APIRouter:
    """Sign-in by mail on a sector's site, in both languages."""
    router, by_mail = APIRouter(), _ByMail(pages)
    for language in LANGUAGES:
        start, link = f"/{language}/{SIGN_IN[language]}", f"/{language}/{SIGN_IN_LINK[language]}"
        for path, method, handler in (
            (start, "GET", by_mail.ask),
            (start, "POST", by_mail.asked),
            (f"{start}/code", "GET", by_mail.enter),
            (f"{start}/code", "POST", by_mail.entered),
            (link, "GET", by_mail.follow),
            (link, "POST", by_mail.followed),
            (f"/{language}/{SIGN_OUT[language]}", "POST", by_mail.leave),
        ):
            router.add_api_route(path, handler(language), methods=[method])
    return router


class SignInPages:
    """What every way of signing in shares: the page, who asks, and what follows."""

    def __init__(self, sector: Sector, bus: Bus, base_url: str, visitors: Visitors, cookies: Cookies) -> None:
        self.base_url = base_url
        self.visitors = visitors
        self.cookies = cookies
        self._bus = bus
        self._provider = sector.provider
        self._page = Page(sector, base_url)

    async def call(self, message: Message[R], request: Request, language: Language) -> R:
        """The answer of a service to whoever asks."""
        visitor = await self.visitors(request, language)
        return await self._bus.call(message, visitor.caller)

    def welcome(self, language: Language, signed_in: SignedIn) -> Response:
        """Signs this browser in, and leads to where it wanted to go."""
        response = RedirectResponse(signed_in.next or f"/{language}/{ACCOUNT[language]}", 303)
        self.cookies.begin(response, signed_in.token, signed_in.expires_at)
        return personal(response)

    def refused(self, language: Language, error: NexusError) -> Response:
        """The page on which to begin again, by whichever way, with what happened in words."""
        told, words = REFUSALS[documented(error.status, error.code)], translations(language)
        notice = {
            "title": words.gettext(told.title),
            "advice": words.gettext(told.advice),
            "code": error.code,
        }
        return self.form(language, "ask", status=error.status, notice=notice)

    def form(
        self,
        language: Language,
        step: str,
        faults: list[forms.Fault] | None = None,
        status: int = 200,
        **values: Any,
    ) -> Response:
        """The page at one `step`: `ask` for an address, `enter` a code, `follow` a link."""
        below = "/code" if step == "enter" else ""
        paths = {one: f"/{one}/{SIGN_IN[one]}{below}" for one in LANGUAGES}
        shown = {"next": "", "token": "", "email": "", "notice": None, **values}
        ways = {
            "provider": self._provider.name[language] if self._provider else None,
            "passkeys": passkey_host(self.base_url) is not None,
        }
        return personal(
            self._page.html(
                "signin.html", language, paths, status, step=step, faults=faults or [], **ways, **shown
            )
        )


class _ByMail:
    def __init__(self, pages: SignInPages) -> None:
        self._pages = pages

    def ask(self, language: Language) -> Any:
        async def page(request: Request, next: str = "") -> Response:
            return self._pages.form(language, "ask", next=next)

        return page

    def asked(self, language: Language) -> Any:
        async def page(request: Request) -> Response:
            given = await forms.fields_of(request)
            wanted = {
                "email": given.get("email", ""),
                "next": given.get("next") or None,
                "base_url": self._pages.base_url,
                "language": language,
            }
            command = forms.read(RequestCode, wanted, translations(language))
            if isinstance(command, list):
                return self._pages.form(language, "ask", command, 400, email=wanted["email"])
            issued = await self._pages.call(command, request, language)
            response = RedirectResponse(f"/{language}/{SIGN_IN[language]}/code", 303)
            self._pages.cookies.remember(response, "code", issued.challenge, issued.expires_at)
            return personal(response)

        return page

    def enter(self, language: Language) -> Any:
        async def page(request: Request) -> Response:
            return self._pages.form(language, "enter")

        return page

    def entered(self, language: Language) -> Any:
        async def page(request: Request) -> Response:
            given, words = await forms.fields_of(request), translations(language)
            wanted = {
                "challenge": self._pages.cookies.challenge(request, "code"),
                "code": given.get("code", ""),
                "device": device_of(request),
            }
            command = forms.read(ConfirmCode, wanted, words)
            if isinstance(command, list):
                return self._pages.form(language, "enter", command, 400)
            try:
                return self._pages.welcome(language, await self._pages.call(command, request, language))
            except Forbidden as error:
                told = _told(error, words)
                return self._pages.form(language, "enter", [forms.Fault("code", told)], 403)

        return page

    def follow(self, language: Language) -> Any:
        async def page(request: Request, token: str = "") -> Response:
            return self._pages.form(language, "follow", token=token)

        return page

    def followed(self, language: Language) -> Any:
        async def page(request: Request) -> Response:
            given = await forms.fields_of(request)
            wanted = {"token": given.get("token", ""), "device": device_of(request)}
            command = forms.read(ConfirmLink, wanted, translations(language))
            if isinstance(command, list):
                raise Forbidden("link_expired")
            return self._pages.welcome(language, await self._pages.call(command, request, language))

        return page

    def leave(self, language: Language) -> Any:
        async def page(request: Request) -> Response:
            given = await forms.fields_of(request)
            visitor = await self._pages.visitors(request, language)
            response = RedirectResponse(f"/{language}/", 303)
            if visitor.session:
                require_token(visitor, given.get(TOKEN_FIELD, ""))
                await self._pages.call(EndSession(id=visitor.session.id), request, language)
            self._pages.cookies.end(response)
            return personal(response)

        return page


def _told(error: Forbidden, words: Any) -> str:
    left = error.details.get("tries_left", 0)
    if error.code != "code_wrong":
        return str(words.gettext(_EXPIRED))
    return str(words.gettext(_LAST_TRY if left == 1 else _TRIES)) % {"tries": left}


def device_of(request: Request) -> str:
    """What a browser calls itself."""
    return request.headers.get("user-agent", "")[:300]
