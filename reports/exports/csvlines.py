"""Tables are written as CSV, line by line: with the mark by which Excel and WPS know UTF-8, and never a formula."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

from django.db.models import QuerySet

ROWS_READ = 1000  # of a record, at a time

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "\ufeff" + _line(head)
    for row in rows:
        yield _line(row)


def newest_first(rows: QuerySet, columns: Iterable[Callable[[Any], object]]) -> Iterator[list[object]]:
    """Turns rows of a record into those of a table to take away, a thousand at a time.

    No cursor stays open in between: with one, SQLite lets its connection write nothing once others have written.
    """
    newest, columns = rows.order_by("-pk"), list(columns)
    part = list(newest[:ROWS_READ])
    while part:
        yield from ([value(row) for value in columns] for row in part)
        part = list(newest.filter(pk__lt=part[-1].pk)[:ROWS_READ])


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
