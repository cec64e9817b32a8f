"""Activities as the places there are kept: what content says of them, and everybody told what that changes.

An activity and the registrations for it are documents of their own. The activity is written first, and says of whom
something is untold; each registration is then brought in line with it, in one write with what they are told. Whoever
is stopped between the two is made up for a minute later, and nothing is told twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nexus.links import Links
from nexus.messages import Event
from nexus.service import on
from services.content.contracts.activities import ActivityContent, ActivityPublished, ActivityRetired
from services.meetings.contracts.availability import MONTREAL
from services.meetings.contracts.registrations import (
    REGISTRATION_PATHS,
    ActivityAwaited,
    ActivityCalledOff,
    ActivityEnded,
    ActivityJoined,
    ActivityLeft,
    ActivityMoved,
    PlaceGained,
)
from services.meetings.contracts.words import told
from services.meetings.domain import registrations as rules
from services.meetings.domain.registrations import Activity, Facts, Kept, Told
from services.meetings.service.booking import Seals
from services.meetings.store.registrations import RegistrationStore


@dataclass(frozen=True)
class HostingDesk:
    """What happens to activities, and to those who registered for them."""

    store: RegistrationStore
    links: Links
    seal: Seals
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def published(self, event: ActivityPublished) -> None:
        """It is public, or has changed."""
        item = event.activity
        self._hear(_facts(item.id, item.revision, item.content))

    def retired(self, event: ActivityRetired) -> None:
        """It is not public any more."""
        known = self.store.activity(event.id)
        update = {"news": event.revision, "off": True}
        self._hear(Facts(**_same(known) | update) if known else _gone(event, self.clock()))

    def change(self, activity: str, change: Callable[[Activity], Activity | None]) -> Activity | None:
        """Write what becomes of an activity, whoever else writes it meanwhile; None: nothing does. Whoever loses a turn
        tries again, while somebody always gains one."""
        while True:
            before = self.store.activity(activity)
            after = change(before) if before else None
            if before is None or after is None:
                return None
            if self.store.save_activity(after, before.revision):
                return after

    def bring_in_line(self, registration: str, *, afresh: bool = False) -> Kept | None:
        """Tell somebody what the activity has for them, once. `afresh`: tell what stands anyhow, if they were not told
        within the hour."""
        while True:
            kept = self.store.get(registration)
            activity = self.store.activity(kept.activity) if kept else None
            if kept is None or activity is None:
                return kept
            after, what = rules.in_line(kept, activity, self.clock())
            if after == kept and afresh and kept.state in rules.OPEN:
                after = rules.again(kept, self.clock()) or kept
                what = "joined" if kept.state == "registered" else "awaited"
            if after == kept or self.store.save(
                after, kept.revision, *self._events(kept, after, activity, what)
            ):
                self.wake()
                return after

    def look_after(self) -> None:
        """What was begun is finished, and who took part is thanked."""
        for activity in self.store.due():
            self._settle(activity)
        now = self.clock()
        for activity in self.store.over(now, rules.THANKED_WITHIN):
            self._thank(activity)

    def _hear(self, facts: Facts) -> None:
        while True:
            before = self.store.activity(facts.id)
            if before is not None and not before.is_settled:  # by what was said before, first
                self._settle(before)
                before = self.store.activity(facts.id)
            if before is not None and facts.news <= before.news:
                return None
            after = rules.heard(before, facts, self.clock())
            if self.store.save_activity(after, before.revision if before else 0):
                return self._settle(after)

    def _settle(self, activity: Activity) -> None:
        for registration in activity.untold:
            self.bring_in_line(registration)
        if activity.behind:
            for kept in self.store.behind(activity):
                self.bring_in_line(kept.id)
        # Who changed it meanwhile has left word of that, and it stays untold until the next look.
        self.store.save_activity(rules.settled(activity), activity.revision)

    def _thank(self, activity: Activity) -> None:
        for kept in self.store.to_thank(activity.id):
            after = rules.thanked(kept)
            self.store.save(after, kept.revision, *self._events(kept, after, activity, "ended"))
        self.wake()
        if not self.store.to_thank(activity.id):
            self.store.save_activity(activity.model_copy(update={"ended": True}), activity.revision)

    def _events(self, before: Kept, after: Kept, activity: Activity, what: Told | None) -> tuple[Event, ...]:
        """Whom nobody knows any more, nobody tells anything."""
        if what is None or after.registrant is None:
            return ()
        facts, waits = self._facts(after), before.state == "waiting"
        match what:
            case "joined":
                return (ActivityJoined(**facts),)
            case "awaited":
                return (ActivityAwaited(**facts, line=activity.line.index(after.id) + 1),)
            case "gained":
                return (PlaceGained(**facts),)
            case "moved":
                return (ActivityMoved(**facts, before=before.start, waits=waits),)
            case "called_off":
                return (ActivityCalledOff(**facts, waits=waits),)
            case "ended":
                return (ActivityEnded(**facts),)
            case _:
                return (ActivityLeft(**facts, waits=waits, by_us=after.id in activity.removed),)

    def _facts(self, kept: Kept) -> dict[str, Any]:
        """What all events of a registration tell."""
        same = (
            "id",
            "revision",
            "sequence",
            "sector",
            "activity",
            "title",
            "start",
            "end",
            "zone",
            "online",
            "language",
        )
        where = told(kept.where, kept.language) if kept.where else None
        return {name: getattr(kept, name) for name in same} | {"where": where, "sealed": self._sealed(kept)}

    def _sealed(self, kept: Kept) -> str:
        who = kept.registrant
        link = f"{kept.site}{REGISTRATION_PATHS[kept.language]}/{self.links.token(kept.id)}"
        return self.seal.close(
            {"to": who.email if who else None, "name": who.name if who else None, "link": link}
        )


def _same(activity: Activity) -> dict[str, Any]:
    return {name: getattr(activity, name) for name in Facts.model_fields}


def _facts(activity: str, news: int, content: ActivityContent) -> Facts:
    places = {
        language: ", ".join(
            filter(None, (getattr(content.place, language), getattr(content.address, language)))
        )
        for language in ("fr", "en")
    }
    takes = content.registration
    title = rules.both(content.title.fr, content.title.en)
    assert title is not None  # noqa: S101 - everything has a title in one language
    return Facts(
        id=activity,
        news=news,
        sectors=content.sectors,
        title=title,
        start=content.starts_at,
        end=content.ends_at,
        zone=MONTREAL,
        where=rules.both(places["fr"], places["en"]),
        online=content.online,
        takes=takes is not None,
        seats=takes.seats if takes else None,
        closes_at=takes.closes_at if takes else None,
        off=content.cancelled,
    )


def _gone(event: ActivityRetired, now: datetime) -> Facts:
    """One that nobody has heard of, so that its publication, which comes late, does not open it."""
    title = rules.both(event.title.fr, event.title.en) or rules.both("-", "-")
    assert title is not None  # noqa: S101
    return Facts(
        id=event.id,
        news=event.revision,
        sectors=event.sectors or (),
        title=title,
        start=now,
        end=now,
        zone=MONTREAL,
        where=None,
        online=False,
        takes=False,
        seats=None,
        closes_at=None,
        off=True,
    )


class HostingDoors:
    """What the service hears of activities."""

    hosting: HostingDesk

    @on(ActivityPublished)
    def hear_of_activity(self, event: ActivityPublished) -> None:
        self.hosting.published(event)

    @on(ActivityRetired)
    def hear_of_end(self, event: ActivityRetired) -> None:
        self.hosting.retired(event)
