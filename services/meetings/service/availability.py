"""Use cases of availability: what an advisor says of when they can be met, and what that makes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from nexus.audit import note
from nexus.caller import Caller, Role
from nexus.errors import NotFound, StaleRevision
from nexus.links import Links
from nexus.service import rpc
from services.meetings.contracts.availability import (
    Advisor,
    AdvisorInBrief,
    Advisors,
    AvailabilityContent,
    DaySlots,
    Feed,
    GetAvailability,
    GetFeedToken,
    ListAdvisors,
    PreviewSlots,
    RenewFeed,
    SaveAvailability,
)
from services.meetings.domain.slots import Wanted, check_availability, ticks_in
from services.meetings.domain.times import day_span, zone_named
from services.meetings.service.offers import Offers, by_day, near
from services.meetings.service.types import LEADERS, MEETING_LEADERS, STAFF, TypeDesk, sector_of
from services.meetings.store.advisors import AdvisorStore
from services.people.contracts.people import PersonChanged


@dataclass(frozen=True)
class AvailabilityDesk:
    """What advisors do with their own calendar, and coordinators with those of their sector."""

    advisors: AdvisorStore
    types: TypeDesk
    offers: Offers
    feeds: Links
    clock: Callable[[], datetime]

    def listed(self, caller: Caller) -> Advisors:
        """Who can be booked, by name."""
        known = [one for one in self.advisors.of_sector(caller.sector) if one.content.accepting]
        brief = [
            AdvisorInBrief(
                id=one.id,
                **one.content.model_dump(include={"name", "presentation", "languages", "expertise"}),
            )
            for one in known
        ]
        return Advisors(items=tuple(sorted(brief, key=lambda one: (one.name.casefold(), one.id))))

    def get(self, query: GetAvailability, caller: Caller) -> Advisor:
        """One's own, empty at first; those of others are for coordinators and administrators."""
        wanted = whose(query.advisor, caller)
        found = self.advisors.by_id(caller.sector, wanted)
        if found is not None:
            return found
        if query.advisor not in (None, caller.person) or caller.sector is None:
            raise NotFound("advisor_not_found", id=wanted)
        return Advisor(id=wanted, sector=caller.sector, revision=0, content=AvailabilityContent(name="–"))

    def save(self, command: SaveAvailability, caller: Caller) -> Advisor:
        """Raises StaleRevision, and InvalidInput with the codes of a content."""
        owner = whose(command.advisor, caller)
        sector = sector_of(caller, command.sector)
        check_availability(command.content)
        before = self.advisors.by_id(None, owner)
        if before is not None and before.sector != sector:
            raise NotFound("advisor_not_found", id=owner)
        current = before.revision if before else 0
        if command.revision != current:
            raise StaleRevision(id=owner, yours=command.revision, current=current)
        after = Advisor(
            id=owner, sector=sector, revision=current + 1, content=command.content, updated_at=self.clock()
        )
        if not self.advisors.save(after, current):
            raise StaleRevision(id=owner, yours=command.revision)
        note("availability", owner, command.content.name, _noted(before), _noted(after), sector=sector)
        return after

    def preview(self, query: PreviewSlots, caller: Caller) -> tuple[DaySlots, ...]:
        """The days that a content makes, before it is saved."""
        owner = whose(query.advisor, caller)
        check_availability(query.content)
        kind = self.types.get(query.type, caller)
        now, zone = self.clock(), zone_named(query.content.zone)
        wanted = Wanted.of(kind.id, kind.content, query.place, now, notice_hours=0)
        span = day_span(near(query.since, now), zone, query.days)
        advisor = Advisor(id=owner, sector=str(caller.sector), revision=0, content=query.content)
        party, _ = self.offers.party([advisor], 1, span, now)
        return by_day(ticks_in(party.offers(wanted, span), span[0]), zone.key)

    def follow(self, event: PersonChanged) -> bool:
        """Who has no account for it any more is not to be met; what is booked with them stays. Whether they left."""
        left = event.roles.isdisjoint(STAFF)
        is_news = self.advisors.leave(event.id, self.clock() if left else None, event.revision)
        return is_news and left

    def feed(self, caller: Caller) -> Feed:
        """The secret of the caller's calendar. Raises NotFound(`advisor_not_found`) before there is one."""
        caller.require(*STAFF)
        version = self.advisors.feed(caller.person)
        if version is None:
            raise NotFound("advisor_not_found", id=caller.person)
        return Feed(token=self.feeds.token(caller.person, version))

    def renew_feed(self, caller: Caller) -> Feed:
        """Another one."""
        caller.require(*STAFF)
        self.advisors.renew_feed(caller.person)
        told = self.feed(caller)
        note("feed", caller.person, caller.person, after={"renewed": True})
        return told


def whose(advisor: str | None, caller: Caller) -> str:
    """Whose availability a caller means: the own one, or, for coordinators and administrators, that of `advisor`.

    Raises Forbidden."""
    if advisor in (None, caller.person):
        caller.require(Role.ADVISOR, *LEADERS)
        return caller.person
    caller.require(*MEETING_LEADERS)
    return str(advisor)


def _noted(one: Advisor | None) -> dict[str, object] | None:
    """What the audit trail compares: absences are nobody's business but the advisor's."""
    return one.content.model_dump(mode="json", exclude={"absences"}) if one else None


class AvailabilityDoors:
    """What the service answers about when advisors can be met."""

    availability: AvailabilityDesk

    @rpc
    def list_advisors(self, query: ListAdvisors, caller: Caller) -> Advisors:
        return self.availability.listed(caller)

    @rpc
    def get_availability(self, query: GetAvailability, caller: Caller) -> Advisor:
        return self.availability.get(query, caller)

    @rpc
    def save_availability(self, command: SaveAvailability, caller: Caller) -> Advisor:
        return self.availability.save(command, caller)

    @rpc
    def preview_slots(self, query: PreviewSlots, caller: Caller) -> tuple[DaySlots, ...]:
        return self.availability.preview(query, caller)

    @rpc
    def get_feed_token(self, query: GetFeedToken, caller: Caller) -> Feed:
        return self.availability.feed(caller)

    @rpc
    def renew_feed(self, command: RenewFeed, caller: Caller) -> Feed:
        return self.availability.renew_feed(caller)
