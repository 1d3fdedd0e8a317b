"""What a file says: its text, the outline of its plan if that is a table, and what to look at."""

from __future__ import annotations

from dataclasses import dataclass

from ..markers import Node
from ..model import Problem
from .contents import Contents, Grid
from .plan_tables import plan_table, shifted


@dataclass(frozen=True)
class TableOutline:
    """Where a table that is a plan stands in the text, and its headings; offsets count the text's characters."""

    start: int
    end: int
    roots: tuple[Node, ...]


@dataclass(frozen=True)
class Document:
    """`text` has the tasks of each table that is a plan one by one; `plain` has its rows, as of any other table."""

    text: str
    plain: str
    tables: tuple[TableOutline, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def prose(self) -> str:
        """The text without the tables that are plans."""
        parts, at = [], 0
        for table in self.tables:
            parts.append(self.text[at : table.start])
            at = table.end
        return "".join([*parts, self.text[at:]])

    @property
    def tasks_in_tables(self) -> int:
        nodes = (node for table in self.tables for root in table.roots for node in root.walk())
        return sum(1 for node in nodes if not node.children)


def composed(contents: Contents) -> Document:
    """The blocks one below the other; only a table that is a plan has an outline."""
    pieces: list[str] = []
    rows: list[str] = []
    tables: list[TableOutline] = []
    length = 0
    for block in contents.blocks:
        table = plan_table(block) if isinstance(block, Grid) else None
        rows.append(block if isinstance(block, str) else "\n".join(block.lines()))
        pieces.append(table.text if table else rows[-1])
        if table:
            roots = tuple(shifted(table.roots, length))
            tables.append(TableOutline(length, length + len(table.text), roots))
        length += len(pieces[-1]) + 1
    notes = tuple(Problem(0, note) for note in contents.notes)
    return Document("\n".join(pieces), "\n".join(rows), tuple(tables), notes)
