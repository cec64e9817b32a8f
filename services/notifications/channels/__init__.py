"""The ways out for letters: one port, an adapter for each.

Every adapter passes tests/contract/test_mail_channels.py."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from services.notifications.domain.messages import Letter

Send = Callable[[Letter], str]  # what the other side answered


class Undeliverable(Exception):
    """A letter was not taken. `answer` is what the other side said; a `permanent` refusal is not tried again."""

    def __init__(self, answer: str, *, permanent: bool) -> None:
        super().__init__()  # without the answer, which may repeat the address: no log must show it by chance
        self.answer = answer
        self.permanent = permanent


class Channel(Protocol):
    """Takes letters to people."""

    def open(self) -> AbstractContextManager[Send]:
        """What sends letters, until the block ends. On return of a call the letter is the other side's.

        Opening and sending raise Unavailable(`mail_unavailable`) while nothing can be sent at all, sending
        Undeliverable for what the one letter met."""
        ...

    def check(self) -> None:
        """Raise Unavailable(`mail_unavailable`) unless letters can be sent now."""
        ...
