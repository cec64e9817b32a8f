"""What can be booked: the calendars of advisors, put together from what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from nexus.errors import InvalidInput
from services.meetings.contracts.availability import MONTREAL, Advisor, DaySlots
from services.meetings.contracts.meetings import Slots
from services.meetings.domain.slots import Agenda, Wanted, accepts, beginnings, shared, ticks_in
from services.meetings.domain.times import Span, day_of, day_span, moment, zone_named
from services.meetings.store.calendars import CalendarStore
from services.meetings.store.meetings import MeetingStore
from services.meetings.store.waiting import WaitingStore

_AROUND = 8 * 288  # ticks: a week that is touched is known whole
_NEAREST = 3
_NEAR = 21 * 288  # ticks around a beginning in which others are looked for
LONGEST_LOOK = timedelta(days=400)  # from now


@dataclass(frozen=True)
class Party:
    """Advisors of whom `needed` are to take part."""

    agendas: Sequence[Agenda]
    needed: int

    def offers(self, wanted: Wanted, span: Span) -> int:
        """The beginnings that enough of them offer, as bits from the first tick of `span` on."""
        return shared((beginnings(agenda, wanted, span) for agenda in self.agendas), self.needed)

    def free(self, wanted: Wanted, start: int) -> list[Agenda]:
        """Those who offer this very beginning."""
        return [agenda for agenda in self.agendas if accepts(agenda, wanted, start)]


@dataclass(frozen=True)
class Offers:
    """Reads what occupies advisors."""

    meetings: MeetingStore
    calendars: CalendarStore
    waiting: WaitingStore

    def party(
        self,
        advisors: Sequence[Advisor],
        needed: int,
        span: Span,
        now: datetime,
        but: str | None = None,
        offer: str | None = None,
    ) -> tuple[Party, dict[str, list[str]]]:
        """The calendars of `advisors` around `span`, without the meeting `but` and what is kept for `offer`; and the
        places used by each."""
        around, ids = (span[0] - _AROUND, span[1] + _AROUND), [one.id for one in advisors]
        taken = self.meetings.taken(ids, around, now, but)
        elsewhere = self.calendars.busy(ids, around)
        kept = self.waiting.kept(ids, around, now, offer)

        def agenda(one: Advisor) -> Agenda:
            busy = [*taken[one.id].busy, *elsewhere.get(one.id, ()), *(span for span, _ in kept[one.id])]
            booked = [*taken[one.id].booked, *(start for _, start in kept[one.id])]
            return Agenda(one.id, one.content, busy, booked)

        return Party([*map(agenda, advisors)], needed), {name: one.places for name, one in taken.items()}

    def beginnings(
        self,
        advisors: Sequence[Advisor],
        needed: int,
        wanted: Wanted,
        now: datetime,
        but: str | None = None,
        offer: str | None = None,
    ) -> list[int]:
        """All that is offered within the notice, as ticks in order."""
        party, _ = self.party(advisors, needed, wanted.notice, now, but, offer)
        return ticks_in(party.offers(wanted, wanted.notice), wanted.notice[0])

    def slots(
        self,
        advisors: Sequence[Advisor],
        needed: int,
        wanted: Wanted,
        now: datetime,
        since: date | None,
        days: int,
        but: str | None = None,
    ) -> Slots:
        """What is offered from a day on. Raises InvalidInput(`date_out_of_range`)."""
        zone = zone_named(advisors[0].content.zone if advisors else MONTREAL)
        first, last = day_of(wanted.notice[0], zone), day_of(wanted.notice[1] - 1, zone)
        day = near(since or first, now)
        found = self.beginnings(advisors, needed, wanted, now, but)
        begin, end = day_span(day, zone, days)
        shown = [at for at in found if begin <= at < end]
        return Slots(
            zone=zone.key,
            since=day,
            until=day + timedelta(days=days - 1),
            days=by_day(shown, zone.key),
            next=next((moment(at) for at in found if at >= begin), None),
            first=first,
            last=max(first, last),
        )

    def nearest(self, party: Party, wanted: Wanted, start: int) -> list[str]:
        """Other beginnings, the nearest first, as texts of ISO 8601."""
        span = (start - _NEAR, start + _NEAR)
        found = ticks_in(party.offers(wanted, span), span[0])
        closest = sorted(found, key=lambda at: (abs(at - start), at))[:_NEAREST]
        return [moment(at).isoformat().replace("+00:00", "Z") for at in closest]


def by_day(found: Sequence[int], zone: str) -> tuple[DaySlots, ...]:
    """Beginnings by the day on the wall."""
    days = groupby(found, key=lambda at: day_of(at, zone_named(zone)))
    return tuple(DaySlots(day=day, starts=tuple(map(moment, starts))) for day, starts in days)


def near(day: date, now: datetime) -> date:
    """`day`. Raises InvalidInput(`date_out_of_range`) where nothing can be booked."""
    if abs(day - now.date()) > LONGEST_LOOK:
        raise InvalidInput("date_out_of_range", date=day.isoformat())
    return day
