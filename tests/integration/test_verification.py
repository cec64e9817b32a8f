"""From what is due to the mails of owners, and back through their links: once, whatever comes twice or late."""

import time
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from nexus.caller import Caller, Role, anonymous, operator
from nexus.errors import NotFound, StaleRevision
from services.content.contracts.programs import (
    CreateProgram,
    EditProgram,
    GetProgramHistory,
    Program,
    PublishProgram,
    RetireProgram,
)
from services.content.contracts.verification import (
    LINK_LIFE,
    OpenVerification,
    VerificationDue,
    VerifyByLink,
    VerifyProgram,
)
from services.content.service import Content
from services.content.service.verification import Verifications
from services.people.contracts.people import Person, RemovePerson
from tests.support.clock import Clock
from tests.support.content_service import content_service
from tests.support.contents import NOON, content
from tests.support.people_service import LINKS, PeopleOnDatabase

ROOT = operator("root")
ANNE = Caller(sector="tic", person="anne", roles=frozenset({Role.EDITOR}))
LONG_AGO = date(2026, 1, 5)


@pytest.fixture
def service(database: Any, clock: Clock) -> Content:
    return content_service(database, clock, secret=LINKS)


@pytest.fixture
def people(database: Any) -> PeopleOnDatabase:
    return PeopleOnDatabase(database.client[f"{database.name}_people"])


def published(service: Content, title: str = "Aide", **fields: Any) -> Program:
    told = {"sectors": ("tic",), "source_checked": LONG_AGO, **fields}
    made = service.create_program(CreateProgram(content=content(title, **told)), ANNE)
    return service.publish_program(PublishProgram(id=made.id), ANNE)


def rounds(database: Any) -> list[VerificationDue]:
    kept = database["rounds"].find_one({"_id": "programs"}) or {"outbox": []}
    return [VerificationDue.read(orjson.loads(entry["body"])["data"]) for entry in kept["outbox"]]


def told(database: Any) -> list[list[str]]:
    return [[one.title.fr or "" for one in event.programs] for event in rounds(database)]


def test_what_is_due_is_told_once_a_day_and_when_there_is_more_of_it(
    service: Content, database: Any, clock: Clock
) -> None:
    service.ask_owners()
    assert told(database) == []
    published(service, "Vieux")
    published(service, "Frais", source_checked=NOON.date())
    service.create_program(CreateProgram(content=content("Brouillon", source_checked=LONG_AGO)), ANNE)
    for _ in range(3):
        service.ask_owners()
    assert told(database) == [["Vieux"]]
    published(service, "Plus vieux", source_checked=date(2025, 1, 1))
    service.ask_owners()
    clock.now += timedelta(days=1)
    service.ask_owners()
    service.ask_owners()
    assert told(database) == [["Vieux"], ["Plus vieux", "Vieux"], ["Plus vieux", "Vieux"]]
    assert [event.round for event in rounds(database)] == [1, 2, 3]


def test_of_two_processes_that_look_at_the_same_time_one_tells(
    service: Content, database: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(service)
    other = content_service(database, clock, secret=LINKS)
    last = service.verifications._rounds.last()
    for one in (service, other):
        monkeypatch.setattr(
            one.verifications._rounds, "last", lambda: last
        )  # both have looked before either wrote
        one.ask_owners()
    assert told(database) == [["Aide"]]
    clock.now += timedelta(days=1)
    monkeypatch.undo()
    last = service.verifications._rounds.last()
    for one in (other, service):
        monkeypatch.setattr(one.verifications._rounds, "last", lambda: last)
        one.ask_owners()
    assert len(told(database)) == 2


def editor(people: PeopleOnDatabase, email: str) -> Person:
    link = people.invite(email, ROOT, Role.EDITOR, sector="tic").link
    assert link
    return people.follow(link, anonymous("tic")).person


def asked(people: PeopleOnDatabase, address: str) -> list[list[dict[str, Any]]]:
    """What each mail to an address lists."""
    return [
        orjson.loads(mail["items"]) for mail in people.mails() if mail["to"] == address and "items" in mail
    ]


def test_an_owner_gets_one_mail_about_all_of_it_and_no_other_for_a_week(
    service: Content, database: Any, people: PeopleOnDatabase
) -> None:
    anne = editor(people, "anne@exemple.ca")
    editor(people, "zoe@exemple.ca")
    published(service, "Premier", owner=anne.email)
    published(service, "Deuxième", owner=anne.email)
    service.ask_owners()
    (event,) = rounds(database)
    for _ in range(2):  # it may come twice
        people.service.ask_owners(event)
    (items,) = asked(people, "anne@exemple.ca")
    assert {one["title"] for one in items} == {"Premier", "Deuxième"}
    assert {one["verified_on"] for one in items} == {LONG_AGO.isoformat()}
    assert asked(people, "zoe@exemple.ca") == []

    people.later(days=6)
    people.service.ask_owners(event)
    assert len(asked(people, "anne@exemple.ca")) == 1
    people.later(days=1)
    people.service.ask_owners(event)
    assert len(asked(people, "anne@exemple.ca")) == 2


def test_what_nobody_keeps_goes_to_the_editors_and_never_to_who_was_removed(
    service: Content, database: Any, people: PeopleOnDatabase
) -> None:
    anne, zoe = editor(people, "anne@exemple.ca"), editor(people, "zoe@exemple.ca")
    published(service, owner=zoe.email)
    service.ask_owners()
    admin = Caller(sector="tic", person="admin", roles=frozenset({Role.ADMIN}))
    people.service.remove_person(RemovePerson(id=zoe.id), admin)
    people.service.ask_owners(rounds(database)[0])
    assert asked(people, zoe.email) == []
    assert len(asked(people, anne.email)) == 1


def token(service: Content, database: Any, people: PeopleOnDatabase) -> tuple[str, Person]:
    """Of the link in the mail about the only program there is."""
    zoe = editor(people, "zoe@exemple.ca")
    service.ask_owners()
    people.service.ask_owners(rounds(database)[-1])
    link = asked(people, zoe.email)[-1][0]["still_correct_link"]
    assert link.startswith("https://tic.example.org/fr/toujours-exact?token=")
    return parse_qs(urlsplit(link).query)["token"][0], zoe


SITE = anonymous("tic")


def test_a_link_verifies_once_in_the_name_of_whom_it_was_mailed_to(
    service: Content, database: Any, people: PeopleOnDatabase
) -> None:
    program = published(service)
    good, zoe = token(service, database, people)
    assert not service.open_verification(OpenVerification(token=good), SITE).settled
    assert service.verify_by_link(VerifyByLink(token=good), SITE).verified_on == NOON.date()
    assert service.verify_by_link(VerifyByLink(token=good), SITE).settled
    revisions = service.get_program_history(GetProgramHistory(ref=program.id), ANNE).revisions
    assert [(one.by, one.changed) for one in revisions[:1]] == [(zoe.id, ("source_checked", "verification"))]
    assert len(revisions) == 3


def test_a_link_is_superseded_when_somebody_verified_or_withdrew_it_meanwhile(
    service: Content, database: Any, people: PeopleOnDatabase
) -> None:
    program = published(service)
    good, _ = token(service, database, people)
    service.verify_program(VerifyProgram(id=program.id), ANNE)
    found = service.verify_by_link(VerifyByLink(token=good), SITE)
    assert (found.settled, found.verified_on) == (True, NOON.date())
    service.retire_program(RetireProgram(id=program.id), ANNE)
    assert service.verify_by_link(VerifyByLink(token=good), SITE).settled
    assert service.get_program_history(GetProgramHistory(ref=program.id), ANNE).revisions[0].revision == 4


def test_an_edit_at_the_same_moment_takes_nothing_from_either(
    service: Content, database: Any, people: PeopleOnDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = published(service)
    good, _ = token(service, database, people)
    verify = Verifications.verify

    def after_an_edit(self: Verifications, program_id: str, revision: int | None, caller: Caller) -> Program:
        monkeypatch.setattr(Verifications, "verify", verify)
        edited = program.content.model_copy(
            update={"title": program.content.title.model_copy(update={"fr": "Autre"})}
        )
        service.edit_program(EditProgram(id=program_id, revision=2, content=edited), ANNE)
        return verify(self, program_id, revision, caller)

    monkeypatch.setattr(Verifications, "verify", after_an_edit)
    found = service.verify_by_link(VerifyByLink(token=good), SITE)
    assert (found.title.fr, found.verified_on) == ("Autre", NOON.date())


def test_links_end_and_are_good_for_their_purpose_on_their_site_alone(
    service: Content, database: Any, people: PeopleOnDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(service)
    good, _ = token(service, database, people)
    preview, _ = service.previews.sign("p1")
    altered = good[:-3] + ("AAA" if good[-3:] != "AAA" else "BBB")
    for wrong, caller in ((good, anonymous("aero")), (preview, SITE), (altered, SITE), ("x", SITE)):
        with pytest.raises(NotFound, match="verification_link_invalid"):
            service.verify_by_link(VerifyByLink(token=wrong), caller)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + LINK_LIFE.total_seconds() + 2)
    with pytest.raises(NotFound, match="verification_link_expired"):
        service.open_verification(OpenVerification(token=good), SITE)


def test_an_editor_verifies_what_stood_when_it_was_read(service: Content) -> None:
    program = published(service)
    with pytest.raises(StaleRevision):
        service.verify_program(VerifyProgram(id=program.id, revision=1), ANNE)
    found = service.verify_program(VerifyProgram(id=program.id, revision=2), ANNE)
    assert (found.content.source_checked, found.due_on) == (NOON.date(), date(2027, 5, 23))
