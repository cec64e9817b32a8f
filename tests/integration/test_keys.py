"""Keys of partners' systems: who makes them, what is stored of them, when they end."""

from typing import Any

import pytest

from nexus.caller import Caller, Role, Scope, anonymous, operator
from nexus.composition import Resources
from nexus.delivery.outbox import Outbox
from nexus.errors import Forbidden, InvalidInput, NotFound
from nexus.host import ServiceHost
from nexus.operations import ListAudit
from nexus.settings import Settings
from services.people.compose import compose
from services.people.contracts.keys import FindKey, ListKeys, MadeKey, MakeKey, RevokeKey
from services.people.contracts.people import NamePeople
from services.people.domain.secrets import token_digest
from tests.support.people_service import SECRET, PeopleOnDatabase

ADMIN = Caller(sector="tic", person="anne", roles=frozenset({Role.ADMIN}))
ELSEWHERE = Caller(sector="aero", person="eve", roles=frozenset({Role.ADMIN}))
GATEWAY = anonymous("tic").model_copy(update={"origin": "203.0.113.7"})


@pytest.fixture
def people(database: Any) -> PeopleOnDatabase:
    return PeopleOnDatabase(database)


def made(people: PeopleOnDatabase, days: int | None = None) -> MadeKey:
    scopes = frozenset({Scope.PROGRAMS_WRITE, Scope.POSTS_WRITE})
    return people.service.make_key(MakeKey(name="Site de la chambre", scopes=scopes, days=days), ADMIN)


def test_a_key_is_found_by_its_secret_with_what_it_may_do(people: PeopleOnDatabase) -> None:
    key = made(people)
    found = people.service.find_key(FindKey(secret=key.secret), GATEWAY)
    assert (found.person, found.scopes) == (f"key:{key.key.id}", {Scope.PROGRAMS_WRITE, Scope.POSTS_WRITE})
    assert key.secret.startswith("nexus_tic_")
    assert key.secret.endswith(key.key.ends)


def test_a_stolen_database_shows_no_usable_key(people: PeopleOnDatabase, database: Any) -> None:
    key = made(people)
    stolen = str([list(database[name].find()) for name in database.list_collection_names()])
    assert key.key.id in stolen
    assert key.secret not in stolen
    assert key.secret.removeprefix("nexus_tic_") not in stolen
    digest = token_digest(key.secret)
    assert digest in stolen
    for tried in (digest, f"nexus_tic_{digest}", key.key.id, key.key.ends):
        with pytest.raises(Forbidden, match="key_invalid"):
            people.service.find_key(FindKey(secret=tried), GATEWAY)


def test_a_key_that_is_revoked_is_refused_at_once(people: PeopleOnDatabase) -> None:
    key = made(people)
    revoked = people.service.revoke_key(RevokeKey(id=key.key.id), ADMIN)
    assert revoked.revoked_at == people.now
    with pytest.raises(Forbidden, match="key_invalid"):
        people.service.find_key(FindKey(secret=key.secret), GATEWAY)
    people.later(days=1)
    assert people.service.revoke_key(RevokeKey(id=key.key.id), ADMIN) == revoked


def test_a_key_expires(people: PeopleOnDatabase) -> None:
    key = made(people, days=30)
    people.later(days=29, hours=23)
    people.service.find_key(FindKey(secret=key.secret), GATEWAY)
    people.later(hours=1)
    with pytest.raises(Forbidden, match="key_invalid"):
        people.service.find_key(FindKey(secret=key.secret), GATEWAY)


def test_a_key_is_nothing_in_another_sector(people: PeopleOnDatabase) -> None:
    key = made(people)
    with pytest.raises(Forbidden, match="key_invalid"):
        people.service.find_key(FindKey(secret=key.secret), anonymous("aero"))
    assert people.service.list_keys(ListKeys(), ELSEWHERE).items == ()
    with pytest.raises(NotFound, match="key_not_found"):
        people.service.revoke_key(RevokeKey(id=key.key.id), ELSEWHERE)
    assert people.service.name_people(NamePeople(ids=(key.key.person,)), ELSEWHERE) == {}


def test_a_list_shows_when_and_from_where_a_key_was_used_last(people: PeopleOnDatabase) -> None:
    key = made(people)
    assert people.service.list_keys(ListKeys(), ADMIN).items[0].last_used is None
    people.later(hours=1)
    people.service.find_key(FindKey(secret=key.secret), GATEWAY)
    listed = people.service.list_keys(ListKeys(), ADMIN).items[0]
    assert (listed.last_used, listed.last_origin) == (people.now, "203.0.113.7")


def test_a_key_has_a_name_where_persons_have_one(people: PeopleOnDatabase) -> None:
    person = made(people).key.person
    names = people.service.name_people(NamePeople(ids=(person, "nobody")), ADMIN)
    assert names == {person: "API – Site de la chambre"}


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADVISOR, Role.EDITOR, Role.COORDINATOR, Role.SYSTEM])
def test_only_administrators_make_keys(people: PeopleOnDatabase, role: Role) -> None:
    caller = Caller(sector="tic", person="paul", roles=frozenset({role}))
    command = MakeKey(name="x", scopes=frozenset({Scope.POSTS_WRITE}))
    with pytest.raises(Forbidden, match="role_required"):
        people.service.make_key(command, caller)
    with pytest.raises(Forbidden, match="role_required"):
        people.service.make_key(command, Caller(sector="tic", person="key:x", scopes=frozenset(Scope)))
    with pytest.raises(Forbidden, match="sector_not_proven"):
        people.service.make_key(command, operator("root"))


@pytest.mark.parametrize(
    "wrong", [{"scopes": []}, {"scopes": ["people:write"]}, {"name": " "}, {"days": 0}, {"days": 10_000}]
)
def test_a_key_needs_a_name_and_known_scopes(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="invalid_message"):
        MakeKey.read({"name": "x", "scopes": ["posts:write"], **wrong})


def test_the_news_and_the_trail_of_a_key_hold_no_secret(people: PeopleOnDatabase, database: Any) -> None:
    settings = Settings(sealing_secret=SECRET, preview_secret=SECRET)  # type: ignore[arg-type]
    resources = Resources(settings, database, embedded=False, clock=lambda: people.now)
    host = ServiceHost(compose(resources), resources)
    answer = host.call("make_key", {"name": "Chambre", "scopes": ["posts:write"]}, ADMIN, None).value
    host.call("revoke_key", {"id": answer.key.id}, ADMIN, None)
    trail = host.call("list_audit", ListAudit(kind="key").model_dump(mode="json"), ADMIN, None).value
    assert [(one.command, one.changes[0].label) for one in trail.items] == [
        ("revoke_key", "Chambre"), ("make_key", "Chambre"),
    ]  # fmt: skip
    told = [event.body for event in Outbox(database["keys"]).waiting()]
    assert ["key_made" in body for body in told] == [True]
    assert answer.secret not in str(told) + trail.model_dump_json()
    assert token_digest(answer.secret) not in str(told) + trail.model_dump_json()
