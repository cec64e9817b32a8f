"""Days and hours on pages: those of Montréal; to the second for programs."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import gateway
from gateway.sectors import Language
from gateway.times import stamp, time_filters

LATE = datetime(2026, 12, 1, 2, 5, 9, 123_456, tzinfo=UTC)  # still November in Montréal
TEMPLATES = sorted(Path(gateway.__file__).with_name("templates").rglob("*.html"))


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "30 novembre 2026, 21\xa0h\xa005"), ("en", "November 30, 2026, 9:05\u202fp.m.")],
)
def test_a_moment_is_told_at_its_hour_in_montreal_and_stamped_to_the_second(
    language: Language, words: str
) -> None:
    told = time_filters(language)["moment"](LATE)
    assert told == f'<time datetime="2026-12-01T02:05:09+00:00">{words}</time>'


def test_a_day_has_no_hour_and_no_zone() -> None:
    filters = time_filters("fr")
    assert filters["day"](date(2026, 12, 1)) == '<time datetime="2026-12-01">1er décembre 2026</time>'
    assert filters["long_date"](LATE) == "30 novembre 2026"
    assert filters["full_date"](LATE) == "lundi 30 novembre 2026"
    assert filters["clock"](LATE) == "21\xa0h\xa005"


def test_a_stamp_has_no_more_digits_than_html_reads() -> None:
    assert stamp(LATE) == "2026-12-01T02:05:09+00:00"
    assert stamp(date(2026, 12, 1)) == "2026-12-01"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_writes_a_time_its_own_way(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert "isoformat" not in text
    assert "astimezone" not in text
