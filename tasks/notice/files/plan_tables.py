"""A table that is a plan (序号、任务、牵头单位、责任单位、完成时限) → lines of text, and its outline.

Each row becomes the words of its task, followed by 「列名：内容」 for every other cell. The words are the notice's, and
are read like any others; but which lines are headings is known from the table, not guessed from numbers in the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.rules.numerals import numeral_value

from ..markers import CHAPTER, CLAUSE, POINT, Node
from .columns import Columns, columns_of, header
from .contents import Grid

_NOTE = re.compile(r"\s*(?:注|备注|说明|(?:填表|填报|制表|审核|联系|电话)[^:：]{0,4})[:：]")
_OWN_LABELS = re.compile(r"(?:牵头|主办|责任|负责|配合|协办|参与)[^，。：\n]{0,6}(?:单位|部门)\s*[:：]")
_SIGNS = re.compile(r"[，、；：。（(]$")
_UNIT_ENDS = "厅局委办部会院司署社行站队所校团组府区市县处心关室库馆）)等位门镇"
_HEADER_ROWS = 8
_UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufeff]")
_CN = "[一二三四五六七八九十百]+"
_NUMBERED = re.compile(
    rf"\s*(?P<label>[（(](?P<bracketed>{_CN}|\d{{1,3}})[）)][、.．]?|(?P<plain>{_CN}|\d{{1,3}})(?:[、.．]|(?=\s)))\s*"
)


@dataclass
class PlanTable:
    """The text of one table, and its headings with offsets into that text."""

    text: str
    roots: list[Node]


def plan_table(grid: Grid) -> PlanTable | None:
    """None: the table names no tasks with those who answer for them."""
    for at in range(min(len(grid.rows), _HEADER_ROWS)):
        columns = columns_of(grid, at)
        if columns:
            return _Writer(grid, columns).write(grid.rows[:at], grid.rows[at + columns.header_rows :])
    return None


class _Writer:
    def __init__(self, grid: Grid, columns: Columns) -> None:
        self._grid = grid
        self._columns = columns
        self._lines: list[str] = []
        self._length = 0
        self._sections: list[Node] = []
        self._group: tuple[tuple[int, ...], Node | None] = ((), None)
        self._count = 0
        self._tasks_end = 0  # notes may follow
        self._numbers_groups = False  # a number stands before several rows

    def write(self, above: tuple[tuple[int, ...], ...], rows: tuple[tuple[int, ...], ...]) -> PlanTable | None:
        for line in Grid(self._grid.cells, above).lines():
            self._add(line)
        for column in sorted(self._columns.responsible):
            if "（" in self._columns.headers[column]:  # 「责任单位（排第一位的为牵头单位）」
                self._add(self._columns.headers[column])
        levels = self._group_columns(rows)
        numbers = Counter(self._place(row, self._columns.number) for row in rows if self._at(row, self._columns.number))
        self._numbers_groups = bool(levels) and any(count > 1 for count in numbers.values())
        for row in rows:
            self._write_row(row, levels)
        text = "\n".join(self._lines)
        if not self._count:
            return None
        is_one = len(self._sections) == 1 and self._sections[0].start == self._sections[0].children[0].start
        roots = self._sections[0].children if is_one else self._sections
        _set_ends(roots, self._tasks_end)
        return PlanTable(text, roots)

    def _group_columns(self, rows: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
        """The columns of words whose cells mostly stand for several rows: they name groups of tasks."""
        found = []
        for column in self._columns.tasks[:-1]:
            cells = {row[column] for row in rows if self._at(row, column)}
            if cells and len(rows) >= len(cells) * 1.5:
                found.append(column)
        return tuple(found)

    def _write_row(self, row: tuple[int, ...], levels: tuple[int, ...]) -> None:
        words = [place for place in dict.fromkeys(row) if self._cell(place)]
        if not words or self._is_header(row):
            return
        if _NOTE.match(self._cell(words[0])):
            self._add("\t".join(self._cell(place) for place in words))
        elif self._names_section(row, words):
            self._begin_section(" ".join(self._cell(place) for place in words))
        else:
            self._write_groups(row, levels)
            self._write_task(row, levels)

    def _is_header(self, row: tuple[int, ...]) -> bool:
        """The header stands once more on a new page."""
        shown = [header(self._grid.cells[place]) for place in row]
        return [*self._columns.headers][: len(shown)] == shown

    def _names_section(self, row: tuple[int, ...], words: list[int]) -> bool:
        """Nobody and no day: one cell of words all the way, or a number in characters before them."""
        if any(self._at(row, column) for column in self._columns.others):
            is_merged = len(words) == 1 and row.count(words[0]) == len(row) and len(row) > 1
            return is_merged
        number = self._at(row, self._columns.number)
        if len(words) == 1:
            return not number or not number.isdigit()
        return bool(number) and len(words) == 2 and not number.isascii()

    def _write_groups(self, row: tuple[int, ...], levels: tuple[int, ...]) -> None:
        before = self._group[0]
        shown = (self._place(row, column) or 0 for column in levels)
        cells = tuple(  # an empty cell goes on with what stands above
            before[at] if at < len(before) and not self._cell(cell) else cell for at, cell in enumerate(shown)
        )
        if not cells or before == cells:
            return
        changed = next((at for at, cell in enumerate(cells) if at >= len(before) or cell != before[at]), 0)
        for at in range(changed, len(cells)):
            text = self._cell(cells[at])
            if at == len(cells) - 1 and self._numbers_groups:
                text = f"{self._at(row, self._columns.number)} {text}"
            if at == 0:
                self._begin_section(text)
            else:
                self._group = (cells, self._heading(CLAUSE, text, self._section()))
        self._group = (cells, self._group[1] if len(cells) > 1 else None)

    def _begin_section(self, text: str) -> None:
        self._group = ((), None)
        self._sections.append(self._heading(CHAPTER, text, None))

    def _section(self) -> Node:
        if not self._sections:
            self._sections.append(Node(CHAPTER, 1, "", self._length, self._length))
        return self._sections[-1]

    def _heading(self, kind: int, text: str, parent: Node | None) -> Node:
        line = re.sub(r"\s+", " ", text).strip()
        label = _NUMBERED.match(line)
        number = numeral_value(label["bracketed"] or label["plain"]) if label else None
        siblings = parent.children if parent else self._sections
        body = self._length + (label.end() if label else 0)
        node = Node(kind, number or len(siblings) + 1, label["label"] if label else "", self._length, body)
        if parent:
            siblings.append(node)
        self._add(line)
        return node

    def _write_task(self, row: tuple[int, ...], levels: tuple[int, ...]) -> None:
        places = dict.fromkeys(
            row[column] for column in self._columns.tasks if column not in levels and column < len(row)
        )
        words = [self._cell(place) for place in places if self._cell(place)]
        if not words:
            return
        parent = self._group[1] or self._section()
        label = self._label(row)
        start = self._length
        self._add(label + words[0])
        for text in words[1:]:
            self._add(text)
        for column in self._columns.others:
            text = self._at(row, column)
            if text:
                self._add(self._labelled(column, text))
        self._count += 1
        self._tasks_end = self._length - 1
        number = numeral_value(re.sub(r"\W", "", label)) or self._count
        parent.children.append(Node(POINT, number, label.strip(), start, start + len(label)))

    def _label(self, row: tuple[int, ...]) -> str:
        number = re.sub(r"\s", "", self._at(row, self._columns.number))
        if not number or len(number) > 8 or self._numbers_groups:
            return ""
        return f"{number}." if number.isdecimal() else f"{number} "

    def _labelled(self, column: int, text: str) -> str:
        if column not in self._columns.responsible:
            return f"{self._columns.headers[column]}：{' '.join(text.split(chr(10)))}"
        if _OWN_LABELS.search(text):
            return text
        return f"{re.sub('（[^）]*）', '', self._columns.headers[column])}：{_one_list(text)}"

    def _at(self, row: tuple[int, ...], column: int | None) -> str:
        place = self._place(row, column)
        return "" if place is None else self._cell(place)

    def _place(self, row: tuple[int, ...], column: int | None) -> int | None:
        return row[column] if column is not None and column < len(row) else None

    def _cell(self, place: int) -> str:
        lines = (line.strip() for line in _UNSEEN.sub("", self._grid.cells[place]).split("\n"))
        return "\n".join(line for line in lines if line)

    def _add(self, line: str) -> None:
        line = _UNSEEN.sub("", line)
        self._lines.append(line)
        self._length += len(line) + 1


def _one_list(text: str) -> str:
    """The lines of a cell are the members of one list, unless a name is broken off at the line's end."""
    first, *others = text.split("\n")
    listed = first
    for line in others:
        is_joined = _SIGNS.search(listed) or line[0] in "，、；：。（()）" or listed[-1] not in _UNIT_ENDS
        listed += line if is_joined else f"、{line}"
    return re.sub(r"(?<=[\u4e00-\u9fff）])[ \u3000]+(?=[\u4e00-\u9fff])", "、", listed)


def _set_ends(nodes: list[Node], end: int) -> None:
    for node, stop in zip(nodes, [*(each.start for each in nodes[1:]), end], strict=False):
        node.end = stop
        _set_ends(node.children, node.end)


def shifted(nodes: list[Node], by: int) -> Iterator[Node]:
    """The same headings in a text in which the table begins at that offset."""
    for node in nodes:
        children = list(shifted(node.children, by))
        yield Node(node.kind, node.number, node.label, node.start + by, node.body + by, node.end + by, children)
