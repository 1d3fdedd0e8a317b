"""Reads a small workbook from outside as plain cells: values with number formats, trailing blanks gone, no more.

What hides a cell's value from whoever only reads values is told with it: errors, pictures in cells, formulas without
their results, cells joined into one.
"""

import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, iterparse

from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.utils.datetime import from_excel

from reports.xlsx.formats import BUILTIN, EAST_ASIAN, FIRST_OWN
from reports.xlsx.safety import BROKEN, FILL_IN, WorkbookRefused, refuse_hostile
from reports.xlsx.seen import MAIN

PICTURE = re.compile(r"=\s*(?:_xlfn\.)?(?:_xlws\.)?(?:DISPIMG|IMAGE)\s*\(", re.IGNORECASE)
# The part by which a workbook knows the pictures that stand in its cells.
PICTURES = "xl/richdata/richvaluerel.xml"
ROW, CELL, FORMULA, CONTENT, MERGED = (f"{MAIN}{name}" for name in ("row", "c", "f", "v", "mergeCell"))
FLOATING = tuple(f"{MAIN}{name}" for name in ("drawing", "legacyDrawing", "picture"))


class Trouble(Enum):
    """Why a cell's value is not what it seems."""

    ERROR = "error"
    PICTURE = "picture"
    NO_RESULT = "formula without a result"


class ReadCell(NamedTuple):
    """A cell as it lies in the file. `value` is a text, number, bool, date, time or None."""

    value: Any
    number_format: str
    trouble: Trouble | None = None


EMPTY = ReadCell(None, "General")
SheetCells = list[list[ReadCell]]


@dataclass(frozen=True, slots=True)
class Merged:
    """Cells joined into one: `place` as people write it, the numbers counted from 0, the last ones included."""

    place: str
    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(slots=True)
class ReadSheet:
    """A sheet's cells, which of them are joined, and whether pictures or comments lie over them."""

    rows: SheetCells
    merged: list[Merged] = field(default_factory=list)
    has_drawings: bool = False


def open_sheets(content: bytes) -> dict[str, ReadSheet]:
    """Reads every sheet, by its name. Raises WorkbookRefused for what is hostile, broken or no workbook."""
    refuse_hostile(io.BytesIO(content))
    # A broken file breaks the library in any way it likes; whichever it is, the file can't be read.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            try:
                return {sheet.title: _read(sheet) for sheet in workbook.worksheets}
            finally:
                workbook.close()
    except Exception as error:
        raise WorkbookRefused(BROKEN) from error


def _read(sheet: Any) -> ReadSheet:
    read = ReadSheet(_trimmed(_cells(sheet)))
    names = {name.lower() for name in sheet.parent._archive.namelist()}
    with sheet._get_source() as part:
        _look(part, read, has_pictures=PICTURES in names)
    return read


def _cells(sheet: Any) -> Iterator[list[ReadCell]]:
    sheet.reset_dimensions()  # what WPS says of a sheet's size need not be true
    for row in sheet.iter_rows(max_row=FILL_IN.last_row, max_col=FILL_IN.last_column):
        cells = [EMPTY if cell.value is None else _cell(cell) for cell in row]
        while cells and cells[-1] is EMPTY:
            cells.pop()
        yield cells


def _cell(cell: Any) -> ReadCell:
    number = cell.style_array.numFmtId
    code = BUILTIN.get(number, "General") if number < FIRST_OWN else cell.number_format
    is_day = number in EAST_ASIAN and isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    is_picture = isinstance(cell.value, str) and PICTURE.match(cell.value) is not None
    return ReadCell(from_excel(cell.value) if is_day else cell.value, code, Trouble.PICTURE if is_picture else None)


def _trimmed(rows: Iterator[list[ReadCell]]) -> SheetCells:
    trimmed = list(rows)
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return trimmed


def _look(part: Any, read: ReadSheet, *, has_pictures: bool) -> None:
    """Marks the cells whose values are not what they seem, and notes what is joined."""
    row = column = 0
    for event, element in iterparse(part, ("start", "end")):
        if event == "start":
            if element.tag == ROW:
                row, column = int(element.get("r") or row + 1), 0
        elif element.tag == CELL:
            column = coordinate_to_tuple(element.attrib["r"])[1] if element.get("r") else column + 1
            if trouble := _trouble(element, has_pictures=has_pictures):
                _mark(read.rows, row - 1, column - 1, trouble)
        elif element.tag == ROW:
            element.clear()
        elif element.tag == MERGED:
            read.merged.append(_merged(element.attrib["ref"]))
        elif element.tag in FLOATING:
            read.has_drawings = True


def _trouble(cell: Element, *, has_pictures: bool) -> Trouble | None:
    formula, content, kind = cell.find(FORMULA), cell.findtext(CONTENT) or "", cell.get("t", "n")
    if formula is not None and PICTURE.match(f"={formula.text or ''}"):
        return Trouble.PICTURE
    if kind == "e":
        return Trouble.PICTURE if cell.get("vm") and has_pictures else Trouble.ERROR
    return Trouble.NO_RESULT if formula is not None and not content and kind != "str" else None


def _mark(rows: SheetCells, row: int, column: int, trouble: Trouble) -> None:
    if not (0 <= row < FILL_IN.last_row and 0 <= column < FILL_IN.last_column):
        return
    rows.extend([] for _ in range(row + 1 - len(rows)))
    rows[row].extend([EMPTY] * (column + 1 - len(rows[row])))
    rows[row][column] = rows[row][column]._replace(trouble=trouble)


def _merged(place: str) -> Merged:
    first_column, first_row, last_column, last_row = (int(each or 1) - 1 for each in range_boundaries(place))
    return Merged(place, first_row, last_row, first_column, last_column)
