"""All rules of a mapping on one record: a row for the content service, or everything wrong with it."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError

from nexus.messages import field_errors, without_control_characters
from services.content.contracts import ExternalId, ImportRow, Language, ProgramContent
from services.content.contracts.exchange import ReadingFault
from services.content.importing import targets
from services.content.importing.files import FileError
from services.content.importing.rules import RuleError, as_text, evaluate, find, is_empty, nested
from services.content.importing.spec import Mapping

FILE_KEY = "_file"  # under which expressions find where a record comes from
_EXTERNAL_ID: TypeAdapter[str] = TypeAdapter(ExternalId)
_HINTS = {
    "missing": "is needed, and nothing was found for it",
    "model_type": "a text for each language is expected, as {fr: …, en: …}",
    "extra_forbidden": "there is no field of this name",
    "string_type": "a text is expected",
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field of a program (or, as `external_id`, with the record's identity)."""

    field: str
    reason: str
    code: str = dataclasses.field(
        default="", compare=False
    )  # a ReadingFault, or pydantic's, where it found it
    details: dict[str, str] = dataclasses.field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, field: str, error: RuleError | FileError, reason: str = "") -> Self:
        """What `error` says of `field`, in words of its own unless `reason` is given."""
        return cls(field, reason or str(error), error.code or "", error.details)


@dataclass(frozen=True)
class Mapped:
    """What became of a record: `row`, or `faults`. `filled` names the rules that gave something."""

    external_id: str | None
    row: ImportRow | None
    faults: tuple[Fault, ...] = ()
    filled: frozenset[str] = dataclasses.field(default=frozenset())


def map_record(mapping: Mapping, record: dict[str, Any]) -> Mapped:
    """Apply `mapping` to `record`; nothing is raised for a bad record."""
    faults: list[Fault] = []
    external_id = _external_id(mapping, record, faults)
    values: dict[str, Any] = {}
    for name, rule in mapping.fields.items():
        try:
            values[name] = evaluate(rule, record, mapping.tables)
        except RuleError as error:
            faults.append(Fault.of(name, error))
    content = _content(mapping, record, values, faults)
    filled = frozenset(name for name, value in values.items() if not is_empty(value))
    if faults or content is None or external_id is None:
        return Mapped(external_id, None, tuple(faults), filled)
    return Mapped(external_id, ImportRow(external_id=external_id, content=content), (), filled)


def _external_id(mapping: Mapping, record: dict[str, Any], faults: list[Fault]) -> str | None:
    try:
        value = evaluate(mapping.external_id, record, mapping.tables)
        if is_empty(value):
            raise RuleError(
                "the record has no identifier, without which it could not be recognised next time",
                ReadingFault.NO_IDENTIFIER,
            )
        return _EXTERNAL_ID.validate_python(without_control_characters(as_text(value)))
    except RuleError as error:
        faults.append(Fault.of("external_id", error))
    except ValidationError as error:
        told = error.errors()[0]
        faults.append(Fault("external_id", told["msg"], told["type"]))
    except ValueError as error:
        faults.append(Fault("external_id", str(error), "value_error"))
    return None


def _content(
    mapping: Mapping, record: dict[str, Any], values: dict[str, Any], faults: list[Fault]
) -> ProgramContent | None:
    refused = {fault.field.split(".")[0] for fault in faults}
    try:
        tree = _merged(_base(mapping, record), nested(_spoken(values, mapping.language)))
        return ProgramContent.model_validate(targets.in_languages(ProgramContent, tree, mapping.language))
    except RuleError as error:
        faults.append(Fault.of("", error))
    except ValidationError as error:
        # a field whose rule failed is missing here too: told once is enough
        faults += [fault for fault in faults_in(error) if fault.field.split(".")[0] not in refused]
    return None


def _spoken(values: dict[str, Any], language: Language | None) -> dict[str, Any]:
    """`values` in which `title` is called `title.fr`, so that a rule for `title.en` may stand beside it."""
    return {
        f"{name}.{language}" if name in targets.TEXTS and not isinstance(value, dict) else name: value
        for name, value in values.items()
    }


def faults_in(error: ValidationError) -> list[Fault]:
    """What pydantic found wrong with a content, in words for whoever wrote it."""
    return [
        Fault(
            told["field"],
            _HINTS.get(told["type"], told["reason"].removeprefix("Value error, ")),
            told["type"],
        )
        for told in field_errors(error)
    ]


def _base(mapping: Mapping, record: dict[str, Any]) -> dict[str, Any]:
    if mapping.base is None:
        return {}
    found = find(mapping.base.path, record)
    if not isinstance(found, dict):
        raise RuleError(
            f"{mapping.base.path} does not give the object that the program is made from",
            ReadingFault.OBJECT_EXPECTED,
            expression=mapping.base.path,
        )
    return {
        key: value
        for key, value in found.items()
        if key not in (FILE_KEY, *mapping.base.without) and not is_empty(value)
    }


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name)
        merged[name] = _merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged
