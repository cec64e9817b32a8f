"""What editors do with publications, whatever their kind: find, open, save, publish, retire.

A content travels as a JSON object; the contracts of its kind say what is in it."""

from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from nexus.messages import Command, Message, Query
from services.content.contracts.publications import Status
from services.content.contracts.texts import Language, LineText, SlugText, Theme


class ItemKind(StrEnum):
    """The kinds of publications."""

    PROGRAM = "program"
    DOCUMENT = "document"
    POST = "post"
    ACTIVITY = "activity"
    PAGE = "page"
    PARTNER = "partner"


class Order(StrEnum):
    """In which order editors look at a list."""

    CHANGED = "changed"  # latest first
    TITLE = "title"


class ItemSummary(Message):
    """One line of a list. `missing`: the languages without a text that the other one has."""

    id: str
    kind: ItemKind
    title: LineText
    slug: SlugText
    status: Status
    revision: int
    updated_at: AwareDatetime
    themes: tuple[Theme, ...] = ()
    sectors: tuple[str, ...] = ()
    missing: tuple[Language, ...] = ()


class ItemList(Message):
    """One page of a list; `counts` are by status, under the other filters."""

    items: tuple[ItemSummary, ...]
    total: int
    page: int
    per_page: int
    counts: dict[Status, int]


class ListItems(Query[ItemList], service="content"):
    """What the caller may edit. For editors."""

    kind: ItemKind
    q: str = Field("", max_length=200, description="words of the title, in any order, in either language")
    status: Status | None = None
    theme: Theme | None = None
    missing: Language | None = Field(None, description="those that lack texts in this language")
    order: Order = Order.CHANGED
    page: int = Field(1, ge=1, le=10_000)
    per_page: int = Field(50, ge=1, le=200)


class Item(Message):
    """A publication as editors see it."""

    id: str
    kind: ItemKind
    revision: int
    status: Status
    slug: SlugText
    content: dict[str, Any]
    updated_at: AwareDatetime
    published_at: AwareDatetime | None = None


class OpenItem(Query[Item], service="content"):
    """One, by id or slug, in any status. For editors. Refused with `<kind>_not_found`."""

    kind: ItemKind
    ref: str = Field(min_length=1, max_length=200)


class ItemRevision(Message):
    """Who made a revision, when, and which fields it changed."""

    revision: int
    at: AwareDatetime
    by: str
    status: Status
    changed: tuple[str, ...]
    content: dict[str, Any]


class ItemHistory(Message):
    """Every revision, newest first."""

    id: str
    revisions: tuple[ItemRevision, ...]


class OpenHistory(Query[ItemHistory], service="content"):
    """For editors."""

    kind: ItemKind
    ref: str = Field(min_length=1, max_length=200)


class SaveItem(Command[Item], service="content"):
    """A new draft (`id` None), or another content for what stood at `revision`.

    Refused with `invalid_message` and the fields at fault, `stale_revision` with both versions, `file_not_found`,
    `sector_forbidden`."""

    kind: ItemKind
    id: str | None = None
    revision: int | None = None
    content: dict[str, Any]


class TurnItem(Command[Item], service="content"):
    """Publish it, or take it from the sites. Refused with `stale_revision`, `not_published`."""

    kind: ItemKind
    id: str
    revision: int | None = None
    to: Status
