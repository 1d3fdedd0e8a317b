"""The ranking of agencies by what they are ahead of or behind 序时, and how they and the sections moved by periods."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.dashboard.listings import AgencyRow, SectionRow
from reports.dashboard.overview import Overview
from tasks.rules.numerals import chinese_numeral
from tasks.rules.rounding import TENTH, WHOLE, difference

ENDS = 4  # of a short ranking, so many from its beginning and its end


@dataclass(frozen=True, slots=True)
class RankRow:
    """One agency in the ranking; agencies with the same figures share a place.

    `points` are its progress at each close and now; `moved` is since the last close, None where there is none.
    """

    place: int
    row: AgencyRow
    points: Sequence[float | None]
    moved: Decimal | None


def ranking(overview: Overview) -> list[RankRow]:
    """The agencies whose leads count, by 差 and then by progress, the best first."""
    counted = [row for row in overview.agency_rows if row.total.counted]
    ranked = sorted(counted, key=lambda row: (-row.gap, -row.total.percent, row.agency.ordinal, row.agency.pk))
    rows: list[RankRow] = []
    for number, row in enumerate(ranked, 1):
        before = rows[-1] if rows else None
        same = before is not None and (before.row.gap, _shown(before.row)) == (row.gap, _shown(row))
        points = [*overview.trend.of_agency(row.agency.pk), row.total.percent]
        rows.append(RankRow(before.place if before and same else number, row, points, _moved(points)))
    return rows


def _shown(row: AgencyRow) -> Decimal:
    return difference(row.total.percent, 0.0)


def _moved(points: Sequence[float | None], places: int = WHOLE) -> Decimal | None:
    earlier = points[-2] if len(points) > 1 else None
    now = points[-1]
    return None if earlier is None or now is None else difference(now, earlier, places)


def both_ends(rows: Sequence[RankRow]) -> tuple[Sequence[RankRow], Sequence[RankRow]]:
    """The first and the last of a ranking; all of a short one in the first part."""
    return (rows, ()) if len(rows) <= 2 * ENDS else (rows[:ENDS], rows[-ENDS:])


@dataclass(frozen=True, slots=True)
class SectionCourse:
    """A section's progress at the close of each period, and now; `moved` is since the last close."""

    row: SectionRow
    points: Sequence[float | None]
    moved: Decimal | None

    @property
    def name(self) -> str:
        return f"{chinese_numeral(self.row.section.number)}、{self.row.section.title}"


@dataclass(frozen=True, slots=True)
class SectionTrend:
    """The sections over the periods. `heads` name the closes, and the day."""

    heads: Sequence[str]
    rows: Sequence[SectionCourse]

    @property
    def courses(self) -> list[tuple[str, Sequence[float | None]]]:
        return [(row.name, row.points) for row in self.rows]


def section_trend(overview: Overview) -> SectionTrend:
    rows = []
    for row in overview.sections:
        points = [*overview.trend.of_section(row.section.number), row.total.percent if row.total.counted else None]
        rows.append(SectionCourse(row, points, _moved(points, TENTH)))
    heads = [*(period.name for period in overview.trend.periods), f"{overview.day.month}月{overview.day.day}日"]
    return SectionTrend(heads, rows)
