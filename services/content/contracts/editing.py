"""What editors do with publications, whatever their kind: find, open, save, publish, retire.

A content travels as a JSON object; the contracts of its kind say what is in it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.messages import Command, Message, Query
from services.content.contracts.files import Sha256
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


class Freshness(StrEnum):
    """How long ago the facts of something published were verified."""

    DUE = "due"  # it is time to verify them again, or has been for long
    STALE = "stale"  # so long that readers are told


class ItemSummary(Message):
    """One line of a list. `publish_at`: when a draft will be published by itself; `missing`: the languages without
    a text that the other one has. Of programs: from when on they are to be verified again, and from when on
    readers are told. Of partners: their logo, and their place in the list of the site."""

    id: str
    kind: ItemKind
    title: LineText
    slug: SlugText
    status: Status
    revision: int
    updated_at: AwareDatetime
    publish_at: AwareDatetime | None = None
    themes: tuple[Theme, ...] = ()
    sectors: tuple[str, ...] = ()
    missing: tuple[Language, ...] = ()
    due_on: date | None = None
    stale_on: date | None = None
    logo: Sha256 | None = None
    place: int | None = None


class ItemList(Message):
    """One page of a list; `counts` are by status, under the other filters."""

    items: tuple[ItemSummary, ...]
    total: int
    page: int
    per_page: int
    counts: dict[Status, int]


class ItemFilter(Message):
    """Which publications, and which page of them."""

    kind: ItemKind
    q: str = Field("", max_length=200, description="words of the title, in any order, in either language")
    status: Status | None = None
    theme: Theme | None = None
    missing: Language | None = Field(None, description="those that lack texts in this language")
    freshness: Freshness | None = Field(None, description="published ones that are to be verified again")
    order: Order = Order.CHANGED
    page: int = Field(1, ge=1, le=10_000)
    per_page: int = Field(50, ge=1, le=200)


class ListItems(ItemFilter, Query[ItemList], service="content"):
    """What the caller may edit. For editors."""


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
    """One, by id or slug, in any status. For editors, and keys with the scope of the kind.

    Refused with `<kind>_not_found`."""

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
    """Some revisions, newest first."""

    id: str
    revisions: tuple[ItemRevision, ...]


class OpenHistory(Query[ItemHistory], service="content"):
    """The latest revisions, those `before` one if that is given. For editors."""

    kind: ItemKind
    ref: str = Field(min_length=1, max_length=200)
    before: int | None = Field(None, ge=1)
    limit: int = Field(50, ge=1, le=200)


# A command that comes again under the same key within 24 hours changes nothing more, and is answered as it was
# the first time. Refused with `idempotency_key_reused` (it was another command), `idempotency_in_progress`.
OnceKey = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")]


class SaveItem(Command[Item], service="content"):
    """A new draft (`id` None), or another content for what stood at `revision`. For editors, and keys with the
    scope of the kind.

    Refused with `invalid_message` and the fields at fault, `stale_revision` with both versions, `file_not_found`,
    `sector_forbidden`."""

    kind: ItemKind
    id: str | None = None
    revision: int | None = None
    content: dict[str, Any]
    work: str | None = Field(
        None, pattern=r"^[0-9a-f]{32}$", description="The caller’s working copy that is done with"
    )
    once: OnceKey | None = None


class TurnItem(Command[Item], service="content"):
    """Publish it, or take it from the sites. For editors, and keys with the scope of the kind.

    Refused with `stale_revision`, `not_published`."""

    kind: ItemKind
    id: str
    revision: int | None = None
    to: Status
    once: OnceKey | None = None
