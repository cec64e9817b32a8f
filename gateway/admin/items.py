"""Publications in the back office: lists and forms. The same pages for every kind."""

from asyncio import gather
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin import fields, saving
from gateway.admin.comments import panel_of
from gateway.admin.differences import Said, behind, clashing, said
from gateway.admin.exports import FORMATS, export
from gateway.admin.frame import EDITORS, ITEMS, REGISTRATIONS, admin_page, number_in, path_to
from gateway.admin.kinds import (
    ACTIVITIES,
    DOCUMENTS,
    KINDS,
    PAGES,
    PARTNERS,
    PROGRAMS,
    Kind,
    blank,
    fields_for,
)
from gateway.admin.partners import in_file
from gateway.admin.previews import PREVIEWED, preview
from gateway.admin.trying import outcomes
from gateway.admin.uploads import with_uploads
from gateway.admin.work import newest, offered, opened
from gateway.i18n import translations
from gateway.links import PARTNERS as PARTNERS_PAGE
from gateway.links import entry_path, file_path, page_path
from gateway.people.desk import Desk, Signed
from gateway.sectors import Language
from gateway.times import ZONE
from gateway.words import THEMES
from nexus.caller import LANGUAGES
from nexus.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleRevision
from services.content.contracts.editing import (
    Freshness,
    Item,
    ItemHistory,
    ListItems,
    OpenHistory,
    OpenItem,
    Order,
    SaveItem,
    TurnItem,
)
from services.content.contracts.files import LARGEST_FILE
from services.content.contracts.publications import Status
from services.content.contracts.verification import VerifyProgram

_MOST = 200  # turned at once


def items_routes(router: APIRouter, desk: Desk) -> None:
    """Add the pages of every kind."""
    for kind in KINDS:
        pages = _Items(desk, kind)
        for language in LANGUAGES:
            start = path_to(language, pages.section)
            add = partial(desk.add, router, language=language, roles=EDITORS)
            for method, below, handle in (
                ("GET", "", pages.listed),
                ("POST", "", pages.turn_many),
                ("GET", "/export", pages.export),
                ("GET", "/new", pages.new),
                ("POST", "/new", pages.save),
                ("GET", "/{id}", pages.open),
                ("POST", "/{id}", pages.save),
            ):
                add(method, start + below, handle=handle)


class _Items:
    def __init__(self, desk: Desk, kind: Kind) -> None:
        self._desk = desk
        self._kind = kind
        self.section = ITEMS[kind.name]

    async def listed(self, signed: Signed) -> Response:
        """What the editor asked for, page by page."""
        return await self._list(signed, done=signed.query("done"))

    async def turn_many(self, signed: Signed) -> Response:
        """Publish, withdraw or verify all that is ticked."""
        outcomes = {"retire": "retired", "verify": "verified" if self._kind is PROGRAMS else "published"}
        done, refused = outcomes.get(signed.form.get("do", ""), "published"), 0
        ticked = (await signed.values("item"))[:_MOST]
        for item_id in ticked:
            try:
                await self._do(done, item_id, signed)
            except (Conflict, NotFound):
                refused += 1
        done = done if ticked else "nothing"
        return await self._list(signed, done=done, turned=len(ticked) - refused, refused=refused)

    async def export(self, signed: Signed) -> Response:
        """What the list shows, as a file."""
        return await export(self._kind, self._wanted(signed), signed)

    async def new(self, signed: Signed) -> Response:
        """An empty form, or one with what was typed into it before."""
        work = await opened(self._kind, None, signed) if signed.query("work") else None
        content, kept = (work.content, work.work) if work else (blank(self._kind), None)
        return await self._form(signed, None, content, work=kept)

    async def open(self, signed: Signed) -> Response:
        """The form of one, or with what was typed into it before."""
        item = await self._item(signed)
        work = await opened(self._kind, item.id, signed) if signed.query("work") else None
        if work:
            return await self._form(signed, item, work.content, revision=work.revision, work=work.work)
        return await self._form(signed, item, item.content, done=signed.query("done"))

    async def save(self, signed: Signed) -> Response:
        """Keep what the form has, and publish, withdraw, preview or try it if that is what was pressed."""
        sent = await signed.sent()
        content = fields.read(self._fields(signed), sent)
        content = await with_uploads(self._kind, content, sent, signed)
        if self._kind.own:
            content["sectors"] = [self._desk.sector.name]
        if signed.form.get("do") == "preview":
            return await preview(self._desk, signed, self._kind, content)
        item = await self._item(signed) if "id" in signed.request.path_params else None
        revision, work = number_in(signed.form.get("revision")), signed.form.get("work") or None
        again = partial(self._form, signed, item, content, revision=revision, work=work)
        if signed.form.get("do") == "try":
            return await again(trying=True)
        command = SaveItem.read(
            {"kind": self._kind.name, "id": item and item.id, "revision": revision, "content": content}
            | {"work": work}
        )
        words = translations(signed.language)
        try:
            saved = await self._turned(signed, await signed.call(command))
        except StaleRevision:
            return await self._merge(signed, content, revision or 0, work)
        except (InvalidInput, Conflict, Forbidden, NotFound) as error:
            told = saving.told(error.code, words)
            if told is None and isinstance(error, InvalidInput):
                told = saving.faults(error, self._kind.fields, words)
            if told is None:
                raise
            return await again(faults=told, status=error.status)
        done = signed.form.get("do") or "save"
        return RedirectResponse(path_to(signed.language, self.section, f"/{saved.id}?done={done}"), 303)

    async def _turned(self, signed: Signed, saved: Item) -> Item:
        to = {"publish": Status.PUBLISHED, "retire": Status.RETIRED}.get(signed.form.get("do", ""))
        if to is None or to is saved.status:
            return saved
        turn = TurnItem(kind=self._kind.name, id=saved.id, revision=saved.revision, to=to)
        return await signed.call(turn)

    async def _merge(self, signed: Signed, yours: dict[str, Any], seen: int, work: str | None) -> Response:
        """Somebody saved meanwhile: both edits in one form, and where they clash what the other one wrote."""
        current = await self._item(signed)
        told = await self._revisions(signed, before=seen + 1, limit=1)
        base = told.revisions[0].content if told.revisions else {}
        shaped = self._kind.content.model_validate(yours).model_dump(mode="json")
        content, clashes = fields.merged(base, shaped, current.content)
        theirs = said(self._fields(signed), current.content, translations(signed.language))
        named = {path: clashing(theirs, path) for path in clashes}
        return await self._form(signed, current, content, status=409, clashes=named, work=work)

    async def _form(
        self,
        signed: Signed,
        item: Item | None,
        content: Mapping[str, Any],
        *,
        faults: Mapping[str, str] | None = None,
        status: int = 200,
        revision: int | None = None,
        clashes: Mapping[str, Said] | None = None,
        work: str | None = None,
        trying: bool = False,
        done: str = "",
    ) -> Response:
        """`work` names the working copy whose content this is; a form that is begun has an id for one to come."""
        words = translations(signed.language)
        shown = fields.show(self._fields(signed), content, words, faults or {})
        waiting = [one for one in await offered(self._kind, signed) if _is_of(one.note.item, item)]
        older = behind((await self._revisions(signed)).revisions) if item else {}
        for one in shown:
            one.behind = older.get(one.path)
        values: dict[str, Any] = {
            "kind": self._kind,
            "item": item,
            "fields": shown,
            "faults": list((faults or {}).items()),
            "revision": revision or (item.revision if item else None),
            "clashes": clashes or {},
            "merging": clashes is not None,
            "work": work or uuid4().hex,
            "is_kept": work is not None,
            "going_on": next((one.note for one in waiting if one.note.work == work), None),
            "offered": [one for one in waiting if one.note.work != work],
            "begun": bool(work or faults or clashes is not None or trying),
            "previewed": self._kind.name in PREVIEWED,
            "can_try": self._kind is PROGRAMS,
            "outcomes": await outcomes(dict(content), signed) if trying else None,
            "trying": trying,
            "registrations": _registrations(self._kind, item, signed.language),
            "public": _public_page(self._kind, item, signed.language),
            "done": done,
            "talk": await panel_of(self._kind, item, signed) if item else None,
        }
        below = f"/{item.id}" if item else "/new"
        return admin_page(self._desk, signed, self.section, "item.html", status, below, **values)

    def _wanted(self, signed: Signed) -> ListItems:
        asked = {
            name: signed.query(name)
            for name in ("q", "status", "theme", "missing", "freshness", "order", "page")
        }
        return ListItems(
            kind=self._kind.name,
            q=asked["q"][:200],
            status=Status(asked["status"]) if asked["status"] in set(Status) else None,
            theme=asked["theme"] if asked["theme"] in THEMES else None,
            missing=asked["missing"] if asked["missing"] in LANGUAGES else None,
            freshness=Freshness(asked["freshness"]) if asked["freshness"] in set(Freshness) else None,
            order=Order(asked["order"]) if asked["order"] in set(Order) else Order.CHANGED,
            page=min(number_in(asked["page"]) or 1, 10_000),
        )

    async def _list(self, signed: Signed, done: str = "", turned: int = 0, refused: int = 0) -> Response:
        wanted = self._wanted(signed)
        found, waiting = await gather(signed.call(wanted), offered(self._kind, signed))
        values: dict[str, Any] = {
            "kind": self._kind,
            "found": found,
            "offered": newest(waiting),
            "asked": wanted,
            "formats": FORMATS,
            "done": done,
            "turned": turned,
            "refused": refused,
            "in_file": await in_file(self._desk, signed) if self._kind is PARTNERS else (),
            "registrations": path_to(signed.language, REGISTRATIONS) if self._kind is ACTIVITIES else None,
            "takes_files": self._kind is DOCUMENTS,
            "largest": LARGEST_FILE,
            "file_path": file_path,
            "has_places": self._kind is PARTNERS,
            "has_themes": any(one.name == "themes" for one in self._kind.fields),
            "has_freshness": self._kind is PROGRAMS,
            "today": datetime.now(ZONE).date(),
        }
        return admin_page(self._desk, signed, self.section, "items.html", **values)

    async def _do(self, done: str, item_id: str, signed: Signed) -> None:
        if done == "verified":
            await signed.call(VerifyProgram(id=item_id))
        else:
            await signed.call(TurnItem(kind=self._kind.name, id=item_id, to=Status(done)))

    async def _item(self, signed: Signed) -> Item:
        return await signed.call(OpenItem(kind=self._kind.name, ref=self._id(signed)))

    async def _revisions(self, signed: Signed, before: int | None = None, limit: int = 50) -> ItemHistory:
        query = OpenHistory(kind=self._kind.name, ref=self._id(signed), before=before, limit=limit)
        return await signed.call(query)

    def _fields(self, signed: Signed) -> tuple[fields.Field, ...]:
        return fields_for(self._kind, self._desk.sector, signed.language)

    def _id(self, signed: Signed) -> str:
        return str(signed.request.path_params["id"])[:200]


def _is_of(kept: str | None, item: Item | None) -> bool:
    return kept == (item.id if item else None)


def _registrations(kind: Kind, item: Item | None, language: Language) -> str | None:
    """Who registered for an activity for which one registers here."""
    if kind is not ACTIVITIES or item is None or not item.content.get("registration"):
        return None
    return path_to(language, REGISTRATIONS, f"/{item.id}")


def _public_page(kind: Kind, item: Item | None, language: Language) -> str | None:
    if item is None or item.status is not Status.PUBLISHED:
        return None
    if kind is PARTNERS:
        return f"/{language}/{PARTNERS_PAGE[language]}"
    slug = getattr(item.slug, language)
    return page_path(language, slug) if kind is PAGES else entry_path(language, kind.name, slug)
