"""A ledger to take away: what its address asks for, as lines that are read as they are written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.http import QueryDict

from agencies.models import User
from reports.exports.columns import ASSIGNMENT_COLUMNS, LedgerColumn, item_columns
from reports.exports.csvlines import csv_lines
from reports.models import LargeFile
from reports.xlsx import write_rows
from tasks.access import get_versioned_plan
from tasks.http.dating import require_assigned
from tasks.models import Plan
from tasks.pages.ledger.filters import AssignmentFilter, ItemFilter
from tasks.pages.ledger.page import BATCH, assignment_lines, item_lines, sorted_keys
from tasks.pages.ledger.questions import agencies_concerned, assignments_in_force
from tasks.rules.asof import AsOf
from tasks.standing.filing import opened_periods

Kind = LargeFile.Kind
Told = Callable[[int], None]  # of how many lines were written


@dataclass(frozen=True)
class Ledger:
    """Exactly what the filter shows, in its order, all pages; `lines_of` reads those of some keys."""

    plan: Plan
    as_of: AsOf
    name: str
    columns: Sequence[LedgerColumn[Any]]
    keys: Sequence[int]
    lines_of: Callable[[Sequence[int]], Iterable[Any]]

    @property
    def title(self) -> str:
        return f"{self.plan.name} {self.name}　截至{self.as_of.day:%Y-%m-%d}"

    def file_name(self, form: str) -> str:
        return f"{self.plan.name}{self.name}_截至{self.as_of.day:%Y%m%d}.{form}"

    def lines(self, told: Told) -> Iterator[Any]:
        """Some hundred at a time."""
        for start in range(0, len(self.keys), BATCH):
            told(start)
            yield from self.lines_of(self.keys[start : start + BATCH])

    def texts(self, told: Told) -> Iterator[str]:
        """As CSV."""
        rows = ([column.text(line) for column in self.columns] for line in self.lines(told))
        return csv_lines([column.title for column in self.columns], rows)

    def write(self, file: IO[bytes], told: Told) -> None:
        """As a workbook."""
        rows = ([column.value(line) for column in self.columns] for line in self.lines(told))
        write_rows(file, self.columns, rows, name=self.name, title=self.title, written_at=self.as_of.moment)


def ledger_of(user: User, kind: str, slug: str, query: QueryDict, as_of: AsOf) -> Ledger:
    """The ledger that the person's page of that address shows."""
    plan = get_versioned_plan(user, slug)
    require_assigned(plan, as_of)
    return (_items if kind == Kind.ITEMS else _assignments)(plan, query, as_of)


def _items(plan: Plan, query: QueryDict, as_of: AsOf) -> Ledger:
    filtered = ItemFilter(query, plan.items.existing(as_of.moment), plan=plan, as_of=as_of)
    columns = item_columns(plan, dict(agencies_concerned(plan=plan.pk)))
    keys = sorted_keys(filtered, sort=query.get("sort", ""))
    return Ledger(plan, as_of, "任务台账", columns, keys, lambda some: item_lines(some, plan, as_of))


def _assignments(plan: Plan, query: QueryDict, as_of: AsOf) -> Ledger:
    assignments = assignments_in_force(plan, as_of)
    filtered = AssignmentFilter(query, assignments, plan=plan, as_of=as_of, periods=opened_periods(plan, as_of.day))
    keys = sorted_keys(filtered, sort=query.get("sort", ""))
    return Ledger(
        plan,
        as_of,
        "责任分工台账",
        ASSIGNMENT_COLUMNS,
        keys,
        lambda some: assignment_lines(some, plan, as_of, filtered.period),
    )
