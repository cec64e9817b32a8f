"""Activities: trainings, conferences, job forums, job fairs."""

from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from nexus.messages import Command, Event, Message, Query
from services.content.contracts.publications import (
    ExternalId,
    ImportReport,
    Publication,
    Ref,
    Retired,
    SourceRow,
    Status,
)
from services.content.contracts.texts import (
    Keywords,
    Language,
    LineText,
    MarkdownText,
    ParagraphText,
    PublishAt,
    Sector,
    SlugWish,
    Theme,
    Title,
    WebAddress,
)


class ActivityKind(StrEnum):
    """What sort of activity it is."""

    TRAINING = "training"
    CONFERENCE = "conference"
    JOB_FORUM = "job_forum"
    JOB_FAIR = "job_fair"


class Registration(Message):
    """That one registers for it here, and how. The meetings service keeps the places."""

    seats: int | None = Field(None, ge=1, le=10_000, description="How many can take part; none: any number")
    closes_at: AwareDatetime | None = Field(
        None, description="Until when one registers; none, or after its beginning: until it begins"
    )


class ActivityContent(Message):
    """All that an editor announces of an activity."""

    title: Title
    summary: ParagraphText = ParagraphText()
    description: MarkdownText = MarkdownText()
    kind: ActivityKind
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    place: LineText = LineText()
    address: LineText = LineText()
    online: bool = Field(False, description="Whether one can take part from afar")
    link: WebAddress | None = Field(None, description="Where to learn more or to sign up")
    registration: Registration | None = Field(None, description="None: one does not register here")
    organiser: LineText = LineText()
    languages: tuple[Language, ...] = ()
    themes: tuple[Theme, ...] = ()
    sectors: tuple[Sector, ...] = Field((), description="Sectors that share it; none: all of them")
    publish_at: PublishAt = None
    cancelled: bool = False
    keywords: Keywords = Keywords()
    slug: SlugWish = SlugWish()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_at < self.starts_at:
            raise ValueError("ends_at must not come before starts_at")
        return self


class Activity(Publication[ActivityContent]):
    """An activity as it stands at one revision."""


class ActivityPage(Message):
    """One page of activities."""

    items: tuple[Activity, ...]
    total: int
    page: int
    per_page: int


class GetActivity(Query[Activity], service="content"):
    """A published activity by any slug it ever had, or by id. Editors also see drafts and retired ones.

    Refused: activity_not_found; `activity_retired` with the last published title."""

    ref: Ref


class ListActivities(Query[ActivityPage], service="content"):
    """Published activities of the caller's sector by date: the next ones first, or (`upcoming` false) all,
    latest first. An activity is upcoming until it ends. Editors may ask for any status."""

    status: Status = Status.PUBLISHED
    upcoming: bool = False
    theme: Theme | None = None
    page: int = Field(1, ge=1, le=10_000)
    per_page: int = Field(10, ge=1, le=200)


class PublishActivity(Command[Activity], service="content"):
    """Show it to everybody. `revision` None: whatever stands."""

    id: str
    revision: int | None = None


class RetireActivity(Command[Activity], service="content"):
    """Take it from the sites; its history and addresses stay. `revision` None: whatever stands."""

    id: str
    revision: int | None = None


class ActivityRow(SourceRow[ActivityContent]):
    """An activity from elsewhere, under its identifier there."""


class ImportActivities(Command[ImportReport], service="content"):
    """As ImportPrograms."""

    source: ExternalId
    rows: tuple[ActivityRow, ...] = Field(max_length=100)
    publish: bool = False
    dry_run: bool = False


class ActivityPublished(Event, service="content"):
    """An activity is public, or a public one has changed."""

    activity: Activity

    @property
    def subject(self) -> str:
        return self.activity.id

    @property
    def belongs_to(self) -> tuple[str, ...]:
        return self.activity.content.sectors


class ActivityRetired(Retired, service="content"):
    """An activity is no longer public."""
