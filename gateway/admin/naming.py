"""What fields of publications, and what is wrong with them, are called in the back office."""

import re
from collections.abc import Iterable, Mapping
from gettext import NullTranslations

from gateway.admin.fields import Field
from gateway.admin.kinds import Kind
from gateway.reasons import reason
from gateway.words import FIELD_NAMES, N_

_RULES = {
    "title": N_("Give a title in French or in English."),
    "kind": N_("Choose what kind it is."),
    "starts_at": N_("Say when it begins."),
    "ends_at": N_("Say when it ends: not before it begins."),
    "date": N_("Give a date."),
}
_WEB_ADDRESS = N_("Give a web address that begins with https:// or http://.")
_A_DATE = N_("Write a date as 2027-03-31.")
_NO_FIELD = N_("There is no field of this name.")
_QUOTED = re.compile(r"'([^']*)'")
_WHOLE = re.compile(r"\d+")


def labels_of(kind: Kind, words: NullTranslations) -> dict[str, str]:
    """The label of each field by its name."""
    labels = {one.name: words.gettext(one.label) for one in kind.fields}
    return labels | {name: words.gettext(label) for name, label in FIELD_NAMES.items() if name not in labels}


def label(path: str, labels: Mapping[str, str], *, first: int = 0) -> str:
    """A path in words: `steps.1.text.fr` is “Step › 2 › What to do › French”, where rows are counted from `first`."""
    return " › ".join(
        labels.get(part, str(int(part) + 1 - first) if part.isdigit() else part) for part in path.split(".")
    )


def fault_of(path: str, kind: str, shape: Iterable[Field], words: NullTranslations, told: str = "") -> str:
    """What is wrong with a field of a form; `kind` is pydantic's, `told` what our own rule says."""
    shape = tuple(shape)
    if path.rpartition(".")[2] in {"url", *(one.name for one in shape if one.sort == "url")}:
        return words.gettext(_WEB_ADDRESS)
    for one in shape:
        if one.name == path and (rule := one.rule or _RULES.get(path)):
            return words.gettext(rule)
    return reason(kind, {"error": told}, words)


def fault_in_row(path: str, kind: str, told: str, shape: Iterable[Field], words: NullTranslations) -> str:
    """The same for a cell of a table, whose author has no list to choose from; `told` is pydantic's reason."""
    if kind in ("enum", "literal_error"):
        return reason("literal_error", {"expected": ", ".join(_QUOTED.findall(told))}, words)
    if kind.startswith(("date_", "datetime_")):
        return words.gettext(_A_DATE)
    if kind == "extra_forbidden":
        return words.gettext(_NO_FIELD)
    if kind in ("string_too_long", "too_long") and (most := _WHOLE.search(told)):
        return reason(kind, {"max_length": most.group()}, words)
    return fault_of(path, kind, shape, words)
