"""What a reader of one kind of file hands over: blocks of text and tables, in reading order, and what to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

WIDEST_GRID = 60
LONGEST_TEXT = 2_000_000  # characters; the longest plan that we know has 60,000


@dataclass(frozen=True)
class Grid:
    """A table: `rows` hold places in `cells`; the place of a merged cell stands wherever the cell reaches."""

    cells: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]

    def lines(self) -> Iterator[str]:
        """One line a row, cells parted by tabs, each cell where it begins."""
        shown: set[int] = set()
        for row in self.rows:
            new = [place for place in dict.fromkeys(row) if place not in shown]
            shown.update(new)
            yield "\t".join(self.cells[place] for place in new)


Block = str | Grid


@dataclass(frozen=True)
class Contents:
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()

    def length(self) -> int:
        return sum(
            len(block) if isinstance(block, str) else sum(map(len, block.cells)) + sum(map(len, block.rows))
            for block in self.blocks
        )

    def as_json(self) -> dict[str, Any]:
        blocks = [
            block if isinstance(block, str) else {"cells": block.cells, "rows": block.rows} for block in self.blocks
        ]
        return {"blocks": blocks, "notes": self.notes}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Contents:
        blocks = tuple(
            block if isinstance(block, str) else Grid(tuple(block["cells"]), tuple(map(tuple, block["rows"])))
            for block in data["blocks"]
        )
        return cls(blocks, tuple(data["notes"]))


class GridBuilder:
    """Puts cells into rows, each in the next free place, and keeps what they cover below free of others."""

    def __init__(self) -> None:
        self._cells: list[str] = []
        self._rows: list[list[int]] = []
        self._below: dict[int, tuple[int, int]] = {}  # column → (cell, rows that it still covers)

    def start_row(self) -> None:
        self._rows.append([])
        self._fill()

    def add(self, text: str, columns: int = 1, rows: int = 1) -> None:
        self._cells.append(text)
        for _ in range(max(1, columns)):
            if len(self._rows[-1]) >= WIDEST_GRID:
                return
            if rows > 1:
                self._below[len(self._rows[-1])] = (len(self._cells) - 1, rows - 1)
            self._rows[-1].append(len(self._cells) - 1)
        self._fill()

    def continue_above(self, columns: int = 1) -> None:
        """The cell above goes on here."""
        above = self._rows[-2] if len(self._rows) > 1 else []
        for _ in range(max(1, columns)):
            column = len(self._rows[-1])
            if column < len(above):
                self._rows[-1].append(above[column])
            else:
                self.add("")

    def grid(self) -> Grid:
        return Grid(tuple(self._cells), tuple(tuple(row) for row in self._rows if row))

    def _fill(self) -> None:
        while (column := len(self._rows[-1])) in self._below:
            cell, rows = self._below.pop(column)
            self._rows[-1].append(cell)
            if rows > 1:
                self._below[column] = (cell, rows - 1)
