"""校核: every total added up again by formula from the ledger and the lists, beside the total, with a verdict.

The results that the file carries are worked out here from the same rows, not copied from the totals: a verdict holds
in programs that don't calculate, and again in those that do.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from reports.quarter.book.formulas import Scope, countifs, literal, plan_scope, section_scope, weighted
from reports.quarter.book.ledger import Ledger, LedgerLine, section_name
from reports.quarter.book.matrix import ASSISTS
from reports.quarter.book.summary import FILING_COLUMNS, LIGHT_COLUMNS, Summary
from reports.quarter.book.tables import (
    FIRST_ROW,
    PERCENT,
    SYMBOLS,
    WHOLE,
    BookColumn,
    BookTable,
    RowCells,
    linked,
    percent,
)
from reports.quarter.facts import PlanFacts, Snapshot, Totals
from reports.quarter.row_facts import LedgerRow
from reports.quarter.totals import overall
from reports.xlsx.sheets import Cell, Look

NAME = "校核"
SAME, DIFFERENT = "一致", "不一致"
ALL_SAME, SOME_DIFFERENT = "全部一致", "有不一致"
TOLERANCE = 0.0000005
COLUMNS: tuple[BookColumn[Any], ...] = (
    BookColumn("subject", "范围", 34),
    BookColumn("what", "校核项", 22),
    BookColumn("shown", "表中数", 12, is_centred=True),
    BookColumn("again", "重新计算", 12, is_centred=True),
    BookColumn("difference", "差", 10, is_centred=True),
    BookColumn("verdict", "结论", 12, is_centred=True),
    BookColumn("how", "算法", 46),
)


@dataclass(frozen=True, slots=True)
class Recount:
    """One total: where it stands, the formula that adds it up again, and what that gives."""

    subject: str
    what: str
    place: str
    shown: float
    formula: str
    again: float
    number_format: str
    how: str


def build_checks(
    snapshot: Snapshot,
    note: str,
    ledger: Ledger,
    summary: Summary,
    sections: BookTable,
    agencies: BookTable,
    matrix: BookTable,
    late: BookTable,
) -> BookTable:
    found = [
        *_of_plans(snapshot, ledger, summary),
        *_of_sections(snapshot, ledger, sections),
        *_of_agencies(snapshot, ledger, agencies),
        *_of_filing(snapshot, summary, sections, agencies, late),
        *_of_matrix(snapshot, matrix, summary),
    ]
    rows = [_row(check, FIRST_ROW + place) for place, check in enumerate(found)]
    last = FIRST_ROW + max(len(rows), 1) - 1
    verdict = ALL_SAME if all(_is_same(check.shown, check.again) for check in found) else SOME_DIFFERENT
    formula = (
        f'IF(COUNTIF($F${FIRST_ROW}:$F${last},"{SAME}")=ROWS($F${FIRST_ROW}:$F${last}),"{ALL_SAME}","{SOME_DIFFERENT}")'
    )
    total: RowCells = {
        "subject": "总结论",
        "what": f"共{len(found)}项",
        "verdict": Cell(verdict, Look.TOTAL, is_centred=True, formula=formula),
    }
    return BookTable(
        NAME,
        f"{snapshot.definition.period_name}校核",
        f"{note}。重新计算一列为公式，打开时由Excel、WPS重算",
        COLUMNS,
        rows,
        total,
        frozen="shown",
        alarms={"verdict": (DIFFERENT, SOME_DIFFERENT)},
    )


def _row(check: Recount, row: int) -> RowCells:
    shown, again = f"C{row}", f"D{row}"
    same = _is_same(check.shown, check.again)
    return {
        "subject": linked(check.subject, check.place, is_centred=False),
        "what": check.what,
        "shown": Cell(check.shown, Look.BODY, check.number_format, is_centred=True, formula=check.place),
        "again": Cell(check.again, Look.BODY, check.number_format, is_centred=True, formula=check.formula),
        "difference": Cell(
            round(check.shown - check.again, 6),
            Look.BODY,
            "0.######",
            is_centred=True,
            formula=f"ROUND({shown}-{again},6)",
        ),
        "verdict": Cell(
            SAME if same else DIFFERENT,
            Look.BODY,
            is_centred=True,
            formula=f'IF(ABS({shown}-{again})<{TOLERANCE:.7f},"{SAME}","{DIFFERENT}")',
        ),
        "how": check.how,
    }


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) < TOLERANCE


# ── what each total is added up from ─────────────────────────────────────────────────────────────────────────────


def _of_plans(snapshot: Snapshot, ledger: Ledger, summary: Summary) -> Iterator[Recount]:
    for number, plan in enumerate(snapshot.plans):
        place = {key: summary.place(number, key) for key in ("items", "leads", "percent", "expected", *_lights())}
        yield from _of_items(plan.document_number, plan.totals, plan_scope(snapshot, plan), ledger, place)
    if len(snapshot.plans) > 1:
        end = len(snapshot.plans)
        place = {key: summary.place(end, key) for key in ("items", "leads", "percent", "expected", *_lights())}
        whole = Scope((), lambda line: True)
        yield from _of_items("合计", overall(snapshot.plans), whole, ledger, place)


def _of_sections(snapshot: Snapshot, ledger: Ledger, table: BookTable) -> Iterator[Recount]:
    parts = [(plan, section) for plan in snapshot.plans for section in plan.sections]
    for row, (plan, section) in enumerate(parts):
        name = section_name(section.number, section.title)
        place = {key: table.place(key, row) for key in ("items", "leads", "percent", "expected", *_lights())}
        yield from _of_items(name, section.totals, section_scope(snapshot, plan, section.number), ledger, place)


def _of_items(subject: str, totals: Totals, scope: Scope, ledger: Ledger, place: dict[str, str]) -> Iterator[Recount]:
    """Counts of items by light, and the means of a plan or section."""
    lines = ledger.chosen(scope.wanted)
    items = [line.item for line in lines if line.is_first]

    def count(key: str, what: str, shown: int, again: int, *criteria: tuple[str, str]) -> Recount:
        formula = countifs(ledger, (*scope.criteria, *criteria))
        return Recount(subject, what, place[key], shown, formula, again, WHOLE, "任务台账按条件计数")

    yield count("items", "任务数", totals.items, len(items), ("first", "1"))
    yield count("leads", "负责分工数", totals.leads, sum(line.row is not None for line in lines), ("weight", ">0"))
    for light, word in LIGHT_COLUMNS:
        again = sum(item.light == light for item in items)
        criteria = (("first", "1"), ("item_light", f"{SYMBOLS[light]}*"))
        yield count(light, word, int(getattr(totals, light)), again, *criteria)
    yield from _means(subject, totals, scope, ledger, place, lines)


def _means(
    subject: str, totals: Totals, scope: Scope, ledger: Ledger, place: dict[str, str], lines: list[LedgerLine]
) -> Iterator[Recount]:
    """Progress and what was expected of it; nothing where no agency answers for anything."""
    rows = [line.row for line in lines if line.row and line.row.counts]
    timed = [row for row in rows if row.expected is not None]
    if not rows:
        return
    taken = timed or rows
    weights = sum(row.share for row in taken)
    for key, what in (("percent", "进度"), ("expected", "序时进度")):
        values = [(getattr(row, key) or 0.0) * row.share for row in taken]
        yield Recount(
            subject,
            what,
            place[key],
            percent(getattr(totals, key)) or 0.0,
            weighted(ledger, scope, key, is_timed=bool(timed)),
            round(sum(values) / weights / 100, 8),
            PERCENT,
            "任务台账按任务内占比加权平均",
        )


def _of_agencies(snapshot: Snapshot, ledger: Ledger, table: BookTable) -> Iterator[Recount]:
    parts = [(plan, agency) for plan in snapshot.plans for agency in plan.agencies]
    of_agency: dict[tuple[str, int], list[LedgerLine]] = {}
    for line in ledger.lines:
        if line.row:
            of_agency.setdefault((line.plan.slug, line.row.agency_id), []).append(line)
    for place, (plan, agency) in enumerate(parts):
        rows = [line.row for line in of_agency.get((plan.slug, agency.pk), []) if line.row]
        yield from _of_agency(snapshot, ledger, table, place, plan, agency.name, agency.totals, rows)


def _of_agency(
    snapshot: Snapshot,
    ledger: Ledger,
    table: BookTable,
    place: int,
    plan: PlanFacts,
    name: str,
    totals: Totals,
    rows: list[LedgerRow],
) -> Iterator[Recount]:
    criteria = (*plan_scope(snapshot, plan).criteria, ("agency", f"={literal(name)}"))
    counted = [row for row in rows if row.counts]

    def check(key: str, what: str, shown: float, formula: str, again: float, number_format: str, how: str) -> Recount:
        return Recount(name, what, table.place(key, place), shown, formula, again, number_format, how)

    formula = countifs(ledger, criteria)
    yield check("leads", "负责任务数", totals.leads, formula, len(rows), WHOLE, "任务台账按条件计数")
    if not counted:
        return
    for light, word in LIGHT_COLUMNS:
        formula = countifs(ledger, (*criteria, ("counts", "是"), ("light", f"{SYMBOLS[light]}*")))
        again = sum(row.light == light for row in counted)
        yield check(light, word, int(getattr(totals, light)), formula, again, WHOLE, "任务台账按条件计数")
    timed = [row for row in counted if row.expected is not None]
    taken = timed or counted
    conditions = (*criteria, ("counts", "是"), *((("expected", ">=0"),) if timed else ()))
    pairs = ",".join(f'{ledger.table.cells(key)},"{criterion}"' for key, criterion in conditions)
    for key, what in (("percent", "进度"), ("expected", "序时进度")):
        if key == "expected" and not timed:
            continue
        again = round(sum(getattr(row, key) for row in taken) / len(taken) / 100, 8)
        formula = f"AVERAGEIFS({ledger.table.cells(key)},{pairs})"
        yield check(key, what, percent(getattr(totals, key)) or 0.0, formula, again, PERCENT, "任务台账按条件平均")


def _of_filing(
    snapshot: Snapshot, summary: Summary, sections: BookTable, agencies: BookTable, late: BookTable
) -> Iterator[Recount]:
    """Filing is added up from sections, from agencies, and from the list of what is missing."""
    several = len(snapshot.plans) > 1
    whole = overall(snapshot.plans)
    place = {key: summary.place(len(snapshot.plans) if several else 0, key) for key, _ in FILING_COLUMNS}
    for key, word in FILING_COLUMNS:
        for table, parts in (
            (sections, [section.totals for plan in snapshot.plans for section in plan.sections]),
            (agencies, [agency.totals for plan in snapshot.plans for agency in plan.agencies]),
        ):
            again = sum(int(getattr(totals, key)) for totals in parts)
            how = f"“{table.name}”各行相加"
            shown = int(getattr(whole, key))
            yield Recount("报送", word, place[key], shown, f"SUM({table.cells(key)})", again, WHOLE, how)
    for key, word in (("missing", "未报"), ("sent_back", "退回")):
        listed = sum(row.filing == key for plan in snapshot.plans for row in plan.unfiled)
        formula = f'COUNTIFS({late.cells("kind")},"{word}")'
        yield Recount(
            "报送", word, place[key], int(getattr(whole, key)), formula, listed, WHOLE, "“逾期与未报”逐条计数"
        )
    states = [place[key] for key in ("accepted", "waiting", "sent_back", "missing")]
    again = whole.accepted + whole.waiting + whole.sent_back + whole.missing
    yield Recount(
        "报送", "应报", place["owed"], whole.owed, "+".join(states), again, WHOLE, "已通过、待审、退回、未报相加"
    )


def _of_matrix(snapshot: Snapshot, matrix: BookTable, summary: Summary) -> Iterator[Recount]:
    keys = list(snapshot.agency_names)
    if not keys:
        return
    first, last = matrix.letter(str(keys[0])), matrix.letter(str(keys[-1]))
    cells = f"'{matrix.name}'!${first}${FIRST_ROW}:${last}${matrix.last_row}"
    whole = overall(snapshot.plans)
    place = {
        key: summary.place(len(snapshot.plans) if len(snapshot.plans) > 1 else 0, key) for key in ("leads", "assists")
    }
    leads = sum(len(plan.rows) for plan in snapshot.plans)
    assists = sum(len(plan.assists) for plan in snapshot.plans)
    yield Recount(
        "责任矩阵", "负责分工", place["leads"], whole.leads, f"COUNT({cells})", leads, WHOLE, "矩阵中的数字个数"
    )
    yield Recount(
        *("责任矩阵", "协助分工", place["assists"], whole.assists),
        *(f'COUNTIF({cells},"{ASSISTS}")', assists, WHOLE, f"矩阵中的“{ASSISTS}”个数"),
    )


def _lights() -> Iterable[str]:
    return (light for light, _ in LIGHT_COLUMNS)
