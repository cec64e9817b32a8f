"""One rule on one record: a value, None if there is nothing, or a RuleError that says why not."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from services.content.contracts.exchange import ReadingFault
from services.content.importing.spec import DATE_TOKENS, Rule, template_names

Tables = Mapping[str, Mapping[str, Any]]

_compiled = lru_cache(maxsize=1024)(jmespath.compile)


class RuleError(Exception):
    """A record does not give what a rule asks; the message is for whoever keeps the record."""

    def __init__(self, reason: str, code: ReadingFault, **details: object) -> None:
        """`reason` is English; `code` and `details` are for who says it otherwise."""
        self.code = code
        self.details = {name: str(value) for name, value in details.items()}
        super().__init__(reason)


def is_empty(value: Any) -> bool:
    """Whether there is nothing to show: None, blank text, an empty list or object; not False or 0."""
    return value is None or value in ([], {}, ()) or (isinstance(value, str) and not value.strip())


def find(expression: str, data: Any) -> Any:
    """What the JMESPath `expression` gives on `data`. Raises RuleError."""
    try:
        return _compiled(expression).search(data)
    except JMESPathError as error:
        raise RuleError(
            f"{expression} does not work on this record: {error}",
            ReadingFault.EXPRESSION_FAILED,
            expression=expression,
        ) from None


def as_text(value: Any) -> str:
    """A single value as a person writes it: 17 for 17.0, ISO dates. Raises RuleError for all else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime) and value.time() == value.min.time():
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise RuleError(f"a text is expected, not {_kind_of(value)}", ReadingFault.TEXT_EXPECTED)


def evaluate(rule: Rule, record: Any, tables: Tables) -> Any:
    """The value of `rule` on `record`. Raises RuleError."""
    value = _origin(rule, record, tables)
    if rule.split and isinstance(value, str):
        value = [part.strip() for part in value.split(rule.split)]
    if rule.match:
        value = _each_or_one(value, lambda item: _matched(rule.match or "", item))
    if rule.not_in is not None:
        value = _each_or_one(value, _dropping(_names(rule.not_in, tables)))
    if rule.table is not None and not is_empty(value):
        value = _translated(rule, value, tables)
    if rule.date and not is_empty(value):
        value = _parsed(value, rule.date)
    if rule.join and isinstance(value, list):
        value = _joined(value, rule.join)
    return rule.default if is_empty(value) else value


def _origin(rule: Rule, record: Any, tables: Tables) -> Any:
    if rule.path is not None:
        return find(rule.path, record)
    if rule.column is not None:
        return record.get(rule.column) if isinstance(record, dict) else None
    if rule.template is not None:
        return _filled(rule, record, tables)
    if rule.first is not None:
        return _first(rule.first, record, tables)
    if rule.parts is not None:
        return _flat([evaluate(part, record, tables) for part in rule.parts])
    if rule.each is not None:
        return _objects(rule, find(rule.each, record), tables)
    return rule.value


def _first(rules: tuple[Rule, ...], record: Any, tables: Tables) -> Any:
    for rule in rules:
        value = evaluate(rule, record, tables)
        if not is_empty(value):
            return value
    return None


def _filled(rule: Rule, record: Any, tables: Tables) -> str | None:
    template = rule.template or ""
    values = {}
    for name in template_names(template):
        value = evaluate(rule.using[name], record, tables) if name in rule.using else find(name, record)
        if is_empty(value):
            return None
        values[name] = as_text(value).strip()
    return template.format_map(values)


def _objects(rule: Rule, items: Any, tables: Tables) -> list[dict[str, Any]] | None:
    if is_empty(items):
        return None
    if not isinstance(items, list):
        raise RuleError(
            f"{rule.each} gives {_kind_of(items)} where a list is expected",
            ReadingFault.LIST_EXPECTED,
            expression=rule.each,
        )
    made = []
    for number, item in enumerate(items, 1):
        try:
            fields = {name: evaluate(inner, item, tables) for name, inner in rule.fields.items()}
        except RuleError as error:
            raise RuleError(f"item {number}: {error}", error.code, **error.details) from None
        made.append(nested(fields))
    return [fields for fields in made if fields]


def nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """`{"a.b": 1}` as `{"a": {"b": 1}}`, without what is empty. Raises RuleError if `a` is a plain value."""
    tree: dict[str, Any] = {}
    for name, value in sorted(fields.items()):  # so that `a` comes before `a.b`, which goes into it
        if is_empty(value):
            continue
        *above, last = name.split(".")
        branch = tree
        for step in above:
            branch = branch.setdefault(step, {})
            if not isinstance(branch, dict):
                raise RuleError(
                    f"{name} cannot be put into {step}, which has a plain value already",
                    ReadingFault.VALUE_IN_THE_WAY,
                    name=step,
                )
        branch[last] = dict(value) if isinstance(value, dict) else value
    return tree


def _each_or_one(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, list):
        return [changed for item in value if not is_empty(changed := change(item))]
    return None if is_empty(value) else change(value)


def _matched(pattern: str, item: Any) -> str | None:
    found = re.search(pattern, as_text(item))
    if found is None:
        return None
    return found.group(1) if found.re.groups else found.group()


def _names(given: str | tuple[str, ...], tables: Tables) -> frozenset[str]:
    return frozenset(map(folded, tables[given] if isinstance(given, str) else given))


def _dropping(names: frozenset[str]) -> Callable[[Any], Any]:
    return lambda item: None if folded(as_text(item)) in names else item


def folded(text: str) -> str:
    """`text` without what people type differently: case, kind of apostrophe, kind and number of spaces."""
    return " ".join(text.replace("\u2019", "'").casefold().split())


def _translated(rule: Rule, value: Any, tables: Tables) -> Any:
    named = tables[rule.table] if isinstance(rule.table, str) else rule.table or {}
    table = {folded(key): told for key, told in named.items()}

    def one(item: Any) -> Any:
        key = folded(as_text(item))
        if key in table:
            return table[key]
        if rule.unmapped == "refuse":
            known = ", ".join(repr(name) for name in named)
            raise RuleError(
                f"{as_text(item)!r} is not in the mapping's table, which has {known}",
                ReadingFault.NOT_IN_TABLE,
                value=as_text(item),
                known=", ".join(named),
            )
        return item if rule.unmapped == "keep" else None

    if not isinstance(value, list):
        return one(value)
    return list(dict.fromkeys(_flat([one(item) for item in value])))


def _parsed(value: Any, formats: tuple[str, ...]) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = as_text(value).strip()
    for form in formats:
        pattern = form
        for token, directive in DATE_TOKENS.items():
            pattern = pattern.replace(token, directive)
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    raise RuleError(
        f"{text!r} is not a date written {' or '.join(formats)}",
        ReadingFault.NOT_A_DATE,
        value=text,
        formats=", ".join(formats),
    )


def _joined(items: list[Any], manner: str) -> str:
    texts = [as_text(item).strip() for item in items if not is_empty(item)]
    if manner in ("bullets", "numbers"):
        heads = ["- " if manner == "bullets" else f"{number}. " for number in range(1, len(texts) + 1)]
        # Markdown continues an item only where its other lines are indented
        return "\n".join(
            head + text.replace("\n", "\n" + " " * len(head)) for head, text in zip(heads, texts, strict=True)
        )
    separators = {"paragraphs": "\n\n", "lines": "\n", "commas": ", ", "spaces": " "}
    return separators[manner].join(texts)


def _flat(values: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for value in values:
        flat += value if isinstance(value, list) else [value]
    return [value for value in flat if not is_empty(value)]


def _kind_of(value: Any) -> str:
    names: dict[type, str] = {list: "a list", dict: "an object", bytes: "binary data", str: "a text"}
    return names.get(type(value), f"a value of type {type(value).__name__}")
