"""What is counted of searches in vain, and what is not."""

import pytest

from services.search.misses import worth_counting


@pytest.mark.parametrize(
    ("q", "counted"), [("  Soudeurs   Chiliens ", "soudeurs chiliens"), ("PTET 2026", "ptet 2026")]
)
def test_words_are_counted_as_they_are_meant(q: str, counted: str) -> None:
    assert worth_counting(q) == counted


@pytest.mark.parametrize(
    "q",
    ["", "a", "marie@example.org", "514 555-1234", "NAS 123456789", "x" * 101, "appelez le (514) 555 1234"],
)
def test_what_says_nothing_or_may_say_who_somebody_is_is_not_counted(q: str) -> None:
    assert worth_counting(q) is None
