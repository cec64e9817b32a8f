"""What is common to all that editors publish: programs, and whatever comes with them."""

from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.messages import Event, Message
from services.content.contracts.texts import LineText, SlugText

C = TypeVar("C")

ExternalId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


Ref = Annotated[str, StringConstraints(min_length=1, max_length=200)]  # any slug it ever had, or its id


class Status(StrEnum):
    """Where a publication stands: draft → published → retired (→ published again)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Publication(Message, Generic[C]):
    """Something that editors publish, as it stands at one revision."""

    id: str
    revision: int = Field(ge=1)
    status: Status
    slug: SlugText
    content: C
    created_at: AwareDatetime
    updated_at: AwareDatetime
    published_at: AwareDatetime | None = None


class PublicationPage(Message, Generic[C]):
    """Some of a kind, and the `after` with which to ask for the next ones (None: that was all)."""

    items: tuple[C, ...]
    total: int
    next: str | None = None


class Revision(Message, Generic[C]):
    """Who made a revision, when, and which fields it changed."""

    revision: int
    at: AwareDatetime
    by: str
    status: Status
    changed: tuple[str, ...]
    content: C


class Retired(Event):
    """Something is no longer public."""

    id: str
    revision: int
    title: LineText
    sectors: tuple[str, ...] | None = Field(
        None, description="Sectors that shared it; none: all; null: not known"
    )

    @property
    def subject(self) -> str:
        return self.id

    @property
    def belongs_to(self) -> tuple[str, ...] | None:
        return self.sectors


class SourceRow(Message, Generic[C]):
    """Something from elsewhere, under its identifier there."""

    external_id: ExternalId
    content: C


class Outcome(StrEnum):
    """What an import did, or would do, with a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class ImportedRow(Message):
    """What became of one row; `code` and `reason` say why it was refused."""

    external_id: str
    outcome: Outcome
    item_id: str | None = None
    revision: int | None = None
    code: str | None = None
    reason: str | None = None


class ImportReport(Message):
    """One answer per row, in the order asked."""

    rows: tuple[ImportedRow, ...]
