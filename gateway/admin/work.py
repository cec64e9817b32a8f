"""Working copies: forms keep what is typed in them, and the next opening offers it.

The scripts of the back office keep it every few seconds; nothing of it is public, or seen by anybody else."""

from functools import partial
from typing import NamedTuple
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse, Response

from gateway.admin import fields
from gateway.admin.frame import EDITORS, ITEMS, START, number_in, path_to
from gateway.admin.kinds import KINDS, Kind, fields_for
from gateway.admin.uploads import with_uploads
from gateway.i18n import clock, translations
from gateway.people.desk import Desk, Signed
from gateway.times import ZONE
from gateway.words import N_
from nexus.caller import LANGUAGES
from nexus.errors import InvalidInput, NotFound
from services.content.contracts.working import DiscardWork, KeepWork, ListWork, OpenWork, Work, WorkNote

_KEPT = N_("Your changes were kept at %(time)s. They are not saved yet.")


class Offered(NamedTuple):
    """A working copy that somebody may go on with, at `path`."""

    note: WorkNote
    path: str


def work_routes(router: APIRouter, desk: Desk) -> None:
    """Add what the forms of every kind ask for, and the token that they carry."""

    async def token(signed: Signed) -> Response:
        return JSONResponse({"token": signed.visitor.csrf})

    for language in LANGUAGES:
        add = partial(desk.add, router, language=language, roles=EDITORS)
        add("GET", path_to(language, START, "/token"), handle=token)
        for kind in KINDS:
            start = path_to(language, ITEMS[kind.name])
            add("POST", f"{start}/work", handle=partial(_keep, desk, kind))
            add("POST", f"{start}/work/discard", handle=partial(_discard, kind))


async def _keep(desk: Desk, kind: Kind, signed: Signed) -> Response:
    sent = await signed.sent()
    content = fields.read(fields_for(kind, desk.sector, signed.language), sent)
    content = await with_uploads(kind, content, sent, signed)
    command = KeepWork.read(
        {
            "work": signed.form.get("work"),
            "kind": kind.name,
            "item": signed.form.get("item") or None,
            "revision": number_in(signed.form.get("revision")),
            "content": content,
        }
    )
    note = await signed.call(command)
    told = translations(signed.language).gettext(_KEPT)
    return JSONResponse({"status": told % {"time": clock(note.at.astimezone(ZONE), signed.language)}})


async def _discard(kind: Kind, signed: Signed) -> Response:
    await signed.call(DiscardWork.read({"work": signed.form.get("work")}))
    item = signed.form.get("item")
    below = f"/{quote(item[:200], safe='')}" if item else ""
    return RedirectResponse(path_to(signed.language, ITEMS[kind.name], f"{below}?done=discard"), 303)


async def offered(kind: Kind, signed: Signed) -> list[Offered]:
    """The working copies of whoever is signed in, the latest first."""
    start = path_to(signed.language, ITEMS[kind.name])
    return [
        Offered(one, f"{start}/{one.item or 'new'}?work={one.work}")
        for one in (await signed.call(ListWork(kind=kind.name))).items
    ]


def newest(waiting: list[Offered]) -> list[Offered]:
    """The latest one of each item, and all of new ones, for a list; the form of an item offers the others too."""
    kept: dict[str, Offered] = {}
    for one in waiting:
        kept.setdefault(one.note.item or one.note.work, one)
    return list(kept.values())


async def opened(kind: Kind, item: str | None, signed: Signed) -> Work | None:
    """The working copy that the address names, if it is one of this item (None: of a new one)."""
    try:
        work = await signed.call(OpenWork.read({"work": signed.query("work")}))
    except (InvalidInput, NotFound):
        return None
    return work if (work.kind, work.item) == (kind.name, item) else None
