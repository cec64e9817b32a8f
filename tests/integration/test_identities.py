"""Whom a sector's identity provider has proven: an account signs in, an invitation is taken, a stranger is let in
only where the operator wants it."""

from typing import Any

import pytest

from nexus.caller import Role, anonymous, operator
from nexus.errors import Forbidden
from services.people.contracts.people import RemovePerson
from services.people.contracts.signin import ConfirmIdentity, SignedIn
from tests.support.people_service import PeopleOnDatabase, as_caller

VISITOR, ROOT = anonymous("tic"), operator("root")
PAUL = "paul@example.org"


@pytest.fixture
def people(database: Any) -> PeopleOnDatabase:
    return PeopleOnDatabase(database)


def proven(people: PeopleOnDatabase, email: str, may_join: bool = False, sector: str = "tic") -> SignedIn:
    command = ConfirmIdentity(email=email, may_join=may_join, next="/fr/admin")
    return people.service.confirm_identity(command, anonymous(sector))


def refused(people: PeopleOnDatabase, email: str, sector: str = "tic") -> bool:
    with pytest.raises(Forbidden, match="account_needed"):
        proven(people, email, sector=sector)
    return True


def test_an_account_signs_in_as_it(people: PeopleOnDatabase) -> None:
    known = people.sign_in(PAUL, VISITOR)
    signed_in = proven(people, "Paul@Example.org")
    assert (signed_in.person.id, signed_in.next) == (known.person.id, "/fr/admin")
    assert signed_in.token != known.token


def test_a_stranger_becomes_a_member_only_where_the_operator_wants_it(people: PeopleOnDatabase) -> None:
    assert refused(people, PAUL)
    assert people.database["people"].count_documents({}) == 0
    assert proven(people, PAUL, may_join=True).person.roles == {Role.MEMBER}


def test_an_account_of_another_sector_is_a_stranger_here(people: PeopleOnDatabase) -> None:
    people.sign_in(PAUL, VISITOR)
    assert refused(people, PAUL, "aero")


def test_an_open_invitation_is_taken_and_used_up(people: PeopleOnDatabase) -> None:
    invited = people.invite(PAUL, ROOT, Role.EDITOR, sector="tic")
    assert proven(people, PAUL).person.roles == {Role.EDITOR}
    with pytest.raises(Forbidden, match="link_expired"):
        people.follow(invited.link or "", VISITOR)


def test_an_invitation_that_has_expired_is_none(people: PeopleOnDatabase) -> None:
    people.invite(PAUL, ROOT, Role.EDITOR, sector="tic")
    people.later(days=7)
    assert refused(people, PAUL)


def test_a_code_that_was_mailed_is_no_invitation(people: PeopleOnDatabase) -> None:
    people.ask(PAUL, VISITOR)
    assert refused(people, PAUL)


def test_who_was_removed_is_a_stranger(people: PeopleOnDatabase) -> None:
    known = people.sign_in(PAUL, VISITOR)
    admin = as_caller(
        people.follow(people.invite("a@example.org", ROOT, Role.ADMIN, sector="tic").link or "", VISITOR)
    )
    people.service.remove_person(RemovePerson(id=known.person.id), admin)
    assert refused(people, PAUL)
    assert proven(people, PAUL, may_join=True).person.roles == {Role.MEMBER}
