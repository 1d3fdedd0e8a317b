"""Reads a fill-in workbook that came back: whose it is, and what was written in it, cell by cell."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.crypto import constant_time_compare

from reports.fillin.cell_values import (
    Unreadable,
    date_in,
    narrow,
    number_in,
    percent_in,
    shown_in,
    text_of,
    yes_in,
)
from reports.fillin.headed import NOT_OURS, HeadedSheet, Sheets, require_sheets
from reports.fillin.identity import Identity, IssuedRow, squeezed, standing_digest
from reports.fillin.known import Texts, number_text
from reports.fillin.layout import (
    FORM,
    FORM_COLUMNS,
    META,
    OTHER_REASON,
    READING_COLUMNS,
    READINGS,
    SEEN,
    TEMPLATE,
    TITLES,
)
from reports.fillin.strangers import is_footer, key_in
from reports.xlsx import WorkbookRefused, open_sheets
from tasks.http.fields import READING
from tasks.rules.unchanged import REASONS

LONGEST_TYPED = 32_767  # characters of one cell, which no office program exceeds; the form's own limit is lower
READERS: dict[str, Callable[[object, str], object]] = {
    "percent": percent_in,
    "unchanged": lambda value, _: unchanged_in(value),
}
WRITTEN = tuple(column.key for column in FORM_COLUMNS if column.field)
DISPLACED = "可能是只移动、复制或排序了部分列。请把整行恢复原位，或重新下载填报表，把内容抄入后再上传。"


@dataclass(slots=True)
class FileRow:
    """What the file says of one assignment: its texts by field, where they stand, and which can't be read."""

    assignment: int
    place: str  # 填报!A7
    texts: Texts = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)  # by field; "" is the row as a whole
    cells: dict[str, str] = field(default_factory=dict)  # by field: 填报!G7
    due_on: str = ""  # as the file has it


@dataclass(slots=True)
class FilledWorkbook:
    """The whole file as it was read.

    `strays` are messages of rows that belong to nothing, `notes` of what was left out and need not be in the file.
    """

    identity: Identity
    rows: list[FileRow]
    strays: list[str]
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "FilledWorkbook":
        identity = dict(content["identity"])
        identity["rows"] = {int(pk): IssuedRow(**row) for pk, row in identity["rows"].items()}
        rows = [FileRow(**row) for row in content["rows"]]
        return cls(Identity(**identity), rows, list(content["strays"]), list(content.get("notes", [])))


def read_workbook(content: bytes) -> FilledWorkbook:
    """Reads the file; what is wrong in a row stays with it. Raises WorkbookRefused where the whole can't be taken."""
    sheets = open_sheets(content)
    require_sheets(sheets)
    identity = _identity(sheets)
    form = HeadedSheet(FORM, sheets, FORM_COLUMNS)
    filled = FilledWorkbook(identity, [], [], _notes(form, sheets))
    rows: dict[int, FileRow] = {}
    for number in form.row_numbers:
        row = _form_row(form, number, identity, filled)
        if row is None:
            continue
        if row.assignment in rows:
            filled.strays.append(f"{row.place}：与{rows[row.assignment].place}是同一项任务，请只留一行。")
            rows[row.assignment].wrong[""] = f"与{row.place}是同一项任务，请只留一行。"
        else:
            rows[row.assignment] = row
    if READINGS in sheets:
        _add_readings(HeadedSheet(READINGS, sheets, READING_COLUMNS), rows, filled)
    filled.notes += _keep_missing_readings(rows, identity, has_sheet=READINGS in sheets)
    filled.rows = list(rows.values())
    return filled


def _notes(form: HeadedSheet, sheets: Sheets) -> list[str]:
    drawn = [name for name in (FORM, READINGS) if name in sheets and sheets[name].has_drawings]
    notes = [f"“{name}”页上有图片、图形或批注，不随表报送；需要报送的请作为佐证材料上传。" for name in drawn]
    return notes + [f"“{title}”不是填报表的列，这一列没有读取。" for title in form.others]


def _identity(sheets: Sheets) -> Identity:
    lines = [[text_of(cell.value) for cell in row] for row in sheets[META].rows if row]
    facts = {line[0]: line[1] for line in lines[:6] if len(line) >= 2}
    if facts.get("模板版本", TEMPLATE) != TEMPLATE:
        raise WorkbookRefused(f"填报表的模板版本是{facts['模板版本'][:10]}，现行版本是{TEMPLATE}，请重新下载后填写。")
    try:
        rows = [IssuedRow(int(pk), version, _texts(base), _texts(seen)) for pk, version, base, seen in lines[6:]]
        identity = Identity(
            agency=int(facts["单位标识"]),
            plan=facts["行动计划"],
            period=facts["报告期"],
            issued_at=facts["签发时间"],
            rows={row.assignment: row for row in rows},
        )
        is_ours = constant_time_compare(identity.signature, facts["签名"]) and len(identity.rows) == len(rows)
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise WorkbookRefused(NOT_OURS) from error
    if not is_ours:
        raise WorkbookRefused(NOT_OURS)
    return identity


def _texts(text: str) -> Texts:
    texts = json.loads(text)
    if not isinstance(texts, dict):
        raise ValueError("no object")
    return texts


def _form_row(table: HeadedSheet, number: int, identity: Identity, filled: FilledWorkbook) -> FileRow | None:
    key = table.text(number, "assignment")
    place = table.address(number, "label")
    issued = identity.rows.get(key_in(key))
    if issued is None:
        _add_stranger(table, number, identity, filled)
        return None
    row = FileRow(issued.assignment, place)
    if table.text(number, "version") != issued.version:
        row.wrong[""] = "行版本已被改动，请重新下载填报表，把内容抄入后再上传。"
    for column in FORM_COLUMNS:
        if column.field:
            reader = READERS.get(column.field, shown_in)
            _read_cell(table=table, number=number, key=column.key, name=column.field, reader=reader, row=row)
    _read_due(table, number, row)
    _check_seen(table, number, {key: issued.seen.get(key, "") for key in SEEN}, row, "seen")
    _check_standing(table, number, identity, row)
    if found := table.merged(number, (*SEEN, *WRITTEN)):
        merged, key = found
        field_name = key if key in TITLES else "seen"
        row.cells[field_name] = table.address(number, key)
        row.wrong[field_name] = f"{merged.place}是合并单元格，请取消合并，每项任务、每栏分别填写。"
    return row


def _add_stranger(table: HeadedSheet, number: int, identity: Identity, filled: FilledWorkbook) -> None:
    """A row of no task is named; 填表人：… below the table is left out and noted, a report that lost its id refused."""
    place = table.address(number, "label")
    if table.text(number, "assignment"):
        said = "任务标识已被改动，无法对应到任务。请重新下载填报表，把内容抄入后再上传。"
    elif is_footer(table, number, identity, WRITTEN):
        filled.notes.append(f"{place}：“{table.words(number)}”一行不是任务，没有读取。")
        return
    else:
        said = "这一行不是系统生成的任务，无法对应到任务，请删去此行；要填的内容写在任务所在的行。"
    filled.strays.append(f"{place}：{said}")


def _check_seen(table: HeadedSheet, number: int, expected: Texts, row: FileRow, name: str) -> None:
    """Refuses a row whose visible cells say that it is another than its hidden id does."""
    for key, text in expected.items():
        if squeezed(table.text(number, key)) != text and name not in row.wrong:
            row.cells[name] = table.address(number, key)
            row.wrong[name] = f"与本行的任务标识不符，应为“{text[:30]}”，{DISPLACED}"


def _check_standing(table: HeadedSheet, number: int, identity: Identity, row: FileRow) -> None:
    """Refuses a row that shows how another task stood: its other columns were moved alone."""
    standings = {pk: issued.seen.get("last") for pk, issued in identity.rows.items()}
    found = standing_digest(table.text(number, "last_percent"), table.text(number, "last_progress"))
    if found != standings[row.assignment] and found in standings.values() and "seen" not in row.wrong:
        row.cells["seen"] = table.address(number, "last_percent")
        row.wrong["seen"] = f"上次进度、上次进展是另一项任务的，{DISPLACED}"


def _read_cell(
    table: HeadedSheet,
    number: int,
    key: str,
    name: str,
    reader: Callable[[object, str], object],
    row: FileRow,
) -> None:
    row.cells[name] = table.address(number, key)
    try:
        value = table.read(number, key, reader)
    except Unreadable as error:
        row.wrong[name] = str(error)
        value = table.text(number, key)
    text = number_text(value) if reader is number_in else value
    if text is not None and str(text):
        row.texts[name] = str(text)[:LONGEST_TYPED]


def unchanged_in(value: object) -> str:
    """Reads 本期无变化: one of the reasons, 其他原因, or "" for a task that moved."""
    reason = narrow(value).replace(",", "，")
    if reason in REASONS or reason == OTHER_REASON:
        return reason
    try:
        return OTHER_REASON if yes_in(value) else ""
    except Unreadable:
        raise Unreadable("请从下拉列表中选择原因，有变化的留空。") from None


def _read_due(table: HeadedSheet, number: int, row: FileRow) -> None:
    """Reads the due date, which can't be changed here: one that differs is answered, however it was written down."""
    row.cells["due_on"] = table.address(number, "due_on")
    if table.text(number, "due_on") in ("", "持续推进"):
        row.due_on = table.text(number, "due_on")
        return
    try:
        row.due_on = str(table.read(number, "due_on", lambda value, _: date_in(value)))
    except Unreadable as error:
        row.wrong["due_on"] = str(error)


def _add_readings(table: HeadedSheet, rows: dict[int, FileRow], filled: FilledWorkbook) -> None:
    for number in table.row_numbers:
        assignment, indicator = key_in(table.text(number, "assignment")), key_in(table.text(number, "indicator"))
        row = rows.get(assignment)
        place, name = table.address(number, "label"), f"{READING}{indicator}"
        is_stranger = not table.text(number, "assignment") and not table.text(number, "indicator")
        if is_stranger and is_footer(table, number, filled.identity, ("reading",)):
            filled.notes.append(f"{place}：“{table.words(number)}”一行不是指标，没有读取。")
        elif row is None or not indicator:
            said = f"任务标识已被改动，或“{FORM}”页没有这项任务，读数无法对应。"
            filled.strays.append(f"{place}：{said}")
        elif name in row.cells:
            filled.strays.append(f"{place}：同一指标出现两次，请只留一行。")
            row.wrong[""] = f"{place}：同一指标出现两次，请只留一行。"
        else:
            _read_cell(table=table, number=number, key="reading", name=name, reader=number_in, row=row)
            _check_reading(table, number, filled.identity, row, name)


def _check_reading(table: HeadedSheet, number: int, identity: Identity, row: FileRow, name: str) -> None:
    seen = identity.rows[row.assignment].seen
    if name not in seen:
        return  # no indicator of this task, which the check says
    expected = {"label": seen.get("label", ""), "title": seen.get("title", ""), "name": seen[name]}
    _check_seen(table, number, expected, row, name)
    if found := table.merged(number, (*expected, "reading")):
        row.cells[name] = table.address(number, found[1])
        row.wrong[name] = f"{found[0].place}是合并单元格，请取消合并，每项指标分别填写。"


def _keep_missing_readings(rows: dict[int, FileRow], identity: Identity, *, has_sheet: bool) -> list[str]:
    """Leaves readings as they were issued where the file has no row for them: missing is not cleared."""
    missing = 0
    for row in rows.values():
        issued = identity.rows[row.assignment]
        for name in issued.seen:
            if name.startswith(READING) and name not in row.cells:
                missing += 1
                if name in issued.base:
                    row.texts[name] = issued.base[name]
    if not missing:
        return []
    if not has_sheet:
        return [f"文件中没有工作表“{READINGS}”，指标读数没有读取，沿用下载时的读数。"]
    return [f"“{READINGS}”页少了{missing}行，这些指标的读数没有读取，沿用下载时的读数。"]
