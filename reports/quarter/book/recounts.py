"""Every total of the workbook is added up again from the ledger and the lists, as a formula and as its result.

The results that the file carries are worked out here from the same rows, not copied from the totals: a verdict holds
in programs that don't calculate, and again in those that do.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from reports.quarter.book.formulas import Scope, countifs, literal, plan_scope, section_scope, weighted
from reports.quarter.book.ledger import Ledger, LedgerLine, section_name
from reports.quarter.book.matrix import ASSISTS
from reports.quarter.book.summary import FILING_COLUMNS, LIGHT_COLUMNS, Summary
from reports.quarter.book.tables import FIRST_ROW, PERCENT, SYMBOLS, WHOLE, BookTable, percent
from reports.quarter.facts import AgencyFacts, PlanFacts, Snapshot, Totals
from reports.quarter.row_facts import LedgerRow
from reports.quarter.totals import overall
from tasks.models.obligation import Obligation
from tasks.standing.filing import OWED_STATES, Filing

OF_ITEMS = ("items", "leads", "percent", "expected", *(light for light, _ in LIGHT_COLUMNS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """One total, where it stands, the formula that adds it up again, and what that gives."""

    subject: str
    what: str
    place: str
    shown: float
    formula: str
    again: float
    how: str
    number_format: str = WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedTables:
    """The tables in which totals stand, and those from which they are added up."""

    snapshot: Snapshot
    ledger: Ledger
    summary: Summary
    sections: BookTable
    agencies: BookTable
    matrix: BookTable
    late: BookTable


def recounts(tables: CountedTables) -> list[Recount]:
    return [
        *_of_plans(tables),
        *_of_sections(tables),
        *_of_agencies(tables),
        *_of_filing(tables),
        *_of_matrix(tables),
    ]


# ── plans and sections ───────────────────────────────────────────────────────────────────────────────────────────


def _of_plans(tables: CountedTables) -> Iterator[Recount]:
    snapshot, summary = tables.snapshot, tables.summary
    for number, plan in enumerate(snapshot.plans):
        place = {key: summary.place(number, key) for key in OF_ITEMS}
        yield from _of_items(
            subject=plan.document_number,
            totals=plan.totals,
            scope=plan_scope(snapshot, plan),
            ledger=tables.ledger,
            place=place,
        )
    if len(snapshot.plans) > 1:
        place = {key: summary.place_of_all(key) for key in OF_ITEMS}
        whole = Scope((), lambda line: True)
        yield from _of_items(
            subject="合计", totals=overall(snapshot.plans), scope=whole, ledger=tables.ledger, place=place
        )


def _of_sections(tables: CountedTables) -> Iterator[Recount]:
    snapshot = tables.snapshot
    parts = [(plan, section) for plan in snapshot.plans for section in plan.sections]
    for row, (plan, section) in enumerate(parts):
        name = section_name(section.number, section.title)
        scope = section_scope(snapshot, plan, section.number)
        place = {key: tables.sections.place(key, row) for key in OF_ITEMS}
        yield from _of_items(subject=name, totals=section.totals, scope=scope, ledger=tables.ledger, place=place)


def _of_items(subject: str, totals: Totals, scope: Scope, ledger: Ledger, place: dict[str, str]) -> Iterator[Recount]:
    """Recounts items by light, and the means of a plan or section."""
    lines = ledger.chosen(scope.wanted)
    items = [line.item for line in lines if line.is_first]

    def count(key: str, what: str, again: int, *criteria: tuple[str, str]) -> Recount:
        return Recount(
            subject=subject,
            what=what,
            place=place[key],
            shown=int(getattr(totals, key)),
            formula=countifs(ledger, (*scope.criteria, *criteria)),
            again=again,
            how="任务台账按条件计数",
        )

    yield count("items", "任务数", len(items), ("first", "1"))
    yield count("leads", "负责分工数", sum(line.row is not None for line in lines), ("weight", ">0"))
    for light, word in LIGHT_COLUMNS:
        again = sum(item.light == light for item in items)
        yield count(light, word, again, ("first", "1"), ("item_light", f"{SYMBOLS[light]}*"))
    yield from _means(subject=subject, totals=totals, scope=scope, ledger=ledger, place=place, lines=lines)


def _means(
    subject: str, totals: Totals, scope: Scope, ledger: Ledger, place: dict[str, str], lines: list[LedgerLine]
) -> Iterator[Recount]:
    """Recounts progress and what was expected of it; nothing where no agency answers for anything."""
    rows = [line.row for line in lines if line.row and line.row.counts]
    timed = [row for row in rows if row.expected is not None]
    if not rows:
        return
    averaged = timed or rows
    weights = sum(row.share for row in averaged)
    for key, what in (("percent", "进度"), ("expected", "序时进度")):
        values = [(getattr(row, key) or 0.0) * row.share for row in averaged]
        yield Recount(
            subject=subject,
            what=what,
            place=place[key],
            shown=percent(getattr(totals, key)) or 0.0,
            formula=weighted(ledger, scope, key, is_timed=bool(timed)),
            again=round(sum(values) / weights / 100, 8),
            how="任务台账按任务内占比加权平均",
            number_format=PERCENT,
        )


# ── agencies ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_agencies(tables: CountedTables) -> Iterator[Recount]:
    rows_of: dict[tuple[str, int], list[LedgerRow]] = defaultdict(list)
    for line in tables.ledger.lines:
        if line.row:
            rows_of[line.plan.slug, line.row.agency_id].append(line.row)
    parts = [(plan, agency) for plan in tables.snapshot.plans for agency in plan.agencies]
    for number, (plan, agency) in enumerate(parts):
        yield from _of_agency(
            tables=tables, number=number, plan=plan, agency=agency, rows=rows_of[plan.slug, agency.pk]
        )


def _of_agency(
    tables: CountedTables, number: int, plan: PlanFacts, agency: AgencyFacts, rows: list[LedgerRow]
) -> Iterator[Recount]:
    """Recounts what the agency leads, by light, and its means; its row of the table is the one of that number."""
    ledger, totals = tables.ledger, agency.totals
    criteria = (*plan_scope(tables.snapshot, plan).criteria, ("agency", f"={literal(agency.name)}"))
    counted = [row for row in rows if row.counts]

    def count(key: str, what: str, again: int, *more: tuple[str, str]) -> Recount:
        return Recount(
            subject=agency.name,
            what=what,
            place=tables.agencies.place(key, number),
            shown=int(getattr(totals, key)),
            formula=countifs(ledger, (*criteria, *more)),
            again=again,
            how="任务台账按条件计数",
        )

    yield count("leads", "负责任务数", len(rows))
    if not counted:
        return
    for light, word in LIGHT_COLUMNS:
        again = sum(row.light == light for row in counted)
        yield count(light, word, again, ("counts", "是"), ("light", f"{SYMBOLS[light]}*"))
    timed = [row for row in counted if row.expected is not None]
    averaged = timed or counted
    conditions = (*criteria, ("counts", "是"), *((("expected", ">=0"),) if timed else ()))
    pairs = ",".join(f'{ledger.table.cells(key)},"{criterion}"' for key, criterion in conditions)
    for key, what in (("percent", "进度"), *((("expected", "序时进度"),) if timed else ())):
        yield Recount(
            subject=agency.name,
            what=what,
            place=tables.agencies.place(key, number),
            shown=percent(getattr(totals, key)) or 0.0,
            formula=f"AVERAGEIFS({ledger.table.cells(key)},{pairs})",
            again=round(sum(getattr(row, key) for row in averaged) / len(averaged) / 100, 8),
            how="任务台账按条件平均",
            number_format=PERCENT,
        )


# ── filing and responsibilities ──────────────────────────────────────────────────────────────────────────────────


def _of_filing(tables: CountedTables) -> Iterator[Recount]:
    """Adds filing up from sections, from agencies, and from the list of what is missing."""
    plans = tables.snapshot.plans
    whole = overall(plans)

    def recount(key: str, what: str, formula: str, again: int, how: str) -> Recount:
        return Recount(
            subject="报送",
            what=what,
            place=tables.summary.place_of_all(key),
            shown=int(getattr(whole, key)),
            formula=formula,
            again=again,
            how=how,
        )

    of_sections = [section.totals for plan in plans for section in plan.sections]
    of_agencies = [agency.totals for plan in plans for agency in plan.agencies]
    for key, word in FILING_COLUMNS:
        for table, parts in ((tables.sections, of_sections), (tables.agencies, of_agencies)):
            again = sum(int(getattr(totals, key)) for totals in parts)
            yield recount(key, word, f"SUM({table.cells(key)})", again, f"“{table.name}”各行相加")
    for state in (Filing.MISSING, Filing.SENT_BACK):
        listed = sum(row.filing == state for plan in plans for row in plan.unfiled)
        formula = f'COUNTIFS({tables.late.cells("kind")},"{state.label}")'
        yield recount(state.value, str(state.label), formula, listed, "“逾期与未报”逐条计数")
    sum_of_states = "+".join(tables.summary.place_of_all(state.value) for state in OWED_STATES)
    again = sum(int(getattr(whole, state.value)) for state in OWED_STATES)
    how = "已通过、待审、退回、未报相加"
    yield recount(Obligation.OWED.value, str(Obligation.OWED.label), sum_of_states, again, how)


def _of_matrix(tables: CountedTables) -> Iterator[Recount]:
    plans, matrix = tables.snapshot.plans, tables.matrix
    keys = list(tables.snapshot.agency_names)
    if not keys:
        return
    first, last = matrix.letter(str(keys[0])), matrix.letter(str(keys[-1]))
    cells = f"'{matrix.name}'!${first}${FIRST_ROW}:${last}${matrix.last_row}"
    whole = overall(plans)
    yield Recount(
        subject="责任矩阵",
        what="负责分工",
        place=tables.summary.place_of_all("leads"),
        shown=whole.leads,
        formula=f"COUNT({cells})",
        again=sum(len(plan.rows) for plan in plans),
        how="矩阵中的数字个数",
    )
    yield Recount(
        subject="责任矩阵",
        what="协助分工",
        place=tables.summary.place_of_all("assists"),
        shown=whole.assists,
        formula=f'COUNTIF({cells},"{ASSISTS}")',
        again=sum(len(plan.assists) for plan in plans),
        how=f"矩阵中的“{ASSISTS}”个数",
    )
