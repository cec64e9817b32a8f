"""The public door of the notifications service.

The commands are for other services (a caller with the role `system`), in the name of the caller's sector. Each is
answered once the message is stored; the mail goes out afterwards, and not at all once it is of no use any more.
What lets somebody in (codes, links) is left out of `repr`, and so of logs."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from nexus.messages import Command, Message, Query, without_control_characters

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
NoticeKind = Literal[
    "code",
    "invitation",
    "verification_due",
    "meeting",
    "advisor_meeting",
    "webhook_stopped",
    "new_key",
    "events_parked",
    "meeting_text",
    "offer",
    "calendar",
    "follow_up",
    "result",
    "personal_data",
    "subscription",
    "digest",
    "morning_list",
    "weekly_figures",
    "comment",
    "unreadable_documents",
    "activity",
]

_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.IGNORECASE)
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})")
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")  # whatever starts a line somewhere
_URL = re.compile(r"https?://[^\s/?#@\"<>\\]+([/?#][^\s\"<>\\]*)?")


def email_address(text: str) -> str:
    """`text` as an address of RFC 5321 without quoted or non-ASCII local parts, its domain in lower case and in
    ASCII (IDNA). Raises ValueError."""
    local, _, domain = text.strip().rpartition("@")
    try:
        domain = domain.lower().encode("idna").decode()
    except UnicodeError:
        domain = ""
    if not (_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)) or len(local) > 64:
        raise ValueError("must be an e-mail address")
    return f"{local}@{domain}"


def _one_line(text: str) -> str:
    """A name stands in headers: it must not be able to start another one."""
    if _BREAKS.search(text):
        raise ValueError("must be one line")
    return without_control_characters(text)


def _web_address(text: str) -> str:
    if not _URL.fullmatch(text) or not text.isprintable():
        raise ValueError("must be a web address beginning with https:// or http://")
    return text


EmailAddress = Annotated[str, StringConstraints(max_length=254), AfterValidator(email_address)]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_one_line),
]
Place = Annotated[str, StringConstraints(max_length=500), AfterValidator(_one_line)]
Names = Annotated[str, StringConstraints(max_length=1_100), AfterValidator(_one_line)]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]  # ITU-T E.164
WebAddress = Annotated[str, StringConstraints(max_length=2_000), AfterValidator(_web_address)]


class SendCode(Command[None], service="notifications"):
    """The code, and the link that does the same, with which somebody signs in; without `code` the link alone."""

    to: EmailAddress
    language: Language
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None = Field(None, repr=False)
    link: WebAddress = Field(repr=False, description="On the gateway of the caller's sector")
    minutes: int = Field(ge=1, le=24 * 60, description="How long both are good; later it is not sent")


class SendInvitation(Command[None], service="notifications"):
    """Somebody may take part, once they have followed a link."""

    to: EmailAddress
    language: Language
    inviter: Name | None = Field(None, description="None: those who run the platform")
    role: Name = Field(
        description="member, advisor, editor, coordinator, admin, or several with commas; other words stay as they are"
    )
    organisation: Name | None = None
    link: WebAddress = Field(repr=False)
    days: int = Field(ge=1, le=365, description="How long the link is good; later it is not sent")


class DueItem(Message):
    """Something whose facts must be verified again."""

    title: Name
    url: WebAddress = Field(description="Where it is read or edited")
    still_correct_link: WebAddress = Field(repr=False, description="Says with one click that nothing changed")
    verified_on: date | None = Field(None, description="When it was last verified; None: never")


class SendVerificationDue(Command[None], service="notifications"):
    """What an owner should verify."""

    to: EmailAddress
    language: Language
    items: Annotated[tuple[DueItem, ...], Field(min_length=1, max_length=200)]


class Appointment(Message):
    """When and where somebody is awaited. `sequence`: of its entry in calendars (RFC 5545)."""

    start: AwareDatetime
    end: AwareDatetime
    zone: Annotated[str, StringConstraints(max_length=60)]
    where: Place | None = Field(None, repr=False, description="An address, or the link of a video room")
    sequence: int = Field(0, ge=0)

    @property
    def entry(self) -> str | None:
        """What its entry in calendars is called; None: it has none."""
        return None


class MeetingFacts(Appointment):
    """What became of a meeting. `meeting` and `sequence` name its entry in calendars; without them the mail brings
    none."""

    change: Literal["booked", "moved", "cancelled", "reminder", "declined"]
    by_company: bool = Field(False, description="Who cancelled it")
    same_time: bool = Field(False, description="Of a move: the time stays, somebody else takes part for us")
    place: Literal["partner_office", "company_premises", "phone", "video"]
    meeting: Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_-]{1,64}$")] | None = None

    @property
    def entry(self) -> str | None:
        return self.meeting


class SendMeeting(Command[None], MeetingFacts, service="notifications"):
    """To who comes. `link` leads back to it, to move or cancel it."""

    to: EmailAddress
    language: Language
    name: Name | None = Field(None, repr=False)
    title: Name
    people: Names = Field(description="Who takes part for us")
    link: WebAddress = Field(repr=False)


class MeetingText(MeetingFacts):
    """A reminder by text message, to who asked for it; `to` None: they want none any more."""

    to: PhoneNumber | None = Field(None, repr=False)
    language: Language
    link: WebAddress = Field(repr=False)


class FollowUp(Message):
    """What comes to a company after its meeting, as an event asks: its plan, whether it was useful, what came of it."""

    to: EmailAddress
    language: Language
    what: Literal["plan", "feedback", "outcome"]
    link: WebAddress = Field(repr=False)


class SendOffer(Command[None], service="notifications"):
    """An earlier time is kept for somebody who waits. `link` leads to where it is accepted or declined."""

    to: EmailAddress
    language: Language
    title: Name
    start: AwareDatetime
    before: AwareDatetime | None = Field(None, description="When the meeting is now; None: there is none yet")
    expires_at: AwareDatetime = Field(description="How long the time is kept; later it is not sent")
    zone: Annotated[str, StringConstraints(max_length=60)]
    place: Literal["partner_office", "company_premises", "phone", "video"]
    people: Names = Field(description="Who takes part for us")
    link: WebAddress = Field(repr=False)


class SendCalendar(Command[None], service="notifications"):
    """Where the calendar of all meetings of an address is, to who reads its mail."""

    to: EmailAddress
    language: Language
    link: WebAddress = Field(repr=False)


class SendResult(Message):
    """Which programs fit a company, to who asked for it: `link` is the page that shows it, and holds the answers."""

    to: EmailAddress
    language: Language
    link: WebAddress = Field(repr=False)


class PersonalDataMail(Message):
    """Of a request for personal data: `confirm`, the link with which it begins; `done`, that it is done."""

    to: EmailAddress
    language: Language
    request: Literal["export", "erasure"]
    what: Literal["confirm", "done"]
    link: WebAddress = Field(repr=False)


class ConfirmationWanted(Message):
    """To who wants digests, or in whose name somebody asked for them: nothing comes before `link` confirms it."""

    to: EmailAddress
    language: Language
    frequency: Literal["daily", "weekly"]
    link: WebAddress = Field(repr=False)
    days: int = Field(ge=1, le=30, description="How long the link is good; later it is not sent")


class DigestItem(Message):
    """Something that became public."""

    type: Literal["program", "activity"]
    title: Annotated[str, StringConstraints(max_length=500)]
    lead: Annotated[str, StringConstraints(max_length=5_000)]
    url: WebAddress
    begins: AwareDatetime | None = None
    zone: Annotated[str, StringConstraints(max_length=60)]


class Digest(Message):
    """What became public since the last one; `more`: how many are not listed. `site` is where all of it is."""

    to: EmailAddress
    language: Language
    items: Annotated[tuple[DigestItem, ...], Field(min_length=1, max_length=50)]
    more: int = Field(0, ge=0)
    site: WebAddress

    @property
    def count(self) -> int:
        return len(self.items) + self.more

    @property
    def first(self) -> str:
        """The title of the first."""
        return self.items[0].title


class MeetingForAdvisor(MeetingFacts):
    """To somebody who takes part for us, in a language that is known once their account is."""

    person: str = Field(description="The id of their account")
    title: dict[Language, Name]
    company: Name = Field(repr=False)
    contact: Name = Field(repr=False)
    email: EmailAddress = Field(repr=False)
    phone: Name | None = Field(None, repr=False)
    contact_language: Language
    site: WebAddress | None = Field(None, description="Where the back office is")

    def page(self, language: Language) -> str | None:
        """The meeting in the back office."""
        return f"{self.site}/{language}/admin/meetings/{self.meeting}" if self.site else None


class LocalMailSummary(Message):
    """A mail in the folder of the embedded platform."""

    id: str
    to: str
    language: Language
    subject: str
    sent_at: AwareDatetime


class LocalMail(LocalMailSummary):
    """One of them, as a person reads it. `text` is its plain part."""

    sender: str
    text: str = Field(repr=False)


class LocalMails(Message):
    """Newest first."""

    items: tuple[LocalMailSummary, ...]


class ListLocalMails(Query[LocalMails], service="notifications"):
    """The mails of the caller's sector that went to the folder of the embedded platform.

    Refused with `local_mail_off` where mail goes elsewhere."""


class ShowLocalMail(Query[LocalMail], service="notifications"):
    """One mail of the folder; `latest` is the newest. Refused with `local_mail_not_found`, `local_mail_off`."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z-]{1,100}$")]
