"""Documents: the toolbox."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from nexus.messages import Command, Event, Message, Query
from services.content.contracts.files import Sha256, StoredFile
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
    Keywords,
    Line,
    ParagraphText,
    PublishAt,
    Sector,
    SlugWish,
    Theme,
    Title,
)

FileName = Annotated[
    Line,
    StringConstraints(max_length=150, pattern=r"^[^/\\]+$"),
    Field(json_schema_extra={"pattern": r"^[^/\\\x00-\x20\x7f-\xa0]+( [^/\\\x00-\x20\x7f-\xa0]+)*$"}),
]


class NamedFile(Message):
    """A stored file, and the name under which people save it."""

    sha256: Sha256
    name: FileName


class Files(Message):
    """The file in each language; a missing one is None."""

    fr: NamedFile | None = None
    en: NamedFile | None = None


class DocumentContent(Message):
    """All that an editor says about a document."""

    title: Title
    summary: ParagraphText = ParagraphText()
    audience: ParagraphText = ParagraphText()
    themes: tuple[Theme, ...] = ()
    sectors: tuple[Sector, ...] = Field((), description="Sectors that share it; none: all of them")
    version: Line | None = None
    date: date
    publish_at: PublishAt = None
    files: Files
    keywords: Keywords = Keywords()
    slug: SlugWish = SlugWish()


class FileFacts(Message):
    """What was found out about the file in each language."""

    fr: StoredFile | None = None
    en: StoredFile | None = None


class Document(Publication[DocumentContent]):
    """A document as it stands at one revision."""

    facts: FileFacts = FileFacts()


class DocumentVersion(Message):
    """An earlier state of a document whose files can still be had."""

    revision: int
    version: Line | None
    date: date
    files: Files


class DocumentWithVersions(Message):
    """A document and its earlier versions, newest first."""

    document: Document
    earlier: tuple[DocumentVersion, ...] = ()


class DocumentPage(PublicationPage[Document]):
    """Some documents, by French slug."""


class GetDocument(Query[DocumentWithVersions], service="content"):
    """A published document by any slug it ever had, or by id. Refused: not_found; `document_retired`."""

    ref: Ref


class ListDocuments(Query[DocumentPage], service="content"):
    """Published documents of the caller's sector, in a stable order. Editors may ask for any status."""

    status: Status = Status.PUBLISHED
    after: str | None = Field(None, max_length=200)
    limit: int = Field(20, ge=1, le=200)


class PublishDocument(Command[Document], service="content"):
    """Show it to everybody. `revision` None: whatever stands."""

    id: str
    revision: int | None = None


class RetireDocument(Command[Document], service="content"):
    """Take it from the sites; its history and addresses stay. `revision` None: whatever stands."""

    id: str
    revision: int | None = None


class DocumentRow(SourceRow[DocumentContent]):
    """A document from elsewhere, its files uploaded before, under its identifier there."""


class ImportDocuments(Command[ImportReport], service="content"):
    """As ImportPrograms. A row that names a file which is not stored is refused (`file_not_found`),
    except in a dry run: whoever makes one has not sent the files."""

    source: ExternalId
    rows: tuple[DocumentRow, ...] = Field(max_length=50)
    publish: bool = False
    dry_run: bool = False


class PageTexts(Message):
    """The text of each page of the file in each language; files without pages have one."""

    fr: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class DocumentPublished(Event, service="content"):
    """A document is public, or a public one has changed."""

    document: Document
    texts: PageTexts = PageTexts()

    @property
    def subject(self) -> str:
        return self.document.id

    @property
    def belongs_to(self) -> tuple[str, ...]:
        return self.document.content.sectors


class DocumentRetired(Retired, service="content"):
    """A document is no longer public."""


class DocumentUnreadable(Event, service="content"):
    """A document names files now whose text could not be read, or does not name them any more (`sealed` None).

    `person` is the account in `sector` that named them; None: whoever did it has no account there. `sealed` holds
    `{fr, en, files}`, the titles and a JSON list of `{language, name, reading}`: it may be a draft, and gateways of
    other sectors hear events as well."""

    id: str
    revision: int
    sectors: tuple[str, ...]
    sector: str | None
    person: str | None
    sealed: str | None

    @property
    def subject(self) -> str:
        return self.id

    @property
    def belongs_to(self) -> tuple[str, ...]:
        return self.sectors
