"""A source as offices type and print it → the text as it reads, and where each of its characters stood.

Radicals that look like a character are that character; signs that nobody sees (joiners, soft hyphens) are nothing, and
so are line ends within the sentences of a text that was wrapped at a fixed width.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from .text import as_one_spelling

_RADICALS = str.maketrans(
    {
        **{
            chr(code): unicodedata.normalize("NFKC", chr(code))
            for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFADA))
        },
        **dict(
            zip(
                "⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳⼾",
                "西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟户",
                strict=True,
            )
        ),
    }
)
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufeff]")
_FEWEST_LINES = 12  # fewer show no width
_BROKEN_MARKER = re.compile(r"（ *[一二三四五六七八九十]*\s*$")
_LABEL_FIRST = re.compile(r" *(?:[\u4e00-\u9fff]{2,10}：|[【\[〔][\u4e00-\u9fff]{2,10}[】\]〕])")
_MARKER_LINE = re.compile(r" *(?:（?[一二三四五六七八九十]+[）、.]|（?\d{1,3}[.、）]|第[一二三四五六七八九十]+[章部])")


@dataclass(frozen=True)
class Legible:
    """`places` holds the offset in the source of each character of the text, and of its end."""

    source: str
    text: str
    places: tuple[int, ...] | None = None  # None: everything stands where it stood

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(r"\n", self.source))]

    def line(self, offset: int) -> int:
        """The 1-based line of the source on which the character at this offset of the text stands."""
        return bisect_right(self._line_starts, self.places[offset] if self.places else offset)

    def place(self, offset: int) -> int:
        """Where the character at this offset of the source stands in the text, or else the next one that does."""
        return bisect_left(self.places, offset) if self.places else offset


def legible(source: str) -> Legible:
    text = source.translate(_RADICALS)
    gone = {match.start() for match in _INVISIBLE.finditer(text)} | _wraps(text)
    if not gone:
        return Legible(source, text)
    kept = [at for at in range(len(text)) if at not in gone]
    return Legible(source, "".join(text[at] for at in kept), (*kept, len(text)))


def _wraps(text: str) -> set[int]:
    """The offsets of line ends in the middle of sentences, with the blanks before them, if the text was wrapped."""
    lines = as_one_spelling(text).split("\n")
    lengths = sorted(len(line.strip()) for line in lines if line.strip())
    if len(lengths) < _FEWEST_LINES:
        return set()
    width = _width(lines, lengths[int(len(lengths) * 0.9)], 0.4) or _width(lines, lengths[-1], 0.15)
    if not width:
        return set()
    wraps: set[int] = set()
    at = 0
    for previous, line in pairwise(lines):
        at += len(previous) + 1  # behind the line's end
        if not _ends(previous, line, width):
            wraps.update(range(at - 1 - (len(previous) - len(previous.rstrip())), at))
    return wraps


def _ends(previous: str, line: str, width: int) -> bool:
    return (
        len(previous.strip()) < width - 3
        or not line.strip()
        or line.startswith("  ")
        or bool(_LABEL_FIRST.match(line))
        or bool(_MARKER_LINE.match(line) and not _BROKEN_MARKER.search(previous))
    )


def _width(lines: list[str], width: int, share: float) -> int:
    """The width at which the text was wrapped, if that share of its lines is full and breaks off; else 0."""
    full = [line for line in lines if len(line.strip()) >= width - 3 and not _LABEL_FIRST.match(line)]
    broken = [line for line in full if line.rstrip()[-1:] not in "。！？；：）"]
    printed = sum(1 for line in lines if line.strip())
    is_wrapped = 18 <= width <= 60 and len(full) >= max(4, printed * share) and len(broken) >= len(full) * 0.6
    return width if is_wrapped else 0
