"""Describes what a workbook is, sheets of typed cells, without saying how it is written: `reports.xlsx` does that.

A text is a text whatever it begins with: nothing here is ever a formula unless it says so.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Value = str | int | float | Decimal | date | bool | None

LINE_HEIGHT = 15.0  # points, of a line of 10.5 point text
TALLEST_ROW = 409.0  # points; Excel knows no taller one


class Look(StrEnum):
    """Names how a cell looks; what each means in fonts and fills is the writer's."""

    PLAIN = "plain"
    TITLE = "title"
    NOTE = "note"
    HEAD = "head"
    LOCKED = "locked"
    INPUT = "input"
    WRONG = "wrong"
    RIGHT = "right"
    COVER = "cover"
    HEADING = "heading"
    BODY = "body"
    TOTAL = "total"
    UPRIGHT = "upright"  # a column's head written downwards
    RED = "red"
    YELLOW = "yellow"
    BLUE = "blue"
    GREEN = "green"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a sheet: `number_format` is as Excel writes it; `is_open` stays writable on a protected sheet.

    With a `formula` (without its equals sign) `value` is its result, which programs that don't calculate show. `link`
    is a place in the same workbook: `'任务台账'!A5`.
    """

    value: Value = None
    look: Look = Look.PLAIN
    number_format: str = "General"
    is_open: bool = False
    is_centred: bool = False
    formula: str = ""
    link: str = ""


# Looks of one line each, however long their text, with the height that their letters take.
ONE_LINE = {Look.COVER: 34.0, Look.TITLE: 26.0, Look.HEADING: 22.0, Look.NOTE: 18.0}
BLANK = Cell()  # not even written


@dataclass(frozen=True, slots=True)
class Condition:
    """Cells of the range whose text begins with `start` look like `look`, wherever sorting puts them."""

    cells: str
    start: str
    look: Look


@dataclass(frozen=True, slots=True)
class Series:
    """A series of a chart: `cells` name their sheet; `values` serve programs that draw without reading cells."""

    name: str
    cells: str
    values: tuple[float | None, ...]  # None is a gap
    colour: str
    colours: tuple[str, ...] = ()  # where every bar has its own


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart stands at `anchor`: bars, or lines. `labels` are the texts in `categories`.

    Sizes are in centimetres.
    """

    title: str
    anchor: str
    categories: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    number_format: str = "0"
    is_horizontal: bool = False
    is_stacked: bool = False
    is_lines: bool = False
    width: float = 20.0
    height: float = 8.0


@dataclass(frozen=True, slots=True)
class Validation:
    """What Excel accepts in a range, and what it says: as a hint when the cell is chosen, as a refusal afterwards."""

    cells: str
    kind: str  # list, whole, decimal, textLength
    message: str
    title: str = "填写说明"
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    is_strict: bool = True  # otherwise the choices are offered, and anything else is taken too


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a long table (`reports.xlsx.write_rows`): its head, its width, how its values are shown."""

    title: str
    width: float = 12
    number_format: str = "General"
    is_wrapped: bool = False


@dataclass(slots=True)
class Sheet:
    """A sheet, row by row. `frozen` is the first cell that scrolls; `head` the rows that every page repeats.

    `printed` is the range that goes to paper, all of it where empty; `page_header` stands left and right above it.
    Paper shows it `pages_wide`, each with the columns of `side` repeated, and one page high where it `is_one_page`.
    """

    name: str
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[float] = ()
    frozen: str = ""
    head: tuple[int, int] | None = None
    hidden_columns: Sequence[str] = ()
    validations: Sequence[Validation] = ()
    filtered: str = ""
    is_hidden: bool = False
    is_protected: bool = False
    is_landscape: bool = True
    has_own_heights: bool = True
    conditions: Sequence[Condition] = ()
    charts: Sequence[Chart] = ()
    printed: str = ""
    is_one_page: bool = False
    pages_wide: int = 1
    side: tuple[str, str] | None = None
    page_header: tuple[str, str] = ("", "")


@dataclass(slots=True)
class Book:
    """A workbook; `written_at` is all that the file says of time, so that the same facts give the same bytes."""

    title: str
    written_at: datetime
    sheets: list[Sheet] = field(default_factory=list)


def letter(number: int) -> str:
    """Gives the column's letters, counted from 0."""
    return chr(ord("A") + number) if number < 26 else f"{letter(number // 26 - 1)}{letter(number % 26)}"


def text_width(text: str) -> int:
    """Measures the text in columns of a Latin letter; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def lines_of(value: Value, width: float) -> int:
    """Counts the lines that the value takes in a column of that width, wrapped."""
    room = max(int(width) - 1, 2)
    return (
        sum(max(1, -(-text_width(line) // room)) for line in str(value).splitlines()) if value not in (None, "") else 1
    )


def row_height(cells: Sequence[Cell], widths: Sequence[float]) -> float:
    """Fits the row to its longest text: no office program works it out for a file that it only opens."""
    heights = [LINE_HEIGHT + 4]
    for cell, width in zip(cells, widths, strict=False):
        if cell.look in ONE_LINE:
            heights.append(ONE_LINE[cell.look])
        elif isinstance(cell.value, str):
            lines = len(cell.value) if cell.look == Look.UPRIGHT else lines_of(cell.value, width)
            heights.append(lines * LINE_HEIGHT + 4)
    return min(max(heights), TALLEST_ROW)
