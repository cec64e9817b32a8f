"""Excerpts with the words that matched marked, as HTML in which everything else is escaped."""

from collections.abc import Collection
from html import escape

from services.search.analysis import Span, spans
from services.search.contracts import Language

LENGTH = 200  # characters of text, marks not counted
_BEFORE = 50  # characters shown before the first mark of a body

Marks = Collection[tuple[str, ...]]


def snippet(lead: str, body: str, marks: Marks, language: Language) -> str:
    """HTML of about LENGTH characters: of `lead` where it has any of `marks`, else of `body`, else of
    the beginning of `lead` without marks."""
    for text in (lead, body):
        if text and marks and (found := _merged(spans(text, marks, language))):
            start, end = _window(text, found)
            return _marked(text, start, end, found)
    return _marked(lead, 0, _cut(lead, LENGTH), [])


def _merged(found: list[Span]) -> list[Span]:
    """`found` in order, those that overlap as one."""
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _window(text: str, spans: list[Span]) -> Span:
    """The stretch of LENGTH characters with the most marks, the first of these."""
    if len(text) <= LENGTH:
        return 0, len(text)
    best = max(
        spans,
        key=lambda span: (
            sum(span[0] <= other[0] <= span[0] + LENGTH - _BEFORE for other in spans),
            -span[0],
        ),
    )
    start = 0 if best[0] <= _BEFORE else text.find(" ", best[0] - _BEFORE, best[0]) + 1 or best[0]
    return start, max(_cut(text, start + LENGTH), best[1])


def _cut(text: str, end: int) -> int:
    """The end of the last whole word before `end`."""
    if len(text) <= end:
        return len(text)
    space = text.rfind(" ", 0, end + 1)
    return space if space > end - LENGTH // 2 else end


def _marked(text: str, start: int, end: int, spans: list[Span]) -> str:
    parts = ["…" if start else ""]
    done = start
    for first, last in spans:
        if first >= done and last <= end:
            parts += [escape(text[done:first]), "<mark>", escape(text[first:last]), "</mark>"]
            done = last
    parts += [escape(text[done:end]), "…" if end < len(text) else ""]
    return "".join(parts)
