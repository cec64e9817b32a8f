"""Reads a page as strictly as browsers are lenient."""

from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> repeats an attribute")
        if any(name == "style" or name.startswith("on") for name in names):
            self.faults.append(f"<{tag}> has a style or a script that the site's own policy forbids")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An empty element of a drawing."""

    def handle_endtag(self, tag: str) -> None:
        expected = self.open.pop() if self.open else None
        if tag != expected:
            self.faults.append(f"</{tag}> where <{expected}> is open, line {self.getpos()[0]}")


def html_faults(page: str) -> list[str]:
    """What is wrong with the structure of `page`: elements, ids, links to ids, inline code."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    twice = {one for one in reader.ids if reader.ids.count(one) > 1}
    return [
        *reader.faults,
        *(f"<{tag}> is never closed" for tag in reader.open),
        *(f"two elements have the id {one}" for one in sorted(twice)),
    ]
