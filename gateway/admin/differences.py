"""What differs between two contents, in words of their forms."""

from collections.abc import Mapping
from typing import Any


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], labels: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Each field that changed, by its label, with its text before and after."""
    old, new = dict(flat(before)), dict(flat(after))
    return [
        (_label(path, labels), old.get(path, ""), new.get(path, ""))
        for path in dict.fromkeys((*old, *new))
        if old.get(path, "") != new.get(path, "")
    ]


def flat(value: Any, path: str = "") -> list[tuple[str, str]]:
    """The texts in a content, each by its dotted path."""
    if isinstance(value, Mapping):
        return [pair for name, one in value.items() for pair in flat(one, f"{path}.{name}" if path else name)]
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return [pair for n, one in enumerate(value) for pair in flat(one, f"{path}.{n}")]
    if isinstance(value, list):
        return [(path, ", ".join(map(str, value)))]
    return [(path, "" if value is None else str(value))]


def _label(path: str, labels: Mapping[str, str]) -> str:
    return " › ".join(
        labels.get(part, str(int(part) + 1) if part.isdigit() else part) for part in path.split(".")
    )
