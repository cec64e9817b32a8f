"""What a company's calendar can reply to an invitation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

LARGEST_MAIL = 1_000_000  # bytes; a reply has some thousand
Waiting = tuple[bytes, Callable[[bool], None]]  # a mail; and what puts it away, as refused or as dealt with
Answer = Literal["accepted", "declined", "tentative"]


@dataclass(frozen=True)
class Reply:
    """Who says what to which meeting, as of which of its changes."""

    meeting: str
    sector: str
    sequence: int
    who: str
    answer: Answer
    comment: str | None = None
