"""Words of mails that a sector writes itself, over those that the platform ships.

They are Markdown with fields: `{{ name }}`, `{% if name %}`, `{% for one in items %}`, and nothing else of Jinja. A
language says all of subject, preview and body, or nothing: then the shipped words stand. The fields of each kind are
told by the service, in the language of who asks."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.messages import Command, Message, Query
from services.notifications.contracts import DigestItem, EmailAddress, Language, Name, Names, Place

# What the law or the safety of a sector asks for is said in the platform's words, and text messages are short: those
# kinds are nobody's to write.
OwnKind = Literal[
    "code",
    "invitation",
    "verification_due",
    "meeting",
    "advisor_meeting",
    "offer",
    "calendar",
    "follow_up",
    "result",
    "subscription",
    "digest",
    "activity",
]
LONGEST_LINE = 1_000  # characters of a subject or a preview, as written
LONGEST_BODY = 10_000  # characters

_Text = StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")
Line = Annotated[str, _Text, StringConstraints(max_length=LONGEST_LINE)]
Body = Annotated[str, _Text, StringConstraints(max_length=LONGEST_BODY)]
Case = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class Lines(Message):
    """A line in each language, as its template is written; None: the shipped one."""

    fr: Line | None = None
    en: Line | None = None


class Bodies(Message):
    """A text in each language; None: the shipped one."""

    fr: Body | None = None
    en: Body | None = None


class TemplateContent(Message):
    """What a sector says: the subject, what lists of mails show of it, and the text."""

    subject: Lines = Lines()
    preview: Lines = Lines()
    body: Bodies = Bodies()


class TemplateField(Message):
    """A name that stands for something in a template. One that is `needed` must be in each letter that has it; a
    `secret` one is only in the body, and alone. `parts` are those of each thing of a list."""

    name: str
    meaning: str
    example: str
    choices: tuple[str, ...] = ()
    needed: bool = False
    secret: bool = False
    parts: tuple["TemplateField", ...] = ()


class TemplateCase(Message):
    """A situation in which a kind of mail is sent: `condition` is how a template asks for it."""

    id: str
    name: str
    condition: str | None


class MailTemplate(Message):
    """The words of a kind of mail. `revision` is 0 before the first that the sector wrote."""

    kind: OwnKind
    revision: int
    content: TemplateContent
    shipped: TemplateContent
    fields: tuple[TemplateField, ...]
    cases: tuple[TemplateCase, ...]


class TemplateInBrief(Message):
    """Which languages of a kind of mail are the sector's own."""

    kind: OwnKind
    revision: int = 0
    own: tuple[Language, ...] = ()
    at: AwareDatetime | None = None


class ListTemplates(Query[tuple[TemplateInBrief, ...]], service="notifications"):
    """Every kind of mail. For coordinators and administrators."""


class GetTemplate(Query[MailTemplate], service="notifications"):
    """The words of one; what is told of its fields is in `language`. For coordinators and administrators."""

    kind: OwnKind
    language: Language


class SaveTemplate(Command[TemplateInBrief], service="notifications"):
    """Other words for what stood at `revision` (0: none yet); None: the shipped ones. A language that
    says what is shipped, or nothing, follows what is shipped.

    For coordinators and administrators. Refused with `stale_revision` and both versions, and with
    `template_refused`: `faults` has the place (`body.fr`), the line and the reason of each."""

    kind: OwnKind
    revision: int = Field(ge=0)
    content: TemplateContent | None


class TemplateRevision(Message):
    """Who saved which words, and when; `content` None: the shipped ones."""

    revision: int
    at: AwareDatetime
    by: str
    content: TemplateContent | None


class TemplateHistory(Message):
    """The latest revisions, newest first, and the words that stand where a sector has none."""

    revisions: tuple[TemplateRevision, ...]
    shipped: TemplateContent


class GetTemplateHistory(Query[TemplateHistory], service="notifications"):
    """For coordinators and administrators."""

    kind: OwnKind


class MeetingExample(Message):
    """A real meeting, for a preview: whoever asks for it may see it, and is the one who names it."""

    title: dict[Language, Name]
    start: AwareDatetime
    end: AwareDatetime
    zone: Annotated[str, StringConstraints(max_length=60)]
    place: Literal["partner_office", "company_premises", "phone", "video"]
    where: Place | None = Field(None, repr=False)
    people: Names
    company: Name = Field(repr=False)
    contact: Name = Field(repr=False)
    email: EmailAddress = Field(repr=False)
    phone: Name | None = Field(None, repr=False)


class TemplatePreview(Message):
    """A mail in both forms."""

    case: str
    own: bool = Field(description="Whether these are the sector's words, not the shipped ones")
    subject: str
    preview: str
    text: str = Field(repr=False)
    html: str = Field(repr=False)


class PreviewTemplate(Query[TemplatePreview], service="notifications"):
    """A mail as it would be, before anything is saved: in the situation `case` (the first, if it is none), with a real
    `meeting` or `news`, or with examples. Codes and links that let somebody in never work. For coordinators and
    administrators.

    Refused as SaveTemplate is."""

    kind: OwnKind
    language: Language
    content: TemplateContent
    case: Case | None = None
    meeting: MeetingExample | None = None
    news: tuple[DigestItem, ...] = Field((), max_length=30)
