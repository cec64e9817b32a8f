"""Rules of registrations for activities: who has a place, who waits, and what each of them is to be told.

An activity holds the order of all who registered, as ids: it alone says who has a place. What is kept of a person is
brought in line with it afterwards, and tells what that changes for them."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from nexus.caller import Language
from nexus.messages import Message
from services.meetings.contracts.registrations import Registrant, RegistrationState, Score
from services.meetings.contracts.words import BothLines

MOST_OPEN = 10  # registrations ahead, of one mail address
MOST_ROWS = 20_000  # places and turns of one activity
AGAIN = timedelta(hours=1)  # between two mails to one address that somebody registers again
THANKED_WITHIN = timedelta(days=7)  # of its end; after a longer stop it would only surprise
OPEN = ("registered", "waiting")
_LONGEST = 200  # characters of a line

Told = Literal["joined", "awaited", "gained", "moved", "called_off", "left", "ended"]


class Facts(Message):
    """What content says of an activity at its revision `news`. `takes`: one registers here; `off`: it does not take
    place, or is not public any more."""

    id: str
    news: int
    sectors: tuple[str, ...]
    title: BothLines
    start: AwareDatetime
    end: AwareDatetime
    zone: str
    where: BothLines | None
    online: bool
    takes: bool
    seats: int | None
    closes_at: AwareDatetime | None
    off: bool = False


class Activity(Facts):
    """Its `places` and the `line` behind them hold ids of registrations, in their order. What of these is not brought
    in line yet is `untold`, or `behind`: all of it; `removed` are those whom we took the place back."""

    revision: int = 0
    places: tuple[str, ...] = ()
    line: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    behind: bool = False
    ended: bool = False

    @property
    def closes(self) -> datetime:
        """From when on nobody registers."""
        return min(self.closes_at or self.start, self.start)

    @property
    def left(self) -> int | None:
        """How many places nobody has; None: any number."""
        return None if self.seats is None else max(0, self.seats - len(self.places))

    @property
    def is_settled(self) -> bool:
        """Whether everybody is told all there is to tell."""
        return not (self.untold or self.removed or self.behind)

    def holds(self, registration: str) -> bool:
        """Whether somebody has a place here, or waits for one."""
        return registration in self.places or registration in self.line


class Kept(Message):
    """What is kept of somebody's registration, with the activity as they were told of it. Asked: no place, and no turn,
    is given to it yet."""

    id: str
    activity: str
    sector: str
    revision: int = 1
    state: RegistrationState | Literal["asked"] = "asked"
    news: int = 0
    sequence: int = 0
    title: BothLines
    start: AwareDatetime
    end: AwareDatetime
    zone: str
    where: BothLines | None = None
    online: bool = False
    registrant: Registrant | None
    site: str
    came: bool | None = None
    score: Score | None = None
    remark: str | None = None
    thanked: bool = False
    created_at: AwareDatetime
    mailed_at: AwareDatetime

    @property
    def language(self) -> Language:
        """In which they are written to."""
        return self.registrant.language if self.registrant else "fr"


def both(fr: str | None, en: str | None) -> BothLines | None:
    """A text for readers of both languages, in the other one where there is none; None: there is neither."""
    if not (fr or en):
        return None
    return BothLines(fr=_short(fr or en or ""), en=_short(en or fr or ""))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def is_open(activity: Activity, now: datetime) -> bool:
    """Whether one can register."""
    rows = len(activity.places) + len(activity.line)
    return activity.takes and not activity.off and now < activity.closes and rows < MOST_ROWS


def joined(activity: Activity, registration: str) -> Activity:
    """A place if one is free and nobody waits, else the last turn."""
    if not activity.line and activity.left != 0:
        return _changed(activity, (registration,), places=(*activity.places, registration))
    return _changed(activity, (registration,), line=(*activity.line, registration))


def without(activity: Activity, registration: str, now: datetime, *, by_us: bool) -> Activity:
    """Somebody is gone, and whoever waits longest moves up."""
    after = _changed(
        activity,
        (registration,),
        places=tuple(one for one in activity.places if one != registration),
        line=tuple(one for one in activity.line if one != registration),
        removed=(*activity.removed, registration) if by_us else activity.removed,
    )
    return _moved_up(after, now)


def heard(before: Activity | None, facts: Facts, now: datetime) -> Activity:
    """The activity once content has said this of it. What happens to one that is over changes nobody's place."""
    after = Activity(
        **dict(before or {}) | dict(facts) | {"revision": (before.revision if before else 0) + 1}
    )
    if before is None:
        return after
    ahead = facts.end > now
    update: dict[str, object] = {"behind": True, "ended": before.ended and not ahead}
    if facts.off and ahead:
        update |= {"places": (), "line": ()}
    after = after.model_copy(update=update)
    return after if facts.off else _moved_up(after, now)


def _moved_up(activity: Activity, now: datetime) -> Activity:
    if not activity.line or activity.off or now >= activity.closes:
        return activity
    count = len(activity.line) if activity.left is None else activity.left
    lucky, others = activity.line[:count], activity.line[count:]
    untold = tuple(dict.fromkeys((*activity.untold, *lucky)))
    return activity.model_copy(
        update={"places": (*activity.places, *lucky), "line": others, "untold": untold}
    )


def _changed(activity: Activity, untold: tuple[str, ...], **fields: object) -> Activity:
    told = tuple(dict.fromkeys((*activity.untold, *untold)))
    return activity.model_copy(update={**fields, "untold": told, "revision": activity.revision + 1})


def settled(activity: Activity) -> Activity:
    """Everybody knows. No new revision: nothing changes for anybody."""
    return activity.model_copy(update={"untold": (), "removed": (), "behind": False})


def in_line(kept: Kept, activity: Activity, now: datetime) -> tuple[Kept, Told | None]:
    """What becomes of somebody's registration by what the activity says, and what they are to be told of it."""
    if kept.state not in ("asked", *OPEN) or (kept.state == "asked" and not activity.holds(kept.id)):
        return kept, None
    if not activity.holds(kept.id):
        gone: Literal["called_off", "left"] = "called_off" if activity.off else "left"
        return _of(kept, state=gone, news=activity.news, sequence=kept.sequence + 1), gone
    has_place = kept.id in activity.places
    after = _with_facts(kept, activity)
    moved = kept.state != "asked" and _is_elsewhere(kept, after) and activity.end > now
    after = _of(
        after,
        state="registered" if has_place else "waiting",
        sequence=kept.sequence + 1 if moved else kept.sequence,
        thanked=kept.thanked and not moved,
    )
    if after.state != kept.state:
        return after, "awaited" if not has_place else "joined" if kept.state == "asked" else "gained"
    if moved:
        return after, "moved"
    return (kept if kept.news == activity.news else after), None


def _with_facts(kept: Kept, activity: Activity) -> Kept:
    names = ("news", "title", "start", "end", "zone", "where", "online")
    return kept.model_copy(update={name: getattr(activity, name) for name in names})


def _is_elsewhere(before: Kept, after: Kept) -> bool:
    """Whether its time or place are others, for a reader of that language."""
    return _time_and_place(before) != _time_and_place(after)


def _time_and_place(kept: Kept) -> tuple[object, ...]:
    where = getattr(kept.where, kept.language) if kept.where else None
    return kept.start, kept.end, where, kept.online


def _of(kept: Kept, **fields: object) -> Kept:
    return kept.model_copy(update={**fields, "revision": kept.revision + 1})


def again(kept: Kept, now: datetime) -> Kept | None:
    """What stands is to be mailed once more; None: it was just now."""
    return _of(kept, mailed_at=now) if now - kept.mailed_at >= AGAIN else None


def thanked(kept: Kept) -> Kept:
    """It is over, and they are asked what they thought."""
    return _of(kept, thanked=True)


def rated(kept: Kept, score: int, remark: str | None) -> Kept:
    """What they thought of it."""
    return _of(kept, score=score, remark=remark)


def noted(kept: Kept, came: bool | None) -> Kept:
    """Whether they came."""
    return _of(kept, came=came)


def anonymous(kept: Kept) -> Kept:
    """Nobody is known by it any more; what counts stays."""
    return _of(kept, registrant=None, remark=None)
