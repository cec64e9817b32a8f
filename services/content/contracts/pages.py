"""Pages that stand by themselves: about, accessibility, privacy."""

from pydantic import Field

from nexus.messages import Command, Event, Message, Query
from services.content.contracts.publications import (
    ExternalId,
    ImportReport,
    Publication,
    PublicationPage,
    Ref,
    Retired,
    SourceRow,
    Status,
)
from services.content.contracts.texts import (
    MarkdownText,
    ParagraphText,
    PublishAt,
    Sector,
    SlugWish,
    Title,
)


class PageContent(Message):
    """All that a page says."""

    title: Title
    summary: ParagraphText = ParagraphText()
    body: MarkdownText = MarkdownText()
    publish_at: PublishAt = None
    sectors: tuple[Sector, ...] = Field((), description="Sectors that share it; none: all of them")
    slug: SlugWish = SlugWish()


class Page(Publication[PageContent]):
    """A page as it stands at one revision."""


class PageList(PublicationPage[Page]):
    """Some pages, by French slug."""


class GetPage(Query[Page], service="content"):
    """A published page by any slug it ever had, or by id. Editors also see drafts and retired ones.

    Refused: site_page_not_found, site_page_retired."""

    ref: Ref


class ListPages(Query[PageList], service="content"):
    """Published pages of the caller's sector, in a stable order. Editors may ask for any status."""

    status: Status = Status.PUBLISHED
    after: str | None = Field(None, max_length=200)
    limit: int = Field(20, ge=1, le=200)


class PublishPage(Command[Page], service="content"):
    """Show it to everybody. `revision` None: whatever stands."""

    id: str
    revision: int | None = None


class RetirePage(Command[Page], service="content"):
    """Take it from the sites; its history and addresses stay. `revision` None: whatever stands."""

    id: str
    revision: int | None = None


class PageRow(SourceRow[PageContent]):
    """A page from elsewhere, under its identifier there."""


class ImportPages(Command[ImportReport], service="content"):
    """As ImportPrograms."""

    source: ExternalId
    rows: tuple[PageRow, ...] = Field(max_length=100)
    publish: bool = False
    dry_run: bool = False


class PagePublished(Event, service="content"):
    """A page is public, or a public one has changed."""

    page: Page

    @property
    def subject(self) -> str:
        return self.page.id

    @property
    def belongs_to(self) -> tuple[str, ...]:
        return self.page.content.sectors


class PageRetired(Retired, service="content"):
    """A page is no longer public."""
