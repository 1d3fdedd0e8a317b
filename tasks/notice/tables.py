"""A plan that is a table (序号, 任务, 牵头单位, 责任单位, 完成时限), one tab between two cells → sections and items.

The first row that names a column of units and a column of tasks is the head. A row may go on over several lines. Where
its first cells are missing, or its task is empty, they are the row above's (cells that were merged); who answers is
never taken from another row. A row of one cell is a section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tasks.rules.numerals import numeral_value

from .agencies import as_one_kind
from .closings import Closing
from .deadlines import Deadlines
from .duties import read_answers
from .endings import Ending
from .indicators import find_indicators
from .model import Duty, Item, Measure, Problem, Section
from .responsibility import read_closing
from .text import Text

_UNITS = re.compile(
    r"(?:省级|市级|县级|区级)?(?:牵头|主办|主责|责任|负责|承办|实施|落实|配合|协办|协助|参与|参加)"
    r"(?:[（/、和及与]?(?:牵头|责任|配合|参与|实施|负责)）?)?(?:单位|部门|主体|处室|机构)(?:[和及]部门)?"
)
_TASK = re.compile(
    r"(?:重点|主要|具体|工作|年度|目标)*(?:任务|事项|内容|措施|举措|项目|要点|目标|工作)(?:名称|内容|[及和]措施)?"
)
_TIME = re.compile(r"(?:完成|办结|整改|推进|时间|进度)*(?:时限|时间|期限|节点|进度)(?:要求|安排)?")
_SECTION_ROW = re.compile(r"(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|第.部分)")
_SECTION_NUMBER = re.compile(r"[（(]?[一二三四五六七八九十]+[）)、]?")
_NUMBER = re.compile(r"序 *号|编 *号")
_LONGEST_TITLE = 60

Span = tuple[int, int]


@dataclass
class Table:
    """The head's columns by what they hold, and the rows, each a list of cells with their spans."""

    start: int
    title: str
    labels: list[str]
    units: list[int]
    task: int
    time: int | None
    number: int | None
    rows: list[list[Span]] = field(default_factory=list)
    unfinished: list[Span] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.rows[-1][-1][1]

    def take(self, pending: list[Span], cells: list[Span]) -> list[Span]:
        """Add a line's cells to the row that goes on, or to a new one; what is left is a row that may go on."""
        if pending and len(pending) + len(cells) - 1 > len(self.labels):
            self.rows.append(pending)
            pending = []
        row = [*pending[:-1], (pending[-1][0], cells[0][1]), *cells[1:]] if pending else cells
        self.unfinished = []
        if len(row) >= len(self.labels) or len(row) == 1:
            self.rows.append(row)
        else:
            self.unfinished = row
        return self.unfinished


def find_tables(text: Text) -> list[Table]:
    """Every table of the text whose head names tasks and units."""
    tables: list[Table] = []
    is_open = False
    pending: list[Span] = []
    for start, end in _lines(text):
        cells = _cells(text, start, end)
        head = _head(text, cells, start)
        if head:
            tables.append(head)
            is_open, pending = True, []
        elif is_open and (pending or len(cells) > 1 or _is_section_row(text, cells)):
            pending = tables[-1].take(pending, cells)
        else:
            is_open = False
    for table in tables:
        table.rows += [table.unfinished] if table.unfinished else []
    return [table for table in tables if table.rows]


def _lines(text: Text) -> Iterator[Span]:
    for match in re.compile(r"[^\n]*").finditer(text.shadow):
        if match[0].strip():
            yield match.span()


def _cells(text: Text, start: int, end: int) -> list[Span]:
    cells, at = [], start
    for tab in re.compile("\t").finditer(text.source, start, end):
        cells.append(text.trim(at, tab.start()))
        at = tab.end()
    return [*cells, text.trim(at, end)]


def _head(text: Text, cells: list[Span], start: int) -> Table | None:
    labels = [re.sub(r"\s", "", text.shadow[slice(*cell)]) for cell in cells]
    units = [column for column, label in enumerate(labels) if _UNITS.fullmatch(as_one_kind(label))]
    task = next((column for column, label in enumerate(labels) if _TASK.fullmatch(label)), None)
    if not units or task is None:
        return None
    time = next((column for column, label in enumerate(labels) if _TIME.fullmatch(label)), None)
    number = next((column for column, label in enumerate(labels) if _NUMBER.fullmatch(label)), None)
    above = text.source[:start].rstrip().rsplit("\n", 1)[-1].strip()
    return Table(start, above if 2 <= len(above) <= _LONGEST_TITLE else "", labels, units, task, time, number)


def _is_section_row(text: Text, cells: list[Span]) -> bool:
    """「一、推进改革」 in a row of its own."""
    return bool(
        re.match(r"(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|第.部分)", text.shadow[slice(*cells[0])])
    )


class TableReader:
    """Reads the rows of one table; `problems` grows as it goes."""

    def __init__(self, text: Text, deadlines: Deadlines) -> None:
        self._text = text
        self._deadlines = deadlines
        self.problems: list[Problem] = []

    def sections(self, table: Table, fallback_title: str) -> list[Section]:
        sections: list[Section] = []
        items: list[Item] = []
        title, start = table.title or fallback_title, table.start
        above: list[Span] = []
        for row in table.rows:
            heading = self._heading(table, row)
            if heading:
                sections += [Section(len(sections) + 1, title, start, row[0][0], tuple(items))] if items else []
                title, start, items = heading, row[0][0], []
                continue
            above = _filled(row, above, table)
            items.append(self._item(table, above, row, len(items) + 1))
        return [*sections, Section(len(sections) + 1, title, start, table.end, tuple(items))] if items else sections

    def _heading(self, table: Table, row: list[Span]) -> str:
        """The title of a section that is a row: its only cell, or its task where the number is a section's."""
        printed = [cell for cell in row if cell[0] < cell[1]]
        if len(printed) == 1 and len(row) < len(table.labels):
            return _SECTION_ROW.sub("", self._text.clean(*printed[0]), count=1)
        is_answered = len(row) < len(table.labels) or any(row[unit][0] < row[unit][1] for unit in table.units)
        if table.number is None or is_answered:
            return ""
        is_heading = _SECTION_NUMBER.fullmatch(self._text.shadow[slice(*row[table.number])])
        return self._text.clean(*row[table.task]) if is_heading else ""

    def _item(self, table: Table, cells: list[Span], row: list[Span], count: int) -> Item:
        start, end = row[0][0], max(last for _, last in row)
        task = cells[table.task]
        label = self._text.clean(*cells[table.number]) if table.number is not None else ""
        sentences = list(self._text.sentences(*task))
        title = self._text.clean(*(sentences[0] if sentences else task)).rstrip("。：；，")
        duty = self._duty(table, cells, (start, end))
        if duty is None:
            self.problems.append(Problem(self._text.line(start), f"“{label}{title}”没有写明负责单位", kind="lead"))
        return Item(
            number=numeral_value(label) or count,
            label=label,
            title=title,
            text=self._text.source[start:end],
            start=start,
            end=end,
            responsibility_start=duty.ending_start if duty else None,
            leads=duty.leads if duty else (),
            assists=duty.assists if duty else (),
            assist_rule=duty.assist_rule if duty else None,
            measures=tuple(
                Measure(number, self._text.source[first:last], first, last, 0 if duty else None)
                for number, (first, last) in enumerate(sentences, start=1)
                if first >= start
            ),
            indicators=find_indicators(self._text, *task) if task[0] >= start else (),
            duties=(duty,) if duty else (),
            deadline=duty.deadline if duty else None,
        )

    def _duty(self, table: Table, cells: list[Span], row: Span) -> Duty | None:
        """The cells of units, read as if each stood behind its label."""
        named = [column for column in table.units if cells[column][0] < cells[column][1]]
        parts = [(f"{table.labels[column]}：", cells[column]) for column in named]
        shadow = "；".join(label + self._text.shadow[slice(*cell)] for label, cell in parts)
        source = "；".join(label + self._text.source[slice(*cell)] for label, cell in parts)
        closing: Closing | None = read_closing(as_one_kind(shadow), source) if parts else None
        if closing is None:
            return None
        first, last = min(cells[column][0] for column in named), max(cells[column][1] for column in named)
        (answer,) = read_answers(self._text, (Ending(first, last, closing),), first_leads=False)
        self.problems += [Problem(self._text.line(first), doubt) for doubt in answer.doubts]
        time = cells[table.time] if table.time is not None else (0, 0)
        deadline = self._deadlines.of_cell(*time) or self._deadlines.in_prose(*cells[table.task])
        start = min(row[0], first)
        return Duty(
            start,
            max(last, row[0]),
            self._text.source[first:last],
            first,
            answer.leads,
            answer.assists,
            answer.rule,
            deadline,
        )


def _filled(row: list[Span], above: list[Span], table: Table) -> list[Span]:
    """The row's cells in the head's columns. What is missing on the left, or an empty task, is the row above's."""
    width = len(table.labels)
    if len(row) < width:
        row = [*above[: width - len(row)], *row] if above else [*row, *[(row[-1][1],) * 2] * (width - len(row))]
    if above and row[table.task][0] == row[table.task][1]:
        row = [above[column] if column in (table.task, table.number) else cell for column, cell in enumerate(row)]
    return row[:width]
