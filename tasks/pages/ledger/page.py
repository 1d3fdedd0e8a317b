"""台账: a page of assignments or items, filtered and sorted, with everything its rows show."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import DateTimeField, F, IntegerField, Q, QuerySet, Value

from qa_plan.compile_once import InKeys, KeyList, Param, compile_once
from tasks.http.lists import in_order, page_size
from tasks.models import ActionItem, Assignment, Plan, ProgressReport, ReportingPeriod
from tasks.models.obligation import obligation
from tasks.pages.ledger.filters import LedgerFilter
from tasks.rules.asof import AsOf
from tasks.rules.status import SEVERITY
from tasks.standing.filing import Filing, filing_of, newest_by_assignment, shown_filing
from tasks.standing.rollup import (
    COLUMNS,
    ItemStanding,
    Standing,
    item_standings,
    standings_from_objects,
    standings_from_rows,
)

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


def sorted_page(
    found: LedgerFilter, *, sort: str, sorts: Mapping[str, tuple[str, ...]], number: str | None, size: str | None
) -> Page[int]:
    """A page of what was found, as keys in the asked order, descending with a leading minus; else the notice's."""
    paginator = Paginator(_sorted_keys(found, sort, sorts), page_size(size))
    if sort.removeprefix("-") not in COMPUTED_SORTS:
        paginator.count = found.qs.count()  # of the bare rows, which is the same and costs less
    page = paginator.get_page(number)
    page.object_list = list(page.object_list)
    return page


def batches(found: LedgerFilter, *, sort: str, sorts: Mapping[str, tuple[str, ...]]) -> Iterator[Sequence[int]]:
    """The keys of all that was found in the same order, some hundred at a time."""
    keys = list(_sorted_keys(found, sort, sorts))
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _sorted_keys(found: LedgerFilter, sort: str, sorts: Mapping[str, tuple[str, ...]]) -> Any:
    """A list, or a queryset that need not be read to its end."""
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    if name in COMPUTED_SORTS:
        ranked = sorted(found.rows(found.qs), key=COMPUTED_SORTS[name], reverse=descending)
        return [row.pk for row in ranked]
    columns = sorts.get(name, sorts["number"])
    rows = found.read(found.qs) if "due_on" in columns else found.qs
    return rows.order_by(*(in_order(column, descending=descending) for column in columns)).values_list("pk", flat=True)


def assignment_lines(keys: Sequence[int], plan: Plan, as_of: AsOf, period: ReportingPeriod | None) -> list[Line]:
    """The rows of those assignments, in their order, with their latest text and where their report stands."""
    asked = period.terms_at(as_of.moment) if period else None
    rows = _rows(
        keys=keys,
        moment=as_of.moment,
        period=asked and asked.period,
        closing=asked and asked.closing,
        has_period=asked is not None,
        assists=asked is not None and asked.assists,
    )
    by_key = {row[0]: Row(*row) for row in rows}
    found = [by_key[key] for key in keys]
    texts, newest = _told_of(found, as_of, period)
    return [
        Line(row, standing, texts.get(row.standing_report or 0, ""), _shown_filing(standing, newest))
        for row, standing in zip(found, standings_from_objects(found, plan, as_of.day), strict=True)
    ]


def _told_of(
    rows: Sequence[Row], as_of: AsOf, period: ReportingPeriod | None
) -> tuple[dict[int, str], dict[int, ShownReport]]:
    """What the reports say at which the rows stand, by report; and by assignment the newest one of the period."""
    told = _told(
        standing=[row.standing_report for row in rows if row.standing_report],
        keys=[row.pk for row in rows],
        moment=as_of.moment,
        period=period and period.pk,
        has_period=period is not None,
    )
    reports = [ShownReport(*row) for row in told]
    return {report.pk: report.progress for report in reports}, newest_by_assignment(reports, period)


def _shown_filing(standing: Standing, newest: dict[int, ShownReport]) -> Filing | None:
    report = newest.get(standing.pk)
    return shown_filing(standing.obligation, filing_of(report) if report else None)


def item_lines(keys: Sequence[int], plan: Plan, as_of: AsOf) -> list[ItemStanding]:
    """The rows of those items, in their order."""
    by_key = {item.pk: item for item in _items(keys=keys, moment=as_of.moment)}
    found = [by_key[key] for key in keys]
    for item in found:
        item.plan = plan
    rows = standings_from_rows(_standings(items=keys, moment=as_of.moment), plan, as_of.day)
    return item_standings(found, rows, plan, as_of.day)


# ── what a page asks ──


@compile_once(keys=KeyList(), moment=DateTimeField(), period=IntegerField(), closing=DateTimeField())
def _rows(
    keys: Param, moment: Param, period: Param, closing: Param, *, has_period: bool, assists: bool
) -> QuerySet[Assignment, tuple[Any, ...]]:
    owed = obligation(period, closing, assists=assists) if has_period else Value("")
    rows = Assignment.objects.filter(InKeys(F("pk"), keys)).order_by().with_standing(moment, owed)
    rows = rows.with_due_history(moment).with_extensions(moment)
    return rows.values_list(*(READ_AS.get(name, name) for name in Row._fields))


@compile_once(standing=KeyList(), keys=KeyList(), moment=DateTimeField(), period=IntegerField())
def _told(
    standing: Param, keys: Param, moment: Param, period: Param, *, has_period: bool
) -> QuerySet[ProgressReport, tuple[Any, ...]]:
    shown = Q(InKeys(F("pk"), standing))
    if has_period:
        shown |= Q(InKeys(F("assignment"), keys), period=period)
    return ProgressReport.objects.as_of(moment).filter(shown).values_list(*ShownReport._fields)


@compile_once(keys=KeyList(), moment=DateTimeField())
def _items(keys: Param, moment: Param) -> QuerySet[ActionItem]:
    items = ActionItem.objects.filter(InKeys(F("pk"), keys)).order_by().as_of(moment)
    return items.select_related("section").defer("text")


@compile_once(items=KeyList(), moment=DateTimeField())
def _standings(items: Param, moment: Param) -> QuerySet[Assignment, tuple[Any, ...]]:
    assignments = Assignment.objects.in_force(moment).filter(InKeys(F("item"), items))
    return assignments.with_standing(moment, Value("")).values_list(*COLUMNS)
