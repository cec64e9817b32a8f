"""From a content to a form and back; two edits of one content in one."""

from typing import Any

import pytest
from starlette.datastructures import FormData

from gateway.admin.fields import Shown, merged, read, show
from gateway.admin.kinds import ACTIVITIES, KINDS, PROGRAMS, Kind
from gateway.i18n import translations
from services.content.contracts import ActivityContent, ProgramContent
from tests.support.contents import program

WORDS = translations("en")


def sent(**fields: Any) -> FormData:
    pairs = [
        (name.replace("__", "."), value)
        for name, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return FormData(pairs)


def as_sent(shown: list[Shown]) -> list[tuple[str, str]]:
    """What a browser would send of a form that nobody touched."""
    pairs: list[tuple[str, str]] = []
    for one in shown:
        if one.sort in ("group", "rows"):
            pairs += as_sent(one.parts)
        elif isinstance(one.value, dict):
            pairs += [(f"{one.path}.{language}", text) for language, text in one.value.items()]
        elif one.sort == "checks":
            pairs += [(one.path, value) for value, _, chosen in one.options if chosen]
        elif one.sort == "flag":
            pairs += [(one.path, "yes")] if one.value else []
        else:
            pairs.append((one.path, str(one.value)))
    return pairs


def through_the_form(kind: Kind, content: dict[str, Any]) -> dict[str, Any]:
    return read(kind.fields, FormData(as_sent(show(kind.fields, content, WORDS, {}))))


def test_a_program_that_nobody_touched_comes_back_as_it_was() -> None:
    content = program().content
    again = ProgramContent.read(through_the_form(PROGRAMS, content.model_dump(mode="json")))
    assert again == content.model_copy(update={"sectors": again.sectors})


def test_an_activity_keeps_its_hours() -> None:
    content = ActivityContent.read(
        {
            "title": {"fr": "Forum"},
            "kind": "job_forum",
            "starts_at": "2026-11-24T14:30:00+00:00",
            "ends_at": "2026-07-01T13:00:00Z".replace("2026-07", "2027-07"),
        }
    )
    again = ActivityContent.read(through_the_form(ACTIVITIES, content.model_dump(mode="json")))
    assert (again.starts_at, again.ends_at) == (content.starts_at, content.ends_at)


@pytest.mark.parametrize(
    "registration", [None, {}, {"seats": 12}, {"seats": 3, "closes_at": "2027-06-30T13:00:00Z"}]
)
def test_whether_one_registers_here_comes_back_as_it_was(registration: dict[str, Any] | None) -> None:
    content = ActivityContent.read(
        {
            "title": {"fr": "Forum"},
            "kind": "job_forum",
            "starts_at": "2027-07-01T13:00:00Z",
            "ends_at": "2027-07-01T14:00:00Z",
            "registration": registration,
        }
    )
    again = ActivityContent.read(through_the_form(ACTIVITIES, content.model_dump(mode="json")))
    assert again.registration == content.registration


def test_what_was_left_empty_is_left_out() -> None:
    assert read(PROGRAMS.fields, sent(title__fr="  Aide ", title__en="", valid_until="", source_url=" ")) == {
        "title": {"fr": "Aide", "en": None},
        **{
            name: {"fr": None, "en": None}
            for name in (
                "promise",
                "summary",
                "description",
                "provider",
                "audience",
                "amount",
                "cost",
                "slug",
            )
        },
        "themes": [],
        "eligibility": {
            **{one.name: [] for one in PROGRAMS.fields[8].fields if one.sort == "checks"},
            "to_check": {one.name: [] for one in PROGRAMS.fields[8].fields[7].fields},
            **{name: {"fr": None, "en": None} for name in ("activities", "other", "notes")},
        },
        "steps": [],
        "languages": [],
        "sectors": [],
        "keywords": {"fr": [], "en": []},
    }


def test_empty_rows_are_no_steps() -> None:
    form = sent(
        title__fr="Aide", steps__0__text__fr="", steps__1__text__fr="Écrire", steps__3__url="https://a.ca"
    )
    assert read(PROGRAMS.fields, form)["steps"] == [
        {"text": {"fr": "Écrire", "en": None}, "label": {"fr": None, "en": None}},
        {"text": {"fr": None, "en": None}, "url": "https://a.ca", "label": {"fr": None, "en": None}},
    ]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.name))
def test_a_form_has_every_field_of_its_kind(kind: Kind) -> None:
    without = {"sectors", "slug"} if kind.own else set()  # of one sector alone, and without a page of its own
    assert {one.name for one in kind.fields} == set(kind.content.model_fields) - without


def test_a_text_that_one_language_lacks_is_told() -> None:
    shown = show(PROGRAMS.fields, {"title": {"fr": "Aide"}, "promise": {"en": "Help"}}, WORDS, {})
    assert {one.path: one.missing for one in shown if one.missing} == {"title": "en", "promise": "fr"}


def test_edits_of_different_fields_are_both_kept() -> None:
    base = {"title": {"fr": "A", "en": "B"}, "amount": {"fr": "1", "en": None}, "themes": ["hiring"]}
    yours = {**base, "title": {"fr": "A2", "en": "B"}}
    theirs = {**base, "title": {"fr": "A", "en": "B2"}, "themes": ["hiring", "training"]}
    assert merged(base, yours, theirs) == (
        {
            "title": {"fr": "A2", "en": "B2"},
            "amount": {"fr": "1", "en": None},
            "themes": ["hiring", "training"],
        },
        {},
    )


def test_where_both_changed_the_same_yours_stands_and_theirs_is_told() -> None:
    base = {"title": {"fr": "A", "en": "B"}, "themes": ["hiring"]}
    yours = {"title": {"fr": "Mine", "en": "B"}, "themes": []}
    theirs = {"title": {"fr": "Theirs", "en": "B"}, "themes": ["training"]}
    content, clashes = merged(base, yours, theirs)
    assert content == yours
    assert clashes == {"title.fr": "Theirs", "themes": ["training"]}


def test_the_same_edit_by_two_is_no_clash() -> None:
    assert merged({"a": 1}, {"a": 2}, {"a": 2}) == ({"a": 2}, {})
