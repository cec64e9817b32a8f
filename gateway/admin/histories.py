"""The history of a publication: every revision, what it changed, and the way back to it."""

from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin.differences import differences
from gateway.admin.frame import EDITORS, ITEMS, admin_page, number_in, path_to
from gateway.admin.kinds import KINDS, Kind, fields_for
from gateway.i18n import translations
from gateway.people.desk import Desk, Signed
from nexus.caller import LANGUAGES
from nexus.errors import NotFound, StaleRevision
from services.content.contracts.editing import Item, OpenHistory, OpenItem, SaveItem
from services.people.contracts.people import NamePeople

_SHOWN = 20  # revisions on one page


def history_routes(router: APIRouter, desk: Desk) -> None:
    """Add the history of every kind."""
    for kind in KINDS:
        pages = _History(desk, kind)
        for language in LANGUAGES:
            path = path_to(language, pages.section, "/{id}/history")
            add = partial(desk.add, router, language=language, roles=EDITORS)
            add("GET", path, handle=pages.show)
            add("POST", path, handle=pages.restore)


class _History:
    def __init__(self, desk: Desk, kind: Kind) -> None:
        self._desk = desk
        self._kind = kind
        self.section = ITEMS[kind.name]

    async def show(self, signed: Signed) -> Response:
        """Some revisions, and what each changed."""
        item, before = await self._item(signed), number_in(signed.query("before"))
        query = OpenHistory(kind=self._kind.name, ref=item.id, before=before or None, limit=_SHOWN + 1)
        found = (await signed.call(query)).revisions
        shown, earlier = found[:_SHOWN], found[1:]  # one more than is shown: what the last one changed
        names = await signed.call(NamePeople(ids=tuple({one.by for one in shown})))
        fields, words = (
            fields_for(self._kind, self._desk.sector, signed.language),
            translations(signed.language),
        )
        pairs = zip(shown, [*earlier, None][: len(shown)], strict=True)
        values: dict[str, Any] = {
            "item": item,
            "revisions": [
                (one, differences(fields, was.content, one.content, words) if was else [])
                for one, was in pairs
            ],
            "names": names,
            "before": before,
            "following": shown[-1].revision if len(found) > _SHOWN else None,
        }
        below = f"/{item.id}/history"
        return admin_page(self._desk, signed, self.section, "history.html", below=below, **values)

    async def restore(self, signed: Signed) -> Response:
        """Make an earlier content the newest one; nothing of what came after is lost."""
        item, wanted = await self._item(signed), number_in(signed.form.get("to"))
        query = OpenHistory(kind=self._kind.name, ref=item.id, before=(wanted or 0) + 1, limit=1)
        found = (await signed.call(query)).revisions
        if not found or found[0].revision != wanted:
            raise NotFound
        save = SaveItem(
            kind=self._kind.name,
            id=item.id,
            revision=number_in(signed.form.get("revision")),
            content=found[0].content,
        )
        try:
            await signed.call(save)
        except StaleRevision:
            return RedirectResponse(path_to(signed.language, self.section, f"/{item.id}/history"), 303)
        return RedirectResponse(path_to(signed.language, self.section, f"/{item.id}?done=restore"), 303)

    async def _item(self, signed: Signed) -> Item:
        ref = str(signed.request.path_params["id"])[:200]
        return await signed.call(OpenItem(kind=self._kind.name, ref=ref))
