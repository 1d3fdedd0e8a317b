"""Courses over the periods as lines: a small one in a row of a table, or several in one chart with their names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django import template
from django.utils.safestring import SafeString

from qa_plan.markup import fill
from tasks.rules.rounding import TENTH, percent_text
from tasks.rules.texts import shortened

register = template.Library()
Points = Sequence[float | None]  # percentages, the oldest first; None where there is none

PATTERNS = 4  # of dashes
LONGEST_NAME = 13


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the lines stand in their view box; names of lines are at least `apart`."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    apart: float
    levels: tuple[int, ...]

    def x(self, number: int, steps: int) -> float:
        return round(self.left + (self.right - self.left) * number / max(steps, 1), 1)

    def y(self, percent: float) -> float:
        return round(self.bottom - (self.bottom - self.top) * percent / 100, 1)


SPARK = Frame(84, 22, 0, 84, 1, 21, 0, ())
PAGE = Frame(620, 270, 34, 440, 14, 240, 15, (0, 25, 50, 75, 100))
SHEET = Frame(330, 76, 24, 262, 6, 56, 12, (0, 50, 100))  # beside other things on paper
FRAMES = {"page": PAGE, "sheet": SHEET}


@dataclass(frozen=True, slots=True)
class Line:
    """A course as it is drawn, and where its name stands."""

    name: str
    path: str
    dots: Sequence[tuple[float, float]]
    name_y: float
    pattern: int


@register.simple_tag
def spark(points: Points) -> SafeString:
    """A course in a small box, 0 below and 100 on top; nothing where there are not two points to join."""
    path = _path(_dots(SPARK, points))
    return (
        fill('<svg class="spark" viewBox="0 0 84 22" aria-hidden="true"><path d="{path}"/></svg>', path=path)
        if path
        else SafeString("")
    )


@register.inclusion_tag("tasks/_trend.html")
def trend(heads: Sequence[str], courses: Sequence[tuple[str, Points]], frame: str = "page") -> dict[str, object]:
    """One line for each name, over the days or periods of `heads`. What it shows is told in words, too."""
    drawn = FRAMES[frame]
    dots = [_dots(drawn, points) for _, points in courses]
    heights = _apart([places[-1][1] if places else drawn.bottom for places in dots], drawn.apart)
    lines = [
        Line(shortened(name, LONGEST_NAME), _path(places), places, height, number % PATTERNS)
        for number, ((name, _), places, height) in enumerate(zip(courses, dots, heights, strict=True))
    ]
    return {
        "frame": drawn,
        "heads": [(drawn.x(number, len(heads) - 1), head) for number, head in enumerate(heads)],
        "levels": [(drawn.y(level), level) for level in drawn.levels],
        "lines": lines,
        "words": "；".join(_told(heads, courses)),
    }


def _told(heads: Sequence[str], courses: Sequence[tuple[str, Points]]) -> Iterator[str]:
    for name, points in courses:
        known = [
            f"{head}{percent_text(point, TENTH)}"
            for head, point in zip(heads, points, strict=True)
            if point is not None
        ]
        yield f"{name}：{'，'.join(known) or '尚无通过的报告'}"


def _dots(frame: Frame, points: Points) -> list[tuple[float, float]]:
    """The points that there are, evenly spaced."""
    steps = len(points) - 1
    return [(frame.x(n, steps), frame.y(point)) for n, point in enumerate(points) if point is not None]


def _path(dots: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in dots) if len(dots) > 1 else ""


def _apart(wanted: Sequence[float], distance: float) -> list[float]:
    """Heights for names, in their order from the top, none of which overlaps another."""
    heights, last = [0.0] * len(wanted), float("-inf")
    for place in sorted(range(len(wanted)), key=wanted.__getitem__):
        last = max(wanted[place], last + distance)
        heights[place] = round(last, 1)
    return heights
