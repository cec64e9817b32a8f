"""Signing in: by code, by link, and not at all."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from nexus.caller import Caller, Role, anonymous, operator
from nexus.errors import Forbidden
from services.people.contracts.people import ChangePerson
from services.people.contracts.signin import EndOtherSessions, EndSession, FindSession, ListSessions
from services.people.domain.signin import CODES_PER_ADDRESS, CODES_PER_ORIGIN, FAILURES, TRIES
from tests.support.people_service import PeopleOnDatabase, as_caller

VISITOR = anonymous("tic")
ELSEWHERE = anonymous("aero")
MARIE = "marie@example.org"


@pytest.fixture
def people(database: Any) -> PeopleOnDatabase:
    return PeopleOnDatabase(database)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def refused(people: PeopleOnDatabase, challenge: str, code: str, caller: Caller = VISITOR) -> Forbidden:
    with pytest.raises(Forbidden) as caught:
        people.enter(challenge, code, caller)
    return caught.value


def session_of(people: PeopleOnDatabase, token: str, caller: Caller = VISITOR) -> Any:
    return people.service.find_session(FindSession(token=token), caller)


def test_a_code_signs_in_once(people: PeopleOnDatabase) -> None:
    asked = people.ask("  Marie@Example.org ", VISITOR)
    code = people.mail_to(MARIE)["code"]
    signed_in = people.enter(asked.challenge, f"{code[:3]} {code[3:]}", VISITOR)
    assert signed_in.person.email == MARIE
    assert signed_in.person.roles == {Role.MEMBER}
    assert refused(people, asked.challenge, code).code == "code_expired"


def test_the_link_of_a_code_signs_in_once_and_ends_the_code(people: PeopleOnDatabase) -> None:
    asked = people.ask(MARIE, VISITOR)
    mail = people.mail_to(MARIE)
    assert people.follow(mail["link"], VISITOR).person.email == MARIE
    with pytest.raises(Forbidden, match="link_expired"):
        people.follow(mail["link"], VISITOR)
    assert refused(people, asked.challenge, mail["code"]).code == "code_expired"


def test_a_code_is_good_for_fifteen_minutes(people: PeopleOnDatabase) -> None:
    asked, code = people.ask(MARIE, VISITOR), people.mail_to(MARIE)["code"]
    people.later(minutes=14, seconds=59)
    other = people.ask("paul@example.org", VISITOR)
    people.later(seconds=1)
    assert refused(people, asked.challenge, code).code == "code_expired"
    assert people.enter(other.challenge, people.mail_to("paul@example.org")["code"], VISITOR)


def test_a_code_can_be_tried_five_times(people: PeopleOnDatabase) -> None:
    asked, code = people.ask(MARIE, VISITOR), people.mail_to(MARIE)["code"]
    told = [refused(people, asked.challenge, wrong(code)).details["tries_left"] for _ in range(TRIES)]
    assert told == [4, 3, 2, 1, 0]
    assert refused(people, asked.challenge, code).code == "code_expired"


def test_tries_at_the_same_moment_are_all_counted(people: PeopleOnDatabase) -> None:
    asked, code = people.ask(MARIE, VISITOR), people.mail_to(MARIE)["code"]
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda _: refused(people, asked.challenge, wrong(code)).details, range(40)))
    assert sum("tries_left" in details for details in told) == TRIES


def test_a_code_is_good_only_in_the_browser_that_asked_for_it(people: PeopleOnDatabase) -> None:
    people.ask(MARIE, VISITOR)
    code = people.mail_to(MARIE)["code"]
    somebody = people.ask("eve@example.org", VISITOR)
    assert refused(people, somebody.challenge, code).code == "code_wrong"


def test_a_code_and_a_link_are_good_only_in_their_sector(people: PeopleOnDatabase) -> None:
    asked, mail = people.ask(MARIE, VISITOR), people.mail_to(MARIE)
    assert refused(people, asked.challenge, mail["code"], ELSEWHERE).code == "code_expired"
    with pytest.raises(Forbidden, match="link_expired"):
        people.follow(mail["link"], ELSEWHERE)


def test_after_many_wrong_codes_only_the_link_signs_in(people: PeopleOnDatabase) -> None:
    for n in range(FAILURES // TRIES):
        asked = people.ask(MARIE, VISITOR.model_copy(update={"origin": f"203.0.113.{n}"}))
        for code in ("000000", "000001", "000002", "000003", "000004"):
            refused(people, asked.challenge, code)
        people.later(minutes=16)
    people.ask(MARIE, VISITOR)
    mail = people.mail_to(MARIE)
    assert mail["code"] is None
    assert people.follow(mail["link"], VISITOR)
    people.ask(MARIE, VISITOR)
    assert people.mail_to(MARIE)["code"]


def test_ten_thousand_wrong_codes_from_many_addresses_let_nobody_in(people: PeopleOnDatabase) -> None:
    people.sign_in(MARIE, VISITOR)
    told, each = [], 25
    for n in range(10_000 // each):
        asked = people.ask(MARIE, VISITOR.model_copy(update={"origin": f"198.51.{n // 250}.{n % 250}"}))
        good = n * TRIES < FAILURES and people.mail_to(MARIE)["code"]  # beyond that many, no code is good
        for guess in range(n * each, (n + 1) * each):
            code = f"{guess * 97 % 10**6:06}"
            told.append(refused(people, asked.challenge, wrong(code) if code == good else code).code)
        people.later(minutes=16)
        if n % 100 == 0:
            people.settle()
    assert (len(told), set(told)) == (10_000, {"code_wrong", "code_expired"})
    assert told.count("code_wrong") < FAILURES
    assert people.mail_to(MARIE)["code"] is None
    assert people.database["sessions"].count_documents({}) == 1


def test_an_address_gets_some_codes_and_then_no_more_for_a_while(people: PeopleOnDatabase) -> None:
    asked = [people.ask(MARIE, VISITOR) for _ in range(CODES_PER_ADDRESS + 2)]
    assert len({one.challenge for one in asked}) == CODES_PER_ADDRESS + 2
    assert len(people.mails()) == CODES_PER_ADDRESS
    people.later(minutes=16)
    people.ask(MARIE, VISITOR)
    assert len(people.mails()) == CODES_PER_ADDRESS + 1


def test_an_origin_gets_some_codes_and_then_no_more_for_a_while(people: PeopleOnDatabase) -> None:
    office = VISITOR.model_copy(update={"origin": "203.0.113.7"})
    for n in range(CODES_PER_ORIGIN + 3):
        people.ask(f"somebody-{n}@example.org", office)
    assert len(people.mails()) == CODES_PER_ORIGIN


def test_each_sign_in_is_a_session_of_its_own_that_can_be_ended(people: PeopleOnDatabase) -> None:
    first, second = people.sign_in(MARIE, VISITOR), people.sign_in(MARIE, VISITOR)
    marie = as_caller(first)
    listed = people.service.list_sessions(ListSessions(), marie).items
    assert len(listed) == 2
    current = session_of(people, second.token).id
    people.service.end_other_sessions(EndOtherSessions(keep=current), marie)
    with pytest.raises(Forbidden, match="session_ended"):
        session_of(people, first.token)
    people.service.end_session(EndSession(id=current), marie)
    with pytest.raises(Forbidden, match="session_ended"):
        session_of(people, second.token)


def test_nobody_ends_the_session_of_somebody_else(people: PeopleOnDatabase) -> None:
    marie, eve = people.sign_in(MARIE, VISITOR), people.sign_in("eve@example.org", VISITOR)
    people.service.end_session(EndSession(id=session_of(people, marie.token).id), as_caller(eve))
    assert session_of(people, marie.token).person.email == MARIE


def test_a_session_is_nothing_in_another_sector(people: PeopleOnDatabase) -> None:
    signed_in = people.sign_in(MARIE, VISITOR)
    with pytest.raises(Forbidden, match="session_ended"):
        session_of(people, signed_in.token, ELSEWHERE)


def test_a_session_of_a_member_lasts_thirty_days(people: PeopleOnDatabase) -> None:
    signed_in = people.sign_in(MARIE, VISITOR)
    people.later(days=29, hours=23)
    assert session_of(people, signed_in.token)
    people.later(hours=1)
    with pytest.raises(Forbidden, match="session_ended"):
        session_of(people, signed_in.token)


def test_a_session_of_staff_lasts_a_working_day(people: PeopleOnDatabase) -> None:
    link = people.invite(MARIE, operator("root"), Role.EDITOR, sector="tic").link or ""
    signed_in = people.follow(link, VISITOR)
    people.later(hours=11, minutes=59)
    assert session_of(people, signed_in.token)
    people.later(minutes=1)
    with pytest.raises(Forbidden, match="session_ended"):
        session_of(people, signed_in.token)


def test_roles_that_are_given_or_taken_hold_for_the_sessions_of_before(people: PeopleOnDatabase) -> None:
    signed_in = people.sign_in(MARIE, VISITOR)
    people.follow(people.invite(MARIE, operator("root"), Role.EDITOR, sector="tic").link or "", VISITOR)
    before = session_of(people, signed_in.token).person
    assert before.roles == {Role.MEMBER, Role.EDITOR}
    less = ChangePerson(id=before.id, revision=before.revision, roles=frozenset({Role.MEMBER}))
    people.service.change_person(less, operator("root"))
    assert session_of(people, signed_in.token).person.roles == {Role.MEMBER}


def test_a_secret_that_somebody_planted_never_becomes_a_session(people: PeopleOnDatabase) -> None:
    planted = "planted-by-somebody-else"
    tokens = {people.sign_in(MARIE, VISITOR).token for _ in range(3)}
    assert len(tokens) == 3
    assert planted not in tokens
    with pytest.raises(Forbidden, match="session_ended"):
        session_of(people, planted)


def test_nothing_that_a_stolen_database_holds_opens_anything(people: PeopleOnDatabase) -> None:
    asked, mail = people.ask(MARIE, VISITOR), people.mail_to(MARIE)
    people.sign_in("paul@example.org", VISITOR)
    people.invite("eve@example.org", operator("root"), Role.ADMIN, sector="tic")
    stolen = {
        text
        for name in people.database.list_collection_names()
        for document in people.database[name].find()
        for text in texts(document)
        if len(text) <= 200
    }
    assert len(stolen) > 15
    for text in stolen:
        with pytest.raises(Forbidden, match="session_ended"):
            session_of(people, text)
        with pytest.raises(Forbidden, match="link_expired"):
            people.follow(f"https://tic.example.org/?token={text}", VISITOR)
        assert refused(people, text, mail["code"]).code == "code_expired"
    assert people.enter(asked.challenge, mail["code"], VISITOR)


def texts(value: Any) -> list[str]:
    """Every text within a document."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) and value else []


def test_what_is_stored_lets_no_thief_in(people: PeopleOnDatabase) -> None:
    asked, mail = people.ask(MARIE, VISITOR), people.mail_to(MARIE)
    signed_in = people.sign_in("paul@example.org", VISITOR)
    stored = " ".join(
        str(document)
        for name in people.database.list_collection_names()
        for document in people.database[name].find()
    )
    token = mail["link"].rpartition("=")[2]
    for secret in (asked.challenge, mail["code"], token, signed_in.token):
        assert secret not in stored


def test_what_ended_is_forgotten(people: PeopleOnDatabase) -> None:
    people.ask(MARIE, VISITOR)
    people.sign_in("paul@example.org", VISITOR)
    people.later(days=32)
    people.settle()
    assert people.database["tickets"].count_documents({}) == 0
    assert people.database["sessions"].count_documents({}) == 0
