"""Signing in with a passkey: a script asks the browser for one, a form sends its answer on."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from gateway.i18n import translations
from gateway.links import SIGN_IN_PASSKEY
from gateway.people import forms
from gateway.people.signin_pages import SignInPages, device_of
from gateway.rendering import personal
from gateway.sectors import Language
from nexus.caller import LANGUAGES
from nexus.errors import Forbidden
from services.people.contracts.passkeys import ConfirmPasskey, RequestPasskey


def passkey_router(pages: SignInPages) -> APIRouter:
    """What the page of sign-in needs for passkeys, in both languages."""
    router = APIRouter()
    for language in LANGUAGES:
        path = f"/{language}/{SIGN_IN_PASSKEY[language]}"
        router.add_api_route(f"{path}/options", _options(pages, language), methods=["POST"])
        router.add_api_route(path, _confirmed(pages, language), methods=["POST"])
    return router


def _options(pages: SignInPages, language: Language) -> Any:
    async def options(request: Request) -> Response:
        ceremony = await pages.call(RequestPasskey(base_url=pages.base_url), request, language)
        response = JSONResponse(ceremony.options)
        pages.cookies.remember(response, "passkey", ceremony.challenge, ceremony.expires_at)
        return personal(response)

    return options


def _confirmed(pages: SignInPages, language: Language) -> Any:
    async def confirmed(request: Request) -> Response:
        given = await forms.fields_of(request)
        wanted = {
            "challenge": pages.cookies.challenge(request, "passkey"),
            "credential": given.get("credential", ""),
            "device": device_of(request),
            "next": given.get("next") or None,
        }
        try:
            command = forms.read(ConfirmPasskey, wanted, translations(language))
            if isinstance(command, list):
                raise Forbidden("passkey_refused")
            return pages.welcome(language, await pages.call(command, request, language))
        except Forbidden as error:
            response = pages.refused(language, error)
            pages.cookies.forget(response, "passkey")
            return response

    return confirmed
