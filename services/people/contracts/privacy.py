"""Requests of people for their own data: to be handed it, or to be erased (Québec's Law 25, sections 27 and 28.1 of
the Act respecting the protection of personal information in the private sector).

A request is about one mail address in one sector. Who can read its mail is who it is about."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.caller import Language
from nexus.messages import Command, Event, Message, Query
from nexus.personal import DataPurged, Held
from services.people.contracts.people import Address, Email, Secret

RequestKind = Literal["export", "erasure"]
RequestState = Literal["asked", "open", "done"]
Answering = Literal["content", "meetings", "notifications", "people"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]

ANSWERING: tuple[Answering, ...] = ("content", "meetings", "notifications", "people")
DAYS = 30  # within which a request is to be answered, section 32 of the Act


class ServiceAnswer(Message):
    """What one service did."""

    at: AwareDatetime
    held: tuple[Held, ...]


class DataRequest(Message):
    """A request. `shown`: its address, with most of it left out. Asked: a link was mailed, and nobody has followed it.
    `answers` by service; who is not among them is awaited."""

    id: str
    sector: str
    kind: RequestKind
    state: RequestState
    shown: str
    language: Language
    recorded_by: str | None = Field(None, description="the account that recorded it for somebody")
    reason: str | None = None
    verified: str | None = Field(None, description="how it was made sure who asks")
    asked_at: AwareDatetime
    due_at: AwareDatetime | None = Field(None, description="by when it is to be done, once it is open")
    done_at: AwareDatetime | None = None
    answers: dict[str, ServiceAnswer] = Field(default_factory=dict)
    expires_at: AwareDatetime | None = Field(None, description="until when its link is good")

    @property
    def awaited(self) -> tuple[str, ...]:
        """The services that have not answered yet."""
        return tuple(one for one in ANSWERING if one not in self.answers)


class AskPersonalData(Command[None], service="people"):
    """Mail an address a link with which its request begins. The same for every address, known or not; after several
    within an hour, nothing is mailed."""

    email: Email
    kind: RequestKind
    base_url: Address
    language: Language = "fr"


class AskOwnData(Command[None], service="people"):
    """The same for the address of the caller's account."""

    kind: RequestKind
    base_url: Address
    language: Language = "fr"


class OpenOwnRequest(Query[DataRequest], service="people"):
    """The request of a link. Refused with `data_request_not_found`."""

    token: Secret


class ConfirmOwnRequest(Command[DataRequest], service="people"):
    """It begins: every service does its part. Again: nothing more. Refused with `data_request_not_found`, and with
    `last_admin` where the sector would be without an administrator."""

    token: Secret


class OwnExport(Message):
    """What the services handed over: for each its JSON. `grant` opens the documents at the meetings service."""

    request: DataRequest
    data: dict[str, str] = Field(repr=False)
    grant: str = Field(repr=False)


class ReadOwnExport(Query[OwnExport], service="people"):
    """With the link. Refused with `data_request_not_found`, `export_not_ready`."""

    token: Secret


class RecordDataRequest(Command[DataRequest], service="people"):
    """A request that somebody made by phone, by letter or in person. It begins at once; what it yields goes to the
    address alone. For coordinators and administrators. Refused with `last_admin`."""

    email: Email
    kind: RequestKind
    reason: Text
    verified: Text
    base_url: Address
    language: Language = "fr"


class DataRequests(Message):
    """The latest first, 500 at most."""

    items: tuple[DataRequest, ...]


class ListDataRequests(Query[DataRequests], service="people"):
    """Those of the caller's sector that have begun. For coordinators and administrators."""


class GetDataRequest(Query[DataRequest], service="people"):
    """For coordinators and administrators. Refused with `data_request_not_found`."""

    id: Annotated[str, StringConstraints(max_length=64)]


class KeptKind(Message):
    """A kind of data, how many days it is kept and from when, who purges it, and the last night: when that was, and
    how many it purged. None: not yet, or by the database itself."""

    kind: str
    service: str
    days: int
    since: str
    purged_at: AwareDatetime | None = None
    purged: int | None = None


class ListRetention(Query[tuple[KeptKind, ...]], service="people"):
    """What is kept how long, on all of the platform. For coordinators and administrators."""


class PersonalDataAsked(Event, service="people"):
    """A request has begun. `sealed` holds `{email}` for those who know people by their address, and so does
    `sealed_for_content` under the secret that content has; `person` is the account with it, if there is one."""

    id: str
    sector: str
    kind: RequestKind
    language: Language
    person: str | None
    sealed: str
    sealed_for_content: str

    @property
    def subject(self) -> str:
        return self.id


class PersonalDataMailed(Event, service="people"):
    """Something of a request is to be mailed: its link, or that it is done. `sealed` holds `{to, link}` for the
    notifications service, and is readable to it alone."""

    id: str
    sector: str
    language: Language
    kind: RequestKind
    what: Literal["confirm", "done"]
    sealed: str

    @property
    def subject(self) -> str:
        return self.id


class PeoplePurged(DataPurged, service="people"):
    """A night of people."""
