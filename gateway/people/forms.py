"""Forms: what was sent, and what is wrong with it, in words."""

from gettext import NullTranslations
from typing import Any, NamedTuple, TypeVar

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from gateway.reasons import reason
from gateway.words import N_
from nexus.messages import Message

M = TypeVar("M", bound=Message)


class Fault(NamedTuple):
    """What is wrong with a field, which has this id on the page."""

    field: str
    reason: str


_FIELDS = {
    "email": N_("Give an e-mail address, such as marie@example.org."),
    "code": N_("Give the six digits of the code."),
    "name": N_("Give a name of at most 120 characters."),
    "neq": N_("Give the ten digits of the NEQ; it begins with 11, 22, 33 or 88. Or leave it empty."),
    "roles": N_("Choose at least one role."),
    "events": N_("Choose at least one event."),
    "url": N_("Give an address that begins with https://."),
    "scopes": N_("Choose at least one thing that it may write."),
    "company": N_("Give the name of the company, in at most 120 characters."),
    "phone": N_("Give a phone number, such as 514 555-0100."),
}


async def sent_of(request: Request) -> FormData:
    """All that a form sent; the request remembers it."""
    return await request.form(max_files=20, max_fields=2_000)


async def fields_of(request: Request) -> dict[str, str]:
    """The texts of a form, each without the spaces around it; of several with one name the last."""
    form = await sent_of(request)
    return {name: value.strip() for name, value in form.items() if not isinstance(value, UploadFile)}


async def values_of(request: Request, name: str) -> list[str]:
    """Every text that a form has for a name."""
    form = await sent_of(request)
    return [value for value in form.getlist(name) if isinstance(value, str)]


def read(message: type[M], fields: dict[str, Any], words: NullTranslations) -> M | list[Fault]:
    """The message that a form makes, or what is wrong with it."""
    try:
        return message(**fields)
    except ValidationError as error:
        told = {str(one["loc"][0]): one for one in error.errors() if one["loc"]}
        return [Fault(field, _reason(field, one, words)) for field, one in told.items()]


def _reason(field: str, error: Any, words: NullTranslations) -> str:
    if field in _FIELDS:
        return words.gettext(_FIELDS[field])
    return reason(error["type"], error.get("ctx", {}), words)
