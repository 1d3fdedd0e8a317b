"""A Word file's text, with the automatic numbers that stand in no paragraph printed where Word prints them."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from typing import Any

import docx
from docx.oxml.ns import qn

from tasks.rules.numerals import chinese_numeral

_CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "ideographDigital",
    "taiwaneseCounting",
}


def document_text(data: bytes) -> str:
    """The paragraphs in order, one line each, table cells too, automatic numbers written out."""
    document = docx.Document(io.BytesIO(data))
    numbering = _Numbering(document)
    lines: list[str] = []
    for paragraph in document.element.body.iter(qn("w:p")):
        text = numbering.label(paragraph) + _paragraph_text(paragraph)
        if lines and _continues_row(paragraph):
            lines[-1] += "\t" + text
        else:
            lines.append(text)
    return "\n".join(lines)


def _continues_row(paragraph: Any) -> bool:
    """Whether it opens a cell that isn't its row's first: a row is read as one line."""
    cell = paragraph.getparent()
    if cell.tag != qn("w:tc") or (paragraph.getprevious() is not None and paragraph.getprevious().tag == qn("w:p")):
        return False
    before = cell.getprevious()
    return before is not None and before.tag == qn("w:tc")


def _paragraph_text(paragraph: Any) -> str:
    parts = []
    for node in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:noBreakHyphen")):
        if node.tag == qn("w:t"):
            parts.append(node.text or "")
        elif node.tag == qn("w:br"):
            parts.append("\n")
        elif node.getparent().tag == qn("w:r"):  # a tab in w:tabs is a tab stop, not a character
            parts.append("\t" if node.tag == qn("w:tab") else "-")
    return "".join(parts)


class _Numbering:
    def __init__(self, document: Any) -> None:
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._abstract_of: dict[str, str] = {}
        self._style_numbers: dict[str, tuple[str, int]] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        for level in root.iter(qn("w:lvl")):
            self._add_level(level)
        for number in root.iter(qn("w:num")):
            abstract = number.find(qn("w:abstractNumId"))
            if abstract is not None:
                self._abstract_of[number.get(qn("w:numId"))] = abstract.get(qn("w:val"))
        for style in document.styles.element.iter(qn("w:style")):
            found = _number_of(style)
            if found:
                self._style_numbers[style.get(qn("w:styleId"))] = found

    def _add_level(self, level: Any) -> None:
        if level.getparent().tag != qn("w:abstractNum"):
            return
        key = (level.getparent().get(qn("w:abstractNumId")), int(level.get(qn("w:ilvl"), "0")))
        self._levels[key] = (
            _value(level, "w:numFmt"),
            _value(level, "w:lvlText"),
            int(_value(level, "w:start") or 1),
        )

    def label(self, paragraph: Any) -> str:
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        found = _number_of(paragraph) or (style is not None and self._style_numbers.get(style.get(qn("w:val"))))
        if not found:
            return ""
        abstract, depth = self._abstract_of.get(found[0], ""), found[1]
        if self._levels.get((abstract, depth), ("bullet", "", 1))[0] in {"bullet", "none"}:
            return ""
        self._count(abstract, depth)
        return re.sub(
            r"%(\d)", lambda match: self._print(abstract, int(match[1]) - 1), self._levels[abstract, depth][1]
        )

    def _count(self, abstract: str, depth: int) -> None:
        counts = self._counts[abstract]
        first = self._levels[abstract, depth][2]
        counts[depth] = counts.get(depth, first - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]

    def _print(self, abstract: str, depth: int) -> str:
        kind, _, first = self._levels.get((abstract, depth), ("decimal", "", 1))
        number = self._counts[abstract].get(depth, first)
        return chinese_numeral(number) if kind in _CHINESE else str(number)


def _number_of(owner: Any) -> tuple[str, int] | None:
    number = owner.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
    if number is None:
        return None
    identity, depth = _value(number, "w:numId"), _value(number, "w:ilvl") or "0"
    return (identity, int(depth)) if identity and identity != "0" else None


def _value(owner: Any, tag: str) -> str:
    node = owner.find(qn(tag))
    return "" if node is None else node.get(qn("w:val")) or ""
