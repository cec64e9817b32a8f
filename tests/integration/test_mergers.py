"""A merger of companies is undone: each has its own again, and what was written since stays where it was written."""

import pytest

from nexus.caller import Role
from nexus.errors import Forbidden, NotFound, StaleRevision
from services.meetings.contracts.companies import Company, GetCompany, MergeCompanies, UndoMerger
from services.meetings.contracts.meetings import Meeting, Need
from services.meetings.store.companies import CompanyStore
from tests.support.case_desk import CaseDeskOnDatabase
from tests.support.meetings_service import ANNE, LEAD, refused, staff


@pytest.fixture
def desk(database) -> CaseDeskOnDatabase:
    return CaseDeskOnDatabase(database)


def company(desk: CaseDeskOnDatabase, company_id: str) -> Company:
    return desk.service.get_company(GetCompany(id=company_id), LEAD).company


def merge(desk: CaseDeskOnDatabase, keep: str, other: str) -> None:
    one, two = company(desk, keep), company(desk, other)
    desk.service.merge_companies(
        MergeCompanies(keep=one.id, keep_revision=one.revision, other=two.id, other_revision=two.revision),
        LEAD,
    )


def undone(desk: CaseDeskOnDatabase, keep: str, caller=LEAD) -> Company:
    """The first of those that were merged into a company, one of its own again."""
    file = desk.service.get_company(GetCompany(id=keep), LEAD)
    return desk.service.undo_merger(undoing(file.company, file.merged[0]), caller)


def undoing(keep: Company, other: Company) -> UndoMerger:
    return UndoMerger(
        keep=keep.id, keep_revision=keep.revision, other=other.id, other_revision=other.revision
    )


def two(desk: CaseDeskOnDatabase) -> tuple[Meeting, Meeting]:
    """Meetings of two companies."""
    one = desk.booked("2026-11-25T09:00", company="Un", email="a@un.ca")
    need = Need(answers={"size": ("5-24",)})
    return one, desk.booked("2026-11-25T10:00", company="Deux", email="b@deux.ca", need=need)


def known(found: Company) -> dict:
    return found.model_dump(exclude={"revision"})


def test_each_company_is_again_what_it_was_with_its_meetings_and_cases(desk) -> None:
    one, other = two(desk)
    before = company(desk, one.company), company(desk, other.company)
    merge(desk, one.company, other.company)
    (merged,) = desk.service.get_company(GetCompany(id=one.company), LEAD).merged
    assert (merged.name, merged.merged_by, merged.merged_at) == ("Deux", "lea", desk.now)
    undone(desk, one.company)
    after = company(desk, one.company), company(desk, other.company)
    assert [known(each) for each in after] == [known(each) for each in before]
    assert desk.meeting(other.id).company == other.company
    assert desk.meeting(one.id).company == one.company
    assert desk.file(other.case).company.id == other.company
    assert desk.file(one.case).company.id == one.company
    assert desk.service.get_company(GetCompany(id=one.company), LEAD).merged == ()
    again = desk.booked("2026-11-26T09:00", company="Deux", email="c@deux.ca")
    assert (again.company, again.case) == (other.company, other.case)


def test_what_was_written_since_stays_with_the_company_that_was_kept(desk) -> None:
    one, other = two(desk)
    merge(desk, one.company, other.company)
    since = desk.booked("2026-11-26T09:00", company="Deux", email="new@deux.ca")
    assert since.company == one.company
    undone(desk, one.company)
    assert desk.meeting(since.id).company == one.company
    assert [each.email for each in company(desk, one.company).contacts] == ["a@un.ca", "new@deux.ca"]
    assert [each.email for each in company(desk, other.company).contacts] == ["b@deux.ca"]


def test_mergers_one_upon_the_other_are_undone_the_last_one_first(desk) -> None:
    one, other = two(desk)
    third = desk.booked("2026-11-25T11:00", company="Trois", email="c@trois.ca")
    merge(desk, other.company, third.company)
    merge(desk, one.company, other.company)
    assert desk.meeting(third.id).company == one.company
    assert undone(desk, one.company).id == other.company
    assert desk.meeting(third.id).company == other.company
    assert undone(desk, other.company).id == third.company
    assert [desk.meeting(each.id).company for each in (one, other, third)] == [
        one.company,
        other.company,
        third.company,
    ]
    assert [each.email for each in company(desk, other.company).contacts] == ["b@deux.ca"]


def test_what_a_crash_cut_short_is_ended_by_the_tick(desk, database) -> None:
    one, other = two(desk)
    merge(desk, one.company, other.company)
    (merged,) = desk.service.get_company(GetCompany(id=one.company), LEAD).merged
    assert CompanyStore(database).part(merged)  # and here the process died
    desk.service.take_in_meetings()
    assert desk.meeting(other.id).company == other.company
    assert company(desk, one.company).aliases == ()


def test_a_merger_is_undone_by_coordinators_once_and_of_what_they_saw(desk) -> None:
    one, other = two(desk)
    merge(desk, one.company, other.company)
    file = desk.service.get_company(GetCompany(id=one.company), LEAD)
    wanted = undoing(file.company, file.merged[0])
    undo = desk.service.undo_merger
    assert isinstance(refused(undo, wanted, ANNE), Forbidden)
    stranger = staff("x", Role.COORDINATOR, sector="svts")
    assert refused(undo, wanted, stranger).code == "company_not_found"
    assert isinstance(refused(undo, wanted.model_copy(update={"other_revision": 99}), LEAD), StaleRevision)
    assert isinstance(refused(undo, wanted.model_copy(update={"keep_revision": 99}), LEAD), StaleRevision)
    undo(wanted, LEAD)
    again = undoing(company(desk, one.company), company(desk, other.company))
    error = refused(undo, again, LEAD)
    assert (type(error), error.code) == (NotFound, "merger_not_found")
