"""The XML of an OpenDocument file as a tree of its beginning. Names have the prefixes that the format's standard writes
(`text:p`), whichever the file has."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from xml.parsers import expat

from services.content.extraction.limits import Damaged

_SPACE = re.compile(r"urn:oasis:names:tc:opendocument:xmlns:([a-z-]+):1\.\d")
_PREFIXES = {
    "xsl-fo-compatible": "fo",
    "drawing": "draw",
}  # where they are not the last word of the name space


@dataclass(slots=True)
class Element:
    """An element with its attributes and, in their order, the texts and elements within it."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    content: list["Element | str"] = field(default_factory=list)

    def children(self, *names: str) -> Iterator["Element"]:
        """The elements directly within it; with `names`, those of these names."""
        for one in self.content:
            if isinstance(one, Element) and (not names or one.name in names):
                yield one

    def all(self, name: str) -> Iterator["Element"]:
        """The elements of that name at any depth, in the order of the file."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            if one.name == name:
                yield one
            waiting.extend(reversed(list(one.children())))


@cache
def _named(name: str) -> str:
    space, _, local = name.rpartition(" ")
    found = _SPACE.fullmatch(space)
    return f"{_PREFIXES.get(found[1], found[1])}:{local}" if found else local


class _Enough(Exception):
    pass


def beginning(content: bytes, inside: str, characters: int) -> Element:
    """The tree of `content`, up to `characters` of text within the element named `inside`, where each element counts
    as one. Raises Damaged, ExpatError."""
    root = Element("")
    open_elements, counted, within = [root], 0, False
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def count(more: int) -> None:
        nonlocal counted
        counted += more if within else 0
        if counted > characters:
            raise _Enough

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal within
        element = Element(_named(name), {_named(one): value for one, value in attributes.items()})
        open_elements[-1].content.append(element)
        open_elements.append(element)
        within = within or element.name == inside
        count(1)

    def ended(_: str) -> None:
        open_elements.pop()

    def told(text: str) -> None:
        open_elements[-1].content.append(text)
        count(len(text))

    def refuse(*_: Any) -> None:
        raise Damaged("an office file declares no entities")

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = told
    parser.EntityDeclHandler = refuse
    with suppress(_Enough):
        parser.Parse(content, True)
    return root
