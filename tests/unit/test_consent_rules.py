"""Whether and when somebody may be written to, when a digest is due, and what belongs into it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.content.importing.spec import load_mapping
from services.notifications.contracts.consent import Consent, QuietHours, Topic
from services.notifications.domain.consent import agreed, implied_until, quiet_until, refusal
from services.notifications.domain.digests import News, next_due, searchable, wanted
from tests.unit.test_import_shipped import data, imported

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, ten o'clock in Montréal
ZONE = "America/Toronto"


def consent(basis: Any = "express", **fields: Any) -> Consent:
    told = {"purpose": "follow_up", "source": "meeting", "language": "fr", "at": NOW}
    return Consent(basis=basis, **told | fields)


def at(hour: int, day: int = 23, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, 0, tzinfo=UTC)


def test_nothing_may_be_sent_without_consent_that_holds():
    assert refusal(None, NOW) == "consent_missing"
    assert refusal(consent(), NOW) is None
    assert refusal(consent(withdrawn_at=NOW), NOW) == "consent_withdrawn"
    assert refusal(consent(expires_at=NOW), NOW) == "consent_expired"
    assert refusal(consent(expires_at=NOW + timedelta(seconds=1)), NOW) is None


def test_what_is_implied_never_stands_over_what_somebody_said():
    implied, later = consent("implied"), consent("implied", at=NOW + timedelta(days=9))
    said, no = consent(), consent("implied", withdrawn_at=NOW)
    assert agreed(None, implied) == implied
    assert agreed(implied, later) == later
    assert agreed(said, implied) == said
    assert agreed(no, implied) == no
    assert agreed(no, said) == said


def test_what_is_implied_ends_after_two_years_also_from_a_leap_day():
    assert implied_until(NOW) == NOW.replace(year=2028)
    assert implied_until(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2030, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ((9, 13), at(15), at(18)),
        ((9, 10), at(15), None),
        ((21, 7), at(2, day=24), at(12, day=24)),  # nine in the evening
        ((21, 7), at(11, day=24), at(12, day=24)),  # six in the morning
        ((21, 7), at(12, day=24), None),
        ((22, 7), at(3, day=1), at(12, day=1)),  # the clocks go back that night, and the end with them
    ],
)
def test_quiet_hours_are_those_of_the_clock_on_the_wall(
    hours: tuple[int, int], now: datetime, until: datetime | None
):
    assert quiet_until(QuietHours(begin=hours[0], end=hours[1]), ZONE, now) == until
    assert quiet_until(None, ZONE, now) is None


@pytest.mark.parametrize(
    ("frequency", "after", "due"),
    [
        ("daily", at(11), at(12)),
        ("daily", at(12), at(12, day=24)),
        ("weekly", at(11), at(12)),
        ("weekly", at(12), at(12, day=30)),
        ("daily", at(12, day=31, month=10), at(12, day=1)),  # seven by summer time is eleven in UTC
        ("weekly", at(15, day=6, month=3), at(11, day=9, month=3)),
    ],
)
def test_a_digest_is_due_at_seven_also_when_the_clocks_change(frequency: Any, after: datetime, due: datetime):
    assert next_due(frequency, ZONE, after) == due


def news(**fields: Any) -> News:
    told: dict[str, Any] = {
        "id": "p1", "revision": 1, "type": "program", "title": {"fr": "Prime", "en": None},
        "lead": {"fr": None, "en": None}, "slug": {"fr": "p1", "en": "p1"}, "themes": ("hiring",),
        "kind": "grant", "sectors": (), "words": searchable(["Subventions salariales à l’embauche", None]),
    }  # fmt: skip
    return News(**told | fields)


@pytest.mark.parametrize(
    ("topic", "is_wanted"),
    [
        (Topic(), True),
        (Topic(themes=("training", "hiring")), True),
        (Topic(themes=("training",)), False),
        (Topic(types=("activity",)), False),
        (Topic(kinds=("grant",), themes=("hiring",)), True),
        (Topic(kinds=("loan",), themes=("hiring",)), False),
        (Topic(words="SUBVENTION salarial"), True),
        (Topic(words="une subvention pour l’embauche"), True),
        (Topic(words="subvention ingénieur"), False),
        (Topic(words="ventions"), False),
        (Topic(words="« ! »"), True),
    ],
)
def test_a_topic_wants_all_its_words_and_one_value_of_each_filter(topic: Topic, is_wanted: bool):
    assert wanted([topic], news(), NOW) is is_wanted


@pytest.mark.parametrize(
    ("asked", "said", "is_found"),
    [
        ("embaucher", "Prime à l’embauche", True),
        ("rénover", "Rénovation énergétique des bureaux", True),
        ("financer un véhicule", "Financement de véhicules électriques", True),
        ("travailleurs étrangers", "Un travailleur étranger", True),
        ("hiring", "Help to hire engineers", True),
        ("hires", "Help with hiring", True),
        ("CIR", "Cirque", True),  # begins it
        ("cire", "CIR : crédit d’impôt recherche", False),
        ("former", "Formation", False),  # stems “form” and “format”
        ("embaucher", "Embarcadère", False),
        ("exporter", "Expertise", False),
    ],
)
def test_a_word_finds_its_family_in_either_language_and_no_other(asked: str, said: str, is_found: bool):
    assert wanted([Topic(words=asked)], news(words=searchable([said])), NOW) is is_found


def test_words_find_real_programs_of_their_family_and_few_others():
    rows = imported(load_mapping("aid-programs-fr"), data("aid-programs-fr")).values()
    said = [searchable(_shown(row.content)) for row in rows]
    found = {
        asked: sum(wanted([Topic(words=asked)], news(words=one), NOW) for one in said)
        for asked in (
            "recruter",
            "rénover",
            "décarboner",
            "innover",
            "véhicules électriques",
            "déchets",
            "musique",
        )
    }
    assert found == {
        "recruter": 1, "rénover": 5, "décarboner": 8, "innover": 5, "véhicules électriques": 4, "déchets": 5,
        "musique": 0,
    }  # fmt: skip


def _shown(content: Any) -> list[str | None]:
    """Of a program what digests look at."""
    titles = [content.title.fr, content.promise.fr or content.summary.fr, content.provider.fr]
    return [*titles, *content.keywords.fr]


def test_what_is_over_is_no_news_and_one_topic_suffices():
    assert not wanted([Topic()], news(until=NOW), NOW)
    assert wanted([Topic(themes=("training",)), Topic()], news(until=NOW + timedelta(days=1)), NOW)
    assert not wanted([], news(), NOW)


def test_a_text_that_lacks_is_that_of_the_other_language():
    assert news().shown(news().title, "en") == "Prime"
    assert news().shown(news().lead, "fr") == ""
