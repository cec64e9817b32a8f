"""Working copies: what editors have typed and not saved, kept for themselves alone."""

from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.messages import Command, Message, Query
from services.content.contracts.editing import ItemKind

WorkId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class WorkNote(Message):
    """That there is a working copy. `item` None: of something new; `revision`: what stood when it was begun."""

    work: WorkId
    kind: ItemKind
    item: str | None = None
    revision: int | None = None
    title: str | None = None
    at: AwareDatetime


class Work(WorkNote):
    """A working copy. Its content may lack what is needed, and hold what would be refused."""

    content: dict[str, Any]


class WorkList(Message):
    """Some working copies, the latest first."""

    items: tuple[WorkNote, ...]


class KeepWork(Command[WorkNote], service="content"):
    """Keep what somebody has typed so far, instead of what was kept under this id; `work` is chosen by the sender.

    It goes away by itself 30 days after the last change. For editors. Refused: `work_finished` once it was saved
    or discarded, `work_too_large`."""

    work: WorkId
    kind: ItemKind
    item: str | None = Field(None, max_length=200)
    revision: int | None = None
    content: dict[str, Any]


class ListWork(Query[WorkList], service="content"):
    """The caller's own working copies of a kind. For editors."""

    kind: ItemKind


class OpenWork(Query[Work], service="content"):
    """One of the caller's own. For editors. Refused: `work_not_found`."""

    work: WorkId


class DiscardWork(Command[None], service="content"):
    """Forget one of the caller's own; none by this id is no mistake. For editors."""

    work: WorkId
