"""The header of a table of tasks: which columns hold numbers, tasks, and who answers for them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .contents import Grid

_NUMBER = re.compile(r"(?:序|编|项)号|序$|№|No\.?")
_RESPONSIBLE = re.compile(
    r"(?:牵头|主办|主责|首责|责任|负责|承办|实施|落实|配合|协办|协同|协助|参与|参加|会同)[^，。：]{0,8}(?:单位|部门|机构|处室|地区|主体)"
    r"|^(?:牵头|主办|协办|配合|责任分工|任务分工|职责分工|分工)$"
)
_TERM = re.compile(r"时限|期限|时间|节点|进度")
_TASK = re.compile(
    r"任务|事项|举措|措施|内容|项目|工作|目标|要求|行动|问题|方面|类别|领域|板块|分类|部分|指标|清单|名称|要点|重点"
)


@dataclass(frozen=True)
class Columns:
    """What each column holds, by its header; `tasks` are those of words, from the widest to the narrowest matter."""

    headers: tuple[str, ...]
    number: int | None
    tasks: tuple[int, ...]
    others: tuple[int, ...]
    responsible: frozenset[int]
    header_rows: int


def columns_of(grid: Grid, at: int) -> Columns | None:
    """The roles of the columns, if this row names them; the next one may divide a column (责任单位: 牵头, 配合)."""
    row = grid.rows[at]
    headers = [header(grid.cells[place]) for place in row]
    responsible = [column for column, name in enumerate(headers) if _RESPONSIBLE.search(name) and len(name) < 20]
    if not responsible or len(set(row)) < 2:
        return None
    headers = _divided(grid, at, headers, responsible)
    responsible = [column for column in responsible if headers[column]]
    number = next((column for column, name in enumerate(headers) if _NUMBER.search(name)), None)
    words = [column for column, header in enumerate(headers) if column != number and column not in responsible]
    tasks = [column for column in words if _TASK.search(headers[column]) and not _TERM.search(headers[column])]
    tasks = [column for column in tasks if column < min(responsible)] or tasks
    if not tasks or any(len(name) > 30 for name in headers):
        return None
    others = [column for column in range(len(headers)) if column != number and column not in tasks]
    depth = _header_depth(grid, at, tasks)
    return Columns(tuple(headers), number, tuple(tasks), tuple(others), frozenset(responsible), depth)


def _divided(grid: Grid, at: int, headers: list[str], responsible: list[int]) -> list[str]:
    below = grid.rows[at + 1] if at + 1 < len(grid.rows) else ()
    divided = [
        column
        for column in responsible
        if column < len(below)
        and below[column] != grid.rows[at][column]
        and grid.rows[at].count(grid.rows[at][column]) > 1
    ]
    names = {column: header(grid.cells[below[column]]) for column in divided}
    if not names or not all(0 < len(name) < 12 for name in names.values()):
        return headers
    names = {column: name if _RESPONSIBLE.search(name) else f"{name}单位" for column, name in names.items()}
    return [names.get(column, name) for column, name in enumerate(headers)]


def _header_depth(grid: Grid, at: int, tasks: list[int]) -> int:
    """Two, if the row below only goes on with the header's merged cells and names the parts of one."""
    if at + 1 >= len(grid.rows):
        return 1
    row, below = grid.rows[at], grid.rows[at + 1]
    return 2 if any(column < len(below) and below[column] == row[column] for column in tasks) else 1


def header(text: str) -> str:
    return re.sub(r"\s", "", text).replace("(", "（").replace(")", "）")
