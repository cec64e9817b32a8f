"""People in the back office: who has an account, with which roles; invitations."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin.frame import PEOPLE, admin_page, path_to
from gateway.i18n import translations
from gateway.people import forms
from gateway.people.desk import Desk, Signed
from gateway.people.invitations import settle_invitation
from gateway.words import N_, ROLES
from nexus.caller import LANGUAGES
from nexus.errors import Conflict, NexusError
from services.people.contracts.invitations import ListInvitations
from services.people.contracts.people import (
    ChangePerson,
    GetPerson,
    Invite,
    ListPeople,
    People,
    RemovePerson,
)

_REFUSED = {
    "last_admin": N_("A sector needs an administrator: give the role to somebody else first."),
    "stale_revision": N_("Somebody else changed this account meanwhile. Look at it again, then save."),
}


def people_routes(router: APIRouter, desk: Desk) -> None:
    """Add the pages of people."""
    pages = _People(desk)
    for language in LANGUAGES:
        start = path_to(language, PEOPLE)
        for method, below, handle in (
            ("GET", "", pages.listed),
            ("POST", "/invite", pages.invite),
            ("POST", "/invitations", pages.settle_invitation),
            ("GET", "/{id}", pages.show),
            ("POST", "/{id}", pages.change),
            ("POST", "/{id}/remove", pages.remove),
        ):
            desk.add(router, method, start + below, language, handle, PEOPLE.roles)


class _People:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listed(self, signed: Signed) -> Response:
        """Accounts by address, narrowed by a part of a name or by a role."""
        return await self._list(signed, done=signed.query("done"))

    async def invite(self, signed: Signed) -> Response:
        """Mail an invitation."""
        wanted = {
            "email": signed.form.get("email", ""),
            "name": signed.form.get("name") or None,
            "roles": await signed.values("roles"),
            "language": signed.form.get("language", signed.language),
            "base_url": self._desk.base_url,
        }
        command = forms.read(Invite, wanted, translations(signed.language))
        if isinstance(command, list):
            return await self._list(signed, command, 400)
        await signed.call(command)
        return RedirectResponse(path_to(signed.language, PEOPLE, "?done=invited"), 303)

    async def settle_invitation(self, signed: Signed) -> Response:
        """Send one again, or withdraw it."""
        done = await settle_invitation(signed, self._desk.base_url)
        return RedirectResponse(path_to(signed.language, PEOPLE, f"?done={done}"), 303)

    async def show(self, signed: Signed) -> Response:
        """One account."""
        return await self._one(signed)

    async def change(self, signed: Signed) -> Response:
        """Another name, other roles."""
        words = translations(signed.language)
        wanted = {
            "id": self._id(signed),
            "revision": signed.form.get("revision", ""),
            "name": signed.form.get("name") or None,
            "roles": await signed.values("roles"),
        }
        command = forms.read(ChangePerson, wanted, words)
        if isinstance(command, list):
            return await self._one(signed, command, 400)
        try:
            await signed.call(command)
        except Conflict as error:
            return await self._refused(signed, error)
        return RedirectResponse(path_to(signed.language, PEOPLE, "?done=changed"), 303)

    async def remove(self, signed: Signed) -> Response:
        """Take the account's roles away."""
        try:
            await signed.call(RemovePerson(id=self._id(signed)))
        except Conflict as error:
            return await self._refused(signed, error)
        return RedirectResponse(path_to(signed.language, PEOPLE, "?done=removed"), 303)

    async def _refused(self, signed: Signed, error: NexusError) -> Response:
        told = translations(signed.language).gettext(_REFUSED[error.code])
        return await self._one(signed, [forms.Fault("roles", told)], error.status)

    async def _list(
        self, signed: Signed, faults: list[forms.Fault] | None = None, status: int = 200, done: str = ""
    ) -> Response:
        asked = signed.request.query_params
        role = asked.get("role", "")
        wanted = {
            "q": asked.get("q", "")[:200],
            "role": role if role in ROLES else None,
            "after": asked.get("after") or None,
        }
        query = forms.read(ListPeople, wanted, translations(signed.language))
        found: People = await signed.call(query if isinstance(query, ListPeople) else ListPeople())
        values: dict[str, Any] = {
            "people": found,
            "invitations": (await signed.call(ListInvitations())).items,
            "asked": wanted,
            "faults": faults or [],
            "form": signed.form,
            "done": done,
            "roles": list(ROLES),
        }
        return admin_page(self._desk, signed, PEOPLE, "people.html", status, **values)

    async def _one(
        self, signed: Signed, faults: list[forms.Fault] | None = None, status: int = 200
    ) -> Response:
        person_id = self._id(signed)
        person = await signed.call(GetPerson(id=person_id))
        values: dict[str, Any] = {"person": person, "faults": faults or [], "roles": list(ROLES)}
        return admin_page(self._desk, signed, PEOPLE, "person.html", status, f"/{person_id}", **values)

    def _id(self, signed: Signed) -> str:
        return str(signed.request.path_params["id"])[:100]
