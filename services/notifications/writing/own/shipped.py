"""The shipped words in the language of sectors' own: made of the shipped templates, so that nothing is said twice."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment

from services.notifications.contracts import Language, NoticeKind
from services.notifications.domain.messages import Sender
from services.notifications.writing import environment_of
from services.notifications.writing.own.cases import CASES, example
from services.notifications.writing.own.filling import Words

_RENAMED = {"start": "when", "expires_at": "until", "begins": "when", "site": "address"}
_ASKED = ("change", "what", "frequency")  # what makes the case
_SENDER = Sender("{{ site }}", "", "", None, None, "", "", "")


class _Shown(int):
    """A number that is shown as a field; words have the plural of what it is in the example."""

    name = ""

    def __str__(self) -> str:
        return "{{ " + self.name + " }}"


@cache
def shipped(kind: NoticeKind, language: Language) -> Words:
    """What is said where a sector says nothing, in all cases of a kind."""
    environment = _environment(language)
    said = [_said(environment, kind, case, language) for case in CASES[kind]]
    conditions = [one.condition or "" for one in CASES[kind].values()]
    return Words(
        subject=_joined(conditions, [[subject] for subject, _, _ in said], ""),
        preview=_joined(conditions, [[preview] for _, preview, _ in said], ""),
        body=_joined(conditions, [_paragraphs(body) for _, _, body in said], "\n\n"),
    )


def _said(environment: Environment, kind: NoticeKind, case: str, language: Language) -> tuple[str, str, str]:
    sender = replace(_SENDER)
    values = {
        "notice": _held(example(kind, case, language), language),
        "sender": sender,
        "language": language,
    }
    said: Any = environment.get_template(f"{kind}.jinja").make_module(values)
    return str(said.subject), str(said.preview), str(said)


def _held(notice: Any, language: Language, above: str = "") -> Any:
    """`notice` with fields in place of what it says; what makes its case is left."""
    held: dict[str, Any] = {"page": lambda _: "{{ page }}", "first": "{{ first }}"}
    if hasattr(notice, "count"):
        held["count"] = _number("count", notice.count)
    for name in type(notice).model_fields:
        value = getattr(notice, name)
        if value is None or isinstance(value, bool) or name in _ASKED:
            held[name] = value
        elif name == "items":
            held[name] = [_held(value[0], language, "item.")]
        elif isinstance(value, int):
            held[name] = _number(name, value)
        else:
            shown = "{{ " + above + _RENAMED.get(name, name) + " }}"
            held[name] = {language: shown} if isinstance(value, dict) else shown
    return _Notice(**held)


class _Notice(SimpleNamespace):
    """Its fields are also its keys."""

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


def _number(name: str, value: int) -> _Shown:
    shown = _Shown(value)
    shown.name = name
    return shown


@cache
def _environment(language: Language) -> Environment:
    environment = environment_of("markdown", language)
    for name in ("role", "long_date", "place", "advisor_place"):
        environment.filters[name] = str
    environment.filters["moment"] = lambda shown, _zone: shown
    for name, field in (("span", "when"), ("activity_place", "where"), ("activity_state", "state")):
        environment.filters[name] = lambda _, field=field: "{{ " + field + " }}"
    environment.filters["length"] = lambda _: _number("count", 2)
    return environment


def _paragraphs(body: str) -> list[str]:
    return [one.strip() for one in body.split("\n\n") if one.strip()]


def _joined(conditions: Sequence[str], said: Sequence[list[str]], between: str) -> str:
    """All cases in one: what they share once, and between that what each says."""
    shared = said[0]
    for other in said[1:]:
        blocks = SequenceMatcher(None, shared, other, autojunk=False).get_matching_blocks()
        shared = [one for block in blocks for one in shared[block.a : block.a + block.size]]
    rests, told = [list(one) for one in said], []
    for anchor in [*shared, None]:
        parts = []
        for rest in rests:
            at = len(rest) if anchor is None else rest.index(anchor)
            parts.append((between or " ").join(rest[:at]))
            del rest[: at + 1]
        told += [_either(conditions, parts), anchor]
    return between.join(one for one in told if one)


def _either(conditions: Sequence[str], parts: Sequence[str]) -> str:
    """Each part under its condition, the one with the longest last, without."""
    groups: dict[str, list[str]] = {}
    for condition, part in zip(conditions, parts, strict=True):
        groups.setdefault(part, []).append(condition)
    if len(groups) == 1:
        return parts[0]
    asked = {" or ".join(those): part for part, those in groups.items()}
    last = asked.pop(max(asked, key=len))
    words = ("if", *("elif" for _ in range(1, len(asked))))
    pairs = zip(words, asked.items(), strict=True)
    told = "".join(f"{{% {word} {condition} %}}\n{part}\n" for word, (condition, part) in pairs)
    return told + (f"{{% else %}}\n{last}\n" if last else "") + "{% endif %}"
