"""A content as the cells of a table, and back. A column is named by the path of a field: `steps.1.text.fr`.

Of a list each value ends with a semicolon (`5-24; 25-49;`): so no spreadsheet takes one for a date or a number."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from nexus.messages import Message

_NUMBER = re.compile(r"(?<=\.)\d+(?=\.)")
_SPECIAL = re.compile(r"([;\\])")
_VALUE = re.compile(r"((?:\\.|[^;])*)(?:;|$)", re.DOTALL)


def fields_of(model: type[Message]) -> dict[str, tuple[type[Message] | None, bool]]:
    """Each field of `model`: the message that it holds (if any), and whether it is a list."""
    return {
        name: (_model_in(field.annotation), getattr(field.annotation, "__origin__", None) is tuple)
        for name, field in model.model_fields.items()
    }


def _model_in(annotation: Any) -> type[Message] | None:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, Message):
            return candidate
    return None


def as_column(path: str) -> str:
    """What pydantic calls `steps.0.text`, as a column: `steps.1.text`."""
    return ".".join(str(int(part) + 1) if part.isdecimal() else part for part in path.split("."))


def columns(model: type[Message], most: Mapping[str, int], above: str = "") -> list[str]:
    """The columns of `model`; `most` says how many entries its lists of objects have at most."""
    found: list[str] = []
    for name, (inner, many) in fields_of(model).items():
        path = above + name
        if inner is None:
            found.append(path)
        elif many:
            for number in range(1, most.get(path, 0) + 1):
                found += columns(inner, most, f"{path}.{number}.")
        else:
            found += columns(inner, most, f"{path}.")
    return found


def lengths(content: Message) -> dict[str, int]:
    """How many entries each list of objects has."""
    of = fields_of(type(content)).items()
    return {name: len(getattr(content, name)) for name, (inner, many) in of if inner and many}


def unknown(model: type[Message], given: Mapping[str, Any]) -> list[str]:
    """The columns of `given` that `model` does not have."""
    lists = [name for name, (inner, many) in fields_of(model).items() if inner and many]
    known = set(columns(model, dict.fromkeys(lists, 1)))
    return [name for name in given if _NUMBER.sub("1", name) not in known]


def cells(content: Message) -> dict[str, str]:
    """What `content` says, by column; what it does not say is empty."""
    return dict(_cells(type(content), content.model_dump(mode="json"), ""))


def _cells(model: type[Message], data: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for name, (inner, many) in fields_of(model).items():
        path, value = above + name, data.get(name)
        if inner is None:
            yield path, _joined(value or ()) if many else _text(value)
        elif many:
            for number, one in enumerate(value or (), 1):
                yield from _cells(inner, one, f"{path}.{number}.")
        else:
            yield from _cells(inner, value or {}, f"{path}.")


def tree(model: type[Message], given: Mapping[str, str], above: str = "") -> dict[str, Any]:
    """The object that the cells `given` describe; what is empty is left out, unless it is needed."""
    found: dict[str, Any] = {}
    for name, (inner, many) in fields_of(model).items():
        path = above + name
        value: Any
        if inner is None:
            value = _split(given.get(path, "")) if many else given.get(path, "")
        elif many:
            rows = (tree(inner, given, f"{path}.{number}.") for number in _numbers(given, f"{path}."))
            value = [row for row in rows if row]
        else:
            value = tree(inner, given, f"{path}.")
        needed = not above and inner is not None and model.model_fields[name].is_required()
        if value or needed:
            found[name] = value
    return found


def _numbers(given: Mapping[str, str], above: str) -> list[int]:
    parts = (name.removeprefix(above).partition(".")[0] for name in given if name.startswith(above))
    return sorted({int(part) for part in parts if part.isdecimal()})


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _joined(values: Any) -> str:
    return " ".join(_SPECIAL.sub(r"\\\1", str(value)) + ";" for value in values)


def _split(text: str) -> list[str]:
    values = (re.sub(r"\\(.)", r"\1", one, flags=re.DOTALL).strip() for one in _VALUE.findall(text))
    return [value for value in values if value]
