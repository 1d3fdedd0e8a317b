"""Formulas of 校核 choose rows by criteria of Excel; the same choice is a question to what the rows are of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.quarter.book.tables import BookTable
from reports.quarter.facts import PlanFacts, Snapshot
from tasks.rules.rounding import half_up

NOISE = 5  # decimals of a percentage beyond which a mean of rounded parts is not trusted


@dataclass(frozen=True, slots=True)
class Scope:
    """Chooses some rows of a table: by the columns' keys, what each must be."""

    criteria: tuple[tuple[str, str], ...] = ()

    def where(self, *more: tuple[str, str]) -> "Scope":
        return Scope((*self.criteria, *more))


def plan_scope(snapshot: Snapshot, plan: PlanFacts) -> Scope:
    """Chooses a plan's rows; a single plan is the whole table."""
    return Scope() if len(snapshot.plans) == 1 else Scope((("plan", f"={literal(plan.document_number)}"),))


def literal(text: str) -> str:
    """Writes a criterion that means just this text; Excel takes up to 255 characters."""
    return text.replace("~", "~~").replace("*", "~*").replace("?", "~?").replace('"', '""')


def countifs(table: BookTable, scope: Scope) -> str:
    return f"COUNTIFS({_pairs(table, scope.criteria)})"


def summed(table: BookTable, scope: Scope, key: str) -> str:
    return f"SUMIFS({table.cells(key)},{_pairs(table, scope.criteria)})"


def averaged(table: BookTable, scope: Scope, key: str, places: int) -> str:
    """Reckons the mean of the chosen rows, as it is shown; a text counts as 0."""
    pairs = _pairs(table, scope.criteria)
    return rounded(f"SUMIFS({table.cells(key)},{pairs})/COUNTIFS({pairs})", places)


def weighted(table: BookTable, scope: Scope, key: str, places: int) -> str:
    """Reckons the mean of the items' means, as it is shown: every row counts by its share of its item."""
    weights = "*".join([*conditions(table, scope), table.cells("share")])
    return rounded(f"SUMPRODUCT({weights},{table.cells(key)})/SUMPRODUCT({weights}*1)", places)


def conditions(table: BookTable, scope: Scope) -> list[str]:
    """Writes the choice as comparisons of whole columns, for SUMPRODUCT."""
    return [f"({table.cells(column)}={_quoted(criterion)})" for column, criterion in scope.criteria]


def rounded(formula: str, places: int) -> str:
    """Rounds a share as `shown_mean` rounds a percentage: what binary arithmetic added goes first."""
    return f"ROUND(ROUND({formula},{NOISE + 2}),{places + 2})"


def shown_mean(values: Sequence[float], weights: Sequence[float], places: int) -> float:
    """The weighted mean of percentages as a share, rounded as it is shown."""
    mean = sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)
    return float(half_up(half_up(mean, NOISE), places).scaleb(-2))


def _pairs(table: BookTable, criteria: Iterable[tuple[str, str]]) -> str:
    return ",".join(f'{table.cells(key)},"{criterion}"' for key, criterion in criteria)


def _quoted(criterion: str) -> str:
    """Writes what a criterion compares with as a formula does: a text in quotes, a number as it is."""
    if not criterion.startswith("="):
        return criterion
    text = criterion.removeprefix("=").replace("~*", "*").replace("~?", "?").replace("~~", "~")
    return f'"{text}"'
