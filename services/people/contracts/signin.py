"""Sign-in without a password, and the sessions that follow.

Nothing here says whether an address has an account: every address gets a code, and who confirms one without
an account is a new member."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.caller import Language
from nexus.messages import Command, Event, Message, Query
from services.people.contracts.people import Address, Email, Person, Secret

Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\d{3}[\s\u00a0]?\d{3}$")]
Device = Annotated[str, StringConstraints(max_length=300)]
Path = Annotated[str, StringConstraints(pattern=r"^/[^/\\\s][^\s\\]*$|^/$", max_length=500)]


class CodeRequested(Message):
    """`challenge` belongs to the browser that asked: the code is good together with it alone."""

    challenge: str
    expires_at: AwareDatetime


class RequestCode(Command[CodeRequested], service="people"):
    """Mail a six-digit code and a link to an address. `next` is the page to show afterwards."""

    email: Email
    base_url: Address
    language: Language = "fr"
    next: Path | None = None


class SignedIn(Message):
    """`token` is the session's secret, told once. `next`: the page that was asked for before."""

    token: str
    person: Person
    expires_at: AwareDatetime
    next: str | None = None


class ConfirmCode(Command[SignedIn], service="people"):
    """Sign in with the code. Refused with `code_wrong` (`tries_left`), `code_expired`."""

    challenge: Secret
    code: Code
    device: Device = ""


class ConfirmLink(Command[SignedIn], service="people"):
    """Sign in with the link of a mail: of a code, or of an invitation. Refused with `link_expired`."""

    token: Secret
    device: Device = ""


class ConfirmIdentity(Command[SignedIn], service="people"):
    """Sign in whoever a sector's gateway has proven, through the sector's identity provider, to own `email`.

    An invitation that is open for the address is taken. Without account and invitation the address becomes a member
    if `may_join`; else it is refused with `account_needed`."""

    email: Email
    may_join: bool = False
    language: Language = "fr"
    device: Device = ""
    next: Path | None = None


class Session(Message):
    """One signed-in browser. `id` names it; it is not the secret."""

    id: str
    person: Person
    device: str = ""
    origin: str | None = None
    created_at: AwareDatetime
    last_seen: AwareDatetime
    expires_at: AwareDatetime


class FindSession(Query[Session], service="people"):
    """Whose session this is. Refused with `session_ended`."""

    token: Secret


class Sessions(Message):
    """Newest first."""

    items: tuple[Session, ...]


class ListSessions(Query[Sessions], service="people"):
    """The caller's own sessions."""


class EndSession(Command[None], service="people"):
    """End one of the caller's own sessions. Ending one that has ended does nothing."""

    id: str


class EndOtherSessions(Command[None], service="people"):
    """End all of the caller's sessions but one."""

    keep: str


class CodeIssued(Event, service="people"):
    """`sealed` holds `{to, code, link}` for the notifications service, and is readable to it alone. Without
    `code` the address has had too many wrong ones, and the link is the way in."""

    id: str
    sector: str
    language: Language
    minutes: int = Field(description="For how long it is good")
    sealed: str

    @property
    def subject(self) -> str:
        return self.id
