"""Publications in the back office: lists, forms, history. The same pages for every kind."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin import fields
from gateway.admin.differences import differences, flat
from gateway.admin.frame import EDITORS, ITEMS, admin_page, path_to
from gateway.admin.kinds import KINDS, PAGES, PARTNERS, Kind, blank, fields_for
from gateway.admin.partners import in_file
from gateway.admin.previews import PREVIEWED, preview
from gateway.admin.uploads import with_uploads
from gateway.i18n import translations
from gateway.links import PARTNERS as PARTNERS_PAGE
from gateway.links import entry_path, page_path
from gateway.people.desk import Desk, Signed
from gateway.refusals import reason
from gateway.sectors import Language
from gateway.words import FIELD_NAMES, N_, THEMES
from nexus.caller import LANGUAGES
from nexus.errors import Conflict, Forbidden, InvalidInput, NexusError, NotFound, StaleRevision
from services.content.contracts.editing import (
    Item,
    ItemHistory,
    ItemRevision,
    ListItems,
    OpenHistory,
    OpenItem,
    Order,
    SaveItem,
    TurnItem,
)
from services.content.contracts.publications import Status
from services.people.contracts.people import NamePeople

_RULES = {
    "title": N_("Give a title in French or in English."),
    "kind": N_("Choose what kind it is."),
    "starts_at": N_("Say when it begins."),
    "ends_at": N_("Say when it ends: not before it begins."),
    "date": N_("Give a date."),
}
_WEB_ADDRESS = N_("Give a web address that begins with https:// or http://.")
_AT = {  # where the form tells it, if not at the title
    "cover_not_a_picture": "cover",
    "logo_not_a_picture": "logo",
    "logo_too_large": "logo",
}
_REFUSED_CONTENT = N_("Something in this form is not right.")
_REFUSED = {
    "file_not_found": N_("A file that this names is not there any more. Upload it again."),
    "cover_not_a_picture": N_("The cover must be a picture: PNG, JPEG or WebP."),
    "logo_not_a_picture": N_("The logo must be a picture: PNG, JPEG, WebP or GIF."),
    "logo_too_large": N_("The logo is larger than one megabyte. Upload a smaller one."),
    "sector_forbidden": N_("You may share this with your own sector, or with all."),
    "not_published": N_("A draft cannot be withdrawn: nobody saw it."),
    "slug_taken": N_("Another one has this address already. Choose another."),
}


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
                ("GET", "/new", pages.new),
                ("POST", "/new", pages.save),
                ("GET", "/{id}", pages.open),
                ("POST", "/{id}", pages.save),
                ("GET", "/{id}/history", pages.history),
                ("POST", "/{id}/history", pages.restore),
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
        """Publish or withdraw all that is ticked."""
        to = Status.RETIRED if signed.form.get("do") == "retire" else Status.PUBLISHED
        refused = 0
        for item_id in (await signed.values("item"))[:200]:
            try:
                await signed.call(TurnItem(kind=self._kind.name, id=item_id, to=to))
            except (Conflict, NotFound):
                refused += 1
        return await self._list(signed, done=to, refused=refused)

    async def new(self, signed: Signed) -> Response:
        """An empty form."""
        return await self._form(signed, None, blank(self._kind))

    async def open(self, signed: Signed) -> Response:
        """The form of one."""
        item = await self._item(signed)
        return await self._form(signed, item, item.content, done=signed.query("done"))

    async def save(self, signed: Signed) -> Response:
        """Keep what the form has, and publish, withdraw or preview it if that is what was pressed."""
        sent = await signed.sent()
        content = fields.read(self._fields(signed), sent)
        content = await with_uploads(self._kind, content, sent, signed)
        if self._kind.own:
            content["sectors"] = [self._desk.sector.name]
        if signed.form.get("do") == "preview":
            return await preview(self._desk, signed, self._kind, content)
        item = await self._item(signed) if "id" in signed.request.path_params else None
        revision = _number(signed.form.get("revision"))
        command = SaveItem(
            kind=self._kind.name, id=item.id if item else None, revision=revision, content=content
        )
        try:
            saved = await signed.call(command)
            saved = await self._turned(signed, saved)
        except StaleRevision:
            return await self._merge(signed, content, revision or 0)
        except (InvalidInput, Conflict, Forbidden, NotFound) as error:
            faults = self._refused(error, signed)
            return await self._form(
                signed, item, content, faults=faults, status=error.status, revision=revision
            )
        done = signed.form.get("do") or "save"
        return RedirectResponse(path_to(signed.language, self.section, f"/{saved.id}?done={done}"), 303)

    def _refused(self, error: NexusError, signed: Signed) -> dict[str, str]:
        """What a form says of it, by field. Raises it again where a form has no words for it."""
        if error.code in _REFUSED:
            return {_AT.get(error.code, "title"): translations(signed.language).gettext(_REFUSED[error.code])}
        if not isinstance(error, InvalidInput):
            raise error
        return _faults(error, signed, self._kind.fields)

    async def history(self, signed: Signed) -> Response:
        """Every revision, and what each changed."""
        item, told = await self._item(signed), await self._revisions(signed)
        names = await signed.call(NamePeople(ids=tuple({one.by for one in told.revisions})[:200]))
        words = translations(signed.language)
        labels = {one.name: words.gettext(one.label) for one in self._kind.fields}
        labels |= {name: words.gettext(label) for name, label in FIELD_NAMES.items()}
        pairs = zip(told.revisions, [*told.revisions[1:], None], strict=True)
        values: dict[str, Any] = {
            "item": item,
            "revisions": [
                (one, differences(before.content, one.content, labels) if before else [])
                for one, before in pairs
            ],
            "names": names,
        }
        below = f"/{item.id}/history"
        return admin_page(self._desk, signed, self.section, "history.html", below=below, **values)

    async def restore(self, signed: Signed) -> Response:
        """Make an earlier content the newest one; nothing of what came after is lost."""
        item, wanted = await self._item(signed), _number(signed.form.get("to"))
        found = [one for one in (await self._revisions(signed)).revisions if one.revision == wanted]
        if not found:
            raise NotFound
        content = found[0].content
        try:
            await signed.call(
                SaveItem(
                    kind=self._kind.name,
                    id=item.id,
                    revision=_number(signed.form.get("revision")),
                    content=content,
                )
            )
        except StaleRevision:
            return RedirectResponse(path_to(signed.language, self.section, f"/{item.id}/history"), 303)
        return RedirectResponse(path_to(signed.language, self.section, f"/{item.id}?done=restore"), 303)

    async def _turned(self, signed: Signed, saved: Item) -> Item:
        to = {"publish": Status.PUBLISHED, "retire": Status.RETIRED}.get(signed.form.get("do", ""))
        if to is None or to is saved.status:
            return saved
        turn = TurnItem(kind=self._kind.name, id=saved.id, revision=saved.revision, to=to)
        return await signed.call(turn)

    async def _merge(self, signed: Signed, yours: dict[str, Any], seen: int) -> Response:
        """Somebody saved meanwhile: both edits in one form, and where they clash what the other one wrote."""
        current, told = await self._item(signed), await self._revisions(signed)
        base = next((one.content for one in told.revisions if one.revision == seen), {})
        shaped = self._kind.content.model_validate(yours).model_dump(mode="json")
        content, clashes = fields.merged(base, shaped, current.content)
        return await self._form(signed, current, content, status=409, clashes=clashes)

    async def _form(
        self,
        signed: Signed,
        item: Item | None,
        content: Mapping[str, Any],
        *,
        faults: Mapping[str, str] | None = None,
        status: int = 200,
        revision: int | None = None,
        clashes: Mapping[str, Any] | None = None,
        done: str = "",
    ) -> Response:
        words = translations(signed.language)
        shown = fields.show(self._fields(signed), content, words, faults or {})
        behind = _behind((await self._revisions(signed)).revisions) if item else {}
        for one in shown:
            one.behind = behind.get(one.path)
        values: dict[str, Any] = {
            "kind": self._kind,
            "item": item,
            "fields": shown,
            "faults": list((faults or {}).items()),
            "revision": revision or (item.revision if item else None),
            "clashes": _told(clashes or {}),
            "merging": clashes is not None,
            "previewed": self._kind.name in PREVIEWED,
            "public": _public_page(self._kind, item, signed.language),
            "done": done,
        }
        below = f"/{item.id}" if item else "/new"
        return admin_page(self._desk, signed, self.section, "item.html", status, below, **values)

    async def _list(self, signed: Signed, done: str = "", refused: int = 0) -> Response:
        asked = {name: signed.query(name) for name in ("q", "status", "theme", "missing", "order", "page")}
        wanted = ListItems(
            kind=self._kind.name,
            q=asked["q"][:200],
            status=Status(asked["status"]) if asked["status"] in set(Status) else None,
            theme=asked["theme"] if asked["theme"] in THEMES else None,
            missing=asked["missing"] if asked["missing"] in LANGUAGES else None,
            order=Order(asked["order"]) if asked["order"] in set(Order) else Order.CHANGED,
            page=min(_number(asked["page"]) or 1, 10_000),
        )
        values: dict[str, Any] = {
            "kind": self._kind,
            "found": await signed.call(wanted),
            "asked": wanted,
            "done": done,
            "refused": refused,
            "in_file": await in_file(self._desk, signed) if self._kind is PARTNERS else (),
            "has_themes": any(one.name == "themes" for one in self._kind.fields),
        }
        return admin_page(self._desk, signed, self.section, "items.html", **values)

    async def _item(self, signed: Signed) -> Item:
        return await signed.call(OpenItem(kind=self._kind.name, ref=self._id(signed)))

    async def _revisions(self, signed: Signed) -> ItemHistory:
        return await signed.call(OpenHistory(kind=self._kind.name, ref=self._id(signed)))

    def _fields(self, signed: Signed) -> tuple[fields.Field, ...]:
        return fields_for(self._kind, self._desk.sector, signed.language)

    def _id(self, signed: Signed) -> str:
        return str(signed.request.path_params["id"])[:200]


def _public_page(kind: Kind, item: Item | None, language: Language) -> str | None:
    if item is None or item.status is not Status.PUBLISHED:
        return None
    if kind is PARTNERS:
        return f"/{language}/{PARTNERS_PAGE[language]}"
    slug = getattr(item.slug, language)
    return page_path(language, slug) if kind is PAGES else entry_path(language, kind.name, slug)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _faults(error: InvalidInput, signed: Signed, shape: Iterable[fields.Field]) -> dict[str, str]:
    words = translations(signed.language)
    rules = {one.name: one.rule or _RULES.get(one.name) for one in shape}
    own = {name: words.gettext(rule) for name, rule in rules.items() if rule}
    urls = {"url", *(one.name for one in shape if one.sort == "url")}
    found: dict[str, str] = {}
    for one in error.details.get("errors", ()):
        path = one["field"] or "ends_at"  # the only rule about more than one field
        if path.rpartition(".")[2] in urls:
            found[path] = words.gettext(_WEB_ADDRESS)
        else:
            found[path] = own.get(path) or reason(one["type"], {}, words)
    return found or {"title": words.gettext(_REFUSED_CONTENT)}


def _behind(revisions: Sequence[ItemRevision]) -> dict[str, Any]:
    """The language of each text that was left as it was when the other one was changed last."""
    found: dict[str, Any] = {}
    for after, before in pairwise(revisions):
        for name, text in after.content.items():
            old = before.content.get(name)
            if name in found or not (
                isinstance(text, dict) and isinstance(old, dict) and {"fr", "en"} >= set(text)
            ):
                continue
            changed = [language for language in LANGUAGES if text.get(language) != old.get(language)]
            if len(changed) == 1 and all(text.get(language) for language in LANGUAGES):
                found[name] = "en" if changed == ["fr"] else "fr"
            elif changed:
                found[name] = None
    return found


def _told(clashes: Mapping[str, Any]) -> dict[str, str]:
    return {path: "; ".join(text for _, text in flat(value) if text) for path, value in clashes.items()}
