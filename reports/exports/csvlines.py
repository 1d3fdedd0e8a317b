"""Tables are written as CSV, line by line: with the mark by which Excel and WPS know UTF-8, and never a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "\ufeff" + _line(head)
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[object]) -> str:
    out = StringIO()
    csv.writer(out).writerow(["" if cell is None else _safe(cell) for cell in cells])
    return out.getvalue()


def _safe(cell: object) -> str:
    """Keeps what a person wrote from being a formula; a number below zero is none."""
    text = str(cell)
    if not isinstance(cell, str):
        return text
    begins = text.lstrip(" \u3000").startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS)
    return f"'{text}" if begins else text
