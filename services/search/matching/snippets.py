"""Excerpts with the words that matched marked, as HTML in which everything else is escaped."""

from collections.abc import Collection
from html import escape

from services.search.analysis import Token, places
from services.search.contracts import Language

LENGTH = 200  # characters of text, marks not counted
_BEFORE = 50  # characters shown before the first mark of a body

Marks = Collection[tuple[str, ...]]


def snippet(lead: str, body: str, marks: Marks, language: Language) -> str:
    """HTML of about LENGTH characters: of `lead` where it has any of `marks`, else of `body`, else of
    the beginning of `lead` without marks."""
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for sequence in marks:
        by_first.setdefault(sequence[0], []).append(sequence)
    for text in (lead, body):
        if text and by_first and (spans := _spans(text, by_first, language)):
            start, end = _window(text, spans)
            return _marked(text, start, end, spans)
    return _marked(lead, 0, _cut(lead, LENGTH), [])


def _spans(
    text: str, by_first: dict[str, list[tuple[str, ...]]], language: Language
) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    read = places(text, by_first, language)
    for index, token in enumerate(read):
        for sequence in by_first.get(token.stem, ()):
            if _stands(read, index, sequence):
                last = read[index + len(sequence) - 1]
                if found and token.start < found[-1][1]:
                    found[-1] = (found[-1][0], max(found[-1][1], last.end))
                else:
                    found.append((token.start, last.end))
    return found


def _stands(read: list[Token], index: int, sequence: tuple[str, ...]) -> bool:
    return (
        len(sequence) == 1 or tuple(token.stem for token in read[index : index + len(sequence)]) == sequence
    )


def _window(text: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
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


def _marked(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> str:
    parts = ["…" if start else ""]
    done = start
    for first, last in spans:
        if first >= done and last <= end:
            parts += [escape(text[done:first]), "<mark>", escape(text[first:last]), "</mark>"]
            done = last
    parts += [escape(text[done:end]), "…" if end < len(text) else ""]
    return "".join(parts)
