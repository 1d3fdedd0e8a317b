"""A sheet of the workbook, found by its name, its columns by their headings; or a refusal that says what is missing."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reports.fillin.cell_values import refuse_trouble, text_of
from reports.fillin.layout import FORM, META, READINGS, RESULT, RETURNED, FillInColumn
from reports.xlsx import Merged, ReadCell, ReadSheet, WorkbookRefused
from reports.xlsx.sheets import letter

NOT_OURS = "文件不是由本系统生成的填报表，或其中的隐藏内容已被改动。请重新下载填报表，把内容抄入后再上传。"
NUMBERS_SHEETS = ("导出摘要", "Export Summary")
BY_NUMBERS = (
    "文件是由Numbers导出的，工作表和表头已被改动。请用Excel或WPS打开下载的原表填写，另存为“Excel 工作簿(.xlsx)”后上传。"
)
HEAD_WITHIN = 10  # rows
KEY_HEADINGS = {FORM: ("任务标识", "行版本"), READINGS: ("任务标识", "指标标识")}

Sheets = Mapping[str, ReadSheet]


def require_sheets(sheets: Sheets) -> None:
    """Raises WorkbookRefused where a sheet is missing, renamed or there twice. 指标读数 may be missing altogether."""
    if FORM not in sheets and any(name.startswith(NUMBERS_SHEETS) or "表格 1" in name for name in sheets):
        raise WorkbookRefused(BY_NUMBERS)
    if FORM not in sheets and META not in sheets:
        raise WorkbookRefused(NOT_OURS)
    for name, headings in KEY_HEADINGS.items():
        alike = [other for other, sheet in sheets.items() if other != name and _is_headed(sheet, headings)]
        if alike and name not in sheets:
            raise WorkbookRefused(f"缺少工作表“{name}”，“{alike[0]}”像是它改了名，请把名称改回“{name}”后再上传。")
        if alike:
            raise WorkbookRefused(f"工作表“{alike[0]}”是“{name}”的副本，分不清以哪一张为准，请只留一张“{name}”。")
    for name in (FORM, META):
        if name not in sheets:
            raise WorkbookRefused(f"缺少{'隐藏的' if name == META else ''}工作表“{name}”。{NOT_OURS}")


def _is_headed(sheet: ReadSheet, headings: tuple[str, ...]) -> bool:
    return any(set(headings) <= {text_of(cell.value) for cell in row} for row in sheet.rows[:HEAD_WITHIN])


class HeadedSheet:
    """A sheet whose columns are found by their headings, wherever they stand."""

    def __init__(self, name: str, sheets: Sheets, columns: tuple[FillInColumn[Any], ...]) -> None:
        self.name = name
        self.sheet = sheets[name]
        self.rows = self.sheet.rows
        needed = {column.title: column.key for column in columns}
        beginnings = [[text_of(cell.value) for cell in row] for row in self.rows[:HEAD_WITHIN]]
        number = next((number for number, titles in enumerate(beginnings) if "任务标识" in titles), None)
        if number is None:
            raise WorkbookRefused(f"{name}：找不到表头，请重新下载填报表，把内容抄入后再上传。")
        self.head, titles = number, beginnings[number]
        self.places = {needed[title]: place for place, title in enumerate(titles) if title in needed}
        self.others = [title for title in titles if title and title not in needed]
        missing = [title for title, key in needed.items() if key not in self.places and key not in (RESULT, RETURNED)]
        if missing:
            raise WorkbookRefused(f"{name}!{number + 1}行：表头缺少“{'”“'.join(missing)}”，请重新下载填报表。")
        doubled = [title for title in needed if titles.count(title) > 1]
        if doubled:
            raise WorkbookRefused(f"{name}!{number + 1}行：表头“{doubled[0]}”出现两次，请重新下载填报表。")

    @property
    def row_numbers(self) -> Iterator[int]:
        """Rows that have anything in them, below the headings; counted from 0."""
        for number in range(self.head + 1, len(self.rows)):
            if any(text_of(cell.value) or cell.trouble for cell in self.rows[number]):
                yield number

    def address(self, number: int, key: str) -> str:
        return f"{self.name}!{letter(self.places[key])}{number + 1}"

    def cell(self, number: int, key: str) -> ReadCell:
        row, place = self.rows[number], self.places[key]
        return row[place] if place < len(row) else ReadCell(None, "General")

    def read(self, number: int, key: str, reader: Callable[[object, str], object]) -> object:
        """Reads a cell. Raises Unreadable for one that can't be understood."""
        cell = self.cell(number, key)
        refuse_trouble(cell)
        return reader(cell.value, cell.number_format)

    def text(self, number: int, key: str) -> str:
        return text_of(self.cell(number, key).value)

    def words(self, number: int) -> str:
        """What stands in a row, its first words."""
        return next((text for cell in self.rows[number] if (text := text_of(cell.value))), "")[:20]

    def merged(self, number: int, keys: tuple[str, ...]) -> tuple[Merged, str] | None:
        """Finds cells joined into one that touch one of these columns in the row, and the first such column."""
        for merged in self.sheet.merged:
            if merged.first_row <= number <= merged.last_row:
                for key in keys:
                    if merged.first_column <= self.places[key] <= merged.last_column:
                        return merged, key
        return None
