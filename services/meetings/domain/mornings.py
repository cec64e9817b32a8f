"""When the list of a day and the figures of a week are told, and what belongs into them.

By the clock on the wall, also when it changes: no hour from seven to noon is ever left out or comes twice."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.meetings.contracts.goal import GoalBoard
from services.meetings.contracts.meetings import Meeting, State
from services.meetings.contracts.mornings import DayDue, DayList, DayMeeting, WeekFigures
from services.meetings.domain.goal import ZONE
from services.meetings.domain.times import week_of

SEVEN, NOON, EVENING = time(7), time(12), time(18)
ASKED_WITHIN = timedelta(days=90)  # what was asked longer ago is not waited for
_SATURDAY = 5
_LONGEST_LINE = 160  # characters
_MOST_DUE = 12
_CANCELLED = (State.CANCELLED_BY_COMPANY, State.CANCELLED_BY_US)


def day_to_tell(now: datetime, zone: ZoneInfo) -> date | None:
    """The day whose list is told now, if any: after a stop, a morning's list is of use until noon."""
    local = now.astimezone(zone)
    return local.date() if SEVEN <= local.time() < NOON else None


def week_to_tell(now: datetime) -> date | None:
    """The Monday whose figures are told now, if any: from seven in Montréal until Tuesday evening."""
    monday = week_of(now.astimezone(ZONE).date())
    return monday if _at(monday, SEVEN, ZONE) <= now < week_until(monday) else None


def day_until(day: date, zone: ZoneInfo) -> datetime:
    """From when on the list of a day is of no use."""
    return _at(day, NOON, zone)


def week_until(monday: date) -> datetime:
    """From when on the figures of a week are of no use."""
    return _at(monday + timedelta(days=1), EVENING, ZONE)


def is_worth_telling(day: date, listed: DayList) -> bool:
    """On a weekend, what is due alone disturbs nobody."""
    return bool(listed.meetings or (listed.due and day.weekday() < _SATURDAY))


def listed(meetings: Iterable[DayMeeting], due: Iterable[DayDue]) -> DayList:
    """The list of a day: meetings by the hour; of what is due the oldest first."""
    oldest = sorted(due, key=lambda one: (one.on, one.what, one.id))
    shown = tuple(oldest[:_MOST_DUE])
    by_hour = sorted(meetings, key=lambda one: (one.start, one.id))
    return DayList(meetings=tuple(by_hour), due=shown, more=len(oldest) - len(shown))


def in_list(meeting: Meeting, advisor: str, documents: int) -> DayMeeting:
    """A meeting for one of those who take part for us."""
    contact = meeting.contact
    return DayMeeting(
        **meeting.model_dump(include={"id", "start", "end", "place", "where"}),
        title=meeting.type.name,
        company=contact.company if contact else None,
        contact=contact.name if contact else None,
        phone=contact.phone if contact else None,
        others=tuple(one.name for one in meeting.advisors if one.id != advisor),
        themes=meeting.need.themes,
        need=in_a_line(meeting.need.message),
        answers=sum(bool(one) for one in meeting.answers),
        documents=documents,
        declined=meeting.participation == "declined",
    )


def in_a_line(text: str | None) -> str | None:
    """The beginning of `text`, up to a word, as one line."""
    words = " ".join((text or "").split())
    if len(words) <= _LONGEST_LINE:
        return words or None
    return words[:_LONGEST_LINE].rpartition(" ")[0].rstrip(",;:. ") + "…"


def figures(
    board: GoalBoard, met: Sequence[datetime], week: Sequence[Meeting], since: datetime, **counts: int
) -> WeekFigures:
    """`met`: when each company of the sector began to count; `week`: the meetings of the week that began at `since`."""
    states, seen = Counter(one.state for one in week), board.forecast
    return WeekFigures(
        goal=board.goal.number,
        goal_until=board.goal.until,
        met=board.met,
        planned=board.planned,
        needed_per_month=board.needed_per_month,
        per_month=seen.per_month if seen else None,
        low=seen.low if seen else None,
        middle=seen.middle if seen else None,
        high=seen.high if seen else None,
        held=states[State.HELD],
        missed=states[State.NO_SHOW],
        cancelled=sum(states[one] for one in _CANCELLED),
        new_companies=sum(since <= at for at in met),
        **counts,
    )


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)
