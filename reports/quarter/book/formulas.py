"""Formulas of 校核 choose rows of the ledger by criteria of Excel; the same choice is a question to a line."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reports.quarter.book.ledger import Ledger, LedgerLine
from reports.quarter.facts import PlanFacts, Snapshot


@dataclass(frozen=True, slots=True)
class Scope:
    """Chooses some lines of the ledger: as criteria of a formula, and as a question to a line."""

    criteria: tuple[tuple[str, str], ...]
    wanted: Callable[[LedgerLine], bool]


def plan_scope(snapshot: Snapshot, plan: PlanFacts) -> Scope:
    """Chooses a plan's lines; a single plan is the whole ledger."""
    if len(snapshot.plans) == 1:
        return Scope((), lambda line: True)
    return Scope((("plan", f"={literal(plan.document_number)}"),), lambda line: line.plan.slug == plan.slug)


def section_scope(snapshot: Snapshot, plan: PlanFacts, number: int) -> Scope:
    criteria = (*plan_scope(snapshot, plan).criteria, ("section_number", str(number)))
    return Scope(criteria, lambda line: line.plan.slug == plan.slug and line.item.section == number)


def literal(text: str) -> str:
    """Writes a criterion that means just this text; Excel takes up to 255 characters."""
    return text.replace("~", "~~").replace("*", "~*").replace("?", "~?").replace('"', '""')


def countifs(ledger: Ledger, criteria: Iterable[tuple[str, str]]) -> str:
    pairs = ",".join(f'{ledger.table.cells(key)},"{criterion}"' for key, criterion in criteria)
    return f"COUNTIFS({pairs})"


def weighted(ledger: Ledger, scope: Scope, key: str, *, is_timed: bool) -> str:
    """Reckons the mean of the items' means: every line counts by its share of its item."""
    cells = ledger.table.cells
    terms = [f"({cells(column)}={_quoted(criterion)})" for column, criterion in scope.criteria]
    if is_timed:
        terms.append(f"ISNUMBER({cells('expected')})")
    terms.append(cells("share"))
    weights = "*".join(terms)
    return f"SUMPRODUCT({weights}*{cells(key)})/SUMPRODUCT({weights}*1)"


def _quoted(criterion: str) -> str:
    """Writes what a criterion compares with as a formula does: a text in quotes, a number as it is."""
    if not criterion.startswith("="):
        return criterion
    text = criterion.removeprefix("=").replace("~*", "*").replace("~?", "?").replace("~~", "~")
    return f'"{text}"'
