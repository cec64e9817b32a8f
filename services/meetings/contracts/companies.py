"""The companies that were met, or asked to be: what is known of each, found again whoever writes for it."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from nexus.caller import Language
from nexus.messages import Command, Message, Query
from services.meetings.contracts.meetings import Email, Meeting, Name, Neq, Phone
from services.meetings.contracts.words import Id, Tag, Tongue

Domain = Annotated[str, Field(max_length=253)]


class CompanyContact(Message):
    """Somebody of a company. `language`: of what we write to them."""

    name: Name
    email: Email
    phone: Phone | None = None
    language: Language = "fr"


class Traces(Message):
    """What a company that was made anonymous is told from others by: digests that only the meetings service makes."""

    neq: str | None = None
    domains: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Company(Message):
    """A company as one sector knows it. `size` and `activity` are words of the questionnaire."""

    id: str
    sector: str
    revision: int
    neq: Neq | None = None
    name: Name
    aliases: tuple[Name, ...] = Field((), description="other names that it wrote itself with")
    size: Tag | None = None
    activity: Tag | None = None
    languages: tuple[Tongue, ...] = ()
    contacts: tuple[CompanyContact, ...] = ()
    domains: tuple[Domain, ...] = Field((), description="mail domains of its own, without those of anybody")
    traces: Traces = Field(Traces(), description="once it is anonymous")
    merged_into: str | None = Field(None, description="the company that this one turned out to be")
    merged_at: AwareDatetime | None = Field(None, description="None: of a time when mergers were for ever")
    merged_by: str | None = None
    created_at: AwareDatetime


class CompanyInList(Message):
    """A company, and what there was with it."""

    company: Company
    meetings: int
    open_case: str | None = Field(None, description="the one that bookings join")


class Companies(Message):
    """By name. `more`: there are others; narrow the search."""

    items: tuple[CompanyInList, ...]
    more: bool = False


class ListCompanies(Query[Companies], service="meetings"):
    """Those of the caller's sector with all words of `text` in a name, the NEQ, a mail domain or a contact. For
    coordinators and administrators all; for advisors those whose cases or meetings they have."""

    text: Annotated[str, Field(max_length=200)] = ""


class CompanyFile(Message):
    """A company and its history: its meetings, the latest first, and what was merged into it."""

    company: Company
    meetings: tuple[Meeting, ...]
    merged: tuple[Company, ...]


class GetCompany(Query[CompanyFile], service="meetings"):
    """For those who may see it in the list; a merged one leads to the one that it is now.

    Refused with `company_not_found`."""

    id: Id


class SaveCompany(Command[Company], service="meetings"):
    """What is said of a company by hand. For those of GetCompany. Refused with `stale_revision`, `neq_in_use`."""

    id: Id
    revision: int
    name: Name
    neq: Neq | None = None
    size: Tag | None = None
    activity: Tag | None = None
    languages: Annotated[tuple[Tongue, ...], Field(max_length=10)] = ()


class MergeCompanies(Command[Company], service="meetings"):
    """`other` turned out to be `keep`: its meetings, cases, contacts, domains and names go along, and it points to
    `keep`. For coordinators and administrators. Refused with `company_not_found`, `stale_revision`, `same_company`."""

    keep: Id
    keep_revision: int
    other: Id
    other_revision: int


class UndoMerger(Command[Company], service="meetings"):
    """`other` is a company of its own again, with the meetings and cases that it brought, and what it alone knew.
    What was written since then stays with `keep`. For coordinators and administrators. Refused with
    `company_not_found`, `merger_not_found`, `stale_revision`."""

    keep: Id
    keep_revision: int
    other: Id
    other_revision: int
