"""The system asks for packages by itself: one for each period, on the first working day after it fell due."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q

from qa_plan.clock import end_of
from reports.models import Package
from reports.packages.asking import request_package
from tasks.models import Plan, ReportingPeriod, WorkdayOverride
from tasks.rules.workdays import DAY, workdays_after

CATCH_UP = timedelta(days=30)  # a day on which nothing ran is made good; what is older than that is asked for by people


def due_packages(on: date) -> Iterator[tuple[ReportingPeriod, date]]:
    """Finds the periods whose package is to be built on that day, each with the evening before, as of which it is.

    All that was filed by the due date is in it, and what was reviewed until offices opened again.
    """
    overrides = WorkdayOverride.objects.as_overrides()
    recent = ReportingPeriod.objects.filter(due_on__range=(on - CATCH_UP, on - DAY)).select_related("plan")
    for period in recent.defer("plan__notice_text").order_by("plan__pk", "code"):
        builds_on = workdays_after(period.due_on, 1, overrides)
        day = builds_on - DAY
        same = Q(recorded_by=None) | Q(as_of=end_of(day))  # the calendar may have been corrected since
        if builds_on <= on and not Package.objects.of(period.plan).filter(same, period=period.code).exists():
            yield period, day


def request_due(on: date, *, at: datetime, dry_run: bool = False) -> list[tuple[Plan, str, date]]:
    """Asks for what is due on that day; run twice, the second run finds nothing left to ask for."""
    due = list(due_packages(on))
    if not dry_run:
        for period, day in due:
            request_package(plans=[period.plan], period=period.code, day=day, by=None, at=at)
    return [(period.plan, period.code, day) for period, day in due]
