"""The kinds of publications in the back office: what each is called, and the fields of its form."""

from dataclasses import dataclass
from typing import Any

from gateway import words
from gateway.admin.fields import Field
from gateway.questions import QUESTIONS
from gateway.sectors import Language, Sector
from gateway.words import N_
from nexus.messages import Message
from services.content.contracts import ActivityContent, PageContent, PostContent, ProgramContent
from services.content.contracts.documents import DocumentContent
from services.content.contracts.editing import ItemKind
from services.content.contracts.partners import PartnerContent
from services.content.contracts.programs import VERIFIED_EVERY


@dataclass(frozen=True)
class Kind:
    """`path` is its place below `/admin`; `content` is what its form makes; `own`: it belongs to one sector."""

    name: ItemKind
    path: str
    title: str
    new: str
    content: type[Message]
    fields: tuple[Field, ...]
    own: bool = False


def fields_for(kind: Kind, sector: Sector, language: Language) -> tuple[Field, ...]:
    """The fields of a kind, with the sectors of this installation."""
    names = {name: short[language] for name, short in sector.known.items()}
    return tuple(
        Field(**{**vars(one), "options": names}) if one.name == "sectors" else one for one in kind.fields
    )


_TITLE = Field("title", "line", N_("Title"), required=True)
_SUMMARY = Field("summary", "paragraph", N_("Summary"), N_("Two or three short sentences."))
_THEMES = Field("themes", "checks", N_("Needs"), options=words.THEMES)
_SECTORS = Field("sectors", "checks", N_("Shown in"), N_("None chosen: in all sectors."))
_KEYWORDS = Field(
    "keywords", "lines", N_("Other words people type"), N_("One a line. For the search; they are not shown.")
)
_SLUG = Field(
    "slug", "line", N_("Address of the page"), N_("Empty: made from the title. Old ones lead here.")
)
_PUBLISH_AT = Field(
    "publish_at",
    "moment",
    N_("Publish by itself on"),
    N_("Hour of Montréal. For drafts; empty: when somebody publishes it."),
)
_SERVICE = Field("languages", "checks", N_("Languages of the service"), options=words.LANGUAGES)


_CRITERIA = tuple(Field(one.field, "checks", one.label, options=one.names) for one in QUESTIONS)
_ELIGIBILITY = Field(
    "eligibility",
    "group",
    N_("Who can have it"),
    N_("Where nothing is chosen, everybody can."),
    fields=(
        *_CRITERIA,
        Field(
            "to_check",
            "group",
            N_("Depends on the case"),
            N_("Neither a yes nor a no: the reader is told to check."),
            fields=_CRITERIA,
        ),
        Field("activities", "paragraph", N_("Activities, in words")),
        Field("other", "markdown", N_("Other conditions")),
        Field("notes", "markdown", N_("Notes on the choices above")),
    ),
)
_STEPS = Field(
    "steps",
    "rows",
    N_("Step"),
    fields=(
        Field("text", "paragraph", N_("What to do")),
        Field("url", "url", N_("Link")),
        Field("label", "line", N_("Words of the link")),
    ),
)
_CONTACT = Field(
    "contact",
    "group",
    N_("Whom to ask"),
    fields=(
        Field("name", "text", N_("Name")),
        Field("url", "url", N_("Web address")),
        Field("phone", "text", N_("Phone")),
        Field("email", "text", N_("E-mail address")),
    ),
)
_VERIFICATION = {"to_verify": N_("To verify"), "verified": N_("Verified")}

PROGRAMS = Kind(
    ItemKind.PROGRAM,
    "/programs",
    N_("Programs"),
    N_("New program"),
    ProgramContent,
    (
        _TITLE,
        Field("promise", "line", N_("Promise"), N_("What the company gets, in one line.")),
        Field("kind", "select", N_("Kind of help"), options=words.KINDS, required=True),
        _SUMMARY,
        Field("description", "markdown", N_("Description")),
        Field("provider", "line", N_("Provider")),
        _THEMES,
        Field("audience", "paragraph", N_("For whom, in words")),
        _ELIGIBILITY,
        Field("amount", "paragraph", N_("Amount")),
        Field("cost", "paragraph", N_("Cost")),
        _STEPS,
        _CONTACT,
        _SERVICE,
        Field("valid_from", "date", N_("First day")),
        Field("valid_until", "date", N_("Last day"), N_("Afterwards it leaves the site by itself.")),
        Field("source_url", "url", N_("Official source")),
        Field("source_checked", "date", N_("Compared with its source on")),
        Field("verification", "select", N_("State of the facts"), options=_VERIFICATION),
        Field(
            "verify_every",
            "number",
            N_("Months until it is to be compared again"),
            N_(
                "Whoever is responsible is then asked by mail. A month later, readers are told that nobody did it."
            ),
        ),
        Field(
            "owner",
            "text",
            N_("Responsible"),
            N_(
                "E-mail address of an editor. Empty: who published it last, or else all editors of the sector."
            ),
        ),
        _PUBLISH_AT,
        _SECTORS,
        _KEYWORDS,
        _SLUG,
    ),
)
POSTS = Kind(
    ItemKind.POST,
    "/posts",
    N_("Blog"),
    N_("New post"),
    PostContent,
    (
        _TITLE,
        _SUMMARY,
        Field("body", "markdown", N_("Text"), top=2),
        Field("authors", "lines", N_("Authors"), N_("One a line.")),
        Field("date", "date", N_("Date shown"), N_("Empty: the day of its publication.")),
        _PUBLISH_AT,
        Field("tags", "lines", N_("Tags"), N_("One a line.")),
        _THEMES,
        Field("cover", "file", N_("Cover")),
        _SECTORS,
        _KEYWORDS,
        _SLUG,
    ),
)
ACTIVITIES = Kind(
    ItemKind.ACTIVITY,
    "/activities",
    N_("Activities"),
    N_("New activity"),
    ActivityContent,
    (
        _TITLE,
        Field("kind", "select", N_("Kind of activity"), options=words.ACTIVITY_KINDS, required=True),
        Field("starts_at", "moment", N_("Begins"), N_("Hour of Montréal."), required=True),
        Field("ends_at", "moment", N_("Ends"), N_("Hour of Montréal."), required=True),
        _SUMMARY,
        Field("description", "markdown", N_("Description"), top=2),
        Field("place", "line", N_("Place")),
        Field("address", "line", N_("Address")),
        Field("online", "flag", N_("One can take part from afar")),
        Field("link", "url", N_("Where to learn more or sign up")),
        Field(
            "registration",
            "group",
            N_("Registration here"),
            N_("The site then has a form, and keeps the places and who waits for one."),
            switch=N_("One registers on this site"),
            fields=(
                Field("seats", "number", N_("Places"), N_("Empty: any number.")),
                Field(
                    "closes_at",
                    "moment",
                    N_("Registration closes"),
                    N_("Hour of Montréal. Empty: when it begins."),
                ),
            ),
        ),
        Field("organiser", "line", N_("Organiser")),
        _SERVICE,
        _THEMES,
        Field("cancelled", "flag", N_("Cancelled")),
        _PUBLISH_AT,
        _SECTORS,
        _KEYWORDS,
        _SLUG,
    ),
)
PAGES = Kind(
    ItemKind.PAGE,
    "/pages",
    N_("Pages"),
    N_("New page"),
    PageContent,
    (_TITLE, _SUMMARY, Field("body", "markdown", N_("Text"), top=2), _PUBLISH_AT, _SECTORS, _SLUG),
)
DOCUMENTS = Kind(
    ItemKind.DOCUMENT,
    "/documents",
    N_("Documents"),
    N_("New document"),
    DocumentContent,
    (
        _TITLE,
        Field("files", "file", N_("Files")),
        _SUMMARY,
        Field("audience", "paragraph", N_("For whom, in words")),
        _THEMES,
        Field("version", "text", N_("Version")),
        Field("date", "date", N_("Date"), required=True),
        _PUBLISH_AT,
        _SECTORS,
        _KEYWORDS,
        _SLUG,
    ),
)
PARTNERS = Kind(
    ItemKind.PARTNER,
    "/partners",
    N_("Partners"),
    N_("New partner"),
    PartnerContent,
    (
        Field("title", "line", N_("Name"), required=True, rule=N_("Give a name in French or in English.")),
        Field("role", "paragraph", N_("What it does"), N_("One sentence, for who never heard of it.")),
        Field("url", "url", N_("Web address")),
        Field("logo", "file", N_("Logo"), N_("PNG, JPEG, WebP or GIF, at most one megabyte.")),
        Field(
            "place", "text", N_("Place in the list"), N_("1 comes first. Empty: after those that have one.")
        ),
        _PUBLISH_AT,
    ),
    own=True,
)
KINDS = (PROGRAMS, DOCUMENTS, POSTS, ACTIVITIES, PAGES, PARTNERS)


def blank(kind: Kind) -> dict[str, Any]:
    """What a new one has before anybody wrote."""
    return {"verification": "to_verify", "verify_every": VERIFIED_EVERY} if kind is PROGRAMS else {}
