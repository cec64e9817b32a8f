"""Fills a template of a sector, and says why one cannot be used: bounded in time and length by its grammar and here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal
from urllib.parse import unquote

from jinja2 import StrictUndefined, Template
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from services.notifications.contracts import NoticeKind
from services.notifications.contracts.templates import LONGEST_BODY, LONGEST_LINE
from services.notifications.writing.own import markdown
from services.notifications.writing.own.fields import Known, known
from services.notifications.writing.own.grammar import Fault, faults

Place = Literal["subject", "preview", "body"]
PLACES: tuple[Place, ...] = ("subject", "preview", "body")

_LONGEST = {"subject": 300, "preview": 600, "body": 100_000}  # characters, filled
_MOST_BRACKETS = 2_000  # what the parser of Markdown needs for them grows with their square
_BREAKS = re.compile(r"[ \t\r\n]+")  # no-break spaces stay
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_EDGES = "()[]<>.,;:!?«»“”\"'’*"  # what may stand beside a secret


@dataclass(frozen=True)
class Words:
    """What a sector says in one language, as it wrote it."""

    subject: str
    preview: str
    body: str


@dataclass(frozen=True)
class Filled:
    """The same for one letter; `body` is Markdown."""

    subject: str
    preview: str
    body: str


class Unusable(Exception):
    """Words that cannot be sent: where, and why."""

    def __init__(self, place: Place, fault: Fault) -> None:
        super().__init__(place, fault.reason, fault.about)
        self.place = place
        self.fault = fault


def read(words: Words, kind: NoticeKind) -> Iterator[tuple[Place, Fault]]:
    """What is wrong with words whatever they are filled with."""
    names = known(kind)
    for place in PLACES:
        source = getattr(words, place)
        if len(source) > (LONGEST_BODY if place == "body" else LONGEST_LINE):
            yield place, Fault("too_long", 1)
        elif not source.strip():
            yield place, Fault("empty", 1)
        else:
            found = faults(source, names, _environment(place), secrets=place == "body")
            yield from ((place, fault) for fault in found)


def fill(words: Words, kind: NoticeKind, values: Mapping[str, Any]) -> Filled:
    """`words` with the values of a letter. Raises Unusable."""
    filled = Filled(*(_said(place, getattr(words, place), kind, values) for place in PLACES))
    _require_all(filled, known(kind), values)
    return filled


def _said(place: Place, source: str, kind: NoticeKind, values: Mapping[str, Any]) -> str:
    said, length = [], 0
    try:
        for piece in _compiled(place, source, kind).generate(values):
            length += len(piece)
            if length > _LONGEST[place]:
                raise Unusable(place, Fault("too_long", 1))
            said.append(piece)
    except TemplateError as error:
        raise Unusable(place, Fault("syntax", 1, error.message or "")) from None
    told = "".join(said)
    if place != "body":
        told = _BREAKS.sub(" ", told).strip()
    elif told.count("[") > _MOST_BRACKETS:
        raise Unusable(place, Fault("too_long", 1))
    if not told.strip():
        raise Unusable(place, Fault("empty", 1))
    return told.replace("****", "") if place == "body" else told  # emphasis of what was empty


def _require_all(filled: Filled, names: Mapping[str, Known], values: Mapping[str, Any]) -> None:
    """What the letter is for is in it, and what lets somebody in stands alone: part of another address, it would tell
    it to somebody else."""
    text = _text(filled)
    told = list(_told(names, values))
    whole = {unquote(str(value)) for _, one, value in told}
    words = {unquote(word.strip(_EDGES)) for word in text.split()} - whole
    for name, one, value in told:
        if one.needed and value and str(value) not in text:
            raise Unusable("body", Fault("missing_field", 1, name))
        if one.secret and value and any(unquote(str(value)) in word for word in words):
            raise Unusable("body", Fault("secret_in_address", 1, name))


def require_links(filled: Filled) -> None:
    """Each link leads somewhere, in a letter whose values have no brackets: examples. Raises Unusable."""
    if "](" in _text(filled):
        raise Unusable("body", Fault("bad_link", 1))


def _text(filled: Filled) -> str:
    return str(markdown.body(filled.body, _Bare, html=False))


def _told(
    names: Mapping[str, Known], values: Mapping[str, Any], above: str = ""
) -> Iterator[tuple[str, Known, Any]]:
    """Each name with what it stands for; those of a list for each thing in it."""
    for name, one in names.items():
        value = values.get(name)
        if one.parts is not None:
            for thing in value or ():
                yield from _told(one.parts, thing, f"{name}.")
        else:
            yield f"{above}{name}", one, value


class _Bare:
    """Parts of a letter without anything around their words."""

    @staticmethod
    def paragraph(words: str) -> str:
        return f"{words}\n"

    code = heading = address = paragraph

    @staticmethod
    def button(label: str, link: str) -> str:
        return f"{label} {link}\n"

    @staticmethod
    def list(things: Any, ordered: bool) -> str:  # noqa: ARG004 - as the other parts have it
        return "".join(f"{one}\n" for one in things)


@lru_cache(maxsize=256)
def _compiled(place: Place, source: str, kind: NoticeKind) -> Template:
    """Ready to be filled, if what stands there is still allowed: rules may be stricter since it was saved."""
    for fault in faults(source, known(kind), _environment(place), secrets=place == "body"):
        raise Unusable(place, fault)
    return _environment(place).from_string(source)


@cache
def _environment(place: Place) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        autoescape=True,  # of what a value says nothing is left but text: see _literal
        undefined=StrictUndefined,
        finalize=_literal if place == "body" else _plain,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )


def _literal(value: Any) -> Markup:
    """A value within Markdown, where none of it means anything: no company's name is a link."""
    escaped = _PUNCTUATION.sub(r"\\\1", str(_plain(value)))
    return Markup(escaped)  # noqa: S704 - Markdown yet; its renderer escapes


def _plain(value: Any) -> Markup:
    """A value in one line."""
    said = _BREAKS.sub(" ", "" if value is None else str(value)).strip()
    return Markup(said)  # noqa: S704 - a plain line yet; its frame escapes
