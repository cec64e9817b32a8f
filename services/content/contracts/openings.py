"""What visitors opened: counts by sector, day and language. Of whom, nobody knows."""

import datetime

from pydantic import Field

from nexus.messages import Command, Message, Query
from services.content.contracts.editing import ItemKind
from services.content.contracts.files import Sha256
from services.content.contracts.publications import Ref
from services.content.contracts.texts import Language, LineText

KEPT_DAYS = 760  # 25 months
MOST_COUNTED = 500  # in one message


class Viewed(Message):
    """The page of something was opened `count` times; `ref` is its slug."""

    kind: ItemKind
    ref: Ref
    language: Language
    count: int = Field(ge=1, le=1_000_000)


class Downloaded(Message):
    """A file was opened `count` times."""

    sha256: Sha256
    count: int = Field(ge=1, le=1_000_000)


class CountOpenings(Command[None], service="content"):
    """What was opened in the caller's sector since it was last told. What nobody knows is not counted."""

    views: tuple[Viewed, ...] = Field((), max_length=MOST_COUNTED)
    downloads: tuple[Downloaded, ...] = Field((), max_length=MOST_COUNTED)


class OpenedItem(Message):
    """How often something was opened, by the language of its page, and of its file."""

    id: str
    kind: ItemKind
    title: LineText
    views: dict[Language, int]
    downloads: dict[Language, int]


class OpenedDay(Message):
    """How much was opened on a day in Montréal."""

    day: datetime.date
    views: int
    downloads: int


class Openings(Message):
    """Most opened first; and each day that anything was opened on."""

    items: tuple[OpenedItem, ...]
    days: tuple[OpenedDay, ...]


class ListOpenings(Query[Openings], service="content"):
    """What visitors of the caller's sector opened. For editors, coordinators and administrators."""

    days: int = Field(30, ge=1, le=KEPT_DAYS)
    limit: int = Field(100, ge=1, le=2_000)
