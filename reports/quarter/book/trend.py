"""部分走势 and 单位排名: progress at the close of each period and on the package's day, with their charts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from reports.quarter.book.ledger import PLAN, section_name
from reports.quarter.book.tables import DIFFERENCES, NO_REPORT, PERCENTS, WHOLE, BookColumn, BookTable, percent, rows_of
from reports.quarter.facts import PlanFacts, SectionFacts, Snapshot, Totals
from reports.xlsx.sheets import Chart, Series
from tasks.rules import rounding
from tasks.rules.periods import period_name
from tasks.rules.rounding import difference

SECTIONS, AGENCIES = "部分走势", "单位排名"
SHADES = ("#C9D3DC", "#AEBECB", "#93A8BA", "#7893A9", "#64839C", "#55758F", "#2F5573")  # the last is now
MOST_BARS = 40


@dataclass(frozen=True, slots=True)
class TrendLine:
    """A section or an agency: where it stood at each close, and how it stands."""

    plan: PlanFacts
    name: str
    totals: Totals
    points: dict[str, float | None]  # by the period's code
    has_accepted: bool  # any report of what counts
    place: int = 0

    def moved(self, last: str, places: int) -> float | None:
        earlier = self.points.get(last)
        return None if earlier is None else float(difference(self.totals.percent, earlier, places))

    def gap(self, places: int) -> float:
        return float(difference(self.totals.percent, self.totals.expected, places))


def build_section_trend(snapshot: Snapshot, note: str) -> BookTable:
    lines = [
        _section_line(plan, section)
        for plan in snapshot.plans
        for section in plan.sections
        if any(item.counts for item in plan.items if item.section == section.number)
    ]
    heads = _heads(snapshot)
    columns: tuple[BookColumn[TrendLine], ...] = (
        *((PLAN,) if len(snapshot.plans) > 1 else ()),
        BookColumn("name", "部分", 34, value=lambda line: line.name),
        *_points_columns(heads, snapshot, rounding.TENTH),
    )
    table = BookTable(
        name=SECTIONS,
        title=f"{snapshot.definition.period_name}各部分走势",
        note=f"{note}。各报告期报送截止日和截至日期的进度",
        columns=columns,
        rows=rows_of(columns, lines),
        frozen="name",
    )
    if 0 < len(lines) <= MOST_BARS:
        table.charts = [_trend_chart(table, lines, heads, snapshot)]
    return table


def _section_line(plan: PlanFacts, section: SectionFacts) -> TrendLine:
    items = {item.number for item in plan.items if item.section == section.number}
    reported = any(row.item in items and row.counts and row.has_accepted for row in plan.rows)
    name = section_name(section.number, section.title)
    return TrendLine(plan, name, section.totals, _points(plan, "section", section.number), reported)


def build_ranking(snapshot: Snapshot, note: str) -> BookTable:
    lines = _ranked(snapshot)
    heads = _heads(snapshot)
    columns: tuple[BookColumn[TrendLine], ...] = (
        *((PLAN,) if len(snapshot.plans) > 1 else ()),
        BookColumn("place", "名次", 7, WHOLE, True, value=lambda line: line.place),
        BookColumn("name", "单位", 22, value=lambda line: line.name),
        BookColumn(
            *("gap", "较序时\n（百分点）", 11, DIFFERENCES[rounding.WHOLE], True),
            value=lambda line: line.gap(rounding.WHOLE),
        ),
        BookColumn(
            *("expected", "序时进度", 10, PERCENTS[rounding.WHOLE], True),
            value=lambda line: percent(line.totals.expected),
        ),
        *_points_columns(heads, snapshot, rounding.WHOLE),
    )
    table = BookTable(
        name=AGENCIES,
        title=f"{snapshot.definition.period_name}单位排名",
        note=f"{note}。有负责任务的单位，按进度与序时之差由高到低，再按进度；数相同的名次相同",
        columns=columns,
        rows=rows_of(columns, lines),
        frozen="name",
    )
    if 0 < len(lines) <= MOST_BARS and len(snapshot.plans) == 1:
        table.charts = [_ranking_chart(table, lines)]
    return table


def _heads(snapshot: Snapshot) -> list[tuple[str, str]]:
    """The closed periods of all plans: code, and what the column is called."""
    known = {(row.closed_on, row.period) for plan in snapshot.plans for row in plan.trend}
    return [(code, f"{period_name(code)}\n（{on.month}月{on.day}日）") for on, code in sorted(known)]


def _points(plan: PlanFacts, kind: str, key: int) -> dict[str, float | None]:
    return {row.period: row.percent for row in plan.trend if (row.kind, row.key) == (kind, key)}


def _points_columns(
    heads: Sequence[tuple[str, str]], snapshot: Snapshot, places: int
) -> tuple[BookColumn[TrendLine], ...]:
    def at(code: str) -> Any:
        return lambda line: percent(line.points.get(code), places)

    last = heads[-1][0] if heads else ""
    day = snapshot.day
    return (
        *(BookColumn(f"at_{code}", head, 15, PERCENTS[places], True, value=at(code)) for code, head in heads),
        BookColumn(
            *("now", f"现进度\n（{day.month}月{day.day}日）", 15, PERCENTS[places], True),
            value=lambda line: percent(line.totals.percent, places) if line.has_accepted else NO_REPORT,
        ),
        BookColumn(
            *("moved", "较上期\n（百分点）", 11, DIFFERENCES[places], True), value=lambda line: line.moved(last, places)
        ),
    )


def _ranked(snapshot: Snapshot) -> list[TrendLine]:
    """Of each plan, the agencies that lead something that counts, by 差 and then by progress."""
    lines: list[TrendLine] = []
    for plan in snapshot.plans:
        counting = {row.agency_id for row in plan.rows if row.counts}
        agencies = [agency for agency in plan.agencies if agency.pk in counting]
        reported = {row.agency_id for row in plan.rows if row.counts and row.has_accepted}
        of_plan = [
            TrendLine(plan, each.name, each.totals, _points(plan, "agency", each.pk), each.pk in reported)
            for each in agencies
        ]
        of_plan.sort(key=lambda line: (-line.gap(rounding.WHOLE), -line.totals.percent))
        lines += _placed(of_plan)
    return lines


def _placed(lines: Sequence[TrendLine]) -> list[TrendLine]:
    placed: list[TrendLine] = []
    for number, line in enumerate(lines, 1):
        before = placed[-1] if placed else None
        place = before.place if before and _shown(before) == _shown(line) else number
        placed.append(replace(line, place=place))
    return placed


def _shown(line: TrendLine) -> tuple[float, float]:
    return line.gap(rounding.WHOLE), float(difference(line.totals.percent, 0.0))


def _trend_chart(
    table: BookTable, lines: Sequence[TrendLine], heads: Sequence[tuple[str, str]], snapshot: Snapshot
) -> Chart:
    """One group of bars for each section: the closes in turn, and now."""
    shades = SHADES[-len(heads) - 1 : -1] if heads else ()
    series = [
        Series(
            name=head.replace("\n", ""),
            cells=table.cells(f"at_{code}"),
            values=tuple(percent(line.points.get(code), rounding.TENTH) or 0.0 for line in lines),
            colour=shade.removeprefix("#"),
        )
        for (code, head), shade in zip(heads, shades, strict=True)
    ]
    now = Series(
        name=f"现进度（{snapshot.day.month}月{snapshot.day.day}日）",
        cells=table.cells("now"),
        values=tuple(percent(line.totals.percent, rounding.TENTH) or 0.0 for line in lines),
        colour=SHADES[-1].removeprefix("#"),
    )
    return Chart(
        title="各部分在各报告期报送截止日和截至日期的进度（%）",
        anchor=f"A{table.last_row + 3}",
        categories=table.cells("name"),
        labels=tuple(line.name for line in lines),
        series=(*series, now),
        number_format=PERCENTS[rounding.TENTH],
        width=24,
        height=9,
    )


def _ranking_chart(table: BookTable, lines: Sequence[TrendLine]) -> Chart:
    return Chart(
        title="各单位进度，按与序时之差排名（%）",
        anchor=f"{chr(ord('A') + len(table.columns) + 1)}3",
        categories=table.cells("name"),
        labels=tuple(line.name for line in lines),
        series=(
            Series(
                name="现进度",
                cells=table.cells("now"),
                values=tuple(percent(line.totals.percent) or 0.0 for line in lines),
                colour=SHADES[-1].removeprefix("#"),
            ),
        ),
        number_format=PERCENTS[rounding.WHOLE],
        is_horizontal=True,
        width=18,
        height=4 + 0.55 * len(lines),
    )
