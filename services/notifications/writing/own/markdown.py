"""Markdown of a sector's mails in both forms of a letter, with the parts that shipped letters are made of.

It knows headings, lists, emphasis and links; a link on a line of its own is a button, a heading of the first level is
large, as codes are. Pictures and HTML are none: they are shown as they were written."""

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup, escape

_SCHEMES = ("https://", "http://", "mailto:", "tel:")
_BLANK = re.compile(r"\s")
_ADDRESS = re.compile(r"https?://\S+")
_RULES = ["newline", "escape", "emphasis", "link", "balance_pairs", "heading", "list"]


class _Parser(MarkdownIt):
    """Addresses stay what they are; those of pictures, scripts and the like are none."""

    def validateLink(self, url: str) -> bool:
        """An empty one is what a field may leave: its link is left out."""
        return not url or (url.startswith(_SCHEMES) and not _BLANK.search(url))

    def normalizeLink(self, url: str) -> str:
        return url


_PARSER = _Parser("zero", {"maxNesting": 20}).enable(_RULES)


def body(source: str, parts: Any, *, html: bool) -> Markup:
    """`source` as one part of a letter; `parts` are the macros of its form."""
    tree = SyntaxTreeNode(_PARSER.parse(source))
    made = "".join(str(_block(node, parts, html)) for node in tree.children)
    return Markup(made)  # noqa: S704 - the HTML form escaped every text in it


def _block(node: SyntaxTreeNode, parts: Any, html: bool) -> str:
    if node.type in ("bullet_list", "ordered_list"):
        return str(parts.list(list(_things(node, html)), node.type == "ordered_list"))
    inline = node.children[0] if node.children else None
    if inline is None or not (words := _inline(inline, html)).strip():
        return ""
    if node.type == "heading":
        return str(parts.code(words) if node.tag == "h1" else parts.heading(words))
    return _paragraph(inline, words, parts)


def _paragraph(inline: SyntaxTreeNode, words: str, parts: Any) -> str:
    alone = inline.children[0] if len(inline.children) == 1 else None
    if alone is not None and alone.type == "link":
        address = alone.attrs["href"]
        return str(parts.button(_plain(alone), address)) if address else ""
    if alone is not None and alone.type == "text" and _ADDRESS.fullmatch(alone.content):
        return str(parts.address(alone.content))
    return str(parts.paragraph(words))


def _things(node: SyntaxTreeNode, html: bool) -> Any:
    """What a list has, one line each; lists within it one after the other."""
    for item in node.children:
        for child in item.children:
            if child.type in ("bullet_list", "ordered_list"):
                yield from _things(child, html)
            elif child.children:
                yield _inline(child.children[0], html)


def _inline(node: SyntaxTreeNode, html: bool) -> str:
    said = "".join(_span(child, html) for child in node.children)
    return Markup(said) if html else said  # noqa: S704 - each span escaped its text


def _span(node: SyntaxTreeNode, html: bool) -> str:
    if node.type == "text":
        return str(escape(node.content)) if html else node.content
    if node.type in ("softbreak", "hardbreak"):
        return "<br>" if html else "\n"
    within = _inline(node, html)
    if node.type == "link":
        return _link(within, str(node.attrs["href"]), html)
    return f"<{node.tag}>{within}</{node.tag}>" if html else within


def _link(within: str, address: str, html: bool) -> str:
    if not (address and within.strip()):
        return within
    if html:
        return f'<a href="{escape(address)}">{within}</a>'
    return within if within == address else f"{within} ({address})"


def _plain(node: SyntaxTreeNode) -> str:
    return _inline(node, html=False)
