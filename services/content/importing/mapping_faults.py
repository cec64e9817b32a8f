"""What may be wrong with a mapping file: each fault by its code, with its details, and in English."""

import difflib
import re
import tomllib
from collections.abc import Iterable

from pydantic_core import ErrorDetails, PydanticCustomError

from services.content.contracts.exchange import MappingFault, RowFault

_ENGLISH = {
    MappingFault.NOT_READABLE: "it is not UTF-8 text",
    MappingFault.NOT_TOML: "it is not TOML from line {line}, column {column} on: {told}",
    MappingFault.KEY_UNKNOWN: "unknown key {name!r}; {told}known here: {known}",
    MappingFault.KEY_MISSING: "missing",
    MappingFault.NOT_AN_EXPRESSION: "{text!r} is not a JMESPath expression ({told}); "
    "keys with spaces, accents or apostrophes go in double quotes: '\"nom du programme\"'",
    MappingFault.NOT_A_PATTERN: "{text!r} is not a regular expression: {told}",
    MappingFault.NOT_A_DATE_FORMAT: "{text!r} is not a date format: "
    "write YYYY, MM and DD once each, and punctuation, as DD/MM/YYYY",
    MappingFault.NOT_A_TEMPLATE: "{text!r} is not a template: "
    "write simple names in braces, as '{{cost}} ({{duration}})'",
    MappingFault.ENCODING_UNKNOWN: "{text!r} is not an encoding; common ones: utf-8, cp1252, latin-1",
    MappingFault.NOT_ONE_ORIGIN: "a rule needs exactly one of {origins}; this one has {told}",
    MappingFault.EACH_WITHOUT_FIELDS: "each and fields belong together: "
    "a list, and the rules for each of its items",
    MappingFault.USING_WITHOUT_TEMPLATE: "using belongs to template: what its names stand for",
    MappingFault.FIELD_UNKNOWN: "a program has no field {name!r}; {told}known: {known}",
    MappingFault.NOT_A_LIST_OF_OBJECTS: "each and fields are only for lists of objects (steps)",
    MappingFault.FIELDS_MISSING: "fields has no rule for {names}, which every program needs",
    MappingFault.LANGUAGE_MISSING: 'language is missing: add language = "fr" (or "en"), or write {name}.fr',
    MappingFault.TABLE_UNKNOWN: "there is no table {name!r}; the tables here: {known}",
}
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def wrong(code: MappingFault, told: str = "", **details: str) -> PydanticCustomError:
    """A fault to raise in a validator. `told` is what only English says; `field` among the details is its place, where
    pydantic cannot know it."""
    english = _ENGLISH[code].format(told=told, **details)
    return PydanticCustomError(code.value, "{english}", {**details, "english": english})


def wrong_name(code: MappingFault, name: str, known: Iterable[str], **details: str) -> PydanticCustomError:
    """The same for a name that is none of `known`; `close` among the details is what may have been meant, or empty."""
    known = tuple(known)
    close = next(iter(difflib.get_close_matches(name, known, n=1)), "")
    hint = f"did you mean {close!r}? " if close else ""
    return wrong(code, hint, name=name, close=close, known=", ".join(known) or "–", **details)


def not_toml(text: str, error: tomllib.TOMLDecodeError) -> RowFault:
    """Where `text` stops to be TOML."""
    reason = str(error)
    at = _AT.search(reason)
    line, column = (at[1], at[2]) if at and at[1] else (str(text.count("\n") + 1), "1")
    return as_fault(wrong(MappingFault.NOT_TOML, _AT.sub("", reason), line=line, column=column))


def as_fault(error: PydanticCustomError, field: str = "") -> RowFault:
    """A fault at `field`, unless it names its place itself."""
    details = {name: str(value) for name, value in (error.context or {}).items()}
    english, place = details.pop("english"), details.pop("field", field)
    return RowFault(field=place, code=error.type, reason=english, details=details)


def from_pydantic(item: ErrorDetails, known: Iterable[str]) -> RowFault:
    """What pydantic, or one of our validators, found; `known` are the keys of the part where it was."""
    field, context = ".".join(map(str, item["loc"])), item.get("ctx", {})
    if item["type"] == "extra_forbidden":
        return as_fault(wrong_name(MappingFault.KEY_UNKNOWN, str(item["loc"][-1]), known), field)
    if item["type"] == "missing":
        return as_fault(wrong(MappingFault.KEY_MISSING), field)
    if item["type"] in set(MappingFault):
        return as_fault(PydanticCustomError(item["type"], "{english}", context), field)
    details = {name: str(value) for name, value in context.items()}
    return RowFault(field=field, code=item["type"], reason=item["msg"], details=details)
