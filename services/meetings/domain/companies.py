"""How a company is found again: by its NEQ, then its mail domain, then its name; and what a meeting tells of it."""

import re
import unicodedata
from datetime import datetime

from services.meetings.contracts.companies import Company, CompanyContact
from services.meetings.contracts.meetings import Contact, Need
from services.meetings.domain.mail_domains import ANYBODYS

_LEGAL_FORMS = frozenset(
    (
        "inc",
        "incorporee",
        "incorporated",
        "ltee",
        "limitee",
        "ltd",
        "limited",
        "corp",
        "corporation",
        "cie",
        "co",
        "enr",
        "senc",
        "sencrl",
        "srl",
        "llc",
        "llp",
    )
)
_SPELLED_FORMS = re.compile(r"\b(s e n c r l|s e n c|s r l|l l c|l l p)$")


def folded(name: str) -> str:
    """A name as it is compared: without case, accents, punctuation and legal form."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(ch for ch in plain if not unicodedata.combining(ch))
    spelled = " ".join(re.sub(r"[^\w]+", " ", plain).split())
    words = _SPELLED_FORMS.sub("", spelled).split()
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return " ".join(words) or spelled or plain.strip()


def own_domain(email: str) -> str | None:
    """The domain of a mail address, if it is the company's own."""
    domain = email.rpartition("@")[2].lower()
    return None if domain in ANYBODYS else domain


def keys(company: Company) -> list[str]:
    """What a company is found again by, the surest first."""
    names = dict.fromkeys(folded(name) for name in (company.name, *company.aliases))
    neq = [f"{company.sector}:neq:{company.neq}"] if company.neq else []
    domains = [f"{company.sector}:domain:{domain}" for domain in company.domains]
    return [*neq, *domains, *(f"{company.sector}:name:{name}" for name in names)]


def is_another(company: Company, neq: str | None) -> bool:
    """Whether a company cannot be the one of a NEQ, though domain or name are the same."""
    return None not in (company.neq, neq) and company.neq != neq


def newly_met(company_id: str, sector: str, contact: Contact, need: Need, now: datetime) -> Company:
    """A company that nobody has heard of before."""
    blank = Company(id=company_id, sector=sector, revision=0, name=contact.company, created_at=now)
    return told(blank, contact, need)


def told(company: Company, contact: Contact, need: Need) -> Company:
    """The company with what somebody says of it; what is known already stays."""
    domain = own_domain(contact.email)
    known = {folded(name) for name in (company.name, *company.aliases)}
    aliases = company.aliases if folded(contact.company) in known else (*company.aliases, contact.company)
    return company.model_copy(
        update={
            "neq": company.neq or contact.neq,
            "size": company.size or next(iter(need.answers.get("size", ())), None),
            "activity": company.activity or next(iter(need.answers.get("activity", ())), None),
            "languages": tuple(dict.fromkeys((*company.languages, need.language))),
            "contacts": _with_contact(company.contacts, contact),
            "domains": tuple(dict.fromkeys((*company.domains, *([domain] if domain else [])))),
            "aliases": aliases,
        }
    )


def absorbed(keep: Company, other: Company) -> Company:
    """`keep` with all that only `other` knew. To absorb it twice changes nothing more."""
    contacts = keep.contacts
    known = {one.email for one in contacts}
    contacts += tuple(one for one in other.contacts if one.email not in known)
    names = {name: None for name in (*keep.aliases, other.name, *other.aliases) if name != keep.name}
    return keep.model_copy(
        update={
            "neq": keep.neq or other.neq,
            "size": keep.size or other.size,
            "activity": keep.activity or other.activity,
            "languages": tuple(dict.fromkeys((*keep.languages, *other.languages))),
            "contacts": contacts,
            "domains": tuple(dict.fromkeys((*keep.domains, *other.domains))),
            "aliases": tuple(names),
        }
    )


def gained(before: Company, after: Company) -> Company:
    """What `after` has and `before` had not: what a merger brought."""
    fields: dict[str, object] = {
        name: getattr(after, name) if getattr(before, name) is None else None
        for name in ("neq", "size", "activity")
    }
    fields |= {
        name: tuple(one for one in getattr(after, name) if one not in getattr(before, name))
        for name in ("languages", "contacts", "domains", "aliases")
    }
    return after.model_copy(update=fields)


def without(company: Company, brought: Company) -> Company:
    """`company` without what a merger brought and nobody has changed since."""
    fields: dict[str, object] = {
        name: None if getattr(company, name) == getattr(brought, name) else getattr(company, name)
        for name in ("neq", "size", "activity")
    }
    fields |= {
        name: tuple(one for one in getattr(company, name) if one not in getattr(brought, name))
        for name in ("languages", "contacts", "domains", "aliases")
    }
    return company.model_copy(update=fields)


def sought(company: Company) -> str:
    """All words that a search looks at, folded."""
    people = [f"{one.name} {one.email}" for one in company.contacts]
    words = (company.name, *company.aliases, company.neq or "", *company.domains, *people)
    return " ".join(words_of(" ".join(words)))


def words_of(text: str) -> list[str]:
    """The words of a search, as they are compared."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^\w@.]+", " ", "".join(ch for ch in plain if not unicodedata.combining(ch))).split()


def _with_contact(contacts: tuple[CompanyContact, ...], new: Contact) -> tuple[CompanyContact, ...]:
    """The newest word of somebody counts; a phone number once told stays."""
    before = next((one for one in contacts if one.email == new.email), None)
    phone = new.phone or (before.phone if before else None)
    now = CompanyContact(name=new.name, email=new.email, phone=phone, language=new.language)
    if before is None:
        return (*contacts, now)
    return tuple(now if one.email == new.email else one for one in contacts)
