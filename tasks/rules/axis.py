"""A line of time as drawings have it: whole months, with every day at its share of the width. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from tasks.rules.rounding import half_up

HUNDREDTH = 2
MOST_MONTHS = 24  # of a drawing that can still be read; what lies beyond stands at its edge


class Month(NamedTuple):
    first: date
    days: int
    x: float


@dataclass(frozen=True, slots=True)
class Axis:
    """From the first of one month to the last day of another."""

    first: date
    last: date

    @classmethod
    def over(cls, begins: date, days: Iterable[date]) -> "Axis":
        """The axis that begins with that day's month and reaches to the end of the month of the latest of the days."""
        first = begins.replace(day=1)
        latest = max([begins, *days])
        months = (latest.year - first.year) * 12 + latest.month - first.month
        return cls(first, _month_after(first, min(months, MOST_MONTHS - 1) + 1) - timedelta(days=1))

    def x(self, day: date) -> float:
        """Where the day stands, in per cent; what lies outside stands at the edge."""
        whole = (self.last - self.first).days + 1
        within = min(max((day - self.first).days, 0), whole)
        return float(half_up(100 * within / whole, HUNDREDTH))

    def is_beyond(self, day: date) -> bool:
        """Whether the day comes after the last that is drawn, so that its place at the edge doesn't tell when it is."""
        return day > self.last

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def months(self) -> list[Month]:
        found, first = [], self.first
        while first <= self.last:
            following = _month_after(first, 1)
            found.append(Month(first, (following - first).days, self.x(first)))
            first = following
        return found


def _month_after(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
