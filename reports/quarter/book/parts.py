"""分部分 and 分单位 show the parts of the totals, each leading to its rows of the ledger."""

from collections import defaultdict
from operator import attrgetter
from typing import Any

from reports.quarter.book.figures import Part, agency_parts, section_parts, whole_part
from reports.quarter.book.ledger import PLAN, Ledger, section_name
from reports.quarter.book.listings import Listing
from reports.quarter.book.summary import progress_chart
from reports.quarter.book.tables import (
    CHART_COLOURS,
    DIFFERENCES,
    PERCENTS,
    WHOLE,
    BookColumn,
    BookTable,
    RowCells,
    linked,
)
from reports.quarter.book.words import FILING_COLUMNS, before_head, light_columns
from reports.quarter.facts import AgencyFacts, PlanFacts, Snapshot, Totals
from reports.xlsx.sheets import Cell, Chart, Series, Value
from tasks.rules import rounding
from tasks.rules.status import Light

SECTIONS, AGENCIES = "分部分", "分单位"
MOST_BARS = 40
MOST_ON_A_PAGE = 20


def _total_columns(snapshot: Snapshot, places: int) -> tuple[BookColumn[Any], ...]:
    return (
        BookColumn("percent", "进度", 9, PERCENTS[places], True),
        BookColumn("expected", "序时进度", 9, PERCENTS[places], True),
        BookColumn("gap", "较序时\n（百分点）", 11, DIFFERENCES[places], True),
        BookColumn("previous", f"进度\n{before_head(snapshot)}", 16, PERCENTS[places], True),
        *(BookColumn(key, word.replace(" ", "\n"), 8, WHOLE, True) for key, word in light_columns(snapshot)),
        *(BookColumn(key, word, 7.5, WHOLE, True) for key, word in FILING_COLUMNS),
    )


def _means(part: Part) -> dict[str, Value]:
    return {"percent": part.percent, "expected": part.expected, "gap": part.gap, "previous": part.previous}


def _lights(totals: Totals, snapshot: Snapshot) -> dict[str, Value]:
    return {key: int(getattr(totals, key)) for key, _ in light_columns(snapshot)}


def _filing(totals: Totals) -> dict[str, Value]:
    return {key: int(getattr(totals, key)) for key, _ in FILING_COLUMNS}


def build_sections(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    several = len(snapshot.plans) > 1
    parts = section_parts(snapshot)
    rows: list[RowCells] = [
        {
            "plan": plan.document_number,
            "section": linked(
                section_name(section.number, section.title), ledger.span(plan, section.number), is_centred=False
            ),
            "items": section.totals.items,
            "leads": section.totals.leads,
            **_means(part),
            **_lights(section.totals, snapshot),
            **_filing(section.totals),
        }
        for plan, section, part in parts
    ]
    columns = (
        *((PLAN,) if several else ()),
        BookColumn("section", "部分", 30),
        BookColumn("items", "任务", 7, WHOLE, True),
        BookColumn("leads", "负责分工", 9, WHOLE, True),
        *_total_columns(snapshot, rounding.TENTH),
    )
    whole = whole_part(snapshot)
    total: RowCells = {
        ("plan" if several else "section"): "合计",
        "items": whole.totals.items,
        "leads": whole.totals.leads,
        **_means(whole),
        **_lights(whole.totals, snapshot),
        **_filing(whole.totals),
    }
    table = BookTable(
        name=SECTIONS,
        title=f"{snapshot.definition.period_name}分部分情况",
        note=f"{note}。进度、序时进度的合计为各项任务的平均，不是各部分的平均",
        columns=columns,
        rows=rows,
        total=total,
        frozen="items",
    )
    table.is_one_page = len(parts) <= MOST_ON_A_PAGE  # so that the chart is not cut
    names = [section_name(section.number, section.title) for _, section, _ in parts]
    table.charts = [progress_chart(table, "section", names, [part for *_, part in parts], extra=1)]
    return table


def build_agencies(snapshot: Snapshot, note: str, figures: Listing) -> BookTable:
    several = len(snapshot.plans) > 1
    parts, late = agency_parts(snapshot), _late_items(snapshot)
    rows = [
        {
            **_agency_row(plan, agency, part, snapshot, figures),
            "late_items": "、".join(late.get((plan.slug, agency.pk), ())),
        }
        for plan, agency, part in parts
    ]
    columns = (
        *((PLAN,) if several else ()),
        BookColumn("agency", "单位", 20),
        BookColumn("leads", "负责", 7, WHOLE, True),
        BookColumn("assists", "协助", 7, WHOLE, True),
        *_total_columns(snapshot, rounding.WHOLE),
        BookColumn("late_items", "逾期、滞后任务", 20),
        BookColumn("unfiled_items", "未报任务", 24),
    )
    summed = ("leads", "assists", *(key for key, _ in (*light_columns(snapshot), *FILING_COLUMNS)))
    total: RowCells = {
        ("plan" if several else "agency"): "合计",
        **{key: sum(int(getattr(agency.totals, key)) for _, agency, _ in parts) for key in summed},
    }
    return BookTable(
        name=AGENCIES,
        title=f"{snapshot.definition.period_name}分单位情况",
        note=f"{note}。进度、亮灯只计负责的任务；亮灯合计为分工数，不是任务数",
        columns=columns,
        rows=rows,
        total=total,
        frozen="leads",
    )


def _late_items(snapshot: Snapshot) -> dict[tuple[str, int], list[str]]:
    """By plan and agency, the tasks for which it may be named as late: not what is excused or waits to be closed."""
    late: dict[tuple[str, int], list[str]] = defaultdict(list)
    for plan in snapshot.plans:
        for row in sorted((*plan.overdue, *plan.behind), key=attrgetter("item")):
            late[plan.slug, row.agency_id].append(plan.label(row.item))
    return late


def _agency_row(plan: PlanFacts, agency: AgencyFacts, part: Part, snapshot: Snapshot, figures: Listing) -> RowCells:
    """Shows progress and lights of what the agency leads; one that only assists has neither."""

    def led(light: str, count: Value) -> Cell:
        return linked(count, figures.link(plan, "agency", agency.pk, light), WHOLE)

    leads, assists = (figures.link(plan, kind, agency.pk) for kind in ("agency", "assists"))
    lights = {light: led(light, count) for light, count in _lights(agency.totals, snapshot).items()}
    return {
        "plan": plan.document_number,
        "agency": linked(agency.name, leads or assists, is_centred=False),
        "leads": linked(agency.totals.leads, leads, WHOLE),
        "assists": linked(agency.totals.assists, assists, WHOLE),
        **({**_means(part), **lights} if agency.totals.items else {}),
        **_filing(agency.totals),
        "unfiled_items": "、".join(agency.unfiled_items),
    }


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
                colour=CHART_COLOURS[Light(key)],
            )
            for key, word in light_columns(snapshot)
        ),
        is_horizontal=True,
        is_stacked=True,
        width=27,
        height=4 + 0.55 * len(agencies),
    )
