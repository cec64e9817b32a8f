"""What changed between two contents, as people read it: fields by their names, texts word by word."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from gettext import NullTranslations
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from gateway.admin.fields import BILINGUAL, Field, local_moment, shown_hours
from gateway.words import N_
from nexus.caller import LANGUAGES
from services.content.contracts.editing import ItemRevision

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
_MANY = 1_500  # words that are compared one by one: beyond, whole lines are, or a page would take seconds
_AROUND = 60  # characters shown beside a change
_IN_LANGUAGE = {"fr": N_("in French"), "en": N_("in English")}
_LANGUAGE_ALONE = {"fr": N_("French"), "en": N_("English")}
_PARTS = {"name": N_("Name"), "alt": N_("What the picture shows")}


class Said(NamedTuple):
    """What a content says in one place; `text` is empty for a group or a list of rows."""

    label: str
    text: str


class Piece(NamedTuple):
    """A part of a text that stayed, went or came."""

    kind: Literal["same", "del", "ins"]
    text: str


@dataclass(frozen=True)
class Difference:
    """One place that changed."""

    label: str
    pieces: tuple[Piece, ...]


def said(
    fields: Iterable[Field], content: Mapping[str, Any], words: NullTranslations, above: str = ""
) -> dict[str, Said]:
    """Every place of a content by its path, as its form names it and in the order of the form."""
    told: dict[str, Said] = {}
    for one in fields:
        told |= _said(one, content.get(one.name), words, f"{above}{one.name}")
    return told


def _said(one: Field, value: Any, words: NullTranslations, path: str) -> dict[str, Said]:
    label = words.gettext(one.label)
    if one.sort in BILINGUAL:
        texts = value or {}
        return {path: Said(label, "")} | {
            f"{path}.{language}": Said(f"{label}, {words.gettext(told)}", _text(texts.get(language)))
            for language, told in _IN_LANGUAGE.items()
        }
    if one.sort == "group":
        chosen = words.gettext(N_("yes") if value is not None else N_("no")) if one.switch else ""
        return {path: Said(label, chosen)} | _below(label, said(one.fields, value or {}, words, f"{path}."))
    if one.sort == "rows":
        told = {path: Said(label, "")}
        for n, row in enumerate(value or ()):
            told |= _below(f"{label} {n + 1}", said(one.fields, row, words, f"{path}.{n}."))
        return told
    if one.sort == "file":
        return dict(_file(label, value or {}, words, path))
    return {path: Said(label, _value(one, value, words))}


def _below(label: str, told: Mapping[str, Said]) -> dict[str, Said]:
    return {path: Said(f"{label} › {one.label}", one.text) for path, one in told.items()}


def _file(
    label: str, value: Mapping[str, Any], words: NullTranslations, path: str
) -> Iterator[tuple[str, Said]]:
    yield path, Said(label, str(value.get("sha256") or "")[:12])
    for name, one in value.items():
        if isinstance(one, Mapping):
            for part, text in one.items():
                told = words.gettext(_PARTS.get(name) or _LANGUAGE_ALONE[name])
                kept = str(text or "")[:12] if part == "sha256" else _text(text)
                yield f"{path}.{name}.{part}", Said(f"{label} › {told}", kept)


def _value(one: Field, value: Any, words: NullTranslations) -> str:
    if one.sort == "checks":
        return ", ".join(words.gettext(one.options.get(each, each)) for each in value or ())
    if one.sort == "select":
        return words.gettext(one.options[value]) if value in one.options else _text(value)
    if one.sort == "flag":
        return words.gettext(N_("yes")) if value else words.gettext(N_("no"))
    if one.sort == "hours":
        return shown_hours(value)
    return local_moment(value).replace("T", " ") if one.sort == "moment" and value else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)


def differences(
    fields: Sequence[Field], before: Mapping[str, Any], after: Mapping[str, Any], words: NullTranslations
) -> list[Difference]:
    """Every place whose text differs."""
    old, new = said(fields, before, words), said(fields, after, words)
    empty = Said("", "")
    return [
        Difference((new.get(path) or old[path]).label, tuple(compared(was, now)))
        for path in dict.fromkeys((*old, *new))
        if (was := old.get(path, empty).text) != (now := new.get(path, empty).text)
    ]


def clashing(told: Mapping[str, Said], path: str) -> Said:
    """What a content says at `path` and below it, in one line."""
    below = [one.text for at, one in told.items() if (at == path or at.startswith(f"{path}.")) and one.text]
    return Said(told[path].label if path in told else path, "; ".join(below))


def compared(before: str, after: str) -> list[Piece]:
    """Both texts in one, word by word; of what stayed only what stands near a change."""
    if not before or not after:
        return [Piece("del", before)] if before else [Piece("ins", after)]
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if max(len(old), len(new)) > _MANY:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
        else:
            pieces += [Piece("del", "".join(old[a:b])), Piece("ins", "".join(new[c:d]))]
    return _shortened(_gathered([piece for piece in pieces if piece.text]))


def _gathered(pieces: Sequence[Piece]) -> list[Piece]:
    """Changes that only a space parts are one: words that alternate letter by letter cannot be read."""
    runs: list[list[Piece]] = []
    for n, piece in enumerate(pieces):
        inside = 0 < n < len(pieces) - 1 and not piece.text.strip()
        if piece.kind == "same" and not inside:
            runs.append([piece])
        elif runs and runs[-1][0].kind != "same":
            runs[-1].append(piece)
        else:
            runs.append([piece])
    found: list[Piece] = []
    for run in runs:
        if run[0].kind == "same":
            found += run
            continue
        gone = "".join(one.text for one in run if one.kind != "ins")
        came = "".join(one.text for one in run if one.kind != "del")
        found += [piece for piece in (Piece("del", gone), Piece("ins", came)) if piece.text]
    return found


def _shortened(pieces: Sequence[Piece]) -> list[Piece]:
    last = len(pieces) - 1
    return [
        Piece("same", _cut(piece.text, first=n == 0, last=n == last)) if piece.kind == "same" else piece
        for n, piece in enumerate(pieces)
    ]


def _cut(text: str, *, first: bool, last: bool) -> str:
    if len(text) <= 3 * _AROUND:
        return text
    head = "" if first else text[:_AROUND].rpartition(" ")[0]
    tail = "" if last else text[-_AROUND:].partition(" ")[2]
    return f"{head} … {tail}"


def behind(revisions: Sequence[ItemRevision]) -> dict[str, Any]:
    """The language of each text that was left as it was when the other one was changed last."""
    found: dict[str, Any] = {}
    for after, before in pairwise(revisions):
        for name, text in after.content.items():
            old = before.content.get(name)
            if name in found or not (
                isinstance(text, dict) and isinstance(old, dict) and {"fr", "en"} >= set(text)
            ):
                continue
            changed = [language for language in LANGUAGES if text.get(language) != old.get(language)]
            if len(changed) == 1 and all(text.get(language) for language in LANGUAGES):
                found[name] = "en" if changed == ["fr"] else "fr"
            elif changed:
                found[name] = None
    return found
