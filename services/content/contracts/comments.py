"""Comments: what editors ask each other about a publication. Kept beside it, shown to who may edit it, never public."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.messages import Command, Event, Message, Query
from services.content.contracts.editing import ItemKind
from services.content.contracts.texts import Words

NOTICES = "notices"  # for what content seals for the notifications service, under the secret of links
LONGEST_COMMENT = 1_000  # characters
MOST_ASKED = 20  # colleagues at once
MOST_ANSWERS = 50  # to one comment

CommentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
CommentText = Annotated[Words, StringConstraints(max_length=LONGEST_COMMENT)]
Account = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Answer(Message):
    """What somebody said to a comment."""

    by: str
    at: AwareDatetime
    text: CommentText


class Comment(Message):
    """What somebody asked of colleagues about a publication, as it stood at `item_revision`. `sector` is that of who
    asked; `by`, `asked` and `settled_by` are accounts."""

    id: CommentId
    kind: ItemKind
    item: str
    item_revision: int
    sector: str
    revision: int
    by: str
    at: AwareDatetime
    text: CommentText
    asked: tuple[Account, ...]
    answers: tuple[Answer, ...] = ()
    settled_by: str | None = None
    settled_at: AwareDatetime | None = None


class Comments(Message):
    """The open ones first, each group newest first."""

    items: tuple[Comment, ...]


class ListComments(Query[Comments], service="content"):
    """The latest comments on a publication. For editors. Refused with `<kind>_not_found`."""

    kind: ItemKind
    ref: str = Field(min_length=1, max_length=200)


class AskColleagues(Command[Comment], service="content"):
    """Ask colleagues to look at a publication: each is mailed the text, and may answer on its page. `id` is chosen by
    the sender, so that a form that is sent twice asks once. For editors.

    Refused with `<kind>_not_found`, `comment_id_taken`."""

    id: CommentId
    kind: ItemKind
    ref: str = Field(min_length=1, max_length=200)
    people: tuple[Account, ...] = Field(min_length=1, max_length=MOST_ASKED, description="Ids of accounts")
    text: CommentText


class AnswerComment(Command[Comment], service="content"):
    """Say something to it: who asked is mailed it; what who asked says themselves goes to who was asked. For editors.

    Refused with `comment_not_found`, `comment_full`."""

    id: CommentId
    text: CommentText


class SettleComment(Command[Comment], service="content"):
    """Nothing is left to do about it; or there is, after all. For editors. Refused with `comment_not_found`."""

    id: CommentId
    settled: bool = True


class CommentNews(Event):
    """Something to be told to the accounts `people`, by the account `by`. `sealed` holds `{text, fr, en}`, the titles
    of the publication among them: gateways of other sectors hear events as well, and it may be a draft."""

    id: str
    revision: int
    sector: str
    kind: ItemKind
    item: str
    by: str
    people: tuple[str, ...]
    sealed: str

    @property
    def subject(self) -> str:
        return self.id


class CommentAsked(CommentNews, service="content"):
    """Somebody asks colleagues to look at something."""


class CommentAnswered(CommentNews, service="content"):
    """There is an answer, or (`by_asker`) something more of who asked. `sealed` holds what was asked as well, as
    `asked`."""

    by_asker: bool
