"""台账: a page of assignments or items, filtered and sorted, with everything its rows show."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import F, Func, IntegerField, Q, QuerySet
from django.db.models.expressions import OrderBy

from tasks.asof import AsOf
from tasks.filing import Filing, filing_of, newest_by_assignment, shown_filing
from tasks.filters import LedgerFilter
from tasks.models import Assignment, Plan, ProgressReport, ReportingPeriod
from tasks.querysets import AssignmentQuerySet
from tasks.rollup import ItemStanding, Standing, item_standings, standings, standings_of
from tasks.status import SEVERITY

PAGE_SIZES = (20, 50, 100)
BATCH = 500

# Sorting by what the status rule decides happens in Python, by anything else in the database.
COMPUTED_SORTS: dict[str, Callable[[Any], Any]] = {
    "light": lambda row: (SEVERITY[row.light], row.gap if row.gap is not None else 0.0),
    "percent": lambda row: row.percent,
    "gap": lambda row: row.gap if row.gap is not None else 0.0,
}


class Row(NamedTuple):
    """One assignment as the ledger reads it: the columns of its standing, and what else is shown."""

    pk: int
    item_id: int
    agency_id: int
    role: str
    weight_now: int
    percent: int
    closure: str
    obligation: str
    due_on: date | None
    standing_report: int | None
    is_inferred: bool
    due_is_inferred: bool
    first_due_on: date | None
    first_is_inferred: bool
    extension_count: int
    label: str
    number: int
    title: str
    agency: str

    @property
    def role_label(self) -> str:
        return ROLES[self.role]


ROLES = {role.value: str(role.label) for role in Assignment.Role}
READ_AS = {"label": "item__label", "number": "item__number", "title": "item__title", "agency": "agency__name"}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the ledger of assignments. `text` is the standing report's, "" before there is one."""

    assignment: Row
    standing: Standing
    text: str
    filing: Filing | None


class ShownReport(NamedTuple):
    """As much of a report as the ledger shows."""

    pk: int
    assignment_id: int
    period_id: int
    verdict: str | None
    progress: str


class Place(Func):
    """The place of a row's key among those keys, to sort by. As fifty `When`, it would take longer than the query."""

    template = "CASE %(expressions)s %(places)s END"

    def __init__(self, keys: Iterable[int]) -> None:
        places = " ".join(f"WHEN {key:d} THEN {place}" for place, key in enumerate(keys))
        super().__init__(F("pk"), places=places, output_field=IntegerField())


def sorted_page(
    found: LedgerFilter, *, sort: str, sorts: Mapping[str, tuple[str, ...]], number: str | None, size: str | None
) -> Page:
    """A page of what was found in the asked order, descending with a leading minus; the notice's order otherwise."""
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    if name in COMPUTED_SORTS:
        ranked = sorted(found.rows(found.qs), key=COMPUTED_SORTS[name], reverse=descending)
        page = Paginator([row.pk for row in ranked], page_size(size)).get_page(number)
        keys = list(page.object_list)
        page.object_list = found.read(found.qs.filter(pk__in=keys)).order_by(Place(keys)) if keys else found.qs.none()
        return page
    columns = sorts.get(name, sorts["number"])
    ordered = found.read(found.qs).order_by(*(in_order(column, descending=descending) for column in columns))
    paginator = Paginator(ordered, page_size(size))
    paginator.count = found.qs.count()  # of the bare rows, which is the same and costs less
    return paginator.get_page(number)


def batches(found: LedgerFilter, *, sort: str, sorts: Mapping[str, tuple[str, ...]]) -> Iterator[QuerySet]:
    """All of what was found in the same order, some hundred rows at a time."""
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    if name in COMPUTED_SORTS:
        ranked = sorted(found.rows(found.qs), key=COMPUTED_SORTS[name], reverse=descending)
        keys = [row.pk for row in ranked]
    else:
        columns = sorts.get(name, sorts["number"])
        ordered = found.read(found.qs).order_by(*(in_order(column, descending=descending) for column in columns))
        keys = list(ordered.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        yield found.read(found.qs.model._default_manager.filter(pk__in=some)).order_by(Place(some))


def in_order(column: str, *, descending: bool) -> OrderBy:
    """What has no value (持续推进 has no due date) comes last either way, on every database."""
    return F(column).desc(nulls_last=True) if descending else F(column).asc(nulls_last=True)


def page_size(given: str | None) -> int:
    return int(given) if given and given in map(str, PAGE_SIZES) else PAGE_SIZES[0]


def assignment_lines(
    assignments: AssignmentQuerySet, plan: Plan, as_of: AsOf, period: ReportingPeriod | None
) -> list[Line]:
    """The rows of one page, in its order, with their latest text and where their report of the period stands."""
    assignments = assignments.with_due_history(as_of.moment).with_extensions(as_of.moment)
    found = [Row(*row) for row in assignments.values_list(*(READ_AS.get(name, name) for name in Row._fields))]
    keys = [row.pk for row in found]
    standing_reports = [row.standing_report for row in found if row.standing_report]
    told = ProgressReport.objects.as_of(as_of.moment)
    told = told.filter(Q(pk__in=standing_reports) | Q(period=period, assignment__in=keys))
    reports = [ShownReport(*row) for row in told.values_list(*ShownReport._fields)]
    texts = {report.pk: report.progress for report in reports}
    newest = newest_by_assignment(reports, period)
    return [
        Line(row, standing, texts.get(row.standing_report or 0, ""), _shown_filing(standing, newest))
        for row, standing in zip(found, standings_of(found, plan, as_of.day), strict=True)
    ]


def _shown_filing(standing: Standing, newest: dict[int, ShownReport]) -> Filing | None:
    report = newest.get(standing.pk)
    return shown_filing(standing.obligation, filing_of(report) if report else None)


def item_lines(items: QuerySet, plan: Plan, as_of: AsOf) -> list[ItemStanding]:
    """The rows of one page of items, in its order."""
    found = list(items.select_related("section").defer("text"))
    for item in found:
        item.plan = plan
    assignments = Assignment.objects.as_of(as_of.moment).filter(item__in=found)
    return item_standings(found, standings(assignments, plan, as_of.day), plan, as_of.day)
