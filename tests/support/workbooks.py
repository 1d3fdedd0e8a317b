"""Fill-in workbooks for tests: as issued, and as an agency sends them back."""

import io
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from openpyxl import load_workbook

from agencies.models import Agency
from reports.fillin.known import collect
from reports.fillin.layout import FIRST_ROW, FORM, FORM_COLUMNS, READING_COLUMNS, READINGS, letter_of
from reports.fillin.workbook import describe_fill_in
from reports.xlsx import to_bytes
from tasks.models import ReportingPeriod
from tests.support.hostile import repacked


def issued(agency: Agency, period: ReportingPeriod, at: datetime) -> bytes:
    return to_bytes(describe_fill_in(collect(agency, period, at)))


def edited(content: bytes, change: Callable[[Any], None]) -> bytes:
    """As an office program saves it after the change."""
    workbook = load_workbook(io.BytesIO(content))
    change(workbook)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def address(key: str, row: int = 0) -> str:
    """Of a column of the first sheet, in the row counted from 0."""
    return f"{letter_of(FORM_COLUMNS, key)}{FIRST_ROW + row}"


def write(workbook: Any, row: int, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        cell = workbook[FORM][address(key, row)]
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"


def filled_rows(content: bytes, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """With these values in the first rows, one after the other."""

    def change(workbook: Any) -> None:
        for number, values in enumerate(rows):
            write(workbook, number, values)

    return edited(content, change)


def filled(content: bytes, row: int = 0, *, reading: Any = None, **values: Any) -> bytes:
    """With these values in a row, and in its first indicator's cell."""

    def change(workbook: Any) -> None:
        write(workbook, row, values)
        if reading is not None:
            workbook[READINGS][f"{letter_of(READING_COLUMNS, 'reading')}{FIRST_ROW}"] = reading

    return edited(content, change)


def swapped(content: bytes, sheet: str, rows: tuple[int, int], columns: str) -> bytes:
    """With these columns of two rows exchanged, the others left where they are."""

    def change(workbook: Any) -> None:
        for column in columns:
            one, two = (workbook[sheet][f"{column}{row}"] for row in rows)
            one.value, two.value = two.value, one.value

    return edited(content, change)


def with_markup(content: bytes, place: str, cell: str, member: str = "xl/worksheets/sheet2.xml") -> bytes:
    """With a cell as other programs write it: `cell` is what stands between `<c r="H4"` and the end of the cell."""

    def change(members: dict[str, bytes]) -> None:
        pattern = rf'<c r="{place}"(?:[^>]*/>|.*?</c>)'.encode()
        whole = f'<c r="{place}" {cell}</c>'.encode()
        members[member], count = re.subn(pattern, lambda _: whole, members[member], count=1)
        assert count == 1, place

    return repacked(content, change)
