"""Forms of publications: from a content (a JSON object) to fields, and back from what a form sent.

A field is named by its path in the content (`steps.0.text.fr`); refusals of the content service name the same
paths."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from gettext import NullTranslations
from typing import Any, Literal, Protocol

from gateway.sectors import Language
from gateway.times import ZONE
from nexus.caller import LANGUAGES

Sort = Literal[
    "line", "paragraph", "markdown", "template", "lines",  # in both languages
    "text", "number", "hours", "url", "date", "moment", "select", "checks", "flag", "group", "rows", "file", "colour",
]  # fmt: skip
BILINGUAL = {"line", "paragraph", "markdown", "template", "lines"}
_APART = re.compile(r"[\s,;]+")
_SWITCH = "here"  # what the tick of a group with a switch is called
_SPARE = 1  # empty rows at the end of a list: without JavaScript, saving makes room for another
_MOST_ROWS = 40


class Sent(Protocol):
    """What a form sent."""

    def get(self, name: str, /) -> Any: ...
    def getlist(self, key: Any) -> list[Any]: ...


@dataclass(frozen=True)
class Field:
    """One entry of a content. `options` are the values to choose from, with their names; `fields` those of a
    group, or of each row; `top` the highest heading that the public page gives to Markdown."""

    name: str
    sort: Sort
    label: str
    hint: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    fields: tuple["Field", ...] = ()
    required: bool = False
    rule: str = ""  # what is said when it is missing or not right, if not something general
    top: int = 3
    switch: str = ""  # of a group that is there only if this is ticked, whatever its fields say


@dataclass
class Shown:
    """A field on a page. `value` is that of both languages (`{"fr", "en"}`) or the only one; `behind` names the
    language whose text was left as it was when the other one was changed last."""

    path: str
    sort: Sort
    label: str
    hint: str
    required: bool
    value: Any
    options: list[tuple[str, str, bool]]
    parts: list["Shown"]
    faults: dict[str, str]
    behind: Language | None = None
    top: int = 3

    @property
    def is_filled(self) -> bool:
        """Whether anything in it says something."""
        chosen = any(one for _, _, one in self.options) if self.sort == "checks" else False
        return chosen or says_something(self.value) or any(part.is_filled for part in self.parts)

    def is_open(self, clashes: Iterable[str]) -> bool:
        """Whether something in it needs to be looked at now."""
        return bool(self.faults) or any(path.startswith(f"{self.path}.") for path in clashes)

    @property
    def missing(self) -> Language | None:
        """The language that lacks a text which the other one has."""
        if self.sort not in BILINGUAL or bool(self.value["fr"]) == bool(self.value["en"]):
            return None
        return "en" if self.value["fr"] else "fr"


def read(fields: Iterable[Field], sent: Sent, above: str = "") -> dict[str, Any]:
    """The content that a form describes; what was left empty is left out."""
    content = {one.name: _read(one, sent, f"{above}{one.name}") for one in fields}
    return {name: value for name, value in content.items() if value is not None}


def _read(one: Field, sent: Sent, path: str) -> Any:
    match one.sort:
        case "line" | "paragraph" | "markdown" | "template":
            return {language: _text(sent, f"{path}.{language}") for language in LANGUAGES}
        case "lines":
            return {language: _lines(sent, f"{path}.{language}") for language in LANGUAGES}
        case "checks":
            return [value for value in sent.getlist(path) if isinstance(value, str)]
        case "file":
            return None  # uploads fill it
        case "flag":
            return sent.get(path) == "yes"
        case "hours":
            return hours_in(_text(sent, path))
        case "moment":
            return _moment(_text(sent, path))
        case "group" if one.switch:
            return read(one.fields, sent, f"{path}.") if sent.get(f"{path}.{_SWITCH}") == "yes" else None
        case "group":
            return read(one.fields, sent, f"{path}.") or None
        case "rows":
            rows = (read(one.fields, sent, f"{path}.{n}.") for n in range(_MOST_ROWS))
            return [row for row in rows if says_something(row)]
        case _:
            return _text(sent, path)


def _text(sent: Sent, path: str) -> str | None:
    value = sent.get(path)
    return value.replace("\r\n", "\n").strip() or None if isinstance(value, str) else None


def _lines(sent: Sent, path: str) -> list[str]:
    return [line.strip() for line in (_text(sent, path) or "").split("\n") if line.strip()]


def hours_in(text: str | None) -> list[str] | None:
    """`48, 2` as a list; `0` as an empty one. What is no number is for the contract to refuse."""
    parts = [part for part in _APART.split(text or "") if part]
    return None if not parts else [] if parts == ["0"] else parts


def shown_hours(hours: list[Any] | tuple[Any, ...] | None) -> str:
    """The same as a person writes it."""
    return "" if hours is None else ", ".join(map(str, hours)) or "0"


def _moment(text: str | None) -> str | None:
    """The hours that people write are those of Montréal; a text that is no time is for the service to refuse."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE).isoformat()
    except ValueError:
        return text


def says_something(value: Any) -> bool:
    """Whether a value, or anything in it, is there."""
    if isinstance(value, dict):
        return any(says_something(one) for one in value.values())
    return bool(value)


def show(
    fields: Iterable[Field],
    content: Mapping[str, Any],
    words: NullTranslations,
    faults: Mapping[str, str],
    above: str = "",
) -> list[Shown]:
    """`fields` filled with `content`. `faults` are by path."""
    return [_show(one, content.get(one.name), words, faults, f"{above}{one.name}") for one in fields]


def _show(one: Field, value: Any, words: NullTranslations, faults: Mapping[str, str], path: str) -> Shown:
    parts: list[Shown] = []
    if one.sort == "group":
        own = (Field(_SWITCH, "flag", one.switch),) if one.switch else ()
        filled = (value or {}) | {_SWITCH: value is not None}
        parts = show((*own, *one.fields), filled, words, faults, f"{path}.")
    elif one.sort == "rows":
        rows = [*(value or ()), *({} for _ in range(_SPARE))]
        parts = [_row(one, row, n, words, faults, path) for n, row in enumerate(rows)]
    chosen = value or () if one.sort == "checks" else (value,)
    return Shown(
        path=path,
        sort=one.sort,
        label=words.gettext(one.label),
        hint=words.gettext(one.hint) if one.hint else "",
        required=one.required,
        value=_value(one, value),
        options=[(key, words.gettext(name), key in chosen) for key, name in one.options.items()],
        parts=parts,
        faults={at: told for at, told in faults.items() if at == path or at.startswith(f"{path}.")},
        top=one.top,
    )


def _row(
    one: Field, row: Mapping[str, Any], n: int, words: NullTranslations, faults: Mapping[str, str], path: str
) -> Shown:
    parts = show(one.fields, row, words, faults, f"{path}.{n}.")
    label = f"{words.gettext(one.label)} {n + 1}"
    return Shown(f"{path}.{n}", "group", label, "", False, None, [], parts, {})


def _value(one: Field, value: Any) -> Any:
    if one.sort in BILINGUAL:
        texts = value or {}
        pairs = {language: texts.get(language) for language in LANGUAGES}
        if one.sort == "lines":
            return {language: "\n".join(lines or ()) for language, lines in pairs.items()}
        return {language: text or "" for language, text in pairs.items()}
    if one.sort == "moment" and value:
        return local_moment(value)
    if one.sort == "hours":
        return shown_hours(value)
    return value if value is not None else ""


def local_moment(value: str) -> str:
    """A moment as the clocks of Montréal show it, `2026-12-01T08:00`; a text that is none as it is."""
    try:
        return datetime.fromisoformat(value).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")
    except ValueError:
        return value


def merged(
    base: Mapping[str, Any], yours: Mapping[str, Any], theirs: Mapping[str, Any], above: str = ""
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both edits of one base in one content, and what could not be brought together: by path, what the other
    one wrote where both changed the same; there the content has `yours`."""
    content: dict[str, Any] = {}
    clashes: dict[str, Any] = {}
    for name in {**theirs, **yours}:
        was, mine, other = base.get(name), yours.get(name), theirs.get(name)
        if mine in (was, other):
            content[name] = other
        elif other == was:
            content[name] = mine
        elif isinstance(mine, dict) and isinstance(other, dict):
            content[name], below = merged(was or {}, mine, other, f"{above}{name}.")
            clashes |= below
        else:
            content[name] = mine
            clashes[f"{above}{name}"] = other
    return content, clashes
