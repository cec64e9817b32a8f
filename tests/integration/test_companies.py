"""A company is found again whoever writes for it, and whatever is told twice, late or at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.meetings.contracts.cases import CaseState
from services.meetings.contracts.meetings import Meeting, MeetingBooked, Need
from services.meetings.store.cases import CaseStore
from services.meetings.store.companies import CompanyStore
from services.meetings.store.meetings import MeetingStore
from tests.support.meetings_service import MeetingsOnDatabase, contact

NEQ = "1140000001"


class Desk(MeetingsOnDatabase):
    """Books, and takes in what was booked."""

    def booked(self, start: str, need: Need | None = None, *, told: bool = True, **who) -> Meeting:
        fields = {"contact": contact(**who)} | ({"need": need} if need else {})
        made = self.book(self.kind, start, **fields).meeting
        if told:
            self.tell(made)
        return self.meeting(made.id)

    def tell(self, meeting: Meeting) -> None:
        event = next(body for body in self.events() if body["data"]["id"] == meeting.id)
        self.service.find_company(MeetingBooked.read(event["data"]))

    def meeting(self, meeting_id: str) -> Meeting:
        found = MeetingStore(self.database).by_id(meeting_id)
        assert found is not None
        return found


@pytest.fixture
def desk(database) -> Desk:
    desk = Desk(database)
    desk.kind = desk.a_type()
    desk.advisor()
    return desk


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
