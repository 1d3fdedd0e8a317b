"""Tables of the workbook have columns known by keys, so that links, charts and checks can name their cells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from typing import Any, Generic, TypeVar

from reports.xlsx.sheets import Cell, Chart, Condition, Look, Sheet, Value, letter
from tasks.rules import rounding
from tasks.rules.rounding import half_up
from tasks.rules.status import Light

HEAD_ROW = 3
FIRST_ROW = HEAD_ROW + 1
PERCENT, TENTHS, DAY, WHOLE = "0%", "0.0%", "yyyy-mm-dd", "0"
POINTS, TENTH_POINTS = "+0;-0;0", "+0.0;-0.0;0.0"
PERCENTS = {rounding.WHOLE: PERCENT, rounding.TENTH: TENTHS}  # formats by the decimals that are shown
DIFFERENCES = {rounding.WHOLE: POINTS, rounding.TENTH: TENTH_POINTS}
ONGOING, NO_REPORT, NOTHING = "持续推进", "尚无通过的报告", "—"
UNREPORTED = "尚无"  # the same in a narrow column of figures
SYMBOLS: dict[str, str] = {
    **{Light.RED: "■", Light.YELLOW: "▲", Light.BLUE: "◆", Light.GREEN: "●"},
    **{Light.SUSPENDED: "□", Light.GREY: "√", Light.CANCELLED: "×", Light.UNASSIGNED: "○"},
}


def look_of(light: str) -> Look:
    """How a cell of that light looks; whatever has ended or hasn't begun is grey."""
    return Look(light) if Light(light).is_running else Look.GREY


CONDITIONS = {SYMBOLS[light]: look_of(light) for light in Light if light != Light.UNASSIGNED}
CHART_COLOURS: dict[str, str] = {
    Light.RED: "B42318",
    Light.YELLOW: "E0A100",
    Light.BLUE: "2F6DB5",
    Light.GREEN: "3C8D5A",
    Light.SUSPENDED: "C5CDD3",
    Light.GREY: "9AA3A9",
    Light.CANCELLED: "6B7479",
    Light.UNASSIGNED: "E4E8EB",
}
PAGE_WIDTH = 260  # letters on one page of paper, before they become too small to read
BAR, TICK = "34607F", "C5CDD3"  # progress, and what it is measured by


RowCells = Mapping[str, Value | Cell]  # by the keys of the columns; a cell that is left out is empty
AnyLine = TypeVar("AnyLine")


@dataclass(frozen=True, slots=True)
class BookColumn(Generic[AnyLine]):
    """A column of a table, which knows what it shows of one of the table's lines (`rows_of`)."""

    key: str
    title: str
    width: float
    number_format: str = "General"
    is_centred: bool = False
    value: Callable[[AnyLine], Value | Cell] | None = field(default=None, kw_only=True)


def rows_of(columns: Iterable[BookColumn[AnyLine]], lines: Iterable[AnyLine]) -> list[RowCells]:
    """Makes one row of each line, as the columns show it."""
    shown = [(column.key, column.value) for column in columns if column.value]
    return [{key: value(line) for key, value in shown} for line in lines]


@dataclass(slots=True)
class BookTable:
    """A titled table fills a sheet: head in the third row, rows below it, one total that no filter takes away."""

    name: str
    title: str
    note: str
    columns: Sequence[BookColumn[Any]]
    rows: Sequence[RowCells]
    total: RowCells | None = None
    frozen: str = ""  # the first column that scrolls, by key
    lights: Sequence[str] = ()  # columns of light words
    alarms: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by column, what is wrong if a text begins so
    printed: str = ""  # the last column that goes to paper, by key
    is_filtered: bool = True
    is_landscape: bool = True
    upright: Sequence[str] = ()
    charts: Sequence[Chart] = field(default_factory=list)
    tail: Sequence[Sequence[Cell]] = ()  # rows below everything
    is_one_page: bool = False
    is_one_wide: bool = False  # however many columns it has, paper shows them side by side

    def letter(self, key: str) -> str:
        return letter(self._place(key))

    def _place(self, key: str) -> int:
        return next(place for place, column in enumerate(self.columns) if column.key == key)

    def _pages_wide(self) -> int:
        if self.is_one_wide:
            return 1
        last = self._place(self.printed) + 1 if self.printed else len(self.columns)
        side = self._place(self.frozen) if self.frozen else 0
        fixed, rest = (sum(column.width for column in part) for part in (self.columns[:side], self.columns[side:last]))
        return max(1, ceil(rest / (PAGE_WIDTH - fixed)))

    def place(self, key: str, row: int) -> str:
        """Gives the address of one cell, rows counted from 0."""
        return f"'{self.name}'!{self.letter(key)}{FIRST_ROW + row}"

    def rows_link(self, first: int, last: int) -> str:
        """Gives the address of whole rows, which a link chooses; rows counted from 0."""
        return f"'{self.name}'!A{FIRST_ROW + first}:{letter(len(self.columns) - 1)}{FIRST_ROW + last}"

    @property
    def last_row(self) -> int:
        """The number of the last row; an empty table has one that says so."""
        return HEAD_ROW + max(len(self.rows), 1)

    def cells(self, key: str) -> str:
        column = self.letter(key)
        return f"'{self.name}'!${column}${FIRST_ROW}:${column}${self.last_row}"

    def sheet(self, page_header: tuple[str, str]) -> Sheet:
        last = letter(len(self.columns) - 1)
        body = [[_cell(row.get(column.key), column) for column in self.columns] for row in self.rows]
        if not body:
            body = [[Cell("（无）" if not place else None, Look.BODY) for place in range(len(self.columns))]]
        if self.total is not None:
            body.append([_cell(self.total.get(column.key), column, Look.TOTAL) for column in self.columns])
        pages = self._pages_wide()
        return Sheet(
            self.name,
            [[Cell(self.title, Look.TITLE)], [Cell(self.note, Look.NOTE)], self._head(), *body, *self.tail],
            widths=[column.width for column in self.columns],
            frozen=f"{self.letter(self.frozen) if self.frozen else 'A'}{FIRST_ROW}",
            head=(HEAD_ROW, HEAD_ROW),
            filtered=f"A{HEAD_ROW}:{last}{self.last_row}" if self.is_filtered else "",
            is_landscape=self.is_landscape,
            conditions=self._conditions(),
            charts=self.charts,
            is_one_page=self.is_one_page,
            pages_wide=pages,
            side=("A", letter(self._place(self.frozen) - 1)) if pages > 1 and self.frozen else None,
            printed=f"A1:{self.letter(self.printed)}{HEAD_ROW + len(body)}" if self.printed else "",
            page_header=page_header,
        )

    def _conditions(self) -> list[Condition]:
        def cells(key: str, last_row: int) -> str:
            return f"{self.letter(key)}{FIRST_ROW}:{self.letter(key)}{last_row}"

        lights = [
            Condition(cells(key, self.last_row), start, look)
            for key in self.lights
            for start, look in CONDITIONS.items()
        ]
        alarms = [
            Condition(cells(key, self.last_row + 1), start, Look.RED)
            for key, starts in self.alarms.items()
            for start in starts
        ]
        return [*lights, *alarms]

    def _head(self) -> list[Cell]:
        return [
            Cell(column.title, Look.UPRIGHT if column.key in self.upright else Look.HEAD, is_centred=True)
            for column in self.columns
        ]


def _cell(value: Value | Cell, column: BookColumn[Any], look: Look = Look.BODY) -> Cell:
    if isinstance(value, Cell):
        return value
    return Cell(value, look, column.number_format, is_centred=column.is_centred)


def percent(value: float | None, places: int = rounding.WHOLE) -> float | None:
    """Gives a share as Excel keeps it, rounded as it is shown: 72.86 with one decimal is 0.729."""
    return None if value is None else float(half_up(value, places).scaleb(-2))


def amount(value: Decimal | None) -> Cell:
    """Shows a number with the decimals that it has, and no bare point behind a whole one."""
    if value is None:
        return Cell(None, Look.BODY, is_centred=True)
    places = min(max(-int(value.normalize().as_tuple().exponent), 0), 2)
    return Cell(value, Look.BODY, "#,##0" + (f".{'0' * places}" if places else ""), is_centred=True)


def light_text(light: str, word: str) -> str:
    """Names a light by a shape, a colour and a word, as pages do: 「▲ 黄 滞后」."""
    return " ".join(filter(None, (SYMBOLS[light], Light(light).colour, word)))


def linked(value: Value, link: str, number_format: str = "General", *, is_centred: bool = True) -> Cell:
    return Cell(value, Look.BODY, number_format, is_centred=is_centred, link=link)
