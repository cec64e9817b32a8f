"""Passkeys of staff: made once, used by their owner, in their sector, on their site, and by nobody else."""

from typing import Any

import pytest

from nexus.caller import Caller, Role, anonymous, operator
from nexus.errors import Conflict, Forbidden, InvalidInput
from services.people.contracts.passkeys import (
    AddPasskey,
    Ceremony,
    ConfirmPasskey,
    ListPasskeys,
    OfferPasskey,
    RemovePasskey,
    RequestPasskey,
)
from services.people.contracts.people import ChangePerson, GetPerson, RemovePerson
from services.people.contracts.signin import FindSession, SignedIn
from services.people.domain.passkeys import PASSKEYS
from tests.support.authenticator import Authenticator
from tests.support.people_service import SITE, PeopleOnDatabase, as_caller

VISITOR, ELSEWHERE, ROOT = anonymous("tic"), anonymous("aero"), operator("root")
ANNE = "anne@example.org"


@pytest.fixture
def people(database: Any) -> PeopleOnDatabase:
    return PeopleOnDatabase(database)


@pytest.fixture
def anne(people: PeopleOnDatabase) -> Caller:
    return member_of_staff(people, ANNE)


def member_of_staff(people: PeopleOnDatabase, email: str, *roles: Role, sector: str = "tic") -> Caller:
    invited = people.invite(email, ROOT, *(roles or (Role.EDITOR,)), sector=sector)
    return as_caller(people.follow(invited.link or "", anonymous(sector)))


def offered(people: PeopleOnDatabase, caller: Caller, base_url: str = SITE) -> Ceremony:
    return people.service.offer_passkey(OfferPasskey(base_url=base_url), caller)


def asked(people: PeopleOnDatabase, caller: Caller = VISITOR, base_url: str = SITE) -> Ceremony:
    return people.service.request_passkey(RequestPasskey(base_url=base_url), caller)


def added(people: PeopleOnDatabase, caller: Caller, key: Authenticator, name: str = "Portable") -> str:
    ceremony = offered(people, caller)
    command = AddPasskey(challenge=ceremony.challenge, name=name, credential=key.make(ceremony.options))
    return people.service.add_passkey(command, caller).id


def entered(
    people: PeopleOnDatabase, key: Authenticator, ceremony: Ceremony, caller: Caller = VISITOR
) -> SignedIn:
    command = ConfirmPasskey(challenge=ceremony.challenge, credential=key.use(ceremony.options))
    return people.service.confirm_passkey(command, caller)


def names(people: PeopleOnDatabase, caller: Caller) -> list[str]:
    return [one.name for one in people.service.list_passkeys(ListPasskeys(), caller).items]


def test_a_passkey_signs_its_owner_in(people: PeopleOnDatabase, anne: Caller) -> None:
    key = Authenticator(SITE)
    added(people, anne, key)
    people.later(days=30)
    signed_in = entered(people, key, asked(people))
    assert signed_in.person.email == ANNE
    assert people.service.find_session(FindSession(token=signed_in.token), VISITOR).person.id == anne.person
    (kept,) = people.service.list_passkeys(ListPasskeys(), anne).items
    assert (kept.name, kept.last_used) == ("Portable", people.now)


def test_a_browser_is_asked_for_a_passkey_that_it_finds_by_itself_and_for_its_owner(
    people: PeopleOnDatabase, anne: Caller
) -> None:
    made = offered(people, anne).options
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert (made["rp"]["id"], made["attestation"]) == ("tic.example.org", "none")
    used = asked(people).options
    assert (used["rpId"], used["userVerification"]) == ("tic.example.org", "required")
    assert not used["allowCredentials"]


def test_a_ceremony_is_good_once(people: PeopleOnDatabase, anne: Caller) -> None:
    key = Authenticator(SITE)
    added(people, anne, key)
    ceremony = asked(people)
    entered(people, key, ceremony)
    with pytest.raises(Forbidden, match="passkey_expired"):
        entered(people, key, ceremony)


def test_a_refused_answer_uses_the_ceremony_up(people: PeopleOnDatabase, anne: Caller) -> None:
    key = Authenticator(SITE)
    added(people, anne, key)
    ceremony = asked(people)
    with pytest.raises(Forbidden, match="passkey_refused"):
        entered(people, Authenticator(SITE, owner=key.owner, credential=key.credential), ceremony)
    with pytest.raises(Forbidden, match="passkey_expired"):
        entered(people, key, ceremony)


def test_a_ceremony_is_good_for_five_minutes(people: PeopleOnDatabase, anne: Caller) -> None:
    key = Authenticator(SITE)
    added(people, anne, key)
    making, using = offered(people, anne), asked(people)
    people.later(minutes=5)
    with pytest.raises(Forbidden, match="passkey_expired"):
        entered(people, key, using)
    made = Authenticator(SITE).make(making.options)
    with pytest.raises(Forbidden, match="passkey_expired"):
        people.service.add_passkey(AddPasskey(challenge=making.challenge, name="N", credential=made), anne)


def test_what_another_ceremony_was_signed_for_is_refused(people: PeopleOnDatabase, anne: Caller) -> None:
    key = Authenticator(SITE)
    added(people, anne, key)
    overheard, own = asked(people), asked(people)
    command = ConfirmPasskey(challenge=own.challenge, credential=key.use(overheard.options))
    with pytest.raises(Forbidden, match="passkey_refused"):
        people.service.confirm_passkey(command, VISITOR)


@pytest.mark.parametrize("origin", ["https://tic.example.org.evil.example", "http://tic.example.org", "null"])
def test_what_was_signed_on_another_site_is_refused(
    people: PeopleOnDatabase, anne: Caller, origin: str
) -> None:
    key = Authenticator(SITE)
    added(people, anne, key)
    key.origin = origin
    with pytest.raises(Forbidden, match="passkey_refused"):
        entered(people, key, asked(people))
    with pytest.raises(Forbidden, match="passkey_refused"):
        added(people, anne, Authenticator(origin))


def test_a_passkey_whose_owner_was_not_asked_for_is_refused(people: PeopleOnDatabase, anne: Caller) -> None:
    key = Authenticator(SITE)
    added(people, anne, key)
    key.verified = False
    with pytest.raises(Forbidden, match="passkey_refused"):
        entered(people, key, asked(people))
    with pytest.raises(Forbidden, match="passkey_refused"):
        added(people, anne, Authenticator(SITE, verified=False))


def test_a_copy_whose_counter_is_behind_is_refused(people: PeopleOnDatabase, anne: Caller) -> None:
    key = Authenticator(SITE)
    added(people, anne, key)
    copy = Authenticator(SITE, owner=key.owner, credential=key.credential, key=key.key)
    for _ in range(2):
        entered(people, key, asked(people))
    with pytest.raises(Forbidden, match="passkey_refused"):
        entered(people, copy, asked(people))
    assert entered(people, key, asked(people))


def test_a_passkey_is_nothing_in_another_sector(people: PeopleOnDatabase, anne: Caller) -> None:
    key = Authenticator(SITE)
    added(people, anne, key)
    ceremony = asked(people)
    with pytest.raises(Forbidden, match="passkey_expired"):
        entered(people, key, ceremony, ELSEWHERE)
    with pytest.raises(Forbidden, match="passkey_refused"):
        entered(people, key, asked(people, ELSEWHERE), ELSEWHERE)


def test_a_passkey_signs_in_nobody_but_its_owner(people: PeopleOnDatabase, anne: Caller) -> None:
    key, paul = Authenticator(SITE), member_of_staff(people, "paul@example.org")
    added(people, anne, key)
    of_paul = Authenticator(SITE)
    added(people, paul, of_paul)
    key.owner = of_paul.owner
    with pytest.raises(Forbidden, match="passkey_refused"):
        entered(people, key, asked(people))


def test_nobody_takes_over_the_ceremony_of_somebody_else(people: PeopleOnDatabase, anne: Caller) -> None:
    paul, ceremony = member_of_staff(people, "paul@example.org"), offered(people, anne)
    made = Authenticator(SITE).make(ceremony.options)
    command = AddPasskey(challenge=ceremony.challenge, name="Portable", credential=made)
    with pytest.raises(Forbidden, match="passkey_expired"):
        people.service.add_passkey(command, paul)
    assert people.service.add_passkey(command, anne)


def test_taking_the_roles_away_makes_passkeys_useless(people: PeopleOnDatabase, anne: Caller) -> None:
    key = Authenticator(SITE)
    added(people, anne, key)
    admin = member_of_staff(people, "admin@example.org", Role.ADMIN)
    revision = people.service.get_person(GetPerson(id=anne.person), admin).revision
    lesser = ChangePerson(id=anne.person, revision=revision, roles=frozenset({Role.MEMBER}))
    people.service.change_person(lesser, admin)
    with pytest.raises(Forbidden, match="passkey_refused"):
        entered(people, key, asked(people))
    people.service.remove_person(RemovePerson(id=anne.person), admin)
    assert people.database["passkeys"].count_documents({}) == 0
    member_of_staff(people, ANNE)  # who is invited again begins anew
    with pytest.raises(Forbidden, match="passkey_refused"):
        entered(people, key, asked(people))


def test_passkeys_are_listed_and_removed_by_their_owner_alone(people: PeopleOnDatabase, anne: Caller) -> None:
    key, paul = Authenticator(SITE), member_of_staff(people, "paul@example.org")
    first = added(people, anne, key)
    added(people, anne, Authenticator(SITE), "Téléphone")
    people.service.remove_passkey(RemovePasskey(id=first), paul)
    assert (names(people, anne), names(people, paul)) == (["Portable", "Téléphone"], [])
    people.service.remove_passkey(RemovePasskey(id=first), anne)
    assert names(people, anne) == ["Téléphone"]
    with pytest.raises(Forbidden, match="passkey_refused"):
        entered(people, key, asked(people))


def test_members_have_no_passkeys(people: PeopleOnDatabase) -> None:
    member = as_caller(people.sign_in("marie@example.org", VISITOR))
    with pytest.raises(Forbidden, match="role_required"):
        offered(people, member)


def test_one_authenticator_is_added_once_and_there_is_an_end(people: PeopleOnDatabase, anne: Caller) -> None:
    key = Authenticator(SITE)
    added(people, anne, key)
    assert len(offered(people, anne).options["excludeCredentials"]) == 1
    with pytest.raises(Forbidden, match="passkey_refused"):
        added(people, anne, key)
    for _ in range(PASSKEYS - 1):
        added(people, anne, Authenticator(SITE))
    with pytest.raises(Conflict, match="passkeys_enough"):
        offered(people, anne)


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8001", "http://tic.example.org", "https://[::1]"])
def test_passkeys_are_for_names_over_https(people: PeopleOnDatabase, anne: Caller, base_url: str) -> None:
    with pytest.raises(InvalidInput, match="passkeys_impossible"):
        asked(people, base_url=base_url)
    with pytest.raises(InvalidInput, match="passkeys_impossible"):
        offered(people, anne, base_url)


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "null",
        "[]",
        "{",
        '{"id": "x"}',
        '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30", '
        '"authenticatorData": "", "signature": "", "attestationObject": "oA"}}',
        '{"id": "é", "rawId": "é", "type": "public-key", "response": {"clientDataJSON": "é", '
        '"authenticatorData": "é", "signature": "é", "attestationObject": "é"}}',
    ],
)
def test_what_is_no_credential_is_refused(people: PeopleOnDatabase, anne: Caller, credential: str) -> None:
    using, making = asked(people), offered(people, anne)
    with pytest.raises(Forbidden, match="passkey_refused"):
        people.service.confirm_passkey(
            ConfirmPasskey(challenge=using.challenge, credential=credential), VISITOR
        )
    with pytest.raises(Forbidden, match="passkey_refused"):
        people.service.add_passkey(
            AddPasskey(challenge=making.challenge, name="Portable", credential=credential), anne
        )


def test_what_is_stored_lets_no_thief_in(people: PeopleOnDatabase, anne: Caller) -> None:
    key = Authenticator(SITE)
    added(people, anne, key)
    ceremony = asked(people)
    stored = " ".join(
        str(document)
        for name in people.database.list_collection_names()
        for document in people.database[name].find()
    )
    assert ceremony.challenge not in stored
    assert ceremony.options["challenge"] not in stored


def test_ceremonies_that_ended_are_forgotten(people: PeopleOnDatabase, anne: Caller) -> None:
    asked(people)
    offered(people, anne)
    people.later(hours=2)
    people.settle()
    assert people.database["ceremonies"].count_documents({}) == 0
