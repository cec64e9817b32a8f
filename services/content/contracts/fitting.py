"""Find what fits us: seven questions, none compulsory, and how each program stands to the answers."""

from enum import StrEnum

from pydantic import Field

from nexus.messages import Message, Query
from services.content.contracts.programs import (
    CandidateStatus,
    CompanySize,
    Eligibility,
    French,
    Industry,
    Job,
    Kind,
    Organization,
    Region,
)
from services.content.contracts.texts import LineText, MarkdownText, SlugText


class Criterion(StrEnum):
    """What a program may depend on: the seven questions, and what is only in words."""

    SIZE = "size"
    ACTIVITY = "activity"
    ORGANIZATION = "organization"
    REGION = "region"
    STATUS = "status"
    FRENCH = "french"
    JOB = "job"
    OTHER = "other"


class Verdict(StrEnum):
    """How a program, or one of its criteria, stands to the answers."""

    FITS = "fits"
    CHECK = "check"
    DOES_NOT_FIT = "does_not_fit"


class ReasonCode(StrEnum):
    """Why a criterion stands as it does."""

    MATCHES = "matches"
    NOT_ANSWERED = "not_answered"
    DEPENDS = "depends"
    IN_WORDS = "in_words"
    NOTHING_KNOWN = "nothing_known"
    EXCLUDED = "excluded"


class Answers(Message):
    """What a company says of itself. Empty: not answered, or not known yet. Of several, any may fit."""

    company_sizes: tuple[CompanySize, ...] = Field((), max_length=7)
    activity_groups: tuple[Industry, ...] = Field((), max_length=12)
    organizations: tuple[Organization, ...] = Field((), max_length=5)
    regions: tuple[Region, ...] = Field((), max_length=17)
    candidate_statuses: tuple[CandidateStatus, ...] = Field((), max_length=7)
    french: tuple[French, ...] = Field((), max_length=2)
    jobs: tuple[Job, ...] = Field((), max_length=7)


class Reason(Message):
    """One criterion of a program: what was answered, what fits, what depends; or the words to check."""

    criterion: Criterion
    verdict: Verdict
    code: ReasonCode
    answers: tuple[str, ...] = ()
    fits: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    words: MarkdownText = MarkdownText()


class Fitting(Message):
    """A program, and how it stands to the answers. `confirmed` counts the criteria that matched."""

    id: str
    slug: SlugText
    title: LineText
    promise: LineText
    provider: LineText
    kind: Kind
    verdict: Verdict
    confirmed: int
    reasons: tuple[Reason, ...]


class FittingPrograms(Message):
    """What fits first, then what is to check, then what does not fit.

    `left_out` counts the published programs beyond the 1,000 that are looked at."""

    items: tuple[Fitting, ...]
    left_out: int = 0


class Judged(Message):
    """How a program would stand to the answers of one company."""

    verdict: Verdict
    reasons: tuple[Reason, ...]


class Tried(Message):
    """One for each company asked about, in their order."""

    items: tuple[Judged, ...]


class TryFitting(Query[Tried], service="content"):
    """How a program with these criteria, which nobody has saved, would stand to some companies. For editors."""

    eligibility: Eligibility
    companies: tuple[Answers, ...] = Field(max_length=20)


class FindFitting(Query[FittingPrograms], service="content"):
    """All current published programs of the caller's sector, judged by the answers."""

    answers: Answers = Answers()
