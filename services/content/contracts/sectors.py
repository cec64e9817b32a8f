"""What the people of a sector say about their site. It lies over the file that set the sector up."""

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from nexus.messages import Command, Event, Message, Query
from services.content.contracts.partners import Partner
from services.content.contracts.texts import Language, Sector, WebAddress, Words, plain

ColourName = Literal["accent", "accent_dark", "on_accent"]


def _email_address(text: str) -> str:
    name, at, host = text.rpartition("@")
    if not (name and at and "." in host) or any(sign.isspace() or sign in '<>",;' for sign in text):
        raise ValueError("must be an e-mail address, such as marie@example.org")
    return text


Colour = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^#[0-9a-f]{6}$")]
Short = Annotated[Words, StringConstraints(max_length=60), AfterValidator(plain)]
Name = Annotated[Words, StringConstraints(max_length=120), AfterValidator(plain)]
Phrase = Annotated[Words, StringConstraints(max_length=300), AfterValidator(plain)]
Lead = Annotated[Words, StringConstraints(max_length=600), AfterValidator(plain)]


def _latest_last(hours: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(set(hours), reverse=True))


Reminders = Annotated[
    tuple[Annotated[int, Field(ge=1, le=168)], ...], Field(max_length=4), AfterValidator(_latest_last)
]
EmailAddress = Annotated[Words, StringConstraints(max_length=254), AfterValidator(_email_address)]
_PHONE = r"^[+(0-9][0-9 ().-]{5,}[0-9](,? ?(poste|ext\.?|#) ?\d{1,6})?$"
Phone = Annotated[Words, StringConstraints(max_length=40, pattern=_PHONE)]


class Shorts(Message):
    """A name that stands beside others, in both languages."""

    fr: Short
    en: Short


class Names(Message):
    """A whole name in both languages."""

    fr: Name
    en: Name


class Phrases(Message):
    """One sentence in both languages."""

    fr: Phrase
    en: Phrase


class Leads(Message):
    """A few sentences in both languages."""

    fr: Lead
    en: Lead


class SectorColours(Message):
    """`accent` is for the light scheme, `accent_dark` for the dark one; `on_accent` is for text on `accent`."""

    accent: Colour
    accent_dark: Colour
    on_accent: Colour


class SectorContact(Message):
    """Whom a visitor may ask. `languages`: those in which one is served; none: it is not said."""

    name: Name
    url: WebAddress | None = None
    email: EmailAddress | None = None
    phone: Phone | None = None
    address: Phrase | None = None
    languages: tuple[Language, ...] = Field((), max_length=2)


class SectorSettings(Message):
    """A sector's own words and looks. `lead` None: what all sectors say below their first sentence. `reminders`: how
    many hours before a meeting its company is reminded of it; none: never; None: as the installation has it."""

    title: Names
    short: Shorts
    tagline: Phrases
    lead: Leads | None = None
    colours: SectorColours
    contact: SectorContact
    reminders: Reminders | None = None


class SectorState(Message):
    """What lies over the file of a sector: `settings` None (none were saved, or the file counts again), `partners`
    None (its people never kept any). `revision` is that of the settings, 0 before the first."""

    settings: SectorSettings | None = None
    revision: int = 0
    partners: tuple[Partner, ...] | None = None
    others: dict[Sector, Shorts] = Field(
        default_factory=dict, description="Short names of other sectors, where their people changed them"
    )


class GetSector(Query[SectorState], service="content"):
    """The caller's own sector, for everybody: all of it stands on its site. Of others only what lists call them."""


class SaveSector(Command[SectorState], service="content"):
    """Other settings for what stood at `revision` (0: none yet); None: what the file says. For administrators.

    Refused with `stale_revision` and both versions; `contrast_too_low` with the checks that fail;
    `sector_required` for a caller of all sectors."""

    revision: int = Field(ge=0)
    settings: SectorSettings | None


class SectorRevision(Message):
    """Who saved which settings, and when."""

    revision: int
    at: AwareDatetime
    by: str
    settings: SectorSettings | None


class SectorHistory(Message):
    """Every revision, newest first."""

    revisions: tuple[SectorRevision, ...]


class GetSectorHistory(Query[SectorHistory], service="content"):
    """Of the caller's own sector. For administrators."""


class ColourCheck(Message):
    """How a colour stands out: `ratio` is the lowest of all places where it is read, rounded down to a tenth.
    `nearest` is the colour most like it that passes; itself, if it does."""

    colour: ColourName
    ratio: float
    needed: float
    nearest: Colour

    @property
    def passes(self) -> bool:
        return self.ratio >= self.needed


class ColourChecks(Message):
    """One check for each colour."""

    items: tuple[ColourCheck, ...]


class CheckColours(Query[ColourChecks], service="content"):
    """Whether texts in these colours can be read (WCAG 2.2, 1.4.3). For administrators."""

    colours: SectorColours


class SectorChanged(Event, service="content"):
    """The settings of a sector are others now; `settings` None: what its file says."""

    sector: Sector
    revision: int
    settings: SectorSettings | None

    @property
    def subject(self) -> str:
        return self.sector
