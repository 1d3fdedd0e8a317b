"""Printed pages (PDF, OFD) → paragraphs: pieces joined to lines, lines to paragraphs, heads and feet left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from .lines import begins_anew

_PAGE_NUMBER = re.compile(
    r"[-—–－‐―─·•~～\s]*(?:第?\s*[\dⅠ-Ⅻivx]{1,4}\s*页?)(?:\s*(?:/|／|共|，共)\s*\d{1,4}\s*页?)?[-—–－‐―─·•~～\s]*"
)
_EDGE = 0.14  # of a page's height: where heads and feet stand
_SENTENCE_ENDS = "。！？；：）】…"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `y` is the distance of its baseline from the page's top."""

    text: str
    x: float
    y: float
    width: float
    size: float


@dataclass(frozen=True)
class Page:
    height: float
    pieces: Iterable[Piece]


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    start: float
    end: float
    y: float
    size: float
    is_edge: bool


def paragraphs(pages: Iterable[Page]) -> list[str]:
    lines = [list(_lines(page)) for page in pages]
    heads = _repeated(lines)
    body = [line for page in lines for line in page if not (line.is_edge and _is_furniture(line, heads))]
    return list(_joined(body))


def _lines(page: Page) -> Iterator[Line]:
    """From top to bottom: pieces whose baselines are close are one line."""
    row: list[Piece] = []
    for piece in sorted((each for each in page.pieces if each.text.strip()), key=lambda each: each.y):
        if row and piece.y - row[0].y > 0.5 * max(each.size for each in row):
            yield _line(row, page.height)
            row = []
        row.append(piece)
    if row:
        yield _line(row, page.height)


def _line(row: list[Piece], height: float) -> Line:
    row.sort(key=lambda each: each.x)
    size = Counter({each.size: 0 for each in row})
    for each in row:
        size[each.size] += len(each.text)
    usual = size.most_common(1)[0][0]
    text, reached = row[0].text, row[0].x + row[0].width
    for piece in row[1:]:
        gap = piece.x - reached
        text += (
            "\t" if gap > 2 * usual else " " if gap > 0.6 * usual or _parts_words(text, piece.text, gap, usual) else ""
        )
        text += piece.text
        reached = max(reached, piece.x + piece.width)
    is_edge = row[0].y < _EDGE * height or row[0].y > (1 - _EDGE) * height
    return Line(re.sub(r" {2,}", " ", text).strip(), row[0].x, reached, row[0].y, usual, is_edge)


def _parts_words(before: str, after: str, gap: float, size: float) -> bool:
    return gap > 0.2 * size and before[-1:].isascii() and after[:1].isascii()


def _repeated(pages: list[list[Line]]) -> set[str]:
    """What stands at the edge of most pages: a running head, a name at the foot."""
    shown = Counter(text for page in pages for text in {_without_digits(line) for line in page if line.is_edge})
    return {text for text, count in shown.items() if count >= 3 and count * 2 > len(pages)}


def _without_digits(line: Line) -> str:
    return re.sub(r"[\d\s]+", "", line.text)


def _is_furniture(line: Line, heads: set[str]) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(line.text)) or _without_digits(line) in heads


def _joined(lines: list[Line]) -> Iterator[str]:
    if not lines:
        return
    left, right, size = _measure(lines)
    text = lines[0].text
    for before, line in pairwise(lines):
        if _goes_on(before, line, left, right, size):
            text += (" " if text[-1:].isascii() and line.text[:1].isascii() and text[-1:].isalnum() else "") + line.text
        else:
            yield text
            text = line.text
    yield text


def _measure(lines: list[Line]) -> tuple[float, float, float]:
    """Where the body's lines begin and end, and how large their type is."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    size = sizes.most_common(1)[0][0]
    usual = [line for line in lines if abs(line.size - size) < 0.2 * size] or lines
    ends = sorted(line.end for line in usual)
    right = ends[min(len(ends) - 1, int(len(ends) * 0.9))]
    full = [line for line in usual if line.end > right - 2 * size] or usual
    starts = Counter(round(line.start / size * 2) for line in full)
    left = min(place for place, count in starts.items() if count * 5 >= max(starts.values())) * size / 2
    return left, right, size


def _goes_on(before: Line, line: Line, left: float, right: float, size: float) -> bool:
    """The line before reached the margin, and this one begins at it; or both are lines of one centred title."""
    if abs(before.size - line.size) > 0.1 * size:
        return False
    if line.size > 1.15 * size:
        middle = (left + right) / 2
        return all(abs((each.start + each.end) / 2 - middle) < 1.5 * each.size for each in (before, line))
    is_far = line.y - before.y > 3 * size
    has_ended = before.text[-1:] in _SENTENCE_ENDS
    is_full = before.end > right - (1.6 if has_ended else 4) * size  # a number or a name may not have fitted any more
    is_indented = line.start > left + 0.9 * size
    if not is_full or is_indented or is_far:
        return False
    return not (has_ended and begins_anew(line.text))
