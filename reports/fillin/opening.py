"""An uploaded file is opened here: whose it is, what is known of its rows now, whether its period takes reports."""

from datetime import datetime

from django.utils import timezone

from agencies.models import Agency
from reports.fillin.checking import require_agency, require_period
from reports.fillin.known import FillIn, collect
from reports.fillin.reading import FilledWorkbook, read_workbook
from reports.xlsx import WorkbookRefused
from tasks.models import ReportingPeriod
from tasks.standing.filing import newest_lock
from tasks.workflow.periods import refusal


def open_fill_in(
    content: bytes, at: datetime, *, agency: Agency | None = None, period: ReportingPeriod | None = None
) -> tuple[FilledWorkbook, FillIn]:
    """Reads the file beside what is known now; `agency` and `period` are those expected. Raises WorkbookRefused."""
    filled = read_workbook(content)
    if agency:
        require_agency(filled, agency)
    if period:
        require_period(filled, period)
    return filled, present(filled, at)


def present(filled: FilledWorkbook, at: datetime) -> FillIn:
    """Gives what is known now of the agency and period that the file names, while the period takes reports."""
    identity = filled.identity
    agency = Agency.objects.filter(pk=identity.agency).first()
    periods = ReportingPeriod.objects.filter(plan__slug=identity.plan, code=identity.period).select_related("plan")
    period = periods.defer("plan__notice_text").first()
    if agency is None or period is None:
        raise WorkbookRefused("填报表所属的单位、行动计划或报告期已不存在，请重新下载。")
    if period.opens_on > timezone.localdate(at):
        raise WorkbookRefused(f"{period.code}报告期{period.opens_on:%Y-%m-%d}才开放填报。")
    lock = newest_lock(period)
    if lock and lock.is_locked:
        raise WorkbookRefused(refusal(period, lock))
    return collect(agency, period, at)
