"""分部分 and 分单位 show the parts of the totals, each leading to its rows of the ledger."""

from typing import Any

from reports.quarter.book.ledger import PLAN, Ledger, section_name
from reports.quarter.book.summary import FILING_COLUMNS, LIGHT_COLUMNS, progress_chart
from reports.quarter.book.tables import (
    CHART_COLOURS,
    PERCENT,
    POINTS,
    WHOLE,
    BookColumn,
    BookTable,
    RowCells,
    linked,
    percent,
)
from reports.quarter.facts import Snapshot, Totals
from reports.xlsx.sheets import Chart, Series, Value

SECTIONS, AGENCIES = "分部分", "分单位"
MOST_BARS = 40
MOST_ON_A_PAGE = 20
TOTAL_COLUMNS: tuple[BookColumn[Any], ...] = (
    BookColumn("percent", "进度", 9, PERCENT, True),
    BookColumn("expected", "序时进度", 9, PERCENT, True),
    BookColumn("gap", "较序时\n（百分点）", 11, POINTS, True),
    BookColumn("previous", "上期末进度", 9, PERCENT, True),
    *(BookColumn(key, word, 8, WHOLE, True) for key, word in LIGHT_COLUMNS),
    *(BookColumn(key, word, 7, WHOLE, True) for key, word in FILING_COLUMNS),
)


def _total_cells(totals: Totals, previous: float | None) -> dict[str, Value]:
    return {
        "percent": percent(totals.percent),
        "expected": percent(totals.expected),
        "gap": totals.gap,
        "previous": percent(previous),
        **{key: int(getattr(totals, key)) for key, _ in (*LIGHT_COLUMNS, *FILING_COLUMNS)},
    }


def build_sections(snapshot: Snapshot, note: str, ledger: Ledger, whole: Totals) -> BookTable:
    several = len(snapshot.plans) > 1
    parts = [(plan, section) for plan in snapshot.plans for section in plan.sections]
    rows: list[RowCells] = [
        {
            "plan": plan.document_number,
            "section": linked(
                section_name(section.number, section.title),
                ledger.link(plan, "section", section.number),
                is_centred=False,
            ),
            "items": section.totals.items,
            "leads": section.totals.leads,
            **_total_cells(section.totals, section.previous_percent),
        }
        for plan, section in parts
    ]
    columns = (
        *((PLAN,) if several else ()),
        BookColumn("section", "部分", 30),
        BookColumn("items", "任务", 7, WHOLE, True),
        BookColumn("leads", "负责分工", 9, WHOLE, True),
        *TOTAL_COLUMNS,
    )
    total: RowCells = {
        ("plan" if several else "section"): "合计",
        "items": whole.items,
        "leads": whole.leads,
        **_total_cells(whole, _previous(snapshot)),
    }
    table = BookTable(
        name=SECTIONS,
        title=f"{snapshot.definition.period_name}分部分情况",
        note=note,
        columns=columns,
        rows=rows,
        total=total,
        frozen="items",
    )
    table.is_one_page = len(parts) <= MOST_ON_A_PAGE  # so that the chart is not cut
    names = [section_name(section.number, section.title) for _, section in parts]
    table.charts = [progress_chart(table, "section", names, [section.totals for _, section in parts], extra=1)]
    return table


def build_agencies(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    several = len(snapshot.plans) > 1
    parts = [(plan, agency) for plan in snapshot.plans for agency in plan.agencies]
    rows: list[RowCells] = [
        {
            "plan": plan.document_number,
            "agency": linked(agency.name, ledger.link(plan, "agency", agency.pk, "agency"), is_centred=False),
            "leads": agency.totals.leads,
            "assists": agency.totals.assists,
            **(
                _total_cells(agency.totals, agency.previous_percent)
                if agency.totals.items
                else _filing_only(agency.totals)
            ),
            "late_items": "、".join(agency.late_items),
            "unfiled_items": "、".join(agency.unfiled_items),
        }
        for plan, agency in parts
    ]
    columns = (
        *((PLAN,) if several else ()),
        BookColumn("agency", "单位", 20),
        BookColumn("leads", "负责", 7, WHOLE, True),
        BookColumn("assists", "协助", 7, WHOLE, True),
        *TOTAL_COLUMNS,
        BookColumn("late_items", "逾期、欠进度任务", 20),
        BookColumn("unfiled_items", "未报（含退回）任务", 24),
    )
    summed = ("leads", "assists", *(key for key, _ in (*LIGHT_COLUMNS, *FILING_COLUMNS)))
    total: RowCells = {
        ("plan" if several else "agency"): "合计",
        **{key: sum(int(getattr(agency.totals, key)) for _, agency in parts) for key in summed},
    }
    agency_note = f"{note}。进度、亮灯只计负责的任务；亮灯合计为分工数，不是任务数"
    title = f"{snapshot.definition.period_name}分单位情况"
    return BookTable(
        name=AGENCIES, title=title, note=agency_note, columns=columns, rows=rows, total=total, frozen="leads"
    )


def _filing_only(totals: Totals) -> dict[str, Value]:
    """Counts only the filing of an agency that only assists: it has no progress of its own."""
    return {key: int(getattr(totals, key)) for key, _ in FILING_COLUMNS}


def agencies_chart(table: BookTable, snapshot: Snapshot, anchor: str) -> Chart | None:
    """Draws the lights of every agency's leads, beside the totals; None where they are too many to be read."""
    agencies = [agency for plan in snapshot.plans for agency in plan.agencies]
    if not 0 < len(agencies) <= MOST_BARS:
        return None
    return Chart(
        title="各单位负责任务的亮灯（项）",
        anchor=anchor,
        categories=table.cells("agency"),
        labels=tuple(agency.name for agency in agencies),
        series=tuple(
            Series(
                name=word,
                cells=table.cells(key),
                values=tuple(float(getattr(agency.totals, key)) for agency in agencies),
                colour=CHART_COLOURS[key],
            )
            for key, word in LIGHT_COLUMNS
        ),
        is_horizontal=True,
        is_stacked=True,
        width=27,
        height=4 + 0.55 * len(agencies),
    )


def _previous(snapshot: Snapshot) -> float | None:
    [plan, *others] = snapshot.plans
    return plan.previous.percent if plan.previous and not others else None
