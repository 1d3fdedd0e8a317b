"""部分走势 and 单位排名: progress at the close of each period and on the package's day, with their charts."""

from collections.abc import Sequence
from typing import Any

from reports.quarter.book.ledger import PLAN, section_name
from reports.quarter.book.tables import (
    DIFFERENCES,
    FIRST_ROW,
    HEAD_ROW,
    NO_REPORT,
    PERCENTS,
    WHOLE,
    BookColumn,
    BookTable,
    percent,
    rows_of,
)
from reports.quarter.courses import Course, closes, ranked_agencies, section_courses
from reports.quarter.facts import Snapshot
from reports.xlsx.sheets import Chart, Series
from tasks.rules import rounding
from tasks.rules.periods import period_name

SECTIONS, AGENCIES = "部分走势", "单位排名"
BAR = "2F5573"
LINES = ("2F5573", "B57900", "23814C", "8A4B8F", "1F68BD", "A31D13")  # each has its own dashes and mark, too
MOST_LINES = 12  # that can be told apart
MOST_BARS = 40


def build_section_trend(snapshot: Snapshot, note: str) -> BookTable:
    lines = [course for plan in snapshot.plans for course in section_courses(plan)]
    heads = _heads(snapshot)
    columns: tuple[BookColumn[Course], ...] = (
        *((PLAN,) if len(snapshot.plans) > 1 else ()),
        BookColumn("name", "部分", 34, value=lambda line: section_name(line.key, line.name)),
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
    if heads and 0 < len(lines) <= MOST_LINES:
        table.charts = [_trend_chart(table, lines, [code for code, _ in heads])]
    return table


def build_ranking(snapshot: Snapshot, note: str) -> BookTable:
    lines = [course for plan in snapshot.plans for course in ranked_agencies(plan)]
    heads = _heads(snapshot)
    columns: tuple[BookColumn[Course], ...] = (
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
    return [(code, f"{period_name(code)}\n（{on.month}月{on.day}日）") for on, code in closes(snapshot.plans)]


def _points_columns(
    heads: Sequence[tuple[str, str]], snapshot: Snapshot, places: int
) -> tuple[BookColumn[Course], ...]:
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


def _trend_chart(table: BookTable, lines: Sequence[Course], codes: Sequence[str]) -> Chart:
    """One line for each section, from close to close and on to the day."""
    first, last = table.letter(f"at_{codes[0]}"), table.letter("now")
    heads = [column.title for column in table.columns if column.key.startswith("at_") or column.key == "now"]

    def cells(row: int) -> str:
        return f"'{table.name}'!${first}${row}:${last}${row}"

    series = [
        Series(
            name=_series_name(line, is_alone=len({each.plan.slug for each in lines}) == 1),
            cells=cells(FIRST_ROW + place),
            values=tuple(percent(point, rounding.TENTH) for point in _all_points(line, codes)),
            colour=LINES[place % len(LINES)],
        )
        for place, line in enumerate(lines)
    ]
    return Chart(
        title="各部分在各报告期报送截止日和截至日期的进度",
        anchor=f"A{table.last_row + 3}",
        categories=cells(HEAD_ROW),
        labels=tuple(head.replace("\n", "") for head in heads),
        series=tuple(series),
        number_format=PERCENTS[rounding.TENTH],
        is_lines=True,
        width=24,
        height=10,
    )


def _series_name(line: Course, *, is_alone: bool) -> str:
    name = section_name(line.key, line.name)
    return name if is_alone else f"{line.plan.document_number}　{name}"


def _all_points(line: Course, codes: Sequence[str]) -> list[float | None]:
    return [*(line.points.get(code) for code in codes), line.totals.percent if line.has_accepted else None]


def _ranking_chart(table: BookTable, lines: Sequence[Course]) -> Chart:
    return Chart(
        title="各单位进度，按与序时之差排名",
        anchor=f"{chr(ord('A') + len(table.columns) + 1)}3",
        categories=table.cells("name"),
        labels=tuple(line.name for line in lines),
        series=(
            Series(
                name="现进度",
                cells=table.cells("now"),
                values=tuple(percent(line.totals.percent) for line in lines),
                colour=BAR,
            ),
        ),
        number_format=PERCENTS[rounding.WHOLE],
        is_horizontal=True,
        width=18,
        height=4 + 0.55 * len(lines),
    )
