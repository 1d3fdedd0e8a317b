"""未报: which agencies still owe a period's reports, of which tasks, and when each was last urged for them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from agencies.models import Agency
from tasks.models import Assignment, Plan, ReportDraft, ReportingPeriod, UrgedAssignment
from tasks.models.latest import Latest
from tasks.models.obligation import Obligation
from tasks.rules.asof import AsOf
from tasks.standing import kept
from tasks.standing.course import Move, Party, State, allows, state_of_read
from tasks.standing.filing import FILED, Filing, filing_in, filings


@dataclass(frozen=True, slots=True)
class UnfiledReport:
    """One report that is owed and not there, or was sent back."""

    assignment: Assignment
    state: State
    was_sent_back: bool
    has_draft: bool
    urged_at: datetime | None

    @property
    def can_be_urged(self) -> bool:
        return self.assignment.ended_at is None and allows(self.state, Party.COORDINATOR, Move.URGE)


@dataclass(slots=True)
class UnfiledAgency:
    """An agency with the reports that it still owes."""

    agency: Agency
    reports: list[UnfiledReport] = field(default_factory=list)

    @property
    def to_urge(self) -> list[UnfiledReport]:
        """Without those of which a request of the agency waits for the office's answer."""
        return [report for report in self.reports if report.can_be_urged]

    @property
    def drafts(self) -> int:
        return sum(report.has_draft for report in self.reports)

    @property
    def urged_at(self) -> datetime | None:
        """When it was last urged about any of them."""
        return max((report.urged_at for report in self.reports if report.urged_at), default=None)

    @property
    def labels(self) -> str:
        return "".join(report.assignment.item.label for report in self.to_urge)


def unfiled_agencies(period: ReportingPeriod, moment: datetime) -> list[UnfiledAgency]:
    """Those that owe most first, then in the order of agencies. Two queries."""
    states = filings(period, moment)
    drafts = ReportDraft.objects.filter(assignment=OuterRef("pk"), period=period)
    urged = UrgedAssignment.objects.filter(assignment=OuterRef("pk"), urge__recorded_at__lte=moment)
    owed: Any = (  # the columns that are added here are no fields
        _reporting(period, moment)
        .exclude(pk__in=[pk for pk, state in states.items() if state in FILED])
        .with_course(moment)
        .annotate(
            closure=Coalesce(Latest("Closure", "kind", moment, assignment="pk"), Value("")),
            has_draft=Exists(drafts),
            urged_at=Subquery(urged.order_by("-urge__recorded_at").values("urge__recorded_at")[:1]),
        )
        .select_related("item__plan", "agency")
        .defer("item__text", "item__plan__notice_text")
        .order_by("agency__ordinal", "agency_id", "item__place")
    )
    agencies = [
        UnfiledAgency(agency, [_report(part, states) for part in parts])
        for agency, parts in groupby(owed, key=lambda part: part.agency)
    ]
    return sorted(agencies, key=lambda each: -len(each.reports))


def _reporting(period: ReportingPeriod, moment: datetime) -> Any:
    reporting: Any = Assignment.objects.reporting(period.terms_at(moment))
    return reporting.filter(obligation=Obligation.OWED)


def _report(assignment: Assignment, states: Mapping[int, Filing]) -> UnfiledReport:
    return UnfiledReport(
        assignment,
        state_of_read(assignment),
        states.get(assignment.pk) == Filing.SENT_BACK,
        assignment.has_draft,  # type: ignore[attr-defined]  # these two are annotated above
        assignment.urged_at,  # type: ignore[attr-defined]
    )


class UnfiledCount(NamedTuple):
    """How much of a period's reports is there, in numbers alone."""

    owed: int
    unfiled: int
    agencies: int


def count_unfiled(plan: Plan, period: ReportingPeriod, as_of: AsOf) -> UnfiledCount:
    """By the same rule, for a page that only says the numbers, of a plan that was read with its version.

    Kept in this process, and brought up to date task by task.
    """
    readings = kept.of(plan, as_of)

    def read(tasks: Collection[int] | None) -> Iterable[tuple[int, list[tuple[int, bool]]]]:
        rows = _reporting(period, as_of.moment).annotate(stands=filing_in(period, as_of.moment)).order_by()
        if tasks is not None:
            rows = rows.filter(item__in=tasks)
        by_task: dict[int, list[tuple[int, bool]]] = defaultdict(list)
        for task, agency, stands in rows.values_list("item_id", "agency_id", "stands"):
            by_task[task].append((agency, stands in FILED))
        return by_task.items()

    name = f"unfiled {period.pk}"
    owed = readings.part(name, read)

    def count() -> UnfiledCount:
        rows = [row for of_task in owed.values() for row in of_task]
        lacking = [agency for agency, is_filed in rows if not is_filed]
        return UnfiledCount(len(rows), len(lacking), len(set(lacking)))

    return readings.derived(name, count, owed)
