"""A quarterly workbook from outside says what it is; this finds which cells differ from the one that was built.

What an office program does when it saves a file anew is no alteration: values are compared, not bytes. But what shows
another value is: number formats, hidden rows, columns and sheets, letters in the colour of their ground, page headers.
Both workbooks are read row by row, side by side, so that their size costs time and no memory.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import zip_longest
from typing import Any, BinaryIO

from reports.quarter.book.checks import DEFINITION, FACTS, FACTS_BEFORE
from reports.quarter.book.checks import NAME as CALCULATED
from reports.quarter.book.cover import NAME as COVER
from reports.quarter.definition import BadDefinition, Definition
from reports.xlsx import QUARTERLY, ReadValue, WorkbookRefused, WorkbookValues, refuse_hostile
from reports.xlsx.display import show_same, shown
from reports.xlsx.seen import Seen, Styles
from reports.xlsx.sheets import letter
from reports.xlsx.values import NO_ROW

TOLERANCE = 1e-7
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
NO_IDENTITY = "文件中没有生成条件，不是本系统生成的督办情况工作簿。"
LONGEST = 100_000  # characters of a definition, of however many plans
LONGEST_SHOWN = 60
ANYWHERE = "全部工作表"
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class CoverIdentity:
    """What the workbook says that it is; a claim, as everything in a file is."""

    definition: Definition
    facts_sha256: str


@dataclass(frozen=True, slots=True)
class Alteration:
    """A cell, or a row, column or page header, that isn't as built; without a `cell`, a whole sheet."""

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
    """Reads what the workbook says that it is. Raises WorkbookRefused where it says nothing."""
    entries = _entries(workbook)
    digest = entries.get(FACTS) or entries.get(FACTS_BEFORE, "")
    if not DIGEST.fullmatch(digest):
        raise WorkbookRefused(NO_IDENTITY)
    try:
        return CoverIdentity(Definition.from_json(entries.get(DEFINITION, "")), digest)
    except BadDefinition as error:
        raise WorkbookRefused(NO_IDENTITY) from error


def _entries(workbook: WorkbookValues) -> dict[str, str]:
    """Finds definition and fingerprint, piece by piece: on 校核, in files of earlier versions on the cover."""
    entries: dict[str, str] = {}
    for sheet in (CALCULATED, COVER):
        if not entries and sheet in workbook.names:
            for row in workbook.rows(sheet):
                if (
                    len(row) > 1
                    and row[0] in (DEFINITION, FACTS, FACTS_BEFORE)
                    and len(entries.get(str(row[0]), "")) < LONGEST
                ):
                    entries[str(row[0])] = entries.get(str(row[0]), "") + str(row[1] or "")
    return entries


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
    if upload.styles.has_conditional_formats and not built.styles.has_conditional_formats:
        yield Alteration(ANYWHERE, "", "按数值显示", "条件格式改变了数字的显示")
    for name in built.names:
        if name in upload.names:
            hidden = upload.seen(name).hidden_columns - built.seen(name).hidden_columns
            yield from _of_sheet(name, upload, built, hidden)
            yield from _around(name, upload.seen(name), built.seen(name))


def _of_sheet(name: str, upload: WorkbookValues, built: WorkbookValues, hidden: frozenset[int]) -> Iterator[Alteration]:
    """Compares the cells of a sheet, and what is hidden of those that hold anything."""
    columns: set[int] = set()
    for row, (now, before) in enumerate(
        zip_longest(upload.read_rows(name), built.read_rows(name), fillvalue=NO_ROW), 1
    ):
        if now.is_hidden and not before.is_hidden and before.values:
            yield Alteration(name, f"第{row}行", "显示", "被隐藏")
        columns.update(column for column in hidden if column <= len(before.values) and before.values[column - 1])
        for column, (is_value, was_value) in enumerate(zip_longest(now.values, before.values)):
            if name == CALCULATED and is_value is None:
                continue  # some programs save formulas without their results
            cell = f"{letter(column)}{row}"
            if not _same(is_value, was_value):
                yield Alteration(name, cell, _shown(was_value), _shown(is_value))
            elif was_value is not None and is_value is not None:
                yield from _shown_otherwise(
                    Alteration(name, cell, _shown(was_value), ""),
                    was_value,
                    (upload.styles, now.styles[column]),
                    (built.styles, before.styles[column]),
                )
    yield from (Alteration(name, f"{letter(column - 1)}列", "显示", "被隐藏") for column in sorted(columns))


def _shown_otherwise(
    cell: Alteration, value: ReadValue, now: tuple[Styles, int], before: tuple[Styles, int]
) -> Iterator[Alteration]:
    """Tells that a cell of the same value is shown otherwise, by its number format or in an invisible colour."""
    code, was_code = (styles.format_of(style) for styles, style in (now, before))
    if code != was_code and not show_same(value, code, was_code):
        found = shown(value, code) or "空白"
        yield replace(cell, built=f"显示为“{shown(value, was_code)}”", found=f"显示为“{found}”（数字格式{code}）")
    if now[1] in now[0].invisible and before[1] not in before[0].invisible:
        yield replace(cell, found="字色与底色相同，看不见")


def _around(name: str, now: Seen, before: Seen) -> Iterator[Alteration]:
    """Tells what of a whole sheet is shown otherwise."""
    if now.is_hidden and not before.is_hidden:
        yield Alteration(name, "", "显示", "工作表被隐藏")
    if now.hides_rows and not before.hides_rows:
        yield Alteration(name, "", "显示", "各行默认隐藏")
    if now.printed != before.printed:
        yield Alteration(name, "页眉页脚", _header_words(before.printed), _header_words(now.printed))


def _header_words(printed: str) -> str:
    """The words alone of headers and footers, shortened."""
    words = re.sub(r"(?m)^(?:odd|even|first)(?:Header|Footer)|&[LCR]", " ", printed)
    return _shown(words.strip() or None)


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
