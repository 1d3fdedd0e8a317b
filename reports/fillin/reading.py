"""Reads a fill-in workbook that came back: whose it is, and what was written in it, cell by cell."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.crypto import constant_time_compare

from reports.fillin.cell_values import Unreadable, date_in, narrow, number_in, percent_in, text_of, yes_in
from reports.fillin.identity import Identity, IssuedRow
from reports.fillin.known import Texts, number_text
from reports.fillin.layout import (
    FORM,
    FORM_COLUMNS,
    META,
    OTHER_REASON,
    READING_COLUMNS,
    READINGS,
    RESULT,
    TEMPLATE,
    FillInColumn,
)
from reports.xlsx import SheetCells, WorkbookRefused, open_sheets
from tasks.http.fields import READING
from tasks.rules.unchanged import REASONS

NOT_OURS = "文件不是由本系统生成的填报表，或其中的隐藏内容已被改动。请重新下载填报表，把内容抄入后再上传。"
HEAD_WITHIN = 10  # rows
LONGEST_TYPED = 10_000  # characters of one cell that are kept; the form's own limit is lower


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
    """The whole file as it was read. `strays` are messages of rows that belong to nothing."""

    identity: Identity
    rows: list[FileRow]
    strays: list[str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "FilledWorkbook":
        identity = dict(content["identity"])
        identity["rows"] = {int(pk): IssuedRow(**row) for pk, row in identity["rows"].items()}
        return cls(Identity(**identity), [FileRow(**row) for row in content["rows"]], list(content["strays"]))


def read_workbook(content: bytes) -> FilledWorkbook:
    """Reads the file; what is wrong in a row stays with it. Raises WorkbookRefused where the whole can't be taken."""
    sheets = open_sheets(content)
    identity = _identity(sheets)
    form = _HeadedSheet(FORM, sheets, FORM_COLUMNS)
    filled = FilledWorkbook(identity, [], [])
    rows: dict[int, FileRow] = {}
    for number in form.row_numbers:
        row = _form_row(form, number, identity, filled.strays)
        if row is None:
            continue
        if row.assignment in rows:
            filled.strays.append(f"{row.place}：与{rows[row.assignment].place}是同一项任务，请只留一行。")
            rows[row.assignment].wrong[""] = f"与{row.place}是同一项任务，请只留一行。"
        else:
            rows[row.assignment] = row
    if READINGS in sheets:
        _add_readings(_HeadedSheet(READINGS, sheets, READING_COLUMNS), rows, filled.strays)
    filled.rows = list(rows.values())
    return filled


def _identity(sheets: dict[str, SheetCells]) -> Identity:
    if META not in sheets or FORM not in sheets:
        raise WorkbookRefused(NOT_OURS)
    lines = [[text_of(cell.value) for cell in row] for row in sheets[META] if row]
    facts = {line[0]: line[1] for line in lines[:6] if len(line) >= 2}
    if facts.get("模板版本", TEMPLATE) != TEMPLATE:
        raise WorkbookRefused(f"填报表的模板版本是{facts['模板版本'][:10]}，现行版本是{TEMPLATE}，请重新下载后填写。")
    try:
        rows = [IssuedRow(int(pk), version, _base(base)) for pk, version, base in lines[6:]]
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


def _base(text: str) -> Texts:
    base = json.loads(text)
    if not isinstance(base, dict):
        raise ValueError("no object")
    return base


class _HeadedSheet:
    """A sheet whose columns are found by their headings, wherever they stand."""

    def __init__(self, name: str, sheets: dict[str, SheetCells], columns: tuple[FillInColumn[Any], ...]) -> None:
        self.name = name
        self.rows = sheets[name]
        needed = {column.title: column.key for column in columns}
        beginnings = [[text_of(cell.value) for cell in row] for row in self.rows[:HEAD_WITHIN]]
        number = next((number for number, titles in enumerate(beginnings) if "任务标识" in titles), None)
        if number is None:
            raise WorkbookRefused(f"{name}：找不到表头，请重新下载填报表，把内容抄入后再上传。")
        self.head, titles = number, beginnings[number]
        self.places = {needed[title]: place for place, title in enumerate(titles) if title in needed}
        missing = [title for title, key in needed.items() if key not in self.places and key != RESULT]
        if missing:
            raise WorkbookRefused(f"{name}!{number + 1}行：表头缺少“{'”“'.join(missing)}”，请重新下载填报表。")
        doubled = [title for title in needed if titles.count(title) > 1]
        if doubled:
            raise WorkbookRefused(f"{name}!{number + 1}行：表头“{doubled[0]}”出现两次，请重新下载填报表。")

    @property
    def row_numbers(self) -> Iterator[int]:
        """Rows that have anything in them, below the headings; counted from 0."""
        for number in range(self.head + 1, len(self.rows)):
            if any(text_of(cell.value) for cell in self.rows[number]):
                yield number

    def address(self, number: int, key: str) -> str:
        place = self.places[key]
        letters = chr(ord("A") + place) if place < 26 else f"A{chr(ord('A') + place - 26)}"
        return f"{self.name}!{letters}{number + 1}"

    def read(self, number: int, key: str, reader: Callable[..., object]) -> object:
        row, place = self.rows[number], self.places[key]
        if place >= len(row):
            return reader(None)
        cell = row[place]
        return reader(cell.value, cell.number_format) if reader in (percent_in, number_in) else reader(cell.value)

    def text(self, number: int, key: str) -> str:
        return str(self.read(number, key, text_of))


def _form_row(table: _HeadedSheet, number: int, identity: Identity, strays: list[str]) -> FileRow | None:
    key = table.text(number, "assignment")
    place = table.address(number, "label")
    pk = int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0
    issued = identity.rows.get(pk)
    if issued is None:
        problem = "任务标识已被改动" if key else "这一行不是系统生成的任务"
        strays.append(f"{place}：{problem}，无法对应到任务。请重新下载填报表，把内容抄入后再上传。")
        return None
    row = FileRow(pk, place)
    if table.text(number, "version") != issued.version:
        row.wrong[""] = "行版本已被改动，请重新下载填报表，把内容抄入后再上传。"
    for column in FORM_COLUMNS:
        if column.field:
            readers: dict[str, Callable[..., object]] = {"percent": percent_in, "unchanged": unchanged_in}
            _read_cell(
                table=table,
                number=number,
                key=column.key,
                name=column.field,
                reader=readers.get(column.field, text_of),
                row=row,
            )
    _read_due(table, number, row)
    return row


def _read_cell(
    table: _HeadedSheet, number: int, key: str, name: str, reader: Callable[..., object], row: FileRow
) -> None:
    row.cells[name] = table.address(number, key)
    try:
        value = table.read(number, key, reader)
    except Unreadable as error:
        row.wrong[name] = str(error)
        value = table.text(number, key)[:LONGEST_TYPED]
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


def _read_due(table: _HeadedSheet, number: int, row: FileRow) -> None:
    """Reads the due date, which can't be changed here: one that differs is answered, however it was written down."""
    row.cells["due_on"] = table.address(number, "due_on")
    if table.text(number, "due_on") in ("", "持续推进"):
        row.due_on = table.text(number, "due_on")
        return
    try:
        row.due_on = str(table.read(number, "due_on", date_in))
    except Unreadable as error:
        row.wrong["due_on"] = str(error)


def _add_readings(table: _HeadedSheet, rows: dict[int, FileRow], strays: list[str]) -> None:
    for number in table.row_numbers:
        assignment, indicator = table.text(number, "assignment"), table.text(number, "indicator")
        is_known = assignment.isascii() and assignment.isdecimal() and indicator.isascii() and indicator.isdecimal()
        row = rows.get(int(assignment)) if is_known and len(assignment) < 19 and len(indicator) < 19 else None
        place = table.address(number, "label")
        if row is None:
            strays.append(f"{place}：任务标识已被改动，或“{FORM}”页没有这项任务，读数无法对应。")
        elif f"{READING}{int(indicator)}" in row.cells:
            strays.append(f"{place}：同一指标出现两次，请只留一行。")
            row.wrong[""] = f"{place}：同一指标出现两次，请只留一行。"
        else:
            _read_cell(
                table=table, number=number, key="reading", name=f"{READING}{int(indicator)}", reader=number_in, row=row
            )
