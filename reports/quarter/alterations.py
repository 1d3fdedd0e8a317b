"""A quarterly workbook from outside says what it is; this finds which cells differ from the one that was built.

What an office program does when it saves a file anew is no alteration: values are compared, not bytes. Both workbooks
are read row by row, side by side, so that their size costs time and no memory.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice, zip_longest
from typing import Any, BinaryIO

from reports.quarter.book.checks import DEFINITION, FACTS
from reports.quarter.book.checks import NAME as CALCULATED
from reports.quarter.book.cover import NAME
from reports.quarter.definition import BadDefinition, Definition
from reports.xlsx import QUARTERLY, ReadValue, WorkbookRefused, WorkbookValues, refuse_hostile
from reports.xlsx.sheets import letter

TOLERANCE = 1e-7
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
NO_IDENTITY = "文件中没有生成条件，不是本系统生成的督办情况工作簿。"
COVER_ROWS = 1000  # more than any has, of however many plans
LONGEST_SHOWN = 60
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class CoverIdentity:
    """What the cover says that the workbook is; a claim, as everything in a file is."""

    definition: Definition
    facts_sha256: str


@dataclass(frozen=True, slots=True)
class Alteration:
    """A cell that isn't as built; without a `cell`, a whole sheet that is missing or too many."""

    sheet: str
    cell: str
    built: str
    found: str


@dataclass(frozen=True, slots=True)
class Alterations:
    """How many alterations there are, and the first of them."""

    count: int
    shown: list[Alteration]


def open_quarterly(file: BinaryIO) -> WorkbookValues:
    """Opens a file from outside. Raises WorkbookRefused for what is hostile, broken or no workbook."""
    refuse_hostile(file, QUARTERLY)
    return WorkbookValues(file)


def cover_identity(workbook: WorkbookValues) -> CoverIdentity:
    """Reads what the cover says. Raises WorkbookRefused where it says nothing."""
    cover = islice(workbook.rows(NAME), COVER_ROWS) if NAME in workbook.names else ()
    entries = {str(row[0]): row[1] for row in cover if len(row) > 1}
    digest = str(entries.get(FACTS, ""))
    if not DIGEST.fullmatch(digest):
        raise WorkbookRefused(NO_IDENTITY)
    try:
        return CoverIdentity(Definition.from_json(str(entries.get(DEFINITION, ""))), digest)
    except BadDefinition as error:
        raise WorkbookRefused(NO_IDENTITY) from error


def alterations_of(upload: WorkbookValues, built: WorkbookValues) -> Alterations:
    """Finds every difference, sheet by sheet in the order of the workbook, row by row."""
    count, shown = 0, []
    for alteration in _alterations(upload, built):
        count += 1
        if count <= MOST_SHOWN:
            shown.append(alteration)
    return Alterations(count, shown)


def _alterations(upload: WorkbookValues, built: WorkbookValues) -> Iterator[Alteration]:
    yield from (Alteration(name, "", "有此工作表", "缺少此工作表") for name in built.names if name not in upload.names)
    yield from (Alteration(name, "", "无此工作表", "多出此工作表") for name in upload.names if name not in built.names)
    for name in built.names:
        if name in upload.names:
            yield from _of_sheet(name, upload.rows(name), built.rows(name))


def _of_sheet(name: str, upload: Iterator[list[ReadValue]], built: Iterator[list[ReadValue]]) -> Iterator[Alteration]:
    nothing: list[ReadValue] = []
    for row, (now, before) in enumerate(zip_longest(upload, built, fillvalue=nothing), 1):
        if now == before:
            continue
        for column, (is_value, was_value) in enumerate(zip_longest(now, before)):
            if name == CALCULATED and is_value is None:
                continue  # some programs save formulas without their results
            if not _same(is_value, was_value):
                yield Alteration(name, f"{letter(column)}{row}", _shown(was_value), _shown(is_value))


def _same(now: Any, before: Any) -> bool:
    now, before = _plain(now), _plain(before)
    if isinstance(now, float) and isinstance(before, float):
        return abs(now - before) <= TOLERANCE * max(1.0, abs(now), abs(before))
    return type(now) is type(before) and now == before


def _plain(value: Any) -> Any:
    """Gives the value as every program keeps it: no empty texts, one kind of line break and number, plain days."""
    if isinstance(value, str):
        return value.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip() or None
    if isinstance(value, datetime):
        return value.date() if value.time() == datetime.min.time() else value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    return value


def _shown(value: Any) -> str:
    if value is None:
        return "（空）"
    if isinstance(value, (date, datetime)):
        return f"{value:%Y-%m-%d}"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
