"""总体情况 shows the totals, each leading to just the rows that make it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reports.quarter.book.figures import Part, plan_before, plan_part, whole_part
from reports.quarter.book.ledger import PLAN, Ledger
from reports.quarter.book.listings import Listing
from reports.quarter.book.tables import (
    BAR,
    CHART_COLOURS,
    FIRST_ROW,
    TENTH_POINTS,
    TENTHS,
    TICK,
    WHOLE,
    BookColumn,
    BookTable,
    RowCells,
    linked,
)
from reports.quarter.book.words import FILING_COLUMNS, against_before, before_head, light_columns
from reports.quarter.facts import PlanFacts, Snapshot
from reports.xlsx.sheets import Cell, Chart, Look, Series, Value
from tasks.rules.rounding import TENTH, half_up
from tasks.rules.status import Light, Pace

SUMMARY = "总体情况"
LIGHTS_HEIGHT = 6.5  # centimetres
ROWS_OF_LIGHTS = 14  # of ordinary height, covered by that chart
BEHIND_NOTE = "任务平均进度落后序时超过{margin}个百分点；亮灯取最落后的负责单位，两者可以不同"


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a plan; `rows` is the key of the rows that make it, in the lists of items or of reports."""

    key: str
    title: str
    value: Callable[[Part], Value]
    number_format: str = WHOLE
    rows: str = ""
    note: str = ""
    is_compared: bool = False
    is_filing: bool = False


def _count(key: str) -> Callable[[Part], Value]:
    return lambda part: int(getattr(part.totals, key))


def measures(snapshot: Snapshot) -> tuple[Measure, ...]:
    """The figures of the snapshot's plans, in their order."""
    margin = "、".join(dict.fromkeys(str(plan.behind_margin) for plan in snapshot.plans))
    return (
        Measure("items", "任务总数（项）", _count("items"), rows="items"),
        Measure(
            "leads", "负责分工（项·单位）", _count("leads"), rows="leads", note="一项任务有几个负责单位，计几项分工"
        ),
        Measure("assists", "协助分工（项·单位）", _count("assists"), rows="assists", note="协助单位不计入进度"),
        Measure(
            "percent",
            "总体进度",
            lambda part: part.percent,
            TENTHS,
            rows="counted",
            note="各项任务进度的平均数；任务进度为各负责单位已通过进度的加权平均",
            is_compared=True,
        ),
        Measure(
            "expected",
            "序时进度",
            lambda part: part.expected,
            TENTHS,
            rows="counted",
            note="自印发之日至完成时限，已过时间的占比；持续推进的按其进度计",
            is_compared=True,
        ),
        Measure("gap", "较序时（百分点）", lambda part: part.gap, TENTH_POINTS, rows="counted", is_compared=True),
        *(
            Measure(key, f"亮灯：{word}（项）", _count(key), rows=key, is_compared=True)
            for key, word in light_columns(snapshot)
        ),
        *(
            Measure(
                pace.value,
                f"进度类别：{pace.label}（项）",
                _count(pace.value),
                rows=pace.value,
                note=BEHIND_NOTE.format(margin=margin) if pace == Pace.BEHIND else "",
                is_compared=True,
            )
            for pace in Pace
        ),
        *(
            Measure(key, f"报送：{word}（份）", _count(key), rows=key, note=FILING_NOTES.get(key, ""), is_filing=True)
            for key, word in FILING_COLUMNS
        ),
        Measure("rate", "报送率", lambda part: part.rate, TENTHS, rows="owed", note="已报占应报", is_filing=True),
    )


FILING_NOTES = {
    "owed": "应报＝已报＋未报",
    "filed": "已报＝已通过＋待审",
    "unfiled": "未报＝未报送＋退回待重报",
    "waived": "经统筹人员免报，不计入应报",
}
MOST_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Summary:
    """The table of totals, which knows where each measure of each plan stands in it."""

    table: BookTable
    measures: tuple[Measure, ...]
    is_several: bool

    def place(self, number: int, key: str) -> str:
        """Says where the measure stands of the plan of that place in the package, counted from 0."""
        if self.is_several:
            return self.table.place(key, number)
        return self._place("value", key)

    def place_before(self, key: str) -> str:
        """Says where the measure of a single plan stands as it was at the previous close."""
        return self._place("before", key)

    def _place(self, column: str, key: str) -> str:
        return self.table.place(column, next(row for row, each in enumerate(self.measures) if each.key == key))

    @property
    def next_anchor(self) -> str:
        """The cell at which there is room for one more chart."""
        return f"A{self.table.last_row + 2 + ROWS_OF_LIGHTS}"


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists to which figures lead."""

    figures: Listing
    filings: Listing

    def link(self, measure: Measure, plan: PlanFacts) -> str:
        return (self.filings if measure.is_filing else self.figures).link(plan, measure.rows)


def build_summary(snapshot: Snapshot, note: str, ledger: Ledger, lists: Lists) -> Summary:
    several = len(snapshot.plans) > 1
    shown = measures(snapshot)
    if several:
        return Summary(_by_plan(snapshot, note, ledger, lists, shown), shown, several)
    return Summary(_by_measure(snapshot, note, lists, shown), shown, several)


def _by_measure(snapshot: Snapshot, note: str, lists: Lists, shown: Sequence[Measure]) -> BookTable:
    """Gives each figure of a single plan a row, beside what it was at the close before."""
    [plan] = snapshot.plans
    rows = [_measure_row(measure, plan, lists) for measure in shown]
    columns: tuple[BookColumn[Any], ...] = (
        BookColumn("measure", "项目", 26),
        BookColumn("value", "本期", 16, is_centred=True),
        BookColumn("before", before_head(snapshot), 20, is_centred=True),
        BookColumn("moved", "变化", 10, is_centred=True),
        BookColumn("note", "说明", 62),
    )
    table = BookTable(
        name=SUMMARY,
        title=f"{snapshot.definition.period_name}总体情况",
        note=f"{note}。点数字即到其各行；变化：{against_before(snapshot)}"
        if plan.previous
        else f"{note}。点数字即到其各行",
        columns=columns,
        rows=rows,
        is_filtered=False,
        is_landscape=False,
        is_one_page=True,
    )
    lights = [key for key, _ in light_columns(snapshot)]
    light_rows = [place for place, measure in enumerate(shown) if measure.key in lights]
    first, last = FIRST_ROW + light_rows[0], FIRST_ROW + light_rows[-1]
    table.charts = [
        Chart(
            title="任务亮灯（项）",
            anchor=f"A{table.last_row + 2}",
            categories=f"'{SUMMARY}'!$A${first}:$A${last}",
            labels=tuple(shown[place].title for place in light_rows),
            series=(
                Series(
                    name="任务数",
                    cells=f"'{SUMMARY}'!$B${first}:$B${last}",
                    values=tuple(float(getattr(plan.totals, key)) for key in lights),
                    colour=BAR,
                    colours=tuple(CHART_COLOURS[Light(key)] for key in lights),
                ),
            ),
            width=27,
            height=LIGHTS_HEIGHT,
            is_horizontal=True,
        )
    ]
    return table


def _measure_row(measure: Measure, plan: PlanFacts, lists: Lists) -> RowCells:
    now, before = measure.value(plan_part(plan)), plan_before(plan)
    earlier = measure.value(before) if before and measure.is_compared else None
    is_share = measure.number_format == TENTHS
    moved: Value = None
    if isinstance(now, (int, float)) and isinstance(earlier, (int, float)):
        difference = (now - earlier) * (100 if is_share else 1)
        moved = float(half_up(difference, TENTH)) if is_share or measure.key == "gap" else difference
    return {
        "measure": measure.title,
        "value": Cell(now, Look.BODY, measure.number_format, is_centred=True, link=lists.link(measure, plan)),
        "before": Cell(earlier, Look.BODY, measure.number_format, is_centred=True),
        "moved": Cell(moved, Look.BODY, TENTH_POINTS if isinstance(moved, float) else "+0;-0;0", is_centred=True),
        "note": measure.note,
    }


def _by_plan(snapshot: Snapshot, note: str, ledger: Ledger, lists: Lists, shown: Sequence[Measure]) -> BookTable:
    """Gives each of several plans a row, and one to their sum, whose rows are those above it."""
    columns = (
        PLAN,
        BookColumn("name", "名称", 50),
        *(
            BookColumn(measure.key, measure.title.replace("（", "\n（"), 11, measure.number_format, True)
            for measure in shown
        ),
    )
    rows: list[RowCells] = [
        {
            "plan": linked(plan.document_number, ledger.link(plan, "item", 1), is_centred=False),
            "name": plan.name,
            **{
                measure.key: linked(measure.value(part), lists.link(measure, plan), measure.number_format)
                for measure in shown
            },
        }
        for plan in snapshot.plans
        for part in (plan_part(plan),)
    ]
    whole = whole_part(snapshot)
    total: RowCells = {"plan": "合计", **{measure.key: measure.value(whole) for measure in shown}}
    table = BookTable(
        name=SUMMARY,
        title=f"{snapshot.definition.period_name}总体情况",
        note=note,
        columns=columns,
        rows=rows,
        total=total,
        frozen="items",
    )
    names = tuple(plan.document_number for plan in snapshot.plans)
    table.charts = [progress_chart(table, "plan", names, [plan_part(plan) for plan in snapshot.plans], extra=1)]
    return table


def progress_chart(table: BookTable, labels: str, names: Sequence[str], parts: Sequence[Part], extra: int) -> Chart:
    """Draws progress beside what was expected, below the table; lying, where names would not fit below columns."""
    return Chart(
        title="进度与序时进度",
        anchor=f"A{table.last_row + extra + 2}",
        categories=table.cells(labels),
        labels=tuple(names),
        series=tuple(
            Series(
                name=word,
                cells=table.cells(key),
                values=tuple(_number(getattr(part, key)) for part in parts),
                colour=colour,
            )
            for key, word, colour in (("percent", "进度", BAR), ("expected", "序时进度", TICK))
        ),
        number_format="0.0%",
        width=25,
        height=max(8.5, 3 + 0.8 * len(names)),
        is_horizontal=len(names) > MOST_COLUMNS,
    )


def _number(value: Value) -> float:
    return float(value) if isinstance(value, float) else 0.0
