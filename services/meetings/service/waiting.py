"""Use cases of the waiting list: ask for an earlier time, answer what is offered; and the offers themselves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from nexus.audit import note
from nexus.caller import Caller, Language
from nexus.errors import Conflict, InvalidInput, NotFound, StaleRevision
from nexus.links import Links
from nexus.service import every, rpc
from services.meetings.contracts.availability import MONTREAL, Advisor
from services.meetings.contracts.meetings import AdvisorInMeeting, Booked, BookMeeting, Meeting, State
from services.meetings.contracts.waiting import (
    AcceptOffer,
    AskEarlier,
    AskForTime,
    DeclineOffer,
    FindOwnWish,
    LeaveWaiting,
    Offer,
    OpenWish,
    OwnWish,
    TimeOffered,
    Wish,
    Wished,
)
from services.meetings.domain import meetings as rules
from services.meetings.domain import waiting as line
from services.meetings.domain.slots import Wanted
from services.meetings.domain.times import day_span, moment, tick, zone_named
from services.meetings.domain.waiting import Offered, Waiting
from services.meetings.service.booking import BY_LINK, BookingDesk, require_place
from services.meetings.service.offers import near
from services.meetings.service.repeats import id_of
from services.meetings.store.waiting import WaitingStore

# The page of a place on the list on every gateway, in the language of the mail.
WISH_PATHS: Mapping[Language, str] = {"fr": "/fr/attente", "en": "/en/waiting"}
_LOOKED_AT = 500  # of those who wait, at once


@dataclass(frozen=True)
class Search:
    """Where a time for somebody is looked for: among whom, how many of them, what, and for what."""

    able: Sequence[Advisor]
    needed: int
    wanted: Wanted
    about: Meeting | BookMeeting


@dataclass(frozen=True)
class WaitingDesk:
    """What companies do with their link, and what the list does by itself."""

    waiting: WaitingStore
    booking: BookingDesk
    links: Links
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def ask_earlier(self, command: AskEarlier, caller: Caller) -> Wished:
        """Raises Conflict(`meeting_over`), InvalidInput(`date_out_of_range`), NotFound."""
        meeting, now = self.booking.own(command.token, caller), self.clock()
        if meeting.contact is None or meeting.state is not State.CONFIRMED or meeting.start <= now:
            raise Conflict("meeting_over")
        before = self.waiting.get(meeting.id)
        waits = before is not None and before.state in line.ACTIVE
        new = Waiting(
            id=meeting.id,
            sector=meeting.sector,
            revision=before.revision if before else 0,
            state="waiting",
            name=meeting.type.name,
            place=meeting.place,
            zone=meeting.zone,
            email=meeting.contact.email,
            until=_end_of(command.until, meeting.zone, now),
            site=command.base_url,
            meeting=meeting.id,
            created_at=now,
        )
        if before is not None and waits:
            return self._put(before, before.model_copy(update={"until": new.until}))
        return self._put(before, self._with_passed(new, meeting, now))

    def ask_for_time(self, command: AskForTime, caller: Caller) -> Wished:
        """Raises what a booking is refused with, Conflict(`too_many_wishes`, `key_reused`),
        InvalidInput(`date_out_of_range`)."""
        kind, now = self.booking.types.bookable(command.type, caller), self.clock()
        require_place(kind, command.place)
        rules.check_contact(command.contact, command.place)
        answers = rules.checked_answers(kind.content, command.answers)
        request = command.model_copy(update={"answers": answers})
        wish = id_of(f"waiting:{command.key}", caller) if command.key else uuid4().hex
        if command.key and (before := self._repeated(wish, request)):
            return before
        if self.waiting.active_of(kind.sector, command.contact.email) >= line.MOST_WISHES:
            raise Conflict("too_many_wishes", most=line.MOST_WISHES)
        new = Waiting(
            id=wish,
            sector=kind.sector,
            revision=0,
            state="waiting",
            name=kind.content.name,
            place=command.place,
            zone=MONTREAL,
            email=command.contact.email,
            until=_end_of(command.until, MONTREAL, now),
            site=command.base_url,
            request=request,
            created_at=now,
        )
        try:
            return self._put(None, self._with_passed(new, None, now))
        except StaleRevision:  # the same request, sent twice at this very moment
            if before := self._repeated(wish, request):
                return before
            raise

    def of_meeting(self, token: str, caller: Caller) -> OwnWish:
        """Raises NotFound(`meeting_not_found`)."""
        meeting = self.booking.own(token, caller)
        found = self.waiting.get(meeting.id)
        if found is None or found.state not in line.ACTIVE:
            return OwnWish()
        return OwnWish(found=self._told(found, meeting))

    def open(self, token: str, caller: Caller) -> Wish:
        """Raises NotFound(`wish_not_found`)."""
        found = self._own(token, caller)
        return self._told(found, self._meeting(found)).wish

    def accept(self, token: str, caller: Caller) -> Booked:
        """Raises Conflict(`offer_expired`, and what a move or a booking is refused with)."""
        found = self._own(token, caller)
        offer, now = self._open_offer(found), self.clock()
        try:
            done = self._take(found, offer, caller)
        except Conflict as error:
            if error.code == "slot_taken":
                self.waiting.save(line.turned_down(found, tick(offer.start)), found.revision)
            raise
        # Where this is not written any more, the next look at the list sees that it is served.
        self.waiting.save(line.ended(found, "taken", now), found.revision)
        return done

    def decline(self, token: str, caller: Caller) -> Wish:
        """Raises Conflict(`offer_expired`), StaleRevision."""
        found = self._own(token, caller)
        return self._put(found, line.turned_down(found, tick(self._open_offer(found).start))).wish

    def leave(self, token: str, caller: Caller) -> Wish:
        """To leave twice does nothing more."""
        found = self._own(token, caller)
        if found.state not in line.ACTIVE:
            return self._told(found, None).wish
        return self._put(found, line.ended(found, "left", self.clock())).wish

    def offer_due(self) -> None:
        """Take back what nobody answered, and keep a time for whoever waits longest for one like it."""
        now = self.clock()
        if not self.waiting.take_turn(now):
            return
        try:
            for one in self.waiting.unanswered(now):
                if one.offer:
                    self.waiting.save(line.turned_down(one, tick(one.offer.start)), one.revision)
            for one in self.waiting.in_line(_LOOKED_AT):
                self._look(one, now)
        finally:
            self.waiting.end_turn(self.clock())

    def _look(self, waiting: Waiting, now: datetime) -> None:
        meeting = self._meeting(waiting)
        if line.is_over(waiting, meeting, now):
            self.waiting.save(line.ended(waiting, "over", now), waiting.revision)
            return
        search = self._search(waiting, meeting, now)
        free = self._free(waiting, search, now)
        seen, found = line.looked(waiting, free, line.latest_of(waiting, meeting))
        if search is not None and found is not None and line.is_day(now, ZoneInfo(waiting.zone)):
            self._offer(seen, search, found, now)
        elif seen != waiting:
            self.waiting.save(seen.model_copy(update={"revision": waiting.revision + 1}), waiting.revision)

    def _offer(self, waiting: Waiting, search: Search, at: int, now: datetime) -> None:
        wanted, start = search.wanted, moment(at)
        try:
            choice = self.booking.choose(
                search.able, search.needed, wanted, start, search.about, now, waiting.id
            )
        except (Conflict, InvalidInput):  # somebody was quicker
            return
        offer = Offered(
            start=start,
            end=moment(at + wanted.length),
            expires_at=line.open_until(now, ZoneInfo(waiting.zone)),
            advisors=tuple(AdvisorInMeeting(id=one.id, name=one.content.name) for one in choice.advisors),
            busy=(at - wanted.before, at + wanted.length + wanted.after),
        )
        after = line.offered(waiting, offer)
        if self.waiting.save(after, waiting.revision, self._event(after, offer, search.about)):
            self.wake()

    def _event(self, waiting: Waiting, offer: Offered, about: Meeting | BookMeeting) -> TimeOffered:
        language = about.contact.language if about.contact else "fr"
        link = f"{waiting.site}{WISH_PATHS[language]}/{self.links.token(waiting.id)}"
        sealed: dict[str, str | None] = {"to": waiting.email, "link": link, "people": _people(offer)}
        return TimeOffered(
            id=waiting.id,
            revision=waiting.revision,
            sector=waiting.sector,
            title=waiting.name,
            place=waiting.place,
            start=offer.start,
            end=offer.end,
            zone=waiting.zone,
            before=about.start if isinstance(about, Meeting) else None,
            expires_at=offer.expires_at,
            language=language,
            sealed=self.booking.seal.close(sealed),
        )

    def _take(self, waiting: Waiting, offer: Offered, caller: Caller) -> Booked:
        meeting = self._meeting(waiting)
        if meeting is not None:
            if meeting.start != offer.start:
                meeting = self.booking.move(meeting, offer.start, BY_LINK, by_staff=False, offer=waiting.id)
            return Booked(meeting=meeting, token=self.booking.links.token(meeting.id))
        if waiting.request is None:
            raise Conflict("meeting_over")
        return self.booking.book(_booking(waiting, waiting.request, offer.start), caller, waiting.id)

    def _search(self, waiting: Waiting, meeting: Meeting | None, now: datetime) -> Search | None:
        """Judged as of the end of an offer that is made now: what is accepted at its last moment is in time still."""
        ends, booking, request = line.open_until(now, ZoneInfo(waiting.zone)), self.booking, waiting.request
        if meeting is not None:
            if meeting.start - ends < timedelta(hours=meeting.type.move_hours):
                return None
            wanted = booking.again(meeting, ends, by_staff=False)
            return Search(booking.same(meeting), len(meeting.advisors), wanted, meeting)
        kind = booking.types.types.by_id(waiting.sector, request.type) if request else None
        if request is None or kind is None or kind.archived:
            return None
        able = booking.able(waiting.sector, request.need.language, request.advisor)
        wanted = Wanted.of(kind.id, kind.content, waiting.place, ends)
        return Search(able, kind.content.advisors, wanted, _booking(waiting, request, ends))

    def _free(self, waiting: Waiting, search: Search | None, now: datetime) -> list[int]:
        if search is None:
            return []
        but = search.about.id if isinstance(search.about, Meeting) else None
        offers = self.booking.offers
        return offers.beginnings(search.able, search.needed, search.wanted, now, but, waiting.id)

    def _with_passed(self, waiting: Waiting, meeting: Meeting | None, now: datetime) -> Waiting:
        """What is free now they have seen, and do not want."""
        free = self._free(waiting, self._search(waiting, meeting, now), now)
        latest = tick(line.latest_of(waiting, meeting))
        return waiting.model_copy(update={"passed": tuple(at for at in free if at < latest)})

    def _repeated(self, wish: str, request: AskForTime) -> Wished | None:
        """What the same key has asked for before. Raises Conflict(`key_reused`)."""
        before = self.waiting.get(wish)
        if before is not None and before.request not in (None, request):  # None: it has ended
            raise Conflict("key_reused")
        return self._told(before, self._meeting(before)) if before else None

    def _put(self, before: Waiting | None, after: Waiting) -> Wished:
        current = before.revision if before else 0
        after = after.model_copy(update={"revision": current + 1})
        if not self.waiting.save(after, current):
            raise StaleRevision(id=after.id, yours=current)
        note("wish", after.id, after.name.fr, _noted(before), _noted(after), sector=after.sector)
        return self._told(after, self._meeting(after))

    def _own(self, token: str, caller: Caller) -> Waiting:
        found = self.waiting.get(self.links.about(token)) if self.links.is_good(token) else None
        if found is None or not caller.may_touch((found.sector,)):
            raise NotFound("wish_not_found")
        return found

    def _open_offer(self, waiting: Waiting) -> Offered:
        if waiting.state != "offered" or waiting.offer is None or waiting.offer.expires_at <= self.clock():
            raise Conflict("offer_expired")
        return waiting.offer

    def _meeting(self, waiting: Waiting) -> Meeting | None:
        return self.booking.meetings.by_id(waiting.meeting, waiting.sector) if waiting.meeting else None

    def _told(self, waiting: Waiting, meeting: Meeting | None) -> Wished:
        offer, same = waiting.offer, ("id", "sector", "revision", "state", "name", "place", "zone", "until")
        open_offer = None
        if offer is not None and offer.expires_at > self.clock():
            open_offer = Offer(
                start=offer.start, end=offer.end, expires_at=offer.expires_at, people=_people(offer)
            )
        wish = Wish(
            **{name: getattr(waiting, name) for name in same},
            created_at=waiting.created_at,
            booked=meeting.start if meeting else None,
            offer=open_offer,
        )
        return Wished(wish=wish, token=self.links.token(waiting.id))


def _booking(waiting: Waiting, request: AskForTime, start: datetime) -> BookMeeting:
    same = {name: getattr(request, name) for name in AskForTime.model_fields if name not in ("until", "key")}
    return BookMeeting(**same, start=start, key=f"waiting-{waiting.id}-{waiting.revision}")


def _people(offer: Offered) -> str:
    return ", ".join(one.name for one in offer.advisors)


def _end_of(day: date, zone: str, now: datetime) -> datetime:
    """The midnight after a day. Raises InvalidInput(`date_out_of_range`)."""
    end = moment(day_span(near(day, now), zone_named(zone))[1])
    if end <= now:
        raise InvalidInput("date_out_of_range", date=day.isoformat())
    return end


def _noted(waiting: Waiting | None) -> dict[str, object] | None:
    return waiting.model_dump(mode="json", include={"state", "until"}) if waiting else None


class WaitingDoors:
    """What the service answers about the waiting list."""

    waiting: WaitingDesk

    @rpc
    def ask_earlier(self, command: AskEarlier, caller: Caller) -> Wished:
        return self.waiting.ask_earlier(command, caller)

    @rpc
    def ask_for_time(self, command: AskForTime, caller: Caller) -> Wished:
        return self.waiting.ask_for_time(command, caller)

    @rpc
    def find_own_wish(self, query: FindOwnWish, caller: Caller) -> OwnWish:
        return self.waiting.of_meeting(query.token, caller)

    @rpc
    def open_wish(self, query: OpenWish, caller: Caller) -> Wish:
        return self.waiting.open(query.token, caller)

    @rpc
    def accept_offer(self, command: AcceptOffer, caller: Caller) -> Booked:
        return self.waiting.accept(command.token, caller)

    @rpc
    def decline_offer(self, command: DeclineOffer, caller: Caller) -> Wish:
        return self.waiting.decline(command.token, caller)

    @rpc
    def leave_waiting(self, command: LeaveWaiting, caller: Caller) -> Wish:
        return self.waiting.leave(command.token, caller)

    @every(minutes=1)
    def offer_freed_times(self) -> None:
        """What gets free is offered to those who wait for it."""
        self.waiting.offer_due()
