"""Signing in through the sector's identity provider: there, and back."""

import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import SecretStr

from gateway.i18n import translations
from gateway.people import forms
from gateway.people.openid import CALLBACK, OpenId
from gateway.people.signin_pages import SignInPages, device_of
from gateway.rendering import personal
from gateway.sectors import IdentityProvider, Language, is_safe_address
from nexus.errors import Forbidden, InvalidInput, NexusError
from nexus.settings import require_strong
from services.people.contracts.signin import ConfirmIdentity, SignedIn

_GOOD_FOR = timedelta(minutes=10)
_LONGEST_NEXT = 500


def provider_of(provider: IdentityProvider, secret: SecretStr | None, base_url: str) -> OpenId:
    """Raises InvalidInput(`setting_missing`, `setting_weak`, `setting_invalid`)."""
    if secret is None:
        raise InvalidInput("setting_missing", setting="NEXUS_OIDC_SECRETS")
    if not is_safe_address(base_url):
        raise InvalidInput("setting_invalid", setting="NEXUS_BASE_URL", wanted="an https address")
    return OpenId(provider, require_strong(secret.get_secret_value(), "NEXUS_OIDC_SECRETS"), base_url)


def provider_router(pages: SignInPages, provider: OpenId) -> APIRouter:
    """The way there, and the address that the provider sends browsers back to."""
    router = APIRouter()

    @router.get("/openid/start")
    async def start(request: Request, lang: Language = "fr", next: str = "") -> Response:
        challenge = secrets.token_urlsafe(32)
        try:
            response = RedirectResponse(await provider.begin(challenge), 303)
        except NexusError as error:
            return pages.refused(lang, error)
        under_way = ".".join((challenge, lang, quote(next[:_LONGEST_NEXT], safe="/?=&")))
        pages.cookies.remember(response, "provider", under_way, datetime.now(UTC) + _GOOD_FOR)
        return personal(response)

    @router.get(CALLBACK)
    async def back(request: Request) -> Response:
        challenge, _, rest = pages.cookies.challenge(request, "provider").partition(".")
        said, _, wanted = rest.partition(".")
        language: Language = "en" if said == "en" else "fr"
        try:
            email = await provider.finish(challenge, request.query_params)
            signed_in = await confirmed(request, language, email, unquote(wanted))
            return pages.welcome(language, signed_in)
        except NexusError as error:
            response = pages.refused(language, error)
            pages.cookies.forget(response, "provider")
            return response

    async def confirmed(request: Request, language: Language, email: str, wanted: str) -> SignedIn:
        fields = {
            "email": email,
            "may_join": provider.may_join,
            "language": language,
            "device": device_of(request),
            "next": wanted or None,
        }
        command = forms.read(ConfirmIdentity, fields, translations(language))
        if isinstance(command, list):  # an address that is none, or a cookie that somebody changed
            raise Forbidden("email_unproven" if command[0].field == "email" else "sign_in_expired")
        return await pages.call(command, request, language)

    return router
