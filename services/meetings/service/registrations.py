"""Use cases of registrations: take a place or wait for one, give it up, say what one thought; and the staff's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller, Role
from nexus.errors import Conflict, NotFound, StaleRevision
from nexus.links import Links
from nexus.service import every, rpc
from services.meetings.contracts.registrations import (
    HostedActivity,
    HostedPage,
    LeaveActivity,
    ListHosted,
    ListRegistrations,
    NoteAttendance,
    OpenRegistration,
    Places,
    PlacesLeft,
    RateActivity,
    Register,
    Registered,
    Registration,
    RegistrationPage,
    RemoveRegistration,
    Scores,
)
from services.meetings.domain import registrations as rules
from services.meetings.domain.registrations import Activity, Kept
from services.meetings.service.hosting import HostingDesk
from services.meetings.service.repeats import id_of
from services.meetings.service.types import STAFF, sector_of
from services.meetings.store.registrations import RegistrationStore

HOSTS = (*STAFF, Role.EDITOR)  # who may see those who registered, at the door as well
_ASKED_AT_MOST = timedelta(minutes=1)  # a request takes less


@dataclass(frozen=True)
class RegistrationDesk:
    """What visitors do, with a link or without an account, and staff."""

    store: RegistrationStore
    hosting: HostingDesk
    links: Links
    clock: Callable[[], datetime]

    def places(self, query: PlacesLeft, caller: Caller) -> Places:
        """Raises NotFound(`activity_not_found`)."""
        return self._places(self._activity(query.activity, caller))

    def register(self, command: Register, caller: Caller) -> Registered:
        """Raises NotFound(`activity_not_found`), Conflict(`registration_closed`, `too_many_registrations`,
        `key_reused`)."""
        new = self._asked(command, caller)
        if command.key and (before := self.store.get(new.id)):
            return self._repeated(before, new)
        activity, now = self._activity(command.activity, caller), self.clock()
        if not rules.is_open(activity, now):
            raise Conflict("registration_closed")
        if self.store.open_of(new.sector, command.registrant.email, now) >= rules.MOST_OPEN:
            raise Conflict("too_many_registrations", most=rules.MOST_OPEN)
        there = self.store.add(new)
        if there is None:
            return self._answer(self._join(new), noted=True)
        if command.key and there.id == new.id:
            return self._repeated(there, new)
        self._join(there)
        self.hosting.bring_in_line(there.id, afresh=True)
        return Registered()

    def open(self, token: str, caller: Caller) -> Registration:
        """Raises NotFound(`registration_not_found`)."""
        return self._told(self._own(token, caller))

    def leave(self, token: str, caller: Caller) -> Registration:
        """To leave twice does nothing more. Raises Conflict(`activity_over`), NotFound."""
        return self._gone(self._own(token, caller), by_us=False)

    def rate(self, command: RateActivity, caller: Caller) -> Registration:
        """Raises Conflict(`activity_not_over`; `not_registered`: they had no place), NotFound, StaleRevision."""
        kept = self._own(command.token, caller)
        if kept.state != "registered":
            raise Conflict("not_registered")
        if kept.end > self.clock():
            raise Conflict("activity_not_over")
        return self._saved(kept, rules.rated(kept, command.score, command.remark))

    def listed(self, query: ListRegistrations, caller: Caller) -> RegistrationPage:
        """Raises Forbidden, NotFound(`activity_not_found`)."""
        caller.require(*HOSTS)
        activity = self._activity(query.activity, caller)
        found = self.store.page(activity.id, caller.sector, query.page, query.per_page)
        tally = self.store.tally(activity.id, caller.sector)
        return RegistrationPage(
            items=tuple(self._told(one, activity) for one in found),
            total=tally.total,
            page=query.page,
            per_page=query.per_page,
            title=activity.title,
            places=self._places(activity),
            scores=Scores(counts=tally.scores, remarks=tally.remarks),
            came=tally.came,
        )

    def hosted(self, query: ListHosted, caller: Caller) -> HostedPage:
        """Raises Forbidden."""
        caller.require(*HOSTS)
        found, total = self.store.hosted(caller.sector, query.page, query.per_page)
        return HostedPage(
            items=tuple(self._hosted(one) for one in found),
            total=total,
            page=query.page,
            per_page=query.per_page,
        )

    def remove(self, command: RemoveRegistration, caller: Caller) -> Registration:
        """Raises Forbidden, Conflict(`activity_over`), NotFound(`registration_not_found`)."""
        return self._gone(self._theirs(command.id, caller), by_us=True)

    def note(self, command: NoteAttendance, caller: Caller) -> Registration:
        """Raises Forbidden, Conflict(`not_registered`), NotFound(`registration_not_found`), StaleRevision."""
        kept = self._theirs(command.id, caller)
        if kept.state != "registered":
            raise Conflict("not_registered")
        return self._saved(kept, rules.noted(kept, command.came))

    def finish_asked(self) -> None:
        """Who was stopped before a place was given is given one, or what they asked for is forgotten."""
        for kept in self.store.asked(self.clock() - _ASKED_AT_MOST):
            try:
                self._join(kept)
            except Conflict:
                continue

    def give_up(self, kept: Kept) -> None:
        """A place that somebody has who is to be forgotten, with the usual notices."""
        try:
            kept = self._join(kept)  # what was begun
        except Conflict:
            return
        if kept.state in rules.OPEN and kept.end > self.clock():
            self._gone(kept, by_us=False)

    def forget(self, kept: Kept) -> None:
        """Nobody is known by it any more."""
        while (found := self.store.get(kept.id)) is not None and found.registrant is not None:
            if self.store.save(rules.anonymous(found), found.revision):
                return

    def _asked(self, command: Register, caller: Caller) -> Kept:
        now = self.clock()
        activity = self._activity(command.activity, caller)
        return Kept(
            id=id_of(f"registration:{command.key}", caller) if command.key else uuid4().hex,
            activity=activity.id,
            sector=sector_of(caller, None),
            title=activity.title,
            start=activity.start,
            end=activity.end,
            zone=activity.zone,
            registrant=command.registrant,
            site=command.base_url,
            created_at=now,
            mailed_at=now,
        )

    def _join(self, kept: Kept) -> Kept:
        """Give what was asked for. Raises Conflict(`registration_closed`): it closed meanwhile."""

        def change(activity: Activity) -> Activity | None:
            if activity.holds(kept.id):
                return None
            if not rules.is_open(activity, self.clock()):
                self.store.drop(kept)
                raise Conflict("registration_closed")
            return rules.joined(activity, kept.id)

        if kept.state == "asked":
            self.hosting.change(kept.activity, change)
        after = self.hosting.bring_in_line(kept.id) or kept
        if after.state == "asked":  # called off in between
            self.store.drop(kept)
            raise Conflict("registration_closed")
        return after

    def _repeated(self, before: Kept, new: Kept) -> Registered:
        """What the same key has asked for before. Raises Conflict(`key_reused`)."""
        same = before.activity == new.activity and before.registrant in (None, new.registrant)
        if not same:
            raise Conflict("key_reused")
        return self._answer(self._join(before), noted=False)

    def _gone(self, kept: Kept, *, by_us: bool) -> Registration:
        if kept.state not in rules.OPEN:
            return self._told(kept)
        now = self.clock()
        if kept.end <= now:
            raise Conflict("activity_over")

        def change(activity: Activity) -> Activity | None:
            return rules.without(activity, kept.id, now, by_us=by_us) if activity.holds(kept.id) else None

        changed = self.hosting.change(kept.activity, change)
        after = self.hosting.bring_in_line(kept.id) or kept
        for one in changed.untold if changed else ():
            self.hosting.bring_in_line(one)
        _note(kept, after)
        return self._told(after)

    def _saved(self, before: Kept, after: Kept) -> Registration:
        if not self.store.save(after, before.revision):
            raise StaleRevision(id=before.id, yours=before.revision)
        _note(before, after)
        return self._told(after)

    def _answer(self, kept: Kept, *, noted: bool) -> Registered:
        if noted:
            _note(None, kept)
        return Registered(registration=self._told(kept), token=self.links.token(kept.id))

    def _activity(self, activity: str, caller: Caller) -> Activity:
        found = self.store.activity(activity)
        if found is None or not caller.may_touch(found.sectors):
            raise NotFound("activity_not_found", ref=activity)
        return found

    def _own(self, token: str, caller: Caller) -> Kept:
        """The registration of a link, on the site of its sector."""
        found = self.store.get(self.links.about(token)) if self.links.is_good(token) else None
        if found is None or not caller.may_touch((found.sector,)):
            raise NotFound("registration_not_found")
        return found

    def _theirs(self, registration: str, caller: Caller) -> Kept:
        caller.require(*HOSTS)
        found = self.store.get(registration)
        if found is None or found.state == "asked" or not caller.may_touch((found.sector,)):
            raise NotFound("registration_not_found")
        return found

    def _places(self, activity: Activity) -> Places:
        return Places(
            news=activity.news,
            is_open=rules.is_open(activity, self.clock()),
            closes_at=activity.closes,
            seats=activity.seats,
            left=0 if activity.line else activity.left,
            taken=len(activity.places),
            waiting=len(activity.line),
        )

    def _hosted(self, activity: Activity) -> HostedActivity:
        same = {name: getattr(activity, name) for name in ("id", "title", "start", "end", "zone", "off")}
        return HostedActivity(**same, places=self._places(activity))

    def _told(self, kept: Kept, activity: Activity | None = None) -> Registration:
        line = None
        if kept.state == "waiting":
            activity = activity or self.store.activity(kept.activity)
            waits = activity is not None and kept.id in activity.line
            line = activity.line.index(kept.id) + 1 if activity and waits else None
        fields = {name: getattr(kept, name) for name in Registration.model_fields if name != "line"}
        return Registration(**fields | {"line": line})


def _note(before: Kept | None, after: Kept) -> None:
    """Tell the trail what changed; who it is is not repeated there."""
    note("registration", after.id, after.title.fr, _noted(before), _noted(after), sector=after.sector)


def _noted(kept: Kept | None) -> dict[str, object] | None:
    return kept.model_dump(mode="json", include={"state", "came", "score"}) if kept else None


class RegistrationDoors:
    """What the service answers about registrations."""

    registrations: RegistrationDesk

    @rpc
    def places_left(self, query: PlacesLeft, caller: Caller) -> Places:
        return self.registrations.places(query, caller)

    @rpc
    def register(self, command: Register, caller: Caller) -> Registered:
        return self.registrations.register(command, caller)

    @rpc
    def open_registration(self, query: OpenRegistration, caller: Caller) -> Registration:
        return self.registrations.open(query.token, caller)

    @rpc
    def leave_activity(self, command: LeaveActivity, caller: Caller) -> Registration:
        return self.registrations.leave(command.token, caller)

    @rpc
    def rate_activity(self, command: RateActivity, caller: Caller) -> Registration:
        return self.registrations.rate(command, caller)

    @rpc
    def list_registrations(self, query: ListRegistrations, caller: Caller) -> RegistrationPage:
        return self.registrations.listed(query, caller)

    @rpc
    def list_hosted(self, query: ListHosted, caller: Caller) -> HostedPage:
        return self.registrations.hosted(query, caller)

    @rpc
    def remove_registration(self, command: RemoveRegistration, caller: Caller) -> Registration:
        return self.registrations.remove(command, caller)

    @rpc
    def note_attendance(self, command: NoteAttendance, caller: Caller) -> Registration:
        return self.registrations.note(command, caller)

    @every(minutes=1)
    def look_after_registrations(self) -> None:
        """What was begun is finished; who took part is thanked."""
        self.registrations.finish_asked()
        self.registrations.hosting.look_after()
