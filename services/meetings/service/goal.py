"""Use cases of the goal: the board, the lists behind its figures, setting it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from nexus.audit import note
from nexus.caller import Caller
from nexus.errors import StaleRevision
from nexus.service import rpc
from services.meetings.contracts.goal import (
    Average,
    Breakdown,
    CaseFigure,
    CaseFigures,
    CountedCase,
    CountedCases,
    CountedCompanies,
    CountedCompany,
    CountedMeeting,
    CountedMeetings,
    GetGoal,
    Goal,
    GoalBoard,
    ListCountedCases,
    ListCountedCompanies,
    ListCountedMeetings,
    MeetingFigure,
    MeetingFigures,
    OpenGoal,
    Pair,
    Row,
    SetGoal,
)
from services.meetings.contracts.meetings import State
from services.meetings.domain import goal as rules
from services.meetings.domain.goal import CaseFact, Fact
from services.meetings.service.types import GOAL_READERS, LEADERS
from services.meetings.store.goal import GoalStore, KnownCompany

F = TypeVar("F", Fact, CaseFact)
_MOST = 2_000  # of one list
_STATES: dict[MeetingFigure, tuple[State, ...]] = {
    "held": (State.HELD,),
    "no_shows": (State.NO_SHOW,),
    "cancelled": (State.CANCELLED_BY_COMPANY, State.CANCELLED_BY_US),
}


@dataclass(frozen=True)
class GoalDesk:
    """What coordinators and administrators see of the goal. Nothing is counted beforehand: every figure follows
    from the meetings as they are now."""

    store: GoalStore
    clock: Callable[[], datetime]

    def goal(self, caller: Caller) -> Goal:
        """As it was set, or as it is presumed."""
        caller.require(*GOAL_READERS)
        return self._goal()

    def set(self, command: SetGoal, caller: Caller) -> Goal:
        """Raises StaleRevision, InvalidInput(`ends_before_start`, `period_too_long`, `date_out_of_range`)."""
        caller.require(*LEADERS)
        before = self.goal(caller)
        after = rules.checked(
            Goal(
                number=command.number,
                since=command.since,
                until=command.until,
                revision=command.revision + 1,
                set_at=self.clock(),
                set_in=caller.sector,
            )
        )
        if before.revision != command.revision or not self.store.save(after, command.revision):
            raise StaleRevision(yours=command.revision, current=before.revision)
        note("goal", "common", str(after.number), _noted(before), _noted(after))
        return after

    def board(self, caller: Caller) -> GoalBoard:
        """Every figure, as of now."""
        caller.require(*GOAL_READERS)
        return self.of(caller.sector)

    def met(self, sector: str) -> list[datetime]:
        """When each company that a sector has met began to count."""
        return [one.start for one in self._counted(self._facts(self._goal()).inside, sector).own]

    def of(self, sector: str | None) -> GoalBoard:
        """The board as a sector sees it."""
        goal, today = self._goal(), rules.local_day(self.clock())
        facts = self._facts(goal)
        found = self._counted(facts.inside, sector)
        days, own_days = _days(found.all), _days(found.own)
        return GoalBoard(
            goal=goal,
            today=today,
            met=Pair(all=len(found.all), own=len(found.own)),
            planned=rules.planned(goal, today),
            needed_per_month=rules.needed_per_month(goal, len(found.all), today),
            forecast=rules.forecast(goal, days, today),
            months=rules.months(goal, days, own_days, today),
            sectors=found.sectors(sector),
            themes=found.rows("theme"),
            sizes=found.rows("size"),
            partners=found.rows("partner"),
            meetings=_meeting_figures(facts, found, sector),
            cases=_case_figures(self.store.cases(*rules.span(goal)), sector),
        )

    def companies(self, query: ListCountedCompanies, caller: Caller) -> CountedCompanies:
        """Those of the own sector behind a figure."""
        found = self._counted(self._facts(self.goal(caller)).inside, caller.sector)
        wanted = [one for one in found.own if query.by is None or query.key in found.keys(query.by, one)]
        return CountedCompanies(items=tuple(map(found.company, wanted[:_MOST])), total=len(wanted))

    def meetings(self, query: ListCountedMeetings, caller: Caller) -> CountedMeetings:
        """Those of the own sector behind a figure."""
        found = _of(self._facts(self.goal(caller)).behind(query.which), caller.sector)
        found.sort(key=lambda one: (one.start, one.id))
        return CountedMeetings(items=tuple(map(_in_brief, found[:_MOST])), total=len(found))

    def cases(self, query: ListCountedCases, caller: Caller) -> CountedCases:
        """Those of the own sector behind a figure."""
        found = _of(self.store.cases(*rules.span(self.goal(caller))), caller.sector)
        wanted = [one for one in found if _BEHIND[query.which](one) and query.closing in (None, one.closing)]
        names = self.store.companies() if wanted else {}
        listed = [_case_in_brief(one, names.get(one.company)) for one in wanted]
        listed.sort(key=lambda one: ((one.company or "").casefold(), one.id))
        return CountedCases(items=tuple(listed[:_MOST]), total=len(listed))

    def _goal(self) -> Goal:
        return self.store.goal() or rules.presumed(rules.local_day(self.store.first_held() or self.clock()))

    def _facts(self, goal: Goal) -> "_Facts":
        begin, end = rules.span(goal)
        found = self.store.facts(begin)
        return _Facts(
            inside=[one for one in found if one.start < end],
            requested=[one for one in found if begin <= one.requested < end],
        )

    def _counted(self, facts: Sequence[Fact], sector: str | None) -> "_Counted":
        companies = self.store.companies()
        held = [one for one in facts if one.state is State.HELD and one.company in companies]
        held.sort(key=lambda one: (one.start, one.id))
        met = {companies[one.company].id: companies[one.company].known for one in held if one.company}
        same = rules.same(met.values())
        identity = {one: same[company.id] for one, company in companies.items() if company.id in same}
        return _Counted(held, identity, companies, self.store.partners(), sector)


@dataclass(frozen=True)
class _Facts:
    """Meetings `inside` the time of the goal, and those `requested` in it."""

    inside: Sequence[Fact]
    requested: Sequence[Fact]

    def behind(self, which: MeetingFigure) -> Sequence[Fact]:
        """Those that a figure counts."""
        if which == "requests":
            return self.requested
        return [one for one in self.inside if one.state in _STATES[which]]


def _meeting_figures(facts: _Facts, found: "_Counted", sector: str | None) -> MeetingFigures:
    def pair(which: MeetingFigure) -> Pair:
        behind = facts.behind(which)
        return Pair(all=len(behind), own=len(_of(behind, sector)))

    return MeetingFigures(
        requests=pair("requests"),
        held=pair("held"),
        no_shows=pair("no_shows"),
        cancelled=pair("cancelled"),
        delay=Average(all=rules.median_delay(found.all), own=rules.median_delay(found.own)),
    )


class _Counted:
    """What counts: `all` holds the first meetings of companies in all sectors, `own` those in one."""

    def __init__(
        self,
        held: Sequence[Fact],
        identity: Mapping[str, str],
        companies: Mapping[str, KnownCompany],
        partners: Mapping[str, str],
        sector: str | None,
    ) -> None:
        self._held, self._identity = held, identity
        self._companies, self._partners = companies, partners
        self.all = rules.firsts(held, identity)
        self.own = rules.firsts(_of(held, sector), identity)

    def keys(self, by: Breakdown, one: Fact) -> tuple[str, ...]:
        """Under which keys of a breakdown a company counts; an empty one where nothing is known."""
        match by:
            case "month":
                return (f"{rules.local_day(one.start):%Y-%m}",)
            case "theme":
                return one.themes or ("",)
            case "size":
                return (self._companies[one.company or ""].size or "",)
            case "partner":
                known = {self._partners[who]: None for who in one.advisors if who in self._partners}
                return tuple(known) or ("",)

    def rows(self, by: Breakdown) -> tuple[Row, ...]:
        """How many have each key, most first."""
        everywhere, own = (
            Counter(key for one in some for key in self.keys(by, one)) for some in (self.all, self.own)
        )
        keys = sorted(everywhere | own, key=lambda key: (-everywhere[key], -own[key], key))
        return tuple(Row(key=key, all=everywhere[key], own=own[key]) for key in keys)

    def sectors(self, own: str | None) -> tuple[Row, ...]:
        """How many each sector has met by itself."""
        names = sorted({one.sector for one in self._held})
        counts = {name: len(rules.firsts(_of(self._held, name), self._identity)) for name in names}
        return tuple(
            Row(key=name, all=count, own=count if own in (None, name) else 0)
            for name, count in counts.items()
            if count
        )

    def company(self, one: Fact) -> CountedCompany:
        """It as a list shows it."""
        known = self._companies[one.company or ""]
        return CountedCompany(
            id=known.id,
            name=known.name,
            size=known.size,
            meeting=one.id,
            start=one.start,
            themes=one.themes,
            partners=tuple(key for key in self.keys("partner", one) if key),
        )


_BEHIND: dict[CaseFigure, Callable[[CaseFact], bool]] = {
    "answers": lambda one: bool(one.useful),
    "hired": lambda one: one.hired > 0,
    "closed": lambda one: one.closing is not None,
}


def _case_figures(cases: Sequence[CaseFact], sector: str | None) -> CaseFigures:
    own = _of(cases, sector)
    everywhere, mine = (Counter(one.closing for one in some if one.closing) for some in (cases, own))
    return CaseFigures(
        answers=Pair(all=sum(len(one.useful) for one in cases), own=sum(len(one.useful) for one in own)),
        useful=Average(all=rules.mean_useful(cases), own=rules.mean_useful(own)),
        hired=Pair(all=sum(one.hired for one in cases), own=sum(one.hired for one in own)),
        closings=tuple(
            Row(key=key, all=count, own=mine[key])
            for key, count in sorted(everywhere.items(), key=lambda item: (-item[1], item[0]))
        ),
    )


def _case_in_brief(one: CaseFact, company: KnownCompany | None) -> CountedCase:
    return CountedCase(
        id=one.id,
        company=company.name if company else None,
        closing=one.closing,
        useful=one.useful[-1] if one.useful else None,
        hired=one.hired,
    )


def _of(facts: Iterable[F], sector: str | None) -> list[F]:
    return [one for one in facts if sector in (None, one.sector)]


def _days(counted: Iterable[Fact]) -> list[date]:
    return [rules.local_day(one.start) for one in counted]


def _in_brief(one: Fact) -> CountedMeeting:
    return CountedMeeting(
        id=one.id, company=one.named, state=one.state, start=one.start, requested=one.requested
    )


def _noted(goal: Goal) -> dict[str, object]:
    return goal.model_dump(mode="json", include={"number", "since", "until"})


class GoalDoors:
    """What the service answers about the goal."""

    goal: GoalDesk

    @rpc
    def get_goal(self, query: GetGoal, caller: Caller) -> Goal:
        return self.goal.goal(caller)

    @rpc
    def set_goal(self, command: SetGoal, caller: Caller) -> Goal:
        return self.goal.set(command, caller)

    @rpc
    def open_goal(self, query: OpenGoal, caller: Caller) -> GoalBoard:
        return self.goal.board(caller)

    @rpc
    def list_counted_companies(self, query: ListCountedCompanies, caller: Caller) -> CountedCompanies:
        return self.goal.companies(query, caller)

    @rpc
    def list_counted_cases(self, query: ListCountedCases, caller: Caller) -> CountedCases:
        return self.goal.cases(query, caller)

    @rpc
    def list_counted_meetings(self, query: ListCountedMeetings, caller: Caller) -> CountedMeetings:
        return self.goal.meetings(query, caller)
