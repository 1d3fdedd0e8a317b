"""The figures of one part are added up again from the ledger and the lists, as formulas and as their results.

The results that the file carries are worked out here from the same rows, not copied from the totals: a verdict holds
in programs that don't calculate, and again in those that do. Means are rounded by the same rule before they compare.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from reports.quarter.book.earlier import Earlier, EarlierLine
from reports.quarter.book.figures import Part
from reports.quarter.book.formulas import Scope, averaged, countifs, shown_mean, weighted
from reports.quarter.book.ledger import Ledger, LedgerLine
from reports.quarter.book.listings import FilingLine, Listing
from reports.quarter.book.local import LocalTables
from reports.quarter.book.summary import Summary
from reports.quarter.book.tables import DIFFERENCES, PERCENTS, SYMBOLS, TENTHS, WHOLE, BookTable
from reports.quarter.book.words import FILING_COLUMNS, light_columns
from reports.quarter.facts import Snapshot
from tasks.rules.rounding import TENTH, half_up
from tasks.rules.status import Pace
from tasks.standing.filing import FILED, UNFILED, Filing

TOLERANCE = 0.0000005
FILING_STATES: dict[str, tuple[Filing, ...]] = {
    "owed": (*FILED, *UNFILED),
    "filed": FILED,
    "unfiled": UNFILED,
    **{state.value: (state,) for state in Filing},
}


@dataclass(frozen=True, slots=True)
class Recount:
    """One figure: where it stands, what it says, the formula that adds it up again, and what that gives.

    A formula may name other figures of its line: `{percent}` is the cell in which that one is added up again.
    """

    place: str
    shown: float
    formula: str
    again: float
    number_format: str = WHOLE

    @property
    def is_same(self) -> bool:
        return abs(self.shown - self.again) < TOLERANCE


Recounts = dict[str, Recount]  # by the keys of the figures


@dataclass(frozen=True, slots=True)
class RecountLine:
    """What is said of one subject, figure by figure; `link` leads to where it is said."""

    subject: str
    link: str
    recounts: Recounts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedTables:
    """The tables in which totals stand, and those from which they are added up."""

    snapshot: Snapshot
    ledger: Ledger
    filings: Listing
    earlier: Earlier
    summary: Summary
    sections: BookTable
    agencies: BookTable
    matrix: BookTable
    late: BookTable
    local: LocalTables | None

    @property
    def lights(self) -> list[str]:
        return [key for key, _ in light_columns(self.snapshot)]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a part, in the three tables from which its figures are added up."""

    ledger: list[LedgerLine]
    earlier: list[EarlierLine]
    filings: list[FilingLine]


@dataclass(frozen=True, slots=True)
class Counted:
    """A part with where its figures stand, its rows, and the criteria that choose them."""

    part: Part
    place: Callable[[str], str]
    rows: Rows
    scope: Scope

    def count(self, key: str, table: BookTable, again: int, *more: tuple[str, str]) -> Recount:
        """One count of the part: rows of the table that also meet these criteria."""
        formula = countifs(table, self.scope.where(*more))
        return Recount(self.place(key), int(getattr(self.part.totals, key)), formula, again)


def of_items(tables: CountedTables, counted: Counted) -> Recounts:
    """Items by light, and the means of a plan or section."""
    table, ledger = tables.ledger.table, counted.rows.ledger
    lights = Counter(line.item.light for line in ledger if line.is_first)
    leads = sum(line.row is not None for line in ledger)
    means = _now(tables, counted, weighted, counted.scope)
    return {
        "items": counted.count("items", table, lights.total(), ("first", "1")),
        "leads": counted.count("leads", table, leads, ("weight", ">0")),
        **{
            light: counted.count(light, table, lights[light], ("first", "1"), ("item_light", f"{SYMBOLS[light]}*"))
            for light in tables.lights
        },
        **means,
    }


def of_paces(tables: CountedTables, counted: Counted) -> Recounts:
    table = tables.ledger.table
    paces = Counter(line.item.pace for line in counted.rows.ledger if line.is_first)
    return {
        pace.value: counted.count(pace.value, table, paces[pace], ("first", "1"), ("item_pace", f"={pace.label}"))
        for pace in Pace
    }


def of_leads(tables: CountedTables, counted: Counted) -> Recounts:
    """An agency's leads by light, and their means."""
    table = tables.ledger.table
    lights = Counter(line.row.light for line in counted.rows.ledger if line.row)
    recounts = {"leads": counted.count("leads", table, lights.total())}
    if not lights:
        return recounts
    for light in tables.lights:
        recounts[light] = counted.count(light, table, lights[light], ("light", f"{SYMBOLS[light]}*"))
    return recounts | _now(tables, counted, averaged, counted.scope.where(("counts", "是")))


def of_filing(tables: CountedTables, counted: Counted) -> Recounts:
    """Reports by how they stand, from the list of reports, and the share that was filed."""
    table, rows, part = tables.filings.table, counted.rows.filings, counted.part
    states = Counter(line.row.filing for line in rows)
    late = sum(line.row.is_late for line in rows)
    recounts = {"late": counted.count("late", table, late, ("late", "迟报"))}
    for key, states_of_key in FILING_STATES.items():
        counts = (countifs(table, counted.scope.where(("filing", f"={state.label}"))) for state in states_of_key)
        again = sum(states[state.value] for state in states_of_key)
        recounts[key] = Recount(counted.place(key), int(getattr(part.totals, key)), "+".join(counts), again)
    return {key: recounts[key] for key, _ in FILING_COLUMNS}


def of_rate(counted: Counted, recounts: Recounts) -> Recounts:
    """报送率, from what was filed and owed; nothing where nothing was owed."""
    if counted.part.rate is None:
        return {}
    again = float(half_up(100 * recounts["filed"].again / recounts["owed"].again, TENTH).scaleb(-2))
    return {"rate": Recount(counted.place("rate"), counted.part.rate, "ROUND({filed}/{owed},3)", again, TENTHS)}


Mean = Callable[[BookTable, Scope, str, int], str]  # `weighted` for items, `averaged` for an agency's leads


def _now(tables: CountedTables, counted: Counted, mean: Mean, scope: Scope) -> Recounts:
    """The means of the leads that count, by their shares of their items or each alike."""
    rows = [line.row for line in counted.rows.ledger if line.row and line.row.counts]
    weights = [row.share if mean is weighted else 1.0 for row in rows]
    values = {
        "percent": [float(row.percent) for row in rows],
        "expected": [float(row.percent if row.expected is None else row.expected) for row in rows],
    }
    return _means(counted, tables.ledger.table, mean, scope, values, weights)


def _means(
    counted: Counted,
    table: BookTable,
    mean: Mean,
    scope: Scope,
    values: Mapping[str, Sequence[float]],
    weights: Sequence[float],
) -> Recounts:
    """Progress, what was expected of it and their difference, as far as the part shows them as numbers."""
    part, places = counted.part, counted.part.places
    recounts: Recounts = {}
    for key, column in (("percent", "percent"), ("expected", "basis")):
        shown = getattr(part, key)
        if isinstance(shown, float):
            again = shown_mean(values[key], weights, places)
            recounts[key] = Recount(
                counted.place(key), shown, mean(table, scope, column, places), again, PERCENTS[places]
            )
    if part.gap is not None:
        again = float(half_up(100 * (recounts["percent"].again - recounts["expected"].again), places))
        formula = f"ROUND(100*({{percent}}-{{expected}}),{places})"
        recounts["gap"] = Recount(counted.place("gap"), part.gap, formula, again, DIFFERENCES[places])
    return recounts


# ── the previous close ───────────────────────────────────────────────────────────────────────────────────────────


def of_previous(tables: CountedTables, counted: Counted, mean: Mean) -> Recounts:
    """The part's progress at the previous close, where it is shown as a number."""
    shown, places = counted.part.previous, counted.part.places
    if not isinstance(shown, float):
        return {}
    rows = [line.row for line in counted.rows.earlier if line.row.share]
    weights = [row.share if mean is weighted else 1.0 for row in rows]
    scope = counted.scope if mean is weighted else counted.scope.where(("share", ">0"))
    again = shown_mean([row.percent for row in rows], weights, places)
    formula = mean(tables.earlier.table, scope, "percent", places)
    return {"previous": Recount(counted.place("previous"), shown, formula, again, PERCENTS[places])}


def of_plan_before(tables: CountedTables, counted: Counted) -> Recounts:
    """Lights, paces and means of a plan as it stood at the previous close."""
    table, lines = tables.earlier.table, counted.rows.earlier
    rows = [line.row for line in lines if line.row.share]
    lights = Counter(line.row.item_light for line in lines if line.is_first)
    paces = Counter(line.row.item_pace for line in lines if line.is_first)
    values = {"percent": [float(row.percent) for row in rows], "expected": [row.expected for row in rows]}
    means = _means(counted, table, weighted, counted.scope, values, [row.share for row in rows])
    return {
        **{
            light: counted.count(light, table, lights[light], ("first", "1"), ("item_light", f"{SYMBOLS[light]}*"))
            for light in tables.lights
        },
        **{
            pace.value: counted.count(pace.value, table, paces[pace], ("first", "1"), ("item_pace", f"={pace.label}"))
            for pace in Pace
        },
        **means,
    }
