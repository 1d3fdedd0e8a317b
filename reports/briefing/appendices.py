"""附件: the tables of a briefing list the agencies and the tasks of a snapshot, one line each. Pure."""

from collections.abc import Iterator

from reports.briefing.text import Appendix
from reports.briefing.words import whole_percent
from reports.quarter import AgencyFacts, ItemFacts, PlanFacts, Snapshot
from tasks.rules.numerals import chinese_numeral
from tasks.rules.status import Light

NO_REPORT = "尚无通过的报告"  # never 0%
ALWAYS = (Light.RED, Light.YELLOW, Light.BLUE, Light.GREEN, Light.GREY)  # columns even where nothing has the light


def appendices_of(snapshot: Snapshot) -> list[Appendix]:
    tables = [table for plan in snapshot.plans for table in _tables(plan, is_alone=len(snapshot.plans) == 1)]
    return [
        Appendix(
            title=f"附件{number}　{table.title}",
            head=table.head,
            rows=table.rows,
            widths=table.widths,
            numeric=table.numeric,
        )
        for number, table in enumerate(tables, 1)
    ]


def _tables(plan: PlanFacts, *, is_alone: bool) -> Iterator[Appendix]:
    of = "" if is_alone else f"（{plan.document_number}）"
    lights = [light for light in Light if light in ALWAYS or any(getattr(a.totals, light.value) for a in plan.agencies)]
    is_restarted = any(item.full_label not in ("", item.label) for item in plan.items)
    yield Appendix(
        title=f"各单位进展情况表{of}",
        head=(
            "序号",
            "单位",
            "负责",
            "协助",
            "平均进度",
            "序时进度",
            *(light.label for light in lights),
            "应报",
            "已报",
            "未报",
        ),
        rows=[
            (
                str(number),
                agency.name,
                str(agency.totals.leads),
                str(agency.totals.assists),
                *_means(plan, agency),
                *(str(getattr(agency.totals, light.value)) for light in lights),
                str(agency.totals.owed),
                str(agency.totals.filed),
                str(agency.totals.unfiled),
            )
            for number, agency in enumerate(plan.agencies, 1)
        ],
        widths=(9, 29, 8, 8, 16, 16, *(8.5,) * len(lights), 9, 9, 9),
        numeric=frozenset(range(2, 6 + len(lights) + 3)),
    )
    yield Appendix(
        title=f"任务进展情况一览表{of}",
        head=("序号", "任务", "负责单位", "完成时限", "进度", "序时", "亮灯"),
        rows=[
            (
                item_number(item),
                item.title,
                "、".join(item.leads) or "未明确",
                _due(item),
                item_progress(plan, item),
                item_expected(item),
                f"{item.light_word}\n待销号" if plan.is_settling(item) else item.light_word,
            )
            for item in plan.items
        ],
        widths=(16, 36, 37, 23, 15, 15, 13) if is_restarted else (9, 40, 40, 23, 15, 15, 13),
        numeric=frozenset({4, 5}),
    )


def _means(plan: PlanFacts, agency: AgencyFacts) -> tuple[str, str]:
    """Progress and 序时 of what the agency leads; nothing where none of it counts."""
    counted = [row for row in plan.rows if row.agency_id == agency.pk and row.counts]
    if not counted:
        return "—", "—"
    is_reported = any(row.has_accepted for row in counted)
    return whole_percent(agency.totals.percent) if is_reported else NO_REPORT, whole_percent(agency.totals.expected)


def item_progress(plan: PlanFacts, item: ItemFacts) -> str:
    """What is shown of an item's progress; without an accepted report none is claimed."""
    if not item.counts:
        return "—"
    return whole_percent(item.percent) if any(row.has_accepted for row in plan.rows_of(item)) else NO_REPORT


def item_expected(item: ItemFacts) -> str:
    """What was to be expected of an item that counts; of any other nothing is."""
    return whole_percent(item.expected) if item.counts else "—"


def item_number(item: ItemFacts) -> str:
    """The notice's number; where numbering restarts, that of the part before it: 「二（一）」."""
    if item.full_label in ("", item.label):
        return item.label.strip("（）()")
    return f"{chinese_numeral(item.section)}{item.label}"


def _due(item: ItemFacts) -> str:
    """A due date as the table shows it; that it is inferred stands on a line of its own, so that no date breaks."""
    if item.due_on is None:
        return "持续推进"
    mark = f"\n（{item.due_source.label}）" if item.is_inferred else ""
    return f"{item.due_on:%Y-%m-%d}{mark}"
