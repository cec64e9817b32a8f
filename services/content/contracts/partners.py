"""Partners: the organizations that carry a sector's site, as its editors keep them."""

from pydantic import Field

from nexus.messages import Command, Event, Message
from services.content.contracts.files import Sha256
from services.content.contracts.publications import (
    ExternalId,
    ImportReport,
    Publication,
    Retired,
    SourceRow,
)
from services.content.contracts.texts import (
    LineText,
    PlainLineText,
    PlainTitle,
    PublishAt,
    Sector,
    SlugWish,
    WebAddress,
)


class Logo(Message):
    """A stored picture. `alt` says what it shows; without one it says no more than the name beside it."""

    sha256: Sha256
    alt: LineText = LineText()


class PartnerContent(Message):
    """All that is said of a partner. It belongs to one sector."""

    title: PlainTitle = Field(description="Its name")
    role: PlainLineText = Field(
        PlainLineText(), description="What it does, for a company that never heard of it"
    )
    url: WebAddress | None = None
    logo: Logo | None = None
    place: int | None = Field(
        None, ge=1, le=999, description="Its place among the partners; none: after them"
    )
    publish_at: PublishAt = None
    sectors: tuple[Sector, ...] = Field(min_length=1, max_length=1)
    slug: SlugWish = SlugWish()


class Partner(Publication[PartnerContent]):
    """A partner as it stands at one revision. Only published ones are shown."""


class PartnerRow(SourceRow[PartnerContent]):
    """A partner from elsewhere, under its identifier there."""


class ImportPartners(Command[ImportReport], service="content"):
    """As ImportPrograms."""

    source: ExternalId
    rows: tuple[PartnerRow, ...] = Field(max_length=100)
    publish: bool = False
    dry_run: bool = False


class PartnerPublished(Event, service="content"):
    """A partner is shown, or one that is shown has changed."""

    partner: Partner

    @property
    def subject(self) -> str:
        return self.partner.id

    @property
    def belongs_to(self) -> tuple[str, ...]:
        return self.partner.content.sectors


class PartnerRetired(Retired, service="content"):
    """A partner is no longer shown."""
