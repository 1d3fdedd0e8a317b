"""校核 shows every total beside what it comes to when it is added up again by formula, with a verdict."""

from dataclasses import dataclass

from reports.quarter.book.recounts import CountedTables, Recount, recounts
from reports.quarter.book.tables import FIRST_ROW, BookColumn, BookTable, RowCells, linked, rows_of
from reports.xlsx.sheets import Cell, Look

NAME = "校核"
SAME, DIFFERENT = "一致", "不一致"
ALL_SAME, SOME_DIFFERENT = "全部一致", "有不一致"
TOLERANCE = 0.0000005


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A total, with the row of the sheet in which it is checked."""

    total: Recount
    row: int

    @property
    def is_same(self) -> bool:
        return abs(self.total.shown - self.total.again) < TOLERANCE

    @property
    def subject(self) -> Cell:
        return linked(self.total.subject, self.total.place, is_centred=False)

    @property
    def shown(self) -> Cell:
        return _calculated(self.total.shown, self.total.place, self.total.number_format)

    @property
    def again(self) -> Cell:
        return _calculated(self.total.again, self.total.formula, self.total.number_format)

    @property
    def difference(self) -> Cell:
        value = round(self.total.shown - self.total.again, 6)
        return _calculated(value, f"ROUND(C{self.row}-D{self.row},6)", "0.######")

    @property
    def verdict(self) -> Cell:
        formula = f'IF(ABS(C{self.row}-D{self.row})<{TOLERANCE:.7f},"{SAME}","{DIFFERENT}")'
        return _calculated(SAME if self.is_same else DIFFERENT, formula)


def _calculated(value: str | float, formula: str, number_format: str = "General") -> Cell:
    """Makes a cell that office programs work out anew."""
    return Cell(value, Look.BODY, number_format, is_centred=True, formula=formula)


COLUMNS: tuple[BookColumn[CheckLine], ...] = (
    BookColumn("subject", "范围", 34, value=lambda line: line.subject),
    BookColumn("what", "校核项", 22, value=lambda line: line.total.what),
    BookColumn("shown", "表中数", 12, is_centred=True, value=lambda line: line.shown),
    BookColumn("again", "重新计算", 12, is_centred=True, value=lambda line: line.again),
    BookColumn("difference", "差", 10, is_centred=True, value=lambda line: line.difference),
    BookColumn("verdict", "结论", 12, is_centred=True, value=lambda line: line.verdict),
    BookColumn("how", "算法", 46, value=lambda line: line.total.how),
)


def build_checks(tables: CountedTables, note: str) -> BookTable:
    """Checks every total of the tables in a row of its own, and gives a verdict on all below them."""
    lines = [CheckLine(total, row) for row, total in enumerate(recounts(tables), FIRST_ROW)]
    last = FIRST_ROW + max(len(lines), 1) - 1
    verdict = ALL_SAME if all(line.is_same for line in lines) else SOME_DIFFERENT
    formula = (
        f'IF(COUNTIF($F${FIRST_ROW}:$F${last},"{SAME}")=ROWS($F${FIRST_ROW}:$F${last}),"{ALL_SAME}","{SOME_DIFFERENT}")'
    )
    total: RowCells = {
        "subject": "总结论",
        "what": f"共{len(lines)}项",
        "verdict": Cell(verdict, Look.TOTAL, is_centred=True, formula=formula),
    }
    return BookTable(
        name=NAME,
        title=f"{tables.snapshot.definition.period_name}校核",
        note=f"{note}。重新计算一列为公式，打开时由Excel、WPS重算",
        columns=COLUMNS,
        rows=rows_of(COLUMNS, lines),
        total=total,
        frozen="shown",
        alarms={"verdict": (DIFFERENT, SOME_DIFFERENT)},
    )
