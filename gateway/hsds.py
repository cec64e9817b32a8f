"""Programs as services of Open Referral HSDS 3 (https://docs.openreferral.org).

HSDS has one language for each text and no word for much of what a program says: the main fields are in the language
that was asked for, and attributes carry every text in both languages and the rest. An attribute's term names the field
of a program (`taxonomy_term.code`), and the language of its value where it has one."""

from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from gateway import words
from gateway.i18n import translations
from gateway.licence import LICENCE_URL
from gateway.links import DEVELOPERS, program_url
from gateway.sectors import Language
from nexus.caller import LANGUAGES
from services.content.contracts import Program, ProgramContent, in_language

_SPACE = uuid5(NAMESPACE_URL, "https://docs.openreferral.org/emploi-nexus")
_OWN_FIELDS = {"contact", "languages", "valid_from", "valid_until", "source_checked", "steps", "slug"} | {
    "verify_every",
    "owner",
}  # the latter two are the business of this house


def service(program: Program, language: Language, base_url: str) -> dict[str, Any]:
    """A program as a service in full (schema `service.json`), its main texts in `language` or else the other."""
    content, service_id = program.content, _id("service", program.id)
    asked = content.eligibility
    page = program_url(base_url, language, getattr(program.slug, language))
    told = {
        "id": service_id,
        "name": in_language(content.title, language),
        "description": in_language(content.summary, language) or in_language(content.promise, language),
        "url": content.source_url or content.contact.url or page,
        "email": content.contact.email,
        "status": "active",
        "application_process": _process(content, language),
        "fees_description": in_language(content.cost, language),
        "eligibility_description": _paragraphs(
            content.audience, asked.activities, asked.other, language=language
        ),
        "assured_date": content.source_checked.isoformat() if content.source_checked else None,
        "last_modified": program.updated_at.isoformat(),
        "organization": _organization(content, language),
        "phones": _phones(content, service_id),
        "contacts": _contacts(content, service_id),
        "languages": _languages(content, service_id, language),
        "service_areas": _areas(content, service_id),
        "schedules": _schedules(content, service_id),
        "attributes": list(_attributes(program, service_id, base_url)),
    }
    organization = told["organization"]
    if isinstance(organization, dict):
        told["organization_id"] = organization["id"]
    return {name: value for name, value in told.items() if value}


def _id(*names: str) -> str:
    return str(uuid5(_SPACE, "/".join(names)))


def _paragraphs(*texts: Any, language: Language) -> str:
    return "\n\n".join(said for text in texts if (said := in_language(text, language)))


def _process(content: ProgramContent, language: Language) -> str:
    steps = ((in_language(step.text, language), step.url) for step in content.steps)
    return "\n".join(" ".join(filter(None, step)) for step in steps)


def _organization(content: ProgramContent, language: Language) -> dict[str, Any] | None:
    name = in_language(content.provider, language)
    identity = in_language(content.provider, "fr")  # the same in either language
    if not name or not identity:
        return None
    return {"id": _id("organization", identity), "name": name, "description": name}  # it needs a description


def _phones(content: ProgramContent, service_id: str) -> list[dict[str, Any]]:
    number = content.contact.phone
    return [{"id": _id(service_id, "phone"), "service_id": service_id, "number": number}] if number else []


def _contacts(content: ProgramContent, service_id: str) -> list[dict[str, Any]]:
    contact = content.contact
    if not (contact.name or contact.email):
        return []
    told = {"name": contact.name, "email": contact.email}
    named = {name: value for name, value in told.items() if value}
    return [{"id": _id(service_id, "contact"), "service_id": service_id, **named}]


def _languages(content: ProgramContent, service_id: str, language: Language) -> list[dict[str, Any]]:
    catalogue = translations(language)
    return [
        {
            "id": _id(service_id, "language", code),
            "service_id": service_id,
            "code": code,
            "name": words.named(words.LANGUAGES, code, catalogue),
        }
        for code in content.languages
    ]


def _areas(content: ProgramContent, service_id: str) -> list[dict[str, Any]]:
    return [
        {
            "id": _id(service_id, "area", region),
            "service_id": service_id,
            "name": words.REGIONS.get(region, region),
        }
        for region in content.eligibility.regions
    ]


def _schedules(content: ProgramContent, service_id: str) -> list[dict[str, Any]]:
    days = {"valid_from": content.valid_from, "valid_to": content.valid_until}
    told = {name: day.isoformat() for name, day in days.items() if day}
    return [{"id": _id(service_id, "schedule"), "service_id": service_id, **told}] if told else []


def _attributes(program: Program, service_id: str, base_url: str) -> Iterator[dict[str, Any]]:
    fields = program.content.model_dump(mode="json", exclude=_OWN_FIELDS)
    facts = list(_facts(fields))
    if program.content.contact.url:
        facts.append(("contact.url", None, program.content.contact.url))
    facts += [("page", one, program_url(base_url, one, getattr(program.slug, one))) for one in LANGUAGES]
    facts.append(("licence", None, LICENCE_URL))
    for number, (code, language, value) in enumerate(facts):
        term = {
            "id": _id("term", code, language or ""),
            "code": code,
            "name": code,
            "description": f"The field {code} of a program",
            "taxonomy": f"{base_url}/{language or 'fr'}/{DEVELOPERS[language or 'fr']}#hsds",
            **({"language": language} if language else {}),
        }
        yield {
            "id": _id(service_id, "attribute", str(number)),
            "link_id": service_id,
            "link_entity": "service",
            "link_type": "translation" if language else "property",
            "value": value,
            "taxonomy_term_id": term["id"],
            "taxonomy_term": term,
        }


def _facts(fields: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Language | None, str]]:
    """Each value with the dotted name of its field and its language."""
    for name, value in fields.items():
        if isinstance(value, dict) and value.keys() <= set(LANGUAGES):
            for language in LANGUAGES:
                for one in _many(value.get(language)):
                    yield prefix + name, language, one
        elif isinstance(value, dict):
            yield from _facts(value, f"{prefix}{name}.")
        else:
            for one in _many(value):
                yield prefix + name, None, one


def _many(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one) for one in values if one is not None and not isinstance(one, dict)]
