"""People of a sector: who they are, what they may do, and how they are invited.

An account belongs to one sector: who works for two has two, with the same address."""

import re
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from nexus.caller import Language, Role
from nexus.messages import Command, Event, Message, Query, without_control_characters

_NEQ = re.compile(r"(11|22|33|88)\d{8}")
_ADDRESS = re.compile(r"[^@\s<>\"(),:;\\\[\]]+@([^@\s.<>]+\.)+[^@\s.<>]{2,}")


def _email(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("must be an e-mail address, such as marie@example.org")
    return text.lower()


def _neq(text: str) -> str:
    digits = re.sub(r"[\s\u00a0-]", "", text)
    if not _NEQ.fullmatch(digits):
        raise ValueError("must have ten digits and begin with 11, 22, 33 or 88")
    return digits


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(without_control_characters),
    AfterValidator(_email),
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(without_control_characters),
]
# Form of the Québec enterprise number: https://www.quebec.ca/entreprises-et-travailleurs-autonomes/registraire
Neq = Annotated[str, StringConstraints(max_length=30), AfterValidator(_neq)]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+$", max_length=300)]
Secret = Annotated[str, StringConstraints(max_length=200)]

STAFF = frozenset({Role.ADVISOR, Role.EDITOR, Role.COORDINATOR, Role.ADMIN})


class Company(Message):
    """The company of a member. `neq`: its Québec enterprise number, ten digits."""

    id: str
    name: Name
    neq: str | None = None


class Person(Message):
    """An account. `roles` empty: somebody who has been removed."""

    id: str
    sector: str
    email: str
    name: str | None = None
    language: Language = "fr"
    roles: frozenset[Role]
    company: Company | None = None
    revision: int
    created_at: AwareDatetime
    last_seen: AwareDatetime | None = None


class People(Message):
    """By address. `next`, if any, is the `after` of the following page."""

    items: tuple[Person, ...]
    total: int
    next: str | None


class ListPeople(Query[People], service="people"):
    """The accounts of the caller's sector. For administrators; a member sees those of its own company."""

    q: str = Field("", max_length=200, description="part of an address, a name or a company")
    role: Role | None = None
    after: str | None = None
    limit: int = Field(50, ge=1, le=200)


class GetPerson(Query[Person], service="people"):
    """One account. For administrators, and for itself. Refused with `person_not_found`."""

    id: str


class NamePeople(Query[dict[str, str]], service="people"):
    """What people of the caller's sector are called, by id; who has no name is called by their address. For staff.
    Keys have names too. Ids that are nobody's are left out."""

    ids: tuple[str, ...] = Field(max_length=200)


class ListColleagues(Query[dict[str, str]], service="people"):
    """Who of the staff of the caller's sector has one of `roles`: what each is called, by id; who has no name is called
    by their address. For staff."""

    roles: frozenset[Role] = Field(min_length=1)


class ChangePerson(Command[Person], service="people"):
    """Another name or other roles. For administrators. Refused with `stale_revision`, `last_admin`."""

    id: str
    revision: int
    name: Name | None = None
    roles: frozenset[Role]


class RemovePerson(Command[None], service="people"):
    """Take all roles away and end every session. For administrators. Refused with `last_admin`."""

    id: str


class NameCompany(Command[Person], service="people"):
    """A member says which company it is with. Colleagues who are invited share it."""

    name: Name
    neq: Neq | None = None


class Invited(Message):
    """`link` is told to the operator alone; everybody else finds it in the mail."""

    id: str
    expires_at: AwareDatetime
    link: str | None = None


class Invite(Command[Invited], service="people"):
    """Mail somebody a link that makes an account. Administrators invite to any role of their sector, a member
    of a company invites colleagues. `sector` is for the operator, who has none of its own.

    Refused with `company_unnamed` while the member has not named the company."""

    email: Email
    roles: frozenset[Role] = Field(min_length=1)
    base_url: Address
    name: Name | None = None
    language: Language = "fr"
    sector: str | None = None


class PersonInvited(Event, service="people"):
    """`sealed` holds `{to, link}` for the notifications service, and is readable to it alone."""

    id: str
    sector: str
    language: Language
    inviter: str | None
    organisation: str | None
    roles: frozenset[Role]
    days: int
    sealed: str

    @property
    def subject(self) -> str:
        return self.id


class PersonChanged(Event, service="people"):
    """An account of the staff is new, or other than before. `sealed` holds `{to, name}` for the notifications service,
    and is readable to it alone; None: not, or no longer, one of the staff."""

    id: str
    sector: str
    revision: int
    language: Language
    roles: frozenset[Role]
    sealed: str | None

    @property
    def subject(self) -> str:
        return self.id
