"""Reads a list of accounts that came back: plain texts with their cells. What they mean is `checking`'s."""

import unicodedata
from typing import NamedTuple

from qa_plan.visible import visible_part
from reports.accounts.layout import COLUMNS, KEYS, OFFICE, SHEET
from reports.xlsx import ReadCell, ReadSheet, WorkbookRefused, open_sheets
from reports.xlsx.sheets import letter

HEAD_WITHIN = 10  # rows
MOST = 500  # people in one list
READ = {**COLUMNS, "office": OFFICE}
NEEDED = ("agency", "name", "role")


class FileRow(NamedTuple):
    """A row's texts by column, and which cell each stands in."""

    texts: dict[str, str]
    cells: dict[str, str]


def read_list(content: bytes) -> list[FileRow]:
    """The rows in which somebody is named. Raises WorkbookRefused for what is no such list."""
    name, sheet, head, places = _found(open_sheets(content))
    rows = []
    for number in range(head + 1, len(sheet.rows)):
        cells = sheet.rows[number]
        texts = {key: _text(cells[place]) if place < len(cells) else "" for key, place in places.items()}
        if any(texts.get(key) for key in KEYS if key not in ("agency", "role")):
            rows.append(FileRow(texts, {key: f"{name}!{letter(place)}{number + 1}" for key, place in places.items()}))
    if not rows:
        raise WorkbookRefused("名单中没有填写任何人员，请至少填写一行的姓名。")
    if len(rows) > MOST:
        raise WorkbookRefused(f"名单共{len(rows)}人，一次最多{MOST}人，请分开上传。")
    return rows


def _found(sheets: dict[str, ReadSheet]) -> tuple[str, ReadSheet, int, dict[str, int]]:
    """The sheet of that name, else the first one that is headed like it."""
    for name in sorted(sheets, key=lambda name: name != SHEET):
        for number, row in enumerate(sheets[name].rows[:HEAD_WITHIN]):
            titles = [_text(cell) for cell in row]
            places = {key: titles.index(title) for key, title in READ.items() if title in titles}
            if all(key in places for key in NEEDED):
                return name, sheets[name], number, places
    needed = "、".join(COLUMNS[key] for key in NEEDED)
    raise WorkbookRefused(f"找不到表头。名单须有一行写明“{needed}”，请下载名单模板填写。")


def _text(cell: ReadCell) -> str:
    """The text as people mean it: full-width signs narrow, no blanks around, nothing that can't be seen.

    A telephone number is no float.
    """
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return visible_part(unicodedata.normalize("NFKC", "" if value is None else str(value)))
