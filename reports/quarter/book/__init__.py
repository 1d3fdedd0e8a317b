"""The quarterly workbook is described here for `reports.xlsx`: eighteen sheets of one snapshot, two of its cities."""

from django.utils import timezone

from reports.quarter.book.checks import build_checks
from reports.quarter.book.cover import build_cover, page_header
from reports.quarter.book.details import build_changes, build_indicators, build_late, build_told
from reports.quarter.book.earlier import build_earlier
from reports.quarter.book.instructions import build_instructions
from reports.quarter.book.ledger import build_ledger
from reports.quarter.book.listings import build_figures, build_filings
from reports.quarter.book.local import build_local
from reports.quarter.book.matrix import build_matrix
from reports.quarter.book.milestones import build_milestones
from reports.quarter.book.parts import agencies_chart, build_agencies, build_sections
from reports.quarter.book.recounts import CountedTables
from reports.quarter.book.summary import Lists, build_summary
from reports.quarter.book.trend import build_ranking, build_section_trend
from reports.quarter.facts import Snapshot
from reports.xlsx import to_bytes
from reports.xlsx.sheets import Book

__all__ = ["build_workbook", "describe_book", "file_name"]


def build_workbook(snapshot: Snapshot) -> bytes:
    """Makes the .xlsx file. The same snapshot gives the same bytes."""
    return to_bytes(describe_book(snapshot))


def describe_book(snapshot: Snapshot) -> Book:
    plan, *others = snapshot.plans
    who = plan.name if not others else f"{len(snapshot.plans)}个行动计划"
    note = f"{who}，截至{snapshot.day:%Y-%m-%d}{'，演示数据' if snapshot.is_demo else ''}"
    ledger = build_ledger(snapshot, note, is_several=bool(others))
    lists = Lists(build_figures(snapshot, note, ledger), build_filings(snapshot, note, ledger))
    earlier = build_earlier(snapshot, note)
    summary = build_summary(snapshot, note, ledger, lists)
    sections = build_sections(snapshot, note, ledger)
    agencies = build_agencies(snapshot, note, lists.figures)
    if not others and (chart := agencies_chart(agencies, snapshot, summary.next_anchor)):
        summary.table.charts = [*summary.table.charts, chart]
    matrix = build_matrix(snapshot, note, ledger)
    late = build_late(snapshot, note, ledger)
    local = build_local(snapshot, note)
    counted = CountedTables(
        snapshot=snapshot,
        ledger=ledger,
        filings=lists.filings,
        earlier=earlier,
        summary=summary,
        sections=sections,
        agencies=agencies,
        matrix=matrix,
        late=late,
        local=local,
    )
    tables = [
        *(summary.table, sections, build_section_trend(snapshot, note)),
        *(agencies, build_ranking(snapshot, note), matrix, ledger.table),
        build_indicators(snapshot, note, ledger),
        build_changes(snapshot, note, ledger),
        late,
        build_told(snapshot, note, ledger),
        build_milestones(snapshot, note, ledger),
        build_instructions(snapshot, note, ledger),
        *((local.offices, local.details) if local else ()),
        *(lists.figures.table, lists.filings.table, earlier.table),
        build_checks(counted, note),
    ]
    header = page_header(snapshot)
    return Book(
        title=f"{who}{snapshot.definition.period_name}督办情况",
        written_at=timezone.localtime(snapshot.definition.as_of, timezone.get_default_timezone()),
        sheets=[build_cover(snapshot), *(table.sheet(header) for table in tables)],
    )


def file_name(snapshot: Snapshot, suffix: str = "xlsx") -> str:
    """Names a file of the snapshot: 「质量提升2016年行动计划_2016年三季度_截至20160930.xlsx」."""
    plan, *others = snapshot.plans
    who = plan.name if not others else f"{len(snapshot.plans)}个行动计划"
    safe = "".join(character for character in who if character not in '\\/:*?"<>|' and character.isprintable())
    return f"{safe[:60]}_{snapshot.definition.period_name}_截至{snapshot.day:%Y%m%d}.{suffix}"
