"""台账: a page of assignments or items, filtered and sorted, with everything its rows show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator

from tasks.http.lists import in_order, page_size
from tasks.models import Assignment, Plan, ReportingPeriod
from tasks.pages.ledger.base_filter import LedgerFilter
from tasks.pages.ledger.columns import Column
from tasks.pages.ledger.questions import assignment_rows, items_by_key, reports_to_show, standings_on
from tasks.rules.asof import AsOf
from tasks.standing.course import State, is_settling, state_of_read
from tasks.standing.filing import Filed, Filing, filing_of, newest_by_assignment, shown_filing
from tasks.standing.rollup import (
    ItemStanding,
    Standing,
    item_standings,
    standings_from_objects,
    standings_from_rows,
)

BATCH = 500
ALL = "all"  # the size of the page to be printed: everything, as far as it goes
MOST_PRINTED = 2000


class AssignmentRow(NamedTuple):
    """One assignment as the ledger reads it: the columns of its standing, and what else is shown."""

    pk: int
    item_id: int
    agency_id: int
    role: str
    weight_now: int
    accepted_percent: int | None
    closure: str
    obligation: str
    first_owed_on: date | None
    due_on: date | None
    standing_report: int | None
    is_inferred: bool
    due_source: str
    due_words: str
    first_due_on: date | None
    first_due_source: str
    extension_count: int
    has_receipt: bool
    open_decline: int | None
    open_completion: int | None
    label: str
    number: int
    title: str
    agency: str

    @property
    def is_settling(self) -> bool:
        return is_settling(self, self.accepted_percent or 0)

    @property
    def state(self) -> State:
        return state_of_read(self)

    @property
    def role_label(self) -> str:
        return ROLES[self.role]


ROLES = {role.value: str(role.label) for role in Assignment.Role}
READ_AS = {"label": "item__label", "number": "item__number", "title": "title_then", "agency": "agency__name"}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the ledger of assignments. `text` is the standing report's, "" before there is one."""

    assignment: AssignmentRow
    standing: Standing
    text: str
    filing: Filing | None


def sorted_page(
    ledger: LedgerFilter, *, sort: str, number: str | None, size: str | None, count: int | None = None
) -> Page[int]:
    """A page of what the filter leaves, as keys in the asked order, or in the notice's; a leading minus descends.

    Of the size `ALL` it holds up to `MOST_PRINTED`.
    """
    column, descending = _asked(ledger, sort)
    paginator = Paginator(_sorted_keys(ledger, column, descending), MOST_PRINTED if size == ALL else page_size(size))
    if column.key is None:
        paginator.count = ledger.qs.count() if count is None else count  # of the bare rows, which costs less
    page = paginator.get_page(number)
    page.object_list = list(page.object_list)
    return page


def sorted_keys(ledger: LedgerFilter, *, sort: str) -> list[int]:
    """The keys of all that the filter leaves, in the same order."""
    return list(_sorted_keys(ledger, *_asked(ledger, sort)))


def order_words(ledger: LedgerFilter, sort: str) -> str:
    """The order in which the rows stand: 「亮灯」, or 「进度，降序」."""
    column, descending = _asked(ledger, sort)
    return f"{column.head}，降序" if descending else column.head


def _asked(ledger: LedgerFilter, sort: str) -> tuple[Column, bool]:
    """The column to sort by, and whether it descends."""
    by_name = {column.name: column for column in ledger.columns if column.name}
    return by_name.get(sort.removeprefix("-"), by_name["number"]), sort.startswith("-")


def _sorted_keys(ledger: LedgerFilter, column: Column, descending: bool) -> Any:
    """A list, or a queryset that need not be read to its end."""
    if column.key is not None:
        return ledger.sorted_by(column, descending=descending)
    rows = ledger.read(ledger.qs) if "due_on" in column.fields else ledger.qs
    orders = [in_order(name, descending=descending) for name in column.fields]
    return rows.order_by(*orders).values_list("pk", flat=True)


def assignment_lines(keys: Sequence[int], plan: Plan, as_of: AsOf, period: ReportingPeriod | None) -> list[Line]:
    """The rows of those assignments, in their order, with their latest text and where their report stands."""
    terms = period.terms_at(as_of.moment) if period else None
    read = assignment_rows(
        keys=keys,
        moment=as_of.moment,
        period=terms and terms.period,
        closing=terms and terms.closing,
        has_period=terms is not None,
        assists=terms is not None and terms.assists,
        columns=tuple(READ_AS.get(name, name) for name in AssignmentRow._fields),
    )
    by_key = {row[0]: AssignmentRow(*row) for row in read}
    rows = [by_key[key] for key in keys]
    texts, newest = _reports_of(rows, as_of, period)
    return [
        Line(row, standing, texts.get(row.standing_report or 0, ""), _shown_filing(standing, newest))
        for row, standing in zip(rows, standings_from_objects(rows, plan, as_of.day), strict=True)
    ]


def _reports_of(
    rows: Sequence[AssignmentRow], as_of: AsOf, period: ReportingPeriod | None
) -> tuple[dict[int, str], dict[int, Filed]]:
    """What the reports say at which the rows stand, by report; and by assignment the newest one of the period."""
    reports = reports_to_show(
        standing=[row.standing_report for row in rows if row.standing_report],
        keys=[row.pk for row in rows],
        moment=as_of.moment,
        period=period and period.pk,
        has_period=period is not None,
    )
    filed = [(Filed(*columns), progress) for *columns, progress in reports]
    texts = {report.pk: progress for report, progress in filed}
    return texts, newest_by_assignment([report for report, _ in filed], period)


def _shown_filing(standing: Standing, newest: dict[int, Filed]) -> Filing | None:
    report = newest.get(standing.pk)
    return shown_filing(standing.obligation, filing_of(report) if report else None)


def item_lines(keys: Sequence[int], plan: Plan, as_of: AsOf) -> list[ItemStanding]:
    """The rows of those items, in their order."""
    by_key = {item.pk: item for item in items_by_key(keys=keys, moment=as_of.moment)}
    items = [by_key[key] for key in keys]
    for item in items:
        item.plan, item.title = plan, item.title_then
    rows = standings_from_rows(standings_on(items=keys, moment=as_of.moment), plan, as_of.day)
    return item_standings(items, rows, plan, as_of.day)
