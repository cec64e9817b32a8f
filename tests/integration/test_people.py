"""Accounts: who invites, changes and removes whom."""

from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from nexus.caller import Caller, Role, anonymous, operator
from nexus.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleRevision
from services.people.contracts.invitations import InviteAgain, ListInvitations, WithdrawInvitation
from services.people.contracts.people import (
    ChangePerson,
    GetPerson,
    ListPeople,
    NameCompany,
    Person,
    RemovePerson,
)
from services.people.contracts.results import MailResult
from services.people.contracts.signin import FindSession
from tests.support.people_service import SITE, PeopleOnDatabase, as_caller

VISITOR = anonymous("tic")
OPERATOR = operator("root")


@pytest.fixture
def people(database: Any) -> PeopleOnDatabase:
    return PeopleOnDatabase(database)


@pytest.fixture
def admin(people: PeopleOnDatabase) -> Caller:
    invited = people.invite("admin@example.org", OPERATOR, Role.ADMIN, sector="tic")
    assert invited.link
    return as_caller(people.follow(invited.link, VISITOR))


def invited(people: PeopleOnDatabase, email: str, by: Caller, *roles: Role) -> Person:
    assert people.invite(email, by, *roles).link is None
    return people.follow(people.mail_to(email)["link"], VISITOR).person


def test_an_invitation_makes_an_account_with_its_roles(people: PeopleOnDatabase, admin: Caller) -> None:
    person = invited(people, "paul@example.org", admin, Role.EDITOR, Role.ADVISOR)
    assert person.roles == {Role.EDITOR, Role.ADVISOR}
    assert people.service.get_person(GetPerson(id=person.id), admin).email == "paul@example.org"


def test_nobody_is_invited_to_a_sector_that_is_not_there(people: PeopleOnDatabase) -> None:
    with pytest.raises(InvalidInput, match="sector_unknown") as refused:
        people.invite("paul@example.org", OPERATOR, Role.ADMIN, sector="tics")
    assert refused.value.details["known"] == ["aero", "svts", "tic"]
    assert people.mails() == []


def test_an_invitation_adds_to_the_roles_of_an_account(people: PeopleOnDatabase, admin: Caller) -> None:
    people.sign_in("paul@example.org", VISITOR)
    person = invited(people, "paul@example.org", admin, Role.EDITOR)
    assert person.roles == {Role.MEMBER, Role.EDITOR}


def test_an_invitation_is_good_for_seven_days(people: PeopleOnDatabase, admin: Caller) -> None:
    people.invite("paul@example.org", admin, Role.EDITOR)
    people.later(days=7)
    with pytest.raises(Forbidden, match="link_expired"):
        people.follow(people.mail_to("paul@example.org")["link"], VISITOR)


def test_only_administrators_invite_staff(people: PeopleOnDatabase, admin: Caller) -> None:
    editor = Caller(sector="tic", person="somebody", roles=frozenset({Role.EDITOR}))
    for caller in (editor, VISITOR):
        with pytest.raises(Forbidden, match="role_required"):
            people.invite("eve@example.org", caller, Role.EDITOR)


def test_nobody_invites_into_another_sector(people: PeopleOnDatabase, admin: Caller) -> None:
    with pytest.raises(Forbidden, match="sector_forbidden"):
        people.invite("eve@example.org", admin, Role.EDITOR, sector="aero")
    with pytest.raises(InvalidInput, match="sector_missing"):
        people.invite("eve@example.org", OPERATOR, Role.EDITOR)


def test_a_member_names_the_company_and_invites_colleagues_into_it(people: PeopleOnDatabase) -> None:
    marie = as_caller(people.sign_in("marie@example.org", VISITOR))
    with pytest.raises(Conflict, match="company_unnamed"):
        people.invite("paul@example.org", marie, Role.MEMBER)
    named = people.service.name_company(NameCompany(name="Atelier Nord", neq="11-4567 8901"), marie)
    assert named.company
    assert named.company.neq == "1145678901"
    paul = invited(people, "paul@example.org", marie, Role.MEMBER)
    assert paul.company == named.company
    colleagues = people.service.list_people(ListPeople(), marie).items
    assert [one.email for one in colleagues] == ["marie@example.org", "paul@example.org"]
    with pytest.raises(Forbidden, match="role_required"):
        people.invite("eve@example.org", marie, Role.EDITOR)


def test_a_company_has_one_name_for_all_its_members(people: PeopleOnDatabase) -> None:
    marie = as_caller(people.sign_in("marie@example.org", VISITOR))
    people.service.name_company(NameCompany(name="Atelier Nord"), marie)
    paul = invited(people, "paul@example.org", marie, Role.MEMBER)
    people.service.name_company(NameCompany(name="Atelier du Nord"), marie)
    found = people.service.get_person(GetPerson(id=paul.id), Caller(sector="tic", person=paul.id))
    assert found.company
    assert found.company.name == "Atelier du Nord"


def test_members_of_one_company_see_nobody_of_another(people: PeopleOnDatabase) -> None:
    marie = as_caller(people.sign_in("marie@example.org", VISITOR))
    eve = as_caller(people.sign_in("eve@example.org", VISITOR))
    people.service.name_company(NameCompany(name="Atelier Nord"), marie)
    assert people.service.list_people(ListPeople(), eve).items == ()
    people.service.name_company(NameCompany(name="Atelier Nord"), eve)  # the same words, another company
    assert [one.email for one in people.service.list_people(ListPeople(), eve).items] == ["eve@example.org"]


@pytest.mark.parametrize("neq", ["1234567890", "114567890", "11456789012", "99 4567 8901", "onze"])
def test_what_does_not_have_the_form_of_a_neq_is_refused(neq: str) -> None:
    with pytest.raises(InvalidInput, match="invalid_message"):
        NameCompany.read({"name": "Atelier Nord", "neq": neq})


@pytest.mark.parametrize(
    "address",
    ["marie", "marie@", "@example.org", "marie@example", "m@e.org\nBcc: x@y.org", "a b@example.org"],
)
def test_what_is_not_an_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match="invalid_message"):
        ListPeople.read({"q": "x" * 201})
    from services.people.contracts.signin import RequestCode

    with pytest.raises(InvalidInput, match="invalid_message"):
        RequestCode.read({"email": address, "base_url": "https://tic.example.org"})


def test_administrators_see_their_own_sector_alone(people: PeopleOnDatabase, admin: Caller) -> None:
    elsewhere = people.sign_in("paul@example.org", anonymous("aero")).person
    assert [one.email for one in people.service.list_people(ListPeople(), admin).items] == [
        "admin@example.org"
    ]
    with pytest.raises(NotFound, match="person_not_found"):
        people.service.get_person(GetPerson(id=elsewhere.id), admin)
    with pytest.raises(NotFound, match="person_not_found"):
        people.service.remove_person(RemovePerson(id=elsewhere.id), admin)


def test_people_are_listed_page_by_page_and_found_by_part_of_a_name(
    people: PeopleOnDatabase, admin: Caller
) -> None:
    for name in ("anna", "bruno", "carla"):
        people.sign_in(f"{name}@example.org", VISITOR)
    first = people.service.list_people(ListPeople(limit=2), admin)
    second = people.service.list_people(ListPeople(limit=2, after=first.next), admin)
    assert [one.email.partition("@")[0] for one in (*first.items, *second.items)] == [
        "admin", "anna", "bruno", "carla",
    ]  # fmt: skip
    assert first.total == second.total == 4
    assert second.next is None
    assert people.service.list_people(ListPeople(q="RUN"), admin).total == 1
    assert people.service.list_people(ListPeople(q=".*"), admin).total == 0
    assert people.service.list_people(ListPeople(role=Role.ADMIN), admin).total == 1


def test_a_change_of_an_account_that_somebody_else_changed_meanwhile_is_refused(
    people: PeopleOnDatabase, admin: Caller
) -> None:
    paul = invited(people, "paul@example.org", admin, Role.EDITOR)
    change = ChangePerson(id=paul.id, revision=paul.revision, name="Paul", roles=frozenset({Role.ADVISOR}))
    assert people.service.change_person(change, admin).roles == {Role.ADVISOR}
    with pytest.raises(StaleRevision):
        people.service.change_person(change, admin)


def test_who_is_removed_is_signed_out_and_comes_back_as_a_stranger(
    people: PeopleOnDatabase, admin: Caller
) -> None:
    people.invite("paul@example.org", admin, Role.EDITOR)
    signed_in = people.follow(people.mail_to("paul@example.org")["link"], VISITOR)
    people.service.remove_person(RemovePerson(id=signed_in.person.id), admin)
    with pytest.raises(Forbidden, match="session_ended"):
        people.service.find_session(FindSession(token=signed_in.token), VISITOR)
    again = people.sign_in("paul@example.org", VISITOR).person
    assert again.roles == {Role.MEMBER}
    assert again.company is None


def test_a_sector_keeps_an_administrator(people: PeopleOnDatabase, admin: Caller) -> None:
    with pytest.raises(Conflict, match="last_admin"):
        people.service.remove_person(RemovePerson(id=admin.person), admin)
    me = people.service.get_person(GetPerson(id=admin.person), admin)
    with pytest.raises(Conflict, match="last_admin"):
        people.service.change_person(
            ChangePerson(id=me.id, revision=me.revision, roles=frozenset({Role.EDITOR})), admin
        )


def waiting(people: PeopleOnDatabase, caller: Caller) -> list[str]:
    return [one.email for one in people.service.list_invitations(ListInvitations(), caller).items]


def test_an_invitation_waits_in_a_list_until_it_is_followed(people: PeopleOnDatabase, admin: Caller) -> None:
    people.invite("paul@example.org", admin, Role.EDITOR)
    people.sign_in("anne@example.org", VISITOR)  # a code is no invitation
    assert waiting(people, admin) == ["paul@example.org"]
    people.follow(people.mail_to("paul@example.org")["link"], VISITOR)
    assert waiting(people, admin) == []
    people.invite("eve@example.org", admin, Role.EDITOR)
    people.later(days=7)
    assert waiting(people, admin) == []


def test_an_invitation_sent_again_has_another_link_and_a_mail_of_its_own(
    people: PeopleOnDatabase, admin: Caller
) -> None:
    first = people.invite("paul@example.org", admin, Role.EDITOR)
    earlier = people.mail_to("paul@example.org")
    people.later(days=6)
    again = InviteAgain(id=first.id, base_url="https://tic.example.org")
    assert people.service.invite_again(again, admin).link is None
    later = people.mail_to("paul@example.org")
    assert (later["id"] != earlier["id"], later["roles"]) == (True, ["editor"])
    with pytest.raises(Forbidden, match="link_expired"):
        people.follow(earlier["link"], VISITOR)
    people.later(days=6)
    assert people.follow(later["link"], VISITOR).person.roles == {Role.EDITOR}
    with pytest.raises(NotFound, match="invitation_not_found"):
        people.service.invite_again(again, admin)


def test_who_is_invited_twice_stands_in_the_list_once_with_what_was_said_last(
    people: PeopleOnDatabase, admin: Caller
) -> None:
    first = people.invite("paul@example.org", admin, Role.EDITOR)
    earlier = people.mail_to("paul@example.org")["link"]
    assert people.invite("paul@example.org", admin, Role.ADVISOR).id == first.id
    (listed,) = people.service.list_invitations(ListInvitations(), admin).items
    assert listed.roles == {Role.ADVISOR}
    with pytest.raises(Forbidden, match="link_expired"):
        people.follow(earlier, VISITOR)
    later = people.mail_to("paul@example.org")["link"]
    assert people.follow(later, VISITOR).person.roles == {Role.ADVISOR}


def test_an_invitation_into_a_company_takes_the_place_of_none_that_an_administrator_sent(
    people: PeopleOnDatabase, admin: Caller
) -> None:
    people.invite("paul@example.org", admin, Role.EDITOR)
    marie = as_caller(people.sign_in("marie@example.org", VISITOR))
    people.service.name_company(NameCompany(name="Atelier"), marie)
    for _ in range(2):
        people.invite("paul@example.org", marie, Role.MEMBER)
    listed = people.service.list_invitations(ListInvitations(), admin).items
    assert sorted(sorted(one.roles) for one in listed) == [["editor"], ["member"]]


def test_a_withdrawn_invitation_is_good_no_more(people: PeopleOnDatabase, admin: Caller) -> None:
    invitation = people.invite("paul@example.org", admin, Role.EDITOR)
    link = people.mail_to("paul@example.org")["link"]
    people.service.withdraw_invitation(WithdrawInvitation(id=invitation.id), admin)
    with pytest.raises(Forbidden, match="link_expired"):
        people.follow(link, VISITOR)
    with pytest.raises(NotFound, match="invitation_not_found"):
        people.service.withdraw_invitation(WithdrawInvitation(id=invitation.id), admin)


def test_members_see_and_withdraw_the_invitations_into_their_company_alone(
    people: PeopleOnDatabase, admin: Caller
) -> None:
    marie, other = (as_caller(people.sign_in(f"{name}@example.org", VISITOR)) for name in ("marie", "luc"))
    people.service.name_company(NameCompany(name="Atelier Nord"), marie)
    people.service.name_company(NameCompany(name="Atelier Sud"), other)
    people.invite("paul@example.org", marie, Role.MEMBER)
    of_staff = people.invite("zoe@example.org", admin, Role.EDITOR)
    assert waiting(people, marie) == ["paul@example.org"]
    assert waiting(people, other) == []
    assert set(waiting(people, admin)) == {"paul@example.org", "zoe@example.org"}
    elsewhere = admin.model_copy(update={"sector": "aero"})
    assert waiting(people, elsewhere) == []
    for caller in (marie, elsewhere):
        with pytest.raises(NotFound, match="invitation_not_found"):
            people.service.withdraw_invitation(WithdrawInvitation(id=of_staff.id), caller)
    again = people.service.list_invitations(ListInvitations(), marie).items[0]
    people.service.invite_again(InviteAgain(id=again.id, base_url="https://tic.example.org"), admin)
    joined = people.follow(people.mail_to("paul@example.org")["link"], VISITOR).person
    assert joined.company
    assert joined.company.name == "Atelier Nord"


def test_other_services_are_told_what_an_account_may_do_for_us(
    people: PeopleOnDatabase, admin: Caller
) -> None:
    person = invited(people, "paul@example.org", admin, Role.ADVISOR)

    def told() -> list[tuple[str, list[str], int]]:
        found = people.database["people"].find_one({"_id": person.id}) or {}
        bodies = [orjson.loads(entry["body"])["data"] for entry in found.get("outbox", ())]
        return [(body["sector"], sorted(body["roles"]), body["revision"]) for body in bodies]

    assert told() == [("tic", ["advisor"], 1)]
    people.service.remove_person(RemovePerson(id=person.id), admin)
    people.sign_in("paul@example.org", VISITOR)
    assert told() == [
        ("tic", ["advisor"], 1),
        ("tic", [], 2),
        ("tic", [], 3),
    ]  # a company's member is none of us


def mail_result(people: PeopleOnDatabase, caller: Caller, answers: str = "?taille=5-24") -> None:
    people.service.mail_result(MailResult(base_url=SITE, answers=answers, language="en"), caller)


def test_a_result_is_mailed_to_the_own_address_of_who_asks(people: PeopleOnDatabase) -> None:
    marie = as_caller(people.sign_in("marie@example.org", VISITOR))
    mail_result(people, marie)
    mail = people.mail_to("marie@example.org")
    assert (mail["link"], mail["language"]) == (f"{SITE}/en/find?taille=5-24", "en")
    for nobody in (VISITOR, marie.model_copy(update={"sector": "aero"})):
        with pytest.raises(Forbidden, match="sign_in_required"):
            mail_result(people, nobody)


def test_who_has_many_results_mailed_waits_a_while(people: PeopleOnDatabase) -> None:
    marie = as_caller(people.sign_in("marie@example.org", VISITOR))
    for _ in range(5):
        mail_result(people, marie)
    with pytest.raises(Conflict, match="result_mailed_often"):
        mail_result(people, marie)
    people.later(minutes=15)
    mail_result(people, marie)


@pytest.mark.parametrize(
    "answers", ["?a=1#x", "?next=https://evil.example", "@evil.example", "?a=1\nBcc: x", "/x"]
)
def test_a_result_leads_to_its_page_and_nowhere_else(answers: str) -> None:
    with pytest.raises(ValidationError):
        MailResult(base_url=SITE, answers=answers)
