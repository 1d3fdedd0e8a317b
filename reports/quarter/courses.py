"""Where sections and agencies stood at each close, and the ranking of agencies: of the facts alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from reports.quarter.facts import PlanFacts, SectionFacts, Totals
from tasks.rules import rounding
from tasks.rules.rounding import difference


@dataclass(frozen=True, slots=True)
class Course:
    """A section or an agency: where it stood at each close, and how it stands. `key` is its number or its key."""

    plan: PlanFacts
    key: int
    name: str
    totals: Totals
    points: dict[str, float | None]  # by the period's code
    has_accepted: bool  # any report of what counts
    place: int = 0

    def moved(self, last: str, places: int) -> float | None:
        """How many points it went on since the close of that period."""
        earlier = self.points.get(last)
        return None if earlier is None else float(difference(self.totals.percent, earlier, places))

    def gap(self, places: int) -> float:
        return float(difference(self.totals.percent, self.totals.expected, places))


def closes(plans: Iterable[PlanFacts]) -> list[tuple[date, str]]:
    """The closed periods of all plans, the oldest first: the day, and the period's code."""
    return sorted({(row.closed_on, row.period) for plan in plans for row in plan.trend})


def section_courses(plan: PlanFacts) -> list[Course]:
    """Of the sections of which something counts, in the notice's order."""
    counting = {item.section for item in plan.items if item.counts}
    return [_of_section(plan, section) for section in plan.sections if section.number in counting]


def _of_section(plan: PlanFacts, section: SectionFacts) -> Course:
    items = {item.number for item in plan.items if item.section == section.number}
    reported = any(row.item in items and row.counts and row.has_accepted for row in plan.rows)
    points = _points(plan, "section", section.number)
    return Course(plan, section.number, section.title, section.totals, points, reported)


def ranked_agencies(plan: PlanFacts) -> list[Course]:
    """The agencies that lead something that counts, by 差 and then by progress; the same figures share a place."""
    counting = {row.agency_id for row in plan.rows if row.counts}
    reported = {row.agency_id for row in plan.rows if row.counts and row.has_accepted}
    courses = [
        Course(plan, each.pk, each.name, each.totals, _points(plan, "agency", each.pk), each.pk in reported)
        for each in plan.agencies
        if each.pk in counting
    ]
    courses.sort(key=lambda course: (-course.gap(rounding.WHOLE), -course.totals.percent))
    return _placed(courses)


def _points(plan: PlanFacts, kind: str, key: int) -> dict[str, float | None]:
    return {row.period: row.percent for row in plan.trend if (row.kind, row.key) == (kind, key)}


def _placed(courses: Sequence[Course]) -> list[Course]:
    placed: list[Course] = []
    for number, course in enumerate(courses, 1):
        before = placed[-1] if placed else None
        place = before.place if before and _shown(before) == _shown(course) else number
        placed.append(replace(course, place=place))
    return placed


def _shown(course: Course) -> tuple[float, float]:
    return course.gap(rounding.WHOLE), float(difference(course.totals.percent, 0.0))
