"""The chart of the goal: companies met so far beside the plan, and where that may lead. Plain numbers, in hundredths
of the width and of the height (downwards), so that a page and a report draw the same."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.meetings.contracts.goal import GoalBoard

Point = tuple[float, float]


@dataclass(frozen=True)
class Chart:
    """`met` are the corners of a line, `plan` its two ends; `fan` is the range of the forecast from today on, and
    `middle` its line; `levels` are counts with their height, `dates` days with their place."""

    met: tuple[Point, ...]
    plan: tuple[Point, Point]
    fan: tuple[Point, ...]
    middle: tuple[Point, ...]
    levels: tuple[tuple[int, float], ...]
    dates: tuple[tuple[date, float], ...]

    @property
    def met_path(self) -> str:
        """As SVG draws it."""
        return _path(self.met)

    @property
    def fan_path(self) -> str:
        """As SVG draws it."""
        return f"{_path(self.fan)}Z" if self.fan else ""

    @property
    def middle_path(self) -> str:
        """As SVG draws it."""
        return _path(self.middle)

    @property
    def plan_path(self) -> str:
        """As SVG draws it."""
        return _path(self.plan)


def chart(board: GoalBoard) -> Chart:
    """The chart of a board."""
    goal, found = board.goal, board.forecast
    whole = (goal.until - goal.since).days + 1
    top = _rounded(max(goal.number, board.met.all, found.high if found else 0))

    def at(days: float, count: float) -> Point:
        return round(100 * min(max(days, 0), whole) / whole, 2), round(100 - 100 * count / top, 2)

    def passed(day: date) -> int:
        return (day - goal.since).days + 1

    met = [at(0, 0)]
    for one in board.months:
        end = (one.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        met.append(at(passed(min(end, board.today, goal.until)), one.total))
    fan: tuple[Point, ...] = ()
    middle: tuple[Point, ...] = ()
    if found:
        now = at(passed(board.today), board.met.all)
        fan = (now, at(whole, found.low), at(whole, found.high))
        middle = (now, at(whole, found.middle))
    half = goal.since + timedelta(days=whole // 2)
    return Chart(
        met=tuple(met),
        plan=(at(0, 0), at(whole, goal.number)),
        fan=fan,
        middle=middle,
        levels=tuple((top * n // 4, 100 - 25.0 * n) for n in range(5)),
        dates=((goal.since, 0.0), (half, 50.0), (goal.until, 100.0)),
    )


def _rounded(most: int) -> int:
    """The next number above whose quarters are round."""
    quarter = max(-(-most // 4), 1)
    unit = 10 ** (len(str(quarter)) - 1) // 2 or 1
    return 4 * unit * -(-quarter // unit)


def _path(points: tuple[Point, ...]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) if points else ""
