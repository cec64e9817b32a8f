"""Use cases of mornings: each advisor is told of their day, each sector of its week, once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from nexus.service import every
from services.meetings.contracts.availability import Advisor
from services.meetings.contracts.meetings import Meeting, State
from services.meetings.contracts.mornings import DayBegan, DayDue, DayList, WeekBegan, WeekFigures
from services.meetings.domain import mornings as rules
from services.meetings.domain.goal import ZONE
from services.meetings.domain.times import day_span, moment, zone_named
from services.meetings.service.agenda import AgendaDesk
from services.meetings.service.booking import Seals
from services.meetings.service.cases import CaseDesk
from services.meetings.service.goal import GoalDesk
from services.meetings.store.documents import DocumentStore
from services.meetings.store.mornings import MorningStore
from services.meetings.store.waiting import WaitingStore


@dataclass(frozen=True)
class MorningDesk:
    """Looks once a minute whether it is morning. What was settled stays so, also that there was nothing to tell."""

    store: MorningStore
    agenda: AgendaDesk
    cases: CaseDesk
    documents: DocumentStore
    waiting: WaitingStore
    goal: GoalDesk
    sectors: frozenset[str]
    seal: Seals
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def look(self) -> None:
        """Tell what is to be told by now, in one process at a time."""
        now = self.clock()
        if not self.store.take_turn(now):
            return
        try:
            self._days(now)
            if monday := rules.week_to_tell(now):
                self._weeks(monday, now)
        finally:
            self.store.end_turn(self.clock())

    def _days(self, now: datetime) -> None:
        begun: dict[str, tuple[Advisor, date]] = {}
        for one in self.agenda.advisors.of_sector(None):
            if day := rules.day_to_tell(now, zone_named(one.content.zone)):
                begun[f"{one.id}-{day}"] = (one, day)
        for key in sorted(self.store.untold(begun)):
            advisor, day = begun[key]
            told = self._day(key, advisor, day, now)
            if self.store.settle(key, now, *([told] if told else [])) and told:
                self.wake()

    def _day(self, key: str, advisor: Advisor, day: date, now: datetime) -> DayBegan | None:
        found = self._list(advisor, day, now)
        if not rules.is_worth_telling(day, found):
            return None
        zone = advisor.content.zone
        return DayBegan(
            id=key,
            sector=advisor.sector,
            advisor=advisor.id,
            day=day,
            zone=zone,
            until=rules.day_until(day, zone_named(zone)),
            sealed=self.seal.close({"list": found.model_dump_json()}),
        )

    def _list(self, advisor: Advisor, day: date, now: datetime) -> DayList:
        begin, end = map(moment, day_span(day, zone_named(advisor.content.zone)))
        booked = self.agenda.meetings.between(advisor.sector, advisor.id, begin, end, (State.CONFIRMED,))
        ahead = [one for one in booked if one.end > now]
        shown = [rules.in_list(one, advisor.id, len(self.documents.of(one.id))) for one in ahead]
        return rules.listed(shown, self._due(advisor, day))

    def _due(self, advisor: Advisor, day: date) -> Iterator[DayDue]:
        for one in self.cases.tasks_of(advisor.sector, advisor.id):
            if one.task.due <= day:
                told = {"company": one.company_name, "text": one.task.text, "on": one.task.due}
                yield DayDue(what="task", id=one.case, **told)
        for over in self.agenda.over(advisor.sector, advisor.id):
            company = over.contact.company if over.contact else None
            on = over.start.astimezone(zone_named(advisor.content.zone)).date()
            yield DayDue(what="outcome", id=over.id, company=company, text=None, on=on)

    def _weeks(self, monday: date, now: datetime) -> None:
        keys = {f"{sector}-{monday}": sector for sector in self.sectors}
        for key in sorted(self.store.untold(keys)):
            told = WeekBegan(
                id=key,
                sector=keys[key],
                week=monday,
                until=rules.week_until(monday),
                figures=self._figures(keys[key], monday, now),
            )
            if self.store.settle(key, now, told):
                self.wake()

    def _figures(self, sector: str, monday: date, now: datetime) -> WeekFigures:
        last, this, following = (_midnight(monday + timedelta(days=7 * n)) for n in (-1, 0, 1))
        met = [at for at in self.goal.met(sector) if at < this]
        return rules.figures(
            self.goal.of(sector),
            met,
            self._meetings(sector, last, this, tuple(State)),
            last,
            ahead=len(self._meetings(sector, this, following, (State.CONFIRMED,))),
            waiting=self.waiting.active_in(sector),
            unanswered=self.cases.cases.unanswered(sector, now - rules.ASKED_WITHIN),
            without_outcome=len(self.agenda.over(sector)),
        )

    def _meetings(
        self, sector: str, since: datetime, until: datetime, states: tuple[State, ...]
    ) -> list[Meeting]:
        return self.agenda.meetings.between(sector, None, since, until, states)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


class MorningDoors:
    """What the service does in the morning."""

    mornings: MorningDesk

    @every(minutes=1)
    def tell_mornings(self) -> None:
        self.mornings.look()
