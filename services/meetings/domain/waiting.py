"""Rules of the waiting list: what is new to who waits, and how long an offer stands."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from nexus.messages import Message
from services.meetings.contracts.meetings import AdvisorInMeeting, Meeting, State
from services.meetings.contracts.waiting import AskForTime, WishState
from services.meetings.contracts.words import BothLines, Place
from services.meetings.domain.times import Span, moment

OPEN_FOR = timedelta(hours=2)  # of the day: nobody answers at night
_DAY = time(8), time(20)  # on the wall
ACTIVE = ("waiting", "offered")
MOST_WISHES = 3  # of one mail address
KEPT = timedelta(days=30)  # what has ended


class Offered(Message):
    """A time that is kept, for whom it occupies: as ticks, with what is kept free around it."""

    start: AwareDatetime
    end: AwareDatetime
    expires_at: AwareDatetime
    advisors: tuple[AdvisorInMeeting, ...]
    busy: Span


class Waiting(Message):
    """Somebody who waits: for the meeting `meeting` to be earlier, or for the one that `request` asks for. `passed` are
    ticks that were free when they asked, and that they did not take; `declined` those that they were offered."""

    id: str
    sector: str
    revision: int
    state: WishState
    name: BothLines
    place: Place
    zone: str
    email: str
    until: AwareDatetime
    site: str
    meeting: str | None = None
    request: AskForTime | None = None
    passed: tuple[int, ...] = ()
    declined: tuple[int, ...] = ()
    offer: Offered | None = None
    created_at: AwareDatetime
    ended_at: AwareDatetime | None = None


def is_day(now: datetime, zone: ZoneInfo) -> bool:
    """Whether somebody would be glad to be written to."""
    return _DAY[0] <= now.astimezone(zone).time() < _DAY[1]


def open_until(now: datetime, zone: ZoneInfo) -> datetime:
    """When an offer of this moment ends: after two hours of the day."""
    local = now.astimezone(zone)
    opens, closes = (datetime.combine(local.date(), at, zone) for at in _DAY)
    begun = min(max(local, opens), closes)
    left = OPEN_FOR - (closes - begun)
    if left <= timedelta():
        return (begun + OPEN_FOR).astimezone(now.tzinfo)
    next_day = datetime.combine(local.date() + timedelta(days=1), _DAY[0], zone)
    return (next_day + left).astimezone(now.tzinfo)


def looked(waiting: Waiting, free: Iterable[int], latest: datetime) -> tuple[Waiting, int | None]:
    """What a look at the `free` beginnings tells: the earliest that is news, if it is before `latest`; and what of
    the times that were passed over is free still, so that one which is taken and let go again is news."""
    free = sorted(at for at in free if moment(at) < latest)
    known = {*waiting.passed, *waiting.declined}
    found = next((at for at in free if at not in known), None)
    passed = tuple(sorted(set(waiting.passed) & set(free)))
    return waiting.model_copy(update={"passed": passed}), found


def latest_of(waiting: Waiting, meeting: Meeting | None) -> datetime:
    """Before which a time must begin to be of use."""
    return min(waiting.until, meeting.start) if meeting else waiting.until


def is_over(waiting: Waiting, meeting: Meeting | None, now: datetime) -> bool:
    """Whether no time can come any more."""
    gone = waiting.meeting is not None and (meeting is None or meeting.state is not State.CONFIRMED)
    return gone or latest_of(waiting, meeting) <= now


def offered(waiting: Waiting, offer: Offered) -> Waiting:
    """A time is kept for them."""
    return _changed(waiting, state="offered", offer=offer)


def turned_down(waiting: Waiting, tick: int) -> Waiting:
    """They go on waiting, and are not offered that time again."""
    declined = tuple(sorted({*waiting.declined, tick}))
    return _changed(waiting, state="waiting", offer=None, declined=declined)


def ended(waiting: Waiting, state: WishState, now: datetime) -> Waiting:
    """They wait no longer; who they are is forgotten."""
    update = {"request": None, "email": "", "passed": (), "declined": (), "ended_at": now}
    return _changed(waiting, state=state, offer=None, **update)


def _changed(waiting: Waiting, **fields: object) -> Waiting:
    return waiting.model_copy(update={**fields, "revision": waiting.revision + 1})
