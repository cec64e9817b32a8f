"""The public door of the content service."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from nexus.messages import Command, Event, Message, Query, without_control_characters

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Sector = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)]
Region = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-7])$")]  # Québec's administrative regions
CompanySize = Literal["1-4", "5-24", "25-49", "50-99", "100-249", "250-499", "500+"]
ExternalId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://")) or any(ch.isspace() for ch in text):
        raise ValueError("must be a web address beginning with https:// or http://")
    return text


Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(without_control_characters)
]
Line = Annotated[Words, StringConstraints(max_length=400)]
Paragraph = Annotated[Words, StringConstraints(max_length=4_000)]
Prose = Annotated[Words, StringConstraints(max_length=20_000)]  # Markdown; parsing is quadratic at worst
WebAddress = Annotated[Words, StringConstraints(max_length=2_000), AfterValidator(_web_address)]


class Kind(StrEnum):
    """What sort of help a program is."""

    WAGE_SUBSIDY = "wage_subsidy"
    GRANT = "grant"
    LOAN = "loan"
    TAX_CREDIT = "tax_credit"
    TRAINING = "training"
    COACHING = "coaching"
    GUIDANCE = "guidance"
    RECOGNITION = "recognition"
    RECRUITMENT = "recruitment"
    IMMIGRATION = "immigration"
    OBLIGATION = "obligation"


class Theme(StrEnum):
    """What a company needs help with."""

    HIRING = "hiring"
    TRAINING = "training"
    FRANCIZATION = "francization"
    IMMIGRATION = "immigration"
    RECOGNITION = "recognition"
    INTEGRATION = "integration"
    DIVERSITY = "diversity"


class CandidateStatus(StrEnum):
    """The candidate's status in Canada."""

    CITIZEN = "citizen"
    PERMANENT_RESIDENT = "permanent_resident"
    PROTECTED_PERSON = "protected_person"
    ASYLUM_SEEKER = "asylum_seeker"
    TEMPORARY_WORKER = "temporary_worker"
    INTERNATIONAL_STUDENT = "international_student"
    ABROAD = "abroad"


class Status(StrEnum):
    """Where a program stands: draft → published → retired (→ published again)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class LineText(Message):
    """One line in each language; a missing one is None."""

    fr: Line | None = None
    en: Line | None = None


class ParagraphText(Message):
    """A short plain text in each language; a missing one is None."""

    fr: Paragraph | None = None
    en: Paragraph | None = None


class MarkdownText(Message):
    """Markdown in each language; a missing one is None."""

    fr: Prose | None = None
    en: Prose | None = None


class SlugText(Message):
    """The current slug in each language. A language without a text of its own borrows the other's."""

    fr: Slug
    en: Slug


class SlugWish(Message):
    """The slug that an editor wants in each language; None: made from the title."""

    fr: Slug | None = None
    en: Slug | None = None


class Keywords(Message):
    """Words that people type and the texts do not use."""

    fr: tuple[Line, ...] = ()
    en: tuple[Line, ...] = ()


class Eligibility(Message):
    """For whom a program is. An empty tuple restricts nothing."""

    company_sizes: tuple[CompanySize, ...] = ()
    activities: ParagraphText = ParagraphText()
    regions: tuple[Region, ...] = ()
    candidate_statuses: tuple[CandidateStatus, ...] = ()
    other: MarkdownText = MarkdownText()


class Step(Message):
    """One thing to do to get the help, with a link where it is done."""

    text: ParagraphText
    url: WebAddress | None = None
    label: LineText = LineText()


class Contact(Message):
    """Whom to ask."""

    name: Line | None = None
    url: WebAddress | None = None
    phone: Line | None = None
    email: Annotated[Line, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None


def _titled(text: LineText) -> LineText:
    if not (text.fr or text.en):
        raise ValueError("a title in French or in English is needed")
    return text


class ProgramContent(Message):
    """All that an editor writes about a program."""

    title: Annotated[LineText, AfterValidator(_titled)]
    promise: LineText = Field(LineText(), description="What the company gets, in one line")
    summary: ParagraphText = ParagraphText()
    description: MarkdownText = MarkdownText()
    provider: LineText = LineText()
    kind: Kind
    themes: tuple[Theme, ...] = ()
    sectors: tuple[Sector, ...] = Field((), description="Sectors that share it; none: all of them")
    audience: ParagraphText = ParagraphText()
    eligibility: Eligibility = Eligibility()
    amount: ParagraphText = ParagraphText()
    cost: ParagraphText = ParagraphText()
    steps: tuple[Step, ...] = Field((), max_length=30)
    contact: Contact = Contact()
    languages: tuple[Language, ...] = Field((), description="Languages in which the service is given")
    valid_from: date | None = None
    valid_until: date | None = Field(None, description="The last day on which it can be asked for")
    source_url: WebAddress | None = None
    source_checked: date | None = Field(None, description="When somebody last compared it with its source")
    verification: Literal["verified", "to_verify"] = "to_verify"
    keywords: Keywords = Keywords()
    slug: SlugWish = SlugWish()


class Program(Message):
    """A program as it stands at one revision."""

    id: str
    revision: int = Field(ge=1)
    status: Status
    slug: SlugText
    content: ProgramContent
    created_at: AwareDatetime
    updated_at: AwareDatetime
    published_at: AwareDatetime | None = None


class ProgramPage(Message):
    """Some programs, and the `after` with which to ask for the next ones (None: that was all)."""

    items: tuple[Program, ...]
    total: int
    next: str | None = None


class RevisionNote(Message):
    """Who made a revision, when, and which fields it changed."""

    revision: int
    at: AwareDatetime
    by: str
    status: Status
    changed: tuple[str, ...]
    content: ProgramContent


class ProgramHistory(Message):
    """Every revision of a program, newest first."""

    program_id: str
    revisions: tuple[RevisionNote, ...]


class GetProgram(Query[Program], service="content"):
    """A published program by any slug it ever had, or by id. Editors also see drafts and retired ones.

    Refused: not_found; `program_retired` with the last published title."""

    ref: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ListPrograms(Query[ProgramPage], service="content"):
    """Published programs of the caller's sector, in a stable order. Editors may ask for any status."""

    status: Status = Status.PUBLISHED
    after: str | None = Field(None, max_length=200)
    limit: int = Field(20, ge=1, le=200)


class GetProgramHistory(Query[ProgramHistory], service="content"):
    """For editors."""

    ref: str


class CreateProgram(Command[Program], service="content"):
    """A new draft."""

    content: ProgramContent


class EditProgram(Command[Program], service="content"):
    """Replace the content of a program as it stood at `revision`.

    Refused: `stale_revision` with both versions, when somebody saved in between."""

    id: str
    revision: int
    content: ProgramContent


class PublishProgram(Command[Program], service="content"):
    """Show it to everybody. `revision` None: whatever stands."""

    id: str
    revision: int | None = None


class RetireProgram(Command[Program], service="content"):
    """Take it from the sites; its history and addresses stay. `revision` None: whatever stands."""

    id: str
    revision: int | None = None


class ImportRow(Message):
    """A program from elsewhere, under its identifier there."""

    external_id: ExternalId
    content: ProgramContent


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
    program_id: str | None = None
    revision: int | None = None
    code: str | None = None
    reason: str | None = None


class ImportReport(Message):
    """One answer per row, in the order asked."""

    rows: tuple[ImportedRow, ...]


class ImportPrograms(Command[ImportReport], service="content"):
    """Create or update programs by (`source`, `external_id`); a row whose content has not changed since
    the last import is left alone. `publish` shows new ones at once; `dry_run` writes nothing."""

    source: ExternalId
    rows: tuple[ImportRow, ...] = Field(max_length=200)
    publish: bool = False
    dry_run: bool = False


class ProgramPublished(Event, service="content"):
    """A program is public, or a public one has changed."""

    program: Program

    @property
    def subject(self) -> str:
        return self.program.id


class ProgramRetired(Event, service="content"):
    """A program is no longer public."""

    id: str
    revision: int
    title: LineText

    @property
    def subject(self) -> str:
        return self.id


def in_language(text: LineText | ParagraphText | MarkdownText, language: Language) -> str | None:
    """The text in `language`, or in the other one, or None."""
    own, other = (text.fr, text.en) if language == "fr" else (text.en, text.fr)
    return own or other


def missing_languages(texts: Iterable[LineText | ParagraphText | MarkdownText]) -> tuple[Language, ...]:
    """The languages in which a text is missing that the other language has."""
    pairs = [(text.fr, text.en) for text in texts]
    absent: list[Language] = []
    if any(en and not fr for fr, en in pairs):
        absent.append("fr")
    if any(fr and not en for fr, en in pairs):
        absent.append("en")
    return tuple(absent)
