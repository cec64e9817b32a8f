"""The goal: who counts as one company, when it counts, how that compares with the plan, where it leads.

A company counts once, with its first held meeting in the time of the goal."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import fmean, median
from zoneinfo import ZoneInfo

from nexus.errors import InvalidInput
from services.meetings.contracts.cases import Closing
from services.meetings.contracts.goal import Forecast, Goal, Month
from services.meetings.contracts.meetings import State

ZONE = ZoneInfo("America/Toronto")  # the days of the goal are those of Montréal
NUMBER = 70
YEARS = 2
_FIRST, _LAST = date(2000, 1, 1), date(2100, 1, 1)
_LONGEST = timedelta(days=3_660)
_WINDOW = 180  # days that tell how many come now
_ENOUGH_DAYS, _ENOUGH_COMPANIES = 28, 5
_LIKELY = 0.8  # of all cases lie in the range of a forecast
_MONTH = 365.25 / 12  # days


@dataclass(frozen=True)
class Known:
    """What tells a company from others. `names` are folded; `domains` are mail domains of its own."""

    id: str
    neq: str | None
    domains: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """A meeting, as far as the goal is concerned. `company` None: it is not known yet which one comes."""

    id: str
    sector: str
    state: State
    company: str | None
    named: str | None
    start: datetime
    requested: datetime
    themes: tuple[str, ...] = ()
    advisors: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseFact:
    """What came of a case in the time of the goal: `useful` holds answers from 1 to 5, `hired` counts people."""

    id: str
    sector: str
    company: str
    closing: Closing | None
    useful: tuple[int, ...]
    hired: int


def checked(goal: Goal) -> Goal:
    """Raises InvalidInput(`date_out_of_range`, `ends_before_start`, `period_too_long`)."""
    if not _FIRST <= goal.since <= _LAST or not _FIRST <= goal.until <= _LAST:
        raise InvalidInput("date_out_of_range", field="since", first=f"{_FIRST}", last=f"{_LAST}")
    if goal.until <= goal.since:
        raise InvalidInput("ends_before_start", field="until")
    if goal.until - goal.since > _LONGEST:
        raise InvalidInput("period_too_long", field="until", days=_LONGEST.days)
    return goal


def presumed(first: date) -> Goal:
    """The goal as long as nobody has set one: two years from the month of `first` on."""
    since = first.replace(day=1)
    until = since.replace(year=since.year + YEARS) - timedelta(days=1)
    return Goal(number=NUMBER, since=since, until=until, revision=0)


def span(goal: Goal) -> tuple[datetime, datetime]:
    """From the first midnight to the one after the last day."""
    return _midnight(goal.since), _midnight(goal.until + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def local_day(at: datetime) -> date:
    """The day on a wall in Montréal."""
    return at.astimezone(ZONE).date()


def same(companies: Iterable[Known]) -> dict[str, str]:
    """For the id of each company that of the one it counts as: the first of those that are the same.

    Two are the same by their NEQ, else by a mail domain of their own, else by a name; never with two different
    NEQs. One that could be the same as several goes with the first that has an NEQ."""
    known = {one.id: one for one in companies}
    place = {company: n for n, company in enumerate(known)}
    groups = {company: _Group([company], one.neq) for company, one in known.items()}
    marks: tuple[Callable[[Known], Sequence[str]], ...] = (
        lambda one: (one.neq,) if one.neq else (),
        lambda one: one.domains,
        lambda one: one.names,
    )
    for marks_of in marks:
        for alike in _sharing(known.values(), marks_of):
            first, *others = sorted(alike, key=lambda one: (groups[one].neq is None, place[one]))
            for other in others:
                _join(groups, first, other)
    return {company: min(groups[company].ids, key=place.__getitem__) for company in known}


@dataclass
class _Group:
    ids: list[str]
    neq: str | None


def _sharing(companies: Iterable[Known], marks_of: Callable[[Known], Sequence[str]]) -> list[list[str]]:
    found: dict[str, list[str]] = {}
    for one in companies:
        for mark in marks_of(one):
            found.setdefault(mark, []).append(one.id)
    return [found[mark] for mark in sorted(found)]


def _join(groups: dict[str, _Group], first: str, other: str) -> None:
    one, two = groups[first], groups[other]
    if one is two or (one.neq and two.neq and one.neq != two.neq):
        return
    one.ids += two.ids
    one.neq = one.neq or two.neq
    for company in two.ids:
        groups[company] = one


def firsts(facts: Iterable[Fact], identity: Mapping[str, str]) -> list[Fact]:
    """The meeting with which each company counts, in the order in which they do."""
    found: dict[str, Fact] = {}
    for one in sorted(facts, key=lambda one: (one.start, one.id)):
        if one.state is State.HELD and one.company is not None:
            found.setdefault(identity[one.company], one)
    return list(found.values())


def planned(goal: Goal, day: date) -> float:
    """How many companies there should be at the end of `day`, on a straight line from none to all."""
    whole = (goal.until - goal.since).days + 1
    passed = min(max((day - goal.since).days + 1, 0), whole)
    return goal.number * passed / whole


def needed_per_month(goal: Goal, met: int, today: date) -> float | None:
    """How many a month are needed from now on; None when it is over or has been reached."""
    left = (goal.until - max(today, goal.since - timedelta(days=1))).days
    return (goal.number - met) / left * _MONTH if left > 0 and met < goal.number else None


def months(goal: Goal, counted: Sequence[date], own: Sequence[date], today: date) -> tuple[Month, ...]:
    """Each month from the beginning to today, or to the end; `counted` and `own`: the days on which companies
    began to count, in all sectors and in one."""
    all_by, own_by = (Counter(day.replace(day=1) for day in days) for days in (counted, own))
    found, total, first = [], 0, goal.since.replace(day=1)
    while first <= min(today, goal.until):
        after = (first + timedelta(days=31)).replace(day=1)
        total += all_by[first]
        by_then = planned(goal, after - timedelta(days=1))
        found.append(Month(first=first, all=all_by[first], own=own_by[first], total=total, planned=by_then))
        first = after
    return tuple(found)


def forecast(goal: Goal, counted: Sequence[date], today: date) -> Forecast | None:
    """How many companies will have been met at the end of the goal; None with too little to go by, or at the end.

    New companies are taken to come by chance at the rate of the last 180 days (or since the beginning, if that is
    less): a Poisson process. With y of them in w days and Jeffreys' prior, the rate is Gamma(y + ½, w), so those of
    the t days left follow a negative binomial with shape y + ½ and probability w / (w + t): Gelman et al., Bayesian
    Data Analysis, 3rd ed., section 2.6. The range holds four of five cases; it takes into account how few have
    come so far, not that the rate may change."""
    begin = max(goal.since, today - timedelta(days=_WINDOW - 1))
    days, left = (today - begin).days + 1, (goal.until - today).days
    recent = sum(begin <= day <= today for day in counted)
    if days < _ENOUGH_DAYS or recent < _ENOUGH_COMPANIES or left <= 0:
        return None
    shares = ((1 - _LIKELY) / 2, 0.5, (1 + _LIKELY) / 2)
    low, middle, high = negative_binomial(recent + 0.5, days / (days + left), shares)
    met = len(counted)
    per_month = recent / days * _MONTH
    return Forecast(low=met + low, middle=met + middle, high=met + high, per_month=per_month, days=days)


def negative_binomial(shape: float, probability: float, shares: Sequence[float]) -> list[int]:
    """For each of `shares`, rising, the smallest count that at least so much of the distribution does not exceed.

    P(k) = Γ(k + shape) / (k! Γ(shape)) · probability^shape · (1 − probability)^k."""
    found: list[int] = []
    count, sum_to = 0, 0.0
    begin, fail = shape * math.log(probability) - math.lgamma(shape), math.log1p(-probability)
    while True:
        sum_to += math.exp(begin + math.lgamma(count + shape) - math.lgamma(count + 1) + count * fail)
        while len(found) < len(shares) and sum_to >= shares[len(found)]:
            found.append(count)
        if len(found) == len(shares):
            return found
        count += 1


def median_delay(counted: Iterable[Fact]) -> float | None:
    """The median of days from the request to the meeting; None of none."""
    delays = [(one.start - one.requested) / timedelta(days=1) for one in counted]
    return median(delays) if delays else None


def mean_useful(cases: Iterable[CaseFact]) -> float | None:
    """How useful meetings were, on average; None without an answer."""
    answers = [answer for one in cases for answer in one.useful]
    return fmean(answers) if answers else None
