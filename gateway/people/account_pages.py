"""Somebody's own account: who they are, their company and colleagues, where they are signed in."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse, Response

from gateway.i18n import translations
from gateway.links import ACCOUNT
from gateway.people import forms
from gateway.people.desk import Desk, Signed
from gateway.people.invitations import settle_invitation
from gateway.people.routine import READERS, choose_routine, routine_of
from gateway.people.visitor import Cookies, Visitor
from gateway.refusals import REFUSALS, documented
from gateway.sectors import Language
from nexus.caller import LANGUAGES, Role
from nexus.errors import Forbidden
from services.people.contracts.invitations import Invitation, ListInvitations
from services.people.contracts.passkeys import (
    AddPasskey,
    ListPasskeys,
    OfferPasskey,
    Passkey,
    RemovePasskey,
    passkey_host,
)
from services.people.contracts.people import STAFF, Invite, ListPeople, NameCompany, Person
from services.people.contracts.privacy import AskOwnData
from services.people.contracts.signin import EndOtherSessions, EndSession, ListSessions


def account_router(desk: Desk, cookies: Cookies) -> APIRouter:
    """The account of whoever is signed in, in both languages."""
    router, pages = APIRouter(), _Account(desk, cookies)
    for language in LANGUAGES:
        path = f"/{language}/{ACCOUNT[language]}"
        desk.add(router, "GET", path, language, pages.show)
        desk.add(router, "POST", f"{path}/company", language, pages.name_company)
        desk.add(router, "POST", f"{path}/colleagues", language, pages.invite)
        desk.add(router, "POST", f"{path}/invitations", language, pages.settle_invitation)
        desk.add(router, "POST", f"{path}/sessions", language, pages.end_session)
        desk.add(router, "POST", f"{path}/data", language, pages.ask_data)
        desk.add(router, "POST", f"{path}/mails", language, pages.choose_mails, READERS)
        desk.add(router, "POST", f"{path}/passkeys/options", language, pages.offer_passkey, STAFF)
        desk.add(router, "POST", f"{path}/passkeys", language, pages.add_passkey, STAFF)
        desk.add(router, "POST", f"{path}/passkeys/remove", language, pages.remove_passkey)
    return router


class _Account:
    def __init__(self, desk: Desk, cookies: Cookies) -> None:
        self._desk = desk
        self._cookies = cookies

    async def show(self, signed: Signed) -> Response:
        """The page, with what was just done."""
        return await self._page(signed, done=signed.request.query_params.get("done", ""))

    async def name_company(self, signed: Signed) -> Response:
        """Take the company's name."""
        wanted = {"name": signed.form.get("name", ""), "neq": signed.form.get("neq") or None}
        command = forms.read(NameCompany, wanted, translations(signed.language))
        if isinstance(command, list):
            return await self._page(signed, command, 400)
        await signed.call(command)
        return self._back(signed.language, "company")

    async def invite(self, signed: Signed) -> Response:
        """Mail an invitation to a colleague."""
        wanted = {
            "email": signed.form.get("email", ""),
            "roles": [Role.MEMBER],
            "base_url": self._desk.base_url,
            "language": signed.language,
        }
        command = forms.read(Invite, wanted, translations(signed.language))
        if isinstance(command, list):
            return await self._page(signed, command, 400)
        await signed.call(command)
        return self._back(signed.language, "invited")

    async def settle_invitation(self, signed: Signed) -> Response:
        """Send the invitation of a colleague again, or withdraw it."""
        return self._back(signed.language, await settle_invitation(signed, self._desk.base_url))

    async def end_session(self, signed: Signed) -> Response:
        """End one session, or all others."""
        if (ended := signed.form.get("id")) is not None:
            await signed.call(EndSession(id=ended[:100]))
        elif signed.visitor.session:
            await signed.call(EndOtherSessions(keep=signed.visitor.session.id))
        return self._back(signed.language, "ended")

    async def ask_data(self, signed: Signed) -> Response:
        """Mail the link with which a copy of their data, or the erasure, begins."""
        kind = "erasure" if signed.form.get("kind") == "erasure" else "export"
        command = AskOwnData(kind=kind, base_url=self._desk.base_url, language=signed.language)
        await signed.call(command)
        return self._back(signed.language, "data")

    async def choose_mails(self, signed: Signed) -> Response:
        """Turn mails that come regularly on or off."""
        await choose_routine(signed)
        return self._back(signed.language, "mails")

    async def offer_passkey(self, signed: Signed) -> Response:
        """What the script of the page needs to have the browser make a passkey."""
        ceremony = await signed.call(OfferPasskey(base_url=self._desk.base_url))
        response = JSONResponse(ceremony.options)
        self._cookies.remember(response, "passkey", ceremony.challenge, ceremony.expires_at)
        return response

    async def add_passkey(self, signed: Signed) -> Response:
        """Keep the passkey that the browser made."""
        words = translations(signed.language)
        wanted = {
            "challenge": self._cookies.challenge(signed.request, "passkey"),
            "name": signed.form.get("name", ""),
            "credential": signed.form.get("credential", ""),
        }
        command = forms.read(AddPasskey, wanted, words)
        if isinstance(command, list):
            return await self._page(signed, [forms.Fault("passkey-name", command[0].reason)], 400)
        try:
            await signed.call(command)
        except Forbidden as error:
            told = words.gettext(REFUSALS[documented(403, error.code)].title)
            return await self._page(signed, [forms.Fault("passkey-name", told)], 403)
        return self._back(signed.language, "passkey")

    async def remove_passkey(self, signed: Signed) -> Response:
        """Forget one of the person's passkeys."""
        await signed.call(RemovePasskey(id=signed.form.get("id", "")[:100]))
        return self._back(signed.language, "passkey_removed")

    async def _page(
        self, signed: Signed, faults: list[forms.Fault] | None = None, status: int = 200, done: str = ""
    ) -> Response:
        person = signed.visitor.person
        sessions = await signed.call(ListSessions())
        colleagues: tuple[Person, ...] = ()
        invitations: tuple[Invitation, ...] = ()
        if person.company and _is_member(signed.visitor):
            as_member = signed.visitor.caller.model_copy(update={"roles": frozenset({Role.MEMBER})})
            colleagues = (await signed.bus.call(ListPeople(), as_member)).items
            invitations = (await signed.bus.call(ListInvitations(), as_member)).items
        is_staff = not person.roles.isdisjoint(STAFF)
        passkeys: tuple[Passkey, ...] | None = None  # none where there can be none
        if is_staff and passkey_host(self._desk.base_url):
            passkeys = (await signed.call(ListPasskeys())).items
        values: dict[str, Any] = {
            "person": person,
            "sessions": sessions.items,
            "colleagues": colleagues,
            "invitations": invitations,
            "faults": faults or [],
            "form": signed.form,
            "done": done,
            "is_staff": is_staff,
            "passkeys": passkeys,
            "is_member": _is_member(signed.visitor),
            "routine": await routine_of(signed),
        }
        paths = {one: f"/{one}/{ACCOUNT[one]}" for one in LANGUAGES}
        return self._desk.html("account.html", signed, paths, status, **values)

    def _back(self, language: Language, done: str) -> Response:
        return RedirectResponse(f"/{language}/{ACCOUNT[language]}?done={done}", 303)


def _is_member(visitor: Visitor) -> bool:
    return visitor.has(Role.MEMBER)
