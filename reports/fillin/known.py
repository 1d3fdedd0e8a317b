"""What is known of one agency's tasks in one period fills its workbook, and is what comes back is compared to."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from agencies.models import Agency
from qa_plan.clock import end_of
from reports.fillin.cell_values import text_of
from reports.fillin.layout import FIELDS, OTHER_REASON
from tasks.http.fields import READING
from tasks.models import Assignment, Indicator, PeriodLock, Plan, ProgressReport, ReportDraft, ReportingPeriod, Review
from tasks.models.choices import RUNNING
from tasks.pages.filing.cards import initial_of, values_of
from tasks.pages.filing.forms import OTHER
from tasks.workflow.versions import Basis, basis_of

OFFERED = 4  # periods, on the page

Texts = dict[str, str]  # by the form's field; an empty one is left out


@dataclass(slots=True)
class KnownRow:
    """An assignment that runs. `known` is what the web holds for the period now: the draft, else the newest report."""

    assignment: Assignment
    indicators: list[Indicator]
    last: ProgressReport | None  # the accepted report at which the assignment stands
    newest: ProgressReport | None  # of the period
    draft: ReportDraft | None

    @property
    def basis(self) -> Basis:
        """The version from which a deed says that it was made; a deed whose version has moved on is refused."""
        return basis_of(self.draft, self.newest.pk if self.newest else None)

    @property
    def last_readings(self) -> dict[int, Any]:
        """The readings that were accepted last, by indicator."""
        return values_of(self.last) if self.last else {}

    @property
    def returned(self) -> str:
        """Why it was sent back, by the coordinators or by the agency's own head; "" where it wasn't."""
        if self.draft and self.draft.returned_comment:
            return f"审签退回：{self.draft.returned_comment}"
        sent_back = self.newest is not None and self.newest.verdict == Review.Verdict.SENT_BACK
        return str(self.newest.comment or "") if sent_back and self.newest else ""

    @property
    def known(self) -> Texts:
        source = self.draft or self.newest
        if source is None:
            readings = {f"{READING}{pk}": value for pk, value in self.last_readings.items()}
            return as_texts({"percent": self.assignment.percent, **readings})
        return as_texts(initial_of(source, values_of(source)))


@dataclass(slots=True)
class FillIn:
    """All rows of an agency in one period, and the moment for which they speak."""

    agency: Agency
    plan: Plan
    period: ReportingPeriod
    issued_at: datetime
    rows: list[KnownRow]

    @property
    def file_name(self) -> str:
        return f"{self.agency}_{self.plan.name[:20]}_{self.period.code}_填报表.xlsx"


def collect(agency: Agency, period: ReportingPeriod, at: datetime) -> FillIn:
    """Reads the assignments that the agency may report on, in the notice's order. Seven queries at most."""
    plan, moment = period.plan, end_of(timezone.localdate(at))
    assignments = (
        Assignment.objects.as_of(moment, period)
        .with_due_history(moment)
        .filter(agency=agency, item__plan=plan)
        .select_related("item")
        .defer("item__text")
        .order_by("item__place", "pk")
    )
    running = [assignment for assignment in assignments if assignment.closure in RUNNING]
    keys = [assignment.pk for assignment in running]
    indicators: dict[int, list[Indicator]] = defaultdict(list)
    for indicator in Indicator.objects.filter(item__assignments__in=keys).distinct():
        indicators[indicator.item_id].append(indicator)
    reports = ProgressReport.objects.as_of(moment).prefetch_related("readings")
    newest: dict[int, ProgressReport] = {}
    for report in reports.filter(period=period, assignment__in=keys):
        newest.setdefault(report.assignment_id, report)
    standing = [assignment.standing_report for assignment in running if assignment.standing_report]
    last = reports.select_related("period").in_bulk(standing)
    drafts = {draft.assignment_id: draft for draft in ReportDraft.objects.filter(period=period, assignment__in=keys)}
    rows = [
        KnownRow(
            assignment=assignment,
            indicators=indicators[assignment.item_id],
            last=last.get(assignment.standing_report or 0),
            newest=newest.get(assignment.pk),
            draft=drafts.get(assignment.pk),
        )
        for assignment in running
    ]
    for assignment in running:
        assignment.item.plan, assignment.agency = plan, agency
    return FillIn(agency=agency, plan=plan, period=period, issued_at=at, rows=rows)


def open_periods(agency: Agency, plans: QuerySet[Plan], at: datetime) -> list[ReportingPeriod]:
    """Lists the periods that take the agency's reports now, the newest first: opened, not locked, of plans it is in."""
    mine = Assignment.objects.in_force(at).filter(agency=agency, item__plan__in=plans)
    locks = PeriodLock.objects.filter(period=OuterRef("pk"), recorded_at__lte=at).order_by("-recorded_at", "-pk")
    periods = ReportingPeriod.objects.filter(plan__in=mine.values("item__plan"), opens_on__lte=timezone.localdate(at))
    periods = periods.alias(locked=Coalesce(Subquery(locks.values("is_locked")[:1]), False)).filter(locked=False)
    return list(periods.select_related("plan").defer("plan__notice_text").order_by("-opens_on", "-plan_id")[:OFFERED])


def as_texts(values: Mapping[str, Any]) -> Texts:
    """Gives what the web's form would hold, as the workbook shows it."""
    texts = {name: text_of(value) for name, value in values.items() if name in FIELDS}
    texts |= {name: number_text(value) for name, value in values.items() if name.startswith(READING)}
    if texts.get("unchanged") == OTHER:
        texts["unchanged"] = OTHER_REASON
    return {name: text for name, text in texts.items() if text}


def number_text(value: object) -> str:
    """Writes a number as people do: 12.00 as 12, 12.50 as 12.5."""
    text = text_of(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
