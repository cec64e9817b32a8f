"""Keys of partners' systems in the back office: make one, see when each was used, end one at once."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin.frame import KEYS, admin_page, path_to
from gateway.i18n import translations
from gateway.people import forms
from gateway.people.desk import Desk, Signed
from gateway.words import N_, SCOPES
from nexus.caller import LANGUAGES
from services.people.contracts.keys import Key, ListKeys, MadeKey, MakeKey, RevokeKey
from services.people.contracts.people import NamePeople

_LIVES = {  # days, as the form offers them
    "30": N_("30 days"),
    "90": N_("90 days"),
    "365": N_("1 year"),
    "": N_("until it is revoked"),
}
_USUAL = "365"


def keys_routes(router: APIRouter, desk: Desk) -> None:
    """Add the page of keys."""
    pages = _Keys(desk)
    for language in LANGUAGES:
        start = path_to(language, KEYS)
        desk.add(router, "GET", start, language, pages.listed, KEYS.roles)
        desk.add(router, "POST", start, language, pages.make, KEYS.roles)
        desk.add(router, "POST", f"{start}/{{id}}/revoke", language, pages.revoke, KEYS.roles)


class _Keys:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listed(self, signed: Signed) -> Response:
        """Newest first."""
        return await self._page(signed)

    async def make(self, signed: Signed) -> Response:
        """A new key. Its secret is in this answer and nowhere else."""
        wanted = {
            "name": signed.form.get("name", ""),
            "scopes": await signed.values("scopes"),
            "days": signed.form.get("days", _USUAL) or None,
        }
        command = forms.read(MakeKey, wanted, translations(signed.language))
        if isinstance(command, list):
            return await self._page(signed, command, 400)
        made: MadeKey = await signed.call(command)
        return await self._page(signed, made=made)

    async def revoke(self, signed: Signed) -> Response:
        """End a key."""
        await signed.call(RevokeKey(id=str(signed.request.path_params["id"])[:100]))
        return RedirectResponse(path_to(signed.language, KEYS, "?done=revoked"), 303)

    async def _page(
        self,
        signed: Signed,
        faults: list[forms.Fault] | None = None,
        status: int = 200,
        made: MadeKey | None = None,
    ) -> Response:
        keys = (await signed.call(ListKeys())).items
        values: dict[str, Any] = {
            "keys": keys,
            "names": await _makers(signed, keys),
            "made": made,
            "done": signed.query("done"),
            "faults": faults or [],
            "form": {} if made else signed.form,
            "chosen": [] if made else await signed.values("scopes"),
            "scopes": SCOPES,
            "lives": _LIVES,
            "usual": _USUAL,
            "now": datetime.now(UTC),
        }
        return admin_page(self._desk, signed, KEYS, "keys.html", status, **values)


async def _makers(signed: Signed, keys: tuple[Key, ...]) -> dict[str, str]:
    """What those who made `keys` are called, by id."""
    people = tuple({key.created_by for key in keys})
    return await signed.call(NamePeople(ids=people[:200])) if people else {}
