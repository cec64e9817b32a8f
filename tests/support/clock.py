"""A clock of the test's own."""

from datetime import datetime

import pytest

from tests.support.contents import NOON


class Clock:
    """Stands still until the test moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()
