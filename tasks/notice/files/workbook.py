"""An Excel workbook (.xlsx) → its visible sheets as tables, each cell as it is shown."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..model import NoticeError
from .contents import WIDEST_GRID, Contents, Grid
from .package import DamagedPart, Package

MOST_ROWS = 5000
MOST_SHEETS = 30
_NO_WORKBOOK = "Excel 工作簿（.xlsx）无法打开，可能已损坏"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Built-in formats (ECMA-376-1, 18.8.30) of dates; the Chinese ones are among 27 to 36 and 50 to 58.
_BUILT_IN = {
    9: "0%",
    10: "0.00%",
    **dict.fromkeys((*range(14, 18), *range(27, 37), *range(50, 59)), "yyyy年m月d日"),
}
_BUILT_IN |= {27: "yyyy年m月", 36: "yyyy年m月", 50: "yyyy年m月", 52: "yyyy年m月", 57: "yyyy年m月", 17: "yyyy年m月"}
_BUILT_IN |= {28: "m月d日", 29: "m月d日", 51: "m月d日", 53: "m月d日", 54: "m月d日", 58: "m月d日", 16: "m月d日"}
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_RANGE = re.compile(r"([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})")


def contents(package: Package, main_part: str) -> Contents:
    try:
        book = package.xml(main_part)
        targets = package.relationship_targets(main_part)
        shown = [each for each in book.iterfind("{*}sheets/{*}sheet") if each.get("state", "visible") == "visible"]
        parts = [targets.get(each.get(_RELATION, ""), "") for each in shown[:MOST_SHEETS]]
        reader = _Sheets(package, main_part, is_1904=_is_on(book.find("{*}workbookPr"), "date1904"))
        grids = [reader.grid(package.xml(part)) for part in parts if part.startswith("xl/worksheets/")]
    except DamagedPart as error:
        raise NoticeError(_NO_WORKBOOK) from error
    return Contents(tuple(grid for grid in grids if any(cell.strip() for cell in grid.cells)))


class _Sheets:
    """What all sheets of a workbook share: strings, formats, the day from which days are counted."""

    def __init__(self, package: Package, main_part: str, *, is_1904: bool) -> None:
        self._first_day = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)
        strings, styles = (
            next((package.xml(part) for part in package.related(main_part, kind) if part in package.names), None)
            for kind in ("sharedStrings", "styles")
        )
        self._strings = [] if strings is None else [_text(each) for each in strings.iterfind("{*}si")]
        self._formats = [] if styles is None else _formats(styles)

    def grid(self, sheet: Any) -> Grid:
        """The rows and columns that are shown, empty rows left out."""
        hidden = _hidden_columns(sheet)
        cells, places = [""], {}
        rows: list[int] = []
        for node in sheet.iterfind("{*}sheetData/{*}row"):
            if _is_on(node, "hidden"):
                continue
            number = int(node.get("r") or (rows[-1] + 1 if rows else 1))
            rows.append(number)
            if len(rows) > MOST_ROWS:
                raise NoticeError(f"工作表超过{MOST_ROWS}行，不像是任务分解表")
            for at, cell in enumerate(node.iterfind("{*}c")):
                column = _place(cell.get("r", ""))[0] if cell.get("r") else at
                text = self._shown(cell)
                if text and column < WIDEST_GRID:
                    places[number, column] = len(cells)
                    cells.append(text)
        for first, last in _merged(sheet, set(rows)):
            for row in range(first[1], last[1] + 1):
                for column in range(first[0], last[0] + 1):
                    places[row, column] = places.get((first[1], first[0]), 0)
        width = max((column for (_, column), place in places.items() if place), default=-1) + 1
        columns = [column for column in range(width) if column not in hidden]
        table = [tuple(places.get((row, column), 0) for column in columns) for row in rows]
        return Grid(tuple(cells), tuple(row for row in table if any(row)))

    def _shown(self, cell: Any) -> str:
        kind, value = cell.get("t", "n"), cell.findtext("{*}v", "")
        if kind == "inlineStr":
            return _text(cell.find("{*}is"))
        if kind == "s":
            return self._strings[int(value)] if value.isdecimal() and int(value) < len(self._strings) else ""
        if kind == "b":
            return {"1": "是", "0": "否"}.get(value, "")
        if kind != "n":
            return "" if kind == "e" else value
        style = cell.get("s", "0")
        pattern = self._formats[int(style)] if style.isdecimal() and int(style) < len(self._formats) else ""
        return _number(value, pattern, self._first_day)


def _number(value: str, pattern: str, first_day: datetime) -> str:
    """A number as its format shows it, in so far as texts need: dates, percentages, else the figures."""
    if not re.fullmatch(r"-?\d{1,18}(?:\.\d{1,20})?(?:E[-+]?\d{1,2})?", value):
        return value
    number = Decimal(value)
    pattern = re.sub(r'"([^"]*)"', r"\1", re.sub(r"\[[^\]]*\]|\\|;.*", "", pattern)).lower()
    if re.search(r"y|d|m+月", pattern) and 0 < number < 100_000:
        return _day(first_day + timedelta(days=float(number)), pattern)
    if "%" in pattern:
        digits = len(re.search(r"\.?(0*)%", pattern)[1]) if "." in pattern else 0  # type: ignore[index]
        return f"{(number * 100).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)}%"
    rounded = number.quantize(Decimal("1e-10"), ROUND_HALF_UP).normalize() if abs(number) < 10**15 else number
    return f"{rounded:f}"


def _day(day: datetime, pattern: str) -> str:
    """As notices write it; a format without a day or a year shows none."""
    parts = f"{day.year}年" if "y" in pattern else ""
    parts += f"{day.month}月"
    return parts + (f"{day.day}日" if "d" in pattern else "")


def _formats(styles: Any) -> list[str]:
    own = {each.get("numFmtId"): each.get("formatCode", "") for each in styles.iterfind("{*}numFmts/{*}numFmt")}
    used = [each.get("numFmtId", "0") for each in styles.iterfind("{*}cellXfs/{*}xf")]
    return [own.get(number) or _BUILT_IN.get(int(number) if number.isdecimal() else 0, "") for number in used]


def _text(node: Any) -> str:
    """A string's runs without the readings beside them."""
    if node is None:
        return ""
    return "".join(each.text or "" for each in node.iter("{*}t") if not each.getparent().tag.endswith("}rPh"))


def _merged(sheet: Any, rows: set[int]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    found = []
    for each in sheet.iterfind("{*}mergeCells/{*}mergeCell"):
        match = _RANGE.fullmatch(each.get("ref", ""))
        if match:
            first, last = _place(match[1]), _place(match[2])
            last = min(last[0], WIDEST_GRID - 1), min(last[1], max(rows, default=0))
            found.append((first, last))
    return found[:MOST_ROWS]


def _hidden_columns(sheet: Any) -> set[int]:
    return {
        column
        for each in sheet.iterfind("{*}cols/{*}col")
        if _is_on(each, "hidden")
        for column in range(int(each.get("min", "1")) - 1, min(int(each.get("max", "1")), WIDEST_GRID))
    }


def _place(address: str) -> tuple[int, int]:
    """(column from 0, row) of 「B12」."""
    match = _PLACE.fullmatch(address)
    if not match:
        return WIDEST_GRID, 0
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return column - 1, int(match[2])


def _is_on(node: Any, name: str) -> bool:
    return node is not None and node.get(name) in ("1", "true")
