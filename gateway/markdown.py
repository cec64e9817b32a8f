"""Markdown of editors as HTML that is safe to show."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_parser = MarkdownIt("js-default", {"linkify": False, "html": False})
_TAGS = {"h2", "h3", "h4", "h5", "p", "br", "hr", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code"}
_TAGS |= {"pre", "table", "thead", "tbody", "tr", "th", "td"}
_SCHEMES = {"http", "https", "mailto", "tel"}


def render(text: str, top: int = 3) -> Markup:
    """`text` as HTML. Headings begin at the level `top`: 2 where the page has only its title above them."""
    html = _parser.render(text)
    for level in range(top - 1, 0, -1):
        html = html.replace(f"<h{level}>", f"<h{top}>").replace(f"</h{level}>", f"</h{top}>")
    clean = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, link_rel="noopener", url_schemes=_SCHEMES)
    return Markup(clean)  # noqa: S704 - sanitised on the line above


to_html = lru_cache(maxsize=512)(
    render
)  # what editors are still typing is not worth keeping: that is rendered
