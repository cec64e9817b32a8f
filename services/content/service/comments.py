"""What editors ask each other about publications, and answer. And the doors to it.

The trail is told who was asked, answered or settled what; never the words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from nexus.audit import note
from nexus.caller import Caller
from nexus.errors import Conflict, Forbidden, NotFound, StaleRevision
from nexus.messages import Event
from nexus.service import rpc
from services.content.contracts.comments import (
    MOST_ANSWERS,
    Answer,
    AnswerComment,
    AskColleagues,
    Comment,
    CommentAnswered,
    CommentAsked,
    Comments,
    ListComments,
    SettleComment,
)
from services.content.contracts.editing import ItemKind
from services.content.service.desk import EDITORS, Desk
from services.content.service.documents import Closes

_TRIES = 5  # to be quicker than others who answer


class Kept(Protocol):
    """Where comments are kept."""

    def get(self, comment_id: str) -> Comment | None: ...
    def about(self, item: str) -> list[Comment]: ...
    def add(self, comment: Comment, event: Event) -> bool: ...
    def replace(self, comment: Comment, before: int, events: Sequence[Event] = ()) -> bool: ...


class CommentDesk:
    """The use cases. Whoever may edit a publication reads, answers and settles what is asked about it."""

    def __init__(
        self,
        kept: Kept,
        desks: Mapping[ItemKind, Desk],
        seal: Closes,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._kept = kept
        self._desks = desks
        self._seal = seal
        self._clock = clock
        self._wake = wake

    def about(self, kind: ItemKind, ref: str, caller: Caller) -> Comments:
        """The open ones first."""
        item = self._item(kind, ref, caller)
        found = self._kept.about(item.id)
        return Comments(items=tuple(sorted(found, key=lambda one: one.settled_at is not None)))

    def ask(self, command: AskColleagues, caller: Caller) -> Comment:
        """Raises Conflict(`comment_id_taken`)."""
        item = self._item(command.kind, command.ref, caller)
        if caller.sector is None:
            raise Forbidden("sector_not_proven", sector=None)
        comment = Comment(
            id=command.id,
            kind=command.kind,
            item=item.id,
            item_revision=item.revision,
            sector=caller.sector,
            revision=1,
            by=caller.person,
            at=self._clock(),
            text=command.text,
            asked=tuple(dict.fromkeys(command.people)),
        )
        told = self._told(comment, item, caller.person, comment.asked, {"text": comment.text})
        news = CommentAsked(**told)
        if not self._kept.add(comment, news):
            return self._made_before(comment)
        self._wake()
        note("comment", comment.id, _title(item), after=_noted(comment))
        return comment

    def answer(self, command: AnswerComment, caller: Caller) -> Comment:
        """Raises NotFound(`comment_not_found`), Conflict(`comment_full`). What is said twice in a row by one person is
        said once: a form was sent twice."""
        for _ in range(_TRIES):
            before, item = self._found(command.id, caller)
            last = before.answers[-1] if before.answers else None
            if last and (last.by, last.text) == (caller.person, command.text):
                return before
            if len(before.answers) >= MOST_ANSWERS:
                raise Conflict("comment_full", most=MOST_ANSWERS)
            said = Answer(by=caller.person, at=self._clock(), text=command.text)
            after = _revised(before, answers=(*before.answers, said))
            by_asker = caller.person == before.by
            people = before.asked if by_asker else (before.by,)
            told = self._told(after, item, caller.person, people, {"text": said.text, "asked": before.text})
            news = CommentAnswered(**told, by_asker=by_asker)
            if self._kept.replace(after, before.revision, [news]):
                self._wake()
                note("comment", after.id, _title(item), _noted(before), _noted(after))
                return after
        raise StaleRevision(id=command.id)

    def settle(self, command: SettleComment, caller: Caller) -> Comment:
        """Raises NotFound(`comment_not_found`)."""
        for _ in range(_TRIES):
            before, item = self._found(command.id, caller)
            if command.settled == (before.settled_at is not None):
                return before
            by, at = (caller.person, self._clock()) if command.settled else (None, None)
            after = _revised(before, settled_by=by, settled_at=at)
            if self._kept.replace(after, before.revision):
                note("comment", after.id, _title(item), _noted(before), _noted(after))
                return after
        raise StaleRevision(id=command.id)

    def _item(self, kind: ItemKind, ref: str, caller: Caller) -> Any:
        caller.require(*EDITORS)
        return self._desks[kind].get(ref, caller)

    def _found(self, comment_id: str, caller: Caller) -> tuple[Comment, Any]:
        """A comment, and what it is about; not there for whom that is not there."""
        caller.require(*EDITORS)
        comment = self._kept.get(comment_id)
        if comment is None:
            raise NotFound("comment_not_found", id=comment_id)
        try:
            return comment, self._item(comment.kind, comment.item, caller)
        except NotFound:
            raise NotFound("comment_not_found", id=comment_id) from None

    def _made_before(self, comment: Comment) -> Comment:
        """The one that this very form made, before it was sent again."""
        made = self._kept.get(comment.id)
        if made is None or (made.by, made.item) != (comment.by, comment.item):
            raise Conflict("comment_id_taken")
        return made

    def _told(
        self, comment: Comment, item: Any, by: str, people: Sequence[str], words: Mapping[str, str | None]
    ) -> dict[str, Any]:
        """The fields of CommentNews. Nobody is told what they did themselves."""
        title = item.content.title
        return {
            **comment.model_dump(include={"id", "revision", "sector", "kind", "item"}),
            "by": by,
            "people": tuple(one for one in people if one != by),
            "sealed": self._seal.close({**words, "fr": title.fr, "en": title.en}),
        }


class CommentDoors:
    """What the service answers about comments."""

    comments: CommentDesk

    @rpc
    def list_comments(self, query: ListComments, caller: Caller) -> Comments:
        return self.comments.about(query.kind, query.ref, caller)

    @rpc
    def ask_colleagues(self, command: AskColleagues, caller: Caller) -> Comment:
        return self.comments.ask(command, caller)

    @rpc
    def answer_comment(self, command: AnswerComment, caller: Caller) -> Comment:
        return self.comments.answer(command, caller)

    @rpc
    def settle_comment(self, command: SettleComment, caller: Caller) -> Comment:
        return self.comments.settle(command, caller)


def _revised(comment: Comment, **fields: Any) -> Comment:
    return comment.model_copy(update={"revision": comment.revision + 1, **fields})


def _title(item: Any) -> str:
    return str(item.content.title.fr or item.content.title.en or item.slug.fr)


def _noted(comment: Comment) -> dict[str, Any]:
    return {
        "about": f"{comment.kind.value} {comment.item}",
        "asked": list(comment.asked),
        "answers": len(comment.answers),
        "settled": comment.settled_at is not None,
    }
