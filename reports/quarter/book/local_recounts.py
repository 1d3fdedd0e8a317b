"""市县落实 is added up again from 市县明细, office by office, and its sums from its own columns."""

from collections.abc import Callable, Iterator, Sequence

from reports.quarter.book.formulas import Scope, averaged, countifs, literal, plan_scope, shown_mean, summed
from reports.quarter.book.local import SUMMED, YES, DetailLine, LocalTables, OfficeLine
from reports.quarter.book.recounts import Recount, RecountLine, Recounts
from reports.quarter.book.tables import SYMBOLS, TENTH_POINTS, TENTHS, WHOLE, percent
from reports.quarter.facts import Snapshot
from tasks.rules.rounding import TENTH, half_up
from tasks.rules.status import Light

FIGURES = (
    ("covered", "覆盖"),
    ("lacking", "空缺"),
    ("unsettled", "待确认"),
    ("dated", "写明时限"),
    ("stepped", "设有节点"),
    ("came_due", "到期节点"),
    ("kept", "按期完成"),
)
STATES = {"covered": "已列", "lacking": "方案未列", "unsettled": "待确认"}


def local_lines(snapshot: Snapshot, tables: LocalTables | None) -> Iterator[RecountLine]:
    """A line for each office that has issued a plan, and one for the sums; none where there are no offices below."""
    if tables is None:
        return
    for row, line in enumerate(tables.office_lines):
        if line.fact.is_issued:
            place = _placed(tables, row)
            details = [each for each in tables.detail_lines if each.plan is line.plan and each.office is line.fact]
            scope = plan_scope(snapshot, line.plan).where(("area", f"={literal(line.fact.area)}"))
            recounts = {**_counts(tables, place, line, details, scope), **_means(tables, place, line, details, scope)}
            yield RecountLine(line.fact.area, place("area"), recounts)
    place = _placed(tables, len(tables.office_lines))
    shown = [key for key, _ in FIGURES if key in SUMMED] + ["items", "owed", "filed"]
    sums = {
        key: Recount(
            place(key), int(str(_total(tables, key))), f"SUM({tables.offices.cells(key)})", _again(tables, key), WHOLE
        )
        for key in shown
    }
    yield RecountLine(f"“{tables.offices.name}”合计", place("area"), sums)


def _placed(tables: LocalTables, row: int) -> Callable[[str], str]:
    return lambda key: tables.offices.place(key, row)


def _total(tables: LocalTables, key: str) -> object:
    return (tables.offices.total or {})[key]


def _again(tables: LocalTables, key: str) -> int:
    return sum(line.counted(key) or 0 for line in tables.office_lines)


def _counts(
    tables: LocalTables, place: Callable[[str], str], line: OfficeLine, details: Sequence[DetailLine], scope: Scope
) -> Recounts:
    table, first = tables.details, [each.fact for each in details if each.fact.is_first]

    def count(key: str, again: int, *more: tuple[str, str]) -> Recount:
        return Recount(place(key), line.counted(key) or 0, countifs(table, scope.where(*more)), again)

    shown = {column.key for column in tables.offices.columns}
    asked = [each.fact for each in details if each.fact.is_asked]
    return {
        "items": count("items", len(first), ("first", "1")),
        "dated": count("dated", sum(each.is_dated for each in first), ("first", "1"), ("dated", YES)),
        "stepped": count("stepped", sum(each.is_stepped for each in first), ("first", "1"), ("stepped", YES)),
        **{key: _summed(tables, place, line, details, scope, key) for key in ("came_due", "kept")},
        **{
            key: count(key, sum(each.state_word == word for each in asked), ("asked", YES), ("state", f"={word}"))
            for key, word in STATES.items()
        },
        **{
            light.value: count(
                light.value,
                sum(each.light == light for each in first),
                ("first", "1"),
                ("light", f"{SYMBOLS[light]}*"),
            )
            for light in Light
            if light.value in shown
        },
    }


def _summed(
    tables: LocalTables,
    place: Callable[[str], str],
    line: OfficeLine,
    details: Sequence[DetailLine],
    scope: Scope,
    key: str,
) -> Recount:
    again = sum(int(getattr(each.fact, key)) for each in details if each.fact.is_first)
    return Recount(place(key), line.counted(key) or 0, summed(tables.details, scope.where(("first", "1")), key), again)


def _means(
    tables: LocalTables, place: Callable[[str], str], line: OfficeLine, details: Sequence[DetailLine], scope: Scope
) -> Recounts:
    """Progress and what is expected of it, of the local items that count; nothing where none does or all read 尚无."""
    counted = [each.fact for each in details if each.fact.counts]
    if not counted or line.fact.percent is None or line.fact.expected is None or line.fact.gap is None:
        return {}
    scope = scope.where(("counts", YES))
    again = {
        "percent": shown_mean([each.percent for each in counted], [1.0] * len(counted), TENTH),
        "expected": shown_mean([each.basis for each in counted], [1.0] * len(counted), TENTH),
    }
    recounts = {
        key: Recount(
            place(key),
            percent(value, TENTH) or 0.0,
            averaged(tables.details, scope, column, TENTH),
            again[key],
            TENTHS,
        )
        for key, column, value in (("percent", "exact", line.fact.percent), ("expected", "basis", line.fact.expected))
    }
    gap = float(half_up(100 * (again["percent"] - again["expected"]), TENTH))
    recounts["gap"] = Recount(place("gap"), line.fact.gap, "ROUND(100*({percent}-{expected}),1)", gap, TENTH_POINTS)
    return recounts
