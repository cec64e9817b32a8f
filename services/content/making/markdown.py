"""Markdown as blocks and spans: headings, paragraphs, lists with boxes to tick, tables, quotes."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

_BOXES = {"[ ] ": False, "[x] ": True}
_MARKS = {"strong": "bold", "em": "italic"}


@dataclass
class Span:
    """Some text in one style; a line break is the text "\\n"."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None


@dataclass
class Block:
    """`kind` is heading, paragraph, list, item, table, row, cell, quote or rule.

    Only headings have a `level` (1 …), only lists are `ordered`, only items can be `ticked` (None: no box)."""

    kind: str
    spans: list[Span] = field(default_factory=list)
    blocks: list["Block"] = field(default_factory=list)
    level: int = 0
    ordered: bool = False
    ticked: bool | None = None


@dataclass(frozen=True)
class Paper:
    """A document to be made, in one language."""

    title: str
    summary: str
    language: str
    version: str
    date: date
    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, source: str, **about: Any) -> "Paper":
        """The paper that the Markdown `source` describes; headings of level 2 are its first ones."""
        tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(source)
        return cls(blocks=tuple(_blocks(iter(tokens))), **about)

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {**asdict(self), "date": self.date.isoformat()}


def _blocks(tokens: Iterator[Token]) -> Iterator[Block]:
    for token in tokens:
        name = token.type.removesuffix("_open")
        if token.nesting < 0:
            return
        if name == "heading":
            yield Block("heading", _inline(tokens), level=max(1, int(token.tag[1]) - 1))
        elif name in ("paragraph", "th", "td"):
            yield Block("paragraph" if name == "paragraph" else "cell", _inline(tokens))
        elif name in ("bullet_list", "ordered_list"):
            yield Block("list", blocks=list(_blocks(tokens)), ordered=name == "ordered_list")
        elif name == "list_item":
            yield _item(list(_blocks(tokens)))
        elif name == "table":
            rows = [row for part in _blocks(tokens) for row in part.blocks]
            yield Block("table", blocks=rows)
        elif name in ("thead", "tbody", "tr", "blockquote"):
            kind = {"tr": "row", "blockquote": "quote"}.get(name, "part")
            yield Block(kind, blocks=list(_blocks(tokens)))
        elif name in ("fence", "code_block"):
            yield Block("paragraph", [Span(token.content.rstrip("\n"))])
        elif name == "hr":
            yield Block("rule")


def _item(blocks: list[Block]) -> Block:
    first = blocks[0].spans[0] if blocks and blocks[0].spans else None
    for mark, ticked in _BOXES.items():
        if first and first.text.startswith(mark):
            first.text = first.text.removeprefix(mark)
            return Block("item", blocks=blocks, ticked=ticked)
    return Block("item", blocks=blocks)


def _inline(tokens: Iterator[Token]) -> list[Span]:
    """The spans of the next token, an inline one, and past the closing token behind it."""
    spans = list(_spans(next(tokens).children or []))
    next(tokens)
    return spans


def _spans(children: list[Token]) -> Iterator[Span]:
    style: dict[str, Any] = {}
    for token in children:
        name, _, end = token.type.partition("_")
        if name in _MARKS:
            style[_MARKS[name]] = end == "open"
        elif name == "link":
            href = str(token.attrGet("href") or "")
            style["link"] = href if end == "open" and href.startswith("https://") else None
        elif token.type == "hardbreak":
            yield Span("\n", **style)
        elif token.type == "softbreak":
            yield Span(" ", **style)
        elif token.content:
            yield Span(token.content, **style)
