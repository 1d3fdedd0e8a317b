"""The one rule for status. Pure: everything it needs is an argument, and no other place decides a light or a pace.

Sources: docs/rules.md 2, 3 and 5. Days are calendar days; `day` is the day for which a page speaks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import TextChoices


class Light(TextChoices):
    """亮灯: how an assignment, or a whole of them, is doing; worst first.

    What has ended is grey, under one of three words; what nobody leads has no light but an empty ring.
    """

    RED = "red", "逾期"
    YELLOW = "yellow", "滞后"
    BLUE = "blue", "临期"
    GREEN = "green", "正常"
    SUSPENDED = "suspended", "已中止"
    GREY = "grey", "已办结"
    CANCELLED = "cancelled", "已撤销"
    UNASSIGNED = "unassigned", "未明确单位"

    @property
    def colour(self) -> str:
        return COLOURS[self.value]

    @property
    def words(self) -> str:
        """The colour and the word, 「黄 滞后」; the empty ring has no colour to name."""
        return f"{self.colour} {self.label}".strip()

    @property
    def is_late(self) -> bool:
        return self in (Light.RED, Light.YELLOW)

    @property
    def is_running(self) -> bool:
        """Whether somebody still works on it."""
        return SEVERITY[self] <= SEVERITY[Light.GREEN]


COLOURS = {
    **{"red": "红", "yellow": "黄", "blue": "蓝", "green": "绿"},
    **{"suspended": "灰", "grey": "灰", "cancelled": "灰", "unassigned": ""},
}
ENDED = {"closed": Light.GREY, "suspended": Light.SUSPENDED, "cancelled": Light.CANCELLED}  # by the latest closure
SEVERITY = {light: rank for rank, light in enumerate(Light)}


class Pace(TextChoices):
    AHEAD = "ahead", "超进度"
    ON_PACE = "on_pace", "按序时"
    BEHIND = "behind", "欠进度"


class Thresholds(NamedTuple):
    """What a plan says of its lights; data of the plan, in percentage points and days."""

    behind_margin: int
    ahead_margin: int
    soon_days: int


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rule needs to know of one assignment on one day.

    `due_on` None means 持续推进. `ended` is the kind of its latest closure unless it runs (again). `was_asked` says
    whether a period whose report it owed has closed: nobody is behind before anybody could report.
    """

    percent: int
    due_on: date | None
    ended: str = ""
    was_asked: bool = True


def expected_percent(start: date, due_on: date | None, day: date) -> float | None:
    """序时进度: the share of the time from start to due date passed by that day, 0–100; None without an end."""
    if due_on is None:
        return None
    if due_on <= start:
        return 100.0 if day >= due_on else 0.0
    whole = (due_on - start).days
    return 100 * min(max((day - start).days, 0), whole) / whole


def behind_line(expected: float, thresholds: Thresholds) -> float:
    """黄灯线: a percentage below it is behind."""
    return expected - thresholds.behind_margin


def light_of(situation: Situation, *, start: date, day: date, thresholds: Thresholds) -> Light:
    """The light of one lead assignment, the worst that applies; an assisting one has none."""
    if situation.ended:
        return ENDED[situation.ended]
    if situation.due_on is None:
        return Light.GREEN
    if situation.due_on < day:
        return Light.RED
    expected = expected_percent(start, situation.due_on, day)
    assert expected is not None
    if situation.was_asked and situation.percent < behind_line(expected, thresholds):
        return Light.YELLOW
    if (situation.due_on - day).days <= thresholds.soon_days:
        return Light.BLUE
    return Light.GREEN


def pace_of(percent: float, expected: float | None, thresholds: Thresholds) -> Pace:
    """The pace that a percentage keeps. Behind begins where a light turns yellow: the two words never disagree."""
    if expected is None:
        return Pace.ON_PACE
    if percent < behind_line(expected, thresholds):
        return Pace.BEHIND
    if percent > expected + thresholds.ahead_margin:
        return Pace.AHEAD
    return Pace.ON_PACE


def indicator_light(percent: float, expected: float | None, thresholds: Thresholds) -> Light:
    """The light of a target: yellow while it is behind its time, which one that is reached never is; else green."""
    is_late = percent < 100 and pace_of(percent, expected, thresholds) == Pace.BEHIND
    return Light.YELLOW if is_late else Light.GREEN


def worst(lights: Iterable[Light]) -> Light:
    """The light that a whole shows: its worst part; the empty ring when there is none."""
    return min(lights, key=SEVERITY.__getitem__, default=Light.UNASSIGNED)
