"""Comments on a publication, below its form: ask colleagues, answer, settle. The same for every kind, without scripts.

What is not right is told on a page of their own, so that nothing of what stands in the form is touched."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin.frame import EDITORS, ITEMS, admin_page, path_to
from gateway.admin.kinds import KINDS, Kind
from gateway.i18n import translations
from gateway.people.desk import Desk, Signed
from gateway.people.forms import Fault
from gateway.people.forms import read as read_form
from gateway.rendering import if_there
from gateway.words import N_
from nexus.caller import LANGUAGES
from nexus.errors import Conflict
from services.content.contracts.comments import (
    LONGEST_COMMENT,
    AnswerComment,
    AskColleagues,
    Comment,
    ListComments,
    SettleComment,
)
from services.content.contracts.editing import Item, OpenItem
from services.people.contracts.people import ListColleagues, NamePeople

_DONE = {
    "asked": N_("Your colleagues are asked, by mail."),
    "answered": N_("Your answer is kept, and mailed."),
    "settled": N_("The comment is settled."),
    "reopened": N_("The comment is open again."),
}
_PEOPLE = N_("Choose at least one colleague.")
_TEXT = N_("Write what you want to say, in at most 1,000 characters.")
_FULL = N_("There are fifty answers already. Settle this comment, and ask anew.")
_ANEW = N_("This form was used for something else. Send it again.")
_NAMES = 200  # looked up at once


@dataclass(frozen=True)
class Panel:
    """All that is shown of comments. `colleagues` is None while they cannot be told; `answered` is the comment whose
    answer is not right, `typed` what was typed there, or into the question."""

    items: Sequence[Comment]
    colleagues: Mapping[str, str] | None
    names: Mapping[str, str]
    me: str
    faults: Sequence[Fault] = ()
    people: Sequence[str] = ()
    answered: str | None = None
    typed: str = ""
    done: str | None = None
    number: str = field(default_factory=lambda: uuid4().hex)  # of the next question
    longest: int = LONGEST_COMMENT

    @property
    def open(self) -> Sequence[Comment]:
        return [one for one in self.items if one.settled_at is None]

    @property
    def settled(self) -> Sequence[Comment]:
        return [one for one in self.items if one.settled_at is not None]


def comments_routes(router: APIRouter, desk: Desk) -> None:
    """Add what the panel of every kind sends to."""
    for kind in KINDS:
        pages = _Comments(desk, kind)
        for language in LANGUAGES:
            add = partial(desk.add, router, language=language, roles=EDITORS)
            start = path_to(language, pages.section, "/{id}/comments")
            add("GET", start, handle=pages.show)
            add("POST", start, handle=pages.ask)
            add("POST", f"{start}/answer", handle=pages.answer)
            add("POST", f"{start}/settle", handle=pages.settle)


async def panel_of(kind: Kind, item: Item, signed: Signed, **told: Any) -> Panel:
    """What is said about `item`; `told` are the fields of a form that is not right."""
    query = ListComments(kind=kind.name, ref=item.id)
    found, colleagues = await gather(signed.call(query), if_there(_colleagues(signed)))
    me = signed.visitor.caller.person
    named = await _names(found.items, colleagues or {}, signed)
    others = None if colleagues is None else {one: name for one, name in colleagues.items() if one != me}
    return Panel(found.items, others, named, me, done=_DONE.get(signed.query("comment")), **told)


async def _names(comments: Sequence[Comment], known: Mapping[str, str], signed: Signed) -> Mapping[str, str]:
    """What everybody in them is called; those of other sectors have no name here."""
    ids = {
        person
        for one in comments
        for person in (one.by, one.settled_by, *one.asked, *(said.by for said in one.answers))
        if person and person not in known
    }
    if not ids:
        return known
    asked = signed.call(NamePeople(ids=tuple(sorted(ids))[:_NAMES]))
    return {**known, **(await if_there(asked) or {})}


async def _colleagues(signed: Signed) -> dict[str, str]:
    """Who may edit what somebody may, in their sector, themselves among them."""
    return await signed.call(ListColleagues(roles=EDITORS))


class _Comments:
    def __init__(self, desk: Desk, kind: Kind) -> None:
        self._desk = desk
        self._kind = kind
        self.section = ITEMS[kind.name]

    async def show(self, signed: Signed) -> Response:
        """All of them, apart from the form."""
        return await self._page(signed, await self._item(signed))

    async def ask(self, signed: Signed) -> Response:
        """Ask the colleagues who are ticked; others than those offered are nobody's."""
        item, offered = await self._item(signed), await _colleagues(signed)
        text, ticked = signed.form.get("text", ""), await signed.values("people")
        people = [one for one in ticked if one in offered]
        fields = {"id": signed.form.get("number", ""), "kind": self._kind.name, "ref": item.id}
        again = partial(self._page, signed, item, typed=text, people=people)
        command = read_form(AskColleagues, {**fields, "people": people, "text": text}, self._words(signed))
        if isinstance(command, list):
            return await again(status=400, faults=self._faults(command, signed, "text"))
        try:
            await signed.call(command)
        except Conflict as error:
            if error.code != "comment_id_taken":
                raise
            return await again(status=409, faults=[self._fault("text", _ANEW, signed)])
        return self._to(signed, item, "asked")

    async def answer(self, signed: Signed) -> Response:
        """Say something to one."""
        item = await self._item(signed)
        return await self._refused(signed, item) or self._to(signed, item, "answered")

    async def settle(self, signed: Signed) -> Response:
        """Nothing is left to do about one, or there is after all. What was typed as an answer is said before."""
        item, settled = await self._item(signed), signed.form.get("settled") != "no"
        if signed.form.get("text") and (refused := await self._refused(signed, item)):
            return refused
        await signed.call(SettleComment.read({"id": signed.form.get("comment", ""), "settled": settled}))
        return self._to(signed, item, "settled" if settled else "reopened")

    async def _refused(self, signed: Signed, item: Item) -> Response | None:
        """None: the answer that was typed is kept."""
        about, text = signed.form.get("comment", ""), signed.form.get("text", "")
        place = f"answer-{about}"
        again = partial(self._page, signed, item, answered=about, typed=text)
        command = read_form(AnswerComment, {"id": about, "text": text}, self._words(signed))
        if isinstance(command, list):
            return await again(status=400, faults=self._faults(command, signed, place))
        try:
            await signed.call(command)
        except Conflict as error:
            if error.code != "comment_full":
                raise
            return await again(status=409, faults=[self._fault(place, _FULL, signed)])
        return None

    async def _page(self, signed: Signed, item: Item, status: int = 200, **told: Any) -> Response:
        talk = await panel_of(self._kind, item, signed, **told)
        below = f"/{item.id}/comments"
        return admin_page(
            self._desk, signed, self.section, "comments.html", status, below, item=item, talk=talk
        )

    async def _item(self, signed: Signed) -> Item:
        ref = str(signed.request.path_params["id"])[:200]
        return await signed.call(OpenItem(kind=self._kind.name, ref=ref))

    def _to(self, signed: Signed, item: Item, done: str) -> Response:
        """Back to the form, to what is said there."""
        below = f"/{item.id}?comment={done}#comments"
        return RedirectResponse(path_to(signed.language, self.section, below), 303)

    def _faults(self, faults: Sequence[Fault], signed: Signed, text: str) -> list[Fault]:
        """In words; `text` is the id that the field has on the page."""
        told = {"people": ("people", _PEOPLE), "text": (text, _TEXT)}
        return [self._fault(*told.get(one.field, (text, _ANEW)), signed) for one in faults]

    def _fault(self, field_id: str, words: str, signed: Signed) -> Fault:
        return Fault(field_id, self._words(signed).gettext(words))

    def _words(self, signed: Signed) -> Any:
        return translations(signed.language)
