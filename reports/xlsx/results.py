"""Puts formulas' results into a written sheet: openpyxl writes the formula alone, and a viewer would show nothing."""

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from reports.xlsx.sheets import Cell, Value, letter

Results = Mapping[str, Value]
FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f>[^<]*</f>)<v\s*(?:/>|></v>)</c>')


def results_of(rows: Sequence[Sequence[Cell]]) -> dict[str, Value]:
    """Gives the results of the cells with a formula, by address."""
    return {
        f"{letter(column)}{row}": cell.value
        for row, cells in enumerate(rows, 1)
        for column, cell in enumerate(cells)
        if cell.formula
    }


def with_results(sheet: bytes, results: Results) -> bytes:
    """Puts its result behind every formula of the sheet's XML."""

    def filled(match: re.Match[bytes]) -> bytes:
        value = results[match[1].decode()]
        kind = b' t="str"' if isinstance(value, str) else b' t="b"' if isinstance(value, bool) else b""
        text = escape(value) if isinstance(value, str) else f"{value:d}" if isinstance(value, bool) else str(value)
        return b'<c r="%b"%b%b>%b<v>%b</v></c>' % (match[1], match[2], kind, match[3], text.encode())

    return FORMULA.sub(filled, sheet)
