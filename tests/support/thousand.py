"""An agency with very many tasks, for tests and measurements of its workbook."""

from agencies.models import Agency
from tasks.models import (
    AcceptedProgress,
    ActionItem,
    Assignment,
    Indicator,
    ItemRevision,
    ProgressReport,
    ReportingPeriod,
)
from tests.support.factories import ISSUED, make_section, moment


def give_many_tasks(period: ReportingPeriod, agency: Agency, count: int) -> None:
    """Every one with a last report of ordinary length, every tenth with an indicator."""
    plan = period.plan
    section = make_section(plan)
    items = ActionItem.objects.bulk_create(
        ActionItem(plan=plan, section=section, number=n + 1, label=f"（{n + 1}）", title=f"任务{n}", start=0, end=0)
        for n in range(count)
    )
    ItemRevision.objects.bulk_create(
        ItemRevision(item=item, due_on=plan.due_on, reason="时限", recorded_at=ISSUED) for item in items
    )
    Indicator.objects.bulk_create(
        Indicator(item=item, name="指标", target=10, unit="个", start=0, end=0) for item in items[::10]
    )
    assignments = Assignment.objects.bulk_create(
        Assignment(item=item, agency=agency, role="lead", recorded_at=ISSUED) for item in items
    )
    second = plan.periods.create(
        code="2016Q2", starts_on="2016-04-01", ends_on="2016-06-30", opens_on="2016-06-20", due_on="2016-07-15"
    )
    at = moment("2016-07-10")
    reports = ProgressReport.objects.bulk_create(
        ProgressReport(
            assignment=each, period=second, percent=40, progress="已按计划推进。" * 20, recorded_at=at, settled_at=at
        )
        for each in assignments
    )
    AcceptedProgress.objects.bulk_create(
        AcceptedProgress(assignment=report.assignment, report=report, percent=40, recorded_at=at) for report in reports
    )
