"""When a program is to be verified again, who is asked, and what readers are told."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.freshness import Stale, stale
from nexus.caller import Role
from services.content.contracts import LineText, ProgramPublished, SlugText, Status
from services.content.contracts.verification import DueProgram
from services.content.domain import freshness, lifecycle
from services.content.domain.kinds import PROGRAMS
from services.content.domain.lifecycle import Act, Note
from services.people.contracts.people import Person
from services.people.domain.owners import MOST, owners, shared_out
from tests.support.contents import NOON, content, program


def completed(**fields: Any) -> tuple[date | None, date | None]:
    found = freshness.completed(program(**fields))
    return found.due_on, found.stale_on


@pytest.mark.parametrize(
    ("checked", "months", "due"),
    [
        ("2026-01-15", 6, "2026-07-15"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-06-01", 60, "2031-06-01"),
    ],
)
def test_a_program_is_due_after_as_many_months(checked: str, months: int, due: str):
    due_on, stale_on = completed(source_checked=date.fromisoformat(checked), verify_every=months)
    assert due_on == date.fromisoformat(due)
    assert stale_on == due_on + timedelta(days=30)


def test_what_was_never_verified_counts_from_the_day_here_on_which_it_was_made():
    night = datetime(2026, 1, 1, 3, 0, tzinfo=ZoneInfo("UTC"))  # still the last of December in Montréal
    found = freshness.completed(program().model_copy(update={"created_at": night}))
    assert found.due_on == date(2026, 6, 30)


def test_each_revision_has_the_days_that_follow_from_it():
    act = Act("anne", NOON)
    draft = lifecycle.create(
        PROGRAMS, "p1", content(source_checked=date(2026, 1, 1)), SlugText(fr="a", en="a"), Status.DRAFT, act
    )
    assert draft.after.item.due_on == date(2026, 7, 1)
    verified = freshness.verified(draft.after.item.content, date(2026, 11, 23))
    edited = lifecycle.edit(draft.after, verified, draft.after.item.slug, act)
    assert edited
    assert (edited.after.item.due_on, edited.note.changed) == (
        date(2027, 5, 23),
        ("source_checked", "verification"),
    )


def test_news_of_a_program_do_not_tell_whose_it_is():
    act = Act("anne", NOON)
    change = lifecycle.create(
        PROGRAMS, "p1", content(owner="zoe@exemple.ca"), SlugText(fr="a", en="a"), Status.PUBLISHED, act
    )
    (event,) = change.events
    assert isinstance(event, ProgramPublished)
    assert event.program.content.owner is None
    assert change.after.item.content.owner == "zoe@exemple.ca"


def test_the_publisher_is_who_published_it_last():
    def note(revision: int, by: str, status: Status, *changed: str) -> Note:
        return Note(revision, NOON, by, status, changed, "d")

    imported = [note(1, "samples", Status.PUBLISHED, "title")]
    again = [
        note(1, "a", Status.DRAFT, "title"),
        note(2, "b", Status.PUBLISHED, "status"),
        note(3, "c", Status.RETIRED, "status"),
        note(4, "d", Status.PUBLISHED, "status"),
        note(5, "e", Status.PUBLISHED, "title"),
    ]
    assert freshness.publisher(imported) == "samples"
    assert freshness.publisher(again) == "d"
    assert freshness.publisher(again[:1]) is None


def account(id: str, sector: str = "tic", *roles: Role) -> Person:
    return Person(
        id=id,
        sector=sector,
        email=f"{id}@exemple.ca",
        roles=frozenset(roles or {Role.EDITOR}),
        revision=1,
        created_at=NOON,
    )


def due(id: str = "p", sectors: tuple[str, ...] = ("tic",), **fields: Any) -> DueProgram:
    told = {"owner": None, "publisher": None, "verified_on": None, "due_on": date(2026, 7, 1), **fields}
    return DueProgram(id=id, title=LineText(fr=id), sectors=sectors, **told)


ACCOUNTS = [
    account("aero", "aero"),
    account("admin", "tic", Role.ADMIN),
    account("anne"),
    account("zoe"),
]


@pytest.mark.parametrize(
    ("program", "asked"),
    [
        (due(owner="Zoe@exemple.ca"), ["zoe"]),
        (due(owner="zoe@exemple.ca", publisher="anne"), ["zoe"]),
        (due(publisher="anne"), ["anne"]),
        (due(publisher="admin"), ["admin"]),
        (due(), ["anne", "zoe"]),
        (due(owner="gone@exemple.ca", publisher="anne"), ["anne", "zoe"]),
        (due(owner="aero@exemple.ca"), ["anne", "zoe"]),  # who may not edit it
        (due(sectors=(), owner="aero@exemple.ca"), ["aero"]),
        (due(sectors=("svts",)), []),
    ],
)
def test_the_owner_is_asked_or_who_published_it_or_the_editors(program: DueProgram, asked: list[str]):
    assert [person.id for person in owners(program, ACCOUNTS)] == asked


def test_a_sector_without_editors_has_its_administrators_asked():
    assert [one.id for one in owners(due(), ACCOUNTS[:2])] == ["admin"]


def test_each_is_asked_once_about_all_that_is_theirs():
    told = shared_out([due("a", publisher="anne"), due("b"), due("c", publisher="zoe")], ACCOUNTS)
    assert {person.id: [one.id for one in programs] for person, programs in told} == {
        "anne": ["a", "b"],
        "zoe": ["b", "c"],
    }
    ((_, most),) = shared_out([due(str(n), publisher="anne") for n in range(MOST + 5)], ACCOUNTS)
    assert [one.id for one in most] == [str(n) for n in range(MOST)]


@pytest.mark.parametrize(
    ("stale_on", "verified_on", "told"),
    [
        (None, date(2020, 1, 1), None),
        (date(2026, 11, 24), date(2026, 4, 1), None),
        (date(2026, 11, 23), date(2026, 4, 24), Stale(date(2026, 4, 24), 6)),
        (date(2026, 11, 23), date(2026, 4, 23), Stale(date(2026, 4, 23), 7)),
        (date(2026, 1, 1), date(2024, 12, 31), Stale(date(2024, 12, 31), 22)),
        (date(2026, 1, 1), None, Stale(None, 0)),
    ],
)
def test_readers_are_told_since_when(stale_on: date | None, verified_on: date | None, told: Stale | None):
    assert stale(stale_on, verified_on, date(2026, 11, 23)) == told
