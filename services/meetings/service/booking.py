"""Use cases of booking: find a time, hold it, say who comes; move it, cancel it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller, Language
from nexus.errors import Conflict, InvalidInput, NotFound, StaleRevision
from nexus.links import Links
from nexus.messages import Event
from services.meetings.contracts.availability import Advisor
from services.meetings.contracts.meetings import (
    AdvisorInMeeting,
    Booked,
    BookMeeting,
    ConfirmMeeting,
    Contact,
    FindSlots,
    HoldMeeting,
    Meeting,
    MeetingBooked,
    MeetingCancelled,
    MeetingMoved,
    Slots,
    State,
    Step,
    TextReminder,
    TypeInBrief,
)
from services.meetings.contracts.types import MeetingType
from services.meetings.contracts.words import Place
from services.meetings.domain import meetings as rules
from services.meetings.domain.choice import ranked, speaks
from services.meetings.domain.slots import Agenda, Wanted
from services.meetings.domain.texts import ToText, text_reminder
from services.meetings.domain.times import is_on_grid, tick
from services.meetings.service.offers import LONGEST_LOOK, Offers, Party
from services.meetings.service.repeats import id_of
from services.meetings.service.types import STAFF, TypeDesk
from services.meetings.store.advisors import AdvisorStore
from services.meetings.store.meetings import MeetingStore

_TRIES = 20  # of a time that others are booking as well: each time somebody else was quicker
BY_LINK = "company"
# The page of a meeting on every gateway, in the language of the mail.
LINK_PATHS: Mapping[Language, str] = {"fr": "/fr/rencontre", "en": "/en/meeting"}


class Seals(Protocol):
    """Closes what only the notifications service may read."""

    def close(self, fields: dict[str, str | None]) -> str: ...


@dataclass(frozen=True)
class Choice:
    """Who takes part at a beginning, and which of their places of a day and a week it uses."""

    advisors: Sequence[Advisor]
    places: Sequence[str]


@dataclass(frozen=True)
class BookingDesk:
    """What visitors do, with a link or without an account, and staff for those who call."""

    types: TypeDesk
    advisors: AdvisorStore
    meetings: MeetingStore
    offers: Offers
    links: Links
    seal: Seals
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    number_of: ToText | None = None  # None: no text messages are offered

    def slots(self, query: FindSlots, caller: Caller) -> Slots:
        """Raises NotFound(`meeting_type_not_found`), InvalidInput(`place_not_offered`)."""
        kind = self.types.bookable(query.type, caller)
        require_place(kind, query.place)
        now = self.clock()
        party = self.able(caller.sector, query.language, query.advisor)
        wanted = self._wanted(kind, query.place, caller, now)
        return self.offers.slots(party, kind.content.advisors, wanted, now, query.since, query.days)

    def hold(self, command: HoldMeeting, caller: Caller) -> Booked:
        """Keep a time for ten minutes."""
        now = self.clock()
        counted = caller.origin if caller.roles.isdisjoint(STAFF) else None
        if counted and self.meetings.holds_from(counted, now) >= rules.MOST_HOLDS:
            raise Conflict("too_many_holds")
        kind = self.types.bookable(command.type, caller)
        about = {"origin": caller.origin, "asked": command.advisor}
        meeting = self._place(command, kind, caller, uuid4().hex, lambda held: (held, ()), about)
        return Booked(meeting=meeting, token=self.links.token(meeting.id))

    def confirm(self, command: ConfirmMeeting, caller: Caller) -> Meeting:
        """Who comes is known: it takes place. To confirm twice with the same words does nothing more."""
        meeting, now = self.own(command.token, caller), self.clock()
        if meeting.state is State.CONFIRMED and meeting.contact == command.contact:
            return meeting
        kind = self.types.get(meeting.type.id, caller)
        self._require_few(caller, command.contact)
        answers = rules.checked_answers(kind.content, command.answers)
        texts = self._texts(command)
        after = rules.confirmed(
            meeting, command.contact, answers, _by(caller), now, command.message, command.base_url
        ).model_copy(update={"texts": texts})
        for one, places in (*self._followed(after, now), (after, None)):
            told = MeetingBooked(**self.facts(one, _by(caller)))
            if self.meetings.replace(one, meeting.revision, places, told, held_at=now) == "saved":
                return self._told(None, one)
        raise Conflict("hold_expired")

    def book(self, command: BookMeeting, caller: Caller, offer: str | None = None) -> Booked:
        """Both in one; with a key that was used before, what it booked then. `offer`: the place on the waiting list
        for which the time is kept."""
        if command.key is None:
            return self._book(command, caller, uuid4().hex, {}, offer)
        request = hashlib.sha256(command.model_dump_json().encode()).hexdigest()
        meeting_id = id_of(command.key, caller)
        if before := self._repeated(meeting_id, request):
            return before
        try:
            return self._book(command, caller, meeting_id, {"request": request}, offer)
        except (Conflict, InvalidInput):  # perhaps by the same request, sent twice at this very moment
            if before := self._repeated(meeting_id, request):
                return before
            raise

    def _book(
        self,
        command: BookMeeting,
        caller: Caller,
        meeting_id: str,
        about: Mapping[str, str | None],
        offer: str | None,
    ) -> Booked:
        kind = self.types.bookable(command.type, caller)
        self._require_few(caller, command.contact)
        answers = rules.checked_answers(kind.content, command.answers)
        texts = self._texts(command)

        def complete(held: Meeting) -> tuple[Meeting, tuple[Event, ...]]:
            done = rules.confirmed(
                held, command.contact, answers, _by(caller), self.clock(), site=command.base_url
            )
            done = done.model_copy(update={"revision": 1, "texts": texts})
            return done, (MeetingBooked(**self.facts(done, _by(caller))),)

        meeting = self._place(command, kind, caller, meeting_id, complete, about, offer)
        self._told(None, meeting)
        return Booked(meeting=meeting, token=self.links.token(meeting.id))

    def own(self, token: str, caller: Caller) -> Meeting:
        """The meeting of a link, on the site of its sector. Raises NotFound(`meeting_not_found`),
        Conflict(`hold_expired`): it was held, and let go."""
        if not self.links.is_good(token):
            raise NotFound("meeting_not_found")
        found = self.meetings.by_id(self.links.about(token))
        if found is None:
            raise Conflict("hold_expired")
        if not caller.may_touch((found.sector,)):
            raise NotFound("meeting_not_found")
        return found

    def moves(self, meeting: Meeting, since: date | None, days: int, *, by_staff: bool) -> Slots:
        """When a meeting could be instead, with the same advisors, or others where one has left."""
        now = self.clock()
        party, wanted = self.same(meeting), self.again(meeting, now, by_staff=by_staff)
        return self.offers.slots(party, len(meeting.advisors), wanted, now, since, days, meeting.id)

    def move(
        self,
        meeting: Meeting,
        start: datetime,
        by: str,
        why: str | None = None,
        *,
        by_staff: bool,
        offer: str | None = None,
    ) -> Meeting:
        """`offer`: the place on the waiting list for which the time is kept.

        Raises Conflict(`slot_taken`, `meeting_over`, `too_late`), InvalidInput, StaleRevision."""
        now = self.clock()
        _require_possible(start, now)
        after = rules.moved(meeting, start, by, why, now)
        if not by_staff:
            rules.require_in_time(meeting, meeting.type.move_hours, now)
        wanted = self.again(meeting, now, by_staff=by_staff)
        for _ in range(_TRIES):
            choice = self.choose(
                self.same(meeting), len(meeting.advisors), wanted, start, meeting, now, offer
            )
            one = self._with(after, choice)
            told = MeetingMoved(**self.facts(one, by), before=meeting.start)
            match self.meetings.replace(one, meeting.revision, choice.places, told):
                case "saved":
                    return self._told(meeting, one)
                case "stale":
                    raise StaleRevision(id=meeting.id, yours=meeting.revision)
            self.meetings.release(now)
        raise Conflict("slot_taken", nearest=[])

    def cancel(self, meeting: Meeting, by: str, why: str | None, *, by_staff: bool) -> Meeting:
        """Raises Conflict(`meeting_over`, `too_late`), StaleRevision."""
        if not by_staff:
            rules.require_in_time(meeting, meeting.type.cancel_hours, self.clock())
        return self.withdraw(meeting, by, why, by_company=not by_staff)

    def withdraw(self, meeting: Meeting, by: str, why: str | None, *, by_company: bool) -> Meeting:
        """Cancel it however late it is. Raises Conflict(`meeting_over`), StaleRevision."""
        after = rules.cancelled(meeting, by, why, self.clock(), by_company=by_company)
        event = MeetingCancelled(**self.facts(after, by), by_company=by_company)
        if self.meetings.replace(after, meeting.revision, None, event) != "saved":
            raise StaleRevision(id=meeting.id, yours=meeting.revision)
        return self._told(meeting, after)

    def release(self) -> int:
        """Let go of holds that have expired."""
        return self.meetings.release(self.clock())

    def _place(
        self,
        command: HoldMeeting | BookMeeting,
        kind: MeetingType,
        caller: Caller,
        meeting_id: str,
        complete: Callable[[Meeting], tuple[Meeting, tuple[Event, ...]]],
        about: Mapping[str, str | None],
        offer: str | None = None,
    ) -> Meeting:
        """Write a new meeting where enough advisors are free, whoever else tries meanwhile.

        Raises Conflict(`slot_taken`; `key_reused`: its id is in use), InvalidInput(`slot_not_offered`)."""
        require_place(kind, command.place)
        _require_possible(command.start, self.clock())
        able = self.able(caller.sector, command.need.language, command.advisor)
        for _ in range(_TRIES):
            now = self.clock()
            wanted = self._wanted(kind, command.place, caller, now)
            choice = self.choose(able, kind.content.advisors, wanted, command.start, command, now, offer)
            where = _where(command.place, kind, choice.advisors[0], self._room(meeting_id))
            held = _requested(command, kind, choice.advisors, meeting_id, where, _by(caller), now)
            meeting, events = complete(held)
            if self.meetings.add(meeting, choice.places, about, *events):
                return meeting
            if self.meetings.by_id(meeting_id):
                raise Conflict("key_reused")
            self.meetings.release(now)
        raise Conflict("slot_taken", nearest=[])

    def choose(
        self,
        able: Sequence[Advisor],
        needed: int,
        wanted: Wanted,
        start: datetime,
        about: HoldMeeting | BookMeeting | Meeting,
        now: datetime,
        offer: str | None = None,
    ) -> Choice:
        """Who is to take part. Raises Conflict(`slot_taken`), InvalidInput(`slot_not_offered`)."""
        at = tick(start)
        but = about.id if isinstance(about, Meeting) else None
        party, used = self.offers.party(able, needed, (at, at + 1), now, but, offer)
        free = party.free(wanted, at)
        if len(free) < needed:
            self._refuse(party, wanted, at)
        chosen = [one.id for one in free]
        if len(free) > needed:
            loads, known = self.meetings.loads(chosen, now), [(one.id, one.content) for one in free]
            chosen = list(ranked(known, about.need, loads, self._followers(able[0].sector, about))[:needed])
        places = [key for one in free if one.id in chosen for key in rules.places_of(one, at, used[one.id])]
        by_id = {one.id: one for one in able}
        return Choice([by_id[one] for one in chosen], places)

    def _followers(self, sector: str, about: HoldMeeting | BookMeeting | Meeting) -> Sequence[str]:
        contact = None if isinstance(about, HoldMeeting) else about.contact
        return self.meetings.followers(sector, contact.neq, contact.email) if contact else ()

    def _refuse(self, party: Party, wanted: Wanted, at: int) -> None:
        ever = Party([Agenda(one.id, one.content) for one in party.agendas], party.needed)
        if len(ever.free(wanted, at)) < party.needed:
            raise InvalidInput("slot_not_offered", nearest=self._nearest(party, wanted, at))
        raise Conflict("slot_taken", nearest=self._nearest(party, wanted, at))

    def _nearest(self, party: Party, wanted: Wanted, at: int) -> list[str]:
        """Looked for around the beginning itself, so with what occupies advisors there."""
        now = self.clock()
        advisors = [Advisor(id=one.id, sector="-", revision=0, content=one.content) for one in party.agendas]
        around, _ = self.offers.party(advisors, party.needed, (at - 21 * 288, at + 21 * 288), now)
        return self.offers.nearest(around, wanted, at)

    def able(self, sector: str | None, language: str, advisor: str | None) -> list[Advisor]:
        """The advisors who can be met in a language, or the one who is named."""
        found = [one for one in self.advisors.of_sector(sector) if speaks(one.content, language)]
        return [one for one in found if advisor in (None, one.id)]

    def same(self, meeting: Meeting) -> list[Advisor]:
        """Those who take part; where one of them has left, everybody who could."""
        found = self.advisors.there(meeting.sector, [one.id for one in meeting.advisors])
        if len(found) == len(meeting.advisors):
            return found
        return self.able(meeting.sector, meeting.need.language, None)

    def _wanted(self, kind: MeetingType, place: Place, caller: Caller, now: datetime) -> Wanted:
        """Staff who book for somebody on the phone need no notice."""
        hours = None if caller.roles.isdisjoint(STAFF) else 0
        return Wanted.of(kind.id, kind.content, place, now, hours)

    def again(self, meeting: Meeting, now: datetime, *, by_staff: bool) -> Wanted:
        """The same meeting at another time: as long as it was booked, whatever its type has become."""
        kind = self.types.types.by_id(meeting.sector, meeting.type.id)
        if kind is None:
            raise NotFound("meeting_type_not_found", id=meeting.type.id)
        kept = {"minutes": meeting.type.minutes, "before": meeting.type.before, "after": meeting.type.after}
        content = kind.content.model_copy(update=kept)
        return Wanted.of(kind.id, content, meeting.place, now, 0 if by_staff else None)

    def _require_few(self, caller: Caller, contact: Contact) -> None:
        sector = caller.sector if caller.roles.isdisjoint(STAFF) else None
        if sector and self.meetings.ahead_of(sector, contact.email, self.clock()) >= rules.MOST_AHEAD:
            raise Conflict("too_many_meetings", most=rules.MOST_AHEAD)

    def _texts(self, command: ConfirmMeeting | BookMeeting) -> TextReminder | None:
        return text_reminder(command.text_consent, command.contact.phone, self.number_of, self.clock())

    def _followed(self, meeting: Meeting, now: datetime) -> list[tuple[Meeting, Sequence[str]]]:
        """The same meeting with the advisor who follows the company, if there is one who is free, and nobody else
        was asked for; and the places that this uses. Who comes is known only once the form is sent."""
        contact = meeting.contact
        if contact is None or len(meeting.advisors) > 1 or self.meetings.advisor_asked_for(meeting.id):
            return []
        able = self.able(meeting.sector, meeting.need.language, None)
        followers = self.meetings.followers(meeting.sector, contact.neq, contact.email)
        if meeting.advisors[0].id in followers[:1] or not {one.id for one in able} & set(followers):
            return []
        able = [one for one in able if one.id in followers]
        wanted = self.again(meeting, now, by_staff=True)
        try:
            choice = self.choose(able, 1, wanted, meeting.start, meeting, now)
        except (Conflict, InvalidInput):
            return []
        return [(self._with(meeting, choice), choice.places)]

    def _with(self, meeting: Meeting, choice: Choice) -> Meeting:
        """The meeting with those who are chosen, where they receive."""
        kind = self.types.types.by_id(meeting.sector, meeting.type.id)
        at_theirs = meeting.place == "partner_office" and kind is not None
        taking_part = tuple(AdvisorInMeeting(id=one.id, name=one.content.name) for one in choice.advisors)
        where = choice.advisors[0].content.office if at_theirs else meeting.where
        return meeting.model_copy(update={"advisors": taking_part, "where": where})

    def _repeated(self, meeting_id: str, request: str) -> Booked | None:
        """What the same key has booked before. Raises Conflict(`key_reused`)."""
        before = self.meetings.request_of(meeting_id)
        if before is None:
            return None
        found = self.meetings.by_id(meeting_id)
        if before != request or found is None:
            raise Conflict("key_reused")
        return Booked(meeting=found, token=self.links.token(meeting_id))

    def _room(self, meeting_id: str) -> str:
        """A part of a video address that nobody guesses."""
        return self.links.token(f"{meeting_id}-room").rpartition(".")[2][:20]

    def facts(self, meeting: Meeting, by: str) -> dict[str, Any]:
        """What all events of a meeting tell."""
        return {
            "id": meeting.id,
            "revision": meeting.revision,
            "sequence": meeting.sequence,
            "sector": meeting.sector,
            "meeting_type": meeting.type.id,
            "place": meeting.place,
            "advisors": tuple(one.id for one in meeting.advisors),
            "start": meeting.start,
            "end": meeting.end,
            "zone": meeting.zone,
            "title": meeting.type.name,
            "language": meeting.contact.language if meeting.contact else "fr",
            "by": by,
            "sealed": self._sealed(meeting),
        }

    def _sealed(self, meeting: Meeting) -> str | None:
        """Whom to mail what leads back to the meeting."""
        if meeting.contact is None or meeting.site is None:
            return None
        link = f"{meeting.site}{LINK_PATHS[meeting.contact.language]}/{self.links.token(meeting.id)}"
        people = ", ".join(one.name for one in meeting.advisors)
        told = {"link": link, "site": meeting.site, "where": meeting.where, "people": people}
        contact = meeting.contact
        told |= {
            "to": contact.email,
            "name": contact.name,
            "company": contact.company,
            "phone": contact.phone,
            "text_to": meeting.texts.number if meeting.texts else None,
        }
        return self.seal.close(told)

    def _told(self, before: Meeting | None, after: Meeting) -> Meeting:
        """Its events may leave, and the audit trail knows."""
        self.wake()
        note_meeting(before, after)
        return after


def note_meeting(before: Meeting | None, after: Meeting) -> None:
    """Tell the trail what changed; who comes is not repeated there."""
    note("meeting", after.id, after.type.name.fr, _noted(before), _noted(after), sector=after.sector)


def _noted(meeting: Meeting | None) -> dict[str, object] | None:
    return meeting.model_dump(mode="json", include={"state", "start", "place"}) if meeting else None


def require_place(kind: MeetingType, place: str) -> None:
    """Raises InvalidInput(`place_not_offered`)."""
    if place not in kind.content.places:
        raise InvalidInput("place_not_offered", place=place, places=list(kind.content.places))


def _require_possible(start: datetime, now: datetime) -> None:
    if not is_on_grid(start) or abs(start - now) > LONGEST_LOOK:
        raise InvalidInput("slot_not_offered", nearest=[])


def _by(caller: Caller) -> str:
    return BY_LINK if caller.roles.isdisjoint(STAFF) else caller.person


def _requested(
    command: HoldMeeting | BookMeeting,
    kind: MeetingType,
    advisors: Sequence[Advisor],
    meeting_id: str,
    where: str | None,
    by: str,
    now: datetime,
) -> Meeting:
    content = kind.content
    return Meeting(
        id=meeting_id,
        sector=kind.sector,
        revision=1,
        state=State.REQUESTED,
        type=TypeInBrief(
            id=kind.id,
            questions=rules.questions_of(content),
            **{
                name: getattr(content, name)
                for name in TypeInBrief.model_fields
                if name not in ("id", "questions")
            },
        ),
        place=command.place,
        where=where,
        start=command.start,
        end=command.start + timedelta(minutes=content.minutes),
        zone=advisors[0].content.zone,
        advisors=tuple(AdvisorInMeeting(id=one.id, name=one.content.name) for one in advisors),
        need=command.need,
        steps=(Step(at=now, by=by, what="requested"),),
        created_at=now,
        expires_at=now + rules.HOLD,
    )


def _where(place: str, kind: MeetingType, advisor: Advisor, room: str) -> str | None:
    if place == "video" and kind.content.video_url:
        return kind.content.video_url.replace("{meeting}", room)
    return advisor.content.office if place == "partner_office" else None
