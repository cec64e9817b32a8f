"""The audit trail on a database: what it tells, to whom, and that nobody alters it unseen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from pymongo.database import Database

from nexus.audit import Trail, note
from nexus.caller import Caller, Role, operator
from nexus.errors import Forbidden
from nexus.operations import AuditEntry, AuditState, ListAudit

ZOE = Caller(sector="tic", person="zoe", roles=frozenset({Role.EDITOR}), origin="203.0.113.5")
PAUL = Caller(sector="aero", person="paul", roles=frozenset({Role.ADMIN}))
START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture
def trail(database: Database[Any]) -> Trail:
    """A trail whose clock goes on by a minute with each entry."""
    minutes = count()
    return Trail(database, "content", lambda: START + timedelta(minutes=next(minutes)))


def write(trail: Trail, caller: Caller, subject: str = "a", kind: str = "program") -> None:
    with trail.recording("save_item", caller):
        note(kind, subject, f"Title of {subject}", {"title": {"fr": "Avant"}}, {"title": {"fr": "Après"}})


def told(trail: Trail, sector: str | None = None, **asked: Any) -> list[AuditEntry]:
    return list(trail.page(ListAudit(**asked), sector).items)


def test_an_entry_tells_who_what_when_from_where_before_and_after(trail: Trail) -> None:
    write(trail, ZOE)
    (entry,) = told(trail, "tic")
    assert (entry.person, entry.roles, entry.origin) == ("zoe", (Role.EDITOR,), "203.0.113.5")
    assert (entry.command, entry.at, entry.number, entry.refused) == ("save_item", START, 1, None)
    (change,) = entry.changes
    assert (change.kind, change.id, change.label) == ("program", "a", "Title of a")
    assert [(one.field, one.before, one.after) for one in change.fields] == [("title.fr", "Avant", "Après")]


def test_a_sector_sees_its_own_and_what_operators_did_to_all(trail: Trail) -> None:
    write(trail, ZOE, "a")
    write(trail, PAUL, "b")
    write(trail, operator("root"), "c")
    with trail.recording("invite", operator("root")):
        note("invitation", "d", "somebody@example.org", after={"roles": ["admin"]}, sector="aero")
    seen = {who: [one.changes[0].id for one in told(trail, who)] for who in ("tic", "aero", None)}
    assert seen == {"tic": ["c", "a"], "aero": ["d", "c", "b"], None: ["d", "c", "b", "a"]}


def test_what_changed_nothing_leaves_no_entry_and_what_was_refused_does(trail: Trail) -> None:
    with trail.recording("save_item", ZOE):
        note("program", "a", "A", {"title": "A"}, {"title": "A"})
    with pytest.raises(Forbidden), trail.recording("invite", ZOE):
        raise Forbidden("role_required")
    with pytest.raises(Forbidden), trail.recording("confirm_code", Caller(sector="tic")):
        raise Forbidden("code_wrong")  # guessing must not fill the trail
    assert [(one.command, one.refused) for one in told(trail)] == [("invite", "role_required")]


def test_filters_by_person_kind_subject_and_time(trail: Trail) -> None:
    write(trail, ZOE, "a")
    write(trail, PAUL, "b", kind="post")
    write(trail, ZOE, "zoe", kind="person")
    write(trail, PAUL, "zoe", kind="person")
    numbers = {
        name: [one.number for one in told(trail, **asked)]
        for name, asked in {
            "person": {"person": "zoe"},  # by her, and to her
            "kind": {"kind": "post"},
            "subject": {"subject": "a"},
            "since": {"since": START + timedelta(minutes=2)},
            "until": {"until": START + timedelta(minutes=2)},
            "nothing": {"since": START + timedelta(minutes=1), "until": START},
        }.items()
    }
    assert numbers == {
        "person": [4, 3, 1],
        "kind": [2],
        "subject": [1],
        "since": [4, 3],
        "until": [2, 1],
        "nothing": [],
    }


def test_pages_follow_each_other_without_a_gap(trail: Trail) -> None:
    for number in range(7):
        write(trail, ZOE, str(number))
    first = trail.page(ListAudit(limit=3), "tic")
    second = trail.page(ListAudit(limit=3, before=first.next), "tic")
    third = trail.page(ListAudit(limit=3, before=second.next), "tic")
    pages = [[one.number for one in page.items] for page in (first, second, third)]
    assert (pages, third.next) == ([[7, 6, 5], [4, 3, 2], [1]], None)


def test_several_processes_write_one_chain(database: Database[Any]) -> None:
    trails = [Trail(database, "content", lambda: START) for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: write(trails[n % 4], ZOE, str(n)), range(40)))
    assert trails[0].check() == AuditState(entries=40, broken_at=None)
    assert Trail(database, "content", lambda: START).check().broken_at is None


@pytest.mark.parametrize(
    "tamper",
    [
        lambda trail: trail.update_one({"_id": 2}, {"$set": {"person": "somebody else"}}),
        lambda trail: trail.update_one({"_id": 2}, {"$set": {"changes": []}}),
        lambda trail: trail.delete_one({"_id": 2}),
    ],
    ids=["another person", "nothing changed", "an entry is gone"],
)
def test_an_entry_that_was_altered_or_removed_breaks_the_chain(
    trail: Trail, database: Database[Any], tamper: Any
) -> None:
    for subject in ("a", "b", "c"):
        write(trail, ZOE, subject)
    assert trail.check() == AuditState(entries=3, broken_at=None)
    tamper(database["trail"])
    assert trail.check().broken_at == 2


def test_a_restart_goes_on_where_the_trail_ended(trail: Trail, database: Database[Any]) -> None:
    for number in range(5):
        write(trail, ZOE, str(number))
    write(Trail(database, "content", lambda: START), PAUL, "after")
    assert trail.check() == AuditState(entries=6, broken_at=None)
    write(trail, ZOE, "and the first process again")
    assert trail.check() == AuditState(entries=7, broken_at=None)
