"""The goal on a real database: what counts, for whom it is seen, and that every figure is what a slow look finds."""

import random
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import pytest

from nexus.caller import Caller, Role
from nexus.errors import Forbidden, InvalidInput, StaleRevision
from services.meetings.contracts.cases import Ask, CloseCase
from services.meetings.contracts.companies import Company, MergeCompanies
from services.meetings.contracts.goal import (
    CountedCompany,
    GoalBoard,
    ListCountedCases,
    ListCountedCompanies,
    ListCountedMeetings,
    OpenGoal,
    SetGoal,
)
from services.meetings.contracts.meetings import (
    AdvisorInMeeting,
    Meeting,
    Need,
    RecordOutcome,
    State,
    TypeInBrief,
)
from services.meetings.contracts.words import BothLines
from services.meetings.domain.companies import folded
from services.meetings.store.cases import CaseStore
from services.meetings.store.companies import CompanyStore
from services.meetings.store.meetings import MeetingStore
from tests.support.meetings_service import (
    ANNE,
    LEAD,
    MONTREAL,
    MeetingsOnDatabase,
    a_type,
    at,
    contact,
    mornings,
    staff,
)

AERO = staff("ada", Role.COORDINATOR, sector="aero")
NEQ = "1140000001"


class Desk(MeetingsOnDatabase):
    """Meetings that are booked, taken in and, later, held."""

    def held(
        self, day: str, who: Caller = ANNE, sector: str = "tic", outcome: str = "held", **more: Any
    ) -> Meeting:
        """A meeting at nine on a day that is over."""
        booker = staff("booker", Role.COORDINATOR, sector=sector)
        kind = self.kinds[sector]
        made = self.book(kind, f"{day}T09:00", booker, contact=contact(**more)).meeting
        self.service.take_in_meetings()
        self.now = max(self.now, at(f"{day}T12:00"))
        return self.record(made.id, outcome, booker)

    def record(self, meeting_id: str, outcome: str, who: Caller) -> Meeting:
        found = MeetingStore(self.database).by_id(meeting_id)
        command = RecordOutcome(id=meeting_id, revision=found.revision, outcome=outcome)
        return self.service.record_outcome(command, who)

    def board(self, who: Caller = LEAD) -> GoalBoard:
        return self.service.open_goal(OpenGoal(), who)

    def counted(self, who: Caller = LEAD, **query: Any) -> tuple[CountedCompany, ...]:
        found = self.service.list_counted_companies(ListCountedCompanies(**query), who)
        assert found.total == len(found.items)
        return found.items

    def names(self, who: Caller = LEAD, **query: Any) -> list[str]:
        return [one.name for one in self.counted(who, **query)]


@pytest.fixture
def desk(database) -> Desk:
    from services.meetings.contracts.types import SaveMeetingType

    desk = Desk(database)
    desk.kinds = {}
    for sector in ("tic", "aero"):
        lead = staff("lead", Role.COORDINATOR, sector=sector)
        desk.kinds[sector] = desk.service.save_meeting_type(SaveMeetingType(content=a_type()), lead)
        desk.advisor(staff(f"advisor-{sector}", sector=sector), mornings(partner=f"Partner of {sector}"))
    return desk


def test_a_company_counts_once_when_a_meeting_is_held(desk) -> None:
    assert (desk.board().met.all, desk.board().goal.number, desk.board().goal.revision) == (0, 70, 0)
    desk.held("2026-11-24", company="Métal Plus", email="eve@metalplus.ca", outcome="no_show")
    assert desk.board().met.all == 0
    first = desk.held("2026-11-25", company="Métal Plus", email="eve@metalplus.ca")
    assert (desk.board().met.all, desk.board().met.own) == (1, 1)
    desk.held("2026-11-26", company="Metal plus inc.", email="bob@metalplus.ca")
    board = desk.board()
    assert (board.met.all, board.met.own) == (1, 1)
    assert (board.meetings.requests.own, board.meetings.held.own, board.meetings.no_shows.own) == (3, 2, 1)
    assert [(row.key, row.own) for row in board.partners] == [("Partner of tic", 1)]
    assert [one.meeting for one in desk.counted()] == [first.id]


def test_what_turns_out_not_to_have_been_held_counts_no_more(desk) -> None:
    meeting = desk.held("2026-11-25")
    assert desk.board().met.all == 1
    desk.record(meeting.id, "no_show", LEAD)
    assert (desk.board().met.all, desk.board().meetings.no_shows.all) == (0, 1)
    desk.record(meeting.id, "held", LEAD)
    assert desk.board().met.all == 1


def test_two_sectors_see_the_same_count_and_each_its_own_companies_alone(desk) -> None:
    desk.held("2026-11-24", company="Un", email="a@one.ca", neq=NEQ)
    desk.held("2026-11-25", sector="aero", company="Other words", email="b@elsewhere.ca", neq=NEQ)
    desk.held("2026-11-26", sector="aero", company="Deux", email="c@two.ca")
    tic, aero = desk.board(), desk.board(AERO)
    assert (tic.met.all, tic.met.own) == (2, 1)
    assert (aero.met.all, aero.met.own) == (2, 2)
    assert [(row.key, row.all, row.own) for row in tic.sectors] == [("aero", 2, 0), ("tic", 1, 1)]
    assert desk.names() == ["Un"]
    assert desk.names(AERO) == ["Other words", "Deux"]
    assert "Deux" not in tic.model_dump_json()
    held = desk.service.list_counted_meetings(ListCountedMeetings(which="held"), LEAD)
    assert [one.company for one in held.items] == ["Un"]
    assert desk.names(by="partner", key="Partner of aero") == []


def test_what_was_merged_counts_once(desk, database) -> None:
    desk.held("2026-11-24", company="Un", email="a@one.ca")
    desk.held("2026-11-25", company="Deux", email="c@two.ca")
    assert desk.board().met.own == 2
    companies = CompanyStore(database)
    one, two = (companies.by_id(one.id) for one in desk.counted())
    merge = MergeCompanies(keep=one.id, keep_revision=one.revision, other=two.id, other_revision=two.revision)
    desk.service.merge_companies(merge, LEAD)
    assert (desk.board().met.own, desk.names()) == (1, ["Un"])


def test_the_goal_is_one_for_all_sectors_and_whoever_sets_it_late_is_told(desk) -> None:
    command = SetGoal(number=12, since=date(2026, 11, 25), until=date(2027, 11, 24), revision=0)
    desk.held("2026-11-24", company="Before", email="a@before.ca")
    desk.held("2026-11-25", company="In time", email="a@intime.ca")
    goal = desk.service.set_goal(command, AERO)
    assert (goal.revision, goal.set_in) == (1, "aero")
    board = desk.board()
    assert (board.goal.number, board.met.all, desk.names()) == (12, 1, ["In time"])
    with pytest.raises(StaleRevision):
        desk.service.set_goal(command, LEAD)
    with pytest.raises(InvalidInput, match="ends_before_start"):
        desk.service.set_goal(command.model_copy(update={"until": date(2026, 1, 1)}), LEAD)


@pytest.mark.parametrize("role", [Role.ADVISOR, Role.EDITOR, Role.MEMBER])
def test_the_goal_is_for_coordinators_and_administrators(desk, role) -> None:
    somebody = staff("somebody", role)
    for ask, message in (
        (desk.service.open_goal, OpenGoal()),
        (desk.service.list_counted_companies, ListCountedCompanies()),
        (desk.service.list_counted_meetings, ListCountedMeetings(which="held")),
        (desk.service.list_counted_cases, ListCountedCases(which="closed")),
    ):
        with pytest.raises(Forbidden):
            ask(message, somebody)


def test_answers_and_closings_of_cases_are_counted_in_the_time_of_the_goal(desk, database) -> None:
    meeting = desk.held("2026-11-25", company="Un", email="a@one.ca")
    found = MeetingStore(database).by_id(meeting.id)
    case = CaseStore(database).by_id(found.case)
    asks = (
        Ask(id="1", kind="feedback", meeting=meeting.id, due=desk.now, answered_at=desk.now, useful=4),
        Ask(id="2", kind="outcome", meeting=meeting.id, due=desk.now, answered_at=desk.now, hired=3),
        Ask(id="3", kind="feedback", meeting=meeting.id, due=desk.now),
    )
    revision = case.revision + 1
    assert CaseStore(database).replace(
        case.model_copy(update={"asks": asks, "revision": revision}), case.revision
    )
    desk.service.close_case(CloseCase(id=case.id, revision=revision, closing="helped"), LEAD)
    figures = desk.board().cases
    assert (figures.answers.own, figures.useful.own, figures.hired.all) == (1, 4.0, 3)
    assert [(row.key, row.all, row.own) for row in figures.closings] == [("helped", 1, 1)]
    assert [(row.key, row.own) for row in desk.board(AERO).cases.closings] == [("helped", 0)]
    listed = desk.service.list_counted_cases(ListCountedCases(which="closed", closing="helped"), LEAD)
    assert [(one.company, one.useful, one.hired) for one in listed.items] == [("Un", 4, 3)]
    assert desk.service.list_counted_cases(ListCountedCases(which="hired"), AERO).total == 0


SECTORS = ("tic", "svts", "aero")
BEGIN = datetime(2026, 1, 1, 15, tzinfo=MONTREAL)
SINCE, UNTIL = date(2026, 2, 1), date(2026, 10, 31)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_is_what_a_slow_look_at_all_meetings_finds(database, seed) -> None:
    desk = MeetingsOnDatabase(database)
    luck = random.Random(seed)
    companies = [_company(n, luck) for n in range(40)]
    meetings = [_meeting(n, luck.choice(companies), luck) for n in range(150)]
    database["companies"].insert_many(
        {"_id": one.id, "keys": [one.id], **one.model_dump(exclude={"id"})} for one in companies
    )
    database["meetings"].insert_many(
        {"_id": one.id, **one.model_dump(exclude={"id"}), "state": one.state.value} for one in meetings
    )
    desk.service.set_goal(SetGoal(number=30, since=SINCE, until=UNTIL, revision=0), LEAD)
    board = desk.service.open_goal(OpenGoal(), LEAD)
    known = {one.id: one for one in companies}
    counted = _slowly(meetings, known)
    own = _slowly(meetings, known, "tic")
    assert (board.met.all, board.met.own) == (len(counted), len(own))
    assert {row.key: row.all for row in board.sectors} == {
        name: count for name in SECTORS if (count := len(_slowly(meetings, known, name)))
    }
    for rows, keys_of in (
        (board.themes, lambda one: one.need.themes or ("",)),
        (board.sizes, lambda one: (known[one.company].size or "",)),
    ):
        for row in rows:
            assert row.all == sum(row.key in keys_of(one) for one in counted)
            assert row.own == sum(row.key in keys_of(one) for one in own)
        assert {row.key for row in rows} == {key for one in (*counted, *own) for key in keys_of(one)}
    for month in board.months:
        assert month.all == sum(_month(one) == month.first for one in counted)
        assert month.own == sum(_month(one) == month.first for one in own)
        assert month.total == sum(_month(one) <= month.first for one in counted)
    assert board.meetings.delay.all == pytest.approx(_delay(counted))
    assert board.meetings.delay.own == pytest.approx(_delay(own))
    inside = [one for one in meetings if SINCE <= _day(one.start) <= UNTIL]
    assert board.meetings.no_shows.all == sum(one.state is State.NO_SHOW for one in inside)
    assert board.meetings.cancelled.own == sum(
        one.state in (State.CANCELLED_BY_US, State.CANCELLED_BY_COMPANY) and one.sector == "tic"
        for one in inside
    )
    asked = [one for one in meetings if one.state is not State.REQUESTED]
    assert board.meetings.requests.all == sum(SINCE <= _day(one.created_at) <= UNTIL for one in asked)
    listed = desk.service.list_counted_companies(ListCountedCompanies(), LEAD).items
    assert [one.meeting for one in listed] == [one.id for one in own]


def _slowly(meetings: list[Meeting], known: dict[str, Company], sector: str | None = None) -> list[Meeting]:
    """The first held meeting of each company, in a sector or in all."""
    first: list[Meeting] = []
    held = [one for one in meetings if one.state is State.HELD and SINCE <= _day(one.start) <= UNTIL]
    while held:
        together = {held[0].id: held[0]}
        while more := [
            one
            for one in held
            if one.id not in together
            and any(_alike(known[one.company], known[other.company]) for other in together.values())
        ]:
            together |= {one.id: one for one in more}
        held = [one for one in held if one.id not in together]
        inside = [one for one in together.values() if sector in (None, one.sector)]
        first += sorted(inside, key=lambda one: (one.start, one.id))[:1]
    return sorted(first, key=lambda one: (one.start, one.id))


def _alike(one: Company, other: Company) -> bool:
    return bool(_marks(one) & _marks(other))


def _marks(one: Company) -> set[str | None]:
    """No two real companies of these histories share one, so none speaks against another."""
    return {one.neq, folded(one.name), *one.domains} - {None}


def _company(number: int, luck: random.Random) -> Company:
    """One of a dozen real ones, as a sector knows it: by one of its names, perhaps an NEQ, perhaps a domain."""
    real = luck.randrange(12)
    return Company(
        id=f"c{number:02}",
        sector=SECTORS[number % 3],
        revision=1,
        name=f"{luck.choice(['Atelier', 'Studio'])} {real} inc.",
        neq=luck.choice([None, f"11400000{real:02}"]),
        domains=luck.choice([(), (f"atelier{real}.ca",)]),
        size=luck.choice([None, "1-4", "5-24"]),
        created_at=BEGIN,
    )


def _meeting(number: int, company: Company, luck: random.Random) -> Meeting:
    start = BEGIN + timedelta(days=luck.randrange(330), hours=luck.randrange(8))
    themes = tuple(luck.sample(("hiring", "training", "diversity"), luck.randrange(3)))
    state = luck.choice([State.HELD, State.HELD, *State])
    return Meeting(
        id=f"m{number:03}",
        sector=company.sector,
        revision=1,
        state=state,
        type=TypeInBrief(
            id="t",
            name=BothLines(fr="R", en="M"),
            minutes=60,
            before=0,
            after=0,
            cancel_hours=4,
            move_hours=4,
        ),
        place="video",
        start=start,
        end=start + timedelta(hours=1),
        zone="America/Toronto",
        advisors=(AdvisorInMeeting(id=f"{number}", name="Anne"),),  # one each: nobody is booked twice
        need=Need(themes=themes),
        contact=contact(number) if state is not State.REQUESTED else None,
        created_at=start - timedelta(days=luck.randrange(1, 60)),
        expires_at=start if state is State.REQUESTED else None,
        company=company.id,
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(MONTREAL).date()


def _month(meeting: Meeting) -> date:
    return _day(meeting.start).replace(day=1)


def _delay(meetings: list[Meeting]) -> float:
    return median((one.start.timestamp() - one.created_at.timestamp()) / 86_400 for one in meetings)
