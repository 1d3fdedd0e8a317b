"""Reads a small workbook from outside as plain cells: values with number formats, trailing blanks gone, no more."""

import io
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

from openpyxl import load_workbook

from reports.xlsx.safety import BROKEN, FILL_IN, WorkbookRefused, refuse_hostile


class ReadCell(NamedTuple):
    """A cell as it lies in the file. `value` is a text, number, bool, date, time or None."""

    value: Any
    number_format: str


EMPTY = ReadCell(None, "General")
SheetCells = list[list[ReadCell]]


def open_sheets(content: bytes) -> dict[str, SheetCells]:
    """Reads every sheet's cells, by its name. Raises WorkbookRefused for what is hostile, broken or no workbook."""
    refuse_hostile(io.BytesIO(content))
    # A broken file breaks the library in any way it likes; whichever it is, the file can't be read.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            try:
                return {sheet.title: _trimmed(_cells(sheet)) for sheet in workbook.worksheets}
            finally:
                workbook.close()
    except Exception as error:
        raise WorkbookRefused(BROKEN) from error


def _cells(sheet: Any) -> Iterator[list[ReadCell]]:
    sheet.reset_dimensions()  # what WPS says of a sheet's size need not be true
    for row in sheet.iter_rows(max_row=FILL_IN.last_row, max_col=FILL_IN.last_column):
        cells = [EMPTY if cell.value is None else ReadCell(cell.value, cell.number_format) for cell in row]
        while cells and cells[-1] is EMPTY:
            cells.pop()
        yield cells


def _trimmed(rows: Iterator[list[ReadCell]]) -> SheetCells:
    trimmed = list(rows)
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return trimmed
