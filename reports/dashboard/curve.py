"""进度曲线: the geometry of progress over time against the expected line is reckoned here; the template only draws."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from tasks.models import Plan
from tasks.rules.means import averaged
from tasks.rules.rounding import TENTH, half_up
from tasks.rules.status import expected_percent
from tasks.standing.rollup import ItemStanding, Total

LEFT, RIGHT, TOP, BOTTOM = 34.0, 464.0, 14.0, 270.0
NOTE_TURNS = 400.0  # beyond it the note beside the day's point stands on its left


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis, with where its label stands."""

    at: float
    label: str
    label_at: float
    year: str = ""  # below the label of a year's first month


@dataclass(frozen=True, slots=True)
class Reading:
    """A point of the curve as its table has it."""

    day: date
    percent: float
    expected: float

    @property
    def written_day(self) -> str:
        """「7月15日」. There are dozens of points, and a template's date filter takes longer than all else of a row."""
        return f"{self.day.month}月{self.day.day}日"


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve in the coordinates of the template's view box; its paths are ready for `d=`.

    `readings` are the days on which the shown progress changed, and the day itself.
    """

    actual: str
    expected: str
    short: str
    over: str
    today_x: float
    today_y: float
    note_x: float
    note_y: float
    note_anchor: str
    months: list[Tick]
    levels: list[Tick]
    readings: list[Reading]


Point = tuple[date, float, float]  # day, percent, expected


def curve(plan: Plan, history: Sequence[Point], items: Sequence[ItemStanding], whole: Total, day: date) -> Curve:
    """Draws the recorded days and the standing of `day`; the expected line goes on to the last due date."""
    end = max([plan.due_on, day, *(item.due_on for item in items if item.due_on)])
    span = max((end - plan.issued_on).days, 1)

    def x(when: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (when - plan.issued_on).days / span, 1)

    def y(percent: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * percent / 100, 1)

    points = [point for point in history if plan.issued_on <= point[0] < day]
    points.append((day, whole.percent, whole.expected))
    future = [day + timedelta(days=n) for n in range(7, (end - day).days, 7)] + ([end] if end > day else [])
    expected = [(when, line) for when, _, line in points]
    to_be_expected = _expectation(plan, averaged(items))
    expected += [(when, to_be_expected(when)) for when in future]
    return Curve(
        actual=_steps([(x(when), y(percent)) for when, percent, _ in points]),
        expected=_line([(x(when), y(percent)) for when, percent in expected]),
        short=_areas(points, x, y, below=True),
        over=_areas(points, x, y, below=False),
        today_x=x(day),
        today_y=y(whole.percent),
        note_x=x(day) + (10 if x(day) < NOTE_TURNS else -10),
        note_y=min(y(whole.percent) + 20, BOTTOM - 58),
        note_anchor="start" if x(day) < NOTE_TURNS else "end",
        months=_months(plan.issued_on, end, x),
        levels=[Tick(y(level), str(level), y(level) + 4) for level in (0, 25, 50, 75, 100)],
        readings=_readings(points),
    )


def _expectation(plan: Plan, items: Sequence[ItemStanding]) -> Callable[[date], float]:
    """The mean of what will be expected of the items that count on a day; 持续推进 goes on with what it has."""
    by_due_date = Counter(item.due_on for item in items if item.due_on)
    endless = sum(item.percent for item in items if not item.due_on)

    def on(when: date) -> float:
        dated = sum(n * (expected_percent(plan.issued_on, due_on, when) or 0.0) for due_on, n in by_due_date.items())
        return (dated + endless) / len(items) if items else 0.0

    return on


def _readings(points: Sequence[Point]) -> list[Reading]:
    """The first day, each on which the shown progress differs from the one before, and the last."""
    *earlier, last = points
    kept: list[Point] = []
    for point in earlier:
        if not kept or half_up(point[1], TENTH) != half_up(kept[-1][1], TENTH):
            kept.append(point)
    return [Reading(*point) for point in (*kept, last)]


def _steps(points: list[tuple[float, float]]) -> str:
    """Draws a line that holds each value until the next day with another one."""
    first, *rest = points
    path = [f"M{first[0]} {first[1]}"]
    height = first[1]
    for px, py in rest:
        if py != height:
            path.append(f"H{px}V{py}")
            height = py
    return "".join(path) + f"H{points[-1][0]}"


def _line(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{px} {py}" for px, py in points)


def _areas(points: list[Point], x: Callable[[date], float], y: Callable[[float], float], *, below: bool) -> str:
    """Outlines where progress is below the expected line, or where it is above."""
    shapes = []
    for (day, percent, expected), (following, _, next_expected) in pairwise(points):
        if (percent < expected) == below and percent != expected:
            left, right, base = x(day), x(following), y(percent)
            shapes.append(f"M{left} {base}V{y(expected)}L{right} {y(next_expected)}V{base}Z")
    return "".join(shapes)


def _months(start: date, end: date, x: Callable[[date], float]) -> list[Tick]:
    firsts = []
    month = start.replace(day=1)
    while (month := (month + timedelta(days=32)).replace(day=1)) <= end:
        firsts.append(month)
    shown = firsts[:: 1 + len(firsts) // 12]
    years = [None, *(first.year for first in shown)]
    return [
        Tick(
            x(first),
            f"{first.month}月",
            x(min(first + timedelta(days=14), end)),
            f"{first.year}年" if first.year != before else "",
        )
        for first, before in zip(shown, years, strict=False)
    ]
