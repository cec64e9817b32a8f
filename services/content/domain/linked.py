"""The links of a publication: addresses in fields of their own, and those within its Markdown."""

from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("js-default")  # as the sites read it


def links_in(content: Any) -> frozenset[str]:
    """The addresses that a content links to, without what stands behind `#`."""
    told = content.model_dump(mode="json", exclude={"slug", "keywords"})
    return frozenset(url.partition("#")[0] for text in _texts(told) for url in _links(text))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _links(text: str) -> Iterator[str]:
    if "http" not in text:
        return
    if text.startswith(("https://", "http://")) and not any(sign.isspace() for sign in text):
        yield text
        return
    for block in _MARKDOWN.parse(text):
        for token in block.children or ():
            href = str(token.attrs.get("href", ""))
            if token.type == "link_open" and href.startswith(("https://", "http://")):
                yield href
