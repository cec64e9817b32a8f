"""The mails of the embedded platform, to be read on the same machine: sign-in codes without a mail server.

Whoever can read them can sign in as anybody of the sector. So there is no such page where the platform is
distributed or has a public address, and who asks from elsewhere, or through a proxy, finds nothing."""

import ipaddress
import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup, escape

from gateway.links import MAILS
from gateway.problems import preferred
from gateway.rendering import Page, personal
from gateway.sectors import Language, Sector
from gateway.times import ZONE
from nexus.bus import Bus
from nexus.caller import LANGUAGES, anonymous
from nexus.errors import NotFound
from services.notifications.contracts import ListLocalMails, ShowLocalMail

_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_MailId = Annotated[str, Path(pattern="^[0-9a-zA-Z-]{1,100}$")]


def is_local(address: str) -> bool:
    """Whether a site at `address` is for this machine alone."""
    return _is_loopback(urlsplit(address).hostname or "")


def local_mail_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """`/mail` of a sector, and its pages in each language."""
    router, page = APIRouter(dependencies=[Depends(_same_machine)]), Page(sector, base_url)

    @router.get("/mail")
    async def in_a_language(request: Request) -> Response:
        language = preferred(request.headers.get("accept-language", ""))
        return personal(RedirectResponse(_paths()[language], 302))

    async def mails(language: Language) -> Response:
        found = await bus.call(ListLocalMails(), anonymous(sector.name, language))
        return personal(
            page.html(
                "mails.html", language, _paths(), mails=found.items, folder=_paths()[language], zone=ZONE
            )
        )

    @router.get("/fr/courriels")
    async def mails_fr() -> Response:
        return await mails("fr")

    @router.get("/en/mail")
    async def mails_en() -> Response:
        return await mails("en")

    async def mail(language: Language, mail_id: str) -> Response:
        found = await bus.call(ShowLocalMail(id=mail_id), anonymous(sector.name, language))
        paths = {one: f"{path}/{mail_id}" for one, path in _paths().items()}
        told: dict[str, Any] = {"text": _with_links(found.text), "folder": _paths()[language], "zone": ZONE}
        return personal(page.html("mail.html", language, paths, mail=found, **told))

    @router.get("/fr/courriels/{mail_id}")
    async def mail_fr(mail_id: _MailId) -> Response:
        return await mail("fr", mail_id)

    @router.get("/en/mail/{mail_id}")
    async def mail_en(mail_id: _MailId) -> Response:
        return await mail("en", mail_id)

    return router


def _paths() -> dict[Language, str]:
    return {language: f"/{language}/{MAILS[language]}" for language in LANGUAGES}


def _same_machine(request: Request) -> None:
    """Refuse who is elsewhere; a name that was made to lead here (DNS rebinding); what a proxy passes on."""
    peer = request.client.host if request.client else ""
    passed_on = any(name in request.headers for name in _FORWARDED)
    if passed_on or not _is_loopback(peer) or not is_local(f"//{request.headers.get('host', '')}"):
        raise NotFound


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _with_links(text: str) -> Markup:
    """Plain text in which addresses can be followed."""
    shown, end = Markup(), 0
    for found in _LINK.finditer(text):
        shown += escape(text[end : found.start()])
        shown += Markup('<a href="{0}">{0}</a>').format(found.group())
        end = found.end()
    return shown + escape(text[end:])
