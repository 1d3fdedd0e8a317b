"""The text of a Word file's body: tracked changes accepted, what isn't printed left out, text boxes once.

A paragraph whose mark was deleted or hidden goes on in the next; with the first that has words comes its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..contents import Block, Grid, GridBuilder
from ..lines import BREAK, without_layout_breaks
from .numbering import Numbering
from .styles import Styles, W, attribute, child, is_on, value_of

_TRACKED = {"ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge"}
_GONE = {"del", "moveFrom", "cellDel"}
_SKIPPED = {"pPr", "rPr", "tblPr", "tblGrid", "sectPr", "instrText", "delText", "rt", "rubyPr", "sdtPr", "Fallback"}
_SIGNS = {"tab": "\t", "ptab": "\t", "br": BREAK, "cr": BREAK, "noBreakHyphen": "-"}
_BLOCKS = {"p", "tbl"}
_TEXT = {f"{W}t", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"}


class BodyReader:
    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self.has_tracked_changes = False

    def blocks(self, root: Any) -> list[Block]:
        body = child(root, "body")
        self.has_tracked_changes = any(True for _ in root.iter(*(W + tag for tag in _TRACKED)))
        return list(self._blocks([] if body is None else body))

    def _blocks(self, nodes: Iterable[Any]) -> Iterator[Block]:
        """Paragraphs and tables in order; a text box stands before the paragraph to which it is tied."""
        begun: list[str] = []  # the label, and the words of paragraphs whose marks are gone
        for node in _spread(nodes, _BLOCKS):
            if _name(node) == "tbl":
                yield self._table(node)
                continue
            properties = child(node, "pPr")
            style = value_of(properties, "pStyle")
            if self._styles.is_contents_line(style):
                continue
            words, boxes = self._words(node, is_hidden=bool(self._styles.hides(style)))
            for box in boxes:
                yield from self._blocks(box)
            goes_on = _mark_is_gone(properties)
            if not begun and (words or not goes_on):
                begun.append(self._numbering.label(properties, _shortened(words)))
            begun.append(words)
            if not goes_on:
                yield from without_layout_breaks("".join(begun)).split("\n")
                begun = []
            elif not any(begun):
                begun = []
        if begun:
            yield "".join(begun)

    def _words(self, paragraph: Any, *, is_hidden: bool) -> tuple[str, list[Any]]:
        """What the paragraph prints, and the text boxes tied to it."""
        parts: list[str] = []
        boxes: list[Any] = []
        stack = [(each, is_hidden) for each in reversed(paragraph)]
        while stack:
            node, hidden = stack.pop()
            name = _name(node)
            if name in _SKIPPED or name in _GONE:
                continue
            if name == "txbxContent":
                boxes.append(node)
                continue
            if name == "AlternateContent":
                stack += [(each, hidden) for each in list(node)[:1]]
                continue
            if name == "r":
                hidden = self._is_hidden(node, hidden)
            if node.tag in _TEXT and not hidden:
                parts.append((node.text or "").replace("\xad", ""))
            elif name in _SIGNS and _name(node.getparent()) == "r" and not hidden:
                parts.append(_SIGNS[name])
            else:
                stack += [(each, hidden) for each in reversed(node)]
        return "".join(parts), boxes

    def _is_hidden(self, run: Any, inherited: bool) -> bool:
        properties = child(run, "rPr")
        own = is_on(properties, "vanish")
        if own is None:
            own = self._styles.hides(value_of(properties, "rStyle"))
        return inherited if own is None else own

    def _table(self, table: Any) -> Grid:
        builder = GridBuilder()
        for row in _spread(table, {"tr"}):
            row_properties = child(row, "trPr")
            if child(row_properties, "del") is not None or is_on(row_properties, "hidden"):
                continue
            builder.start_row()
            for _ in range(_count(value_of(row_properties, "gridBefore"), 0)):
                builder.add("")
            for cell in _spread(row, {"tc"}):
                self._add_cell(builder, cell)
        return builder.grid()

    def _add_cell(self, builder: GridBuilder, cell: Any) -> None:
        properties = child(cell, "tcPr")
        if child(properties, "cellDel") is not None:
            return
        columns = _count(value_of(properties, "gridSpan"), 1)
        merged = child(properties, "vMerge")
        if merged is not None and attribute(merged, "val") != "restart":
            builder.continue_above(columns)
            return
        lines = [
            line for block in self._blocks(cell) for line in ([block] if isinstance(block, str) else block.lines())
        ]
        builder.add("\n".join(lines).strip("\n"), columns)


def _spread(nodes: Iterable[Any], wanted: set[str]) -> Iterator[Any]:
    """The wanted elements in order, also from within content controls, custom markup and accepted insertions."""
    stack = [iter(nodes)]
    while stack:
        for node in stack[-1]:
            name = _name(node)
            if name in wanted:
                yield node
            elif name not in _SKIPPED and name not in _GONE:
                stack.append(iter(list(node)[:1] if name == "AlternateContent" else node))
                break
        else:
            stack.pop()


def _mark_is_gone(properties: Any) -> bool:
    mark = child(properties, "rPr")
    return any(child(mark, tag) is not None for tag in ("del", "moveFrom")) or bool(is_on(mark, "vanish"))


def _shortened(words: str) -> str:
    return words if len(words) <= 20 else f"{words[:20]}……"


def _count(text: str, default: int) -> int:
    return min(int(text), 100) if text.isdecimal() else default


def _name(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]
