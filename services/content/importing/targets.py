"""The fields of a program that a mapping may fill, told from the contract itself."""

from collections.abc import Iterable
from types import NoneType
from typing import Any

from nexus.messages import Message
from services.content.contracts import (
    Keywords,
    Language,
    LineText,
    MarkdownText,
    ParagraphText,
    ProgramContent,
)
from services.content.contracts.exchange import MappingFault
from services.content.domain.cells import fields_of
from services.content.importing.mapping_faults import wrong, wrong_name

PER_LANGUAGE = (LineText, ParagraphText, MarkdownText, Keywords)


def names_in(model: type[Message], prefix: str = "") -> list[str]:
    """The dotted names of everything that can be filled in `model`, lists as a whole."""
    found = []
    for name, (inner, many) in fields_of(model).items():
        found.append(prefix + name)
        if inner and not many:
            found += names_in(inner, f"{prefix}{name}.")
    return found


def _texts_in(model: type[Message], prefix: str = "") -> list[str]:
    found = []
    for name, (inner, many) in fields_of(model).items():
        if inner in PER_LANGUAGE:
            found.append(prefix + name)
        elif inner and not many:
            found += _texts_in(inner, f"{prefix}{name}.")
    return found


PROGRAM = names_in(ProgramContent)
TEXTS = frozenset(_texts_in(ProgramContent))


def items_of(name: str) -> list[str]:
    """What can be filled in the items of the list `name`. Raises a MappingFault if it is none of objects."""
    model, many = fields_of(ProgramContent).get(name, (None, False))
    if not (model and many):
        raise wrong(MappingFault.NOT_A_LIST_OF_OBJECTS, field=f"fields.{name}")
    return names_in(model)


def check_names(given: Iterable[str], known: list[str], under: str = "") -> None:
    """Raises a MappingFault for the first name that is not among `known`."""
    for name in given:
        if name not in known:
            raise wrong_name(MappingFault.FIELD_UNKNOWN, name, known, field=f"fields.{under}{name}")


def in_languages(model: type[Message], data: Any, language: Language | None) -> Any:
    """`data` for `model`, with plain texts put under `language` wherever the contract has one per language.

    Only the shape is touched: what is wrong stays wrong, for the contract to tell."""
    if not isinstance(data, dict):
        return data
    if model in PER_LANGUAGE:
        return data
    told = dict(data)
    for name, (inner, many) in fields_of(model).items():
        if inner and name in told:
            value = told[name]
            told[name] = (
                [_in_language(inner, item, language) for item in value]
                if many and isinstance(value, list)
                else _in_language(inner, value, language)
            )
    return told


def _in_language(model: type[Message], value: Any, language: Language | None) -> Any:
    plain = not isinstance(value, dict | NoneType)
    if model in PER_LANGUAGE and plain and language:
        return {language: value}
    return in_languages(model, value, language)
