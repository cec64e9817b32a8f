"""Posts: the blog."""

import datetime

from pydantic import AwareDatetime, Field

from nexus.messages import Command, Event, Message, Query
from services.content.contracts.files import Sha256
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
    Line,
    LineText,
    MarkdownText,
    ParagraphText,
    PublishAt,
    Sector,
    SlugWish,
    Theme,
    Title,
)


class Names(Message):
    """Authors or tags, as they are written in each language."""

    fr: tuple[Line, ...] = Field((), max_length=20)
    en: tuple[Line, ...] = Field((), max_length=20)


class Cover(Message):
    """A stored picture, and what it shows, for those who do not see it."""

    sha256: Sha256
    alt: LineText = LineText()


class PostContent(Message):
    """All that an author writes in a post."""

    title: Title
    summary: ParagraphText = ParagraphText()
    body: MarkdownText = MarkdownText()
    authors: Names = Names()
    date: datetime.date | None = Field(
        None, description="The day that it bears; none: that of its publication"
    )
    publish_at: PublishAt = None
    tags: Names = Names()
    themes: tuple[Theme, ...] = ()
    sectors: tuple[Sector, ...] = Field((), description="Sectors that share it; none: all of them")
    cover: Cover | None = None
    keywords: Keywords = Keywords()
    slug: SlugWish = SlugWish()


class Post(Publication[PostContent]):
    """A post as it stands at one revision."""

    @property
    def day(self) -> datetime.datetime:
        """The moment that it bears: midnight (UTC) of its own date, or when it was published (made, a draft)."""
        if self.content.date:
            return datetime.datetime.combine(self.content.date, datetime.time(), datetime.UTC)
        return self.published_at or self.created_at


class PostPage(Message):
    """One page of posts, newest first."""

    items: tuple[Post, ...]
    total: int
    page: int
    per_page: int


class GetPost(Query[Post], service="content"):
    """A published post by any slug it ever had, or by id. Editors also see drafts and retired ones.

    Refused: post_not_found; `post_retired` with the last published title."""

    ref: Ref


class ListPosts(Query[PostPage], service="content"):
    """Published posts of the caller's sector, newest first. Editors may ask for any status."""

    status: Status = Status.PUBLISHED
    theme: Theme | None = None
    tag: Line | None = Field(None, description="As it is written in either language")
    page: int = Field(1, ge=1, le=10_000)
    per_page: int = Field(10, ge=1, le=200)


class PublishPost(Command[Post], service="content"):
    """Show it to everybody, now. `revision` None: whatever stands."""

    id: str
    revision: int | None = None


class RetirePost(Command[Post], service="content"):
    """Take it from the sites; its history and addresses stay. `revision` None: whatever stands."""

    id: str
    revision: int | None = None


class PostRow(SourceRow[PostContent]):
    """A post from elsewhere, under its identifier there."""


class ImportPosts(Command[ImportReport], service="content"):
    """As ImportPrograms. With `publish`, a post whose `publish_at` is still to come waits as a draft."""

    source: ExternalId
    rows: tuple[PostRow, ...] = Field(max_length=100)
    publish: bool = False
    dry_run: bool = False


class Preview(Message):
    """Lets whoever has `token` read a post as it stands, published or not, until `expires`."""

    token: str
    post: Post
    expires: AwareDatetime


class MakePreview(Query[Preview], service="content"):
    """A signed preview of a post, for editors."""

    ref: Ref


class GetPreview(Query[Post], service="content"):
    """The post that `token` shows. Refused: `preview_invalid`, `preview_expired`, `post_not_found`, `post_retired`."""

    token: str = Field(max_length=500)


class PostPublished(Event, service="content"):
    """A post is public, or a public one has changed."""

    post: Post

    @property
    def subject(self) -> str:
        return self.post.id

    @property
    def belongs_to(self) -> tuple[str, ...]:
        return self.post.content.sectors


class PostRetired(Retired, service="content"):
    """A post is no longer public."""
