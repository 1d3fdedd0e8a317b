"""校核 goes through the subjects of which the workbook says totals: plans, sections, agencies, sums and columns."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from reports.quarter.book.earlier import EarlierLine
from reports.quarter.book.figures import agency_parts, plan_before, plan_part, section_parts, whole_part
from reports.quarter.book.formulas import Scope, averaged, conditions, countifs, literal, plan_scope, weighted
from reports.quarter.book.ledger import LedgerLine, section_name
from reports.quarter.book.listings import FilingLine
from reports.quarter.book.local_recounts import local_lines
from reports.quarter.book.matrix import ASSISTS
from reports.quarter.book.recounts import (
    Counted,
    CountedTables,
    Recount,
    RecountLine,
    Rows,
    of_filing,
    of_items,
    of_leads,
    of_paces,
    of_plan_before,
    of_previous,
    of_rate,
)
from reports.quarter.book.tables import FIRST_ROW, SYMBOLS, BookTable
from reports.quarter.book.words import FILING_COLUMNS, close_before, light_columns
from reports.quarter.facts import AgencyFacts, PlanFacts
from tasks.rules.rounding import half_up
from tasks.standing.filing import UNFILED

Line = LedgerLine | EarlierLine | FilingLine


def recount_lines(tables: CountedTables) -> list[RecountLine]:
    """Every subject with its figures added up again, in the order of the sheets."""
    local = local_lines(tables.snapshot, tables.local)
    return [*_plans(tables), *_sections(tables), *_agencies(tables), *_sums(tables), *_columns(tables), *local]


def _plans(tables: CountedTables) -> Iterator[RecountLine]:
    snapshot, summary = tables.snapshot, tables.summary
    for number, plan in enumerate(snapshot.plans):
        scope = plan_scope(snapshot, plan)
        counted = Counted(plan_part(plan), _in_summary(tables, number), _rows(tables, _of_plan(plan)), scope)
        recounts = {
            **of_items(tables, counted),
            **of_paces(tables, counted),
            **of_filing(tables, counted),
            "assists": _assists(tables, counted.place("assists"), plan.totals.assists, [plan], scope),
        }
        yield RecountLine(plan.document_number, counted.place("items"), recounts | of_rate(counted, recounts))
        if not summary.is_several and (before := plan_before(plan)):
            counted = Counted(before, summary.place_before, counted.rows, scope)
            subject = close_before(plan, snapshot)
            yield RecountLine(subject, counted.place("percent"), of_plan_before(tables, counted))


def _sections(tables: CountedTables) -> Iterator[RecountLine]:
    for row, (plan, section, part) in enumerate(section_parts(tables.snapshot)):
        scope = plan_scope(tables.snapshot, plan).where(("section_number", str(section.number)))
        rows = _rows(tables, _of_section(plan, section.number))
        counted = Counted(part, _in_row(tables.sections, row), rows, scope)
        recounts = {
            **of_items(tables, counted),
            **of_previous(tables, counted, weighted),
            **of_filing(tables, counted),
        }
        yield RecountLine(section_name(section.number, section.title), counted.place("section"), recounts)


def _agencies(tables: CountedTables) -> Iterator[RecountLine]:
    rows_of = _rows_by_agency(tables)
    for row, (plan, agency, part) in enumerate(agency_parts(tables.snapshot)):
        of_plan = plan_scope(tables.snapshot, plan)
        scope = of_plan.where(("agency", f"={literal(agency.name)}"))
        rows = rows_of.get((plan.slug, agency.pk), Rows([], [], []))
        counted = Counted(part, _in_row(tables.agencies, row), rows, scope)
        recounts = {
            **of_leads(tables, counted),
            **(of_previous(tables, counted, averaged) if part.totals.items else {}),
            **of_filing(tables, counted),
            "assists": _assists(tables, counted.place("assists"), part.totals.assists, [plan], of_plan, agency),
        }
        yield RecountLine(agency.name, counted.place("agency"), recounts)


def _sums(tables: CountedTables) -> Iterator[RecountLine]:
    """The rows of totals below the tables, and how many lines the list of what is late has."""
    snapshot, several = tables.snapshot, tables.summary.is_several
    whole, everything = whole_part(snapshot), _rows(tables, lambda _: True)
    for table in (tables.summary.table, tables.sections) if several else (tables.sections,):
        counted = Counted(whole, _in_row(table, len(table.rows)), everything, Scope())
        recounts = {**of_items(tables, counted), **of_filing(tables, counted)}
        recounts |= {} if several else of_previous(tables, counted, weighted)
        if table is tables.summary.table:
            recounts |= of_paces(tables, counted)
            recounts["assists"] = _assists(
                tables, counted.place("assists"), whole.totals.assists, list(snapshot.plans), Scope()
            )
            recounts |= of_rate(counted, recounts)
        yield RecountLine(f"“{table.name}”合计", counted.place("items"), recounts)
    yield _sum_of_agencies(tables)
    place, late = _in_summary(tables, len(snapshot.plans) if several else 0), tables.late
    listed = Counter(row.get("kind") for row in late.rows if isinstance(row.get("kind"), str))
    recounts = {
        state.value: Recount(
            place=place(state.value),
            shown=int(getattr(whole.totals, state.value)),
            formula=f'COUNTIFS({late.cells("kind")},"{state.label}")',
            again=listed[str(state.label)],
        )
        for state in UNFILED
    }
    yield RecountLine(f"“{late.name}”条数", late.place("kind", 0), recounts)


def _sum_of_agencies(tables: CountedTables) -> RecountLine:
    table = tables.agencies
    parts = [part.totals for *_, part in agency_parts(tables.snapshot)]
    keys = ("leads", "assists", *(key for key, _ in (*light_columns(tables.snapshot), *FILING_COLUMNS)))
    place = _in_row(table, len(table.rows))
    recounts = {}
    for key in keys:
        total = sum(int(getattr(totals, key)) for totals in parts)
        recounts[key] = Recount(place(key), total, f"SUM({table.cells(key)})", total)
    return RecountLine(f"“{table.name}”合计", place("leads"), recounts)


def _columns(tables: CountedTables) -> Iterator[RecountLine]:
    """Sums of the lists' columns and counts of their lights, against what they were when the file was made."""
    ledger, earlier = tables.ledger.table, tables.earlier.table
    yield _column_sums(
        tables,
        f"“{ledger.name}”各负责单位相加",
        ledger,
        {"percent": "percent", "expected": "expected", "gap": "gap", "previous": "previous"},
        "light",
    )
    yield _column_sums(
        tables, f"“{ledger.name}”各任务相加", ledger, {"percent": "item_percent", "expected": "basis"}, "item_light"
    )
    if earlier.rows:
        yield _column_sums(tables, f"“{earlier.name}”各负责单位相加", earlier, {"percent": "percent"}, "light")
        yield _column_sums(tables, f"“{earlier.name}”各任务相加", earlier, {"expected": "basis"}, "item_light")
    if cells := _matrix_cells(tables):
        total = _sum(row.get("percent") for row in ledger.rows)
        recount = Recount(_sum_formula(ledger.cells("percent")), total, _sum_formula(cells), total, "0.00")
        yield RecountLine(f"“{tables.matrix.name}”相加", tables.matrix.place("item", 0), {"percent": recount})


def _column_sums(
    tables: CountedTables, subject: str, table: BookTable, columns: Mapping[str, str], lights: str
) -> RecountLine:
    recounts = {}
    for key, column in columns.items():
        total = _sum(row.get(column) for row in table.rows)
        recounts[key] = Recount(repr(total), total, _sum_formula(table.cells(column)), total, "0.00")
    shown = Counter(str(row.get(lights) or "")[:1] for row in table.rows)
    for light in tables.lights:
        count = shown[SYMBOLS[light]]
        formula = countifs(table, Scope(((lights, f"{SYMBOLS[light]}*"),)))
        recounts[light] = Recount(str(count), count, formula, count)
    return RecountLine(subject, table.place(lights, 0), recounts)


def _sum(cells: Iterable[object]) -> float:
    return float(half_up(sum(cell for cell in cells if isinstance(cell, (int, float))), 4))


def _sum_formula(cells: str) -> str:
    return f"ROUND(SUM({cells}),4)"


# ── places and rows ──────────────────────────────────────────────────────────────────────────────────────────────


def _in_summary(tables: CountedTables, number: int) -> Callable[[str], str]:
    return lambda key: tables.summary.place(number, key)


def _in_row(table: BookTable, row: int) -> Callable[[str], str]:
    return lambda key: table.place(key, row)


def _of_plan(plan: PlanFacts) -> Callable[[Line], bool]:
    return lambda line: line.plan is plan


def _of_section(plan: PlanFacts, number: int) -> Callable[[Line], bool]:
    return lambda line: line.plan is plan and line.item.section == number


def _rows(tables: CountedTables, wanted: Callable[[Line], bool]) -> Rows:
    return Rows(
        ledger=[line for line in tables.ledger.lines if wanted(line)],
        earlier=[line for line in tables.earlier.lines if wanted(line)],
        filings=[line for line in tables.filings.lines if wanted(line)],
    )


def _rows_by_agency(tables: CountedTables) -> dict[tuple[str, int], Rows]:
    """The rows of every agency of a plan, found in one go through the tables."""
    rows: dict[tuple[str, int], Rows] = {}

    def of(plan: PlanFacts, agency: int) -> Rows:
        return rows.setdefault((plan.slug, agency), Rows([], [], []))

    for line in tables.ledger.lines:
        if line.row:
            of(line.plan, line.row.agency_id).ledger.append(line)
    for earlier in tables.earlier.lines:
        of(earlier.plan, earlier.row.agency_id).earlier.append(earlier)
    for filing in tables.filings.lines:
        of(filing.plan, filing.row.agency_id).filings.append(filing)
    return rows


def _assists(
    tables: CountedTables,
    place: str,
    shown: int,
    plans: list[PlanFacts],
    scope: Scope,
    agency: AgencyFacts | None = None,
) -> Recount:
    """Assisting parts of the plans, or of one agency in them, from the matrix."""
    matrix, cells = tables.matrix, _matrix_cells(tables, agency)
    again = sum(agency is None or assist.agency_id == agency.pk for plan in plans for assist in plan.assists)
    if not cells:
        return Recount(place, shown, "0", again)
    # One column of plans beside many of agencies: SUMPRODUCT takes ranges of different widths, COUNTIFS doesn't.
    terms = [*conditions(matrix, scope), f'({cells}="{ASSISTS}")']
    return Recount(place, shown, f"SUMPRODUCT({'*'.join(terms)}*1)", again)


def _matrix_cells(tables: CountedTables, agency: AgencyFacts | None = None) -> str:
    """The cells of the matrix under all agencies, or under one; "" where there are none."""
    keys = [str(pk) for pk in tables.snapshot.agency_names]
    if not keys:
        return ""
    matrix = tables.matrix
    first, last = (matrix.letter(str(agency.pk) if agency else key) for key in (keys[0], keys[-1]))
    return f"'{matrix.name}'!${first}${FIRST_ROW}:${last}${matrix.last_row}"
