"""The text of HTML, Markdown and plain text."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from services.content.extraction.limits import CHARACTERS, Damaged, TooLarge

_UNSEEN = frozenset(("script", "style", "template", "noscript", "head"))
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PARTS = ("p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "blockquote", "pre")
_BLOCKS = frozenset((*_HEADINGS, *_PARTS, "li", "dt", "dd", "tr", "br", "hr"))
_SOURCE = 8 * CHARACTERS  # bytes: markup and all


def plain_texts(path: Path) -> Iterator[str]:
    """The text as it stands. Raises TooLarge, Damaged."""
    yield _decoded(path)


def markdown_texts(path: Path) -> Iterator[str]:
    """What a reader sees of the Markdown, as one page."""
    from markdown_it import MarkdownIt

    source = _decoded(path)
    if len(source) > CHARACTERS:
        raise TooLarge("Markdown of more than a million characters")
    yield _visible(MarkdownIt("commonmark").enable("table").render(source))


def html_texts(path: Path) -> Iterator[str]:
    """What a reader sees of the page."""
    yield _visible(_decoded(path))


def _decoded(path: Path) -> str:
    if path.stat().st_size > _SOURCE:
        raise TooLarge("too much text")
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Damaged(str(error)) from None


def _visible(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    parser.close()
    return "".join(parser.pieces)


class _Text(HTMLParser):
    """Collects what is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _UNSEEN
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _UNSEEN))
        if tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append("\t")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)
