"""The ranking of agencies by what they are ahead of or behind 序时, and how they and the sections moved by periods."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.dashboard.listings import AgencyRow, SectionRow
from reports.dashboard.overview import Overview
from tasks.rules.rounding import TENTH, difference

ENDS = 4  # of a short ranking, so many from its beginning and its end
SPARK_WIDTH, SPARK_HEIGHT = 84.0, 22.0
LINE = 15.0  # between two names
LEFT, RIGHT, TOP, BOTTOM = 34.0, 440.0, 14.0, 240.0


@dataclass(frozen=True, slots=True)
class RankRow:
    """One agency in the ranking; agencies with the same figures share a place.

    `points` are its progress at each close and now; `moved` is since the last close, None where there is none.
    """

    place: int
    row: AgencyRow
    points: Sequence[float | None]
    moved: Decimal | None

    @property
    def spark(self) -> str:
        """Its progress over time as a path in a small box, 0 below and 100 on top."""
        return path_of(self.points, 0.0, SPARK_WIDTH, 1.0, SPARK_HEIGHT - 1)


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


def _moved(points: Sequence[float | None]) -> Decimal | None:
    earlier = points[-2] if len(points) > 1 else None
    now = points[-1]
    return None if earlier is None or now is None else difference(now, earlier)


def both_ends(rows: Sequence[RankRow]) -> tuple[Sequence[RankRow], Sequence[RankRow]]:
    """The first and the last of a ranking; all of a short one in the first part."""
    return (rows, ()) if len(rows) <= 2 * ENDS else (rows[:ENDS], rows[-ENDS:])


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section's progress over the periods: its path, its points, and where its name stands."""

    row: SectionRow
    points: Sequence[float | None]
    path: str
    dots: Sequence[tuple[float, float]]
    label_y: float
    kind: int  # which of a few dash patterns it is drawn in
    moved: Decimal | None


@dataclass(frozen=True, slots=True)
class SectionTrend:
    """The sections' progress at the close of each period, and now, in the coordinates of the template's view box."""

    heads: Sequence[tuple[float, str]]
    levels: Sequence[tuple[float, str]]
    lines: Sequence[SectionLine]


def section_trend(overview: Overview) -> SectionTrend:
    heads = [*(period.name for period in overview.trend.periods), f"{overview.day.month}月{overview.day.day}日"]
    step = (RIGHT - LEFT) / max(len(heads) - 1, 1)
    drawn = []
    for row in overview.sections:
        points = [*overview.trend.of_section(row.section.number), row.total.percent if row.total.counted else None]
        dots = [(round(LEFT + step * n, 1), _y(point)) for n, point in enumerate(points) if point is not None]
        drawn.append((row, points, dots))
    labels = _apart([dots[-1][1] + 4 if dots else BOTTOM for _, _, dots in drawn])
    lines = [
        SectionLine(
            row, points, path_of(points, LEFT, RIGHT, TOP, BOTTOM), dots, label, number % 4, _moved_tenth(points)
        )
        for number, ((row, points, dots), label) in enumerate(zip(drawn, labels, strict=True))
    ]
    return SectionTrend(
        heads=[(round(LEFT + step * n, 1), head) for n, head in enumerate(heads)],
        levels=[(_y(level), str(level)) for level in (0, 25, 50, 75, 100)],
        lines=lines,
    )


def _moved_tenth(points: Sequence[float | None]) -> Decimal | None:
    earlier = points[-2] if len(points) > 1 else None
    now = points[-1]
    return None if earlier is None or now is None else difference(now, earlier, TENTH)


def _y(percent: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * percent / 100, 1)


def _apart(wanted: Sequence[float]) -> list[float]:
    """Heights for names, in their order from the top, none of which overlaps another."""
    heights, last = [0.0] * len(wanted), float("-inf")
    for place in sorted(range(len(wanted)), key=wanted.__getitem__):
        last = max(wanted[place], last + LINE)
        heights[place] = round(last, 1)
    return heights


def path_of(points: Sequence[float | None], left: float, right: float, top: float, bottom: float) -> str:
    """Joins the points that there are, evenly spaced."""
    step = (right - left) / max(len(points) - 1, 1)
    known = [
        f"{left + step * n:.1f} {bottom - (bottom - top) * point / 100:.1f}"
        for n, point in enumerate(points)
        if point is not None
    ]
    return "M" + "L".join(known) if len(known) > 1 else ""
