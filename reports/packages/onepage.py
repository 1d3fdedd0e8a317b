"""一页图: a leader reads one plan's quarter on one sheet, in the briefing's words and figures (docs/rules.md 12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from reports.briefing import METHOD
from reports.briefing.appendices import NO_REPORT, item_expected, item_number, item_progress
from reports.briefing.filing import counted, states
from reports.briefing.findings import not_named, numbers_of, why
from reports.briefing.local import in_short
from reports.briefing.overall import against_time, paces, reported_items, section_reported, since
from reports.briefing.words import percent
from reports.models import Package
from reports.quarter import IndicatorFacts, ItemFacts, LedgerRow, PlanFacts, SectionFacts, UnfiledRow
from reports.quarter.courses import Course, closes, ranked_agencies, section_courses
from tasks.rules import rounding
from tasks.rules.means import averaged
from tasks.rules.numerals import chinese_numeral
from tasks.rules.periods import name_in_year
from tasks.rules.rounding import percent_text
from tasks.rules.status import Light, Pace

# What fits on one sheet of A4 together; the workbook has every plan whole.
MOST_ITEMS = 20
MOST_INDICATORS = 8
MOST_LATE = 8
MOST_UNFILED = 16
MOST_REASONS = 4
MOST_RANKED = 24


@dataclass(frozen=True, slots=True)
class Laggard:
    """An agency that is behind by the rule, with how many of its tasks are past due and how many behind."""

    name: str
    overdue: int
    behind: int
    numbers: str


@dataclass(frozen=True, slots=True)
class Line:
    """A task on the sheet, as the briefing's table has it."""

    item: ItemFacts
    number: str
    progress: str
    expected: str
    is_settling: bool

    @property
    def is_reported(self) -> bool:
        return self.progress != NO_REPORT


@dataclass(frozen=True, slots=True)
class Ranked:
    """An agency in the ranking, with its course over the periods."""

    course: Course
    progress: str
    gap: Decimal
    points: Sequence[float | None]


@dataclass(frozen=True)
class OnePage:
    """What the sheet shows of one plan; what doesn't fit is counted."""

    plan: PlanFacts
    package: Package
    method = METHOD

    @property
    def has_progress(self) -> bool:
        """Whether any task counts in the whole's progress, and a report of one was accepted."""
        return bool(averaged(self.plan.items) and reported_items(self.plan))

    @property
    def compared(self) -> str:
        return against_time(self.plan, "sheet").text

    @property
    def since(self) -> str:
        moved = since(self.plan, self.package.day, "sheet")
        return moved.text if moved else ""

    @property
    def lights(self) -> list[tuple[Light, int]]:
        """Each light with how many items have it: whatever the sheet, each stands in its place."""
        return [(light, getattr(self.plan.totals, light.value)) for light in Light]

    @property
    def paces(self) -> str:
        runs = any(getattr(self.plan.totals, pace.value) for pace in Pace)
        return paces(self.plan, "sheet").text if runs else ""

    @property
    def filing(self) -> str:
        return counted(self.plan, "sheet").text

    @property
    def local(self) -> str:
        """市县落实 in the briefing's sentence; "" where no office lies below."""
        return in_short(self.plan, "sheet").text if self.plan.local else ""

    @property
    def sections(self) -> list[tuple[SectionFacts, str]]:
        """Each section with its progress, none where nothing of it counts or was accepted."""
        return [
            (section, percent(section.totals.percent) if section_reported(self.plan, section) else "—")
            for section in self.plan.sections
        ]

    # ── over the periods ─────────────────────────────────────────────────────────────────────────────────────────

    @property
    def heads(self) -> list[str]:
        """The closes of the periods, 「二季度」, and the day."""
        day = self.package.day
        return [*(name_in_year(code) for _, code in self._closes), f"{day.month}月{day.day}日"]

    @property
    def courses(self) -> list[tuple[str, Sequence[float | None]]]:
        """Each section by its number, with where it stands; none before there are two moments to tell of."""
        drawn: list[tuple[str, Sequence[float | None]]] = [
            (f"{chinese_numeral(course.key)}　{_stands(course, rounding.TENTH)}", self._points(course))
            for course in section_courses(self.plan)
        ]
        known = {place for _, points in drawn for place, point in enumerate(points) if point is not None}
        return drawn if len(known) > 1 else []

    @property
    def ranked(self) -> list[list[Ranked]]:
        """All agencies that count, or the first and the last of them."""
        rows = [
            Ranked(course, _stands(course, rounding.WHOLE), Decimal(course.gap(rounding.WHOLE)), self._points(course))
            for course in self._ranking
        ]
        half = MOST_RANKED // 2
        return [part for part in ([rows] if len(rows) <= MOST_RANKED else [rows[:half], rows[-half:]]) if part]

    @property
    def ranked_left_out(self) -> int:
        return max(len(self._ranking) - MOST_RANKED, 0)

    @cached_property
    def _ranking(self) -> list[Course]:
        return ranked_agencies(self.plan)

    @cached_property
    def _closes(self) -> list[tuple[date, str]]:
        return closes([self.plan])

    def _points(self, course: Course) -> list[float | None]:
        now = course.totals.percent if course.has_accepted else None
        return [*(course.points.get(code) for _, code in self._closes), now]

    # ── tasks ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def lines(self) -> list[Line]:
        """All items where they fit, otherwise the worst."""
        items = list(self.plan.items)
        if len(items) > MOST_ITEMS:
            order = [light.value for light in Light]
            items = sorted(items, key=lambda item: (order.index(item.light), item.gap or 0.0))[:MOST_ITEMS]
        return [
            Line(
                item=item,
                number=item_number(item),
                progress=item_progress(self.plan, item),
                expected=item_expected(item),
                is_settling=self.plan.is_settling(item),
            )
            for item in items
        ]

    @property
    def has_unreported(self) -> bool:
        """Whether a task shown has no accepted report, which the sheet says in two signs and explains once."""
        return not all(line.is_reported for line in self.lines)

    @property
    def left_out(self) -> int:
        return max(len(self.plan.items) - MOST_ITEMS, 0)

    @property
    def indicators(self) -> list[IndicatorFacts]:
        """The indicators; those that are behind come first, where not all fit."""
        known = list(self.plan.indicators)
        if len(known) <= MOST_INDICATORS:
            return known
        return sorted(known, key=lambda indicator: (not indicator.is_behind, indicator.percent))[:MOST_INDICATORS]

    @property
    def indicators_left_out(self) -> int:
        return max(len(self.plan.indicators) - MOST_INDICATORS, 0)

    # ── who is behind, and why ───────────────────────────────────────────────────────────────────────────────────

    @property
    def laggards(self) -> list[Laggard]:
        """The worst agencies, with the tasks of which the briefing speaks."""
        overdue, behind = self.plan.overdue, self.plan.behind
        return [
            Laggard(
                name=agency.name,
                overdue=sum(row.agency_id == agency.pk for row in overdue),
                behind=sum(row.agency_id == agency.pk for row in behind),
                numbers=self._numbers([row for row in (*overdue, *behind) if row.agency_id == agency.pk]),
            )
            for agency in self.plan.laggards[:MOST_LATE]
        ]

    @property
    def late_left_out(self) -> int:
        return max(len(self.plan.laggards) - MOST_LATE, 0)

    @property
    def not_named(self) -> list[str]:
        """What a light shows and yet nobody is named for."""
        return [paragraph.text for paragraph in not_named(self.plan, "sheet")]

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """The worst tasks, past due before behind, each with its agency and the latest reason on record."""
        worst = [*sorted(self.plan.overdue, key=_gap), *sorted(self.plan.behind, key=_gap)]
        return [(f"{row.agency}{self._numbers([row])}", why(self.plan, row)) for row in worst[:MOST_REASONS]]

    def _numbers(self, rows: list[LedgerRow]) -> str:
        return numbers_of([self.plan.label(row.item) for row in rows])

    # ── who has not filed ────────────────────────────────────────────────────────────────────────────────────────

    @property
    def unfiled(self) -> list[tuple[str, list[tuple[str, int]], int]]:
        """Those who missed a due date apart from those who have time left: heading, agencies, how many aren't shown."""
        late = [row for row in self.plan.unfiled if row.is_overdue]
        early = [row for row in self.plan.unfiled if not row.is_overdue]
        open_heading = f"{states(early, '尚未报送')}的单位（报送期未满）"
        groups = (("未报单位", _by_agency(late)), (open_heading, _by_agency(early)))
        return [
            (heading, counts[:MOST_UNFILED], max(len(counts) - MOST_UNFILED, 0)) for heading, counts in groups if counts
        ]


def _stands(course: Course, places: int) -> str:
    return percent_text(course.totals.percent, places) if course.has_accepted else "—"


def _gap(row: LedgerRow) -> float:
    return row.gap or 0.0


def _by_agency(rows: list[UnfiledRow]) -> list[tuple[str, int]]:
    """How many reports each agency owes, the most first."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.agency] = counts.get(row.agency, 0) + 1
    return sorted(counts.items(), key=lambda pair: -pair[1])
