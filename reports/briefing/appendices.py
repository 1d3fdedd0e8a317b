"""附件: the tables of a briefing list the agencies and the tasks of a snapshot, one line each. Pure."""

from collections.abc import Iterator

from reports.briefing.text import Appendix
from reports.briefing.words import whole_percent
from reports.quarter import ItemFacts, PlanFacts, Snapshot
from tasks.rules.status import Light

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
                whole_percent(agency.totals.percent) if agency.totals.leads else "—",
                whole_percent(agency.totals.expected) if agency.totals.leads else "—",
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
                item.label.strip("（）()"),
                item.title,
                "、".join(item.leads),
                _due(item),
                whole_percent(item.percent) if item.leads else "—",
                whole_percent(item.expected),
                item.light_word,
            )
            for item in plan.items
        ],
        widths=(9, 40, 40, 23, 15, 15, 13),
        numeric=frozenset({4, 5}),
    )


def _due(item: ItemFacts) -> str:
    """A due date as the table shows it; that it is inferred stands on a line of its own, so that no date breaks."""
    if item.due_on is None:
        return "持续推进"
    mark = "\n（推定）" if item.is_inferred else ""
    return f"{item.due_on:%Y-%m-%d}{mark}"
