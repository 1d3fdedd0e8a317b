"""总体情况 shows the totals, each leading to the rows that make it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reports.quarter.book.ledger import PLAN, Ledger
from reports.quarter.book.tables import (
    BAR,
    CHART_COLOURS,
    FIRST_ROW,
    PERCENT,
    POINTS,
    TICK,
    WHOLE,
    BookColumn,
    BookTable,
    RowCells,
    linked,
    percent,
)
from reports.quarter.facts import PlanFacts, Snapshot, Totals
from reports.xlsx.sheets import Cell, Chart, Look, Series, Value
from tasks.models.obligation import Obligation
from tasks.rules.status import Light, Pace
from tasks.standing.filing import Filing

SUMMARY = "总体情况"
LIGHTS_HEIGHT = 6.5  # centimetres
ROWS_OF_LIGHTS = 14  # of ordinary height, covered by that chart
LIGHT_COLUMNS = tuple((light.value, light.words) for light in Light)
FILING_COLUMNS = (
    (Obligation.OWED.value, str(Obligation.OWED.label)),
    *((state.value, str(state.label)) for state in Filing),
    ("late", "迟报"),
)
BEHIND_NOTE = "按任务平均进度；亮灯取最落后的负责单位，两者可以不同"


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a plan; `kind` is that of the ledger's line to which it leads, with the line's value."""

    key: str
    title: str
    value: Callable[[Totals], Value]
    number_format: str = WHOLE
    kind: str = ""
    note: str = ""


def _count(key: str) -> Callable[[Totals], Value]:
    return lambda totals: int(getattr(totals, key))


MEASURES = (
    Measure("items", "任务总数（项）", _count("items"), kind="item"),
    Measure("leads", "负责分工（项·单位）", _count("leads"), note="一项任务有几个负责单位，计几项分工"),
    Measure("assists", "协助分工（项·单位）", _count("assists"), note="协助单位不计入进度"),
    Measure(
        "percent",
        "总体进度",
        lambda totals: percent(totals.percent),
        PERCENT,
        note="各项任务进度的平均数；任务进度为各负责单位已通过进度的加权平均",
    ),
    Measure(
        "expected",
        "序时进度",
        lambda totals: percent(totals.expected),
        PERCENT,
        note="自印发之日至完成时限，已过时间的占比",
    ),
    Measure("gap", "较序时（百分点）", lambda totals: totals.gap, POINTS),
    *(Measure(key, f"亮灯：{word}（项）", _count(key), kind="item_light") for key, word in LIGHT_COLUMNS),
    *(
        Measure(pace.value, f"{pace.label}（项）", _count(pace.value), note=BEHIND_NOTE if pace == Pace.BEHIND else "")
        for pace in Pace
    ),
    *(Measure(key, f"报送：{word}（份）", _count(key)) for key, word in FILING_COLUMNS),
    Measure(
        "rate",
        "报送率",
        lambda totals: round(totals.filed / totals.owed, 8) if totals.owed else None,
        PERCENT,
        note="已报（已通过、待审）占应报",
    ),
)
MOST_COLUMNS = 4
COMPARED = {"percent", "expected", "gap", *(light.value for light in Light), *(pace.value for pace in Pace)}


@dataclass(frozen=True, slots=True)
class Summary:
    """The table of totals, which knows where each measure of each plan stands in it."""

    table: BookTable
    is_several: bool

    def place(self, number: int, key: str) -> str:
        """Says where the measure stands of the plan of that place in the package, counted from 0."""
        if self.is_several:
            return self.table.place(key, number)
        return self.table.place("value", next(row for row, measure in enumerate(MEASURES) if measure.key == key))

    def place_of_all(self, key: str) -> str:
        """Says where the measure of all plans together stands: in the sum below them, or with the only one."""
        return self.place(len(self.table.rows) if self.is_several else 0, key)

    @property
    def next_anchor(self) -> str:
        """The cell at which there is room for one more chart."""
        return f"A{self.table.last_row + 2 + ROWS_OF_LIGHTS}"


def build_summary(snapshot: Snapshot, note: str, ledger: Ledger, whole: Totals) -> Summary:
    several = len(snapshot.plans) > 1
    make = _by_plan if several else _by_measure
    return Summary(make(snapshot, note, ledger, whole), several)


def _by_measure(snapshot: Snapshot, note: str, ledger: Ledger, whole: Totals) -> BookTable:
    """Gives each figure of a single plan a row, beside what it was at the close before."""
    [plan] = snapshot.plans
    before = f"{plan.since_name}末" if plan.previous else "上期末"
    rows = [_measure_row(measure, plan, ledger) for measure in MEASURES]
    columns: tuple[BookColumn[Any], ...] = (
        BookColumn("measure", "项目", 26),
        BookColumn("value", "本期", 14, is_centred=True),
        BookColumn("before", before, 16, is_centred=True),
        BookColumn("moved", "变化", 12, is_centred=True),
        BookColumn("note", "说明", 62),
    )
    table = BookTable(
        name=SUMMARY,
        title=f"{snapshot.definition.period_name}总体情况",
        note=note,
        columns=columns,
        rows=rows,
        is_filtered=False,
        is_landscape=False,
        is_one_page=True,
    )
    light_rows = [place for place, measure in enumerate(MEASURES) if measure.kind == "item_light"]
    first, last = FIRST_ROW + light_rows[0], FIRST_ROW + light_rows[-1]
    table.charts = [
        Chart(
            title="任务亮灯（项）",
            anchor=f"A{table.last_row + 2}",
            categories=f"'{SUMMARY}'!$A${first}:$A${last}",
            labels=tuple(MEASURES[place].title for place in light_rows),
            series=(
                Series(
                    name="任务数",
                    cells=f"'{SUMMARY}'!$B${first}:$B${last}",
                    values=tuple(_numbers(plan.totals)),
                    colour=BAR,
                    colours=tuple(CHART_COLOURS.values()),
                ),
            ),
            width=27,
            height=LIGHTS_HEIGHT,
            is_horizontal=True,
        )
    ]
    return table


def _numbers(totals: Totals) -> list[float]:
    return [getattr(totals, key) for key, _ in LIGHT_COLUMNS]


def _measure_row(measure: Measure, plan: PlanFacts, ledger: Ledger) -> RowCells:
    now = measure.value(plan.totals)
    earlier = measure.value(plan.previous) if plan.previous and measure.key in COMPARED else None
    is_share = measure.number_format == PERCENT
    moved: Value = None
    if isinstance(now, (int, float)) and isinstance(earlier, (int, float)):
        moved = round((now - earlier) * (100 if is_share else 1), 6)
    link = ledger.link(plan, measure.kind, 1 if measure.kind == "item" else measure.key) if measure.kind else ""
    return {
        "measure": measure.title,
        "value": Cell(now, Look.BODY, measure.number_format, is_centred=True, link=link),
        "before": Cell(earlier, Look.BODY, measure.number_format, is_centred=True),
        "moved": Cell(moved, Look.BODY, POINTS if is_share or measure.key == "gap" else "+0;-0;0", is_centred=True),
        "note": measure.note,
    }


def _by_plan(snapshot: Snapshot, note: str, ledger: Ledger, whole: Totals) -> BookTable:
    """Gives each of several plans a row, and one to their sum."""
    columns = (
        PLAN,
        BookColumn("name", "名称", 50),
        *(
            BookColumn(measure.key, measure.title.replace("（", "\n（"), 11, measure.number_format, True)
            for measure in MEASURES
        ),
    )
    rows = [
        {
            "plan": linked(plan.document_number, ledger.link(plan, "item", 1), is_centred=False),
            "name": plan.name,
            **{measure.key: measure.value(plan.totals) for measure in MEASURES},
        }
        for plan in snapshot.plans
    ]
    total: RowCells = {"plan": "合计", **{measure.key: measure.value(whole) for measure in MEASURES}}
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
    table.charts = [progress_chart(table, "plan", names, [plan.totals for plan in snapshot.plans], extra=1)]
    return table


def progress_chart(table: BookTable, labels: str, names: Sequence[str], totals: Sequence[Totals], extra: int) -> Chart:
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
                values=tuple(percent(getattr(each, key)) or 0.0 for each in totals),
                colour=colour,
            )
            for key, word, colour in (("percent", "进度", BAR), ("expected", "序时进度", TICK))
        ),
        number_format="0%",
        width=25,
        height=max(8.5, 3 + 0.8 * len(names)),
        is_horizontal=len(names) > MOST_COLUMNS,
    )
