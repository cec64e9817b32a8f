"""Programs: what help there is for companies that hire immigrants."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from nexus.messages import Command, Event, Message, Query
from services.content.contracts.publications import (
    ExternalId,
    ImportReport,
    Publication,
    PublicationPage,
    Ref,
    Retired,
    Revision,
    SourceRow,
    Status,
)
from services.content.contracts.texts import (
    Keywords,
    Language,
    Line,
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

Region = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-7])$")]  # Québec's administrative regions
Email = Annotated[
    Line,
    StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
    Field(json_schema_extra={"pattern": r"^[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+$"}),
]
CompanySize = Literal["1-4", "5-24", "25-49", "50-99", "100-249", "250-499", "500+"]


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


class CandidateStatus(StrEnum):
    """The candidate's status in Canada."""

    CITIZEN = "citizen"
    PERMANENT_RESIDENT = "permanent_resident"
    PROTECTED_PERSON = "protected_person"
    ASYLUM_SEEKER = "asylum_seeker"
    TEMPORARY_WORKER = "temporary_worker"
    INTERNATIONAL_STUDENT = "international_student"
    ABROAD = "abroad"


class Industry(StrEnum):
    """What the company does, in groups of NAICS sectors that small companies recognise."""

    ICT = "ict"
    LIFE_SCIENCES = "life_sciences"
    AEROSPACE = "aerospace"
    MANUFACTURING = "manufacturing"
    CLEAN_TECHNOLOGY = "clean_technology"
    AGRI_FOOD = "agri_food"
    CONSTRUCTION = "construction"
    TRANSPORT = "transport"
    TRADE_HOSPITALITY = "trade_hospitality"
    HEALTH_EDUCATION = "health_education"
    FINANCE = "finance"
    SERVICES = "services"


class Organization(StrEnum):
    """The sector of the economy in which the employer stands."""

    COMPANY = "company"
    SOCIAL_ECONOMY = "social_economy"
    NON_PROFIT = "non_profit"
    LOCAL_PUBLIC = "local_public"
    GOVERNMENT = "government"


class French(StrEnum):
    """Whether French is still to be learnt for the job."""

    TO_LEARN = "to_learn"
    SPOKEN = "spoken"


class Job(StrEnum):
    """What sort of place it is that the company fills, as far as programs tell them apart."""

    REGULATED = "regulated"
    TECHNOLOGY = "technology"
    TRADE = "trade"
    INTERNSHIP = "internship"
    FIRST_IN_FIELD = "first_in_field"
    CURRENT_EMPLOYEE = "current_employee"
    OTHER = "other"


class TypedCriteria(Message):
    """Criteria of which a rule can judge. An empty tuple restricts nothing."""

    company_sizes: tuple[CompanySize, ...] = ()
    activity_groups: tuple[Industry, ...] = ()
    organizations: tuple[Organization, ...] = ()
    regions: tuple[Region, ...] = ()
    candidate_statuses: tuple[CandidateStatus, ...] = ()
    french: tuple[French, ...] = ()
    jobs: tuple[Job, ...] = ()


class Eligibility(TypedCriteria):
    """For whom a program is: the values that fit, those that depend, and conditions in words.

    A value that is neither in a criterion nor among those to check is excluded by it, unless the criterion is empty."""

    to_check: TypedCriteria = TypedCriteria()
    activities: ParagraphText = ParagraphText()
    other: MarkdownText = Field(MarkdownText(), description="Conditions that no typed criterion holds")
    notes: MarkdownText = Field(MarkdownText(), description="Words on the typed criteria: no condition more")


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
    email: Email | None = None


VERIFIED_EVERY = 6  # months, unless an editor says otherwise


class ProgramContent(Message):
    """All that an editor writes about a program. `owner` is told to editors alone."""

    title: Title
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
    publish_at: PublishAt = None
    verification: Literal["verified", "to_verify"] = "to_verify"
    verify_every: int = Field(
        VERIFIED_EVERY, ge=1, le=60, description="Months until it is to be compared again"
    )
    owner: Email | None = Field(
        None,
        description="Editor who keeps it correct; None: who published it last, else the sector's editors",
    )
    keywords: Keywords = Keywords()
    slug: SlugWish = SlugWish()


class Program(Publication[ProgramContent]):
    """A program as it stands at one revision.

    From the day `due_on` it is to be compared with its source again; from `stale_on` readers are told that nobody
    did."""

    due_on: date | None = None
    stale_on: date | None = None


class ProgramPage(PublicationPage[Program]):
    """Some programs, by French slug."""


class RevisionNote(Revision[ProgramContent]):
    """Who made a revision, when, and which fields it changed."""


class ProgramHistory(Message):
    """Every revision of a program, newest first."""

    program_id: str
    revisions: tuple[RevisionNote, ...]


class GetProgram(Query[Program], service="content"):
    """A published program by any slug it ever had, or by id. Editors also see drafts and retired ones.

    Refused: not_found; `program_retired` with the last published title."""

    ref: Ref


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


class ImportRow(SourceRow[ProgramContent]):
    """A program from elsewhere, under its identifier there."""


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

    @property
    def belongs_to(self) -> tuple[str, ...]:
        return self.program.content.sectors


class ProgramRetired(Retired, service="content"):
    """A program is no longer public."""
