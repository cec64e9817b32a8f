"""A company is found again whoever writes for it, and whatever is told twice, late or at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from nexus.caller import Role
from nexus.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleRevision
from services.meetings.contracts.cases import CaseState, CloseCase
from services.meetings.contracts.companies import (
    Company,
    GetCompany,
    ListCompanies,
    MergeCompanies,
    SaveCompany,
)
from services.meetings.contracts.meetings import Meeting, Need
from services.meetings.store.cases import CaseStore
from services.meetings.store.companies import CompanyStore
from services.meetings.store.meetings import MeetingStore
from tests.support.case_desk import CaseDeskOnDatabase
from tests.support.meetings_service import ANNE, LEAD, staff

NEQ = "1140000001"


@pytest.fixture
def desk(database) -> CaseDeskOnDatabase:
    return CaseDeskOnDatabase(database)


def test_a_booking_makes_a_company_and_opens_a_case_with_what_it_said(desk, database) -> None:
    need = Need(
        language="fr", themes=("hiring",), answers={"size": ("5-24",), "activity": ("ict",)}, message="Vite"
    )
    meeting = desk.booked(
        "2026-11-25T09:00", need, company="Métal Plus inc.", email="eve@metalplus.ca", neq=NEQ
    )
    company = CompanyStore(database).by_id(meeting.company)
    assert (company.name, company.neq, company.size, company.activity) == (
        "Métal Plus inc.",
        NEQ,
        "5-24",
        "ict",
    )
    assert (company.domains, company.contacts[0].email) == (("metalplus.ca",), "eve@metalplus.ca")
    case = CaseStore(database).by_id(meeting.case)
    assert (case.state, case.company, case.advisor.id) == (CaseState.OPEN, company.id, "anne")
    assert (case.need.themes, case.need.message) == (("hiring",), "Vite")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"neq": NEQ, "company": "Un"}, {"neq": NEQ, "company": "Deux", "email": "x@deux.ca"}),
        ({"company": "Un", "email": "a@un.ca"}, {"company": "Deux", "email": "b@un.ca"}),
        ({"company": "Métal Plus inc."}, {"company": "METAL PLUS Ltée", "email": "b@gmail.com"}),
        ({"company": "Un", "email": "a@un.ca"}, {"company": "Deux", "email": "b@un.ca", "neq": NEQ}),
    ],
)
def test_a_company_is_found_again_and_its_open_case_joined(desk, first, second) -> None:
    one = desk.booked("2026-11-25T09:00", **first)
    other = desk.booked("2026-11-25T10:00", **second)
    assert (one.company, one.case) == (other.company, other.case)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"company": "Un", "email": "a@gmail.com"}, {"company": "Deux", "email": "b@gmail.com"}),
        ({"company": "Un", "neq": NEQ}, {"company": "Un", "neq": "1140000002"}),
        (
            {"company": "Un", "email": "a@un.ca", "neq": NEQ},
            {"company": "Deux", "email": "b@un.ca", "neq": "1140000002"},
        ),
    ],
)
def test_what_only_looks_alike_is_another_company(desk, first, second) -> None:
    one = desk.booked("2026-11-25T09:00", **first)
    other = desk.booked("2026-11-25T10:00", **second)
    assert one.company != other.company
    assert one.case != other.case


def test_an_event_that_comes_again_or_late_changes_nothing(desk, database) -> None:
    meeting = desk.booked("2026-11-25T09:00")
    before = list(database["companies"].find()), list(database["cases"].find())
    desk.tell(meeting)
    assert (list(database["companies"].find()), list(database["cases"].find())) == before
    assert desk.meeting(meeting.id).revision == meeting.revision  # what others know of it stays true


def test_a_meeting_that_is_changed_keeps_its_company(desk) -> None:
    stale = desk.booked("2026-11-25T09:00", told=False)
    desk.tell(stale)
    store = MeetingStore(desk.database)
    assert (
        store.replace(stale.model_copy(update={"revision": stale.revision + 1}), stale.revision, None)
        == "saved"
    )
    assert desk.meeting(stale.id).company is not None


def test_meetings_of_before_are_taken_in_by_the_tick(desk) -> None:
    meeting = desk.booked("2026-11-25T09:00", told=False)
    assert meeting.company is None
    desk.service.take_in_meetings()
    assert desk.meeting(meeting.id).company is not None


def test_bookings_of_one_company_at_once_make_one_company_and_one_case(desk, database) -> None:
    starts = [f"2026-11-{day}T{hour}:00" for day in (25, 26, 27) for hour in ("09", "10")]
    made = [
        desk.booked(start, told=False, company="Atelier", email=f"p{n}@atelier.ca")
        for n, start in enumerate(starts)
    ]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(desk.tell, made))
    found = [desk.meeting(one.id) for one in made]
    assert len({one.company for one in found}) == len({one.case for one in found}) == 1
    (company,) = database["companies"].find()
    assert len(company["contacts"]) == 6


def company(desk, meeting: Meeting) -> Company:
    found = desk.service.get_company(GetCompany(id=meeting.company), LEAD)
    return found.company


def merge(desk, keep: Company, other: Company, caller=LEAD) -> Company:
    command = MergeCompanies(
        keep=keep.id, keep_revision=keep.revision, other=other.id, other_revision=other.revision
    )
    return desk.service.merge_companies(command, caller)


def test_two_companies_that_are_one_are_merged_and_nothing_is_lost(desk) -> None:
    one = desk.booked("2026-11-25T09:00", company="Un", email="a@un.ca", phone="514 555-0100")
    two = desk.booked(
        "2026-11-25T10:00", Need(answers={"size": ("5-24",)}), company="Deux", email="b@deux.ca"
    )
    merged = merge(desk, company(desk, one), company(desk, two))
    assert (merged.name, merged.aliases, merged.domains) == ("Un", ("Deux",), ("un.ca", "deux.ca"))
    assert [each.email for each in merged.contacts] == ["a@un.ca", "b@deux.ca"]
    assert merged.size == "5-24"
    file = desk.service.get_company(GetCompany(id=two.company), LEAD)
    assert file.company.id == one.company
    assert {each.id for each in file.meetings} == {one.id, two.id}
    assert [each.name for each in file.merged] == ["Deux"]
    later = desk.booked("2026-11-26T09:00", company="Deux", email="c@deux.ca")
    assert (later.company, later.case) == (one.company, one.case)
    assert desk.file(two.case).company.id == one.company
    listed = desk.service.list_companies(ListCompanies(), LEAD).items
    assert [(each.company.id, each.meetings, each.open_case) for each in listed] == [
        (one.company, 3, one.case)
    ]


def test_after_a_merger_both_cases_go_on_and_bookings_join_one_that_is_open(desk) -> None:
    one, two = desk.booked("2026-11-25T09:00", company="Un"), desk.booked("2026-11-25T10:00", company="Deux")
    merge(desk, company(desk, one), company(desk, two))
    assert desk.booked("2026-11-26T09:00", company="Deux").case == one.case
    desk.do("close_case", CloseCase, desk.file(one.case).case, closing="helped")
    assert desk.booked("2026-11-26T10:00", company="Deux", email="a@gmail.com").case == two.case


def test_a_merger_that_was_cut_short_is_ended_by_the_tick(desk, database) -> None:
    one, two = desk.booked("2026-11-25T09:00", company="Un"), desk.booked("2026-11-25T10:00", company="Deux")
    found = company(desk, two)
    assert CompanyStore(database).point(
        found, one.company, found, "lea", desk.now
    )  # and here the process died
    desk.service.take_in_meetings()
    assert desk.meeting(two.id).company == one.company
    assert desk.file(two.case).company.id == one.company


def test_a_booking_that_is_taken_in_while_its_company_is_merged_follows_it(
    desk, database, monkeypatch
) -> None:
    one = desk.booked("2026-11-25T09:00", company="Un")
    two = desk.booked("2026-11-25T10:00", company="Deux", told=False)
    belongs = MeetingStore.belongs

    def late(store, meeting: str, of: str, case: str) -> None:
        monkeypatch.setattr(MeetingStore, "belongs", belongs)
        found = CompanyStore(database).by_id(of)
        assert found is not None
        merge(desk, company(desk, one), found)
        belongs(store, meeting, of, case)

    monkeypatch.setattr(MeetingStore, "belongs", late)
    desk.tell(two)
    assert desk.meeting(two.id).company == one.company


def test_a_merger_is_for_coordinators_and_of_what_they_saw(desk) -> None:
    one, two = desk.booked("2026-11-25T09:00", company="Un"), desk.booked("2026-11-25T10:00", company="Deux")
    first, second = company(desk, one), company(desk, two)
    with pytest.raises(Forbidden):
        merge(desk, first, second, ANNE)
    with pytest.raises(NotFound):
        merge(desk, first, second, staff("x", Role.COORDINATOR, sector="svts"))
    with pytest.raises(InvalidInput, match="same_company"):
        merge(desk, first, first)
    merge(desk, first, second)
    with pytest.raises(StaleRevision):
        merge(desk, second, first)  # the other way round, of what was seen before


def test_a_company_is_found_by_words_of_its_name_neq_domain_and_people(desk) -> None:
    desk.booked("2026-11-25T09:00", company="Métal Plus inc.", email="eve@metalplus.ca", neq=NEQ)
    desk.booked("2026-11-25T10:00", company="Autre (chose)")

    def found(text: str) -> list[str]:
        return [one.company.name for one in desk.service.list_companies(ListCompanies(text=text), LEAD).items]

    assert found("") == ["Autre (chose)", "Métal Plus inc."]
    for text in ("metal", "PLUS métal", NEQ, "metalplus.ca", "eve@metalplus.ca"):
        assert found(text) == ["Métal Plus inc."], text
    assert found("(chose") == ["Autre (chose)"]
    assert found("m.tal") == found("rien") == []


def test_an_advisor_sees_the_companies_of_own_cases_and_meetings_alone(desk) -> None:
    meeting = desk.booked("2026-11-25T09:00")
    assert desk.service.get_company(GetCompany(id=meeting.company), ANNE).company.id == meeting.company
    assert len(desk.service.list_companies(ListCompanies(), ANNE).items) == 1
    for stranger in (staff("ben"), staff("eve", Role.COORDINATOR, sector="svts")):
        assert desk.service.list_companies(ListCompanies(), stranger).items == ()
        with pytest.raises(NotFound):
            desk.service.get_company(GetCompany(id=meeting.company), stranger)


def test_what_is_said_by_hand_of_a_company_stays_and_a_neq_is_of_one_alone(desk) -> None:
    one = desk.booked("2026-11-25T09:00", company="Un", neq=NEQ)
    two = desk.booked("2026-11-25T10:00", company="Deux")
    before = company(desk, two)

    def save(**fields) -> Company:
        told = {"id": before.id, "revision": before.revision, "name": "Deux bis", **fields}
        return desk.service.save_company(SaveCompany(**told), ANNE)

    with pytest.raises(Conflict, match="neq_in_use"):
        save(neq=NEQ)
    assert save(size="5-24").aliases == ("Deux",)
    with pytest.raises(StaleRevision):
        save()
    assert desk.booked("2026-11-26T09:00", company="Deux").company == two.company
    assert company(desk, two).size == "5-24"
    assert one.company != two.company


def test_companies_whose_keys_are_all_of_others_do_not_stand_in_each_others_way(desk) -> None:
    desk.booked("2026-11-25T09:00", company="Un", email="a@gmail.com", neq=NEQ)
    for start, neq in (("2026-11-25T10:00", "1140000002"), ("2026-11-25T11:00", "1140000003")):
        like = company(desk, desk.booked(start, company="Un", email="b@gmail.com", neq=neq))
        told = SaveCompany(id=like.id, revision=like.revision, name=like.name, neq=None)
        assert desk.service.save_company(told, LEAD).neq is None
